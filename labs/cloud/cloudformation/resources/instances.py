"""AWS::EC2::LaunchTemplate and Instance, AWS::AutoScaling::*: the machines under an EC2 cluster."""

# ruff: noqa: D102  what a type overrides is documented once: base.Declared, schema.Kind

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labs.cloud.cloudformation.resource import Context
from labs.cloud.cloudformation.resources.base import (
    PATIENCE,
    Change,
    Declared,
    Properties,
    all_tags,
    own_tags,
)
from labs.cloud.cloudformation.resources.ec2 import Ec2Type
from labs.cloud.cloudformation.resources.schema import (
    BOOLEAN,
    STRING,
    TAGS,
    ListOf,
    Structure,
    from_api,
    own,
    unemulated,
)

TAG_SPECIFICATIONS = ListOf(own(required=("ResourceType", "Tags"), ResourceType=STRING, Tags=TAGS))


class LaunchTemplate(Ec2Type):
    """Ref: the id. Other data make another version."""

    name = "AWS::EC2::LaunchTemplate"
    kind = "launch-template"
    fixed = frozenset({"LaunchTemplateName", "TagSpecifications"})
    gone = frozenset(
        {"InvalidLaunchTemplateId.NotFound", "InvalidLaunchTemplateName.NotFoundException"}  # AWS's, moto's
    )

    def properties(self) -> Structure:
        return from_api(
            "ec2",
            "CreateLaunchTemplateRequest",
            required=("LaunchTemplateData",),
            without=("DryRun", "ClientToken", "Operator"),
        ) | own(TagSpecifications=TAG_SPECIFICATIONS)

    def make(self, context: Context, p: Properties) -> str:
        client = self.client(context)
        tags = {**context.tags}
        for specification in p.get("TagSpecifications", []):
            if specification["ResourceType"] == self.kind:
                tags |= own_tags(specification)
        given = {"LaunchTemplateName": context.name(128), **self.api(p)}
        answer = client.create_launch_template(
            **given,
            TagSpecifications=[
                {
                    "ResourceType": self.kind,
                    "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
                }
            ],
        )
        return str(answer["LaunchTemplate"]["LaunchTemplateId"])

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        answer = self.client(context).describe_launch_templates(LaunchTemplateIds=[physical_id])
        found = answer["LaunchTemplates"][0]
        return {
            "LaunchTemplateId": physical_id,
            "DefaultVersionNumber": str(found["DefaultVersionNumber"]),
            "LatestVersionNumber": str(found["LatestVersionNumber"]),
        }

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        if change.touches("LaunchTemplateData", "VersionDescription"):
            given = self.api(change.new, "LaunchTemplateData", "VersionDescription")
            self.client(context).create_launch_template_version(LaunchTemplateId=physical_id, **given)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        self.client(context).delete_launch_template(LaunchTemplateId=physical_id)


class Instance(Ec2Type):
    """Ref: the id. Created once it runs, deleted once it is terminated."""

    name = "AWS::EC2::Instance"
    kind = "instance"
    gone = frozenset({"InvalidInstanceID.NotFound"})
    CHANGEABLE = frozenset({"Tags", "IamInstanceProfile"})

    def properties(self) -> Structure:
        return (
            from_api(
                "ec2",
                "RunInstancesRequest",
                without=(
                    "ClientToken",
                    "DryRun",
                    "MaxCount",
                    "MinCount",
                    "Operator",
                    "Placement",
                    "TagSpecifications",
                    "Monitoring",
                    "IamInstanceProfile",
                    "InstanceMarketOptions",
                    "SecondaryInterfaces",
                    "CapacityReservationSpecification",
                    "DisableApiStop",
                    "ElasticGpuSpecification",
                    "EnablePrimaryIpv6",
                    "MaintenanceOptions",
                    "NetworkPerformanceOptions",
                ),
                renamed={"InstanceNetworkInterfaceSpecification.Groups": "GroupSet"},
            )
            | own(
                AvailabilityZone=STRING,
                Tenancy=STRING,
                Monitoring=BOOLEAN,
                IamInstanceProfile=STRING,
                Tags=TAGS,
            )
            | unemulated(
                "Affinity", "HostId", "HostResourceGroupArn", "PlacementGroupName", "SourceDestCheck"
            )
            | unemulated(
                "ElasticGpuSpecifications", "SsmAssociations", "Volumes", "PropagateTagsToVolumeOnCreation"
            )
        )

    def immutable(self) -> frozenset[str]:
        return frozenset(self.schema.members) - self.CHANGEABLE

    def make(self, context: Context, p: Properties) -> str:
        given = {**self.api(p), **self.tags(context, p), "MinCount": 1, "MaxCount": 1}
        placement = {name: p[name] for name in ("AvailabilityZone", "Tenancy") if name in p}
        if placement:
            given["Placement"] = placement
        if "Monitoring" in p:
            given["Monitoring"] = {"Enabled": p["Monitoring"]}
        if "IamInstanceProfile" in p:
            given["IamInstanceProfile"] = {"Name": p["IamInstanceProfile"]}
        return str(self.client(context).run_instances(**given)["Instances"][0]["InstanceId"])

    def finish(self, context: Context, physical_id: str, p: Properties) -> None:
        context.wait(
            lambda: self._describe(context, physical_id)["State"]["Name"] == "running",
            "the instance to run",
            PATIENCE,
        )

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        found = self._describe(context, physical_id)
        return {
            "InstanceId": physical_id,
            "AvailabilityZone": found["Placement"]["AvailabilityZone"],
            "PrivateDnsName": found.get("PrivateDnsName", ""),
            "PrivateIp": found.get("PrivateIpAddress", ""),
            "PublicDnsName": found.get("PublicDnsName", ""),
            "PublicIp": found.get("PublicIpAddress", ""),
            "VpcId": found.get("VpcId", ""),
        }

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        client = self.client(context)
        if change.touches("IamInstanceProfile"):
            mine = [{"Name": "instance-id", "Values": [physical_id]}]
            found = client.describe_iam_instance_profile_associations(Filters=mine)
            for association in found["IamInstanceProfileAssociations"]:
                client.disassociate_iam_instance_profile(AssociationId=association["AssociationId"])
            if profile := change.new.get("IamInstanceProfile"):
                client.associate_iam_instance_profile(
                    InstanceId=physical_id, IamInstanceProfile={"Name": profile}
                )
        self.retag(context, physical_id, change)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        self.client(context).terminate_instances(InstanceIds=[physical_id])
        context.wait(
            lambda: self._describe(context, physical_id)["State"]["Name"] == "terminated",
            "the instance to be terminated",
            PATIENCE,
        )

    def _describe(self, context: Context, instance: str) -> Mapping[str, Any]:
        answer = self.client(context).describe_instances(InstanceIds=[instance])
        found: Mapping[str, Any] = answer["Reservations"][0]["Instances"][0]
        return found


GROUP_TAGS = ListOf(
    own(required=("Key", "Value", "PropagateAtLaunch"), Key=STRING, Value=STRING, PropagateAtLaunch=BOOLEAN)
)


class AutoScalingGroup(Declared):
    """Ref: the name. Deleted once its instances are terminated."""

    name = "AWS::AutoScaling::AutoScalingGroup"
    service = "autoscaling"
    fixed = frozenset({"AutoScalingGroupName", "InstanceId"})
    NOT_IN_UPDATE = frozenset(
        {"Tags", "TargetGroupARNs", "LoadBalancerNames", "LifecycleHookSpecificationList"}
    )

    def properties(self) -> Structure:
        return (
            from_api(
                "autoscaling",
                "CreateAutoScalingGroupType",
                required=("MinSize", "MaxSize"),
                without=("VPCZoneIdentifier", "Operator"),
                renamed={"CreateAutoScalingGroupType.DefaultCooldown": "Cooldown"},
            )
            | own(VPCZoneIdentifier=ListOf(STRING), Tags=GROUP_TAGS)
            | unemulated("MetricsCollection", "NotificationConfiguration", "NotificationConfigurations")
        )

    def make(self, context: Context, p: Properties) -> str:
        given = {"AutoScalingGroupName": context.name(255), **self._given(p)}
        given["Tags"] = self._tags(context, given["AutoScalingGroupName"], p)
        self.client(context).create_auto_scaling_group(**given)
        return str(given["AutoScalingGroupName"])

    def finish(self, context: Context, physical_id: str, p: Properties) -> None:
        wanted = int(p.get("DesiredCapacity", p["MinSize"]))
        context.wait(
            lambda: len(self._in_service(context, physical_id)) >= wanted,
            "the group's instances to be in service",
            PATIENCE,
        )

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        return {"AutoScalingGroupARN": self._describe(context, physical_id)["AutoScalingGroupARN"]}

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        client = self.client(context)
        given = self._given({k: v for k, v in change.new.items() if k not in self.NOT_IN_UPDATE})
        given["AutoScalingGroupName"] = physical_id
        client.update_auto_scaling_group(**given)
        for name, attach, detach in (
            (
                "TargetGroupARNs",
                client.attach_load_balancer_target_groups,
                client.detach_load_balancer_target_groups,
            ),
            ("LoadBalancerNames", client.attach_load_balancers, client.detach_load_balancers),
        ):
            old, new = change.old.get(name, []), change.new.get(name, [])
            if added := [item for item in new if item not in old]:
                attach(AutoScalingGroupName=physical_id, **{name: added})
            if removed := [item for item in old if item not in new]:
                detach(AutoScalingGroupName=physical_id, **{name: removed})
        if dropped := change.dropped_tags():
            place = {"ResourceId": physical_id, "ResourceType": "auto-scaling-group"}
            client.delete_tags(Tags=[{**place, "Key": key} for key in dropped])
        client.create_or_update_tags(Tags=self._tags(context, physical_id, change.new))

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        if not self._describe(context, physical_id):
            return
        self.client(context).delete_auto_scaling_group(AutoScalingGroupName=physical_id, ForceDelete=True)
        context.wait(
            lambda: not self._describe(context, physical_id),
            "the group's instances to be terminated",
            PATIENCE,
        )

    def _given(self, p: Properties) -> dict[str, Any]:
        given = self.api(p)
        if "VPCZoneIdentifier" in p:
            given["VPCZoneIdentifier"] = ",".join(p["VPCZoneIdentifier"])
        return given

    def _tags(self, context: Context, group: str, p: Properties) -> list[dict[str, Any]]:
        """The stack's tags go to the instances too."""
        spread = {tag["Key"]: tag["PropagateAtLaunch"] for tag in p.get("Tags", [])}
        return [
            {
                "Key": key,
                "Value": value,
                "PropagateAtLaunch": spread.get(key, True),
                "ResourceId": group,
                "ResourceType": "auto-scaling-group",
            }
            for key, value in all_tags(context, p).items()
        ]

    def _describe(self, context: Context, group: str) -> Mapping[str, Any]:
        answer = self.client(context).describe_auto_scaling_groups(AutoScalingGroupNames=[group])
        return next(iter(answer["AutoScalingGroups"]), {})

    def _in_service(self, context: Context, group: str) -> list[Any]:
        instances = self._describe(context, group).get("Instances", [])
        return [instance for instance in instances if instance["LifecycleState"] == "InService"]


class LaunchConfiguration(Declared):
    """Ref: the name. Any change needs another one."""

    name = "AWS::AutoScaling::LaunchConfiguration"
    service = "autoscaling"
    gone = frozenset({"ValidationError"})  # AWS has no better code for a name that is not found

    def properties(self) -> Structure:
        read = from_api(
            "autoscaling",
            "CreateLaunchConfigurationType",
            required=("ImageId", "InstanceType"),
            renamed={
                "CreateLaunchConfigurationType.ClassicLinkVPCId": "",
                "CreateLaunchConfigurationType.ClassicLinkVPCSecurityGroups": "",
                "CreateLaunchConfigurationType.RamdiskId": "RamDiskId",
            },
            without=("InstanceMonitoring",),
        )
        return (
            read
            | own(InstanceMonitoring=BOOLEAN)
            | unemulated("ClassicLinkVPCId", "ClassicLinkVPCSecurityGroups")
        )

    def immutable(self) -> frozenset[str]:
        return frozenset(self.schema.members)

    def make(self, context: Context, p: Properties) -> str:
        given = {"LaunchConfigurationName": context.name(255), **self.api(p)}
        if "InstanceMonitoring" in p:
            given["InstanceMonitoring"] = {"Enabled": p["InstanceMonitoring"]}
        self.client(context).create_launch_configuration(**given)
        return str(given["LaunchConfigurationName"])

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        """Nothing can change."""

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        self.client(context).delete_launch_configuration(LaunchConfigurationName=physical_id)


TYPES = (LaunchTemplate, Instance, AutoScalingGroup, LaunchConfiguration)
