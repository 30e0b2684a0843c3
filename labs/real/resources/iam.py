"""IAM: roles, and the profiles that hand them to instances."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from labs.real.resources.model import Aws, Kind, Tagged, Tags, absent, pages, pairs


def _role_tags(aws: Aws, name: str) -> Tags | None:
    found = absent(aws("iam").list_role_tags, RoleName=name)
    return pairs(found["Tags"]) if found else None


def _roles(aws: Aws) -> Iterator[Tagged]:
    for role in pages(aws("iam"), "list_roles", "Roles"):
        tags = _role_tags(aws, role["RoleName"])
        if tags is not None:
            yield role["RoleName"], tags


def _profile_tags(aws: Aws, name: str) -> Tags | None:
    found = absent(aws("iam").get_instance_profile, InstanceProfileName=name)
    return pairs(found["InstanceProfile"].get("Tags")) if found else None


def _profiles(aws: Aws) -> Iterator[Tagged]:
    for profile in pages(aws("iam"), "list_instance_profiles", "InstanceProfiles"):
        tags = _profile_tags(aws, profile["InstanceProfileName"])
        if tags is not None:
            yield profile["InstanceProfileName"], tags


IAM: Mapping[str, Kind] = {
    "iam:instance-profile": Kind(_profile_tags, _profiles, "instance-profile/"),
    "iam:role": Kind(_role_tags, _roles, "role/"),
}
