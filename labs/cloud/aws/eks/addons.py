"""Add-ons: chosen from AWS's list, kept, and never run, which their narration says."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import yaml

from labs.cloud.aws.eks import validation
from labs.cloud.aws.eks.catalogue import PUBLISHER, AddonType, catalogue
from labs.cloud.aws.eks.errors import InvalidParameterException as Invalid
from labs.cloud.aws.eks.errors import ResourceInUseException, ResourceNotFoundException
from labs.cloud.aws.eks.fargate_profiles import FargateProfiles
from labs.cloud.aws.eks.model import Cluster, Given, Resource

SCHEMA = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "description": "The local cloud does not know AWS's schema of this add-on: any object passes.",
}


class EksBackend(FargateProfiles):
    """One Region's EKS."""

    def _type(self, name: str) -> AddonType:
        if name not in catalogue().addons:
            raise Invalid(addonName=name, message="Addon specified is not supported")
        return catalogue().addons[name]

    def _addon(self, given: Given) -> tuple[Cluster, Resource]:
        cluster = self.active(given["clusterName"])
        name = given["addonName"]
        if name not in cluster.addons:
            raise ResourceNotFoundException(
                clusterName=cluster.name,
                addonName=name,
                message=f"No addon: {name} found in cluster: {cluster.name}",
            )
        return cluster, cluster.addons[name]

    def describe_addon_versions(self, given: Given) -> list[dict[str, Any]]:
        """AWS's list, narrowed to what is asked."""
        version = given.get("kubernetesVersion")
        found = [
            addon.describe(version)
            for addon in catalogue().addons.values()
            if given.get("addonName") in (None, addon.name)
            and addon.type in (given.get("types") or [addon.type])
            and PUBLISHER in (given.get("publishers") or [PUBLISHER])
            and "aws" in (given.get("owners") or ["aws"])
        ]
        return [each for each in found if each["addonVersions"]]

    def describe_addon_configuration(self, given: Given) -> dict[str, Any]:
        """The schema of its settings, which is not AWS's, and the roles that it needs."""
        addon = self._type(given["addonName"])
        self._check_addon_version(addon.name, given["addonVersion"])
        return {
            "addonName": addon.name,
            "addonVersion": given["addonVersion"],
            "configurationSchema": json.dumps(SCHEMA),
            "podIdentityConfiguration": [
                {"serviceAccount": account, "recommendedManagedPolicies": list(policies)}
                for account, policies in addon.identities.items()
            ],
        }

    def _check_addon_version(self, name: str, version: str, cluster: Cluster | None = None) -> None:
        fits = self._type(name).versions.get(version)
        if fits is None or (cluster is not None and cluster.version not in fits):
            raise Invalid(addonName=name, message="Addon version specified is not supported")

    def create_addon(self, given: Given) -> dict[str, Any]:
        """An add-on, in a version that fits the cluster's."""
        cluster, name = self.active(given["clusterName"]), given["addonName"]
        existing = cluster.addons.get(name)
        if existing is not None:
            if existing.repeats(given):
                return {"addon": existing.describe()}
            raise ResourceInUseException(
                clusterName=cluster.name, addonName=name, message="Addon already exists."
            )
        validation.check_tags(given.get("tags", {}))
        addon = self._type(name)
        version = given.get("addonVersion") or addon.default(cluster.version)
        if version is None:
            raise Invalid(addonName=name, message="Addon specified is not supported")
        self._check_addon_version(name, version, cluster)
        self._check_settings(name, given)
        arn, now = self.arn("addon", cluster.name, name, str(uuid4())), self.runtime.clock.now()
        described = {
            "addonName": name,
            "clusterName": cluster.name,
            "status": "CREATING",
            "addonVersion": version,
            "health": {"issues": []},
            "addonArn": arn,
            "createdAt": now,
            "modifiedAt": now,
            "tags": dict(given.get("tags", {})),
            "publisher": PUBLISHER,
            "owner": "aws",
            "namespaceConfig": given.get("namespaceConfig", {"namespace": addon.namespace}),
        }
        for member in ("serviceAccountRoleArn", "configurationValues"):
            if member in given:
                described[member] = given[member]
        cluster.addons[name] = Resource(arn, described, dict(given))
        try:
            self._identities(cluster, cluster.addons[name], given)
        except Exception:
            del cluster.addons[name]
            raise
        self.tell(arn, "addon", name=name, version=version, cluster=cluster.name)
        return {"addon": cluster.addons[name].describe()}

    def _check_settings(self, name: str, given: Given) -> None:
        role = given.get("serviceAccountRoleArn")
        if role and not self.around.role_exists(role):
            raise Invalid(addonName=name, message=f"Role with arn: {role} does not exist")
        values = given.get("configurationValues")
        if values:
            try:
                read = yaml.safe_load(values)
            except yaml.YAMLError:
                read = None
            if not isinstance(read, dict):
                raise Invalid(
                    addonName=name,
                    message="ConfigurationValue provided in request is not supported: it must be a JSON or YAML object.",
                )

    def _identities(self, cluster: Cluster, addon: Resource, given: Given) -> None:
        """The Pod Identity associations that an add-on owns become those that are given."""
        if "podIdentityAssociations" not in given:
            return
        known = self._type(addon.described["addonName"]).identities
        for each in given["podIdentityAssociations"]:
            if each["serviceAccount"] not in known:
                raise Invalid(
                    addonName=addon.described["addonName"],
                    message=f"The service account {each['serviceAccount'][:100]} is not one of the add-on's.",
                )
            self._check_pod_role(each["roleArn"])
        for number in [
            key for key, each in cluster.associations.items() if each.described["ownerArn"] == addon.arn
        ]:
            del cluster.associations[number]
        namespace = addon.described["namespaceConfig"]["namespace"]
        made = [
            self.create_pod_identity_association(
                {"clusterName": cluster.name, "namespace": namespace, **each}, owner=addon.arn
            )
            for each in given["podIdentityAssociations"]
        ]
        addon.described["podIdentityAssociations"] = [each["association"]["associationArn"] for each in made]

    def describe_addon(self, given: Given) -> dict[str, Any]:
        """As it is now."""
        _, addon = self._addon(given)
        addon.settle()
        return {"addon": addon.describe()}

    def list_addons(self, given: Given) -> list[str]:
        """Names."""
        return sorted(self.active(given["clusterName"]).addons)

    def update_addon(self, given: Given) -> dict[str, Any]:
        """Another version, other settings."""
        cluster, addon = self._addon(given)
        name, now = given["addonName"], addon.described
        version = given.get("addonVersion", now["addonVersion"])
        self._check_addon_version(name, version, cluster)
        self._check_settings(name, given)
        self._identities(cluster, addon, given)
        names = ("serviceAccountRoleArn", "configurationValues")
        now |= {member: given[member] for member in names if member in given}
        now |= {"addonVersion": version, "status": "UPDATING", "modifiedAt": self.runtime.clock.now()}
        shown = (
            "addonVersion",
            "serviceAccountRoleArn",
            "resolveConflicts",
            "configurationValues",
            "podIdentityAssociations",
        )
        parameters = {member: given[member] for member in shown if member in given}
        self.tell(addon.arn, "addon-updated", name=name, version=version, cluster=cluster.name)
        return {"update": self.update(cluster, "AddonUpdate", parameters, f"addon/{name}")}

    def delete_addon(self, given: Given) -> dict[str, Any]:
        """With the Pod Identity associations that it owns."""
        cluster, addon = self._addon(given)
        del cluster.addons[given["addonName"]]
        for number in [
            key for key, each in cluster.associations.items() if each.described["ownerArn"] == addon.arn
        ]:
            del cluster.associations[number]
        return {"addon": addon.describe("DELETING")}
