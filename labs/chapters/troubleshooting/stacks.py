"""What was released: five towns with the same image, and one thing wrong around each."""

from __future__ import annotations

from dataclasses import dataclass, replace

NAME = "troubleshooting"
ROLE = f"{NAME}-execution"
LOG_GROUP = f"/ecs/{NAME}"
REPOSITORY = f"{NAME}/products"
LISTENS, CLOSED = 8080, 8000  # where the program listens, and a port where nothing does
CPU, MEMORY = "256", "512"  # of a task


@dataclass(frozen=True)
class Stack:
    """How one town's service is set up; as it stands here, it works."""

    role: str = ROLE
    public: bool = True
    memory: int | None = None  # MiB of the container's own
    port: int = LISTENS  # of the container, and of its target group
    path: str = "/healthz"


SOUND = Stack()
STACKS = {
    "lille": replace(SOUND, role=f"{NAME}-lille"),
    "brest": replace(SOUND, public=False),
    "nantes": replace(SOUND, memory=24),
    "lyon": replace(SOUND, port=CLOSED),
    "dijon": replace(SOUND, path="/health"),
}


def name_of(town: str) -> str:
    """What the town's task definition and target group are called."""
    return f"{NAME}-{town}"
