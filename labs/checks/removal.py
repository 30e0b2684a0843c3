"""The clean-up, piece by piece, in an order that AWS accepts. Each piece may run again.

Every piece looks before it deletes: on a real account a call about something that the course never made is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labs.checks.model import unless_it_is_gone

if TYPE_CHECKING:
    from labs.lab import Lab


def delete_stack(lab: Lab) -> None:
    """Delete the stack with all that it made; on a real account the course made none."""
    if lab.session.world == "real":
        return
    cloudformation = lab.session.client("cloudformation")
    known = cloudformation.get_paginator("describe_stacks").paginate().search("Stacks[]")
    for stack in [stack for stack in known if stack["StackName"] == "frenchbakery"]:
        cloudformation.delete_stack(StackName=stack["StackId"])
        cloudformation.get_waiter("stack_delete_complete").wait(
            StackName=stack["StackId"], WaiterConfig={"Delay": 2, "MaxAttempts": 450}
        )


def delete_scaling(lab: Lab) -> None:
    """Delete scaling policies, with the alarms that they made, then the scalable targets."""
    scaling = lab.session.client("application-autoscaling")
    targets = scaling.get_paginator("describe_scalable_targets").paginate(ServiceNamespace="ecs")
    for target in targets.search("ScalableTargets[?starts_with(ResourceId, 'service/frenchbakery/')]"):
        scaled = {key: target[key] for key in ("ServiceNamespace", "ResourceId", "ScalableDimension")}
        for policy in scaling.describe_scaling_policies(**scaled)["ScalingPolicies"]:
            with unless_it_is_gone():
                scaling.delete_scaling_policy(PolicyName=policy["PolicyName"], **scaled)
        with unless_it_is_gone():
            scaling.deregister_scalable_target(**scaled)


def delete_alarms(lab: Lab) -> None:
    """Delete the alarms whose names begin with frenchbakery-."""
    cloudwatch = lab.session.client("cloudwatch")
    pages = cloudwatch.get_paginator("describe_alarms").paginate(AlarmNamePrefix="frenchbakery-")
    if names := list(pages.search("MetricAlarms[].AlarmName")):
        cloudwatch.delete_alarms(AlarmNames=names)


def delete_services(lab: Lab) -> None:
    """Delete services, task definitions and cluster."""
    ecs = lab.session.client("ecs")
    services = ["frontend", "products", "orders", "reviews"]
    with unless_it_is_gone():
        known = ecs.describe_services(cluster="frenchbakery", services=services)["services"]
        leaving = [service["serviceName"] for service in known if service["status"] != "INACTIVE"]
        for service in leaving:
            with unless_it_is_gone():
                ecs.delete_service(cluster="frenchbakery", service=service, force=True)
        for service in leaving:  # one by one: this waiter is content with any of several
            ecs.get_waiter("services_inactive").wait(
                cluster="frenchbakery", services=[service], WaiterConfig={"Delay": 1, "MaxAttempts": 600}
            )
        if tasks := ecs.list_tasks(cluster="frenchbakery")["taskArns"]:
            for task in tasks:
                ecs.stop_task(cluster="frenchbakery", task=task)
            ecs.get_waiter("tasks_stopped").wait(
                cluster="frenchbakery", tasks=tasks, WaiterConfig={"Delay": 2, "MaxAttempts": 300}
            )
        ecs.delete_cluster(cluster="frenchbakery")
    for service in services:
        family = f"frenchbakery-{service}"
        for arn in ecs.list_task_definitions(familyPrefix=family)["taskDefinitionArns"]:
            ecs.deregister_task_definition(taskDefinition=arn)


def delete_load_balancer(lab: Lab) -> None:
    """Delete the load balancer, then its target groups."""
    elbv2 = lab.session.client("elbv2")
    with unless_it_is_gone():
        [balancer] = elbv2.describe_load_balancers(Names=["frenchbakery"])["LoadBalancers"]
        elbv2.delete_load_balancer(LoadBalancerArn=balancer["LoadBalancerArn"])
        elbv2.get_waiter("load_balancers_deleted").wait(
            LoadBalancerArns=[balancer["LoadBalancerArn"]], WaiterConfig={"Delay": 5, "MaxAttempts": 120}
        )
    for service in ("frontend", "products", "orders", "reviews"):
        with unless_it_is_gone():
            [target] = elbv2.describe_target_groups(Names=[f"frenchbakery-{service}"])["TargetGroups"]
            elbv2.delete_target_group(TargetGroupArn=target["TargetGroupArn"])


def delete_network(lab: Lab) -> None:
    """Wait for the last network interface to go, then delete the network around it."""
    import time

    ec2 = lab.session.client("ec2")
    ours = {"Name": "tag:Name", "Values": ["frenchbakery"]}
    for vpc in ec2.describe_vpcs(Filters=[ours])["Vpcs"]:
        here = {"Name": "vpc-id", "Values": [vpc["VpcId"]]}
        for _ in range(150):
            if not ec2.describe_network_interfaces(Filters=[here])["NetworkInterfaces"]:
                break
            time.sleep(2)
        for group in ("frenchbakery-tasks", "frenchbakery-alb"):
            named = {"Name": "group-name", "Values": [group]}
            for found in ec2.describe_security_groups(Filters=[here, named])["SecurityGroups"]:
                ec2.delete_security_group(GroupId=found["GroupId"])
        for subnet in ec2.describe_subnets(Filters=[here])["Subnets"]:
            ec2.delete_subnet(SubnetId=subnet["SubnetId"])
        for routes in ec2.describe_route_tables(Filters=[here, ours])["RouteTables"]:
            ec2.delete_route_table(RouteTableId=routes["RouteTableId"])
        attached = {"Name": "attachment.vpc-id", "Values": [vpc["VpcId"]]}
        for gateway in ec2.describe_internet_gateways(Filters=[attached])["InternetGateways"]:
            ec2.detach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"], VpcId=vpc["VpcId"])
        ec2.delete_vpc(VpcId=vpc["VpcId"])
    for gateway in ec2.describe_internet_gateways(Filters=[ours])["InternetGateways"]:
        ec2.delete_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"])


def delete_image_repositories(lab: Lab) -> None:
    """Delete the repositories with their images."""
    ecr = lab.session.client("ecr")
    for service in ("frontend", "products", "orders", "reviews"):
        name = f"frenchbakery/{service}"
        with unless_it_is_gone():
            ecr.describe_repositories(repositoryNames=[name])
            ecr.delete_repository(repositoryName=name, force=True)


def delete_the_rest(lab: Lab) -> None:
    """Delete the table, the roles and the logs."""
    dynamodb, iam, logs = (lab.session.client(name) for name in ("dynamodb", "iam", "logs"))
    with unless_it_is_gone():
        dynamodb.describe_table(TableName="frenchbakery-orders")
        dynamodb.delete_table(TableName="frenchbakery-orders")
        dynamodb.get_waiter("table_not_exists").wait(
            TableName="frenchbakery-orders", WaiterConfig={"Delay": 2, "MaxAttempts": 60}
        )
    for role in ("frenchbakery-execution", "frenchbakery-orders-task"):
        with unless_it_is_gone():
            for policy in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
                iam.detach_role_policy(RoleName=role, PolicyArn=policy["PolicyArn"])
            for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
                iam.delete_role_policy(RoleName=role, PolicyName=name)
            iam.delete_role(RoleName=role)
    group = "/ecs/frenchbakery"
    found = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    if group in [each["logGroupName"] for each in found]:
        with unless_it_is_gone():
            logs.delete_log_group(logGroupName=group)
