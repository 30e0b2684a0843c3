"""moto's EC2, corrected: see the package."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from moto.core.responses import ActionResult
from moto.core.types import Base64EncodedString
from moto.ec2.exceptions import DependencyViolationError, EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.models.instances import Instance, InstanceState, Reservation
from moto.ec2.models.nat_gateways import NatGateway
from moto.ec2.models.security_groups import SecurityGroup
from moto.ec2.models.subnets import Subnet
from moto.ec2.models.vpcs import VPC, VPCEndPoint
from moto.ec2.responses import EC2Response

MOST_INSTANCES = 100  # of one RunInstances call; AWS's limit is in vCPUs and much lower for a new account


def canonical(block: str) -> str:
    """An IPv4 block without the bits of a host, as EC2 keeps it; what is no block stays, for moto to refuse."""
    try:
        return str(ipaddress.IPv4Network(block, strict=False))
    except ValueError:
        return block


class Backend(EC2Backend):
    """moto's EC2 with the package's corrections."""

    def create_vpc(self, cidr_block: str, *args: Any, **kwargs: Any) -> VPC:
        """10.0.0.1/16 is kept as 10.0.0.0/16 [API CreateVpc]."""
        return super().create_vpc(canonical(cidr_block), *args, **kwargs)

    def associate_vpc_cidr_block(self, vpc_id: str, cidr_block: str, *args: Any, **kwargs: Any) -> Any:
        """The same for a VPC's further blocks [API AssociateVpcCidrBlock]."""
        return super().associate_vpc_cidr_block(vpc_id, canonical(cidr_block), *args, **kwargs)

    def create_subnet(self, vpc_id: str, cidr_block: str, *args: Any, **kwargs: Any) -> Subnet:
        """The same for a subnet's block [API CreateSubnet]."""
        return super().create_subnet(vpc_id, canonical(cidr_block), *args, **kwargs)

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

    def create_nat_gateway(
        self,
        subnet_id: str,
        allocation_id: str,
        tags: dict[str, str] | None = None,
        connectivity_type: str | None = None,
    ) -> NatGateway:
        """Public, unless it is said to be private."""
        return super().create_nat_gateway(subnet_id, allocation_id, tags, connectivity_type or "public")

    def delete_nat_gateway(self, nat_gateway_id: str) -> NatGateway:
        """With its network interface, and the association of its address."""
        gateway = self.nat_gateways.get(nat_gateway_id)
        if gateway is None:
            raise EC2ClientError("NatGatewayNotFound", f"The Nat Gateway {nat_gateway_id} was not found")
        for address in self.addresses:
            if address.eni is gateway._eni:
                self.disassociate_address(association_id=address.association_id)
        self.enis.pop(gateway._eni.id, None)
        return super().delete_nat_gateway(nat_gateway_id)

    def create_vpc_endpoint(
        self, vpc_id: str, service_name: str, endpoint_type: str | None, *args: Any, **kwargs: Any
    ) -> VPCEndPoint:
        """A gateway endpoint where no type is named [API CreateVpcEndpoint]; moto cannot delete one without a type."""
        return super().create_vpc_endpoint(vpc_id, service_name, endpoint_type or "Gateway", *args, **kwargs)

    def modify_vpc_endpoint(self, vpc_id: str, **changes: Any) -> None:
        """The route tables that come get the endpoint's route, those that go lose it."""
        (endpoint,) = self.describe_vpc_endpoints(vpc_end_point_ids=[vpc_id])  # whose id moto calls vpc_id
        before = list(endpoint.route_table_ids or ())
        super().modify_vpc_endpoint(vpc_id, **changes)
        prefix_list = endpoint.destination_prefix_list_id
        for table in set(endpoint.route_table_ids or ()) - set(before):
            self.create_route(table, None, destination_prefix_list_id=prefix_list, gateway_id=endpoint.id)
        for table in set(before) - set(endpoint.route_table_ids or ()):
            self.delete_route(table, prefix_list)

    def run_instances(
        self,
        image_id: str,
        count: int,
        user_data: Base64EncodedString | None,
        security_group_names: list[str],
        **kwargs: Any,
    ) -> Reservation:
        """With a subnet and an instance profile for each instance."""
        if not kwargs.get("subnet_id") and not kwargs.get("nics"):
            kwargs["subnet_id"] = self._default_subnet(kwargs.get("placement"))
        reservation = super().run_instances(image_id, count, user_data, security_group_names, **kwargs)
        if not kwargs.get("nics"):
            for interface in (nic for instance in reservation.instances for nic in instance.nics.values()):
                interface.delete_on_termination = True  # as AWS has it for what a launch makes by itself
        profile = {
            "Name": kwargs.get("iam_instance_profile_name"),
            "Arn": kwargs.get("iam_instance_profile_arn"),
        }
        if any(profile.values()):
            self._give(profile, reservation.instances[1:])  # moto's response gives it to the first one
        elif kwargs.get("launch_template"):
            template = self._get_template_from_args(kwargs["launch_template"]).data
            self._give(template.get("IamInstanceProfile") or {}, reservation.instances)
        elif kwargs.get("launch_config") and kwargs["launch_config"].iam_instance_profile:
            name = kwargs["launch_config"].iam_instance_profile
            self._give({"Arn" if name.startswith("arn:") else "Name": name}, reservation.instances)
        return reservation

    def terminate_instances(self, instance_ids: list[str]) -> list[tuple[Instance, InstanceState]]:
        """A second time too: the interfaces that went with the instance are not looked for again."""
        ended = super().terminate_instances(instance_ids)
        for interface in (nic for instance, _ in ended for nic in instance.nics.values()):
            interface.delete_on_termination = interface.id in self.enis
        return ended

    def role_of(self, instance_id: str) -> Any:
        """The IAM role in the instance's profile; None without one."""
        association = self.iam_instance_profile_associations.get(instance_id)
        roles = association.iam_instance_profile.roles if association is not None else []
        return roles[0] if roles else None

    def _default_subnet(self, zone: str | None) -> str | None:
        subnets = self.get_default_subnets()
        subnet = subnets.get(zone) if zone else next((subnets[name] for name in sorted(subnets)), None)
        return subnet.id if subnet is not None else None

    def _give(self, profile: Mapping[str, str | None], instances: list[Instance]) -> None:
        for instance in instances if any(profile.values()) else ():
            self.associate_iam_instance_profile(instance.id, profile.get("Name"), profile.get("Arn"))


class Response(EC2Response):
    """moto's EC2 operations, with RunInstances' count as on AWS."""

    def run_instances(self) -> ActionResult:
        """MaxCount instances: the local cloud has room for all."""
        most = self._get_param("MaxCount")
        if most is not None:
            least = self._get_param("MinCount", if_none=1)
            if not 1 <= least <= most:
                raise EC2ClientError(
                    "InvalidParameterValue",
                    f"Invalid value '{most}' for maxCount: it must not be below minCount.",
                )
            if most > MOST_INSTANCES:
                raise EC2ClientError(
                    "InstanceLimitExceeded",
                    f"You have requested more instances ({most}) than your current instance limit of "
                    f"{MOST_INSTANCES} allows for the specified instance type.",
                )
            self.params["MinCount"] = most
        return super().run_instances()
