"""What a call asks permission for: actions, resources and condition keys, from its parameters.

After the Service Authorization Reference. An operation of which no resource is known here is judged on "*".
A call may need several permissions: creating with tags, passing a role. Accounts are taken to have their
service-linked roles already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from labs.cloud.authorization.arns import CONTEXTS, RESOURCES, Lookup, Parameters, Place, unknown
from labs.cloud.authorization.conditions import Context

ECS_TASKS = "ecs-tasks.amazonaws.com"


@dataclass(frozen=True)
class Question:
    """May the caller do `action` on `resource`?"""

    action: str
    resource: str = "*"
    context: Context = field(default_factory=dict)


def questions(
    service: str, operation: str, parameters: Parameters, region: str, account: str, lookup: Lookup
) -> list[Question]:
    """What must all be allowed for this call. `service` is the service model's name."""
    prefix = PREFIXES.get(service, service)
    place = Place(prefix, region, account, lookup)
    resources = list(dict.fromkeys(RESOURCES.get(service, unknown)(operation, parameters, place))) or ["*"]
    tags = dict(_tags(parameters))
    context: dict[str, tuple[str, ...]] = {f"aws:RequestTag/{key}": (value,) for key, value in tags.items()}
    keys = [*tags, *(parameters.get("tagKeys") or parameters.get("TagKeys") or [])]
    if keys:
        context["aws:TagKeys"] = tuple(str(key) for key in keys)
    context |= CONTEXTS.get(service, lambda *_: {})(operation, parameters, place)
    if operation == "TransactWriteItems":
        return list(_transaction(parameters, place, context))
    action = f"{prefix}:{NAMES.get((service, operation), operation)}"
    if (
        operation == "BatchGetSecretValue"
    ):  # AWS leaves out what may not be read; here the whole call is refused
        read = [Question("secretsmanager:GetSecretValue", secret, context) for secret in resources]
        return [Question(action, "*", context), *read]
    asked = [Question(action, resource, context) for resource in resources]
    if tags and service in TAGGING and operation.startswith(("Create", "Run", "Register", "Start")):
        created = context | {f"{prefix}:CreateAction": (operation,)}
        asked += [Question(f"{prefix}:{TAGGING[service]}", what, created) for what in resources]
    if service == "s3" and (copied := parameters.get("CopySource")):
        asked.append(Question("s3:GetObject", f"arn:aws:s3:::{unquote(str(copied)).lstrip('/')}", context))
    for role, passed_to in _passed(service, operation, parameters, place):
        named = place.lookup.iam_arn("role", role) or f"arn:aws:iam::{account}:role/{role}"
        arn = role if role.startswith("arn:") else named
        asked.append(Question("iam:PassRole", arn, {"iam:PassedToService": (passed_to,)}))
    return asked


def _transaction(p: Parameters, place: Place, context: Context) -> Iterator[Question]:
    """DynamoDB's transactions ask for what they are made of: Put is PutItem, ConditionCheck is ConditionCheckItem."""
    for item in p.get("TransactItems") or [{}]:
        for kind, what in (item or {"*": {}}).items():
            name = "*" if kind == "*" else f"{kind}Item"
            yield Question(f"dynamodb:{name}", place.arn("table", what.get("TableName", "*")), context)


def _tags(parameters: Parameters) -> Iterator[tuple[str, str]]:
    """The tags that a call brings, in whichever of AWS's spellings."""
    tags = parameters.get("tags") or parameters.get("Tags") or ()
    if isinstance(tags, Mapping):
        yield from ((str(key), str(value)) for key, value in tags.items())
        return
    for tag in tags:
        if isinstance(tag, Mapping):
            key = tag.get("key", tag.get("Key"))
            if key is not None:
                yield str(key), str(tag.get("value", tag.get("Value", "")))


def _passed(service: str, operation: str, p: Parameters, place: Place) -> Iterator[tuple[str, str]]:
    """The roles that the call hands to an AWS service, with the service."""
    overrides = p.get("overrides") or {}
    match service, operation:
        case "ecs", "RegisterTaskDefinition":
            yield from ((p[name], ECS_TASKS) for name in ("taskRoleArn", "executionRoleArn") if p.get(name))
        case "ecs", "RunTask" | "StartTask":
            named = [overrides[name] for name in ("taskRoleArn", "executionRoleArn") if overrides.get(name)]
            roles = place.lookup.task_roles(place.region, str(p.get("taskDefinition", "")))
            yield from ((role, ECS_TASKS) for role in dict.fromkeys([*named, *roles]))
        case "ecs", "CreateService" if p.get("role"):
            yield p["role"], "ecs.amazonaws.com"
        case "eks", "CreateCluster" if p.get("roleArn"):
            yield p["roleArn"], "eks.amazonaws.com"
        case "eks", "CreateNodegroup" if p.get("nodeRole"):
            yield p["nodeRole"], "ec2.amazonaws.com"
        case "eks", "CreateFargateProfile" if p.get("podExecutionRoleArn"):
            yield p["podExecutionRoleArn"], "eks-fargate-pods.amazonaws.com"
        case "eks", "CreateAddon" | "UpdateAddon":
            if p.get("serviceAccountRoleArn"):
                yield p["serviceAccountRoleArn"], "eks.amazonaws.com"
            pods = [each for each in p.get("podIdentityAssociations") or [] if isinstance(each, Mapping)]
            yield from ((each["roleArn"], "pods.eks.amazonaws.com") for each in pods if each.get("roleArn"))
        case "eks", "CreatePodIdentityAssociation" | "UpdatePodIdentityAssociation" if p.get("roleArn"):
            yield p["roleArn"], "pods.eks.amazonaws.com"
        case "events", "PutTargets":
            targets = [target for target in p.get("Targets") or [] if isinstance(target, Mapping)]
            yield from ((t["RoleArn"], "events.amazonaws.com") for t in targets if t.get("RoleArn"))
        case "application-autoscaling", "RegisterScalableTarget" if p.get("RoleARN"):
            yield p["RoleARN"], "application-autoscaling.amazonaws.com"
        case "iam", "AddRoleToInstanceProfile" if p.get("RoleName"):
            yield p["RoleName"], "ec2.amazonaws.com"
        case (("ec2" | "autoscaling"), _) if operation in LAUNCHING:
            roles = [role for one in _profiles(p, place) for role in place.lookup.profile_roles(one)]
            yield from ((role, "ec2.amazonaws.com") for role in dict.fromkeys(roles))
        case "scheduler", "CreateSchedule" | "UpdateSchedule":
            target = p.get("Target")
            if isinstance(target, Mapping) and target.get("RoleArn"):
                yield str(target["RoleArn"]), "scheduler.amazonaws.com"
        case "logs", "PutSubscriptionFilter" if p.get("roleArn"):
            yield p["roleArn"], "logs.amazonaws.com"
        case "cloudformation", _ if p.get("RoleARN"):
            yield p["RoleARN"], "cloudformation.amazonaws.com"


def _profiles(given: Any, place: Place) -> Iterator[str]:
    """The instance profiles, by name or ARN, in a call that launches: its own, its templates' and configuration's."""
    if isinstance(given, list):
        for item in given:
            yield from _profiles(item, place)
    if not isinstance(given, Mapping):
        return
    for key, value in given.items():
        if key == "IamInstanceProfile":
            yield str((value.get("Arn") or value.get("Name") or "") if isinstance(value, Mapping) else value)
        elif key == "LaunchConfigurationName":
            yield from place.lookup.configuration_profile(place.region, str(value))
        else:
            if isinstance(value, Mapping) and ("LaunchTemplateId" in value or "LaunchTemplateName" in value):
                yield from _profiles(place.lookup.launch_template(place.region, value), place)
            yield from _profiles(value, place)


LAUNCHING = frozenset(
    (
        "RunInstances",
        "AssociateIamInstanceProfile",
        "ReplaceIamInstanceProfileAssociation",
        "CreateFleet",
        "RequestSpotInstances",
        "RequestSpotFleet",
        "CreateLaunchConfiguration",
        "CreateAutoScalingGroup",
        "UpdateAutoScalingGroup",
    )
)
PREFIXES = {
    "elbv2": "elasticloadbalancing",
    "elb": "elasticloadbalancing",
    "resourcegroupstaggingapi": "tag",
    "stepfunctions": "states",
}
TAGGING = {  # permission for tags given at creation
    "ecs": "TagResource",
    "ecr": "TagResource",
    "eks": "TagResource",
    "logs": "TagResource",
    "elbv2": "AddTags",
}
NAMES = {  # operations whose action is called otherwise
    ("s3", "ListObjects"): "ListBucket",
    ("s3", "ListObjectsV2"): "ListBucket",
    ("s3", "HeadBucket"): "ListBucket",
    ("s3", "HeadObject"): "GetObject",
    ("s3", "CopyObject"): "PutObject",
    ("s3", "CreateMultipartUpload"): "PutObject",
    ("s3", "UploadPart"): "PutObject",
    ("s3", "UploadPartCopy"): "PutObject",
    ("s3", "CompleteMultipartUpload"): "PutObject",
    ("s3", "ListParts"): "ListMultipartUploadParts",
    ("s3", "ListMultipartUploads"): "ListBucketMultipartUploads",
    ("s3", "ListObjectVersions"): "ListBucketVersions",
    ("s3", "DeleteObjects"): "DeleteObject",
    ("s3", "ListBuckets"): "ListAllMyBuckets",
    ("s3", "GetBucketEncryption"): "GetEncryptionConfiguration",
    ("s3", "PutBucketEncryption"): "PutEncryptionConfiguration",
    ("s3", "DeleteBucketEncryption"): "PutEncryptionConfiguration",
    ("s3", "GetBucketLifecycleConfiguration"): "GetLifecycleConfiguration",
    ("s3", "PutBucketLifecycleConfiguration"): "PutLifecycleConfiguration",
    ("s3", "DeleteBucketLifecycle"): "PutLifecycleConfiguration",
    ("s3", "GetPublicAccessBlock"): "GetBucketPublicAccessBlock",
    ("s3", "PutPublicAccessBlock"): "PutBucketPublicAccessBlock",
    ("s3", "DeletePublicAccessBlock"): "PutBucketPublicAccessBlock",
    ("s3", "GetBucketNotificationConfiguration"): "GetBucketNotification",
    ("s3", "PutBucketNotificationConfiguration"): "PutBucketNotification",
    ("s3", "GetBucketCors"): "GetBucketCORS",
    ("s3", "PutBucketCors"): "PutBucketCORS",
    ("s3", "DeleteBucketTagging"): "PutBucketTagging",
    ("s3", "DeleteBucketCors"): "PutBucketCORS",
    ("dynamodb", "TransactGetItems"): "GetItem",
}
