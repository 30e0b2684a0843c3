"""The lab as a learner's cells make it, in plain boto3; and an account that already holds look-alikes."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse

from labs.real.operations import TABLE, is_read
from labs.real.resources import KINDS

ACCOUNT = "123456789012"  # moto's
REGION = "us-east-1"
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


class Account:
    """Somebody's AWS account, as its owner sees it: unguarded clients, made once."""

    def __init__(self, endpoint: str):
        self.endpoint = endpoint
        self.region_name = REGION
        make = functools.partial(boto3.Session().client, endpoint_url=endpoint, region_name=REGION)
        self.client: Callable[[str], Any] = functools.cache(make)


def make(session: Any, name: str = "frenchbakery", zones: tuple[str, str] = ("a", "b")) -> dict[str, str]:
    """One service of the lab with all it needs; every kind of resource that the course makes is made once."""
    region = session.region_name
    ecr, ecs, ec2, elb = (session.client(service) for service in ("ecr", "ecs", "ec2", "elbv2"))
    iam, logs = session.client("iam"), session.client("logs")
    ecr.create_repository(repositoryName=f"{name}/orders")
    ecs.create_cluster(
        clusterName=name, capacityProviders=["FARGATE"], tags=[{"key": "team", "value": "bread"}]
    )
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    routes = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=routes, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    subnets = []
    for number, zone in enumerate(zones):
        subnet = ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"10.9.{number}.0/24", AvailabilityZone=region + zone
        )["Subnet"]["SubnetId"]
        ec2.associate_route_table(RouteTableId=routes, SubnetId=subnet)
        subnets.append(subnet)
    groups = [
        ec2.create_security_group(GroupName=f"{name}-{part}", Description=part, VpcId=vpc)["GroupId"]
        for part in ("balancer", "tasks")
    ]
    ec2.create_tags(Resources=[vpc, *groups], Tags=[{"Key": "Name", "Value": name}])
    for one, other in (groups, reversed(groups)):  # they name each other
        ec2.authorize_security_group_ingress(
            GroupId=one,
            IpPermissions=[
                {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{"GroupId": other}]}
            ],
        )
    balancer = elb.create_load_balancer(Name=name, Subnets=subnets, SecurityGroups=[groups[0]])
    balancer = balancer["LoadBalancers"][0]["LoadBalancerArn"]
    targets = elb.create_target_group(
        Name=f"{name}-orders", Protocol="HTTP", Port=8080, VpcId=vpc, TargetType="ip"
    )["TargetGroups"][0]["TargetGroupArn"]
    forward = [{"Type": "forward", "TargetGroupArn": targets}]
    listener = elb.create_listener(
        LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=forward
    )["Listeners"][0]["ListenerArn"]
    rule = elb.create_rule(
        ListenerArn=listener,
        Priority=10,
        Conditions=[{"Field": "path-pattern", "Values": ["/api/orders*"]}],
        Actions=forward,
    )["Rules"][0]["RuleArn"]
    session.client("dynamodb").create_table(
        TableName=f"{name}-orders",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    role = iam.create_role(RoleName=f"{name}-execution", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    iam.attach_role_policy(RoleName=f"{name}-execution", PolicyArn=EXECUTION_POLICY)
    iam.put_role_policy(RoleName=f"{name}-execution", PolicyName="orders", PolicyDocument=INLINE)
    logs.create_log_group(logGroupName=f"/{name}/orders")
    logs.put_retention_policy(logGroupName=f"/{name}/orders", retentionInDays=1)
    definition = ecs.register_task_definition(
        family=f"{name}-orders",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        executionRoleArn=role,
        containerDefinitions=[
            {
                "name": "orders",
                "image": f"{name}/orders:v1",
                "portMappings": [{"containerPort": 8080}],
                "environment": [{"name": "SECRET", "value": "croissant"}],
            }
        ],
    )["taskDefinition"]["taskDefinitionArn"]
    network = {"awsvpcConfiguration": {"subnets": subnets, "securityGroups": [groups[1]]}}
    ecs.create_service(
        cluster=name,
        serviceName="orders",
        taskDefinition=definition,
        desiredCount=1,
        launchType="FARGATE",
        networkConfiguration=network,
        loadBalancers=[{"targetGroupArn": targets, "containerName": "orders", "containerPort": 8080}],
    )
    session.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId=f"service/{name}/orders",
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=1,
        MaxCapacity=2,
    )
    session.client("cloudwatch").put_metric_alarm(
        AlarmName=f"{name}-orders",
        Namespace="AWS/ECS",
        MetricName="CPUUtilization",
        ComparisonOperator="GreaterThanThreshold",
        Threshold=80,
        Period=60,
        EvaluationPeriods=1,
        Statistic="Average",
    )
    told = f"arn:aws:logs:{region}:{ACCOUNT}:log-group:/{name}/orders"
    logs.put_resource_policy(policyName=f"{name}-events", policyDocument=let_events_write(told))
    events = session.client("events")
    events.put_rule(Name=f"{name}-events", EventPattern=json.dumps({"source": ["aws.ecs"]}))
    events.put_targets(Rule=f"{name}-events", Targets=[{"Id": "logs", "Arn": told}])
    topic = session.client("sns").create_topic(Name=f"{name}-alarms")["TopicArn"]
    secret = session.client("secretsmanager").create_secret(Name=f"{name}/key", SecretString="croissant")
    session.client("ssm").put_parameter(Name=f"/{name}/opening", Value="06:30", Type="String", Overwrite=True)
    return {
        "logs:resource-policy": f"{name}-events",
        "events:rule": f"{name}-events",
        "sns:topic": topic,
        "secretsmanager:secret": secret["ARN"],
        "ssm:parameter": f"/{name}/opening",
        "ecr:repository": f"{name}/orders",
        "ecs:cluster": name,
        "ecs:service": f"{name}/orders",
        "ecs:task-definition": definition.rpartition("/")[2],
        "ec2:vpc": vpc,
        "ec2:subnet": subnets[0],
        "ec2:security-group": groups[0],
        "ec2:route-table": routes,
        "ec2:internet-gateway": gateway,
        "elbv2:load-balancer": balancer,
        "elbv2:target-group": targets,
        "elbv2:listener": listener,
        "elbv2:rule": rule,
        "dynamodb:table": f"{name}-orders",
        "iam:role": f"{name}-execution",
        "logs:log-group": f"/{name}/orders",
        "cloudwatch:alarm": f"{name}-orders",
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


def without_moto(session: Any, operation: str) -> None:
    """Answer `service.Operation`, which moto does not know, with a success that says nothing."""

    def answer(request: Any, **_: Any) -> AWSResponse:
        raw: Any = SimpleNamespace(stream=lambda: [b"{}"])
        return AWSResponse(request.url, 200, {}, raw)

    session.events.register(f"before-send.{operation}", answer)


class Killed(BaseException):
    """What a test raises where a process might die."""


def _is_write(model: Any) -> bool:
    return not is_read(model.service_model.service_name, model.name)


def is_create(call: str) -> bool:
    """Whether the call (`ecs:CreateCluster {…}`) makes a resource."""
    service, operation = call.split()[0].split(":")
    return TABLE[service][operation].makes is not None


def writes_of(session: Any) -> list[str]:
    """The writes that the session sends from now on, by operation (clients made so far are not watched)."""
    sent: list[str] = []

    def note(model: Any, **_: Any) -> None:
        if _is_write(model):
            sent.append(f"{model.service_model.service_name}:{model.name}")

    session.events.register("before-call", note)
    return sent


class Kill:
    """Dies at the session's writes for which `when` is true: as they are sent, or before their answers are read."""

    def __init__(self, session: Any, *, answered: bool):
        self.when: Callable[[str], bool] | None = None
        self._call = ""
        session.events.register("before-call", self._sent)
        if answered:
            session.events.register_first("after-call", self._die)
        else:
            session.events.register("before-call", self._die)

    def _sent(self, model: Any, params: Any, **_: Any) -> None:
        self._call = f"{model.service_model.service_name}:{model.name} {params['url_path']}{params['body']}"

    def _die(self, model: Any, **_: Any) -> None:
        if _is_write(model) and self.when is not None and self.when(self._call):
            raise Killed


def everything(account: Account) -> dict[str, dict[str, dict[str, str]]]:
    """All that an account holds, by kind, with tags."""
    return {
        name: {id_: dict(tags) for id_, tags in kind.each(account.client)} for name, kind in KINDS.items()
    }
