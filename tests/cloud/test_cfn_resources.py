"""CloudFormation's resource types alone, each over the API of one running cloud: made, changed, removed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from labs.cloud.cloudformation.resource import ReplacementNeeded, ResourceError
from labs.cloud.cloudformation.resources import resource_type
from tests.cloud.policies import trust
from tests.cloud.running import RunningCloud
from tests.cloud.templates.things import ACCOUNT, REGION, TAGS, Make, Thing, making

TRUST = trust("ecs-tasks.amazonaws.com")
ALLOW = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}],
}


@pytest.fixture
def make(cloud: RunningCloud) -> Iterator[Make]:
    with making(cloud) as create:
        yield create


def tags_of(tags: list[dict[str, str]]) -> dict[str, str]:
    return {tag.get("Key", tag.get("key", "")): tag.get("Value", tag.get("value", "")) for tag in tags}


def complaints(name: str, properties: Mapping[str, Any]) -> list[str]:
    """What the type says of wrong properties."""
    found = resource_type(name)
    assert found
    with pytest.raises(ResourceError) as raised:
        found.validate(properties)
    return str(raised.value).splitlines()


# --- properties -----------------------------------------------------------------------------------------------


def test_wrong_properties_are_refused_in_cloudformation_s_words() -> None:
    assert complaints("AWS::ECS::Cluster", {"ClusterNam": "bakery"}) == [
        "#: extraneous key [ClusterNam] is not permitted"
    ]
    assert complaints("AWS::EC2::Subnet", {"CidrBlock": "10.0.0.0/24"}) == [
        "#: required key [VpcId] not found"
    ]
    assert complaints("AWS::ECS::TaskDefinition", {"Cpu": {"Value": 256}}) == [
        "#/Cpu: expected type: String, found: JSONObject"
    ]
    assert complaints("AWS::ECS::Service", {"DesiredCount": "two"}) == [
        "#/DesiredCount: expected type: Integer, found: String"
    ]
    assert complaints("AWS::ECS::Service", {"LoadBalancers": {}}) == [
        "#/LoadBalancers: expected type: JSONArray, found: JSONObject"
    ]
    assert complaints("AWS::ECS::Service", {"LaunchType": "FARGAT"}) == [
        "#/LaunchType: FARGAT is not a valid enum value"
    ]


@pytest.mark.parametrize("value", [None, [], {}, True, "x", "1" * 5000, "inf", 1e400, float("nan")])
def test_odd_numbers_are_refused(value: object) -> None:
    for name, properties in {
        "AWS::ECS::Service": {"DesiredCount": value},
        "AWS::ApplicationAutoScaling::ScalingPolicy": {
            "PolicyName": "p",
            "PolicyType": "TargetTrackingScaling",
            "TargetTrackingScalingPolicyConfiguration": {"TargetValue": value},
        },
    }.items():
        assert len(complaints(name, properties)) == 1


def test_an_update_of_the_stack_s_tags_alone_moves_nothing(cloud: RunningCloud, make: Make) -> None:
    parameter = make("AWS::SSM::Parameter", Type="String", Value="06:30")
    parameter.context.tags = {"team": "patisserie"}
    parameter.change()
    found = cloud.client("ssm").get_parameter(Name=parameter.id)["Parameter"]
    assert found["Version"] == 1
    tags = cloud.client("ssm").list_tags_for_resource(ResourceType="Parameter", ResourceId=parameter.id)
    assert tags_of(tags["TagList"])["team"] == "patisserie"


def test_nested_properties_are_checked_with_their_place() -> None:
    containers = [{"Name": "web", "PortMappings": [{"ContainerPort": 80, "Hostport": 80}]}]
    assert complaints("AWS::ECS::TaskDefinition", {"ContainerDefinitions": containers}) == [
        "#/ContainerDefinitions/0: required key [Image] not found",
        "#/ContainerDefinitions/0/PortMappings/0: extraneous key [Hostport] is not permitted",
    ]


def test_what_aws_has_and_this_cloud_has_not_is_called_so() -> None:
    assert complaints("AWS::S3::Bucket", {"LifecycleConfiguration": {"Rules": []}}) == [
        "#/LifecycleConfiguration: this property is not emulated by the local cloud"
    ]


def test_unknown_types_are_nobody_s() -> None:
    assert resource_type("AWS::Lambda::Function") is None
    assert resource_type("Custom::Thing") is None


# --- network --------------------------------------------------------------------------------------------------


@pytest.fixture
def vpc(make: Make) -> Thing:
    return make("AWS::EC2::VPC", CidrBlock="10.7.0.0/16", EnableDnsHostnames="true")


@pytest.fixture
def subnets(make: Make, vpc: Thing) -> list[str]:
    return [
        make(
            "AWS::EC2::Subnet", VpcId=vpc.id, CidrBlock=f"10.7.{n}.0/24", AvailabilityZone=f"{REGION}{zone}"
        ).id
        for n, zone in enumerate("ab")
    ]


def test_a_vpc_and_its_switches(cloud: RunningCloud, make: Make, vpc: Thing) -> None:
    ec2 = cloud.client("ec2")

    def hostnames() -> bool:
        answer = ec2.describe_vpc_attribute(VpcId=vpc.id, Attribute="enableDnsHostnames")
        return bool(answer["EnableDnsHostnames"]["Value"])

    assert hostnames()
    assert vpc["CidrBlock"] == "10.7.0.0/16"
    assert vpc["DefaultSecurityGroup"].startswith("sg-")
    found = ec2.describe_vpcs(VpcIds=[vpc.id])["Vpcs"][0]
    assert TAGS.items() <= tags_of(found["Tags"]).items()
    vpc.change(EnableDnsHostnames=False, Tags=[{"Key": "floor", "Value": "1"}])
    assert not hostnames()
    assert tags_of(ec2.describe_vpcs(VpcIds=[vpc.id])["Vpcs"][0]["Tags"])["floor"] == "1"
    vpc.change(Tags=None)
    assert "floor" not in tags_of(ec2.describe_vpcs(VpcIds=[vpc.id])["Vpcs"][0]["Tags"])
    with pytest.raises(ReplacementNeeded):
        vpc.change(CidrBlock="10.8.0.0/16")


def test_gateways_routes_and_addresses(
    cloud: RunningCloud, make: Make, vpc: Thing, subnets: list[str]
) -> None:
    ec2 = cloud.client("ec2")
    gateway = make("AWS::EC2::InternetGateway")
    make("AWS::EC2::VPCGatewayAttachment", VpcId=vpc.id, InternetGatewayId=gateway.id)
    address = make("AWS::EC2::EIP", Domain="vpc")
    nat = make("AWS::EC2::NatGateway", SubnetId=subnets[0], AllocationId=address["AllocationId"])
    table = make("AWS::EC2::RouteTable", VpcId=vpc.id)
    make("AWS::EC2::SubnetRouteTableAssociation", RouteTableId=table.id, SubnetId=subnets[1])
    route = make(
        "AWS::EC2::Route", RouteTableId=table.id, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat.id
    )

    def out() -> dict[str, Any]:
        routes = ec2.describe_route_tables(RouteTableIds=[table.id])["RouteTables"][0]["Routes"]
        return next(entry for entry in routes if entry["DestinationCidrBlock"] == "0.0.0.0/0")

    assert out()["NatGatewayId"] == nat.id
    route.change(NatGatewayId=None, GatewayId=gateway.id)
    assert out()["GatewayId"] == gateway.id
    assert ec2.describe_addresses(PublicIps=[address.id])["Addresses"][0]["AllocationId"]
    route.remove()
    nat.remove()
    states = ec2.describe_nat_gateways(NatGatewayIds=[nat.id])["NatGateways"]
    assert {gateway["State"] for gateway in states} <= {"deleted"}


def test_security_groups_hold_exactly_their_rules(cloud: RunningCloud, make: Make, vpc: Thing) -> None:
    ec2 = cloud.client("ec2")
    entrance = make(
        "AWS::EC2::SecurityGroup",
        GroupDescription="HTTP from anywhere",
        VpcId=vpc.id,
        SecurityGroupIngress=[{"IpProtocol": "tcp", "FromPort": 80, "ToPort": "80", "CidrIp": "0.0.0.0/0"}],
        SecurityGroupEgress=[
            {
                "IpProtocol": "icmp",
                "FromPort": 252,
                "ToPort": 86,
                "CidrIp": "255.255.255.255/32",
                "Description": "Disallow all traffic",
            }
        ],
    )
    tasks = make("AWS::EC2::SecurityGroup", GroupDescription="tasks", VpcId=vpc.id)
    inward = make(
        "AWS::EC2::SecurityGroupIngress",
        GroupId=tasks.id,
        IpProtocol="tcp",
        FromPort=8080,
        ToPort=8080,
        SourceSecurityGroupId=entrance.id,
    )
    make(
        "AWS::EC2::SecurityGroupEgress",
        GroupId=entrance.id,
        IpProtocol="tcp",
        FromPort=8080,
        ToPort=8080,
        DestinationSecurityGroupId=tasks.id,
    )

    def group(thing: Thing) -> dict[str, Any]:
        return ec2.describe_security_groups(GroupIds=[thing.id])["SecurityGroups"][0]

    found = group(entrance)
    assert [rule["FromPort"] for rule in found["IpPermissions"]] == [80]
    assert sorted(rule["FromPort"] for rule in found["IpPermissionsEgress"]) == [252, 8080]
    assert group(tasks)["IpPermissions"][0]["UserIdGroupPairs"][0]["GroupId"] == entrance.id
    assert group(tasks)["IpPermissionsEgress"][0]["IpProtocol"] == "-1"
    entrance.change(
        SecurityGroupIngress=[{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}]
    )
    assert [rule["FromPort"] for rule in group(entrance)["IpPermissions"]] == [443]
    with pytest.raises(ReplacementNeeded):
        inward.change(FromPort=8081)


def test_an_endpoint_follows_its_route_tables(cloud: RunningCloud, make: Make, vpc: Thing) -> None:
    tables = [make("AWS::EC2::RouteTable", VpcId=vpc.id).id for _ in range(2)]
    endpoint = make(
        "AWS::EC2::VPCEndpoint",
        VpcId=vpc.id,
        ServiceName=f"com.amazonaws.{REGION}.s3",
        VpcEndpointType="Gateway",
        RouteTableIds=tables[:1],
    )

    def found() -> list[str]:
        answer = cloud.client("ec2").describe_vpc_endpoints(VpcEndpointIds=[endpoint.id])
        return answer["VpcEndpoints"][0]["RouteTableIds"]

    assert found() == tables[:1]
    endpoint.change(RouteTableIds=tables[1:])
    assert found() == tables[1:]


def test_an_interface_endpoint_stands_in_its_subnets(
    cloud: RunningCloud, make: Make, vpc: Thing, subnets: list[str]
) -> None:
    group = make("AWS::EC2::SecurityGroup", GroupDescription="endpoint", VpcId=vpc.id)
    endpoint = make(
        "AWS::EC2::VPCEndpoint",
        VpcId=vpc.id,
        ServiceName=f"com.amazonaws.{REGION}.ecr.api",
        VpcEndpointType="Interface",
        PrivateDnsEnabled="true",
        SubnetIds=subnets,
        SecurityGroupIds=[group.id],
    )
    found = cloud.client("ec2").describe_vpc_endpoints(VpcEndpointIds=[endpoint.id])["VpcEndpoints"][0]
    assert sorted(found["SubnetIds"]) == sorted(subnets)
    assert [entry["GroupId"] for entry in found["Groups"]] == [group.id]
    assert len(endpoint["NetworkInterfaceIds"]) == 2


# --- load balancing -------------------------------------------------------------------------------------------


def test_a_load_balancer_with_rules(cloud: RunningCloud, make: Make, vpc: Thing, subnets: list[str]) -> None:
    elbv2 = cloud.client("elbv2")
    balancer = make(
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        Subnets=subnets,
        Scheme="internet-facing",
        LoadBalancerAttributes=[{"Key": "idle_timeout.timeout_seconds", "Value": 30}],
    )
    group = make(
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        VpcId=vpc.id,
        Port=8080,
        Protocol="HTTP",
        TargetType="ip",
        HealthCheckPath="/healthz",
        TargetGroupAttributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "5"}],
    )
    listener = make(
        "AWS::ElasticLoadBalancingV2::Listener",
        LoadBalancerArn=balancer.id,
        Port=80,
        Protocol="HTTP",
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group.id}],
    )
    rule = make(
        "AWS::ElasticLoadBalancingV2::ListenerRule",
        ListenerArn=listener.id,
        Priority="20",
        Conditions=[{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*"]}}],
        Actions=[{"Type": "forward", "TargetGroupArn": group.id}],
    )
    assert balancer["DNSName"].endswith(".elb.amazonaws.com")
    assert balancer["LoadBalancerFullName"].startswith("app/shop-")
    assert group["TargetGroupFullName"].startswith("targetgroup/shop-")
    attributes = elbv2.describe_load_balancer_attributes(LoadBalancerArn=balancer.id)["Attributes"]
    assert {"Key": "idle_timeout.timeout_seconds", "Value": "30"} in attributes
    attributes = elbv2.describe_target_group_attributes(TargetGroupArn=group.id)["Attributes"]
    assert {"Key": "deregistration_delay.timeout_seconds", "Value": "5"} in attributes
    for thing in (balancer, group, listener, rule):
        found = elbv2.describe_tags(ResourceArns=[thing.id])["TagDescriptions"][0]["Tags"]
        assert TAGS.items() <= tags_of(found).items()
    rule.change(
        Priority=10,
        Conditions=[{"Field": "host-header", "HostHeaderConfig": {"Values": ["shop.example.com"]}}],
    )
    found = elbv2.describe_rules(RuleArns=[rule.id])["Rules"][0]
    assert (found["Priority"], found["Conditions"][0]["Field"]) == ("10", "host-header")
    group.change(HealthCheckPath="/other", TargetGroupAttributes=None)
    found = elbv2.describe_target_groups(TargetGroupArns=[group.id])["TargetGroups"][0]
    assert found["HealthCheckPath"] == "/other"
    fixed = {"StatusCode": "404", "ContentType": "text/plain", "MessageBody": "closed"}
    listener.change(DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": fixed}])
    found = elbv2.describe_listeners(ListenerArns=[listener.id])["Listeners"][0]
    assert found["DefaultActions"][0]["FixedResponseConfig"] == fixed
    with pytest.raises(ReplacementNeeded):
        group.change(Port=9090)


# --- ECS and ECR ----------------------------------------------------------------------------------------------


def test_a_repository_with_policies(cloud: RunningCloud, make: Make) -> None:
    ecr = cloud.client("ecr")
    rule = {
        "rulePriority": 1,
        "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 5},
        "action": {"type": "expire"},
    }
    reader = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::210987654321:root"},
                "Action": ["ecr:BatchGetImage"],
            }
        ],
    }
    repository = make(
        "AWS::ECR::Repository",
        ImageTagMutability="IMMUTABLE",
        ImageScanningConfiguration={"ScanOnPush": "true"},
        LifecyclePolicy={"LifecyclePolicyText": json.dumps({"rules": [rule]})},
        RepositoryPolicyText=reader,
    )
    assert repository.id == repository.id.lower()
    assert repository["RepositoryUri"].endswith(repository.id)
    found = ecr.describe_repositories(repositoryNames=[repository.id])["repositories"][0]
    assert found["imageTagMutability"] == "IMMUTABLE"
    assert found["imageScanningConfiguration"] == {"scanOnPush": True}
    assert TAGS.items() <= tags_of(ecr.list_tags_for_resource(resourceArn=repository["Arn"])["tags"]).items()
    text = ecr.get_lifecycle_policy(repositoryName=repository.id)["lifecyclePolicyText"]
    assert json.loads(text) == {"rules": [rule]}
    repository.change(ImageTagMutability=None, LifecyclePolicy=None, RepositoryPolicyText=None)
    found = ecr.describe_repositories(repositoryNames=[repository.id])["repositories"][0]
    assert found["imageTagMutability"] == "MUTABLE"
    with pytest.raises(ecr.exceptions.LifecyclePolicyNotFoundException):
        ecr.get_lifecycle_policy(repositoryName=repository.id)
    with pytest.raises(ecr.exceptions.RepositoryPolicyNotFoundException):
        ecr.get_repository_policy(repositoryName=repository.id)


def test_a_cluster_and_its_capacity_providers(cloud: RunningCloud, make: Make) -> None:
    ecs = cloud.client("ecs")
    cluster = make("AWS::ECS::Cluster", ClusterSettings=[{"Name": "containerInsights", "Value": "enabled"}])
    make(
        "AWS::ECS::ClusterCapacityProviderAssociations",
        Cluster=cluster.id,
        CapacityProviders=["FARGATE", "FARGATE_SPOT"],
        DefaultCapacityProviderStrategy=[{"CapacityProvider": "FARGATE", "Base": 1, "Weight": "2"}],
    )
    found = ecs.describe_clusters(clusters=[cluster.id], include=["SETTINGS", "TAGS"])["clusters"][0]
    assert cluster["Arn"] == found["clusterArn"]
    assert {"name": "containerInsights", "value": "enabled"} in found["settings"]
    assert sorted(found["capacityProviders"]) == ["FARGATE", "FARGATE_SPOT"]
    assert found["defaultCapacityProviderStrategy"] == [
        {"capacityProvider": "FARGATE", "base": 1, "weight": 2}
    ]
    assert TAGS.items() <= tags_of(found["tags"]).items()
    cluster.change(ClusterSettings=[{"Name": "containerInsights", "Value": "disabled"}])
    found = ecs.describe_clusters(clusters=[cluster.id], include=["SETTINGS"])["clusters"][0]
    assert {"name": "containerInsights", "value": "disabled"} in found["settings"]


def test_a_task_definition_keeps_every_property(cloud: RunningCloud, make: Make) -> None:
    definition = make(
        "AWS::ECS::TaskDefinition",
        Family="bread",
        Cpu=256,
        Memory=512,
        NetworkMode="awsvpc",
        RequiresCompatibilities=["FARGATE"],
        Volumes=[{"Name": "oven"}],
        ContainerDefinitions=[
            {
                "Name": "web",
                "Image": "public.ecr.aws/docker/library/httpd:2",
                "Essential": "true",
                "DockerLabels": {"Team": "bakery"},
                "PortMappings": [{"ContainerPort": "8080", "Protocol": "tcp"}],
                "MountPoints": [{"SourceVolume": "oven", "ContainerPath": "/oven", "ReadOnly": False}],
                "Ulimits": [{"Name": "nofile", "SoftLimit": 1024, "HardLimit": 2048}],
                "LinuxParameters": {"InitProcessEnabled": True, "Capabilities": {"Drop": ["ALL"]}},
                "HealthCheck": {"Command": ["CMD", "true"], "Interval": 10},
            }
        ],
    )
    assert definition.id.endswith(":task-definition/bread:1")
    answer = cloud.client("ecs").describe_task_definition(taskDefinition=definition.id, include=["TAGS"])
    found = answer["taskDefinition"]
    container = found["containerDefinitions"][0]
    assert (found["cpu"], found["memory"], found["volumes"][0]["name"]) == ("256", "512", "oven")
    assert container["dockerLabels"] == {"Team": "bakery"}
    assert container["mountPoints"] == [{"sourceVolume": "oven", "containerPath": "/oven", "readOnly": False}]
    assert container["ulimits"] == [{"name": "nofile", "softLimit": 1024, "hardLimit": 2048}]
    assert container["linuxParameters"]["capabilities"]["drop"] == ["ALL"]
    assert container["healthCheck"]["command"] == ["CMD", "true"]
    assert TAGS.items() <= tags_of(answer["tags"]).items()
    with pytest.raises(ReplacementNeeded):
        definition.change(Cpu=512)


# --- identities -----------------------------------------------------------------------------------------------


def test_a_role_and_the_policies_around_it(cloud: RunningCloud, make: Make) -> None:
    iam = cloud.client("iam")
    managed = make("AWS::IAM::ManagedPolicy", PolicyDocument=ALLOW)
    role = make(
        "AWS::IAM::Role",
        AssumeRolePolicyDocument=TRUST,
        Description="bakes",
        ManagedPolicyArns=[managed.id],
        Policies=[{"PolicyName": "own", "PolicyDocument": ALLOW}],
        Tags=[{"Key": "oven", "Value": "2"}],
    )
    beside = make("AWS::IAM::Policy", PolicyName="beside", PolicyDocument=ALLOW, Roles=[role.id])
    profile = make("AWS::IAM::InstanceProfile", Roles=[role.id])
    assert role["Arn"].endswith(f":role/{role.id}")
    found = iam.get_role(RoleName=role.id)["Role"]
    assert (found["Description"], role["RoleId"]) == ("bakes", found["RoleId"])
    assert found["AssumeRolePolicyDocument"] == TRUST
    assert tags_of(found["Tags"])["oven"] == "2"
    assert sorted(iam.list_role_policies(RoleName=role.id)["PolicyNames"]) == ["beside", "own"]
    attached = iam.list_attached_role_policies(RoleName=role.id)["AttachedPolicies"]
    assert [policy["PolicyArn"] for policy in attached] == [managed.id]
    found = iam.get_instance_profile(InstanceProfileName=profile.id)["InstanceProfile"]
    assert [entry["RoleName"] for entry in found["Roles"]] == [role.id]
    other = json.loads(json.dumps(ALLOW).replace("sqs", "sns"))
    role.change(Policies=[{"PolicyName": "second", "PolicyDocument": other}], ManagedPolicyArns=None)
    assert sorted(iam.list_role_policies(RoleName=role.id)["PolicyNames"]) == ["beside", "second"]
    assert iam.list_attached_role_policies(RoleName=role.id)["AttachedPolicies"] == []
    beside.change(PolicyName="elsewhere")
    assert sorted(iam.list_role_policies(RoleName=role.id)["PolicyNames"]) == ["elsewhere", "second"]
    for number in range(6):  # more often than a policy may have versions
        managed.change(PolicyDocument=other if number % 2 == 0 else ALLOW)
    version = iam.get_policy(PolicyArn=managed.id)["Policy"]["DefaultVersionId"]
    found = iam.get_policy_version(PolicyArn=managed.id, VersionId=version)["PolicyVersion"]
    assert found["Document"] == ALLOW
    with pytest.raises(ReplacementNeeded):
        role.change(RoleName="baker")


def test_a_user_with_groups(cloud: RunningCloud, make: Make) -> None:
    iam = cloud.client("iam")
    iam.create_group(GroupName="bakers")
    user = make(
        "AWS::IAM::User",
        Groups=["bakers"],
        LoginProfile={"Password": "Cr0issants!", "PasswordResetRequired": True},
        Policies=[{"PolicyName": "own", "PolicyDocument": ALLOW}],
    )
    groups = iam.list_groups_for_user(UserName=user.id)["Groups"]
    assert [group["GroupName"] for group in groups] == ["bakers"]
    assert iam.list_user_policies(UserName=user.id)["PolicyNames"] == ["own"]
    user.change(Groups=None)
    assert iam.list_groups_for_user(UserName=user.id)["Groups"] == []


# --- logs, alarms, scaling ------------------------------------------------------------------------------------


def test_logs_and_alarms(cloud: RunningCloud, make: Make) -> None:
    logs, cloudwatch = cloud.client("logs"), cloud.client("cloudwatch")
    group = make("AWS::Logs::LogGroup", RetentionInDays="7")
    make(
        "AWS::Logs::MetricFilter",
        LogGroupName=group.id,
        FilterPattern="ERROR",
        MetricTransformations=[
            {"MetricName": "errors", "MetricNamespace": "shop", "MetricValue": "1", "DefaultValue": 0}
        ],
    )
    assert group["Arn"].endswith(f":log-group:{group.id}:*")
    found = logs.describe_log_groups(logGroupNamePrefix=group.id)["logGroups"][0]
    assert found["retentionInDays"] == 7
    assert logs.describe_metric_filters(logGroupName=group.id)["metricFilters"][0]["filterPattern"] == "ERROR"
    group.change(RetentionInDays=None)
    assert "retentionInDays" not in logs.describe_log_groups(logGroupNamePrefix=group.id)["logGroups"][0]
    alarm = make(
        "AWS::CloudWatch::Alarm",
        Namespace="AWS/ECS",
        MetricName="CPUUtilization",
        Dimensions=[{"Name": "ClusterName", "Value": "shop"}],
        Statistic="Average",
        Period=60,
        EvaluationPeriods="3",
        Threshold="75",
        ComparisonOperator="GreaterThanThreshold",
        OKActions=["arn:aws:sns:us-east-1:123456789012:fine"],
    )

    def described() -> dict[str, Any]:
        return cloudwatch.describe_alarms(AlarmNames=[alarm.id])["MetricAlarms"][0]

    assert (described()["Threshold"], described()["EvaluationPeriods"]) == (75.0, 3)
    assert described()["OKActions"] == ["arn:aws:sns:us-east-1:123456789012:fine"]
    assert alarm["Arn"] == described()["AlarmArn"]
    alarm.change(Threshold=50)
    assert described()["Threshold"] == 50.0


# --- secrets, data, messages ----------------------------------------------------------------------------------


def test_a_secret_that_nobody_typed(cloud: RunningCloud, make: Make) -> None:
    client = cloud.client("secretsmanager")
    wanted = {
        "SecretStringTemplate": '{"username": "till"}',
        "GenerateStringKey": "password",
        "PasswordLength": 20,
        "ExcludePunctuation": True,
    }
    secret = make("AWS::SecretsManager::Secret", GenerateSecretString=wanted, Description="the till")

    def value() -> dict[str, str]:
        return json.loads(client.get_secret_value(SecretId=secret.id)["SecretString"])

    first = value()
    assert (first["username"], len(first["password"])) == ("till", 20)
    secret.change(Description="the other till")
    assert value() == first
    secret.change(GenerateSecretString={**wanted, "PasswordLength": 30})
    assert len(value()["password"]) == 30
    assert TAGS.items() <= tags_of(client.describe_secret(SecretId=secret.id)["Tags"]).items()
    with pytest.raises(ResourceError, match="SecretString and GenerateSecretString"):
        secret.change(SecretString="typed")
    secret.remove()
    assert client.list_secrets()["SecretList"] == []


def test_a_parameter(cloud: RunningCloud, make: Make) -> None:
    parameter = make("AWS::SSM::Parameter", Name="/shop/opening", Type="String", Value="06:30")
    assert parameter["Value"] == "06:30"
    parameter.change(Value="07:00", Tags={"floor": "1"})
    found = cloud.client("ssm").get_parameter(Name="/shop/opening")["Parameter"]
    assert (found["Value"], found["Version"]) == ("07:00", 2)
    with pytest.raises(ResourceError, match="SecureString is not a valid enum value"):
        make("AWS::SSM::Parameter", Type="SecureString", Value="x")


def test_a_table(cloud: RunningCloud, make: Make) -> None:
    client = cloud.client("dynamodb")
    attributes = [{"AttributeName": name, "AttributeType": "S"} for name in ("id", "customer")]
    index = {
        "IndexName": "by-customer",
        "KeySchema": [{"AttributeName": "customer", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }
    table = make(
        "AWS::DynamoDB::Table",
        AttributeDefinitions=attributes,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        GlobalSecondaryIndexes=[index],
        StreamSpecification={"StreamViewType": "NEW_IMAGE"},
        SSESpecification={"SSEEnabled": True},
        TimeToLiveSpecification={"AttributeName": "expires", "Enabled": "true"},
    )
    found = client.describe_table(TableName=table.id)["Table"]
    assert (table["Arn"], table["StreamArn"]) == (found["TableArn"], found["LatestStreamArn"])
    assert [entry["IndexName"] for entry in found["GlobalSecondaryIndexes"]] == ["by-customer"]
    ttl = client.describe_time_to_live(TableName=table.id)["TimeToLiveDescription"]
    assert ttl == {"AttributeName": "expires", "TimeToLiveStatus": "ENABLED"}
    assert TAGS.items() <= tags_of(client.list_tags_of_resource(ResourceArn=table["Arn"])["Tags"]).items()
    table.change(GlobalSecondaryIndexes=None, DeletionProtectionEnabled=True)
    found = client.describe_table(TableName=table.id)["Table"]
    assert not found.get("GlobalSecondaryIndexes")
    assert found["DeletionProtectionEnabled"]
    table.change(DeletionProtectionEnabled=False)
    table.remove()
    assert table.id not in client.list_tables()["TableNames"]


def test_a_rule_and_its_targets(cloud: RunningCloud, make: Make) -> None:
    client = cloud.client("events")
    target = {
        "Id": "Target0",
        "Arn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/shop",
        "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/events",
        "EcsParameters": {
            "TaskDefinitionArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/report:1",
            "TaskCount": 1,
            "LaunchType": "FARGATE",
            "NetworkConfiguration": {
                "AwsVpcConfiguration": {"Subnets": ["subnet-1"], "AssignPublicIp": "ENABLED"}
            },
        },
    }
    rule = make("AWS::Events::Rule", ScheduleExpression="rate(1 hour)", State="ENABLED", Targets=[target])
    found = client.list_targets_by_rule(Rule=rule.id)["Targets"][0]
    network = found["EcsParameters"]["NetworkConfiguration"]["awsvpcConfiguration"]
    assert network == {"Subnets": ["subnet-1"], "AssignPublicIp": "ENABLED"}
    assert rule["Arn"].endswith(f":rule/{rule.id}")
    rule.change(State="DISABLED", Targets=[{**target, "Id": "Other"}])
    assert client.describe_rule(Name=rule.id)["State"] == "DISABLED"
    assert [entry["Id"] for entry in client.list_targets_by_rule(Rule=rule.id)["Targets"]] == ["Other"]


def test_topics_queues_buckets_and_keys(cloud: RunningCloud, make: Make) -> None:
    queue = make(
        "AWS::SQS::Queue", VisibilityTimeout="45", RedriveAllowPolicy={"redrivePermission": "denyAll"}
    )
    sqs = cloud.client("sqs")

    def timeout() -> str:
        answer = sqs.get_queue_attributes(QueueUrl=queue.id, AttributeNames=["All"])
        return answer["Attributes"]["VisibilityTimeout"]

    assert timeout() == "45"
    queue.change(VisibilityTimeout=60)
    assert timeout() == "60"
    topic = make(
        "AWS::SNS::Topic", DisplayName="Bread", Subscription=[{"Protocol": "sqs", "Endpoint": queue["Arn"]}]
    )
    sns = cloud.client("sns")
    assert sns.get_topic_attributes(TopicArn=topic.id)["Attributes"]["DisplayName"] == "Bread"
    topic.change(Subscription=None)
    assert sns.list_subscriptions_by_topic(TopicArn=topic.id)["Subscriptions"] == []
    bucket = make(
        "AWS::S3::Bucket",
        VersioningConfiguration={"Status": "Enabled"},
        PublicAccessBlockConfiguration={"BlockPublicAcls": "true"},
        BucketEncryption={
            "ServerSideEncryptionConfiguration": [
                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
            ]
        },
    )
    s3 = cloud.client("s3")
    assert bucket["Arn"] == f"arn:aws:s3:::{bucket.id}"
    assert s3.get_bucket_versioning(Bucket=bucket.id)["Status"] == "Enabled"
    assert tags_of(s3.get_bucket_tagging(Bucket=bucket.id)["TagSet"]) == {"team": "bakery"}
    key = make("AWS::KMS::Key", Description="the safe", EnableKeyRotation=True, KeyPolicy=ALLOW)
    kms = cloud.client("kms")
    assert kms.get_key_rotation_status(KeyId=key.id)["KeyRotationEnabled"]
    key.change(EnableKeyRotation=False)
    assert not kms.get_key_rotation_status(KeyId=key.id)["KeyRotationEnabled"]


# --- machines -------------------------------------------------------------------------------------------------


def test_machines_of_one_s_own(cloud: RunningCloud, make: Make, subnets: list[str]) -> None:
    image = cloud.client("ec2").describe_images()["Images"][0]["ImageId"]
    template = make(
        "AWS::EC2::LaunchTemplate", LaunchTemplateData={"ImageId": image, "InstanceType": "t3.small"}
    )
    assert template["LatestVersionNumber"] == "1"
    group = make(
        "AWS::AutoScaling::AutoScalingGroup",
        MinSize="1",
        MaxSize="3",
        VPCZoneIdentifier=subnets,
        LaunchTemplate={
            "LaunchTemplateId": template.id,
            "Version": template["LatestVersionNumber"],
        },
        Tags=[{"Key": "Name", "Value": "machine", "PropagateAtLaunch": True}],
    )
    client = cloud.client("autoscaling")

    def found() -> dict[str, Any]:
        answer = client.describe_auto_scaling_groups(AutoScalingGroupNames=[group.id])
        return answer["AutoScalingGroups"][0]

    assert (found()["MinSize"], found()["MaxSize"], len(found()["Instances"])) == (1, 3, 1)
    assert found()["VPCZoneIdentifier"] == ",".join(subnets)
    group.change(MaxSize="4", DesiredCapacity="2")
    assert (found()["MaxSize"], found()["DesiredCapacity"]) == (4, 2)
    provider = make(
        "AWS::ECS::CapacityProvider",
        AutoScalingGroupProvider={
            "AutoScalingGroupArn": group["AutoScalingGroupARN"],
            "ManagedScaling": {"Status": "ENABLED", "TargetCapacity": 80},
            "ManagedTerminationProtection": "DISABLED",
        },
    )
    ecs = cloud.client("ecs")
    described = ecs.describe_capacity_providers(capacityProviders=[provider.id])["capacityProviders"][0]
    assert described["autoScalingGroupProvider"]["managedScaling"]["targetCapacity"] == 80
    template.change(LaunchTemplateData={"ImageId": image, "InstanceType": "t3.large"})
    assert template["LatestVersionNumber"] == "2"
    configuration = make("AWS::AutoScaling::LaunchConfiguration", ImageId=image, InstanceType="t3.small")
    with pytest.raises(ReplacementNeeded):
        configuration.change(InstanceType="t3.large")
    instance = make("AWS::EC2::Instance", ImageId=image, InstanceType="t3.small", SubnetId=subnets[0])
    assert instance["PrivateIp"].startswith("10.7.0.")
