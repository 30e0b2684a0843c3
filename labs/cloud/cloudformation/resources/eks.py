"""AWS::EKS::*. Created once they are active, as CloudFormation waits for them."""

# ruff: noqa: D102  what a type overrides is documented once: base.Declared, schema.Kind

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labs.cloud.cloudformation.resource import Context, ResourceError
from labs.cloud.cloudformation.resources.base import Change, Declared, Properties, all_tags
from labs.cloud.cloudformation.resources.schema import (
    BOOLEAN,
    PAIRS,
    STRING,
    TAGS,
    ListOf,
    MapOf,
    Structure,
    from_api,
    own,
    unemulated,
)

ENDPOINT = ("endpointPublicAccess", "endpointPrivateAccess", "publicAccessCidrs")
UPDATED = {  # a cluster's properties that change each by an update of their own
    "UpgradePolicy": "upgradePolicy",
    "ZonalShiftConfig": "zonalShiftConfig",
    "RemoteNetworkConfig": "remoteNetworkConfig",
    "DeletionProtection": "deletionProtection",
}
PATIENCE = 3600.0  # seconds: a control plane takes its time


class _Eks(Declared):
    """A thing of EKS: its operations differ in one word, its keys in two."""

    service = "eks"
    gone = frozenset({"ResourceNotFoundException"})
    word: str  # in the operations' names and, in camel case, the key of its description
    key: str  # the parameter that names it, besides the cluster
    answer: str  # the key of its description in an answer

    def parameters(self, physical_id: str) -> dict[str, str]:
        """What names it in a call. The physical id is "cluster|name"."""
        cluster, _, name = physical_id.partition("|")
        return {"clusterName": cluster, self.key: name}

    def describe(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        """As the API describes it."""
        call = getattr(self.client(context), f"describe_{self.word}")
        found: Mapping[str, Any] = call(**self.parameters(physical_id))[self.answer]
        return found

    def call_create(self, context: Context, p: Properties, **given: Any) -> Mapping[str, Any]:
        """Its create operation, with tags."""
        parameters = {**given, **self.api(p)}
        if tags := all_tags(context, p):
            parameters["tags"] = tags
        made: Mapping[str, Any] = getattr(self.client(context), f"create_{self.word}")(**parameters)[
            self.answer
        ]
        return made

    def until_active(self, context: Context, physical_id: str) -> None:
        """Wait until its status is ACTIVE."""

        def active() -> bool:
            status = self.describe(context, physical_id)["status"]
            if status.endswith("FAILED"):
                raise ResourceError(f"{self.name} {physical_id} is {status}.")
            return bool(status == "ACTIVE")

        context.wait(active, f"{physical_id} to be active", PATIENCE)

    def until_updated(self, context: Context, physical_id: str, update: Mapping[str, Any]) -> None:
        """Wait for the end of an update that an operation returned."""
        given = self.parameters(physical_id)
        given["name"] = given.pop("clusterName", "") or given["name"]
        client = self.client(context)

        def done() -> bool:
            found = client.describe_update(updateId=update["id"], **given)["update"]
            if found["status"] in ("Failed", "Cancelled"):
                raise ResourceError(
                    f"The update of {physical_id} is {found['status']}: {found.get('errors')}"
                )
            return bool(found["status"] == "Successful")

        context.wait(done, f"the update of {physical_id}", PATIENCE)

    def retag(self, context: Context, arn: str, change: Change) -> None:
        """Apply the tags again."""
        client = self.client(context)
        if dropped := change.dropped_tags():
            client.untag_resource(resourceArn=arn, tagKeys=dropped)
        if tags := all_tags(context, change.new):
            client.tag_resource(resourceArn=arn, tags=tags)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        getattr(self.client(context), f"delete_{self.word}")(**self.parameters(physical_id))
        context.wait(
            lambda: self.exists(lambda: self.describe(context, physical_id)) is None,
            f"{physical_id} to be deleted",
            PATIENCE,
        )


class Cluster(_Eks):
    """Ref: the name."""

    name = "AWS::EKS::Cluster"
    word, key, answer = "cluster", "name", "cluster"
    fixed = frozenset({"EncryptionConfig", "Name", "OutpostConfig", "RoleArn", "BootstrapSelfManagedAddons"})

    def parameters(self, physical_id: str) -> dict[str, str]:
        return {"name": physical_id}

    def properties(self) -> Structure:
        enabled = ListOf(own(Type=STRING))
        return (
            from_api(
                "eks",
                "CreateClusterRequest",
                required=("ResourcesVpcConfig", "RoleArn"),
                without=("ClientRequestToken", "Logging"),
            )
            | own(
                Logging=own(ClusterLogging=own(EnabledTypes=enabled)),
                Tags=TAGS,
            )
            | unemulated("ActiveCertificateAuthorityId", "CertificateAuthority", "Force", "RollbackConfig")
        )

    def make(self, context: Context, p: Properties) -> str:
        given: dict[str, Any] = {"name": context.name(100)}
        if "Logging" in p:
            given["logging"] = self._logging(p)
        return str(self.call_create(context, p, **given)["name"])

    def finish(self, context: Context, physical_id: str, p: Properties) -> None:
        self.until_active(context, physical_id)

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        found = self.describe(context, physical_id)
        network = found.get("kubernetesNetworkConfig", {})
        return {
            "Arn": found["arn"],
            "Id": found.get("id", physical_id),
            "CertificateAuthorityData": found.get("certificateAuthority", {}).get("data", ""),
            "ClusterSecurityGroupId": found.get("resourcesVpcConfig", {}).get("clusterSecurityGroupId", ""),
            "EncryptionConfigKeyArn": "",
            "Endpoint": found.get("endpoint", ""),
            "KubernetesNetworkConfig.ServiceIpv6Cidr": network.get("serviceIpv6Cidr", ""),
            "OpenIdConnectIssuerUrl": found.get("identity", {}).get("oidc", {}).get("issuer", ""),
        }

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        client, new = self.client(context), self.api(change.new)
        if change.touches("Version") and "Version" in change.new:
            answer = client.update_cluster_version(name=physical_id, version=change.new["Version"])
            self.until_updated(context, physical_id, answer["update"])
        updates: list[dict[str, Any]] = []
        network = new["resourcesVpcConfig"]
        before = self.api(change.old)["resourcesVpcConfig"]
        for names in (("subnetIds", "securityGroupIds"), ENDPOINT):
            if any(network.get(name) != before.get(name) for name in names):
                updates.append(
                    {"resourcesVpcConfig": {name: network[name] for name in names if name in network}}
                )
        if change.touches("Logging"):
            updates.append({"logging": self._logging(change.new)})
        if change.touches("AccessConfig") and (mode := new.get("accessConfig", {}).get("authenticationMode")):
            updates.append({"accessConfig": {"authenticationMode": mode}})
        for name, parameter in UPDATED.items():
            if change.touches(name) and parameter in new:
                updates.append({parameter: new[parameter]})
        if change.touches("ComputeConfig", "StorageConfig") and "computeConfig" in new:
            balancing = new.get("kubernetesNetworkConfig", {}).get("elasticLoadBalancing", {})
            updates.append(
                {
                    "computeConfig": new["computeConfig"],
                    "storageConfig": new.get("storageConfig", {}),
                    "kubernetesNetworkConfig": {"elasticLoadBalancing": balancing},
                }
            )
        for update in updates:  # EKS takes one kind of change at a time
            answer = client.update_cluster_config(name=physical_id, **update)
            self.until_updated(context, physical_id, answer["update"])
        self.retag(context, self.describe(context, physical_id)["arn"], change)

    @staticmethod
    def _logging(p: Properties) -> dict[str, Any]:
        every = ("api", "audit", "authenticator", "controllerManager", "scheduler")
        enabled = p.get("Logging", {}).get("ClusterLogging", {}).get("EnabledTypes", [])
        wanted = [entry["Type"] for entry in enabled]
        groups = (
            {"types": wanted, "enabled": True},
            {"types": [name for name in every if name not in wanted], "enabled": False},
        )
        return {"clusterLogging": [group for group in groups if group["types"]]}


class Nodegroup(_Eks):
    """Ref: cluster and name."""

    name = "AWS::EKS::Nodegroup"
    word, key, answer = "nodegroup", "nodegroupName", "nodegroup"
    fixed = frozenset(
        {
            "AmiType",
            "CapacityType",
            "ClusterName",
            "DiskSize",
            "InstanceTypes",
            "NodeRole",
            "NodegroupName",
            "RemoteAccess",
            "Subnets",
        }
    )

    def properties(self) -> Structure:
        return from_api(
            "eks",
            "CreateNodegroupRequest",
            required=("ClusterName", "NodeRole", "Subnets"),
            without=("ClientRequestToken",),
            renamed={"RemoteAccessConfig.ec2SshKey": "Ec2SshKey"},
        ) | own(ForceUpdateEnabled=BOOLEAN, Tags=MapOf(STRING))

    def make(self, context: Context, p: Properties) -> str:
        made = self.call_create(context, p, nodegroupName=context.name(63))
        return f"{made['clusterName']}|{made['nodegroupName']}"

    def finish(self, context: Context, physical_id: str, p: Properties) -> None:
        self.until_active(context, physical_id)

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        cluster, _, name = physical_id.partition("|")
        arn = self.describe(context, physical_id)["nodegroupArn"]
        return {"Arn": arn, "ClusterName": cluster, "Id": physical_id, "NodegroupName": name}

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        client, place = self.client(context), self.parameters(physical_id)
        new = self.api(change.new)
        if change.touches("Labels", "Taints", "ScalingConfig", "UpdateConfig", "NodeRepairConfig"):
            given: dict[str, Any] = {
                name: new[name]
                for name in ("scalingConfig", "updateConfig", "nodeRepairConfig")
                if name in new
            }
            old_labels, labels = change.old.get("Labels", {}), change.new.get("Labels", {})
            if old_labels != labels:
                given["labels"] = {
                    "addOrUpdateLabels": labels,
                    "removeLabels": sorted(old_labels.keys() - labels.keys()),
                }
            old_taints, taints = self.api(change.old).get("taints", []), new.get("taints", [])
            if old_taints != taints:
                given["taints"] = {
                    "addOrUpdateTaints": taints,
                    "removeTaints": [taint for taint in old_taints if taint not in taints],
                }
            answer = client.update_nodegroup_config(**place, **given)
            self.until_updated(context, physical_id, answer["update"])
        if change.touches("Version", "ReleaseVersion", "LaunchTemplate"):
            wanted = {
                name: new[name] for name in ("version", "releaseVersion", "launchTemplate") if name in new
            }
            force = change.new.get("ForceUpdateEnabled", False)
            answer = client.update_nodegroup_version(**place, **wanted, force=force)
            self.until_updated(context, physical_id, answer["update"])
        self.retag(context, self.describe(context, physical_id)["nodegroupArn"], change)


class FargateProfile(_Eks):
    """Ref: cluster and name. Nothing but tags can change."""

    name = "AWS::EKS::FargateProfile"
    word, key, answer = "fargate_profile", "fargateProfileName", "fargateProfile"

    def properties(self) -> Structure:
        return from_api(
            "eks",
            "CreateFargateProfileRequest",
            required=("ClusterName", "PodExecutionRoleArn", "Selectors"),
            without=("ClientRequestToken",),
            kinds={"FargateProfileSelector.labels": PAIRS},
        ) | own(Tags=TAGS)

    def immutable(self) -> frozenset[str]:
        return frozenset(self.schema.members) - {"Tags"}

    def make(self, context: Context, p: Properties) -> str:
        made = self.call_create(context, p, fargateProfileName=context.name(100))
        return f"{made['clusterName']}|{made['fargateProfileName']}"

    def finish(self, context: Context, physical_id: str, p: Properties) -> None:
        self.until_active(context, physical_id)

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        return {"Arn": self.describe(context, physical_id)["fargateProfileArn"]}

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        self.retag(context, self.describe(context, physical_id)["fargateProfileArn"], change)


class Addon(_Eks):
    """Ref: cluster and name."""

    name = "AWS::EKS::Addon"
    word, key, answer = "addon", "addonName", "addon"
    fixed = frozenset({"AddonName", "ClusterName", "NamespaceConfig"})

    def properties(self) -> Structure:
        return from_api(
            "eks",
            "CreateAddonRequest",
            required=("AddonName", "ClusterName"),
            without=("ClientRequestToken",),
        ) | own(PreserveOnDelete=BOOLEAN, Tags=TAGS)

    def make(self, context: Context, p: Properties) -> str:
        made = self.call_create(context, p)
        return f"{made['clusterName']}|{made['addonName']}"

    def finish(self, context: Context, physical_id: str, p: Properties) -> None:
        self.until_active(context, physical_id)

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        return {"Arn": self.describe(context, physical_id)["addonArn"]}

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        if change.names - {"Tags", "PreserveOnDelete"}:
            answer = self.client(context).update_addon(**self.api(change.new))
            self.until_updated(context, physical_id, answer["update"])
        self.retag(context, self.describe(context, physical_id)["addonArn"], change)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        self.client(context).delete_addon(
            **self.parameters(physical_id), preserve=p.get("PreserveOnDelete", False)
        )
        context.wait(
            lambda: self.exists(lambda: self.describe(context, physical_id)) is None,
            f"{physical_id} to be deleted",
            PATIENCE,
        )


POLICIES = ListOf(
    own(
        required=("PolicyArn", "AccessScope"),
        PolicyArn=STRING,
        AccessScope=from_api("eks", "AccessScope"),
    )
)


class AccessEntry(_Eks):
    """Ref: principal and cluster."""

    name = "AWS::EKS::AccessEntry"
    word, key, answer = "access_entry", "principalArn", "accessEntry"
    fixed = frozenset({"ClusterName", "PrincipalArn", "Type"})

    def parameters(self, physical_id: str) -> dict[str, str]:
        principal, _, cluster = physical_id.rpartition("|")
        return {"clusterName": cluster, "principalArn": principal}

    def properties(self) -> Structure:
        return from_api(
            "eks",
            "CreateAccessEntryRequest",
            required=("ClusterName", "PrincipalArn"),
            without=("ClientRequestToken",),
        ) | own(AccessPolicies=POLICIES, Tags=TAGS)

    def make(self, context: Context, p: Properties) -> str:
        made = self.call_create(context, p)
        return f"{made['principalArn']}|{made['clusterName']}"

    def finish(self, context: Context, physical_id: str, p: Properties) -> None:
        self._associate(context, physical_id, Change({}, p))

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        return {"AccessEntryArn": self.describe(context, physical_id)["accessEntryArn"]}

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        if change.touches("KubernetesGroups", "Username"):
            given = {"kubernetesGroups": [], **self.api(change.new, "KubernetesGroups", "Username")}
            self.client(context).update_access_entry(**self.parameters(physical_id), **given)
        self._associate(context, physical_id, change)
        self.retag(context, self.describe(context, physical_id)["accessEntryArn"], change)

    def _associate(self, context: Context, physical_id: str, change: Change) -> None:
        client, place = self.client(context), self.parameters(physical_id)
        old, new = (
            {policy["PolicyArn"]: policy["AccessScope"] for policy in p.get("AccessPolicies", [])}
            for p in (change.old, change.new)
        )
        for arn, scope in new.items():
            if old.get(arn) != scope:
                given = {key[0].lower() + key[1:]: value for key, value in scope.items()}
                client.associate_access_policy(**place, policyArn=arn, accessScope=given)
        for arn in old.keys() - new.keys():
            client.disassociate_access_policy(**place, policyArn=arn)


class PodIdentityAssociation(_Eks):
    """Ref: the ARN."""

    name = "AWS::EKS::PodIdentityAssociation"
    word, key, answer = "pod_identity_association", "associationId", "association"
    fixed = frozenset({"ClusterName", "Namespace", "ServiceAccount"})

    def parameters(self, physical_id: str) -> dict[str, str]:
        _, cluster, association = physical_id.rsplit("/", 2)
        return {"clusterName": cluster, "associationId": association}

    def properties(self) -> Structure:
        return from_api(
            "eks",
            "CreatePodIdentityAssociationRequest",
            required=("ClusterName", "Namespace", "RoleArn", "ServiceAccount"),
            without=("ClientRequestToken",),
        ) | own(Tags=TAGS)

    def make(self, context: Context, p: Properties) -> str:
        return str(self.call_create(context, p)["associationArn"])

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        found = self.describe(context, physical_id)
        return {
            "AssociationArn": physical_id,
            "AssociationId": found["associationId"],
            "ExternalId": found.get("externalId", ""),
        }

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        if change.touches("RoleArn", "TargetRoleArn", "DisableSessionTags"):
            given = self.api(change.new, "RoleArn", "TargetRoleArn", "DisableSessionTags")
            self.client(context).update_pod_identity_association(**self.parameters(physical_id), **given)
        self.retag(context, physical_id, change)


TYPES = (Cluster, Nodegroup, FargateProfile, Addon, AccessEntry, PodIdentityAssociation)
