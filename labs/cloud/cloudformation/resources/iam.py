"""AWS::IAM::*: who may do what."""

# ruff: noqa: D102  what a type overrides is documented once: base.Declared, schema.Kind

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labs.cloud.cloudformation.resource import Context
from labs.cloud.cloudformation.resources.base import Change, Declared, Properties, tag_list
from labs.cloud.cloudformation.resources.schema import (
    BOOLEAN,
    INTEGER,
    JSON,
    STRING,
    TAGS,
    ListOf,
    Structure,
    direct,
    own,
)

INLINE = ListOf(own(required=("PolicyName", "PolicyDocument"), PolicyName=STRING, PolicyDocument=JSON))
NAMES = ListOf(STRING)
POLICY_VERSIONS = 5  # of a managed policy at most [IAM quotas]


class _Iam(Declared):
    service = "iam"
    gone = frozenset({"NoSuchEntity", "NoSuchEntityException"})


class _Identity(_Iam):
    """A role or a user: both hold policies in the same way. Ref: the name."""

    kind: str  # "role" or "user", as in the operations' names

    def call(self, context: Context, operation: str, name: str, **parameters: Any) -> Any:
        """`operation` with the kind in its place: "put_{}_policy"."""
        key = f"{self.kind.capitalize()}Name"
        return getattr(self.client(context), operation.format(self.kind))(**{key: name}, **parameters)

    def finish(self, context: Context, physical_id: str, p: Properties) -> None:
        self.hold(context, physical_id, Change({}, p))

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        found = self.call(context, "get_{}", physical_id)[self.kind.capitalize()]
        return {"Arn": found["Arn"], **({"RoleId": found["RoleId"]} if self.kind == "role" else {})}

    def hold(self, context: Context, name: str, change: Change) -> None:
        """Give and take away policies."""
        old = {policy["PolicyName"]: policy["PolicyDocument"] for policy in change.old.get("Policies", [])}
        new = {policy["PolicyName"]: policy["PolicyDocument"] for policy in change.new.get("Policies", [])}
        for policy, document in new.items():
            if old.get(policy) != document:
                text = JSON.to_api(document)
                self.call(context, "put_{}_policy", name, PolicyName=policy, PolicyDocument=text)
        for policy in old.keys() - new.keys():
            with self.may_be_gone():
                self.call(context, "delete_{}_policy", name, PolicyName=policy)
        before, after = (p.get("ManagedPolicyArns", []) for p in (change.old, change.new))
        for arn in after:
            if arn not in before:
                self.call(context, "attach_{}_policy", name, PolicyArn=arn)
        for arn in before:
            if arn not in after:
                with self.may_be_gone():
                    self.call(context, "detach_{}_policy", name, PolicyArn=arn)
        if change.touches("PermissionsBoundary"):
            if boundary := change.new.get("PermissionsBoundary"):
                self.call(context, "put_{}_permissions_boundary", name, PermissionsBoundary=boundary)
            else:
                self.call(context, "delete_{}_permissions_boundary", name)

    def retag(self, context: Context, name: str, change: Change) -> None:
        """Apply the tags again."""
        if dropped := change.dropped_tags():
            self.call(context, "untag_{}", name, TagKeys=dropped)
        if tags := tag_list(context, change.new):
            self.call(context, "tag_{}", name, Tags=tags)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        kept = {name: value for name, value in p.items() if name in ("Policies", "ManagedPolicyArns")}
        self.hold(context, physical_id, Change(kept, {}))
        self.call(context, "delete_{}", physical_id)


class Role(_Identity):
    """A role with its policies."""

    name = "AWS::IAM::Role"
    kind = "role"
    fixed = frozenset({"Path", "RoleName"})

    def properties(self) -> Structure:
        return direct(
            required=("AssumeRolePolicyDocument",),
            AssumeRolePolicyDocument=JSON,
            Description=STRING,
            MaxSessionDuration=INTEGER,
            Path=STRING,
            RoleName=STRING,
        ) | own(ManagedPolicyArns=NAMES, PermissionsBoundary=STRING, Policies=INLINE, Tags=TAGS)

    def make(self, context: Context, p: Properties) -> str:
        given = {"RoleName": context.name(64), **self.api(p), "Tags": tag_list(context, p)}
        return str(self.client(context).create_role(**given)["Role"]["RoleName"])

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        client, new = self.client(context), change.new
        if change.touches("AssumeRolePolicyDocument"):
            text = JSON.to_api(new["AssumeRolePolicyDocument"])
            client.update_assume_role_policy(RoleName=physical_id, PolicyDocument=text)
        if change.touches("Description", "MaxSessionDuration"):
            client.update_role(
                RoleName=physical_id,
                Description=new.get("Description", ""),
                MaxSessionDuration=new.get("MaxSessionDuration", 3600),
            )
        self.hold(context, physical_id, change)
        self.retag(context, physical_id, change)


class User(_Identity):
    """A user with its groups and policies."""

    name = "AWS::IAM::User"
    kind = "user"
    fixed = frozenset({"UserName"})

    def properties(self) -> Structure:
        profile = own(required=("Password",), Password=STRING, PasswordResetRequired=BOOLEAN)
        return direct(Path=STRING, UserName=STRING) | own(
            Groups=NAMES,
            LoginProfile=profile,
            ManagedPolicyArns=NAMES,
            PermissionsBoundary=STRING,
            Policies=INLINE,
            Tags=TAGS,
        )

    def make(self, context: Context, p: Properties) -> str:
        given = {"UserName": context.name(64), **self.api(p), "Tags": tag_list(context, p)}
        return str(self.client(context).create_user(**given)["User"]["UserName"])

    def finish(self, context: Context, physical_id: str, p: Properties) -> None:
        super().finish(context, physical_id, p)
        self._belong(context, physical_id, Change({}, p))

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        if change.touches("Path"):
            path = change.new.get("Path", "/")
            self.client(context).update_user(UserName=physical_id, NewPath=path)
        self.hold(context, physical_id, change)
        self._belong(context, physical_id, change)
        self.retag(context, physical_id, change)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        kept = {name: value for name, value in p.items() if name in ("Groups", "LoginProfile")}
        self._belong(context, physical_id, Change(kept, {}))
        super().remove(context, physical_id, p)

    def _belong(self, context: Context, user: str, change: Change) -> None:
        client = self.client(context)
        old, new = change.old.get("Groups", []), change.new.get("Groups", [])
        for group in new:
            if group not in old:
                client.add_user_to_group(GroupName=group, UserName=user)
        for group in old:
            if group not in new:
                with self.may_be_gone():
                    client.remove_user_from_group(GroupName=group, UserName=user)
        if change.touches("LoginProfile"):
            if "LoginProfile" in change.old:
                with self.may_be_gone():
                    client.delete_login_profile(UserName=user)
            if profile := change.new.get("LoginProfile"):
                client.create_login_profile(UserName=user, **profile)


HOLDERS = (("Roles", "role"), ("Users", "user"), ("Groups", "group"))


class Policy(_Iam):
    """An inline policy put into roles, users and groups. Ref: a name of its own."""

    name = "AWS::IAM::Policy"

    def properties(self) -> Structure:
        return own(
            required=("PolicyDocument", "PolicyName"),
            PolicyDocument=JSON,
            PolicyName=STRING,
            Roles=NAMES,
            Users=NAMES,
            Groups=NAMES,
        )

    def make(self, context: Context, p: Properties) -> str:
        return context.name(128)

    def finish(self, context: Context, physical_id: str, p: Properties) -> None:
        for holders, kind in HOLDERS:
            for holder in p.get(holders, []):
                getattr(self.client(context), f"put_{kind}_policy")(
                    **{f"{kind.capitalize()}Name": holder},
                    PolicyName=p["PolicyName"],
                    PolicyDocument=JSON.to_api(p["PolicyDocument"]),
                )

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        return {"Id": physical_id}

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        self.finish(context, physical_id, change.new)
        renamed = change.touches("PolicyName")
        for holders, _ in HOLDERS:
            kept = [] if renamed else change.new.get(holders, [])
            leaving = [holder for holder in change.old.get(holders, []) if holder not in kept]
            self.remove(context, physical_id, {"PolicyName": change.old["PolicyName"], holders: leaving})

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        for holders, kind in HOLDERS:
            for holder in p.get(holders, []):
                with self.may_be_gone():
                    getattr(self.client(context), f"delete_{kind}_policy")(
                        **{f"{kind.capitalize()}Name": holder}, PolicyName=p["PolicyName"]
                    )


class ManagedPolicy(_Iam):
    """Ref: the ARN. Another document is another version, the default."""

    name = "AWS::IAM::ManagedPolicy"
    fixed = frozenset({"Description", "ManagedPolicyName", "Path"})

    def properties(self) -> Structure:
        return direct(
            required=("PolicyDocument",), Description=STRING, Path=STRING, PolicyDocument=JSON
        ) | own(ManagedPolicyName=STRING, Roles=NAMES, Users=NAMES, Groups=NAMES)

    def make(self, context: Context, p: Properties) -> str:
        name = p.get("ManagedPolicyName", context.name(128))
        return str(self.client(context).create_policy(PolicyName=name, **self.api(p))["Policy"]["Arn"])

    def finish(self, context: Context, physical_id: str, p: Properties) -> None:
        self._hold(context, physical_id, Change({}, p))

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        found = self.client(context).get_policy(PolicyArn=physical_id)["Policy"]
        return {
            "PolicyArn": physical_id,
            "PolicyId": found["PolicyId"],
            "DefaultVersionId": found["DefaultVersionId"],
            "AttachmentCount": found["AttachmentCount"],
            "IsAttachable": found["IsAttachable"],
            "PermissionsBoundaryUsageCount": found.get("PermissionsBoundaryUsageCount", 0),
            "CreateDate": str(found["CreateDate"]),
            "UpdateDate": str(found["UpdateDate"]),
        }

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        client = self.client(context)
        if change.touches("PolicyDocument"):
            versions = client.list_policy_versions(PolicyArn=physical_id)["Versions"]
            others = [entry["VersionId"] for entry in versions if not entry["IsDefaultVersion"]]
            if len(versions) >= POLICY_VERSIONS:
                oldest = min(others, key=lambda version: int(version[1:]))
                client.delete_policy_version(PolicyArn=physical_id, VersionId=oldest)
            text = JSON.to_api(change.new["PolicyDocument"])
            client.create_policy_version(PolicyArn=physical_id, PolicyDocument=text, SetAsDefault=True)
        self._hold(context, physical_id, change)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        client = self.client(context)
        self._hold(context, physical_id, Change(p, {}))
        for version in client.list_policy_versions(PolicyArn=physical_id)["Versions"]:
            if not version["IsDefaultVersion"]:
                client.delete_policy_version(PolicyArn=physical_id, VersionId=version["VersionId"])
        client.delete_policy(PolicyArn=physical_id)

    def _hold(self, context: Context, arn: str, change: Change) -> None:
        client = self.client(context)
        for holders, kind in HOLDERS:
            key = f"{kind.capitalize()}Name"
            old, new = change.old.get(holders, []), change.new.get(holders, [])
            for holder in new:
                if holder not in old:
                    getattr(client, f"attach_{kind}_policy")(**{key: holder}, PolicyArn=arn)
            for holder in old:
                if holder not in new:
                    with self.may_be_gone():
                        getattr(client, f"detach_{kind}_policy")(**{key: holder}, PolicyArn=arn)


class InstanceProfile(_Iam):
    """Ref: the name."""

    name = "AWS::IAM::InstanceProfile"
    fixed = frozenset({"InstanceProfileName", "Path"})

    def properties(self) -> Structure:
        return direct(InstanceProfileName=STRING, Path=STRING) | own(required=("Roles",), Roles=NAMES)

    def make(self, context: Context, p: Properties) -> str:
        given = {"InstanceProfileName": context.name(128), **self.api(p)}
        answer = self.client(context).create_instance_profile(**given)
        return str(answer["InstanceProfile"]["InstanceProfileName"])

    def finish(self, context: Context, physical_id: str, p: Properties) -> None:
        for role in p["Roles"]:
            self.client(context).add_role_to_instance_profile(InstanceProfileName=physical_id, RoleName=role)

    def attributes(self, context: Context, physical_id: str, p: Properties) -> Mapping[str, Any]:
        answer = self.client(context).get_instance_profile(InstanceProfileName=physical_id)
        return {"Arn": answer["InstanceProfile"]["Arn"]}

    def change(self, context: Context, physical_id: str, change: Change) -> None:
        self._empty(context, physical_id, change.old["Roles"])
        self.finish(context, physical_id, change.new)

    def remove(self, context: Context, physical_id: str, p: Properties) -> None:
        self._empty(context, physical_id, p["Roles"])
        self.client(context).delete_instance_profile(InstanceProfileName=physical_id)

    def _empty(self, context: Context, profile: str, roles: list[str]) -> None:
        for role in roles:
            with self.may_be_gone():
                self.client(context).remove_role_from_instance_profile(
                    InstanceProfileName=profile, RoleName=role
                )


TYPES = (Role, User, Policy, ManagedPolicy, InstanceProfile)
