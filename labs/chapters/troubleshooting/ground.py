"""What the five stacks stand on, and taking it away with whatever was built to mend them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from labs.chapters import ground
from labs.chapters.troubleshooting.stacks import LOG_GROUP, NAME, REPOSITORY, ROLE, STACKS, name_of
from labs.checks.model import unless_it_exists, unless_it_is_gone

if TYPE_CHECKING:
    from labs.lab import Lab

PRIVATE = f"{NAME}-private"
ENTRANCE, TASKS = f"{NAME}-alb", f"{NAME}-tasks"
PATIENCE = {"Delay": 1, "MaxAttempts": 300}
GATEWAY_GONE = 600.0  # seconds that AWS may take to delete a NAT gateway


def create_cluster(lab: Lab) -> None:
    """The cluster, the role that most towns start their tasks with, and the place for the logs."""
    lab.session.client("ecs").create_cluster(clusterName=NAME)
    ground.create_execution_role(lab, ROLE)
    with unless_it_exists():
        lab.session.client("logs").create_log_group(logGroupName=LOG_GROUP)


def push_image(lab: Lab) -> None:
    """The one image of all towns."""
    ground.push_products(lab, REPOSITORY)


def create_network(lab: Lab) -> None:
    """In each of two zones a public subnet and one that leads nowhere; who may enter where."""
    ec2 = lab.session.client("ec2")
    vpc, routes = ground.create_network(lab, NAME, "10.6.0.0/16")
    for number, zone in enumerate(ground.zones(lab)):
        ground.create_subnet(lab, NAME, vpc, f"10.6.{number}.0/24", zone=zone)
        ground.create_subnet(lab, PRIVATE, vpc, f"10.6.{number + 10}.0/24", zone=zone)
    ground.lead_out(lab, routes, named(lab, NAME))
    for name, purpose in ((ENTRANCE, "HTTP from anywhere"), (TASKS, "From the load balancer only")):
        with unless_it_exists():
            ec2.create_security_group(GroupName=name, Description=purpose, VpcId=vpc)
    entrance, tasks = group(lab, ENTRANCE), group(lab, TASKS)
    with unless_it_exists():
        ec2.authorize_security_group_ingress(
            GroupId=entrance,
            IpPermissions=[
                {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
            ],
        )
    with unless_it_exists():
        ec2.authorize_security_group_ingress(
            GroupId=tasks,
            IpPermissions=[
                {
                    "IpProtocol": "tcp",
                    "FromPort": 1024,
                    "ToPort": 65535,
                    "UserIdGroupPairs": [{"GroupId": entrance}],
                }
            ],
        )


def create_load_balancer(lab: Lab) -> None:
    """One load balancer for all towns; without a town's name it answers 404."""
    elbv2 = lab.session.client("elbv2")
    with unless_it_exists():
        elbv2.create_load_balancer(
            Name=NAME,
            Type="application",
            Scheme="internet-facing",
            Subnets=[subnet["SubnetId"] for subnet in named(lab, NAME)],
            SecurityGroups=[group(lab, ENTRANCE)],
        )
    [balancer] = elbv2.describe_load_balancers(Names=[NAME])["LoadBalancers"]
    with unless_it_exists():
        elbv2.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"],
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
        )
    elbv2.get_waiter("load_balancer_available").wait(
        Names=[NAME], WaiterConfig={"Delay": 2, "MaxAttempts": 300}
    )


def named(lab: Lab, name: str) -> list[dict[str, Any]]:
    """The subnets of that name, in the order of their blocks."""
    ours = [{"Name": "tag:Name", "Values": [name]}]
    found = lab.session.client("ec2").describe_subnets(Filters=ours)["Subnets"]
    return sorted(found, key=lambda subnet: str(subnet["CidrBlock"]))


def vpc_id(lab: Lab) -> str:
    """The notebook's VPC."""
    ours = [{"Name": "tag:Name", "Values": [NAME]}]
    [vpc] = lab.session.client("ec2").describe_vpcs(Filters=ours)["Vpcs"]
    return str(vpc["VpcId"])


def group(lab: Lab, name: str) -> str:
    """The id of the notebook's security group of that name."""
    here = [
        {"Name": "vpc-id", "Values": [vpc_id(lab)]},
        {"Name": "group-name", "Values": [name]},
    ]
    [found] = lab.session.client("ec2").describe_security_groups(Filters=here)["SecurityGroups"]
    return str(found["GroupId"])


def delete_services(lab: Lab) -> None:
    """Delete services and tasks, the cluster, and deregister the task definitions."""
    ecs = lab.session.client("ecs")
    with unless_it_is_gone():
        services = ecs.list_services(cluster=NAME)["serviceArns"]
        for service in services:
            ecs.delete_service(cluster=NAME, service=service, force=True)
        for service in services:  # of several, the waiter is content with one
            ecs.get_waiter("services_inactive").wait(cluster=NAME, services=[service], WaiterConfig=PATIENCE)
        tasks = ecs.list_tasks(cluster=NAME)["taskArns"]
        for task in tasks:
            ecs.stop_task(cluster=NAME, task=task)
        if tasks:
            ecs.get_waiter("tasks_stopped").wait(cluster=NAME, tasks=tasks, WaiterConfig=PATIENCE)
        ecs.delete_cluster(cluster=NAME)
    ground.deregister(lab, map(name_of, STACKS))


def delete_load_balancer(lab: Lab) -> None:
    """Delete the load balancer, then every target group of the notebook's VPC."""
    elbv2 = lab.session.client("elbv2")
    with unless_it_is_gone():
        [balancer] = elbv2.describe_load_balancers(Names=[NAME])["LoadBalancers"]
        elbv2.delete_load_balancer(LoadBalancerArn=balancer["LoadBalancerArn"])
        elbv2.get_waiter("load_balancers_deleted").wait(
            LoadBalancerArns=[balancer["LoadBalancerArn"]], WaiterConfig={"Delay": 2, "MaxAttempts": 300}
        )
    ours = [{"Name": "tag:Name", "Values": [NAME]}]
    vpcs = {vpc["VpcId"] for vpc in lab.session.client("ec2").describe_vpcs(Filters=ours)["Vpcs"]}
    for target in elbv2.describe_target_groups()["TargetGroups"]:
        if target.get("VpcId") in vpcs:
            elbv2.delete_target_group(TargetGroupArn=target["TargetGroupArn"])


def delete_the_rest(lab: Lab) -> None:
    """Delete the repository with its image, the roles with whatever rights they got, and the logs."""
    iam = lab.session.client("iam")
    with unless_it_is_gone():
        lab.session.client("ecr").delete_repository(repositoryName=REPOSITORY, force=True)
    for role in {stack.role for stack in STACKS.values()}:
        with unless_it_is_gone():
            for policy in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
                iam.detach_role_policy(RoleName=role, PolicyArn=policy["PolicyArn"])
            for inline in iam.list_role_policies(RoleName=role)["PolicyNames"]:
                iam.delete_role_policy(RoleName=role, PolicyName=inline)
            iam.delete_role(RoleName=role)
    with unless_it_is_gone():
        lab.session.client("logs").delete_log_group(logGroupName=LOG_GROUP)


def delete_ways_out(lab: Lab) -> None:
    """Delete the endpoints, NAT gateways and route tables with which a subnet was given a way out."""
    ec2 = lab.session.client("ec2")
    ours = [{"Name": "tag:Name", "Values": [NAME]}]
    for vpc in ec2.describe_vpcs(Filters=ours)["Vpcs"]:
        here = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
        endpoints = [
            each["VpcEndpointId"]
            for each in ec2.describe_vpc_endpoints(Filters=here)["VpcEndpoints"]
            if each["State"].lower() not in ("deleting", "deleted")
        ]
        if endpoints:
            ec2.delete_vpc_endpoints(VpcEndpointIds=endpoints)
        _delete_nat_gateways(lab, here)
        for routes in ec2.describe_route_tables(Filters=here)["RouteTables"]:
            theirs = [each for each in routes["Associations"] if not each.get("Main")]
            if {"Key": "Name", "Value": NAME} in routes.get("Tags", ()) or len(theirs) < len(
                routes["Associations"]
            ):
                continue  # deleted with the network, or with the VPC itself
            for association in theirs:
                ec2.disassociate_route_table(AssociationId=association["RouteTableAssociationId"])
            ec2.delete_route_table(RouteTableId=routes["RouteTableId"])


def _delete_nat_gateways(lab: Lab, here: list[dict[str, Any]]) -> None:
    ec2 = lab.session.client("ec2")
    gateways = [
        each
        for each in ec2.describe_nat_gateways(Filters=here)["NatGateways"]
        if each["State"] not in ("deleting", "deleted")
    ]
    for gateway in gateways:
        ec2.delete_nat_gateway(NatGatewayId=gateway["NatGatewayId"])
    deadline = time.monotonic() + GATEWAY_GONE
    for gateway in gateways:
        while True:  # a NAT gateway holds its address until it is gone
            found = ec2.describe_nat_gateways(NatGatewayIds=[gateway["NatGatewayId"]])["NatGateways"]
            if all(each["State"] == "deleted" for each in found) or time.monotonic() > deadline:
                break
            time.sleep(2)
        for address in gateway["NatGatewayAddresses"]:
            if "AllocationId" in address:
                ec2.release_address(AllocationId=address["AllocationId"])


def delete_network(lab: Lab) -> None:
    """Delete the security groups once nothing wears them, then the VPC and what is in it."""
    ec2 = lab.session.client("ec2")
    ours = [{"Name": "tag:Name", "Values": [NAME]}]
    for vpc in ec2.describe_vpcs(Filters=ours)["Vpcs"]:
        here = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
        deadline = time.monotonic() + ground.INTERFACES_GONE
        while ec2.describe_network_interfaces(Filters=here)["NetworkInterfaces"]:
            if time.monotonic() > deadline:
                break  # AWS says itself, below, what still stands in the way
            time.sleep(1)
        groups = ec2.describe_security_groups(Filters=here)["SecurityGroups"]
        own = [each for each in groups if each["GroupName"] != "default"]
        for each in own:  # groups that name each other cannot go one by one
            if each["IpPermissions"]:
                ec2.revoke_security_group_ingress(
                    GroupId=each["GroupId"], IpPermissions=each["IpPermissions"]
                )
        for each in own:
            ec2.delete_security_group(GroupId=each["GroupId"])
    ground.delete_network(lab, NAME)
