"""What RegisterTaskDefinition refuses in one container definition. Pure: the first complaint is raised.

Texts are AWS's where it documents them or others have quoted them; ranges are those of the API reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from moto.ecs.exceptions import EcsClientException

from labs.cloud.aws.ecs.errors import NotEmulated

NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
LEAST = {"cpu": 0, "memory": 6, "memoryReservation": 6}  # [API ContainerDefinition]
FARGATE_TIMEOUTS = (2, 120)  # seconds, of startTimeout and stopTimeout [API ContainerDefinition]
HEALTH_CHECK_RANGES = {  # [API HealthCheck]; seconds, but for retries
    "interval": (5, 300), "timeout": (2, 60), "retries": (1, 10), "startPeriod": (0, 300),
}  # fmt: skip
RESTART_PERIODS = (60, 1800)  # seconds [API ContainerRestartPolicy]
MOST_IGNORED_CODES = 50  # [API ContainerRestartPolicy]
ULIMITS = (
    "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio",
    "rttime", "sigpending", "stack",
)  # fmt: skip
LOG_DRIVERS = ("awslogs", "fluentd", "gelf", "json-file", "journald", "syslog", "splunk", "awsfirelens")
FARGATE_LOG_DRIVERS = ("awslogs", "splunk", "awsfirelens")  # [API LogConfiguration]
EMULATED_LOG_DRIVERS = ("awslogs", "json-file")
PARAMETER_NAME = re.compile(r"[a-zA-Z0-9_.\-/]{1,2048}")
SECRET_ARN = re.compile(r"arn:[a-z-]+:(secretsmanager|ssm):[a-z0-9-]+:\d{12}:.+")
NOT_ON_FARGATE = ("devices", "sharedMemorySize", "maxSwap", "swappiness")  # of linuxParameters [API]
UNEMULATED = {
    "repositoryCredentials": "private registries other than ECR (repositoryCredentials)",
    "environmentFiles": "environment files in S3 (environmentFiles)",
    "links": "links between containers",
    "dnsServers": "DNS servers of a container's own",
    "dnsSearchDomains": "DNS search domains of a container's own",
    "disableNetworking": "containers without a network (disableNetworking)",
    "dockerSecurityOptions": "Docker security options",
    "firelensConfiguration": "FireLens",
    "credentialSpecs": "credential specs (Active Directory)",
}


def check_container(
    container: Mapping[str, Any],
    *,
    awsvpc: bool,
    fargate: bool,
    task_memory: int | None,
    role: str | None,
    volumes: Iterable[str],
) -> None:
    """Raise EcsClientException or NotEmulated for the first thing that cannot be."""
    name = container.get("name")
    if not name:
        raise EcsClientException("Container.name should not be null or empty.")
    if not NAME.fullmatch(name):
        raise EcsClientException(f"Invalid container name '{name}'.")
    if not container.get("image"):
        raise EcsClientException("Container.image should not be null or empty.")
    _check_size(name, container, fargate, task_memory)
    _check_ports(name, container, awsvpc)
    _check_network(container, awsvpc)
    _check_timeouts(name, container, fargate)
    _check_health(name, container)
    _check_restarts(name, container)
    _check_secrets(container, role)
    _check_mounts(name, container, frozenset(volumes))
    _check_linux(name, container, fargate)
    _check_logs(container, fargate, role)
    for member, what in UNEMULATED.items():
        if container.get(member):
            raise NotEmulated(what)


def _within(name: str, setting: str, value: int | None, least: int, most: int) -> None:
    if value is not None and not least <= value <= most:
        raise EcsClientException(
            f"Invalid '{setting}' setting for container '{name}'. It must be between {least} and {most}."
        )


def _check_size(name: str, container: Mapping[str, Any], fargate: bool, task_memory: int | None) -> None:
    for setting, least in LEAST.items():
        value = container.get(setting)
        if value is not None and value < least:
            raise EcsClientException(
                f"Invalid '{setting}' setting for container '{name}'. It must be at least {least}."
            )
    hard, soft = container.get("memory"), container.get("memoryReservation")
    if hard is None and soft is None and task_memory is None and not fargate:
        raise EcsClientException(
            f"Invalid setting for container '{name}'. At least one of 'memory' or 'memoryReservation' must be specified."
        )
    if hard is not None and soft is not None and soft > hard:
        raise EcsClientException(
            f"Invalid setting for container '{name}'. The 'memory' must be greater than or equal to 'memoryReservation'."
        )
    if task_memory is not None and max(hard or 0, soft or 0) > task_memory:
        raise EcsClientException(
            f"Invalid setting for container '{name}'. The container 'memory' cannot be greater than the task 'memory'."
        )
    for requirement in container.get("resourceRequirements") or ():
        if fargate:
            raise EcsClientException(
                "Tasks using the Fargate launch type do not support GPU resource requirements."
            )
        raise NotEmulated(f"resource requirements of type {requirement.get('type')}")


def _check_ports(name: str, container: Mapping[str, Any], awsvpc: bool) -> None:
    for mapping in container.get("portMappings") or ():
        port, host = mapping.get("containerPort"), mapping.get("hostPort")
        if "containerPortRange" in mapping:
            raise NotEmulated("ranges of container ports")
        if port is None or not 1 <= port <= 65535:
            raise EcsClientException(f"Invalid 'containerPort' setting for container '{name}'.")
        if mapping.get("protocol") not in (None, "tcp", "udp"):
            raise EcsClientException(f"Invalid protocol '{mapping['protocol']}' for container '{name}'.")
        if awsvpc and host not in (None, 0, port):
            raise EcsClientException(
                "When networkMode=awsvpc, the host ports and container ports in port mappings must match."
            )


def _check_network(container: Mapping[str, Any], awsvpc: bool) -> None:
    for member, text in (
        ("links", "Links"),
        ("hostname", "Hostname"),
        ("extraHosts", "Extra hosts"),
    ):
        if awsvpc and container.get(member):
            verb = "is" if member == "hostname" else "are"
            raise EcsClientException(f"{text} {verb} not supported when networkMode=awsvpc.")


def _check_timeouts(name: str, container: Mapping[str, Any], fargate: bool) -> None:
    for setting in ("startTimeout", "stopTimeout"):
        value = container.get(setting)
        if fargate:
            _within(name, setting, value, *FARGATE_TIMEOUTS)
        elif value is not None and value < 0:
            raise EcsClientException(
                f"Invalid '{setting}' setting for container '{name}'. It must be at least 0."
            )


def _check_health(name: str, container: Mapping[str, Any]) -> None:
    check = container.get("healthCheck")
    if check is None:
        return
    kind, *words = check.get("command") or [""]
    if kind not in ("CMD", "CMD-SHELL", "NONE") or (kind != "NONE" and not words):
        raise EcsClientException(
            f"Invalid health check command for container '{name}'. It must start with CMD or CMD-SHELL, followed by "
            "what to run."
        )
    for setting, (least, most) in HEALTH_CHECK_RANGES.items():
        _within(name, f"healthCheck.{setting}", check.get(setting), least, most)


def _check_restarts(name: str, container: Mapping[str, Any]) -> None:
    policy = container.get("restartPolicy") or {}
    _within(name, "restartPolicy.restartAttemptPeriod", policy.get("restartAttemptPeriod"), *RESTART_PERIODS)
    if len(policy.get("ignoredExitCodes") or ()) > MOST_IGNORED_CODES:
        raise EcsClientException(
            f"Invalid 'restartPolicy.ignoredExitCodes' setting for container '{name}'. At most {MOST_IGNORED_CODES} "
            "exit codes can be ignored."
        )


def _check_secrets(container: Mapping[str, Any], role: str | None) -> None:
    secrets = container.get("secrets") or ()
    if secrets and not role:
        raise EcsClientException(
            "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
        )
    names = {pair.get("name") for pair in container.get("environment") or ()}
    for secret in secrets:
        variable, value = secret.get("name"), secret.get("valueFrom") or ""
        if not variable or not value:
            raise EcsClientException("The secret name and valueFrom should not be null or empty.")
        if variable in names:
            raise EcsClientException(
                "The secret name must be unique and not shared with any new or existing environment variables set "
                f"on the container, such as '{variable}'."
            )
        names.add(variable)
        if not (SECRET_ARN if value.startswith("arn:") else PARAMETER_NAME).fullmatch(value):
            raise EcsClientException(
                f"The Systems Manager parameter name specified for secret {variable} is invalid. The parameter name "
                "can be up to 2048 characters and include the following letters and symbols: a-zA-Z0-9_.-,"
            )


def _check_mounts(name: str, container: Mapping[str, Any], volumes: frozenset[str]) -> None:
    for point in container.get("mountPoints") or ():
        if point.get("sourceVolume") not in volumes:
            raise EcsClientException(f"Unknown volume '{point.get('sourceVolume')}'.")
        if not str(point.get("containerPath") or "").startswith("/"):
            raise EcsClientException(f"Invalid 'containerPath' setting for container '{name}'.")


def _check_linux(name: str, container: Mapping[str, Any], fargate: bool) -> None:
    linux = container.get("linuxParameters") or {}
    for ulimit in container.get("ulimits") or ():
        limit, soft, hard = ulimit.get("name"), ulimit.get("softLimit"), ulimit.get("hardLimit")
        if limit not in ULIMITS or soft is None or hard is None or soft > hard:
            raise EcsClientException(f"Invalid ulimit '{limit}' for container '{name}'.")
        if fargate and limit != "nofile":
            raise EcsClientException(f"Fargate compatible task definitions do not support ulimit {limit}")
    if fargate and container.get("privileged"):
        raise EcsClientException("Tasks using the Fargate launch type do not support privileged containers.")
    for member in NOT_ON_FARGATE:
        if fargate and linux.get(member) is not None:
            raise EcsClientException(f"Fargate compatible task definitions do not support {member}")
    added = (linux.get("capabilities") or {}).get("add") or ()
    if fargate and any(capability != "SYS_PTRACE" for capability in added):
        raise EcsClientException(
            "Fargate compatible task definitions do not support adding capabilities other than SYS_PTRACE"
        )
    for member in ("devices", "maxSwap", "swappiness"):
        if linux.get(member):
            raise NotEmulated(f"linuxParameters.{member}")
    for tmpfs in linux.get("tmpfs") or ():
        if not str(tmpfs.get("containerPath") or "").startswith("/") or (tmpfs.get("size") or 0) < 1:
            raise EcsClientException(f"Invalid 'tmpfs' setting for container '{name}'.")


def _check_logs(container: Mapping[str, Any], fargate: bool, role: str | None) -> None:
    logs = container.get("logConfiguration")
    if not logs:
        return
    driver, options = logs.get("logDriver"), logs.get("options") or {}
    if driver not in LOG_DRIVERS:
        raise EcsClientException(f"Invalid log driver '{driver}'.")
    if fargate and driver not in FARGATE_LOG_DRIVERS:
        raise EcsClientException(f"Fargate compatible task definitions do not support log driver {driver}")
    if driver not in EMULATED_LOG_DRIVERS:
        raise NotEmulated(f"the log driver {driver}")
    if driver != "awslogs":
        return
    if fargate and not role:
        raise EcsClientException(
            "Fargate requires task definition to have execution role ARN to support log driver awslogs."
        )
    needed = ["awslogs-region", "awslogs-group", *(["awslogs-stream-prefix"] if fargate else [])]
    if missing := [option for option in needed if not options.get(option)]:
        raise EcsClientException(f"Log driver awslogs requires options: {', '.join(missing)}")
    for option in ("awslogs-datetime-format", "awslogs-multiline-pattern"):
        if options.get(option):
            raise NotEmulated(f"log events of several lines ({option})")
    if logs.get("secretOptions"):
        raise NotEmulated("secret options of a log driver")
