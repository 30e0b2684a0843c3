"""The lab as a learner's cells make it, in plain boto3, part by part: each kind of resource is made at least once."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

ACCOUNT = "123456789012"  # moto's
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
INLINE = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["dynamodb:PutItem"], "Resource": "*"}],
    }
)
EXECUTION_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
INSTANCE_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"


@dataclass
class Site:
    """Where a lab is being made: who makes it, under which name, and what there is so far."""

    session: Any
    name: str
    zones: tuple[str, str] = ("a", "b")
    ids: dict[str, str] = field(default_factory=dict)
    """One resource of each kind."""
    subnets: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = functools.cache(self.session.client)

    def __getattr__(self, service: str) -> Any:
        return self.client(service)


Part = Callable[[Site], None]


def repository(site: Site) -> None:
    site.ecr.create_repository(repositoryName=f"{site.name}/orders")
    site.ids["ecr:repository"] = f"{site.name}/orders"


def cluster(site: Site) -> None:
    site.ecs.create_cluster(
        clusterName=site.name, capacityProviders=["FARGATE"], tags=[{"key": "team", "value": "bread"}]
    )
    site.ids["ecs:cluster"] = site.name


def network(site: Site) -> None:
    ec2, ids = site.ec2, site.ids
    ids["ec2:vpc"] = vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    routes = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=routes, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    for number, zone in enumerate(site.zones):
        place = {"CidrBlock": f"10.9.{number}.0/24", "AvailabilityZone": site.session.region_name + zone}
        subnet = ec2.create_subnet(VpcId=vpc, **place)["Subnet"]["SubnetId"]
        ec2.associate_route_table(RouteTableId=routes, SubnetId=subnet)
        site.subnets.append(subnet)
    ids.update(
        {
            "ec2:internet-gateway": gateway,
            "ec2:route-table": routes,
            "ec2:subnet": site.subnets[0],
        }
    )


def security_groups(site: Site) -> None:
    ec2, vpc = site.ec2, site.ids["ec2:vpc"]
    site.groups = [
        ec2.create_security_group(GroupName=f"{site.name}-{part}", Description=part, VpcId=vpc)["GroupId"]
        for part in ("balancer", "tasks")
    ]
    ec2.create_tags(Resources=[vpc, *site.groups], Tags=[{"Key": "Name", "Value": site.name}])
    for one, other in (site.groups, reversed(site.groups)):  # they name each other
        ec2.authorize_security_group_ingress(
            GroupId=one,
            IpPermissions=[
                {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{"GroupId": other}]}
            ],
        )
    site.ids["ec2:security-group"] = site.groups[0]


def balancer(site: Site) -> None:
    elb, ids = site.elbv2, site.ids
    made = elb.create_load_balancer(Name=site.name, Subnets=site.subnets, SecurityGroups=[site.groups[0]])
    ids["elbv2:load-balancer"] = made["LoadBalancers"][0]["LoadBalancerArn"]
    ids["elbv2:target-group"] = elb.create_target_group(
        Name=f"{site.name}-orders", Protocol="HTTP", Port=8080, VpcId=ids["ec2:vpc"], TargetType="ip"
    )["TargetGroups"][0]["TargetGroupArn"]
    forward = [{"Type": "forward", "TargetGroupArn": ids["elbv2:target-group"]}]
    ids["elbv2:listener"] = elb.create_listener(
        LoadBalancerArn=ids["elbv2:load-balancer"], Protocol="HTTP", Port=80, DefaultActions=forward
    )["Listeners"][0]["ListenerArn"]
    ids["elbv2:rule"] = elb.create_rule(
        ListenerArn=ids["elbv2:listener"],
        Priority=10,
        Conditions=[{"Field": "path-pattern", "Values": ["/api/orders*"]}],
        Actions=forward,
    )["Rules"][0]["RuleArn"]


def table(site: Site) -> None:
    site.dynamodb.create_table(
        TableName=f"{site.name}-orders",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    site.ids["dynamodb:table"] = f"{site.name}-orders"


def role(site: Site) -> None:
    name = site.ids["iam:role"] = f"{site.name}-execution"
    site.iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    site.iam.attach_role_policy(RoleName=name, PolicyArn=EXECUTION_POLICY)
    site.iam.put_role_policy(RoleName=name, PolicyName="orders", PolicyDocument=INLINE)


def log_group(site: Site) -> None:
    name = site.ids["logs:log-group"] = f"/{site.name}/orders"
    site.logs.create_log_group(logGroupName=name)
    site.logs.put_retention_policy(logGroupName=name, retentionInDays=1)


def service(site: Site) -> None:
    ecs = site.ecs
    definition = ecs.register_task_definition(
        family=f"{site.name}-orders",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        executionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/{site.ids['iam:role']}",
        containerDefinitions=[
            {
                "name": "orders",
                "image": f"{site.name}/orders:v1",
                "portMappings": [{"containerPort": 8080}],
                "environment": [{"name": "SECRET", "value": "croissant"}],
            }
        ],
    )["taskDefinition"]["taskDefinitionArn"]
    targets = site.ids["elbv2:target-group"]
    ecs.create_service(
        cluster=site.name,
        serviceName="orders",
        taskDefinition=definition,
        desiredCount=1,
        launchType="FARGATE",
        networkConfiguration={
            "awsvpcConfiguration": {"subnets": site.subnets, "securityGroups": [site.groups[1]]}
        },
        loadBalancers=[{"targetGroupArn": targets, "containerName": "orders", "containerPort": 8080}],
    )
    site.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId=f"service/{site.name}/orders",
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=1,
        MaxCapacity=2,
    )
    site.ids["ecs:task-definition"] = definition.rpartition("/")[2]
    site.ids["ecs:service"] = f"{site.name}/orders"


def alarm(site: Site) -> None:
    site.cloudwatch.put_metric_alarm(
        AlarmName=f"{site.name}-orders",
        Namespace="AWS/ECS",
        MetricName="CPUUtilization",
        ComparisonOperator="GreaterThanThreshold",
        Threshold=80,
        Period=60,
        EvaluationPeriods=1,
        Statistic="Average",
    )
    site.ids["cloudwatch:alarm"] = f"{site.name}-orders"


def topic(site: Site) -> None:
    site.ids["sns:topic"] = site.sns.create_topic(Name=f"{site.name}-alarms")["TopicArn"]


def rule_of_events(site: Site) -> None:
    name = site.ids["logs:resource-policy"] = site.ids["events:rule"] = f"{site.name}-events"
    told = f"arn:aws:logs:{site.session.region_name}:{ACCOUNT}:log-group:/{site.name}/orders"
    site.logs.put_resource_policy(policyName=name, policyDocument=let_events_write(told))
    site.events.put_rule(Name=name, EventPattern=json.dumps({"source": ["aws.ecs"]}))
    site.events.put_targets(Rule=name, Targets=[{"Id": "logs", "Arn": told}])


def secret(site: Site) -> None:
    made = site.secretsmanager.create_secret(Name=f"{site.name}/key", SecretString="croissant")
    site.ids["secretsmanager:secret"] = made["ARN"]


def parameter(site: Site) -> None:
    name = site.ids["ssm:parameter"] = f"/{site.name}/opening"
    site.ssm.put_parameter(Name=name, Value="06:30", Type="String", Overwrite=True)


def endpoint(site: Site) -> None:
    made = site.ec2.create_vpc_endpoint(
        VpcId=site.ids["ec2:vpc"],
        VpcEndpointType="Gateway",
        ServiceName=f"com.amazonaws.{site.session.region_name}.s3",
        RouteTableIds=[site.ids["ec2:route-table"]],
    )
    site.ids["ec2:vpc-endpoint"] = made["VpcEndpoint"]["VpcEndpointId"]


def instance_profile(site: Site) -> None:
    name = site.ids["iam:instance-profile"] = f"{site.name}-instance"
    site.iam.create_instance_profile(InstanceProfileName=name)
    site.iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=site.ids["iam:role"])


def instance(site: Site) -> None:
    made = site.ec2.run_instances(**machine(site.subnets[0], site.ids["iam:instance-profile"]))
    site.ids["ec2:instance"] = made["Instances"][0]["InstanceId"]


def group_of_instances(site: Site) -> None:
    name = site.ids["ec2:launch-template"] = site.ids["autoscaling:group"] = f"{site.name}-pool"
    site.ec2.create_launch_template(
        LaunchTemplateName=name, LaunchTemplateData=started(site.ids["iam:instance-profile"])
    )
    site.autoscaling.create_auto_scaling_group(**group(name, name, site.subnets))


def capacity_provider(site: Site) -> None:
    name = site.ids["autoscaling:group"]
    [found] = site.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
    site.ecs.create_capacity_provider(
        name=name, autoScalingGroupProvider={"autoScalingGroupArn": found["AutoScalingGroupARN"]}
    )
    site.ecs.put_cluster_capacity_providers(
        cluster=site.name, capacityProviders=["FARGATE", name], defaultCapacityProviderStrategy=[]
    )
    site.ids["ecs:capacity-provider"] = name


PARTS: Mapping[Part, tuple[Part, ...]] = {
    repository: (),
    cluster: (),
    network: (),
    security_groups: (network,),
    balancer: (security_groups,),
    table: (),
    role: (),
    log_group: (),
    service: (cluster, balancer, role),
    alarm: (),
    topic: (),
    rule_of_events: (log_group,),
    secret: (),
    parameter: (),
    endpoint: (network,),
    instance_profile: (role,),
    instance: (network, instance_profile),
    group_of_instances: (network, instance_profile),
    capacity_provider: (cluster, group_of_instances),
}
"""Each part with what it is made of directly, which stands before it."""


def before(part: Part) -> list[Part]:
    """What must be there before a part, in the order in which it is made."""

    def stand(parts: tuple[Part, ...]) -> Iterator[Part]:
        for one in parts:
            yield one
            yield from stand(PARTS[one])

    wanted = set(stand(PARTS[part]))
    return [one for one in PARTS if one in wanted]


def machine(subnet: str, profile: str, **more: Any) -> dict[str, Any]:
    """What starts one container instance."""
    return {
        "MinCount": 1,
        "MaxCount": 1,
        "ImageId": "ami-12c6146b",
        "InstanceType": "t3.medium",
        "SubnetId": subnet,
        "IamInstanceProfile": {"Name": profile},
        **more,
    }


def started(profile: str, **more: Any) -> dict[str, Any]:
    """What a launch template says of an instance."""
    return {
        "ImageId": "ami-12c6146b",
        "InstanceType": "t3.small",
        "IamInstanceProfile": {"Name": profile},
        **more,
    }


def group(name: str, template: str, subnets: list[str], **more: Any) -> dict[str, Any]:
    """What makes an Auto Scaling group, empty at first."""
    return {
        "AutoScalingGroupName": name,
        "LaunchTemplate": {"LaunchTemplateName": template},
        "MinSize": 0,
        "MaxSize": 4,
        "DesiredCapacity": 0,
        "VPCZoneIdentifier": ",".join(subnets),
        "NewInstancesProtectedFromScaleIn": True,
        **more,
    }


def let_events_write(*resources: str, **more: Any) -> str:
    """A resource policy of CloudWatch Logs for EventBridge."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "logs:PutLogEvents",
        "Resource": list(resources),
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement | more]})
