"""CloudFormation's EKS types over the API of a running cloud."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cloud.policies import trust
from tests.cloud.running import RunningCloud
from tests.cloud.templates.things import REGION, TAGS, Make, making


@pytest.fixture
def make(cloud: RunningCloud) -> Iterator[Make]:
    with making(cloud) as create:
        yield create


def test_a_cluster_with_nodes_and_pods_on_fargate(cloud: RunningCloud, make: Make) -> None:
    eks = cloud.client("eks")
    subnets = [subnet["SubnetId"] for subnet in cloud.client("ec2").describe_subnets()["Subnets"][:2]]
    services = ("eks", "ec2", "eks-fargate-pods")
    roles = [
        make("AWS::IAM::Role", AssumeRolePolicyDocument=trust(f"{name}.amazonaws.com"))["Arn"]
        for name in services
    ]
    cluster = make(
        "AWS::EKS::Cluster",
        RoleArn=roles[0],
        ResourcesVpcConfig={"SubnetIds": subnets, "EndpointPublicAccess": "true"},
        Logging={"ClusterLogging": {"EnabledTypes": [{"Type": "audit"}]}},
        Tags=[{"Key": "oven", "Value": "2"}],
    )
    found = eks.describe_cluster(name=cluster.id)["cluster"]
    assert cluster["Arn"] == found["arn"]
    assert sorted(found["resourcesVpcConfig"]["subnetIds"]) == sorted(subnets)
    assert found["tags"]["oven"] == "2"
    assert TAGS.items() <= found["tags"].items()
    nodes = make(
        "AWS::EKS::Nodegroup",
        ClusterName=cluster.id,
        NodeRole=roles[1],
        Subnets=subnets,
        ScalingConfig={"MinSize": 1, "DesiredSize": "1", "MaxSize": 2},
        Labels={"kind": "oven"},
    )
    assert nodes["ClusterName"] == cluster.id
    described = eks.describe_nodegroup(clusterName=cluster.id, nodegroupName=nodes["NodegroupName"])
    assert described["nodegroup"]["scalingConfig"]["maxSize"] == 2
    assert described["nodegroup"]["labels"] == {"kind": "oven"}
    vpc = found["resourcesVpcConfig"]["vpcId"]
    private = make("AWS::EC2::Subnet", VpcId=vpc, CidrBlock="172.31.250.0/24")
    routes = make("AWS::EC2::RouteTable", VpcId=vpc)
    make("AWS::EC2::SubnetRouteTableAssociation", SubnetId=private.id, RouteTableId=routes.id)
    profile = make(
        "AWS::EKS::FargateProfile",
        ClusterName=cluster.id,
        PodExecutionRoleArn=roles[2],
        Subnets=[private.id],
        Selectors=[{"Namespace": "shop", "Labels": [{"Key": "tier", "Value": "front"}]}],
    )
    name = profile.id.partition("|")[2]
    described = eks.describe_fargate_profile(clusterName=cluster.id, fargateProfileName=name)
    assert described["fargateProfile"]["selectors"] == [{"namespace": "shop", "labels": {"tier": "front"}}]
    assert REGION in profile["Arn"]
