"""What the notebook stands on, and taking it away. Everything is called `services`, or starts with it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from labs.chapters import ground
from labs.checks.model import unless_it_exists, unless_it_is_gone

if TYPE_CHECKING:
    from labs.lab import Lab

NAME = "services"
WINDOW = "window"  # the service that runs before the notebook begins
ROLE = "services-execution"
REPOSITORY = "services/products"
ENTRANCE, TASKS = "services-entrance", "services-tasks"  # security groups
STACKS = ("services-loyalty", "services-archive")
ARCHIVE = "services/archive"  # a repository that outlives its stack
POOL = "services-pool"  # the group of instances, its template, its profile and its capacity provider
POOL_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"
PATIENCE = {"Delay": 1, "MaxAttempts": 300}
DEADLINE = 600.0  # seconds that AWS may take to end an instance or to free a network interface


def create_cluster(lab: Lab) -> None:
    """Create the cluster; ECS hands out an existing one again."""
    lab.session.client("ecs").create_cluster(clusterName=NAME)


def create_role(lab: Lab) -> None:
    """Create the role by which ECS pulls the image."""
    ground.create_execution_role(lab, ROLE)


def push_image(lab: Lab) -> None:
    """Create the repository and push an image that holds Python, unless it has one."""
    ground.push_products(lab, REPOSITORY)


def create_network(lab: Lab) -> None:
    """Create a VPC with a public subnet in each of two zones, and a security group on either side of the entrance."""
    vpc, routes = ground.create_network(lab, NAME, "10.3.0.0/16")
    for number, zone in enumerate(ground.zones(lab)):
        ground.create_subnet(lab, NAME, vpc, f"10.3.{number}.0/24", zone=zone)
    ec2 = lab.session.client("ec2")
    ground.lead_out(lab, routes, ec2.describe_subnets(Filters=_ours())["Subnets"])
    for group in (ENTRANCE, TASKS):
        with unless_it_exists():
            ec2.create_security_group(GroupName=group, Description="FrenchBakery: services", VpcId=vpc)
    groups = {group["GroupName"]: group["GroupId"] for group in _groups(lab, vpc)}
    everybody = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    balancer = {"UserIdGroupPairs": [{"GroupId": groups[ENTRANCE]}]}
    for group, port, who in ((ENTRANCE, 80, everybody), (TASKS, 8080, balancer)):
        with unless_it_exists():
            ec2.authorize_security_group_ingress(
                GroupId=groups[group],
                IpPermissions=[{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **who}],
            )


def create_entrance(lab: Lab) -> None:
    """Create the load balancer, which has no listener yet."""
    ec2, elbv2 = (lab.session.client(name) for name in ("ec2", "elbv2"))
    subnets = ec2.describe_subnets(Filters=_ours())["Subnets"]
    [vpc] = {subnet["VpcId"] for subnet in subnets}
    balancer = elbv2.create_load_balancer(  # the same settings again hand out the one that exists
        Name=NAME,
        Subnets=[subnet["SubnetId"] for subnet in subnets],
        SecurityGroups=[group["GroupId"] for group in _groups(lab, vpc) if group["GroupName"] == ENTRANCE],
    )["LoadBalancers"][0]
    elbv2.get_waiter("load_balancer_available").wait(LoadBalancerArns=[balancer["LoadBalancerArn"]])


def create_window(lab: Lab) -> None:
    """Run two tasks that only wait, as a service: something to scale that nothing else depends on."""
    ec2, ecr, ecs, iam = (lab.session.client(name) for name in ("ec2", "ecr", "ecs", "iam"))
    known = ecs.describe_services(cluster=NAME, services=[WINDOW])["services"]
    if not any(service["status"] == "ACTIVE" for service in known):
        [repository] = ecr.describe_repositories(repositoryNames=[REPOSITORY])["repositories"]
        subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets(Filters=_ours())["Subnets"]]
        ecs.register_task_definition(
            family="services-window",
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            executionRoleArn=iam.get_role(RoleName=ROLE)["Role"]["Arn"],
            containerDefinitions=[
                {
                    "name": "window",
                    "image": f"{repository['repositoryUri']}:1.0",
                    "command": ["python", "-c", "import time\nwhile True: time.sleep(1)"],
                    "stopTimeout": 2,
                }
            ],
        )
        ecs.create_service(
            cluster=NAME,
            serviceName=WINDOW,
            taskDefinition="services-window",
            launchType="FARGATE",
            desiredCount=2,
            networkConfiguration={"awsvpcConfiguration": {"subnets": subnets, "assignPublicIp": "ENABLED"}},
        )
    ecs.get_waiter("services_stable").wait(cluster=NAME, services=[WINDOW], WaiterConfig=PATIENCE)


def delete_stacks(lab: Lab) -> None:
    """Delete the stacks, also one that is no more than a change set, and the repository that may outlive its own."""
    cloudformation = lab.session.client("cloudformation")
    for stack in STACKS:
        cloudformation.delete_stack(StackName=stack)  # also answers when there is none
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=stack, WaiterConfig=PATIENCE)
    with unless_it_is_gone():
        lab.session.client("ecr").delete_repository(repositoryName=ARCHIVE, force=True)


def delete_scaling(lab: Lab) -> None:
    """Let go of what scales the services, with its alarms, and delete the alarms of the notebook's own."""
    scaling, cloudwatch = (lab.session.client(name) for name in ("application-autoscaling", "cloudwatch"))
    for target in scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]:
        if target["ResourceId"].startswith(f"service/{NAME}/"):
            scaling.deregister_scalable_target(
                **{key: target[key] for key in ("ServiceNamespace", "ResourceId", "ScalableDimension")}
            )
    alarms = cloudwatch.describe_alarms(AlarmNamePrefix=f"{NAME}-")["MetricAlarms"]
    if alarms:
        cloudwatch.delete_alarms(AlarmNames=[alarm["AlarmName"] for alarm in alarms])


def delete_services(lab: Lab) -> None:
    """Delete services and tasks, and deregister the task definitions."""
    ecs = lab.session.client("ecs")
    with unless_it_is_gone():
        services = ecs.list_services(cluster=NAME)["serviceArns"]
        for service in services:
            ecs.delete_service(cluster=NAME, service=service, force=True)
        for service in services:  # of several, the waiter is content with the first
            ecs.get_waiter("services_inactive").wait(cluster=NAME, services=[service], WaiterConfig=PATIENCE)
        tasks = ecs.list_tasks(cluster=NAME)["taskArns"]
        for task in tasks:
            ecs.stop_task(cluster=NAME, task=task)
        if tasks:
            ecs.get_waiter("tasks_stopped").wait(cluster=NAME, tasks=tasks, WaiterConfig=PATIENCE)
    families = ecs.list_task_definition_families(familyPrefix=f"{NAME}-", status="ACTIVE")["families"]
    ground.deregister(lab, families)


def delete_capacity(lab: Lab) -> None:
    """End the group of instances, then its capacity provider, the cluster, and what the instances were made from."""
    autoscaling, ec2, ecs, iam = (lab.session.client(name) for name in ("autoscaling", "ec2", "ecs", "iam"))
    for group in autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[POOL])["AutoScalingGroups"]:
        instances = [instance["InstanceId"] for instance in group["Instances"]]
        autoscaling.delete_auto_scaling_group(AutoScalingGroupName=POOL, ForceDelete=True)
        _until(
            lambda: (
                not autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[POOL])[
                    "AutoScalingGroups"
                ]
            )
        )
        if instances:
            ec2.terminate_instances(InstanceIds=instances)  # AWS has begun to; asking twice does no harm
            ec2.get_waiter("instance_terminated").wait(InstanceIds=instances, WaiterConfig=PATIENCE)
    with unless_it_is_gone():
        for instance in ecs.list_container_instances(cluster=NAME)["containerInstanceArns"]:
            ecs.deregister_container_instance(cluster=NAME, containerInstance=instance, force=True)
        ecs.delete_cluster(cluster=NAME)
    known = ecs.describe_capacity_providers()["capacityProviders"]
    if any(provider["name"] == POOL and provider["status"] == "ACTIVE" for provider in known):
        ecs.delete_capacity_provider(capacityProvider=POOL)
    templates = ec2.describe_launch_templates()["LaunchTemplates"]
    if any(template["LaunchTemplateName"] == POOL for template in templates):
        ec2.delete_launch_template(LaunchTemplateName=POOL)
    with unless_it_is_gone():
        iam.remove_role_from_instance_profile(InstanceProfileName=POOL, RoleName=POOL)
    with unless_it_is_gone():
        iam.delete_instance_profile(InstanceProfileName=POOL)
    with unless_it_is_gone():
        iam.detach_role_policy(RoleName=POOL, PolicyArn=POOL_POLICY)
    with unless_it_is_gone():
        iam.delete_role(RoleName=POOL)


def delete_entrance(lab: Lab) -> None:
    """Delete the load balancer with its listeners, then the target groups."""
    elbv2 = lab.session.client("elbv2")
    with unless_it_is_gone():
        balancers = elbv2.describe_load_balancers(Names=[NAME])["LoadBalancers"]
        arns = [balancer["LoadBalancerArn"] for balancer in balancers]
        for arn in arns:
            elbv2.delete_load_balancer(LoadBalancerArn=arn)
        elbv2.get_waiter("load_balancers_deleted").wait(LoadBalancerArns=arns)
    for group in elbv2.describe_target_groups()["TargetGroups"]:
        if group["TargetGroupName"].startswith(f"{NAME}-"):
            elbv2.delete_target_group(TargetGroupArn=group["TargetGroupArn"])


def delete_the_rest(lab: Lab) -> None:
    """Delete the repository with its image, and the role."""
    with unless_it_is_gone():
        lab.session.client("ecr").delete_repository(repositoryName=REPOSITORY, force=True)
    ground.delete_execution_role(lab, ROLE)


def delete_network(lab: Lab) -> None:
    """Delete the security groups, the VPC and what is in it."""
    ec2 = lab.session.client("ec2")
    for vpc in ec2.describe_vpcs(Filters=_ours())["Vpcs"]:
        groups = _groups(lab, vpc["VpcId"])
        for group in sorted(groups, key=lambda group: group["GroupName"] != TASKS):  # it names the other one
            _until(lambda group=group: _is_deleted(lab, group["GroupId"]))  # type: ignore[misc]
    ground.delete_network(lab, NAME)


def _is_deleted(lab: Lab, group: str) -> bool:
    """Whether the group could be deleted: not while a network interface of what was stopped still uses it."""
    with suppress(ClientError):
        lab.session.client("ec2").delete_security_group(GroupId=group)
        return True
    return False


def _until(done: Callable[[], bool]) -> None:
    """Wait for AWS to be done; once the deadline is over, the next call says what stands in the way."""
    deadline = time.monotonic() + DEADLINE
    while not done() and time.monotonic() < deadline:
        time.sleep(1)


def _ours() -> list[dict[str, Any]]:
    return [{"Name": "tag:Name", "Values": [NAME]}]


def _groups(lab: Lab, vpc: str) -> list[dict[str, Any]]:
    wanted = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": [ENTRANCE, TASKS]}]
    found: list[dict[str, Any]] = lab.session.client("ec2").describe_security_groups(Filters=wanted)[
        "SecurityGroups"
    ]
    return found
