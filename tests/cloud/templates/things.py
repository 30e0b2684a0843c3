"""CloudFormation's resource types under test, without a stack around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any

from labs.cloud.cloudformation.resource import Created
from labs.cloud.cloudformation.resources import resource_type
from tests.cloud.running import RunningCloud, wait_for

ACCOUNT, REGION = "123456789012", "us-east-1"
TAGS = {"team": "bakery", "aws:cloudformation:stack-name": "shop"}


class Here:
    """What the stack engine gives a resource type, without a stack around it."""

    stack_name, region, account_id = "shop", REGION, ACCOUNT
    tags: Mapping[str, str] = TAGS
    stack_id = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/shop/1"
    _numbers = count(1)

    def __init__(self, cloud: RunningCloud):
        self.client = cloud.client
        self.logical_id = f"Thing{next(self._numbers)}"
        self.known: list[str] = []

    def name(self, most: int) -> str:
        return f"shop-{self.logical_id}-x1y2z3"[:most]

    def initiated(self, physical_id: str) -> None:
        self.known.append(physical_id)

    def wait(self, condition: Callable[[], Any], what: str, seconds: float) -> Any:
        return wait_for(condition, min(seconds, 60), what)


class Thing:
    """One resource under test."""

    def __init__(self, cloud: RunningCloud, name: str, properties: Mapping[str, Any]):
        found = resource_type(name)
        assert found, name
        self.type, self.context, self.properties = found, Here(cloud), properties
        self.type.validate(properties)
        self.made: Created = self.type.create(self.context, properties)
        assert self.context.known == [self.made.physical_id]

    @property
    def id(self) -> str:
        return self.made.physical_id

    def __getitem__(self, attribute: str) -> Any:
        return self.made.attributes[attribute]

    def change(self, **properties: Any) -> Thing:
        """Update; None takes a property away."""
        new = {name: value for name, value in {**self.properties, **properties}.items() if value is not None}
        self.type.validate(new)
        self.made = self.type.update(self.context, self.id, self.properties, new)
        self.properties = new
        return self

    def remove(self) -> None:
        self.type.delete(self.context, self.id, self.properties)


Make = Callable[..., Thing]


@contextmanager
def making(cloud: RunningCloud) -> Iterator[Make]:
    """Creates resources, and deletes them afterwards, twice: the second time there is nothing."""
    made: list[Thing] = []

    def create(name: str, **properties: Any) -> Thing:
        made.append(Thing(cloud, name, properties))
        return made[-1]

    yield create
    for thing in reversed(made):
        thing.remove()
        thing.remove()
