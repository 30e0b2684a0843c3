"""Who may use a cluster's Kubernetes API, and what its pods may do on AWS: access entries, Pod Identity associations."""

from __future__ import annotations

import secrets
import string
from typing import Any
from uuid import uuid4

from labs.cloud.aws.eks import validation
from labs.cloud.aws.eks.catalogue import POLICY_PREFIX, catalogue
from labs.cloud.aws.eks.errors import InvalidParameterException as Invalid
from labs.cloud.aws.eks.errors import InvalidRequestException as InvalidRequest
from labs.cloud.aws.eks.errors import (
    NotEmulated,
    ResourceInUseException,
    ResourceLimitExceededException,
    ResourceNotFoundException,
)
from labs.cloud.aws.eks.model import Cluster, Given, Resource
from labs.cloud.aws.eks.region import Region

PODS = "pods.eks.amazonaws.com"
ADMIN = f"{POLICY_PREFIX}AmazonEKSClusterAdminPolicy"
TYPES = ("STANDARD", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "EC2", "HYBRID_LINUX", "HYPERPOD_LINUX")
WITH_POLICIES = ("STANDARD", "EC2")  # the other types give nodes what nodes need, and nothing else
MOST_ASSOCIATIONS = 5000  # of one cluster
MOST_POLICIES = 20  # of one access entry


class Access(Region):
    """One Region's access entries and Pod Identity associations."""

    # Access entries

    def _with_entries(self, name: str) -> Cluster:
        cluster = self.active(name)
        if cluster.described["accessConfig"]["authenticationMode"] == "CONFIG_MAP":
            raise InvalidRequest(
                clusterName=name,
                message="The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform "
                "this operation.",
            )
        return cluster

    def _entry(self, given: Given) -> tuple[Cluster, Resource]:
        cluster = self._with_entries(given["clusterName"])
        entry = cluster.entries.get(given["principalArn"])
        if entry is None:
            raise ResourceNotFoundException(
                clusterName=cluster.name,
                message="The specified principalArn could not be found. You can view your available access entries with "
                "'list-access-entries'.",
            )
        return cluster, entry

    def admit_creator(self, cluster: Cluster, creator: str) -> None:
        """Who makes a cluster administers it, unless told otherwise."""
        if cluster.described["accessConfig"]["bootstrapClusterCreatorAdminPermissions"]:
            self._add_entry(cluster, creator, "STANDARD", {})
            self._associate(cluster, creator, ADMIN, {"type": "cluster", "namespaces": []})

    def admit_nodes(self, cluster: Cluster, role: str, kind: str) -> None:
        """The entry that EKS makes for nodes that it manages, where the cluster has entries."""
        if (
            cluster.described["accessConfig"]["authenticationMode"] != "CONFIG_MAP"
            and role not in cluster.entries
        ):
            self._add_entry(cluster, role, kind, {})

    def _add_entry(self, cluster: Cluster, principal: str, kind: str, given: Given) -> Resource:
        _, _, _, _, account, who = principal.split(":", 5)
        sort, _, name = who.partition("/")
        arn = self.arn("access-entry", cluster.name, sort, account, name.rpartition("/")[2], str(uuid4()))
        groups, username = _identity(kind, principal)
        now = self.runtime.clock.now()
        described = {
            "clusterName": cluster.name,
            "principalArn": principal,
            "kubernetesGroups": given.get("kubernetesGroups", groups),
            "accessEntryArn": arn,
            "createdAt": now,
            "modifiedAt": now,
            "tags": dict(given.get("tags", {})),
            "username": given.get("username", username),
            "type": kind,
        }
        cluster.entries[principal] = Resource(arn, described, dict(given))
        return cluster.entries[principal]

    def create_access_entry(self, given: Given) -> dict[str, Any]:
        """Let a user or role in; it may do nothing yet but what its groups may."""
        cluster = self._with_entries(given["clusterName"])
        principal, kind = given["principalArn"], given.get("type", "STANDARD")
        existing = cluster.entries.get(principal)
        if existing is not None:
            if existing.repeats(given):
                return {"accessEntry": existing.describe()}
            raise ResourceInUseException(
                clusterName=cluster.name,
                message="The specified access entry resource is already in use on this cluster.",
            )
        validation.check_one_of(kind, TYPES, "type")
        validation.check_tags(given.get("tags", {}))
        if ":iam::" not in principal or not self.around.principal_exists(principal):
            raise Invalid(
                clusterName=cluster.name, message="The specified principalArn is invalid: invalid principal."
            )
        if kind != "STANDARD" and (given.get("kubernetesGroups") or "username" in given):
            raise Invalid(
                clusterName=cluster.name,
                message=f"kubernetesGroups and username cannot be set for access entries of type {kind}.",
            )
        _check_identity(given)
        entry = self._add_entry(cluster, principal, kind, given)
        self.tell(entry.arn, "admitted", name=cluster.name, principal=principal)
        return {"accessEntry": entry.describe()}

    def describe_access_entry(self, given: Given) -> dict[str, Any]:
        """One principal's entry."""
        return {"accessEntry": self._entry(given)[1].describe()}

    def list_access_entries(self, given: Given) -> list[str]:
        """The principals, all or those with a policy."""
        cluster, policy = self._with_entries(given["clusterName"]), given.get("associatedPolicyArn")
        return sorted(
            name for name in cluster.entries if policy is None or policy in cluster.policies.get(name, {})
        )

    def update_access_entry(self, given: Given) -> dict[str, Any]:
        """Other groups, another name."""
        _, entry = self._entry(given)
        if entry.described["type"] != "STANDARD":
            raise InvalidRequest(
                message=f"Access entries of type {entry.described['type']} cannot be updated."
            )
        _check_identity(given)
        names = ("kubernetesGroups", "username")
        entry.described |= {name: given[name] for name in names if name in given}
        entry.described["modifiedAt"] = self.runtime.clock.now()
        return {"accessEntry": entry.describe()}

    def delete_access_entry(self, given: Given) -> dict[str, Any]:
        """Shut a principal out."""
        cluster, _ = self._entry(given)
        del cluster.entries[given["principalArn"]]
        cluster.policies.pop(given["principalArn"], None)
        return {}

    # Access policies

    def list_access_policies(self, given: Given) -> list[dict[str, str]]:
        """Those of AWS; there are no others."""
        return [{"name": name, "arn": f"{POLICY_PREFIX}{name}"} for name in catalogue().access_policies]

    def associate_access_policy(self, given: Given) -> dict[str, Any]:
        """Permissions for an entry, in the cluster or in namespaces; again, with another scope."""
        cluster, entry = self._entry(given)
        policy, scope = given["policyArn"], given["accessScope"]
        self._check_policy(policy)
        if entry.described["type"] not in WITH_POLICIES:
            raise InvalidRequest(
                clusterName=cluster.name,
                message=f"Access policies cannot be associated to access entries of type {entry.described['type']}.",
            )
        kind, namespaces = scope.get("type"), scope.get("namespaces", [])
        if kind is None or (kind == "namespace") != bool(namespaces):
            raise Invalid(
                clusterName=cluster.name,
                message="An access scope is of type cluster, without namespaces, or of type namespace, with some.",
            )
        for namespace in namespaces:
            validation.check_namespace(namespace)
        if len(cluster.policies.get(given["principalArn"], {})) >= MOST_POLICIES:
            raise ResourceLimitExceededException(
                message=f"An access entry has at most {MOST_POLICIES} policies."
            )
        made = self._associate(
            cluster, given["principalArn"], policy, {"type": kind, "namespaces": namespaces}
        )
        return {
            "clusterName": cluster.name,
            "principalArn": given["principalArn"],
            "associatedAccessPolicy": dict(made),
        }

    def _associate(
        self, cluster: Cluster, principal: str, policy: str, scope: dict[str, Any]
    ) -> dict[str, Any]:
        now = self.runtime.clock.now()
        policies = cluster.policies.setdefault(principal, {})
        since = policies.get(policy, {}).get("associatedAt", now)
        policies[policy] = {
            "policyArn": policy,
            "accessScope": scope,
            "associatedAt": since,
            "modifiedAt": now,
        }
        return policies[policy]

    def _check_policy(self, arn: str) -> None:
        if arn.removeprefix(POLICY_PREFIX) not in catalogue().access_policies:
            raise ResourceNotFoundException(
                message="The specified policyArn could not be found. You can view available policies with "
                "'list-access-policies'."
            )

    def disassociate_access_policy(self, given: Given) -> dict[str, Any]:
        """Take the permissions back."""
        cluster, _ = self._entry(given)
        if cluster.policies.get(given["principalArn"], {}).pop(given["policyArn"], None) is None:
            raise ResourceNotFoundException(
                clusterName=cluster.name,
                message="The specified policyArn is not associated with the access entry.",
            )
        return {}

    def list_associated_access_policies(self, given: Given) -> list[dict[str, Any]]:
        """An entry's policies."""
        cluster, _ = self._entry(given)
        return [dict(each) for each in cluster.policies.get(given["principalArn"], {}).values()]

    # Pod Identity

    def create_pod_identity_association(self, given: Given, owner: str | None = None) -> dict[str, Any]:
        """Pods of a service account get a role's credentials. `owner` is the add-on that asks."""
        cluster = self.active(given["clusterName"])
        if "policy" in given:
            raise NotEmulated("session policies of Pod Identity associations")
        namespace, account = given["namespace"], given["serviceAccount"]
        for existing in cluster.associations.values():
            facts = existing.described
            if (facts["namespace"], facts["serviceAccount"]) == (namespace, account):
                if existing.repeats(given):
                    return {"association": existing.describe()}
                raise ResourceInUseException(
                    clusterName=cluster.name, message=f"Association already exists: {facts['associationId']}"
                )
        validation.check_namespace(namespace)
        validation.check_service_account(account)
        validation.check_tags(given.get("tags", {}))
        self._check_pod_role(given["roleArn"])
        if len(cluster.associations) >= MOST_ASSOCIATIONS:
            raise ResourceLimitExceededException(
                clusterName=cluster.name, message=f"A cluster has at most {MOST_ASSOCIATIONS} associations."
            )
        number = "a-" + "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(17))
        arn, now = self.arn("podidentityassociation", cluster.name, number), self.runtime.clock.now()
        described = {
            "clusterName": cluster.name,
            "namespace": namespace,
            "serviceAccount": account,
            "roleArn": given["roleArn"],
            "associationArn": arn,
            "associationId": number,
            "tags": dict(given.get("tags", {})),
            "createdAt": now,
            "modifiedAt": now,
            "ownerArn": owner,
            "disableSessionTags": bool(given.get("disableSessionTags", False)),
        }
        described |= self._target(cluster, given)
        cluster.associations[number] = Resource(arn, described, dict(given))
        self.tell(arn, "pods", name=cluster.name, account=f"{namespace}/{account}", role=given["roleArn"])
        return {"association": cluster.associations[number].describe()}

    def _check_pod_role(self, arn: str) -> None:
        if not self.around.role_exists(arn):
            raise Invalid(message="Role provided in the request does not exist.")
        if not self.around.trusts(arn, PODS, "sts:TagSession"):
            raise Invalid(
                message=f"Trust policy of role {arn} is invalid: it must allow sts:AssumeRole and sts:TagSession to "
                f"{PODS}."
            )

    def _target(self, cluster: Cluster, given: Given) -> dict[str, Any]:
        """A role that is taken on from the first one, with the external id to trust."""
        target = given.get("targetRoleArn")
        if not target:
            return {}
        return {"targetRoleArn": target, "externalId": f"{self.region_name}/{self.account_id}/{cluster.name}"}

    def _association(self, given: Given) -> tuple[Cluster, Resource]:
        cluster = self.active(given["clusterName"])
        association = cluster.associations.get(given["associationId"])
        if association is None:
            raise ResourceNotFoundException(
                clusterName=cluster.name,
                message=f"No association found with the id: {given['associationId']}",
            )
        return cluster, association

    def describe_pod_identity_association(self, given: Given) -> dict[str, Any]:
        """One association."""
        return {"association": self._association(given)[1].describe()}

    def list_pod_identity_associations(self, given: Given) -> list[dict[str, Any]]:
        """Summaries, of a namespace or service account if asked."""
        cluster = self.active(given["clusterName"])
        asked = {name: given[name] for name in ("namespace", "serviceAccount") if name in given}
        return [
            each.describe()
            for each in cluster.associations.values()
            if all(each.described[name] == value for name, value in asked.items())
        ]

    def update_pod_identity_association(self, given: Given) -> dict[str, Any]:
        """Another role."""
        cluster, association = self._association(given)
        if "policy" in given:
            raise NotEmulated("session policies of Pod Identity associations")
        if "roleArn" in given:
            self._check_pod_role(given["roleArn"])
        names = ("roleArn", "disableSessionTags")
        association.described |= {name: given[name] for name in names if name in given}
        if "targetRoleArn" in given:
            for name in ("targetRoleArn", "externalId"):
                association.described.pop(name, None)
            association.described |= self._target(cluster, given)
        association.described["modifiedAt"] = self.runtime.clock.now()
        return {"association": association.describe()}

    def delete_pod_identity_association(self, given: Given) -> dict[str, Any]:
        """Its pods get no credentials any more."""
        cluster, association = self._association(given)
        if association.described.get("ownerArn"):
            raise InvalidRequest(
                clusterName=cluster.name,
                message="The association is owned by an add-on: change it with UpdateAddon.",
            )
        del cluster.associations[given["associationId"]]
        return {"association": association.describe()}


def _identity(kind: str, principal: str) -> tuple[list[str], str]:
    """The Kubernetes groups and name of an entry that asks for none [User guide, "Create access entries"]."""
    match kind:
        case "STANDARD" if ":role/" in principal:
            _, _, _, _, account, role = principal.split(":", 5)
            name = role.rpartition("/")[2]
            return [], f"arn:aws:sts::{account}:assumed-role/{name}/{{{{SessionName}}}}"
        case "STANDARD":
            return [], principal
        case "FARGATE_LINUX":
            groups = ["system:bootstrappers", "system:nodes", "system:node-proxier"]
            return groups, "system:node:{{SessionName}}"
    return ["system:nodes"], "system:node:{{EC2PrivateDNSName}}"


def _check_identity(given: Given) -> None:
    reserved = ("system:", "eks:", "aws:", "amazon:", "iam:")
    for group in given.get("kubernetesGroups", []):
        if group.startswith(reserved):
            raise Invalid(
                message=f"The kubernetes group name {group[:100]} is invalid, it cannot start with system:"
            )
    if given.get("username", "").startswith(reserved):
        raise Invalid(
            message="The username is invalid, it cannot start with system:, eks:, aws:, amazon: or iam:"
        )
