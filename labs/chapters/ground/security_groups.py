"""Who may talk to whom in a VPC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labs.checks.model import unless_it_exists

if TYPE_CHECKING:
    from labs.lab import Lab


def create(lab: Lab, vpc: str, *, entrance: str, tasks: str, ports: tuple[int, int]) -> None:
    """Two groups of these names: anybody reaches the entrance on port 80, and only it reaches the tasks' ports."""
    ec2 = lab.session.client("ec2")
    for name, purpose in ((entrance, "HTTP from anywhere"), (tasks, "From the load balancer only")):
        with unless_it_exists():
            ec2.create_security_group(GroupName=name, Description=purpose, VpcId=vpc)
    balancer = group_id(lab, vpc, entrance)
    anybody = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    from_balancer = {"UserIdGroupPairs": [{"GroupId": balancer}]}
    for group, (first, last), source in (
        (balancer, (80, 80), anybody),
        (group_id(lab, vpc, tasks), ports, from_balancer),
    ):
        with unless_it_exists():
            ec2.authorize_security_group_ingress(
                GroupId=group,
                IpPermissions=[{"IpProtocol": "tcp", "FromPort": first, "ToPort": last, **source}],
            )


def group_id(lab: Lab, vpc: str, name: str) -> str:
    """The VPC's group of that name."""
    this = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": [name]}]
    [group] = lab.session.client("ec2").describe_security_groups(Filters=this)["SecurityGroups"]
    return str(group["GroupId"])


def delete(ec2: Any, vpc: str) -> None:
    """Delete the VPC's groups but its default one, which goes with it."""
    here = [{"Name": "vpc-id", "Values": [vpc]}]
    groups = ec2.describe_security_groups(Filters=here)["SecurityGroups"]
    own = [group for group in groups if group["GroupName"] != "default"]
    for group in own:  # groups that name each other cannot go one by one
        if group["IpPermissions"]:
            ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=group["IpPermissions"])
    for group in own:
        ec2.delete_security_group(GroupId=group["GroupId"])
