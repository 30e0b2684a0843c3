"""What the notebook stands on, and taking it away. Everything is called `operations`, or starts with it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from labs.chapters import ground
from labs.checks.model import unless_it_exists, unless_it_is_gone

if TYPE_CHECKING:
    from labs.lab import Lab

NAME = "operations"
ROLE = "operations-execution"
REPOSITORY = "operations/products"
BALANCER_GROUP, TASKS_GROUP = "operations-alb", "operations-tasks"
PORT = 8080
FAMILIES = tuple(
    f"operations-{name}"
    for name in (
        "planner",
        "reviews",
        "secrets",
        "reader",
        "writer",
        "traced",
        "payments",
        "labels",
        "orders",
    )
)
TOPIC = "operations-alarms"
RULE = "operations-events"
ALARMS = ("operations-planner", "operations-errors")
GROUPS = ("/operations/planner", "/operations/payments", "/aws/events/operations")
DATABASE = "operations/database"
PARAMETERS = ("/operations/opening", "/operations/recipe", "/operations/printer-key")
ROLES = (ROLE, "operations-reader", "operations-labels", "operations-orders")
FIRST_SIZE = (
    1024,
    4096,
)  # CPU units and MiB of the reviews: far too much, which is for the learner to find out
PATIENCE = {"Delay": 1, "MaxAttempts": 300}
USUAL_MINUTE = 60  # seconds


def create_cluster(lab: Lab) -> None:
    """Create the cluster; ECS hands out an existing one again."""
    lab.session.client("ecs").create_cluster(clusterName=NAME)


def create_role(lab: Lab) -> None:
    """Create the role by which ECS pulls images and writes logs."""
    ground.create_execution_role(lab, ROLE)


def push_image(lab: Lab) -> None:
    """Create the repository and push an image that holds Python and boto3, unless it has one."""
    ground.push_products(lab, REPOSITORY)


def create_network(lab: Lab) -> None:
    """Create a VPC with a public subnet in each of two zones, and who may talk to whom in it."""
    ec2 = lab.session.client("ec2")
    vpc, routes = ground.create_network(lab, NAME, "10.7.0.0/16")
    for number, zone in enumerate(ground.zones(lab)):
        ground.create_subnet(lab, NAME, vpc, f"10.7.{number}.0/24", zone=zone)
    ours = [{"Name": "tag:Name", "Values": [NAME]}]
    ground.lead_out(lab, routes, ec2.describe_subnets(Filters=ours)["Subnets"])
    for name in (BALANCER_GROUP, TASKS_GROUP):
        with unless_it_exists():
            ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)
    groups = _groups(lab, vpc)
    anywhere = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    from_balancer = {"UserIdGroupPairs": [{"GroupId": groups[BALANCER_GROUP]}]}
    for name, port, source in ((BALANCER_GROUP, 80, anywhere), (TASKS_GROUP, PORT, from_balancer)):
        with unless_it_exists():
            ec2.authorize_security_group_ingress(
                GroupId=groups[name],
                IpPermissions=[{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **source}],
            )


def create_load_balancer(lab: Lab) -> None:
    """Create the entrance of the notebook's service: load balancer, target group, listener."""
    ec2, elbv2 = lab.session.client("ec2"), lab.session.client("elbv2")
    ours = [{"Name": "tag:Name", "Values": [NAME]}]
    [vpc] = ec2.describe_vpcs(Filters=ours)["Vpcs"]
    with unless_it_exists():
        elbv2.create_load_balancer(
            Name=NAME,
            Subnets=[subnet["SubnetId"] for subnet in ec2.describe_subnets(Filters=ours)["Subnets"]],
            SecurityGroups=[_groups(lab, vpc["VpcId"])[BALANCER_GROUP]],
        )
    [balancer] = elbv2.describe_load_balancers(Names=[NAME])["LoadBalancers"]
    with unless_it_exists():
        elbv2.create_target_group(
            Name=NAME,
            Protocol="HTTP",
            Port=PORT,
            VpcId=vpc["VpcId"],
            TargetType="ip",
            HealthCheckPath="/healthz",
            HealthCheckIntervalSeconds=5,
            HealthCheckTimeoutSeconds=2,
            HealthyThresholdCount=2,
        )
    [targets] = elbv2.describe_target_groups(Names=[NAME])["TargetGroups"]
    elbv2.modify_target_group_attributes(
        TargetGroupArn=targets["TargetGroupArn"],
        Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "1"}],
    )
    with unless_it_exists():
        elbv2.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"],
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": targets["TargetGroupArn"]}],
        )
    elbv2.get_waiter("load_balancer_available").wait(
        LoadBalancerArns=[balancer["LoadBalancerArn"]], WaiterConfig=PATIENCE
    )


def create_reviews(lab: Lab) -> None:
    """Create a service that does next to nothing in a large task, unless it is there."""
    ec2, ecr, ecs, iam = (lab.session.client(name) for name in ("ec2", "ecr", "ecs", "iam"))
    known = ecs.describe_services(cluster=NAME, services=["reviews"])["services"]
    if any(service["status"] == "ACTIVE" for service in known):
        return
    [repository] = ecr.describe_repositories(repositoryNames=[REPOSITORY])["repositories"]
    cpu, memory = FIRST_SIZE
    definition = ecs.register_task_definition(
        family="operations-reviews",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu=str(cpu),
        memory=str(memory),
        executionRoleArn=iam.get_role(RoleName=ROLE)["Role"]["Arn"],
        containerDefinitions=[
            {
                "name": "reviews",
                "image": f"{repository['repositoryUri']}:1.0",
                "command": ["python", "-c", "import time\nwhile True: time.sleep(1)"],
                "stopTimeout": 2,
                "healthCheck": {"command": ["CMD", "python", "--version"], "interval": 5},
            }
        ],
    )["taskDefinition"]
    ours = [{"Name": "tag:Name", "Values": [NAME]}]
    subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets(Filters=ours)["Subnets"]]
    ecs.create_service(
        cluster=NAME,
        serviceName="reviews",
        taskDefinition=definition["taskDefinitionArn"],
        desiredCount=1,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": subnets, "assignPublicIp": "ENABLED"}},
    )


def delete_services(lab: Lab) -> None:
    """Delete services and tasks, the cluster, and deregister the task definitions."""
    ecs = lab.session.client("ecs")
    with unless_it_is_gone():
        services = ecs.list_services(cluster=NAME)["serviceArns"]
        for service in services:
            ecs.delete_service(cluster=NAME, service=service, force=True)
        for service in services:  # one by one: the waiter is content with the first that is inactive
            ecs.get_waiter("services_inactive").wait(cluster=NAME, services=[service], WaiterConfig=PATIENCE)
        tasks = ecs.list_tasks(cluster=NAME)["taskArns"]
        for task in tasks:
            ecs.stop_task(cluster=NAME, task=task)
        if tasks:
            ecs.get_waiter("tasks_stopped").wait(cluster=NAME, tasks=tasks, WaiterConfig=PATIENCE)
        ecs.delete_cluster(cluster=NAME)
    ground.deregister(lab, FAMILIES)


def delete_load_balancer(lab: Lab) -> None:
    """Delete the load balancer, then its target group."""
    elbv2 = lab.session.client("elbv2")
    with unless_it_is_gone():
        [balancer] = elbv2.describe_load_balancers(Names=[NAME])["LoadBalancers"]
        elbv2.delete_load_balancer(LoadBalancerArn=balancer["LoadBalancerArn"])
        elbv2.get_waiter("load_balancers_deleted").wait(
            LoadBalancerArns=[balancer["LoadBalancerArn"]], WaiterConfig=PATIENCE
        )
    with unless_it_is_gone():
        [targets] = elbv2.describe_target_groups(Names=[NAME])["TargetGroups"]
        elbv2.delete_target_group(TargetGroupArn=targets["TargetGroupArn"])


def delete_signals(lab: Lab) -> None:
    """Delete alarms, the rule of events, the topic and the logs; the cloud's minutes last a minute again."""
    cloudwatch, events, logs, sns = (
        lab.session.client(name) for name in ("cloudwatch", "events", "logs", "sns")
    )
    alarms = cloudwatch.describe_alarms(AlarmNames=list(ALARMS))["MetricAlarms"]
    if alarms:
        cloudwatch.delete_alarms(AlarmNames=[alarm["AlarmName"] for alarm in alarms])
    with unless_it_is_gone():
        targets = events.list_targets_by_rule(Rule=RULE)["Targets"]
        if targets:
            events.remove_targets(Rule=RULE, Ids=[target["Id"] for target in targets])
        events.delete_rule(Name=RULE)
    for topic in sns.list_topics()["Topics"]:
        if topic["TopicArn"].endswith(f":{TOPIC}"):
            sns.delete_topic(TopicArn=topic["TopicArn"])
    for group in GROUPS:
        with unless_it_is_gone():
            logs.delete_log_group(logGroupName=group)
    with unless_it_is_gone():
        logs.delete_resource_policy(policyName=NAME)
    if lab.session.world == "local":
        from labs.cloud import client

        client.set_pace(USUAL_MINUTE)


def delete_the_rest(lab: Lab) -> None:
    """Delete the secret and the parameters, the repository with its images, and the roles."""
    ecr, iam, secrets, ssm = (lab.session.client(name) for name in ("ecr", "iam", "secretsmanager", "ssm"))
    with unless_it_is_gone():
        secrets.delete_secret(SecretId=DATABASE, ForceDeleteWithoutRecovery=True)
    ssm.delete_parameters(Names=list(PARAMETERS))
    with unless_it_is_gone():
        ecr.delete_repository(repositoryName=REPOSITORY, force=True)
    for role in ROLES:
        with unless_it_is_gone():
            for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
                iam.delete_role_policy(RoleName=role, PolicyName=name)
            for policy in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
                iam.detach_role_policy(RoleName=role, PolicyArn=policy["PolicyArn"])
            iam.delete_role(RoleName=role)


def delete_network(lab: Lab) -> None:
    """Delete the VPC and what is in it, once the last network interface is gone."""
    ec2 = lab.session.client("ec2")
    for vpc in ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": [NAME]}])["Vpcs"]:
        here = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
        deadline = time.monotonic() + ground.INTERFACES_GONE
        while ec2.describe_network_interfaces(Filters=here)["NetworkInterfaces"]:
            if time.monotonic() > deadline:
                break  # AWS says itself, below, what still stands in the way
            time.sleep(1)
        groups = _groups(lab, vpc["VpcId"])
        for name in (TASKS_GROUP, BALANCER_GROUP):  # the first names the second
            if name in groups:
                ec2.delete_security_group(GroupId=groups[name])
    ground.delete_network(lab, NAME)


def _groups(lab: Lab, vpc: str) -> dict[str, str]:
    """Name → id of the VPC's security groups."""
    here = [{"Name": "vpc-id", "Values": [vpc]}]
    found = lab.session.client("ec2").describe_security_groups(Filters=here)["SecurityGroups"]
    return {group["GroupName"]: group["GroupId"] for group in found}
