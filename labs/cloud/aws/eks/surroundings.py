"""What EKS looks up, and makes, in the rest of the account: roles, subnets, keys; security groups, Auto Scaling groups.

The caller holds the cloud's lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labs.cloud.aws.ec2 import snapshot
from labs.cloud.runtime import Runtime


@dataclass(frozen=True)
class Subnet:
    """A subnet as EKS sees it."""

    id: str
    vpc: str
    zone: str
    public: bool  # a route leads to an internet gateway


class Surroundings:
    """The account around one Region's EKS."""

    def __init__(self, runtime: Runtime, region: str):
        self._runtime = runtime
        self._region = region

    @property
    def _ec2(self) -> Any:
        from moto.ec2.models import ec2_backends

        return ec2_backends[self._runtime.account_id][self._region]

    @property
    def _autoscaling(self) -> Any:
        from moto.autoscaling.models import autoscaling_backends

        return autoscaling_backends[self._runtime.account_id][self._region]

    # IAM

    def role_exists(self, arn: str) -> bool:
        """Whether IAM has that role."""
        from labs.cloud.authorization import identities

        return identities.role_of_arn(self._runtime.account_id, arn) is not None

    def trusts(self, role_arn: str, service: str, *further: str) -> bool:
        """Whether the role exists and lets the service assume it, and do the further actions that are named."""
        from labs.cloud.authorization import identities
        from labs.cloud.authorization.policy import Named, Policy, Principal, Request, trusted

        role = identities.role_of_arn(self._runtime.account_id, role_arn)
        if role is None or not self._runtime.authorizer.trusts(role_arn, service):
            return False
        trust = Policy.read(role.assume_role_policy_document)
        return all(
            isinstance(trusted(Request(action, role_arn, Principal(service)), trust), Named)
            for action in further
        )

    def principal_exists(self, arn: str) -> bool:
        """Whether IAM has that user or role."""
        from labs.cloud.authorization import identities

        return (
            arn in self._runtime.authorizer.administrators
            or identities.of_source(self._runtime.account_id, arn) is not None
        )

    def principal(self, access_key_id: str) -> str:
        """The user or role behind an access key: of a role's session, the role."""
        from labs.cloud.authorization import identities
        from labs.cloud.authorization.authorizer import LEARNER

        learner = f"arn:aws:iam::{self._runtime.account_id}:user/{LEARNER}"
        if access_key_id == self._runtime.credentials.access_key_id:
            return learner
        identity = identities.of_access_key(self._runtime.account_id, access_key_id)
        return identity.context.get("aws:principalarn", (learner,))[0] if identity else learner

    # KMS

    def key_exists(self, arn: str) -> bool:
        """Whether KMS has that key in this Region."""
        from moto.kms.models import kms_backends

        keys = kms_backends[self._runtime.account_id][self._region].keys
        return any(key.arn == arn for key in keys.values())

    # EC2

    def subnets(self, ids: Iterable[str]) -> dict[str, Subnet]:
        """Those of the subnets that exist."""
        network = snapshot.read(self._runtime.account_id, self._region)
        zones = {
            subnet.id: zone for zone, subnets in self._ec2.subnets.items() for subnet in subnets.values()
        }
        return {
            name: Subnet(
                name,
                network.subnets[name].vpc,
                zones[name],
                any(route.target.startswith("igw-") for route in network.subnets[name].routes),
            )
            for name in ids
            if name in network.subnets
        }

    def vpc_of_group(self, group_id: str) -> str | None:
        """The VPC of a security group."""
        return next((vpc for vpc, groups in self._ec2.groups.items() if group_id in groups), None)

    def block(self, vpc: str) -> str:
        """The VPC's first IPv4 block."""
        return str(self._ec2.vpcs[vpc].cidr_block)

    def architectures(self, instance_type: str) -> tuple[str, ...] | None:
        """x86_64, arm64…; None for a type that does not exist."""
        found = next((t for t in self._ec2.instance_types if t.get("InstanceType") == instance_type), None)
        return tuple(found["ProcessorInfo"]["SupportedArchitectures"]) if found else None

    def has_key_pair(self, name: str) -> bool:
        """Whether EC2 has that key pair."""
        return name in self._ec2.key_pairs

    def launch_template(self, given: Mapping[str, Any]) -> tuple[str, str, int, Mapping[str, Any]] | None:
        """Id, name, version number and data of the template that a call names; None when there is none."""
        from moto.ec2.exceptions import EC2ClientError

        ec2 = self._ec2
        try:
            template = (
                ec2.get_launch_template(given["id"])
                if given.get("id")
                else ec2.get_launch_template_by_name(given.get("name", ""))
            )
        except EC2ClientError:
            return None
        wanted = str(given.get("version") or template.default_version().number)
        version = next((each for each in template.versions if str(each.number) == wanted), None)
        if version is None:
            return None
        return template.id, template.name, int(version.number), version.data

    def make_security_group(self, cluster: str, vpc: str, suffix: str) -> str:
        """The cluster security group: its members reach one another. Its id."""
        group = self._ec2.create_security_group(
            f"eks-cluster-sg-{cluster}-{suffix}",
            "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, "
            "as well as any managed workloads.",
            vpc,
            tags={
                "Name": f"eks-cluster-sg-{cluster}-{suffix}",
                "aws:eks:cluster-name": cluster,
                f"kubernetes.io/cluster/{cluster}": "owned",
            },
        )
        members = [{"GroupId": group.id}]
        self._ec2.authorize_security_group_ingress(
            group.id, "-1", None, None, [], source_groups=members, vpc_id=vpc
        )
        return str(group.id)

    def drop_security_group(self, group_id: str) -> None:
        """Delete it, unless something else uses it or it is gone."""
        from moto.ec2.exceptions import EC2ClientError

        try:
            self._ec2.delete_security_group(group_id=group_id)
        except EC2ClientError:
            return

    # Auto Scaling

    def make_group(
        self,
        name: str,
        data: Mapping[str, Any],
        sizes: Mapping[str, int],
        subnets: Sequence[str],
        cluster: str,
    ) -> None:
        """An Auto Scaling group of that name over a launch template of the same name, as managed node groups have."""
        ec2 = self._ec2
        image = {"ImageId": next(iter(ec2.amis))} if "ImageId" not in data else {}
        ec2.create_launch_template(name, "", {**data, **image}, {})
        tags = {"eks:cluster-name": cluster, f"kubernetes.io/cluster/{cluster}": "owned"}
        self._autoscaling.create_auto_scaling_group(
            name=name,
            availability_zones=[],
            desired_capacity=sizes["desiredSize"],
            max_size=sizes["maxSize"],
            min_size=sizes["minSize"],
            launch_config_name="",
            launch_template={"LaunchTemplateName": name},
            vpc_zone_identifier=",".join(subnets),
            default_cooldown=None,
            health_check_period=None,
            health_check_type="EC2",
            load_balancers=[],
            target_group_arns=[],
            placement_group=None,
            termination_policies=[],
            tags=[
                {"key": key, "value": value, "resource_id": name, "propagate_at_launch": "true"}
                for key, value in tags.items()
            ],
        )

    def resize_group(self, name: str, sizes: Mapping[str, int]) -> None:
        """Other sizes; nothing when somebody has deleted the group."""
        group = self._autoscaling.autoscaling_groups.get(name)
        if group is not None:
            group.min_size, group.max_size = sizes["minSize"], sizes["maxSize"]
            self._autoscaling.set_desired_capacity(name, sizes["desiredSize"])

    def drop_group(self, name: str) -> None:
        """Delete the Auto Scaling group, with its instances, and its launch template."""
        if name in self._autoscaling.autoscaling_groups:
            self._autoscaling.set_desired_capacity(name, 0)
            self._autoscaling.delete_auto_scaling_group(name)
        if name in self._ec2.launch_template_name_to_ids:
            self._ec2.delete_launch_template(name, None)
