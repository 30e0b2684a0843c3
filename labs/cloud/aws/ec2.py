"""EC2 networking where moto differs from AWS.

Corrected: a subnet that holds network interfaces cannot be deleted, and a deleted one leaves its route table
[API DeleteSubnet]; the default VPC reaches the Internet [VPC User Guide, "Default VPCs"]; a VPC's default security
group lets its own members in [VPC User Guide, "Default security groups for your VPCs"].
"""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import DependencyViolationError
from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.models.security_groups import SecurityGroup
from moto.ec2.models.subnets import Subnet
from moto.ec2.models.vpcs import VPC

from labs.cloud.runtime import Runtime


class Backend(EC2Backend):
    """moto's EC2 with the corrections above."""

    def create_default_vpc(self) -> VPC:
        """With an internet gateway, to which its main route table sends what is not local."""
        vpc = super().create_default_vpc()
        gateway = self.create_internet_gateway()
        self.attach_internet_gateway(gateway.id, vpc.id)
        (main,) = (table for table in self.route_tables.values() if table.vpc_id == vpc.id)
        self.create_route(main.id, "0.0.0.0/0", gateway_id=gateway.id)
        return vpc

    def create_security_group(self, *args: Any, **kwargs: Any) -> SecurityGroup:
        """A VPC's default group gets its rule: everything from members of the same group."""
        group = super().create_security_group(*args, **kwargs)
        if group.is_default:
            members = [{"GroupId": group.id}]
            self.authorize_security_group_ingress(
                group.id, "-1", None, None, [], source_groups=members, vpc_id=group.vpc_id
            )
        return group

    def delete_subnet(self, subnet_id: str) -> Subnet:
        """Refuse while an interface stands in the subnet; else delete it and its route table association."""
        if any(interface.subnet.id == subnet_id for interface in self.enis.values()):
            raise DependencyViolationError(
                f"The subnet '{subnet_id}' has dependencies and cannot be deleted."
            )
        subnet = super().delete_subnet(subnet_id)
        for table in self.route_tables.values():
            left = {where: what for where, what in table._associations.items() if what != subnet_id}
            table._associations = left
        return subnet


def install(runtime: Runtime) -> None:
    """Patch EC2."""
    Backend.__module__ = EC2Backend.__module__
    ec2_backends.backend = Backend
