"""What resources say of themselves: their policies, tags and names. Callers hold the cloud's lock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def policy_of(account_id: str, resource: str) -> str | None:
    """The JSON policy of the resource with that ARN; None when it has none or does not exist."""
    parts = resource.split(":", 5)
    if len(parts) < 6:
        return None
    _, _, service, region, _, name = parts
    match service:
        case "ecr":
            return _repository(account_id, region, name.removeprefix("repository/"))
        case "s3":
            return _bucket(account_id, name.partition("/")[0])
        case "secretsmanager":
            return _secret(account_id, region, resource)
    return None


def _backend(backends: Any, account_id: str, region: str) -> Any | None:
    """The Region's backend; None before its first use: nothing is there yet, and nothing is made by asking."""
    account = backends.get(account_id)
    return account.get(region) if account is not None else None


def _repository(account_id: str, region: str, name: str) -> str | None:
    from moto.ecr.models import ecr_backends

    backend = _backend(ecr_backends, account_id, region)
    repository = backend.repositories.get(name) if backend else None
    return repository.policy if repository else None


def _bucket(account_id: str, name: str) -> str | None:
    from moto.s3.models import s3_backends

    bucket = s3_backends[account_id]["aws"].buckets.get(name)
    return bucket.policy.decode() if bucket and bucket.policy else None


def _secret(account_id: str, region: str, arn: str) -> str | None:
    from moto.secretsmanager.models import secretsmanager_backends

    backend = _backend(secretsmanager_backends, account_id, region)
    secrets = backend.secrets.values() if backend else ()
    return next((secret.policy for secret in secrets if getattr(secret, "arn", None) == arn), None)


def tags_of(account_id: str, resource: str) -> dict[str, str]:
    """The tags of what exists in ECS, ECR and Elastic Load Balancing, and of EKS clusters."""
    from moto.ecr.models import ecr_backends
    from moto.ecs.models import ecs_backends
    from moto.eks.models import eks_backends
    from moto.elbv2.models import elbv2_backends

    _, _, service, region, *_ = [*resource.split(":"), "", "", "", ""]
    if service == "ecr" and (backend := _backend(ecr_backends, account_id, region)):
        repository = backend.repositories.get(resource.rpartition("repository/")[2])
        tags = backend.tagger.list_tags_for_resource(repository.arn)["tags"] if repository else []
    elif service == "ecs" and (backend := _backend(ecs_backends, account_id, region)):
        try:
            tags = backend.list_tags_for_resource(resource)
        except Exception:  # it does not exist, or is of a kind without tags
            tags = []
    elif service == "elasticloadbalancing" and (backend := _backend(elbv2_backends, account_id, region)):
        tags = backend.tagging_service.list_tags_for_resource(resource)["Tags"]
    elif service == "eks" and (backend := _backend(eks_backends, account_id, region)):
        cluster = backend.clusters.get(resource.rpartition("cluster/")[2])
        return {str(key): str(value) for key, value in ((cluster and cluster.tags) or {}).items()}
    else:
        tags = []
    return {str(t.get("key", t.get("Key"))): str(t.get("value", t.get("Value", ""))) for t in tags or []}


class Names:
    """What names in a call stand for; see arns.Lookup."""

    def __init__(self, account_id: str):
        self._account_id = account_id

    def task_roles(self, region: str, definition: str) -> list[str]:
        """The roles that a registered task definition names."""
        found = self._definition(region, definition)
        roles = (getattr(found, name, None) for name in ("task_role_arn", "execution_role_arn"))
        return [role for role in roles if role]

    def definition_arn(self, region: str, definition: str) -> str | None:
        """The ARN of a registered task definition; the latest, where no revision is named."""
        found = self._definition(region, definition)
        return str(found.arn) if found else None

    def _definition(self, region: str, definition: str) -> Any | None:
        from moto.ecs.models import ecs_backends

        backend = _backend(ecs_backends, self._account_id, region)
        try:
            return backend.describe_task_definition(definition) if backend else None
        except Exception:  # there is none of that name: the operation will say so
            return None

    def secret_arn(self, region: str, name: str) -> str | None:
        """The ARN of an existing secret."""
        from moto.secretsmanager.models import secretsmanager_backends

        backend = _backend(secretsmanager_backends, self._account_id, region)
        secret = backend.secrets.get(name) if backend else None
        return secret.arn if secret else None

    def secret_arns(self, region: str) -> list[str]:
        """Every secret's."""
        from moto.secretsmanager.models import secretsmanager_backends

        backend = _backend(secretsmanager_backends, self._account_id, region)
        return [secret.arn for secret in backend.secrets.values()] if backend else []

    def iam_arn(self, kind: str, name: str) -> str | None:
        """The ARN, with its path, of an existing user, group, role or instance-profile."""
        from moto.iam.models import iam_backends

        iam = iam_backends[self._account_id]["aws"]
        known: Any = {
            "user": iam.users,
            "group": iam.groups,
            "role": iam.roles,
            "instance-profile": iam.instance_profiles,
        }[kind]
        return next((str(each.arn) for each in known.values() if each.name == name), None)

    def profile_roles(self, profile: str) -> list[str]:
        """The roles in an instance profile, which is given by its name or ARN."""
        from moto.iam.models import iam_backends

        known = iam_backends[self._account_id]["aws"].instance_profiles.values()
        found = next((each for each in known if profile in (each.name, each.arn)), None)
        return [str(role.arn) for role in found.roles] if found else []

    def launch_template(self, region: str, named: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the version of a launch template says that a call names; nothing for an unknown one."""
        from moto.ec2.models import ec2_backends

        ec2 = _backend(ec2_backends, self._account_id, region)
        if ec2 is None:
            return {}
        known = str(named.get("LaunchTemplateId") or "")
        known = known or ec2.launch_template_name_to_ids.get(str(named.get("LaunchTemplateName")), "")
        template = ec2.launch_templates.get(known)
        try:
            data = template.get_version(named.get("Version") or "$Default").data if template else {}
        except Exception:  # there is no such version: the operation will say so
            return {}
        return dict(data)

    def configuration_profile(self, region: str, name: str) -> list[str]:
        """The instance profile in an existing launch configuration, if it has one."""
        from moto.autoscaling.models import autoscaling_backends

        backend = _backend(autoscaling_backends, self._account_id, region)
        found = backend.launch_configurations.get(name) if backend else None
        return [str(found.iam_instance_profile)] if found and found.iam_instance_profile else []

    def change_set_stack(self, region: str, arn: str) -> str | None:
        """The ARN of the stack that an existing change set is of."""
        from labs.cloud.cloudformation.backend import stack_backends

        backend = _backend(stack_backends, self._account_id, region)
        stacks = backend.stacks.values() if backend else ()
        return next((stack.id for stack in stacks if arn in stack.change_sets), None)
