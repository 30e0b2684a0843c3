"""What a test of tasks and services needs around them: image, roles, cluster, task definitions, load balancer."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Mapping
from functools import cached_property
from itertools import count
from typing import Any

from tests.cloud.policies import trust
from tests.cloud.registry_client import RegistryClient, SmallImage
from tests.cloud.running import DEADLINE, RunningCloud, wait_for

# A program that answers HTTP on $HOST:$PORT: /env and /fail say and do what their names say.
WEB = """
import http.server, json, os, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: (print("told to stop"), sys.exit(0)))
print("listening on port", os.environ["PORT"])
class Answer(http.server.BaseHTTPRequestHandler):
    healthy = True
    def do_GET(self):
        if self.path == "/fail":
            Answer.healthy = False
        body = json.dumps(dict(os.environ)) if self.path == "/env" else os.environ.get("SAY", "hello")
        self.send_response(200 if Answer.healthy else 500)
        self.end_headers()
        self.wfile.write(body.encode())
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Answer).serve_forever()
"""

EXECUTION_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
TASKS_MAY_ASSUME = json.dumps(trust("ecs-tasks.amazonaws.com"))


def tar(files: Mapping[str, str]) -> bytes:
    """A gzip-compressed tar file of `files` (path → text)."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path, text in files.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return gzip.compress(buffer.getvalue(), mtime=0)


def program_image(files: Mapping[str, str], **config: Any) -> SmallImage:
    """An image whose one layer holds `files`; `config` is its OCI configuration."""
    settings = {"architecture": "amd64", "os": "linux", "config": config}
    return SmallImage(json.dumps(settings).encode(), (tar(files),))


class Stack:
    """Resources in a running cloud, with names of their own."""

    _numbers = count(1)

    def __init__(self, cloud: RunningCloud):
        self.cloud = cloud
        self.name = f"stack{next(self._numbers)}"
        self.ecs, self.ec2, self.iam, self.logs, self.elbv2 = (
            cloud.client(service) for service in ("ecs", "ec2", "iam", "logs", "elbv2")
        )
        providers = ["FARGATE", "FARGATE_SPOT"]
        made = self.ecs.create_cluster(clusterName=self.name, capacityProviders=providers)
        self.cluster = made["cluster"]["clusterName"]
        self.group = f"/ecs/{self.name}"
        self.logs.create_log_group(logGroupName=self.group)

    @cached_property
    def role(self) -> str:
        """An execution role, with what AWS's managed policy allows it."""
        return self.make_role("execution", EXECUTION_POLICY)

    def make_role(self, name: str, *policies: str) -> str:
        """A role that tasks may take on, with these managed policies; its ARN."""
        made = self.iam.create_role(RoleName=f"{self.name}-{name}", AssumeRolePolicyDocument=TASKS_MAY_ASSUME)
        for policy in policies:
            self.iam.attach_role_policy(RoleName=made["Role"]["RoleName"], PolicyArn=policy)
        return made["Role"]["Arn"]

    @cached_property
    def subnets(self) -> list[str]:
        """Two subnets in two zones."""
        found = sorted(self.ec2.describe_subnets()["Subnets"], key=lambda subnet: subnet["AvailabilityZone"])
        return [subnet["SubnetId"] for subnet in found[:2]]

    @property
    def network(self) -> dict[str, Any]:
        return {"awsvpcConfiguration": {"subnets": self.subnets, "assignPublicIp": "ENABLED"}}

    @cached_property
    def web(self) -> str:
        return self.image({"app/main.py": WEB})

    def image(self, files: Mapping[str, str], **config: Any) -> str:
        """Push an image that runs main.py in /app; its reference."""
        name = f"{self.name}/program{next(self._numbers)}"
        made = self.cloud.client("ecr").create_repository(repositoryName=name)["repository"]
        settings = {"Cmd": ["python", "main.py"], "WorkingDir": "/app"} | config
        with RegistryClient(self.cloud, name) as registry:
            answer = registry.push(program_image(files, **settings), "v1")
        assert answer.status_code == 201, answer.text
        return f"{made['repositoryUri']}:v1"

    def container(self, name: str = "web", **properties: Any) -> dict[str, Any]:
        logs = {
            "awslogs-group": self.group,
            "awslogs-region": "us-east-1",
            "awslogs-stream-prefix": "test",
        }
        return {"name": name, "logConfiguration": {"logDriver": "awslogs", "options": logs}} | properties

    def define(self, *containers: dict[str, Any], **properties: Any) -> str:
        """Register a Fargate task definition; its ARN. Without containers: the web program on port 8080."""
        settings: dict[str, Any] = {
            "family": self.name,
            "requiresCompatibilities": ["FARGATE"],
            "networkMode": "awsvpc",
            "cpu": "256",
            "memory": "512",
            "executionRoleArn": self.role,
            "containerDefinitions": list(containers)
            or [self.container(image=self.web, portMappings=[{"containerPort": 8080}])],
        }
        return self.ecs.register_task_definition(**(settings | properties))["taskDefinition"][
            "taskDefinitionArn"
        ]

    def run(self, definition: str | None = None, **properties: Any) -> str:
        """RunTask on Fargate; the task's ARN."""
        answer = self.ecs.run_task(
            cluster=self.cluster,
            taskDefinition=definition or self.define(),
            launchType="FARGATE",
            networkConfiguration=self.network,
            **properties,
        )
        return answer["tasks"][0]["taskArn"]

    def task(self, arn: str) -> dict[str, Any]:
        return self.ecs.describe_tasks(cluster=self.cluster, tasks=[arn])["tasks"][0]

    def until(self, arn: str, status: str, seconds: float = DEADLINE) -> dict[str, Any]:
        """The task's description once it has that status; one that stopped will have no other any more."""

        def reached() -> Any:
            task = self.task(arn)
            assert status == "STOPPED" or task["lastStatus"] != "STOPPED", task["stoppedReason"]
            return task["lastStatus"] == status and task

        return wait_for(reached, seconds, f"{status} of {arn}")

    def balancer(self, delay: int = 0) -> tuple[str, str]:
        """A load balancer with one listener that forwards to a target group; the ARNs of it and of the group."""
        name = f"{self.name}-{next(self._numbers)}"
        vpc = self.ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        balancer = self.elbv2.create_load_balancer(Name=name, Subnets=self.subnets)["LoadBalancers"][0]
        group = self.elbv2.create_target_group(
            Name=name,
            Protocol="HTTP",
            Port=8080,
            VpcId=vpc,
            TargetType="ip",
            HealthCheckIntervalSeconds=5,
            HealthCheckTimeoutSeconds=2,
            HealthyThresholdCount=2,
            UnhealthyThresholdCount=2,
        )["TargetGroups"][0]["TargetGroupArn"]
        self.elbv2.modify_target_group_attributes(
            TargetGroupArn=group,
            Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": str(delay)}],
        )
        self.elbv2.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"],
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
        )
        return balancer["LoadBalancerArn"], group

    def serve(
        self, name: str = "web", count: int = 2, definition: str | None = None, **properties: Any
    ) -> dict[str, Any]:
        """CreateService on Fargate; its description."""
        return self.ecs.create_service(
            cluster=self.cluster,
            serviceName=name,
            taskDefinition=definition or self.define(),
            desiredCount=count,
            **({"launchType": "FARGATE", "networkConfiguration": self.network} | properties),
        )["service"]

    def behind(self, group: str) -> list[dict[str, Any]]:
        """The loadBalancers property for the web container."""
        return [{"targetGroupArn": group, "containerName": "web", "containerPort": 8080}]

    def service(self, name: str = "web") -> dict[str, Any]:
        return self.ecs.describe_services(cluster=self.cluster, services=[name])["services"][0]

    def messages(self, name: str = "web") -> list[str]:
        """The service's events, oldest first."""
        return [event["message"] for event in reversed(self.service(name)["events"])]

    def tasks(self, name: str = "web", status: str = "RUNNING") -> list[dict[str, Any]]:
        """The service's tasks of that desired status."""
        arns = self.ecs.list_tasks(cluster=self.cluster, serviceName=name, desiredStatus=status)["taskArns"]
        return self.ecs.describe_tasks(cluster=self.cluster, tasks=arns)["tasks"] if arns else []

    def running(self, name: str = "web") -> list[dict[str, Any]]:
        return [task for task in self.tasks(name) if task["lastStatus"] == "RUNNING"]

    def until_steady(self, name: str = "web", seconds: float = DEADLINE) -> dict[str, Any]:
        """The service's description once its only deployment is complete."""

        def steady() -> Any:
            service = self.service(name)
            deployments = service["deployments"]
            return len(deployments) == 1 and deployments[0]["rolloutState"] == "COMPLETED" and service

        return wait_for(steady, seconds, f"steady state of {name}")

    def log_lines(self) -> list[str]:
        return [event["message"] for event in self.logs.filter_log_events(logGroupName=self.group)["events"]]
