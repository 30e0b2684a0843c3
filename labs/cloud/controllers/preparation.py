"""What ECS itself does for a task before its containers start, under the task's execution role.

Registry authentication, secrets and log streams: each needs the role's permission and, on Fargate, a network path
from the task's own interface. The texts are those of Fargate's agent [DG stopped-task-error-codes,
resource-initialization-error, task_cannot_pull_image; the parts after the colons as it quotes its SDK].
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from moto.core.exceptions import JsonRESTError
from moto.secretsmanager.models import secretsmanager_backends

from labs.cloud.aws import ssm
from labs.cloud.aws.ec2 import snapshot
from labs.cloud.aws.ecs.model import Container, Task
from labs.cloud.network_paths import Place
from labs.cloud.registry.images import ECR_HOST, LOOPBACK_HOST, ImageNotFound, Reference
from labs.cloud.runtime import Runtime
from labs.cloud.task_words import (
    AUTH,
    CHECK_NETWORK,
    FAILED,
    auth_unreachable,
    cannot_pull,
    layers_unreachable,
    logs_unreachable,
    manifest_unreachable,
    secret_unreachable,
)

RETRIED = "service call has been retried 1 time(s): "


class Unprepared(Exception):
    """The task cannot start; the text is its stoppedReason. `container` names the one whose image is the cause."""

    def __init__(self, reason: str, container: Container | None = None):
        super().__init__(reason)
        self.container = container


@dataclass(frozen=True)
class SecretReference:
    """A secret's valueFrom, taken apart [DG secrets-envvar-secrets-manager, secrets-envvar-ssm-paramstore]."""

    service: str  # secretsmanager or ssm
    region: str
    arn: str
    name: str  # as the service's API takes it
    json_key: str | None = None
    stage: str | None = None
    version: str | None = None

    @classmethod
    def parse(cls, value: str, region: str, account_id: str) -> SecretReference:
        """`valueFrom`: a secret's ARN with up to three selectors, a parameter's ARN, or a parameter's name."""
        parts = value.split(":")
        if value.startswith("arn:") and len(parts) >= 7 and parts[2] == "secretsmanager":
            key, stage, version = (*(part or None for part in parts[7:10]), None, None, None)[:3]
            arn = ":".join(parts[:7])
            return cls("secretsmanager", parts[3], arn, arn, key, stage, version)
        if value.startswith("arn:"):
            name = value.partition(":parameter")[2]
            return cls("ssm", parts[3] if len(parts) > 3 else region, value, name)
        arn = f"arn:aws:ssm:{region}:{account_id}:parameter/{value.removeprefix('/')}"
        return cls("ssm", region, arn, value)


class Preparation:
    """One task's. Every caller holds the cloud's lock. Raises Unprepared."""

    def __init__(self, runtime: Runtime, task: Task):
        self._runtime = runtime
        self._task = task
        self._account = runtime.account_id

    def check_role(self) -> None:
        """The execution role, when there is one, lets ECS assume it."""
        for role in filter(None, (self._task.execution_role_arn, self._task.task_role_arn)):
            if not self._runtime.authorizer.trusts(role, "ecs-tasks.amazonaws.com"):
                raise Unprepared(
                    f"ECS was unable to assume the role '{role}' that was provided for this task. Please verify "
                    "that the role being passed has the proper trust relationship and permissions and that your "
                    "IAM user has permissions to pass this role."
                )

    def check_images(self) -> None:
        """ECR lets the execution role authenticate and pull, over the task's network."""
        ours = [(container, found) for container in self._task.containers if (found := self._ecr(container))]
        if not ours:
            return
        region = ours[0][1][0]
        self._reach("ecr.api", region, auth_unreachable(region))
        self._allow(
            "ecr:GetAuthorizationToken", "*", f"{FAILED}unable to retrieve ecr registry auth: {RETRIED}"
        )
        for container, (region, reference) in ours:
            self._check_image(container, region, reference)

    def _check_image(self, container: Container, region: str, reference: Reference) -> None:
        host, name = reference.host, reference.repository
        url = f"https://{host}/v2/{name}/manifests/{reference.digest or reference.tag}"
        self._reach("ecr.dkr", region, manifest_unreachable(reference.full, url), container)
        self._reach("s3", region, layers_unreachable(region), container)
        arn = f"arn:aws:ecr:{region}:{self._account}:repository/{name}"
        if self._denial("ecr:BatchGetImage", arn):
            raise Unprepared(
                cannot_pull(
                    f"pull image manifest has been retried 1 time(s): failed to resolve ref {reference.full}: pulling "
                    f"from host {host} failed with status code [manifests {reference.digest or reference.tag}]: "
                    "403 Forbidden"
                ),
                container,
            )
        if self._denial("ecr:GetDownloadUrlForLayer", arn):
            raise Unprepared(
                cannot_pull(
                    "ref pull has been retried 1 time(s): failed to copy: httpReadSeeker: failed open: unexpected "
                    f"status code https://{host}/v2/{name}/blobs/: 403 Forbidden"
                ),
                container,
            )

    def secrets(self, container: Container) -> dict[str, str]:
        """The values of the container's secrets, by variable."""
        wanted = {
            secret["name"]: SecretReference.parse(secret["valueFrom"], self._task.region, self._account)
            for secret in container.definition.get("secrets") or ()
        }
        return {
            name: self._secret(reference) if reference.service == "secretsmanager" else self._parameter(reference)
            for name, reference in wanted.items()
        }  # fmt: skip

    def check_logs(self, options: Mapping[str, str], stream: str) -> None:
        """CloudWatch Logs lets the execution role write there, over the task's network."""
        region, group = options.get("awslogs-region") or self._task.region, options["awslogs-group"]
        failed = "ResourceInitializationError: failed to validate logger args: "
        self._reach("logs", region, logs_unreachable())
        arn = f"arn:aws:logs:{region}:{self._account}:log-group:{group}"
        if options.get("awslogs-create-group") == "true":
            self._allow("logs:CreateLogGroup", arn, f"{failed}create log group: failed to create Cloudwatch log "
                        "group: ", " : exit status 1")  # fmt: skip
        for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
            self._allow(action, f"{arn}:log-stream:{stream}", f"{failed}create stream has been retried 1 times: failed "
                        "to create Cloudwatch log stream: ", " : exit status 1")  # fmt: skip

    # Secrets

    def _secret(self, wanted: SecretReference) -> str:
        failed = f"{FAILED}unable to retrieve secret from asm: "
        fetch = f"failed to fetch secret {wanted.arn} from secrets manager: "
        self._reach("secretsmanager", wanted.region, secret_unreachable(wanted.arn))
        backend = secretsmanager_backends[self._account][wanted.region]
        known = backend.secrets.get(wanted.name)
        arn = known.arn if known is not None else wanted.arn
        self._allow("secretsmanager:GetSecretValue", arn, f"{failed}{RETRIED}{fetch}")
        try:
            found = backend.get_secret_value(wanted.name, wanted.version, wanted.stage)
        except Exception as error:
            raise Unprepared(f"{failed}{RETRIED}{fetch}{_quoted(error)}") from error
        binary = found.get("SecretBinary")
        text = str(found["SecretString"]) if binary is None else bytes(binary).decode(errors="replace")
        return text if wanted.json_key is None else _member(text, wanted.json_key, f"{failed}{RETRIED}")

    def _parameter(self, wanted: SecretReference) -> str:
        failed = f"{FAILED}unable to retrieve secrets from ssm: "
        self._reach("ssm", wanted.region, f"{AUTH}unable to retrieve secrets from ssm: The task cannot pull secrets "
                    "from AWS Systems Manager. There is a connection issue between the task and AWS Systems Manager "
                    f"Parameter Store. {CHECK_NETWORK} operation error SSM: GetParameters, https response error "
                    "StatusCode: 0, RequestID: , canceled, context deadline exceeded")  # fmt: skip
        self._allow("ssm:GetParameters", wanted.arn, f"{failed}{RETRIED}")
        backend = ssm.backends()[self._account][wanted.region]
        for name in (wanted.name, wanted.name.removeprefix("/")):
            found = backend.get_parameters([name]).get(name)
            if found is not None:
                return str(found.response_object(decrypt=True, region=wanted.region)["Value"])
        raise Unprepared(f"{failed}{RETRIED}invalid parameters: {wanted.name}")

    # Permissions and network

    def _denial(self, action: str, resource: str) -> str | None:
        role = self._task.execution_role_arn
        if not role:
            return (
                "no execution role" if self._task.on_fargate else None
            )  # the instance's own role pulls then
        session = f"arn:aws:sts::{self._account}:assumed-role/{role.rpartition('/')[2]}/{self._task.id}"
        return self._runtime.authorizer.denial(session, action, resource)

    def _allow(self, action: str, resource: str, failed: str, end: str = "") -> None:
        denied = self._denial(action, resource)
        if denied:
            raise Unprepared(f"{failed}AccessDeniedException: {denied}{end}")

    def _reach(self, service: str, region: str, failed: str, container: Container | None = None) -> None:
        """On Fargate the task's own interface must lead to the service; an instance has ways of its own."""
        task = self._task
        if not task.on_fargate or not task.subnet_id:
            return
        public = task.network.get("assignPublicIp") == "ENABLED"
        interface = Place(task.subnet_id, tuple(task.network.get("securityGroups") or ()))
        network = snapshot.read(self._account, task.region)
        if network.way_out(interface, public, service) is not None:
            raise Unprepared(failed, container)

    def _ecr(self, container: Container) -> tuple[str, Reference] | None:
        """Region and reference of a container's image, when it is in this account's registry."""
        try:
            reference = Reference.parse(container.definition["image"])
        except ImageNotFound:
            return None  # the engine says so
        match = ECR_HOST.fullmatch(reference.host)
        if match and match["account"] == self._account:
            return match["region"], reference
        here = LOOPBACK_HOST.fullmatch(reference.host)
        return (self._task.region, reference) if here and int(here["port"]) == self._runtime.port else None


def _member(text: str, key: str, failed: str) -> str:
    try:
        members = json.loads(text)
    except ValueError:
        members = None
    if not isinstance(members, dict):
        raise Unprepared(f"{failed}failed to unmarshal the secret's value: it is no JSON object")
    if key not in members:
        raise Unprepared(f"{failed}retrieved secret from Secrets Manager did not contain json key {key}")
    value = members[key]
    return value if isinstance(value, str) else json.dumps(value)


def _quoted(error: Exception) -> str:
    """What a service answered, as its SDK writes it."""
    if isinstance(error, JsonRESTError):
        return f"{error.error_type}: {error.message}"
    return "ResourceNotFoundException: Secrets Manager can't find the specified secret value."
