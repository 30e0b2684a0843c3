"""What a call must bring, pure: raises EKS's errors in AWS's words where those are known."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from labs.cloud.aws.eks.errors import InvalidParameterException as Invalid
from labs.cloud.aws.eks.errors import NotEmulated

NAME = re.compile(r"[0-9A-Za-z][A-Za-z0-9_-]{0,99}")
ROLE = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/.+")
LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
AUTHENTICATION_MODES = ("CONFIG_MAP", "API_AND_CONFIG_MAP", "API")  # a cluster only moves to the right
NODE_POOLS = ("general-purpose", "system")
MOST_TAGS = 50
_LABEL = re.compile(r"([A-Za-z0-9.-]{1,253}/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")
_VALUE = re.compile(r"([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?")
_NAMESPACE = re.compile(r"[a-z0-9*?]([a-z0-9*?-]{0,61}[a-z0-9*?])?")
_SERVICE_ACCOUNT = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
_PRIVATE = tuple(map(ipaddress.IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))


def check_name(name: str, what: str, longest: int = 100) -> None:
    """Of a cluster, node group or profile."""
    if not NAME.fullmatch(name) or len(name) > longest:
        raise Invalid(
            message=f"{what} name must contain only letters, numbers, hyphens and underscores, start with a letter or "
            f"a number and have at most {longest} characters: '{name[:200]}'"
        )


def check_tags(tags: Mapping[str, str]) -> None:
    """At most 50, none of AWS's own but what a stack brings."""
    if len(tags) > MOST_TAGS:
        raise Invalid(message=f"A resource can have at most {MOST_TAGS} tags.")
    # This cloud's CloudFormation signs with its caller's key; AWS's tags as itself.
    if any(key.lower().startswith("aws:") and not key.startswith("aws:cloudformation:") for key in tags):
        raise Invalid(message="Tag keys starting with 'aws:' are reserved for system use")


def check_labels(labels: Mapping[str, str]) -> None:
    """Kubernetes labels of nodes."""
    for key, value in labels.items():
        if not _LABEL.fullmatch(key) or not _VALUE.fullmatch(value):
            raise Invalid(message=f"Label {key[:100]}={value[:100]} is not a valid Kubernetes label")
        if key.startswith(("eks.amazonaws.com/", "kubernetes.io/", "k8s.io/")):
            raise Invalid(
                message=f"Label cannot contain reserved prefixes [kubernetes.io/, k8s.io/, eks.amazonaws.com/]: {key}"
            )


def check_taints(taints: Sequence[Mapping[str, str]]) -> None:
    """Each with a key and an effect, no pair of these twice."""
    pairs = [(taint.get("key"), taint.get("effect")) for taint in taints]
    if any(key is None or effect is None for key, effect in pairs):
        raise Invalid(message="A taint needs a key and an effect")
    if len(set(pairs)) < len(pairs):
        raise Invalid(message="Taints must not have the same key and effect twice")
    check_labels({str(taint["key"]): taint.get("value", "") for taint in taints})


def check_namespace(namespace: str) -> None:
    """Of an access scope or a service account; * and ? match any characters and one."""
    if not _NAMESPACE.fullmatch(namespace):
        raise Invalid(message=f"Namespace '{namespace[:100]}' is not valid")


def check_service_account(name: str) -> None:
    """A Kubernetes service account's name."""
    if not _SERVICE_ACCOUNT.fullmatch(name):
        raise Invalid(message=f"Service account '{name[:100]}' is not valid")


def scaling(given: Mapping[str, int] | None, before: Mapping[str, int] | None = None) -> dict[str, int]:
    """The whole scaling configuration: what is given over what was, else over AWS's default of two nodes."""
    sizes = {"minSize": 1, "maxSize": 2, "desiredSize": 2} | dict(before or {}) | dict(given or {})
    least, most, wanted = sizes["minSize"], sizes["maxSize"], sizes["desiredSize"]
    if least > most:
        raise Invalid(message=f"Minimum capacity {least} can't be greater than max size {most}")
    if least > wanted:
        raise Invalid(message=f"Minimum capacity {least} can't be greater than desired size {wanted}")
    if wanted > most:
        raise Invalid(message=f"desired capacity {wanted} can't be greater than max size {most}")
    return sizes


def update_config(given: Mapping[str, Any] | None) -> dict[str, Any]:
    """How many nodes an update may take away at once: a number or a percentage."""
    config = dict(given or {"maxUnavailable": 1})
    if "maxUnavailable" in config and "maxUnavailablePercentage" in config:
        raise Invalid(message="maxUnavailable and maxUnavailablePercentage cannot both be specified")
    if config.get("maxUnavailable", 1) > 100:
        raise Invalid(message="maxUnavailable cannot be greater than 100")
    return config


def logging(given: Mapping[str, Any] | None, before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Which logs are on, as clusters tell it: those that are and those that are not."""
    on = {
        name
        for setup in (before or {}).get("clusterLogging", [])
        if setup.get("enabled")
        for name in setup.get("types", [])
    }
    for setup in (given or {}).get("clusterLogging", []):
        types = setup.get("types", [])
        if unknown := sorted(set(types) - set(LOG_TYPES)):
            raise Invalid(
                message=f"Unknown log types: {', '.join(unknown)[:200]}. Valid types: {', '.join(LOG_TYPES)}"
            )
        on = on | set(types) if setup.get("enabled") else on - set(types)
    groups = (
        {"types": [name for name in LOG_TYPES if name in on], "enabled": True},
        {"types": [name for name in LOG_TYPES if name not in on], "enabled": False},
    )
    return {"clusterLogging": [group for group in groups if group["types"]]}


def endpoint(given: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Who reaches the Kubernetes API: over the Internet (from these blocks), from the VPC, or both."""
    if "controlPlaneEgressMode" in given:
        raise NotEmulated("control plane egress modes")
    names = ("endpointPublicAccess", "endpointPrivateAccess", "publicAccessCidrs")
    access: dict[str, Any] = {
        "endpointPublicAccess": True,
        "endpointPrivateAccess": False,
        "publicAccessCidrs": ["0.0.0.0/0"],
    }
    for source in (before or {}, given):
        access |= {name: source[name] for name in names if name in source}
    if not (access["endpointPublicAccess"] or access["endpointPrivateAccess"]):
        raise Invalid(message="Private and public endpoint access cannot be false")
    if not access["endpointPublicAccess"]:
        if given.get("publicAccessCidrs"):
            raise Invalid(message="The publicAccessCidrs cannot be set when endpointPublicAccess is false")
        access["publicAccessCidrs"] = []
    elif not access["publicAccessCidrs"]:
        access["publicAccessCidrs"] = ["0.0.0.0/0"]
    for block in access["publicAccessCidrs"]:
        _block(block)
    return access


def service_block(given: str | None, vpc_block: str) -> str:
    """Where services get their addresses: private, /12 to /24, not in the VPC [API KubernetesNetworkConfigRequest]."""
    vpc = ipaddress.IPv4Network(vpc_block, strict=False)
    if given is None:
        return "172.20.0.0/16" if vpc.overlaps(ipaddress.IPv4Network("10.0.0.0/8")) else "10.100.0.0/16"
    block = _block(given)
    if not any(block.subnet_of(private) for private in _PRIVATE) or not 12 <= block.prefixlen <= 24:
        raise Invalid(
            message=f"The service IPv4 CIDR {given} must be within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 and "
            "between /24 and /12."
        )
    if block.overlaps(vpc):
        raise Invalid(message=f"The service IPv4 CIDR {given} overlaps with the VPC's CIDR {vpc_block}.")
    return given


def _block(text: str) -> ipaddress.IPv4Network:
    try:
        return ipaddress.IPv4Network(text)
    except ValueError:
        raise Invalid(message=f"The CIDR block is invalid: {text[:100]}") from None


def auto_mode(given: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> bool | None:
    """Whether Auto Mode is on: its three switches go together. None when nothing is said about it, now or before."""

    def switches(source: Mapping[str, Any]) -> list[bool | None]:
        return [
            (source.get("computeConfig") or {}).get("enabled"),
            ((source.get("kubernetesNetworkConfig") or {}).get("elasticLoadBalancing") or {}).get("enabled"),
            ((source.get("storageConfig") or {}).get("blockStorage") or {}).get("enabled"),
        ]

    asked = switches(given)
    if all(switch is None for switch in asked):
        return None if before is None else switches(before)[0]
    if len({bool(switch) for switch in asked}) > 1 or (True in asked and None in asked):
        raise Invalid(
            message="For EKS Auto Mode, please ensure that all required configs, including computeConfig, "
            "kubernetesNetworkConfig, and blockStorage are all either fully enabled or fully disabled."
        )
    compute = given.get("computeConfig") or {}
    if unknown := set(compute.get("nodePools", [])) - set(NODE_POOLS):
        raise Invalid(
            message=f"Unknown node pools: {', '.join(sorted(unknown))[:200]}. Valid: {', '.join(NODE_POOLS)}"
        )
    if compute.get("nodePools") and not compute.get("nodeRoleArn"):
        raise Invalid(message="When nodePools are specified, nodeRoleArn must be specified too.")
    return bool(asked[0])


def check_one_of(value: str, allowed: Collection[str], what: str) -> None:
    """An enumeration that the service's model does not spell out."""
    if value not in allowed:
        raise Invalid(message=f"{what} must be one of {', '.join(allowed)}, not {value[:100]}")


def check_remote_network(given: Mapping[str, Any], vpc_block: str, services: str) -> None:
    """Hybrid nodes' and pods' blocks: IPv4, outside of the VPC's and the services'."""
    for name in ("remoteNodeNetworks", "remotePodNetworks"):
        for network in given.get(name, []):
            for text in network.get("cidrs", []):
                block = _block(text)
                for other in (vpc_block, services):
                    if block.overlaps(ipaddress.IPv4Network(other, strict=False)):
                        raise Invalid(message=f"Remote network CIDR {text} overlaps with {other}.")
