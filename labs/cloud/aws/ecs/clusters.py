"""Clusters: moto's, with AWS's refusals and the counts of what runs now."""

from __future__ import annotations

from typing import Any, ClassVar

from moto.ecs.exceptions import ECSException, InvalidParameterException
from moto.ecs.models import Cluster, EC2ContainerServiceBackend

from labs.cloud.aws.ecs.model import PENDING, PROVISIONING, RUNNING, STOPPED, Task
from labs.cloud.aws.ecs.service_model import Service
from labs.cloud.aws.ecs.validation import NAME
from labs.cloud.runtime import Runtime


class ClusterBackend(EC2ContainerServiceBackend):
    """Clusters of one Region."""

    runtime: ClassVar[Runtime]
    tasks: dict[str, dict[str, Task]]
    services: dict[str, Service]

    def create_cluster(self, cluster_name: str, *args: Any, **kwargs: Any) -> Cluster:
        """As on AWS, a cluster that exists is returned as it is."""
        if not NAME.fullmatch(cluster_name):
            raise InvalidParameterException("Cluster name contains invalid characters.")
        existing = self.clusters.get(cluster_name)
        if existing is not None and existing.status == "ACTIVE":
            return existing
        return super().create_cluster(cluster_name, *args, **kwargs)

    def delete_cluster(self, cluster_str: str) -> Cluster:
        """Refused while services or tasks are there."""
        cluster = self._get_cluster(cluster_str)
        if any(service.status != "INACTIVE" for service in self._services_of(cluster)):
            raise ECSException(
                "ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active."
            )
        if any(
            instance.status != "INACTIVE"
            for instance in self.container_instances.get(cluster.name, {}).values()
        ):
            raise ECSException(
                "ClusterContainsContainerInstancesException",
                "The Cluster cannot be deleted while Container Instances are active or draining.",
            )
        if any(task.last_status != STOPPED for task in self.tasks.get(cluster.name, {}).values()):
            raise ECSException(
                "ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active."
            )
        return super().delete_cluster(cluster_str)

    def describe_clusters(self, cluster_names: list[str]) -> tuple[list[Cluster], list[Any]]:
        """With the counts of what runs now."""
        clusters, failures = super().describe_clusters(cluster_names)
        for cluster in clusters:
            tasks = self.tasks.get(cluster.name, {}).values()
            cluster.registered_container_instances_count = sum(
                instance.status != "INACTIVE"
                for instance in self.container_instances.get(cluster.name, {}).values()
            )
            cluster.active_services_count = sum(s.status == "ACTIVE" for s in self._services_of(cluster))
            cluster.running_tasks_count = sum(task.last_status == RUNNING for task in tasks)
            cluster.pending_tasks_count = sum(task.last_status in (PROVISIONING, PENDING) for task in tasks)
        return clusters, failures

    def list_clusters(self) -> list[str]:
        """The active ones: a deleted cluster can still be described for a while, not listed."""
        return [cluster.arn for cluster in self.clusters.values() if cluster.status == "ACTIVE"]

    def _active_cluster(self, name: str | None) -> Cluster:
        cluster = self._get_cluster(name or "default")
        if cluster.status != "ACTIVE":
            raise ECSException("ClusterNotFoundException", "Cluster not found.")
        return cluster

    def _services_of(self, cluster: Cluster) -> list[Service]:
        return [service for service in self.services.values() if service.cluster_name == cluster.name]
