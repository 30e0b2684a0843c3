"""EKS in a running cloud, as AWS's own clients see it: clusters, their parts, who may what, and kubectl."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, WaiterError

from labs.cloud.aws.eks.endpoint import MOST_CONNECTIONS
from tests.cloud.policies import trust
from tests.cloud.running import RunningCloud, wait_for

ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
VIEW = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
API = {"authenticationMode": "API"}


class Eks:
    """A cloud with roles and private subnets for EKS."""

    _numbers = count(1)

    def __init__(self, cloud: RunningCloud):
        self.cloud = cloud
        self.eks, self.ec2, self.iam = (cloud.client(name) for name in ("eks", "ec2", "iam"))

    def role(self, service: str, *actions: str) -> str:
        name = f"role{next(self._numbers)}"
        made = self.iam.create_role(
            RoleName=name, AssumeRolePolicyDocument=json.dumps(trust(service, *actions))
        )
        return str(made["Role"]["Arn"])

    @cached_property
    def cluster_role(self) -> str:
        return self.role("eks.amazonaws.com")

    @cached_property
    def node_role(self) -> str:
        return self.role("ec2.amazonaws.com")

    @cached_property
    def pod_role(self) -> str:
        return self.role("pods.eks.amazonaws.com", "sts:TagSession")

    @cached_property
    def subnets(self) -> list[str]:
        found = sorted(self.ec2.describe_subnets()["Subnets"], key=lambda subnet: subnet["AvailabilityZone"])
        return [subnet["SubnetId"] for subnet in found[:2]]

    @cached_property
    def private(self) -> str:
        vpc = self.ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        subnet = self.ec2.create_subnet(VpcId=vpc, CidrBlock="172.31.240.0/24", AvailabilityZone="us-east-1a")
        table = self.ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        name = str(subnet["Subnet"]["SubnetId"])
        self.ec2.associate_route_table(RouteTableId=table, SubnetId=name)
        return name

    def create(self, **settings: Any) -> dict[str, Any]:
        given = {
            "name": f"shop{next(self._numbers)}",
            "roleArn": self.cluster_role,
            "resourcesVpcConfig": {"subnetIds": self.subnets},
        }
        made: dict[str, Any] = self.eks.create_cluster(**(given | settings))["cluster"]
        return made

    def active(self, **settings: Any) -> str:
        """A cluster's name, once its waiter is content."""
        name = str(self.create(**settings)["name"])
        self.eks.get_waiter("cluster_active").wait(name=name, WaiterConfig={"Delay": 0, "MaxAttempts": 3})
        return name

    def nodes(self, cluster: str, **settings: Any) -> dict[str, Any]:
        given = {
            "clusterName": cluster,
            "nodegroupName": "bakers",
            "subnets": self.subnets,
            "nodeRole": self.node_role,
        }
        made: dict[str, Any] = self.eks.create_nodegroup(**(given | settings))["nodegroup"]
        return made


@pytest.fixture(scope="module")
def eks(cloud: RunningCloud) -> Eks:
    return Eks(cloud)


def refused(call: Callable[..., Any], **given: Any) -> str:
    """Code and message of the refusal."""
    with pytest.raises(ClientError) as refusal:
        call(**given)
    error = refusal.value.response["Error"]
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] < 500
    return f"{error['Code']}: {error['Message']}"


# Clusters


def test_a_cluster_is_creating_in_the_answer_and_active_when_described(eks: Eks) -> None:
    made = eks.create(tags={"team": "ovens"})
    assert made["status"] == "CREATING"
    assert "endpoint" not in made and "certificateAuthority" not in made
    found = eks.eks.describe_cluster(name=made["name"])["cluster"]
    assert found["status"] == "ACTIVE"
    assert found["endpoint"].startswith("https://127.0.0.1:")
    network = found["resourcesVpcConfig"]
    assert network["endpointPublicAccess"] and not network["endpointPrivateAccess"]
    assert network["publicAccessCidrs"] == ["0.0.0.0/0"]
    (group,) = eks.ec2.describe_security_groups(GroupIds=[network["clusterSecurityGroupId"]])[
        "SecurityGroups"
    ]
    assert group["VpcId"] == network["vpcId"]
    (rule,) = group["IpPermissions"]
    assert rule["UserIdGroupPairs"][0]["GroupId"] == group["GroupId"]
    assert found["accessConfig"] == {
        "authenticationMode": "CONFIG_MAP",
        "bootstrapClusterCreatorAdminPermissions": True,
    }
    assert found["upgradePolicy"] == {"supportType": "EXTENDED"}
    assert found["tags"] == {"team": "ovens"}
    assert found["kubernetesNetworkConfig"]["serviceIpv4Cidr"] == "10.100.0.0/16"
    assert found["logging"]["clusterLogging"] == [
        {"types": ["api", "audit", "authenticator", "controllerManager", "scheduler"], "enabled": False}
    ]
    eks.eks.delete_cluster(name=made["name"])
    eks.eks.get_waiter("cluster_deleted").wait(name=made["name"], WaiterConfig={"Delay": 0, "MaxAttempts": 3})
    gone = refused(eks.ec2.describe_security_groups, GroupIds=[group["GroupId"]])
    assert gone.startswith("InvalidGroup.NotFound")


def test_who_does_not_wait_for_the_cluster_is_refused_as_on_aws(eks: Eks) -> None:
    name = eks.create()["name"]
    assert refused(eks.nodes, cluster=name).endswith(f"Cluster '{name}' is not in ACTIVE status")
    eks.eks.describe_cluster(name=name)
    assert eks.nodes(name)["status"] == "CREATING"
    assert "nodegroups attached" in refused(eks.eks.delete_cluster, name=name)


def test_a_cluster_must_have_a_role_that_trusts_eks_subnets_in_two_zones_and_a_known_version(
    eks: Eks,
) -> None:
    for role in (eks.node_role, "arn:aws:iam::123456789012:role/nobody"):
        assert "could not be assumed because it does not exist" in refused(eks.create, roleArn=role)
    one = {"subnetIds": eks.subnets[:1]}
    assert "at least two different AZs" in refused(eks.create, resourcesVpcConfig=one)
    none = {"subnetIds": ["subnet-0123456789abcdef0", eks.subnets[0]]}
    assert "does not exist" in refused(eks.create, resourcesVpcConfig=none)
    for version in ("1.19", "1.99", "one"):
        text = "InvalidParameterException: unsupported Kubernetes version"
        assert refused(eks.create, version=version) == text
    strange = {"subnetIds": eks.subnets, "securityGroupIds": ["sg-0123456789abcdef0"]}
    assert "security group" in refused(eks.create, resourcesVpcConfig=strange)
    closed = {"subnetIds": eks.subnets, "endpointPublicAccess": False}
    assert "cannot be false" in refused(eks.create, resourcesVpcConfig=closed)


def test_the_same_token_gives_the_same_cluster_and_another_call_is_refused(eks: Eks) -> None:
    first = eks.create(name="once", clientRequestToken="t1")
    assert eks.create(name="once", clientRequestToken="t1")["createdAt"] == first["createdAt"]
    assert refused(eks.create, name="once").startswith("ResourceInUseException")
    assert refused(eks.create, name="once", clientRequestToken="t1", tags={"a": "b"}).startswith(
        "ResourceInUse"
    )


def test_auto_mode_is_all_or_nothing(eks: Eks) -> None:
    half = {"computeConfig": {"enabled": True}, "accessConfig": API}
    assert "all either fully enabled or fully disabled" in refused(eks.create, **half)
    whole = half | {
        "computeConfig": {"enabled": True, "nodePools": ["system"], "nodeRoleArn": eks.node_role},
        "kubernetesNetworkConfig": {"elasticLoadBalancing": {"enabled": True}},
        "storageConfig": {"blockStorage": {"enabled": True}},
    }
    name = eks.active(**whole)
    assert eks.eks.describe_cluster(name=name)["cluster"]["computeConfig"]["enabled"]
    assert "authenticationMode" in refused(eks.create, **(whole | {"accessConfig": {}}))


def test_a_change_is_in_progress_in_the_answer_and_successful_when_described(eks: Eks) -> None:
    name = eks.active()
    update = eks.eks.update_cluster_config(name=name, resourcesVpcConfig={"endpointPrivateAccess": True})[
        "update"
    ]
    assert (update["status"], update["type"]) == ("InProgress", "EndpointAccessUpdate")
    done = eks.eks.describe_update(name=name, updateId=update["id"])["update"]
    assert done["status"] == "Successful"
    assert done["params"] == [{"type": "EndpointPrivateAccess", "value": "true"}]
    assert eks.eks.list_updates(name=name)["updateIds"] == [update["id"]]
    again = refused(
        eks.eks.update_cluster_config, name=name, resourcesVpcConfig={"endpointPrivateAccess": True}
    )
    assert "already at the desired configuration with endpointPrivateAccess: true" in again
    both = {"logging": {"clusterLogging": [{"types": ["api"], "enabled": True}]}, "deletionProtection": True}
    assert "Only one type of update can be allowed" in refused(
        eks.eks.update_cluster_config, name=name, **both
    )
    assert "was not provided" in refused(eks.eks.update_cluster_config, name=name)
    eks.eks.update_cluster_config(name=name, logging=both["logging"])
    on, off = eks.eks.describe_cluster(name=name)["cluster"]["logging"]["clusterLogging"]
    assert on == {"types": ["api"], "enabled": True} and "api" not in off["types"]
    eks.eks.update_cluster_config(name=name, deletionProtection=True)
    assert "deletion protection" in refused(eks.eks.delete_cluster, name=name)
    missing = refused(eks.eks.describe_update, name=name, updateId="nothing")
    assert missing.startswith("ResourceNotFoundException")


def test_a_cluster_goes_up_one_minor_version_at_a_time(eks: Eks) -> None:
    name = eks.active(version="1.33")
    for wanted in ("1.35", "1.32", "1.33"):
        text = f"Unsupported Kubernetes minor version update from 1.33 to {wanted}"
        assert text in refused(eks.eks.update_cluster_version, name=name, version=wanted)
    update = eks.eks.update_cluster_version(name=name, version="1.34")["update"]
    assert update["type"] == "VersionUpdate"
    assert eks.eks.describe_cluster(name=name)["cluster"]["version"] == "1.34"


def test_versions_are_listed_with_their_support(eks: Eks) -> None:
    listed = eks.eks.describe_cluster_versions()["clusterVersions"]
    assert {each["versionStatus"] for each in listed} <= {"STANDARD_SUPPORT", "EXTENDED_SUPPORT"}
    (default,) = eks.eks.describe_cluster_versions(defaultOnly=True)["clusterVersions"]
    assert default["clusterVersion"] == eks.create()["version"]
    gone = eks.eks.describe_cluster_versions(versionStatus="UNSUPPORTED")["clusterVersions"]
    assert "1.30" in {each["clusterVersion"] for each in gone}
    assert default["endOfStandardSupportDate"] < default["endOfExtendedSupportDate"]


def test_names_with_slashes_and_other_oddities_are_not_found(eks: Eks) -> None:
    odd = "arn:aws:eks:us-east-1:123456789012:cluster/shop"
    assert refused(eks.eks.list_nodegroups, clusterName=odd).startswith("ResourceNotFoundException")
    assert refused(eks.eks.describe_cluster, name=odd).startswith("ResourceNotFoundException")
    key = {"remoteAccess": {"ec2SshKey": "no-such-key"}}
    assert "does not exist" in refused(eks.nodes, cluster=eks.active(), **key)


def test_unknown_things_are_not_found_and_gaps_are_named(eks: Eks) -> None:
    api = eks.eks
    assert refused(api.describe_cluster, name="nowhere").endswith("No cluster found for name: nowhere.")
    for gap in (
        refused(api.list_insights, clusterName="nowhere"),
        refused(api.register_cluster, name="far", connectorConfig={"roleArn": "r", "provider": "OTHER"}),
        refused(api.list_eks_anywhere_subscriptions),
        refused(api.list_capabilities, clusterName="nowhere"),
        refused(eks.create, outpostConfig={"outpostArns": ["o"], "controlPlaneInstanceType": "m5.large"}),
        refused(eks.create, kubernetesNetworkConfig={"ipFamily": "ipv6"}),
    ):
        assert gap.startswith("UnsupportedFeatureException: The local cloud does not emulate ")
    unknown_tags = refused(
        api.list_tags_for_resource, resourceArn="arn:aws:eks:us-east-1:123456789012:cluster/nowhere"
    )
    assert unknown_tags.startswith("NotFoundException")


# Compute


def test_a_node_group_really_has_an_auto_scaling_group(eks: Eks) -> None:
    name = eks.active(accessConfig=API)
    made = eks.nodes(
        name,
        scalingConfig={"minSize": 1, "maxSize": 4, "desiredSize": 2},
        labels={"shift": "night"},
        taints=[{"key": "oven", "value": "hot", "effect": "NO_SCHEDULE"}],
        capacityType="SPOT",
    )
    place = {"clusterName": name, "nodegroupName": "bakers"}
    eks.eks.get_waiter("nodegroup_active").wait(**place, WaiterConfig={"Delay": 0, "MaxAttempts": 3})
    (group,) = made["resources"]["autoScalingGroups"]
    scaling = eks.cloud.client("autoscaling")

    def groups() -> list[dict[str, Any]]:
        names = [group["name"]]
        return list(scaling.describe_auto_scaling_groups(AutoScalingGroupNames=names)["AutoScalingGroups"])

    assert group["name"].startswith("eks-bakers-")
    assert [(g["MinSize"], g["MaxSize"], len(g["Instances"])) for g in groups()] == [(1, 4, 2)]
    update = eks.eks.update_nodegroup_config(
        **place,
        scalingConfig={"desiredSize": 3},
        labels={"addOrUpdateLabels": {"shift": "day"}},
        taints={"removeTaints": [{"key": "oven", "effect": "NO_SCHEDULE"}]},
    )["update"]
    found = eks.eks.describe_nodegroup(**place)["nodegroup"]
    assert (found["labels"], found["taints"]) == ({"shift": "day"}, [])
    assert found["scalingConfig"] == {"minSize": 1, "maxSize": 4, "desiredSize": 3}
    assert len(groups()[0]["Instances"]) == 3
    whole = eks.eks.describe_update(name=name, updateId=update["id"], nodegroupName="bakers")["update"]
    assert whole["status"] == "Successful"
    assert refused(eks.eks.describe_update, name=name, updateId=update["id"]).startswith("ResourceNotFound")
    assert eks.node_role in eks.eks.list_access_entries(clusterName=name)["accessEntries"]
    assert eks.eks.delete_nodegroup(**place)["nodegroup"]["status"] == "DELETING"
    eks.eks.get_waiter("nodegroup_deleted").wait(**place, WaiterConfig={"Delay": 0, "MaxAttempts": 3})
    assert groups() == []


def test_a_node_groups_settings_must_fit_together(eks: Eks) -> None:
    name = eks.active(version="1.34")
    for wrong, said in (
        ({"nodeRole": eks.cluster_role}, "cannot be assumed by ec2.amazonaws.com"),
        ({"subnets": ["subnet-0123456789abcdef0"]}, "does not exist"),
        (
            {"scalingConfig": {"minSize": 3, "maxSize": 4, "desiredSize": 2}},
            "Minimum capacity 3 can't be greater",
        ),
        (
            {"scalingConfig": {"minSize": 1, "maxSize": 2, "desiredSize": 5}},
            "can't be greater than max size 2",
        ),
        ({"amiType": "AL2_x86_64"}, "only supported for kubernetes versions 1.32 or earlier"),
        ({"amiType": "AL2023_ARM_64_STANDARD", "instanceTypes": ["t3.medium"]}, "not a valid instance type"),
        ({"instanceTypes": ["oven.large"]}, "not a valid instance type"),
        ({"version": "1.35"}, "is not supported by the cluster version 1.34"),
        ({"launchTemplate": {"name": "nothing"}}, "was not found"),
        ({"updateConfig": {"maxUnavailable": 1, "maxUnavailablePercentage": 10}}, "cannot both"),
        ({"labels": {"kubernetes.io/oven": "1"}}, "reserved prefixes"),
        ({"capacityType": "CAPACITY_BLOCK"}, "does not emulate"),
    ):
        assert said in refused(eks.nodes, cluster=name, **wrong), wrong
    assert eks.eks.list_nodegroups(clusterName=name)["nodegroups"] == []


def test_nodes_follow_the_cluster_by_their_own_update(eks: Eks) -> None:
    name = eks.active(version="1.34")
    template = eks.ec2.create_launch_template(
        LaunchTemplateName="ovens", LaunchTemplateData={"InstanceType": "m5.large"}
    )["LaunchTemplate"]
    made = eks.nodes(name, version="1.33", launchTemplate={"name": "ovens"})
    assert made["launchTemplate"] == {"name": "ovens", "id": template["LaunchTemplateId"], "version": "1"}
    place = {"clusterName": name, "nodegroupName": "bakers"}
    update = eks.eks.update_nodegroup_version(**place)["update"]
    assert update["params"] == [{"type": "Version", "value": "1.34"}]
    assert eks.eks.describe_nodegroup(**place)["nodegroup"]["version"] == "1.34"
    assert "cannot go back" in refused(eks.eks.update_nodegroup_version, **place, version="1.33")


def test_fargate_profiles_want_private_subnets_a_role_and_selectors(eks: Eks) -> None:
    name = eks.active()
    good = {
        "clusterName": name,
        "fargateProfileName": "night",
        "podExecutionRoleArn": eks.role("eks-fargate-pods.amazonaws.com"),
        "subnets": [eks.private],
        "selectors": [{"namespace": "bread", "labels": {"shift": "night"}}],
    }
    create = eks.eks.create_fargate_profile
    for wrong, said in (
        ({"subnets": eks.subnets[:1]}, "provided in Fargate Profile is not a private subnet"),
        ({"subnets": []}, "no private subnet"),
        ({"podExecutionRoleArn": eks.node_role}, "Misconfigured PodExecutionRole Trust Policy"),
        ({"selectors": []}, "at least one selector"),
        ({"selectors": [{"namespace": f"n{number}"} for number in range(6)]}, "more than 5 Selectors"),
        ({"selectors": [{"labels": {"a": "b"}}]}, "at least one namespace value"),
    ):
        assert said in refused(create, **(good | wrong)), wrong
    assert create(**good)["fargateProfile"]["status"] == "CREATING"
    place = {"clusterName": name, "fargateProfileName": "night"}
    waiting = {"WaiterConfig": {"Delay": 0, "MaxAttempts": 3}}
    eks.eks.get_waiter("fargate_profile_active").wait(**place, **waiting)
    assert eks.eks.list_fargate_profiles(clusterName=name)["fargateProfileNames"] == ["night"]
    assert "fargate profiles" in refused(eks.eks.delete_cluster, name=name)
    eks.eks.delete_fargate_profile(**place)
    eks.eks.get_waiter("fargate_profile_deleted").wait(**place, **waiting)
    eks.eks.delete_cluster(name=name)


# Add-ons


def test_add_ons_come_in_versions_that_fit_the_cluster(eks: Eks) -> None:
    name = eks.active(version="1.34")
    (dns,) = eks.eks.describe_addon_versions(addonName="coredns", kubernetesVersion="1.34")["addons"]
    versions = [each["addonVersion"] for each in dns["addonVersions"]]
    made = eks.eks.create_addon(clusterName=name, addonName="coredns", tags={"a": "b"})["addon"]
    assert (made["status"], made["addonVersion"]) == ("CREATING", versions[0])
    place = {"clusterName": name, "addonName": "coredns"}
    waiting = {"WaiterConfig": {"Delay": 0, "MaxAttempts": 3}}
    eks.eks.get_waiter("addon_active").wait(**place, **waiting)
    update = eks.eks.update_addon(
        **place, addonVersion=versions[1], configurationValues='{"replicaCount": 3}'
    )
    done = eks.eks.describe_update(name=name, addonName="coredns", updateId=update["update"]["id"])["update"]
    assert (done["type"], done["status"]) == ("AddonUpdate", "Successful")
    assert eks.eks.describe_addon(**place)["addon"]["addonVersion"] == versions[1]
    assert "not supported" in refused(eks.eks.update_addon, **place, addonVersion="v1.11.4-eksbuild.33")
    assert "must be a JSON or YAML object" in refused(
        eks.eks.update_addon, **place, configurationValues="[1]"
    )
    assert "already exists" in refused(eks.eks.create_addon, **place)
    assert "Addon specified is not supported" in refused(
        eks.eks.create_addon, clusterName=name, addonName="oven"
    )
    eks.eks.delete_addon(**place)
    eks.eks.get_waiter("addon_deleted").wait(**place, **waiting)
    assert eks.eks.list_addons(clusterName=name)["addons"] == []
    schema = eks.eks.describe_addon_configuration(addonName="coredns", addonVersion=versions[0])
    assert json.loads(schema["configurationSchema"])["type"] == "object"


def test_an_add_on_owns_its_pod_identity_associations(eks: Eks) -> None:
    name = eks.active()
    place = {"clusterName": name, "addonName": "aws-ebs-csi-driver"}
    pods = [{"serviceAccount": "ebs-csi-controller-sa", "roleArn": eks.pod_role}]
    made = eks.eks.create_addon(**place, podIdentityAssociations=pods)["addon"]
    (association,) = eks.eks.list_pod_identity_associations(clusterName=name)["associations"]
    assert association["ownerArn"] == made["addonArn"]
    assert made["podIdentityAssociations"] == [association["associationArn"]]
    delete = eks.eks.delete_pod_identity_association
    assert "owned by an add-on" in refused(
        delete, clusterName=name, associationId=association["associationId"]
    )
    wrong = [{"serviceAccount": "baker", "roleArn": eks.pod_role}]
    assert "not one of the add-on's" in refused(eks.eks.update_addon, **place, podIdentityAssociations=wrong)
    eks.eks.delete_addon(**place)
    assert eks.eks.list_pod_identity_associations(clusterName=name)["associations"] == []


# Access


def test_the_creator_administers_the_cluster_and_others_are_let_in(eks: Eks) -> None:
    name = eks.active(accessConfig=API)
    entries = eks.eks.list_access_entries(clusterName=name)["accessEntries"]
    assert entries == ["arn:aws:iam::123456789012:user/learner"]
    listed = eks.eks.list_associated_access_policies(clusterName=name, principalArn=entries[0])
    (policy,) = listed["associatedAccessPolicies"]
    assert (policy["policyArn"], policy["accessScope"]["type"]) == (ADMIN, "cluster")
    baker = eks.role("ec2.amazonaws.com")
    place = {"clusterName": name, "principalArn": baker}
    made = eks.eks.create_access_entry(**place, kubernetesGroups=["bakers"])["accessEntry"]
    assert made["username"].endswith("/{{SessionName}}") and made["type"] == "STANDARD"
    scope = {"type": "namespace", "namespaces": ["bread"]}
    eks.eks.associate_access_policy(**place, policyArn=VIEW, accessScope=scope)
    assert eks.eks.list_access_entries(clusterName=name, associatedPolicyArn=VIEW)["accessEntries"] == [baker]
    assert "already in use" in refused(eks.eks.create_access_entry, **place)
    nobody = {"clusterName": name, "principalArn": "arn:aws:iam::123456789012:role/nobody"}
    assert "invalid principal" in refused(eks.eks.create_access_entry, **nobody)
    assert "could not be found" in refused(eks.eks.describe_access_entry, **nobody)
    unknown = VIEW.replace("View", "Baking")
    said = refused(
        eks.eks.associate_access_policy, **place, policyArn=unknown, accessScope={"type": "cluster"}
    )
    assert "list-access-policies" in said
    wrong = {"type": "namespace"}
    assert "scope" in refused(eks.eks.associate_access_policy, **place, policyArn=VIEW, accessScope=wrong)
    assert eks.eks.update_access_entry(**place, kubernetesGroups=[])["accessEntry"]["kubernetesGroups"] == []
    eks.eks.disassociate_access_policy(**place, policyArn=VIEW)
    assert not eks.eks.list_associated_access_policies(**place)["associatedAccessPolicies"]
    eks.eks.delete_access_entry(**place)
    assert baker not in eks.eks.list_access_entries(clusterName=name)["accessEntries"]
    policies = {each["name"] for each in eks.eks.list_access_policies()["accessPolicies"]}
    assert {"AmazonEKSClusterAdminPolicy", "AmazonEKSViewPolicy"} <= policies


def test_access_entries_need_an_authentication_mode_with_the_api_and_modes_only_go_forward(eks: Eks) -> None:
    name = eks.active()
    assert "must be set to one of [API, API_AND_CONFIG_MAP]" in refused(
        eks.eks.list_access_entries, clusterName=name
    )
    update = eks.eks.update_cluster_config
    assert "Unsupported authentication mode update" in refused(update, name=name, accessConfig=API)
    for mode in ("API_AND_CONFIG_MAP", "API"):
        update(name=name, accessConfig={"authenticationMode": mode})
    assert eks.eks.list_access_entries(clusterName=name)["accessEntries"]
    back = refused(update, name=name, accessConfig={"authenticationMode": "CONFIG_MAP"})
    assert "from API to CONFIG_MAP" in back


def test_pod_identity_wants_a_role_that_pods_may_assume_and_tag(eks: Eks) -> None:
    name = eks.active()
    good = {"clusterName": name, "namespace": "bread", "serviceAccount": "baker", "roleArn": eks.pod_role}
    create = eks.eks.create_pod_identity_association
    untagged = eks.role("pods.eks.amazonaws.com")
    assert "sts:TagSession" in refused(create, **(good | {"roleArn": untagged}))
    assert "does not exist" in refused(
        create, **(good | {"roleArn": "arn:aws:iam::123456789012:role/nobody"})
    )
    made = create(**good)["association"]
    assert "Association already exists" in refused(create, **good)
    place = {"clusterName": name, "associationId": made["associationId"]}
    second = eks.role("pods.eks.amazonaws.com", "sts:TagSession")
    eks.eks.update_pod_identity_association(**place, roleArn=second)
    assert eks.eks.describe_pod_identity_association(**place)["association"]["roleArn"] == second
    found = eks.eks.list_pod_identity_associations(clusterName=name, namespace="cakes")["associations"]
    assert found == []
    eks.eks.delete_pod_identity_association(**place)
    assert refused(eks.eks.describe_pod_identity_association, **place).startswith("ResourceNotFound")


def test_everything_has_tags(eks: Eks) -> None:
    name = eks.active(accessConfig=API)
    association = eks.eks.create_pod_identity_association(
        clusterName=name, namespace="bread", serviceAccount="baker", roleArn=eks.pod_role
    )["association"]
    arns = [
        eks.eks.describe_cluster(name=name)["cluster"]["arn"],
        eks.nodes(name)["nodegroupArn"],
        eks.eks.create_addon(clusterName=name, addonName="kube-proxy")["addon"]["addonArn"],
        eks.eks.describe_access_entry(clusterName=name, principalArn=eks.node_role)["accessEntry"][
            "accessEntryArn"
        ],
        association["associationArn"],
    ]
    for arn in arns:
        eks.eks.tag_resource(resourceArn=arn, tags={"team": "ovens", "shift": "night"})
        eks.eks.untag_resource(resourceArn=arn, tagKeys=["shift"])
        assert eks.eks.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "ovens"}
        assert "reserved" in refused(eks.eks.tag_resource, resourceArn=arn, tags={"aws:oven": "1"})


def test_lists_come_in_pages(eks: Eks) -> None:
    names = {eks.create()["name"] for _ in range(3)}
    pages = eks.eks.get_paginator("list_clusters").paginate(PaginationConfig={"PageSize": 2})
    listed = [name for page in pages for name in page["clusters"]]
    assert names <= set(listed) and listed == sorted(listed)
    assert refused(eks.eks.list_clusters, nextToken="soon").startswith("InvalidParameterException")


# IAM


def test_others_do_what_their_policies_allow(eks: Eks) -> None:
    name = eks.active(accessConfig=API)
    eks.iam.create_user(UserName="baker")
    key = eks.iam.create_access_key(UserName="baker")["AccessKey"]
    baker = boto3.client(
        "eks",
        "us-east-1",
        endpoint_url=eks.cloud.endpoint,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )

    def allow(*statements: tuple[str, str]) -> None:
        allowed = [{"Effect": "Allow", "Action": action, "Resource": arn} for action, arn in statements]
        document = json.dumps({"Version": "2012-10-17", "Statement": allowed})
        eks.iam.put_user_policy(UserName="baker", PolicyName="baking", PolicyDocument=document)

    here = "arn:aws:eks:us-east-1:123456789012"
    cluster = f"{here}:cluster/{name}"
    allow(("eks:Create*", cluster), ("eks:DescribeAccessEntry", f"{here}:access-entry/{name}/user/*"))
    said = refused(baker.describe_cluster, name=name)
    assert (
        "is not authorized to perform: eks:DescribeCluster" in said
        and said.split(":")[0] == "AccessDeniedException"
    )
    pods = {"clusterName": name, "namespace": "bread", "serviceAccount": "baker", "roleArn": eks.pod_role}
    assert f"iam:PassRole on resource: {eks.pod_role}" in refused(
        baker.create_pod_identity_association, **pods
    )
    driver = {"clusterName": name, "addonName": "aws-ebs-csi-driver"}
    asked = [{"serviceAccount": "ebs-csi-controller-sa", "roleArn": eks.pod_role}]
    assert "iam:PassRole" in refused(baker.create_addon, **driver, podIdentityAssociations=asked)
    learner = "arn:aws:iam::123456789012:user/learner"
    assert baker.describe_access_entry(clusterName=name, principalArn=learner)["accessEntry"]
    role = {"clusterName": name, "principalArn": eks.node_role}
    assert "eks:DescribeAccessEntry" in refused(baker.describe_access_entry, **role)
    made = eks.eks.create_pod_identity_association(**pods)["association"]
    place = {"clusterName": name, "associationId": made["associationId"]}
    allow(("eks:DescribePodIdentityAssociation", made["associationArn"]))
    assert baker.describe_pod_identity_association(**place)["association"]
    allow(("eks:CreateCluster", "*"), ("eks:DescribeCluster", "*"), ("iam:PassRole", eks.cluster_role))
    network = {"subnetIds": eks.subnets}
    role_arn = eks.cluster_role
    baker.create_cluster(name="bakers", roleArn=role_arn, resourcesVpcConfig=network, accessConfig=API)
    baker.describe_cluster(name="bakers")
    creator = eks.eks.list_access_entries(clusterName="bakers")["accessEntries"]
    assert creator == ["arn:aws:iam::123456789012:user/baker"]


# CloudFormation


def test_a_stack_makes_changes_and_deletes_everything(eks: Eks) -> None:
    stacks, place = eks.cloud.client("cloudformation"), {"ClusterName": {"Ref": "Cluster"}}

    def template(version: str, nodes: int, policies: list[str]) -> str:
        resources = {
            "Cluster": {
                "Name": "stacked",
                "Version": version,
                "RoleArn": eks.cluster_role,
                "ResourcesVpcConfig": {"SubnetIds": eks.subnets, "EndpointPrivateAccess": nodes == 3},
                "AccessConfig": {
                    "AuthenticationMode": "API" if nodes == 3 else "API_AND_CONFIG_MAP",
                    "BootstrapClusterCreatorAdminPermissions": True,
                },
                "DeletionProtection": False,
                "Logging": {"ClusterLogging": {"EnabledTypes": [{"Type": "api"}]}},
            },
            "Nodegroup": place
            | {
                "NodeRole": eks.node_role,
                "Subnets": eks.subnets,
                "ScalingConfig": {"MinSize": 1, "MaxSize": 4, "DesiredSize": nodes},
                "Labels": {"shift": "night"},
            },
            "FargateProfile": place
            | {
                "PodExecutionRoleArn": eks.role("eks-fargate-pods.amazonaws.com"),
                "Subnets": [eks.private],
                "Selectors": [{"Namespace": "bread", "Labels": [{"Key": "oven", "Value": "hot"}]}],
            },
            "Addon": place | {"AddonName": "vpc-cni", "Tags": [{"Key": "team", "Value": "ovens"}]},
            "AccessEntry": place
            | {
                "PrincipalArn": eks.pod_role,
                "AccessPolicies": [
                    {"PolicyArn": arn, "AccessScope": {"Type": "cluster"}} for arn in policies
                ],
            },
            "PodIdentityAssociation": place
            | {"Namespace": "bread", "ServiceAccount": "baker", "RoleArn": eks.pod_role},
        }
        if nodes != 1:  # its role's ARN is another one each time the template is written
            del resources["FargateProfile"]
        return json.dumps(
            {
                "Resources": {
                    name: {"Type": f"AWS::EKS::{name}", "Properties": properties}
                    for name, properties in resources.items()
                },
                "Outputs": {"Endpoint": {"Value": {"Fn::GetAtt": ["Cluster", "Endpoint"]}}},
            }
        )

    def until(waiter: str) -> None:
        patience = {"Delay": 1, "MaxAttempts": 60}
        try:
            stacks.get_waiter(waiter).wait(StackName="bakery", WaiterConfig=patience)
        except WaiterError:
            events = stacks.describe_stack_events(StackName="bakery")["StackEvents"]
            raise AssertionError([event.get("ResourceStatusReason") for event in events]) from None

    stacks.create_stack(StackName="bakery", TemplateBody=template("1.34", 1, [VIEW]))
    until("stack_create_complete")
    (stack,) = stacks.describe_stacks(StackName="bakery")["Stacks"]
    assert stack["Outputs"][0]["OutputValue"].startswith("https://127.0.0.1:")
    assert len(eks.eks.list_fargate_profiles(clusterName="stacked")["fargateProfileNames"]) == 1
    stacks.update_stack(StackName="bakery", TemplateBody=template("1.35", 3, [ADMIN]))
    until("stack_update_complete")
    cluster = eks.eks.describe_cluster(name="stacked")["cluster"]
    assert cluster["version"] == "1.35"
    assert cluster["resourcesVpcConfig"]["endpointPrivateAccess"]
    assert cluster["accessConfig"]["authenticationMode"] == "API"
    assert eks.eks.list_fargate_profiles(clusterName="stacked")["fargateProfileNames"] == []
    (nodegroup,) = eks.eks.list_nodegroups(clusterName="stacked")["nodegroups"]
    found = eks.eks.describe_nodegroup(clusterName="stacked", nodegroupName=nodegroup)["nodegroup"]
    assert found["scalingConfig"]["desiredSize"] == 3
    for policy, entries in ((ADMIN, 2), (VIEW, 0)):
        listed = eks.eks.list_access_entries(clusterName="stacked", associatedPolicyArn=policy)
        assert len(listed["accessEntries"]) == entries
    stacks.delete_stack(StackName="bakery")
    until("stack_delete_complete")
    assert "stacked" not in eks.eks.list_clusters()["clusters"]


# kubectl


def plain_client(cluster: dict[str, Any], path: str) -> tuple[int, dict[str, Any]]:
    """What the endpoint answers to a client that trusts the cluster's authority and nobody else."""
    authority = base64.b64decode(cluster["certificateAuthority"]["data"]).decode()
    context = ssl.create_default_context(cadata=authority)
    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.urlopen(cluster["endpoint"] + path, context=context, timeout=20)
    return answer.value.code, json.loads(answer.value.read())


def test_the_endpoint_says_in_plain_words_that_there_is_no_kubernetes(
    eks: Eks, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = eks.eks.describe_cluster(name=eks.active())["cluster"]
    code, status = plain_client(cluster, "/api/v1/pods")
    assert code == status["code"] == 501
    assert status["kind"] == "Status" and status["reason"] == "NotImplemented"
    assert "Kubernetes" in status["message"] and "kind" in status["message"]
    with socket.create_connection(("127.0.0.1", int(cluster["endpoint"].rpartition(":")[2]))):
        assert plain_client(cluster, "/apis/apps/v1")[0] == 501  # a client that says nothing holds up nobody
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        urllib.request.urlopen(cluster["endpoint"], timeout=20)


def test_the_endpoint_takes_a_bounded_number_of_connections(eks: Eks) -> None:
    cluster = eks.eks.describe_cluster(name=eks.active())["cluster"]
    address = ("127.0.0.1", int(cluster["endpoint"].rpartition(":")[2]))
    with contextlib.ExitStack() as silent:
        for _ in range(MOST_CONNECTIONS):
            silent.enter_context(socket.create_connection(address))
        further = silent.enter_context(socket.create_connection(address, timeout=5))
        with contextlib.suppress(ConnectionResetError):
            assert further.recv(1) == b""  # closed, long before a silent one is

    def answers() -> bool:
        try:
            return plain_client(cluster, "/api/v1/pods")[0] == 501
        except OSError:
            return False

    wait_for(answers, what="the endpoint to answer again")


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
def test_kubectl_shows_the_answer_after_update_kubeconfig(eks: Eks, tmp_path: Path) -> None:
    name, config = eks.active(), tmp_path / "config"
    binaries = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "AWS_ACCESS_KEY_ID": eks.cloud.state.access_key_id,
        "AWS_SECRET_ACCESS_KEY": eks.cloud.state.secret_access_key,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": eks.cloud.endpoint,
    }

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)

    made = run(str(binaries / "aws"), "eks", "update-kubeconfig", "--name", name, "--kubeconfig", str(config))
    assert made.returncode == 0, made.stderr
    token = run(str(binaries / "aws"), "eks", "get-token", "--cluster-name", name)
    assert json.loads(token.stdout)["status"]["token"].startswith("k8s-aws-v1."), token.stderr
    shown = run("kubectl", "--kubeconfig", str(config), "get", "pods")
    assert shown.returncode != 0
    assert "kind" in shown.stderr and "minikube" in shown.stderr, shown.stderr


def test_the_endpoint_closes_with_the_last_cluster(eks: Eks) -> None:
    port = int(eks.eks.describe_cluster(name=eks.active())["cluster"]["endpoint"].rpartition(":")[2])
    eks.cloud.control("POST", "/reset")

    def closed() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) != 0

    wait_for(closed, what="the endpoint to close")
    fresh = Eks(eks.cloud)
    name = fresh.active()
    port = int(fresh.eks.describe_cluster(name=name)["cluster"]["endpoint"].rpartition(":")[2])
    assert not closed()
    fresh.eks.delete_cluster(name=name)
    wait_for(closed, what="the endpoint to close")


def test_the_narration_says_what_is_and_what_is_not_there(eks: Eks) -> None:
    fresh = Eks(eks.cloud)
    name = fresh.active()
    fresh.nodes(name)
    events = fresh.cloud.control("GET", "/timeline")["events"]
    told = {event["kind"]: event["texts"] for event in events if event["kind"].startswith("eks-")}
    assert "ten minutes" in told["eks-created"]["en"] and "dizaine de minutes" in told["eks-created"]["fr"]
    assert "no kubelet" in told["eks-nodes"]["en"] and "aucun kubelet" in told["eks-nodes"]["fr"]
