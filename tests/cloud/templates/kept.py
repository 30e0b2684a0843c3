"""Whether what a stack made is what its template says, property by property; and what there is at all in a cloud."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from tests.cloud.running import RunningCloud

Described = Mapping[str, Any]


class Unknown:
    """A value that only the stack knows (an attribute, a text made of them): something, but not nothing."""


class Kept:
    """Compares the resources of one stack with its template."""

    def __init__(self, cloud: RunningCloud, stack: str, template: Mapping[str, Any]):
        self.cloud, self.template = cloud, template
        answer = cloud.client("cloudformation").describe_stack_resources(StackName=stack)
        self.physical = {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in answer["StackResources"]}

    def lost(self) -> list[str]:
        """The properties that the API does not describe as the template has them, with both values."""
        found: list[str] = []
        for logical, resource in self.template["Resources"].items():
            if resource["Type"] == "AWS::CDK::Metadata":
                continue
            describe = DESCRIBED[resource["Type"]]
            properties = self.resolve(resource.get("Properties", {}))
            described = describe(self.cloud, self.physical[logical], properties)
            found += [f"{logical} ({resource['Type']}) {line}" for line in differences(properties, described)]
        return found

    def resolve(self, value: Any) -> Any:
        """The value with its references replaced, as far as a template and physical ids tell."""
        if isinstance(value, list):
            items = [self.resolve(item) for item in value]
            return [item for item in items if item is not None]
        if not isinstance(value, Mapping):
            return value
        if len(value) == 1:
            (name, argument), *_ = value.items()
            if name == "Ref":
                return self.reference(argument)
            if name == "Fn::Join":
                parts = self.resolve(argument[1])
                if isinstance(parts, list) and all(isinstance(part, str) for part in parts):
                    return argument[0].join(parts)
                return Unknown()
            if name.startswith("Fn::"):
                return Unknown()
        resolved = {name: self.resolve(item) for name, item in value.items()}
        return {name: item for name, item in resolved.items() if item is not None}

    def reference(self, name: str) -> Any:
        """What Ref gives."""
        pseudo = {
            "AWS::Region": "us-east-1",
            "AWS::AccountId": "123456789012",
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::NoValue": None,
        }
        return pseudo[name] if name in pseudo else self.physical.get(name, Unknown())


def differences(wanted: Any, found: Any, path: str = "") -> Iterator[str]:
    """Where `found` lacks something of `wanted`, or has another value. More than was wanted is fine."""
    if isinstance(wanted, Unknown):
        if found in (None, "", [], {}):
            yield f"{path}: nothing found"
    elif isinstance(wanted, Mapping) and isinstance(found, str):
        yield from differences(wanted, json.loads(unquote(found)), path)
    elif isinstance(wanted, Mapping) and isinstance(found, Mapping):
        lowered = {name.lower(): item for name, item in found.items()}
        for name, item in wanted.items():
            if name.lower() not in lowered:
                yield f"{path}/{name}: not found"
            else:
                yield from differences(item, lowered[name.lower()], f"{path}/{name}")
    elif isinstance(wanted, list) and isinstance(found, list | tuple):
        for index, item in enumerate(wanted):
            if not any(not list(differences(item, other)) for other in found):
                yield f"{path}/{index}: {item!r} not in {found!r}"
    elif not same(wanted, found):
        yield f"{path}: {wanted!r} became {found!r}"


def same(wanted: Any, found: Any) -> bool:
    """Equal as texts, or one is the name in the other's ARN."""
    one, other = (str(value).lower() if isinstance(value, bool) else str(value) for value in (wanted, found))
    if one == other:
        return True
    try:
        return float(one) == float(other)
    except ValueError:
        short, long = sorted((one, other), key=len)
        return long.startswith("arn:") and long.endswith((f"/{short}", f":{short}"))


def _pairs(attributes: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{"Key": entry["Key"], "Value": entry["Value"]} for entry in attributes]


# --- what the API says of one resource, under the names of its CloudFormation properties ----------------------------


def _ec2(
    operation: str, key: str, ids: str, **renamed: str
) -> Callable[[RunningCloud, str, Described], Described]:
    def describe(cloud: RunningCloud, physical: str, properties: Described) -> Described:
        found = getattr(cloud.client("ec2"), operation)(**{ids: [physical]})[key][0]
        return {**found, **{name: found.get(api) for name, api in renamed.items()}}

    return describe


def _vpc(cloud: RunningCloud, physical: str, properties: Described) -> Described:
    ec2 = cloud.client("ec2")
    switches = {}
    for name in ("enableDnsSupport", "enableDnsHostnames"):
        answer = ec2.describe_vpc_attribute(VpcId=physical, Attribute=name)
        switches[name] = answer[name[0].upper() + name[1:]]["Value"]
    return {**ec2.describe_vpcs(VpcIds=[physical])["Vpcs"][0], **switches}


def _attachment(cloud: RunningCloud, physical: str, properties: Described) -> Described:
    gateway = properties["InternetGatewayId"]
    found = cloud.client("ec2").describe_internet_gateways(InternetGatewayIds=[gateway])["InternetGateways"][
        0
    ]
    return {"InternetGatewayId": gateway, "VpcId": found["Attachments"][0]["VpcId"]}


def _table(cloud: RunningCloud, table: str) -> Described:
    found: Described = cloud.client("ec2").describe_route_tables(RouteTableIds=[table])["RouteTables"][0]
    return found


def _route(cloud: RunningCloud, physical: str, properties: Described) -> Described:
    table, _, destination = physical.partition("|")
    routes = _table(cloud, table)["Routes"]
    found = next(route for route in routes if route.get("DestinationCidrBlock") == destination)
    return {**found, "RouteTableId": table}


def _association(cloud: RunningCloud, physical: str, properties: Described) -> Described:
    associations = _table(cloud, properties["RouteTableId"])["Associations"]
    found: Described = next(entry for entry in associations if entry["RouteTableAssociationId"] == physical)
    return found


def _nat(cloud: RunningCloud, physical: str, properties: Described) -> Described:
    found = cloud.client("ec2").describe_nat_gateways(NatGatewayIds=[physical])["NatGateways"][0]
    return {**found, **found["NatGatewayAddresses"][0]}


def _security_group(cloud: RunningCloud, physical: str, properties: Described) -> Described:
    ec2 = cloud.client("ec2")
    group = ec2.describe_security_groups(GroupIds=[physical])["SecurityGroups"][0]
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [physical]}])
    described = {
        "SecurityGroupIngress": [_rule(r) for r in rules["SecurityGroupRules"] if not r["IsEgress"]],
        "SecurityGroupEgress": [_rule(r) for r in rules["SecurityGroupRules"] if r["IsEgress"]],
    }
    return {**group, "GroupDescription": group["Description"], **described}


def _rule(rule: Described) -> Described:
    side = "Destination" if rule["IsEgress"] else "Source"
    pair = rule.get("ReferencedGroupInfo", {})
    return {**rule, "CidrIp": rule.get("CidrIpv4"), f"{side}SecurityGroupId": pair.get("GroupId")}


def _lone_rule(cloud: RunningCloud, physical: str, properties: Described) -> Described:
    answer = cloud.client("ec2").describe_security_group_rules(SecurityGroupRuleIds=[physical])
    return _rule(answer["SecurityGroupRules"][0])


def _launch_template(cloud: RunningCloud, physical: str, properties: Described) -> Described:
    ec2 = cloud.client("ec2")
    versions = ec2.describe_launch_template_versions(LaunchTemplateId=physical)["LaunchTemplateVersions"]
    found = ec2.describe_launch_templates(LaunchTemplateIds=[physical])["LaunchTemplates"][0]
    specifications = [{"ResourceType": "launch-template", "Tags": found.get("Tags", [])}]
    return {**versions[0], "TagSpecifications": specifications}


def _load_balancer(cloud: RunningCloud, physical: str, properties: Described) -> Described:
    elbv2 = cloud.client("elbv2")
    found = elbv2.describe_load_balancers(LoadBalancerArns=[physical])["LoadBalancers"][0]
    attributes = elbv2.describe_load_balancer_attributes(LoadBalancerArn=physical)["Attributes"]
    return {
        **found,
        "LoadBalancerAttributes": _pairs(attributes),
        "Subnets": [zone["SubnetId"] for zone in found["AvailabilityZones"]],
        "Tags": _elb_tags(cloud, physical),
    }


def _target_group(cloud: RunningCloud, physical: str, properties: Described) -> Described:
    elbv2 = cloud.client("elbv2")
    found = elbv2.describe_target_groups(TargetGroupArns=[physical])["TargetGroups"][0]
    attributes = elbv2.describe_target_group_attributes(TargetGroupArn=physical)["Attributes"]
    return {**found, "TargetGroupAttributes": _pairs(attributes), "Tags": _elb_tags(cloud, physical)}


def _listener(cloud: RunningCloud, physical: str, properties: Described) -> Described:
    found = cloud.client("elbv2").describe_listeners(ListenerArns=[physical])["Listeners"][0]
    return {**found, "Tags": _elb_tags(cloud, physical)}


def _listener_rule(cloud: RunningCloud, physical: str, properties: Described) -> Described:
    found = cloud.client("elbv2").describe_rules(RuleArns=[physical])["Rules"][0]
    return {**found, "ListenerArn": properties["ListenerArn"]}


def _elb_tags(cloud: RunningCloud, arn: str) -> Any:
    return cloud.client("elbv2").describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"]


def _cluster(cloud: RunningCloud, physical: str, properties: Described) -> Described:
    answer = cloud.client("ecs").describe_clusters(clusters=[physical], include=["SETTINGS", "TAGS"])
    found = answer["clusters"][0]
    return {**found, "ClusterSettings": found["settings"], "Cluster": found["clusterName"]}


def _service(cloud: RunningCloud, physical: str, properties: Described) -> Described:
    answer = cloud.client("ecs").describe_services(
        cluster=physical.split("/")[1], services=[physical], include=["TAGS"]
    )
    found = answer["services"][0]
    return {
        **found,
        "Cluster": found["clusterArn"],
        "PlacementStrategies": found.get("placementStrategy", []),
    }


def _task_definition(cloud: RunningCloud, physical: str, properties: Described) -> Described:
    answer = cloud.client("ecs").describe_task_definition(taskDefinition=physical, include=["TAGS"])
    return {**answer["taskDefinition"], "Tags": answer.get("tags", [])}


def _capacity_provider(cloud: RunningCloud, physical: str, properties: Described) -> Described:
    answer = cloud.client("ecs").describe_capacity_providers(capacityProviders=[physical])
    found: Described = answer["capacityProviders"][0]
    return found


def _repository(cloud: RunningCloud, physical: str, properties: Described) -> Described:
    ecr = cloud.client("ecr")
    found = ecr.describe_repositories(repositoryNames=[physical])["repositories"][0]
    described = {
        **found,
        "EmptyOnDelete": properties.get("EmptyOnDelete"),
        "Tags": ecr.list_tags_for_resource(resourceArn=found["repositoryArn"])["tags"],
    }
    if "LifecyclePolicy" in properties:
        text = ecr.get_lifecycle_policy(repositoryName=physical)["lifecyclePolicyText"]
        described["LifecyclePolicy"] = {"LifecyclePolicyText": text}
    if "RepositoryPolicyText" in properties:
        described["RepositoryPolicyText"] = ecr.get_repository_policy(repositoryName=physical)["policyText"]
    return described


def _role(cloud: RunningCloud, physical: str, properties: Described) -> Described:
    iam = cloud.client("iam")
    attached = iam.list_attached_role_policies(RoleName=physical)["AttachedPolicies"]
    return {
        **iam.get_role(RoleName=physical)["Role"],
        "ManagedPolicyArns": [policy["PolicyArn"] for policy in attached],
    }


def _policy(cloud: RunningCloud, physical: str, properties: Described) -> Described:
    name = properties["PolicyName"]
    held = {
        role: cloud.client("iam").get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for role in properties["Roles"]
    }
    return {"PolicyName": name, "Roles": list(held), "PolicyDocument": next(iter(held.values()))}


def _instance_profile(cloud: RunningCloud, physical: str, properties: Described) -> Described:
    answer = cloud.client("iam").get_instance_profile(InstanceProfileName=physical)
    return {"Roles": [role["RoleName"] for role in answer["InstanceProfile"]["Roles"]]}


def _log_group(cloud: RunningCloud, physical: str, properties: Described) -> Described:
    logs = cloud.client("logs")
    (found,) = logs.describe_log_groups(logGroupNamePrefix=physical)["logGroups"]
    tags = logs.list_tags_for_resource(resourceArn=found["arn"].removesuffix(":*"))["tags"]
    return {**found, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


def _scalable_target(cloud: RunningCloud, physical: str, properties: Described) -> Described:
    resource, _, namespace = physical.split("|")
    client = cloud.client("application-autoscaling")
    (found,) = client.describe_scalable_targets(ServiceNamespace=namespace, ResourceIds=[resource])[
        "ScalableTargets"
    ]
    tags = client.list_tags_for_resource(ResourceARN=found["ScalableTargetARN"])["Tags"]
    return {**found, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


def _scaling_policy(cloud: RunningCloud, physical: str, properties: Described) -> Described:
    found = cloud.client("application-autoscaling").describe_scaling_policies(ServiceNamespace="ecs")
    policy = next(entry for entry in found["ScalingPolicies"] if entry["PolicyARN"] == physical)
    target = "|".join(policy[name] for name in ("ResourceId", "ScalableDimension", "ServiceNamespace"))
    return {**policy, "ScalingTargetId": target}


def _auto_scaling_group(cloud: RunningCloud, physical: str, properties: Described) -> Described:
    answer = cloud.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[physical])
    found = answer["AutoScalingGroups"][0]
    return {**found, "VPCZoneIdentifier": found["VPCZoneIdentifier"].split(",")}


def _events_rule(cloud: RunningCloud, physical: str, properties: Described) -> Described:
    events = cloud.client("events")
    targets = events.list_targets_by_rule(Rule=physical)["Targets"]
    return {**events.describe_rule(Name=physical), "Targets": targets}


def _secret(cloud: RunningCloud, physical: str, properties: Described) -> Described:
    client = cloud.client("secretsmanager")
    value = json.loads(client.get_secret_value(SecretId=physical)["SecretString"])
    wanted = properties["GenerateSecretString"]
    generated = value.pop(wanted["GenerateStringKey"])
    return {
        **client.describe_secret(SecretId=physical),
        "GenerateSecretString": {
            **wanted,
            "PasswordLength": len(generated),
            "ExcludePunctuation": generated.isalnum(),
            "SecretStringTemplate": json.dumps(value),
        },
    }


def _parameter(cloud: RunningCloud, physical: str, properties: Described) -> Described:
    found: Described = cloud.client("ssm").get_parameter(Name=physical)["Parameter"]
    return found


def _dynamodb_table(cloud: RunningCloud, physical: str, properties: Described) -> Described:
    client = cloud.client("dynamodb")
    found = client.describe_table(TableName=physical)["Table"]
    ttl = client.describe_time_to_live(TableName=physical)["TimeToLiveDescription"]
    return {
        **found,
        "BillingMode": found["BillingModeSummary"]["BillingMode"],
        "TimeToLiveSpecification": {**ttl, "Enabled": ttl["TimeToLiveStatus"] == "ENABLED"},
    }


DESCRIBED: Mapping[str, Callable[[RunningCloud, str, Described], Described]] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": _scalable_target,
    "AWS::ApplicationAutoScaling::ScalingPolicy": _scaling_policy,
    "AWS::AutoScaling::AutoScalingGroup": _auto_scaling_group,
    "AWS::DynamoDB::Table": _dynamodb_table,
    "AWS::EC2::EIP": _ec2("describe_addresses", "Addresses", "PublicIps"),
    "AWS::EC2::InternetGateway": _ec2("describe_internet_gateways", "InternetGateways", "InternetGatewayIds"),
    "AWS::EC2::LaunchTemplate": _launch_template,
    "AWS::EC2::NatGateway": _nat,
    "AWS::EC2::Route": _route,
    "AWS::EC2::RouteTable": _ec2("describe_route_tables", "RouteTables", "RouteTableIds"),
    "AWS::EC2::SecurityGroup": _security_group,
    "AWS::EC2::SecurityGroupEgress": _lone_rule,
    "AWS::EC2::SecurityGroupIngress": _lone_rule,
    "AWS::EC2::Subnet": _ec2("describe_subnets", "Subnets", "SubnetIds"),
    "AWS::EC2::SubnetRouteTableAssociation": _association,
    "AWS::EC2::VPC": _vpc,
    "AWS::EC2::VPCEndpoint": _ec2("describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointIds"),
    "AWS::EC2::VPCGatewayAttachment": _attachment,
    "AWS::ECR::Repository": _repository,
    "AWS::ECS::CapacityProvider": _capacity_provider,
    "AWS::ECS::Cluster": _cluster,
    "AWS::ECS::ClusterCapacityProviderAssociations": _cluster,
    "AWS::ECS::Service": _service,
    "AWS::ECS::TaskDefinition": _task_definition,
    "AWS::ElasticLoadBalancingV2::Listener": _listener,
    "AWS::ElasticLoadBalancingV2::ListenerRule": _listener_rule,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _load_balancer,
    "AWS::ElasticLoadBalancingV2::TargetGroup": _target_group,
    "AWS::Events::Rule": _events_rule,
    "AWS::IAM::InstanceProfile": _instance_profile,
    "AWS::IAM::Policy": _policy,
    "AWS::IAM::Role": _role,
    "AWS::Logs::LogGroup": _log_group,
    "AWS::SSM::Parameter": _parameter,
    "AWS::SecretsManager::Secret": _secret,
}


# --- everything in a cloud --------------------------------------------------------------------------------------


def everything(cloud: RunningCloud) -> set[tuple[str, str]]:
    """(kind, id) of all that exists; what AWS goes on showing for a while after its end is left out."""
    found: set[tuple[str, str]] = set()
    for service, operation, key, name in LISTED:
        for entry in getattr(cloud.client(service), operation)()[key]:
            state = entry.get("State", "") if isinstance(entry, Mapping) else ""
            named = entry if isinstance(entry, str) else entry[name]
            # The parameters below /aws/ are AWS's own; moto lists them once one of them was read.
            if not (isinstance(state, str) and state.lower() == "deleted") and not named.startswith("/aws/"):
                found.add((operation, named))
    ec2, ecs = cloud.client("ec2"), cloud.client("ecs")
    for reservation in ec2.describe_instances()["Reservations"]:
        for instance in reservation["Instances"]:
            if instance["State"]["Name"] != "terminated":
                found.add(("instance", instance["InstanceId"]))
    clusters = ecs.describe_clusters(clusters=ecs.list_clusters()["clusterArns"])["clusters"]
    for cluster in (entry["clusterArn"] for entry in clusters if entry["status"] == "ACTIVE"):
        found.add(("cluster", cluster))
        found |= {("service", arn) for arn in ecs.list_services(cluster=cluster)["serviceArns"]}
        found |= {("task", arn) for arn in ecs.list_tasks(cluster=cluster)["taskArns"]}
    scaling = cloud.client("application-autoscaling")
    for entry in scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]:
        found.add(("scalable target", entry["ResourceId"]))
    for policy in cloud.client("iam").list_policies(Scope="Local")["Policies"]:
        found.add(("managed policy", policy["Arn"]))
    return found


LISTED = (
    ("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups", "AutoScalingGroupName"),
    ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("dynamodb", "list_tables", "TableNames", ""),
    ("ec2", "describe_addresses", "Addresses", "PublicIp"),
    ("ec2", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
    ("ec2", "describe_launch_templates", "LaunchTemplates", "LaunchTemplateId"),
    ("ec2", "describe_nat_gateways", "NatGateways", "NatGatewayId"),
    ("ec2", "describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId"),
    ("ec2", "describe_route_tables", "RouteTables", "RouteTableId"),
    ("ec2", "describe_security_groups", "SecurityGroups", "GroupId"),
    ("ec2", "describe_subnets", "Subnets", "SubnetId"),
    ("ec2", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
    ("ec2", "describe_vpcs", "Vpcs", "VpcId"),
    ("ecr", "describe_repositories", "repositories", "repositoryName"),
    ("ecs", "describe_capacity_providers", "capacityProviders", "name"),
    ("ecs", "list_task_definitions", "taskDefinitionArns", ""),
    ("elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerArn"),
    ("elbv2", "describe_target_groups", "TargetGroups", "TargetGroupArn"),
    ("events", "list_rules", "Rules", "Name"),
    ("iam", "list_instance_profiles", "InstanceProfiles", "InstanceProfileName"),
    ("iam", "list_roles", "Roles", "RoleName"),
    ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("secretsmanager", "list_secrets", "SecretList", "ARN"),
    ("ssm", "describe_parameters", "Parameters", "Name"),
)
