"""What it takes to end one resource of a kind, where that is more than one call."""

from __future__ import annotations

from contextlib import suppress

from labs.real.resources.ecs import STARTED_BY_RULE
from labs.real.resources.model import Aws


def _split(id_: str) -> tuple[str, str]:
    parent, _, name = id_.rpartition("/")
    return parent, name


def stop_scaling(aws: Aws, id_: str) -> None:
    """End the scaling of a service: its policies and scheduled actions go with the target."""
    scaling = aws("application-autoscaling")
    targets = scaling.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[f"service/{id_}"])
    policies = scaling.describe_scaling_policies(ServiceNamespace="ecs", ResourceId=f"service/{id_}")
    for policy in policies["ScalingPolicies"]:  # the alarms that AWS made for it go with it
        scaling.delete_scaling_policy(
            PolicyName=policy["PolicyName"],
            ServiceNamespace="ecs",
            ResourceId=policy["ResourceId"],
            ScalableDimension=policy["ScalableDimension"],
        )
    for target in targets["ScalableTargets"]:
        scaling.deregister_scalable_target(
            ServiceNamespace="ecs",
            ResourceId=target["ResourceId"],
            ScalableDimension=target["ScalableDimension"],
        )


def scale_to_zero(aws: Aws, id_: str) -> None:
    """Ask a service for no task."""
    cluster, service = _split(id_)
    with suppress(aws("ecs").exceptions.ServiceNotActiveException):  # deleted already, and draining
        aws("ecs").update_service(cluster=cluster, service=service, desiredCount=0)


def delete_service(aws: Aws, id_: str) -> None:
    """Delete a service, whatever it runs."""
    cluster, service = _split(id_)
    with suppress(aws("ecs").exceptions.ServiceNotActiveException):
        aws("ecs").delete_service(cluster=cluster, service=service, force=True)


def stop_scheduled(aws: Aws, id_: str) -> None:
    """Stop what rules started in a cluster: these tasks carry no tags, and hold the cluster."""
    ecs = aws("ecs")
    for page in ecs.get_paginator("list_tasks").paginate(cluster=id_):
        found = ecs.describe_tasks(cluster=id_, tasks=page["taskArns"])["tasks"] if page["taskArns"] else []
        for task in found:
            if task.get("startedBy", "").startswith(STARTED_BY_RULE):
                ecs.stop_task(cluster=id_, task=task["taskArn"], reason="course lab teardown")


def delete_rule(aws: Aws, id_: str) -> None:
    """Delete a rule, which must have no targets any more."""
    events = aws("events")
    targets = [target["Id"] for target in events.list_targets_by_rule(Rule=id_)["Targets"]]
    if targets:
        events.remove_targets(Rule=id_, Ids=targets)
    events.delete_rule(Name=id_)


def stop_task(aws: Aws, id_: str) -> None:
    """Stop a task."""
    cluster, task = _split(id_)
    aws("ecs").stop_task(cluster=cluster, task=task, reason="course lab teardown")


def delete_task_definition(aws: Aws, id_: str) -> None:
    """Delete a revision, which must be deregistered first."""
    described = aws("ecs").describe_task_definition(taskDefinition=id_)["taskDefinition"]
    if described["status"] == "ACTIVE":
        aws("ecs").deregister_task_definition(taskDefinition=id_)
    aws("ecs").delete_task_definitions(taskDefinitions=[id_])


def revoke_rules(aws: Aws, id_: str) -> None:
    """Groups that name each other cannot be deleted; groups without rules can."""
    group = aws("ec2").describe_security_groups(GroupIds=[id_])["SecurityGroups"][0]
    if group["IpPermissions"]:
        aws("ec2").revoke_security_group_ingress(GroupId=id_, IpPermissions=group["IpPermissions"])
    if group["IpPermissionsEgress"]:
        aws("ec2").revoke_security_group_egress(GroupId=id_, IpPermissions=group["IpPermissionsEgress"])


def delete_gateway(aws: Aws, id_: str) -> None:
    """Delete an internet gateway, which must be attached to no VPC any more."""
    gateway = aws("ec2").describe_internet_gateways(InternetGatewayIds=[id_])["InternetGateways"][0]
    for attachment in gateway["Attachments"]:
        aws("ec2").detach_internet_gateway(InternetGatewayId=id_, VpcId=attachment["VpcId"])
    aws("ec2").delete_internet_gateway(InternetGatewayId=id_)


def delete_route_table(aws: Aws, id_: str) -> None:
    """Delete a route table, which must rule no subnet any more."""
    table = aws("ec2").describe_route_tables(RouteTableIds=[id_])["RouteTables"][0]
    for association in table["Associations"]:
        aws("ec2").disassociate_route_table(AssociationId=association["RouteTableAssociationId"])
    aws("ec2").delete_route_table(RouteTableId=id_)


def delete_role(aws: Aws, id_: str) -> None:
    """Delete a role, which must have no policy any more."""
    iam = aws("iam")
    for policy in iam.list_attached_role_policies(RoleName=id_)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=id_, PolicyArn=policy["PolicyArn"])
    for name in iam.list_role_policies(RoleName=id_)["PolicyNames"]:
        iam.delete_role_policy(RoleName=id_, PolicyName=name)
    iam.delete_role(RoleName=id_)


def delete_group(aws: Aws, id_: str) -> None:
    """Delete an Auto Scaling group with its instances: AWS ends them by itself, and asking twice does no harm."""
    groups = aws("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[id_])["AutoScalingGroups"]
    instances = [instance["InstanceId"] for group in groups for instance in group["Instances"]]
    if groups:
        aws("autoscaling").delete_auto_scaling_group(AutoScalingGroupName=id_, ForceDelete=True)
    if instances:
        aws("ec2").terminate_instances(InstanceIds=instances)


def delete_profile(aws: Aws, id_: str) -> None:
    """Delete an instance profile, which must hold no role any more."""
    iam = aws("iam")
    profile = iam.get_instance_profile(InstanceProfileName=id_)["InstanceProfile"]
    for role in profile["Roles"]:
        iam.remove_role_from_instance_profile(InstanceProfileName=id_, RoleName=role["RoleName"])
    iam.delete_instance_profile(InstanceProfileName=id_)


def delete_nodegroup(aws: Aws, id_: str) -> None:
    """Delete a node group and its instances."""
    cluster, name = _split(id_)
    aws("eks").delete_nodegroup(clusterName=cluster, nodegroupName=name)


def delete_fargate_profile(aws: Aws, id_: str) -> None:
    """Delete a Fargate profile and its pods."""
    cluster, name = _split(id_)
    aws("eks").delete_fargate_profile(clusterName=cluster, fargateProfileName=name)
