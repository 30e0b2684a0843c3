"""A cluster with EC2 instances, for the tests of EC2 capacity."""

from __future__ import annotations

import base64
import json
from typing import Any

from tests.cloud.policies import trust
from tests.cloud.running import RunningCloud, wait_for
from tests.cloud.stack import Stack

ECS_AMI = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended"
SLEEP = "import time\nwhile True: time.sleep(1)"


class Fleet(Stack):
    """A cluster with EC2 instances."""

    def __init__(self, cloud: RunningCloud):
        super().__init__(cloud)
        self.ssm, self.scaling = cloud.client("ssm"), cloud.client("autoscaling")
        self.profile = f"{self.name}-instance"
        role = self.iam.create_role(
            RoleName=self.profile,
            AssumeRolePolicyDocument=json.dumps(trust("ec2.amazonaws.com")),
        )["Role"]["RoleName"]
        self.iam.attach_role_policy(
            RoleName=role,
            PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role",
        )
        self.iam.create_instance_profile(InstanceProfileName=self.profile)
        self.iam.add_role_to_instance_profile(InstanceProfileName=self.profile, RoleName=role)

    @property
    def ami(self) -> str:
        return self.ssm.get_parameter(Name=f"{ECS_AMI}/image_id")["Parameter"]["Value"]

    def script(self, cluster: str | None = None) -> str:
        return f"#!/bin/bash\necho ECS_CLUSTER={cluster or self.cluster} >> /etc/ecs/ecs.config\n"

    def machines(self, count: int = 1, type_: str = "t3.medium", **properties: Any) -> list[str]:
        """RunInstances; the ids."""
        settings: dict[str, Any] = {
            "ImageId": self.ami,
            "InstanceType": type_,
            "UserData": self.script(),
            "IamInstanceProfile": {"Name": self.profile},
        }
        made = self.ec2.run_instances(MinCount=1, MaxCount=count, **(settings | properties))["Instances"]
        return [machine["InstanceId"] for machine in made]

    def instances(self, **properties: Any) -> list[dict[str, Any]]:
        arns = self.ecs.list_container_instances(cluster=self.cluster, **properties)["containerInstanceArns"]
        if not arns:
            return []
        return self.ecs.describe_container_instances(cluster=self.cluster, containerInstances=arns)[
            "containerInstances"
        ]

    def until_joined(self, count: int) -> list[dict[str, Any]]:
        wait_for(lambda: len(self.instances()) == count, what=f"{count} container instances")
        return self.instances()

    def define_on_ec2(self, memory: int = 128, program: str | None = None, **properties: Any) -> str:
        """A task definition for EC2 in bridge mode; the web program on a dynamic host port unless told otherwise."""
        container = (
            {"image": self.image({"app/main.py": program})}
            if program
            else {"image": self.web, "portMappings": [{"containerPort": 8080}]}
        )
        settings = {"memory": memory, "cpu": 64, **container, **properties.pop("container", {})}
        return self.ecs.register_task_definition(
            **(
                {
                    "family": self.name,
                    "networkMode": "bridge",
                    "executionRoleArn": self.role,
                    "containerDefinitions": [self.container(**settings)],
                }
                | properties
            )
        )["taskDefinition"]["taskDefinitionArn"]

    def run_on_ec2(self, definition: str, count: int = 1, **properties: Any) -> dict[str, Any]:
        return self.ecs.run_task(
            cluster=self.cluster, taskDefinition=definition, count=count, launchType="EC2", **properties
        )

    def scaling_group(self, size: int, most: int = 4, type_: str = "t3.small", **properties: Any) -> str:
        """An Auto Scaling group of this cluster's instances, over two zones; its ARN. Its name is the stack's."""
        data = {
            "ImageId": self.ami,
            "InstanceType": type_,
            "UserData": base64.b64encode(self.script().encode()).decode(),
            "IamInstanceProfile": {"Name": self.profile},
        }
        self.ec2.create_launch_template(LaunchTemplateName=self.name, LaunchTemplateData=data)
        self.scaling.create_auto_scaling_group(
            AutoScalingGroupName=self.name,
            LaunchTemplate={"LaunchTemplateName": self.name},
            MinSize=0,
            MaxSize=most,
            DesiredCapacity=size,
            VPCZoneIdentifier=",".join(self.subnets),
            **properties,
        )
        groups = self.scaling.describe_auto_scaling_groups(AutoScalingGroupNames=[self.name])[
            "AutoScalingGroups"
        ]
        return str(groups[0]["AutoScalingGroupARN"])

    def close(self) -> None:
        """End the machines."""
        if self.scaling.describe_auto_scaling_groups(AutoScalingGroupNames=[self.name])["AutoScalingGroups"]:
            self.scaling.delete_auto_scaling_group(AutoScalingGroupName=self.name, ForceDelete=True)
        running = [instance["ec2InstanceId"] for instance in self.instances()]
        if running:
            self.ec2.terminate_instances(InstanceIds=running)

    def story(self) -> list[str]:
        events = self.cloud.control("GET", "/timeline")["events"]
        return [str(event["texts"]["en"] if "texts" in event else event["text"]) for event in events]


def resource(instance: dict[str, Any], name: str, kind: str = "remainingResources") -> Any:
    found = next(each for each in instance[kind] if each["name"] == name)
    return found["stringSetValue"] if found["type"] == "STRINGSET" else found["integerValue"]
