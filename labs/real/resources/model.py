"""What a kind of resource is, and how AWS is asked about one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

Aws = Callable[[str], Any]  # service name → client
Tags = Mapping[str, str]
Tagged = tuple[str, Tags]
Owner = Callable[[Aws, str], tuple[str, str] | None]


def on_its_own(aws: Aws, id_: str) -> None:
    """The owner of what has none."""


@dataclass(frozen=True)
class Kind:
    """How to look at one kind of resource."""

    tags: Callable[[Aws, str], Tags | None]
    """The tags of the resource with this id; None when it is gone."""
    each: Callable[[Aws], Iterable[Tagged]]
    """Every resource of this kind in the session's account and Region, with its tags."""
    prefix: str = ""
    """What precedes the id in an ARN's last part; empty where ids are ARNs or have none."""
    owner: Owner = on_its_own
    """Kind and id of what the resource comes and goes with, which then answers for it; None when it is on its own."""


def is_gone(error: ClientError) -> bool:
    """Whether AWS says that what was asked for does not exist; each service has its own way."""
    code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    return (
        "NotFound" in code
        or code in ("NoSuchEntity", "InvalidResourceId")  # the second is SSM's
        # ECS:
        or (code == "ClientException" and "Unable to describe task definition" in message)
        or (code == "InvalidParameterException" and "cluster" in message and "inactive" in message)
    )


def absent(call: Callable[..., Any], **request: Any) -> Any:
    """The answer to a Describe call, or None where AWS says the thing does not exist."""
    try:
        return call(**request)
    except ClientError as error:
        if is_gone(error):
            return None
        raise


def pairs(tags: Iterable[Mapping[str, str]] | None, key: str = "Key", value: str = "Value") -> Tags:
    """Tags given as a list of pairs."""
    return {tag[key]: tag[value] for tag in tags or ()}


def pages(client: Any, operation: str, items: str, **request: Any) -> Iterator[Any]:
    """The items of all pages of a listing."""
    for page in client.get_paginator(operation).paginate(**request):
        yield from page[items]


def batches(items: Iterable[str], size: int) -> Iterator[list[str]]:
    """Lists of at most `size` items: what one Describe call takes."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
