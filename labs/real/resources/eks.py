"""EKS: clusters and what runs pods in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from labs.real.resources.model import Aws, Kind, Tagged, Tags, absent, pages


def _eks_tags(aws: Aws, name: str) -> Tags | None:
    found = absent(aws("eks").describe_cluster, name=name)
    return found["cluster"].get("tags", {}) if found else None


def _eks_clusters(aws: Aws) -> Iterator[Tagged]:
    for name in pages(aws("eks"), "list_clusters", "clusters"):
        yield name, _eks_tags(aws, name) or {}


def _in_eks(listing: str, names: str, describe: str, item: str, parameter: str) -> Kind:
    """Something within an EKS cluster, named cluster/name."""

    def tags(aws: Aws, id_: str) -> Tags | None:
        cluster, _, name = id_.rpartition("/")
        found = absent(getattr(aws("eks"), describe), **{"clusterName": cluster, parameter: name})
        return found[item].get("tags", {}) if found else None

    def each(aws: Aws) -> Iterator[Tagged]:
        for cluster, _ in _eks_clusters(aws):
            for name in pages(aws("eks"), listing, names, clusterName=cluster):
                yield f"{cluster}/{name}", tags(aws, f"{cluster}/{name}") or {}

    return Kind(tags, each, f"{item.lower()}/")


EKS: Mapping[str, Kind] = {
    "eks:cluster": Kind(_eks_tags, _eks_clusters, "cluster/"),
    "eks:nodegroup": _in_eks(
        "list_nodegroups", "nodegroups", "describe_nodegroup", "nodegroup", "nodegroupName"
    ),
    "eks:fargate-profile": _in_eks(
        "list_fargate_profiles",
        "fargateProfileNames",
        "describe_fargate_profile",
        "fargateProfile",
        "fargateProfileName",
    ),
}
