"""Attributes of container instances, by which placement constraints choose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.ecs.exceptions import ECSException, InvalidParameterException

from labs.cloud.aws.ecs.container_instance import ContainerInstance
from labs.cloud.aws.ecs.instances import InstanceBackend

MOST_ATTRIBUTES = 10  # of one instance, beside its own [API PutAttributes]


class AttributeBackend(InstanceBackend):
    """Attributes of one Region's container instances."""

    def set_attributes(self, parameters: Mapping[str, Any]) -> None:
        """PutAttributes: at most 10 of one's own for each instance."""
        for instance, attribute in self._attribute_targets(parameters):
            name = attribute["name"]
            if name.startswith("ecs."):
                raise InvalidParameterException(f"The attribute name '{name}' is reserved.")
            if len(instance.custom | {name}) > MOST_ATTRIBUTES:
                raise ECSException(
                    "AttributeLimitExceededException", f"At most {MOST_ATTRIBUTES} custom attributes."
                )
            instance.custom.add(name)
            instance.attributes[name] = attribute.get("value")

    def drop_attributes(self, parameters: Mapping[str, Any]) -> None:
        """DeleteAttributes; one that is not there is no error."""
        for instance, attribute in self._attribute_targets(parameters):
            name, value = attribute["name"], attribute.get("value")
            if name in instance.custom and value in (None, instance.attributes[name]):
                instance.custom.discard(name)
                del instance.attributes[name]

    def _attribute_targets(
        self, parameters: Mapping[str, Any]
    ) -> list[tuple[ContainerInstance, Mapping[str, Any]]]:
        cluster = self._get_cluster(parameters.get("cluster") or "default")
        if not parameters.get("attributes"):
            raise InvalidParameterException("attributes can not be empty")
        pairs: list[tuple[ContainerInstance, Mapping[str, Any]]] = []
        for attribute in parameters["attributes"]:
            target = attribute.get("targetId")
            found, _ = (
                self.find_instances(cluster, [target]) if target else (self.instances_of(cluster.name), [])
            )
            found = [instance for instance in found if instance.status != "INACTIVE"]
            if target and (not found or attribute.get("targetType") not in (None, "container-instance")):
                raise ECSException("TargetNotFoundException", f"Could not find {target}")
            pairs += [(instance, attribute) for instance in found]
        return pairs

    def select_attributes(self, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        """ListAttributes, by name and value."""
        if parameters.get("targetType") != "container-instance":
            raise InvalidParameterException("targetType must be container-instance")
        cluster = self._get_cluster(parameters.get("cluster") or "default")
        name, value = parameters.get("attributeName"), parameters.get("attributeValue")
        return [
            {"name": each, "targetId": instance.arn} | ({} if its is None else {"value": its})
            for instance in self.instances_of(cluster.name)
            for each, its in instance.attributes.items()
            if name in (None, each) and value in (None, its)
        ]
