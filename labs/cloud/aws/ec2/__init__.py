"""EC2 where moto differs from AWS, and a Region's network as values.

Corrected in `backend`: a subnet that holds network interfaces cannot be deleted, and a deleted one leaves its
route table [API DeleteSubnet]; the default VPC reaches the Internet [VPC User Guide, "Default VPCs"]; a VPC's
default security group lets its own members in [VPC User Guide, "Default security groups for your VPCs"];
RunInstances starts MaxCount instances, in the default VPC unless a subnet is named, and gives the instance
profile to all of them, be it the request's, the launch template's or the launch configuration's; their
network interfaces end with them; a deleted NAT gateway gives back its interface and its address [API
DeleteNatGateway]; a gateway endpoint's routes follow ModifyVpcEndpoint, and an endpoint without a type is
one; blocks of addresses lose the bits of a host. Corrected here: security group rules that name a group
describe themselves too.

`snapshot` reads what `labs.cloud.network_paths` judges.
"""

from __future__ import annotations

from moto.ec2 import urls
from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.models.security_groups import SecurityGroupRule

from labs.cloud.aws.ec2.backend import Backend, Response
from labs.cloud.runtime import Runtime


def _description(rule: SecurityGroupRule) -> str | None:
    """Of a rule's range, or of its group: moto looks at the range only."""
    places = (rule.ip_range, rule.source_group)
    return next((place["Description"] for place in places if place and place.get("Description")), None)


def install(runtime: Runtime) -> None:
    """Patch EC2."""
    SecurityGroupRule.description = property(_description)
    Backend.__module__ = EC2Backend.__module__
    ec2_backends.backend = Backend
    urls.url_paths = dict.fromkeys(urls.url_paths, Response.dispatch)
