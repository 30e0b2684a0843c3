"""What a check is: a step of the lab, its judgement of the inventory, and the words that go with it."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from botocore.exceptions import ClientError

from labs.learner import Texts

if TYPE_CHECKING:
    from labs.inventory import Inventory
    from labs.lab import Lab
    from labs.session import CourseSession

State = Literal["passed", "failed", "not_attempted", "unsupported"]

# Codes by which a service says "you may not ask this" or "I do not do this": the check cannot judge.
NO_ANSWER = {
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "UnauthorizedOperation",
    "NotImplemented",
    "NotImplementedException",
    "UnsupportedOperation",
    "UnsupportedOperationException",
}

say = Texts(
    {
        "unsupported": {
            "fr": "impossible de juger ici : {operation} répond {code}",
            "en": "cannot be judged here: {operation} answers {code}",
        },
    }
)


@dataclass(frozen=True)
class Outcome:
    """What a check found: a state, and the reasons when it failed or could not judge."""

    step: str
    state: State
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exercise:
    """Something to do that is judged by the state it leaves.

    `attempted` and `problems` are pure: they get what was read. A problem is one sentence that says what is
    wrong and never how to mend it; no problem means passed.
    `say` holds the texts `title`, `hint_1` … `hint_3`, `solution`, and those of the problems.
    `solution` is the code that does it: each function takes the lab, creates what is absent and leaves the
    rest alone, so that it can run twice and `lab.solution` show it.
    """

    name: str
    attempted: Callable[..., bool]
    problems: Callable[..., Iterator[str]]
    say: Texts
    solution: tuple[Callable[[Lab], None], ...] = ()

    def judge(self, read: Callable[[], Sequence[Any]]) -> Outcome:
        """Judge what `read` finds. An answer that the world refuses makes the outcome `unsupported`."""
        try:
            parts = read()
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code not in NO_ANSWER:
                raise
            reason = say("unsupported", operation=error.operation_name, code=code)
            return Outcome(self.name, "unsupported", (reason,))
        if not self.attempted(*parts):
            return Outcome(self.name, "not_attempted")
        problems = tuple(self.problems(*parts))
        return Outcome(self.name, "failed" if problems else "passed", problems)

    def code(self) -> str:
        """The solution's source as one cell: the functions' bodies, and the import of what they lean on."""
        bodies = "\n\n".join(_body(part) for part in self.solution)
        imports = [
            f"from {helper.__module__} import {helper.__name__}\n\n"
            for helper in (unless_it_exists, unless_it_is_gone)
            if f"{helper.__name__}()" in bodies
        ]
        return "".join(imports) + bodies


@dataclass(frozen=True, kw_only=True)
class Step(Exercise):
    """One step of the lab; `reads` names the parts of the inventory that it judges.

    A step is a `foundation` when what follows builds on it: catching up makes it again.
    """

    reads: tuple[str, ...]
    foundation: bool = True

    def check(self, inventory: Inventory) -> Outcome:
        """Judge what exists of the shop."""
        return self.judge(lambda: [getattr(inventory, part) for part in self.reads])


@dataclass(frozen=True, kw_only=True)
class Challenge(Exercise):
    """One challenge of a notebook; `look` reads the world of the session, with plain describe calls."""

    look: Callable[[CourseSession], Any]

    def check(self, session: CourseSession) -> Outcome:
        """Judge what `look` finds."""
        return self.judge(lambda: [self.look(session)])


def _body(function: Callable[[Lab], None]) -> str:
    lines = inspect.getsource(function).splitlines()
    start = next(number for number, line in enumerate(lines) if line.rstrip().endswith('"""')) + 1
    return textwrap.dedent("\n".join(lines[start:]))


EXISTS = {  # each service's own way to say that a thing of that name is there already
    "DuplicateListener",
    "DuplicateLoadBalancerName",
    "DuplicateTargetGroupName",
    "EntityAlreadyExists",
    "InvalidGroup.Duplicate",
    "InvalidPermission.Duplicate",
    "InvalidSubnet.Conflict",
    "PriorityInUse",
    "RepositoryAlreadyExistsException",
    "Resource.AlreadyAssociated",
    "ResourceAlreadyExistsException",
    "ResourceInUseException",
    "RouteAlreadyExists",
}
GONE = {  # and to say that it is not there any more
    "ClusterNotFoundException",
    "LoadBalancerNotFound",
    "ObjectNotFoundException",
    "NoSuchEntity",
    "RepositoryNotFoundException",
    "ResourceNotFoundException",
    "ServiceNotActiveException",
    "ServiceNotFoundException",
    "TargetGroupNotFound",
}


@contextmanager
def _passing_over(codes: set[str]) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] not in codes:
            raise


def unless_it_exists() -> AbstractContextManager[None]:
    """Let a create call pass over what exists: what makes a solution repeatable."""
    return _passing_over(EXISTS)


def unless_it_is_gone() -> AbstractContextManager[None]:
    """Let a delete call pass over what does not exist any more."""
    return _passing_over(GONE)
