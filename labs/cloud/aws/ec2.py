"""EC2 networking where moto differs from AWS.

Corrected: a subnet that holds network interfaces cannot be deleted, and a deleted one leaves its route table
[API DeleteSubnet].
"""

from __future__ import annotations

from moto.ec2.exceptions import DependencyViolationError
from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.models.subnets import Subnet

from labs.cloud.runtime import Runtime


class Backend(EC2Backend):
    """moto's EC2 with the corrections above."""

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
