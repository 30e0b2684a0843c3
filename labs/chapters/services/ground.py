"""What the notebook stands on, and taking it away. Everything is called `services`, or starts with it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from labs.chapters.ground import cluster, entrance, images, network, roles, security_groups
from labs.chapters.ground.waiting import PATIENCE, until

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
MACHINE_IMAGE = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"


def create_cluster(lab: Lab) -> None:
    """Create the cluster; ECS hands out an existing one again."""
    lab.session.client("ecs").create_cluster(clusterName=NAME)


def create_role(lab: Lab) -> None:
    """Create the role by which ECS pulls the image."""
    roles.create_execution(lab, ROLE)


def push_image(lab: Lab) -> None:
    """Create the repository and push an image that holds Python, unless it has one."""
    images.push_products(lab, REPOSITORY)


def create_network(lab: Lab) -> None:
    """Create a VPC with a public subnet in each of two zones, and a security group on either side of the entrance."""
    vpc = network.create(lab, NAME, "10.8.0.0/16")
    security_groups.create(lab, vpc, entrance=ENTRANCE, tasks=TASKS, ports=(8080, 8080))


def create_entrance(lab: Lab) -> None:
    """Create the load balancer, which has no listener yet."""
    entrance.create(lab, NAME, ENTRANCE)


def create_window(lab: Lab) -> None:
    """Run two tasks that only wait, as a service: something to scale that nothing else depends on."""
    cluster.run_waiting(
        lab,
        NAME,
        WINDOW,
        role=ROLE,
        repository=REPOSITORY,
        subnets=network.subnet_ids(lab, NAME),
        size=(256, 512),
        count=2,
    )
    lab.session.client("ecs").get_waiter("services_stable").wait(
        cluster=NAME, services=[WINDOW], WaiterConfig=PATIENCE
    )


def create_pool_template(lab: Lab) -> None:
    """Say what the instances of the pool are made of, unless it is said; none is started."""
    ec2, ssm = (lab.session.client(name) for name in ("ec2", "ssm"))
    roles.create_instance_profile(lab, POOL)
    if POOL in _launch_templates(lab):
        return
    joins = f"#!/bin/bash\necho ECS_CLUSTER={NAME} >> /etc/ecs/ecs.config\n"
    group = security_groups.group_id(lab, network.vpc_id(lab, NAME), TASKS)
    ec2.create_launch_template(
        LaunchTemplateName=POOL,
        LaunchTemplateData={
            "ImageId": ssm.get_parameter(Name=MACHINE_IMAGE)["Parameter"]["Value"],
            "InstanceType": "t3.small",
            "IamInstanceProfile": {"Name": POOL},
            "UserData": base64.b64encode(joins.encode()).decode(),
            "NetworkInterfaces": [{"DeviceIndex": 0, "AssociatePublicIpAddress": True, "Groups": [group]}],
        },
    )


def _launch_templates(lab: Lab) -> list[str]:
    """The names of the account's launch templates."""
    found = lab.session.client("ec2").describe_launch_templates()["LaunchTemplates"]
    return [template["LaunchTemplateName"] for template in found]


def delete_stacks(lab: Lab) -> None:
    """Delete the stacks, also one that is no more than a change set, and the repository that may outlive its own.

    On a real account there are none: the guard refuses them, and their deletion.
    """
    if lab.session.world == "real":
        return
    cloudformation = lab.session.client("cloudformation")
    for stack in STACKS:
        cloudformation.delete_stack(StackName=stack)  # also answers when there is none
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=stack, WaiterConfig=PATIENCE)
    images.delete(lab, ARCHIVE)


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
    cluster.empty(lab, NAME)
    ecs = lab.session.client("ecs")
    families = ecs.list_task_definition_families(familyPrefix=f"{NAME}-", status="ACTIVE")["families"]
    cluster.deregister(lab, families)


def delete_capacity(lab: Lab) -> None:
    """End the group of instances, then its capacity provider, the cluster, and what the instances were made from."""
    autoscaling, ec2, ecs = (lab.session.client(name) for name in ("autoscaling", "ec2", "ecs"))
    pool = {"AutoScalingGroupNames": [POOL]}
    for group in autoscaling.describe_auto_scaling_groups(**pool)["AutoScalingGroups"]:
        instances = [instance["InstanceId"] for instance in group["Instances"]]
        autoscaling.delete_auto_scaling_group(AutoScalingGroupName=POOL, ForceDelete=True)
        until(lambda: not autoscaling.describe_auto_scaling_groups(**pool)["AutoScalingGroups"])
        if instances:
            ec2.terminate_instances(InstanceIds=instances)  # AWS has begun to; asking twice does no harm
            ec2.get_waiter("instance_terminated").wait(InstanceIds=instances, WaiterConfig=PATIENCE)
    cluster.delete(lab, NAME)
    known = ecs.describe_capacity_providers()["capacityProviders"]
    if any(provider["name"] == POOL and provider["status"] == "ACTIVE" for provider in known):
        ecs.delete_capacity_provider(capacityProvider=POOL)
    if POOL in _launch_templates(lab):
        ec2.delete_launch_template(LaunchTemplateName=POOL)
    roles.delete_instance_profile(lab, POOL)


def delete_entrance(lab: Lab) -> None:
    """Delete the load balancer with its listeners, then the target groups."""
    entrance.delete(lab, NAME)


def delete_the_rest(lab: Lab) -> None:
    """Delete the repository with its image, and the role."""
    images.delete(lab, REPOSITORY)
    roles.delete(lab, ROLE)


def delete_network(lab: Lab) -> None:
    """Delete the security groups, the VPC and what is in it."""
    network.delete(lab, NAME)
