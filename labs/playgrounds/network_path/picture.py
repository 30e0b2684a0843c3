"""The map: the task in its subnet, and for each call what it goes through and whether it arrives."""

from __future__ import annotations

from labs.playgrounds.network_path.texts import say
from labs.playgrounds.network_path.way import GATEWAY, NAT, S3, VPC, Call, Setup, Start
from labs.view.svg import Drawing

WIDTH = 466
TOP, ROW = 34, 56
HEAD = 24  # of the subnet, above the task
SUBNET = (14, 96)  # from the left, width
WAY = (124, 164)
BORDER = 300  # of the VPC
MARK = 316
SERVICE = (338, 122)
SERVICES = {
    "secretsmanager": ("Secrets", "access"),
    "ecr.api": ("ECR, API", "registry"),
    "ecr.dkr": ("ECR, images", "registry"),
    "s3": ("S3", "data"),
    "logs": ("CloudWatch", "plain"),
}


def draw(setup: Setup, found: Start, description: str) -> str:
    """The SVG."""
    drawing = Drawing(WIDTH)
    height = TOP + HEAD + ROW * len(found.calls) + 16
    drawing.box(6, 6, BORDER - 6, height - 12, "network")
    drawing.text(16, 24, VPC, "soft")
    left, width = SUBNET
    bottom = height - 16
    drawing.box(left, TOP, width, bottom - TOP, "plain", dashed=True)
    drawing.text(left + 8, TOP + 18, say("subnet_box"), "soft")
    drawing.text(left + 8, TOP + 33, say("public_subnet" if setup.public else "private_subnet"), "strong")
    _task(drawing, setup, found, bottom)
    for place, call in enumerate(found.calls):
        _call(drawing, call, found.refused is None, TOP + HEAD + ROW * place + ROW / 2)
    return drawing.render(height, say("picture"), description, "network-path")


def way(call: Call) -> str:
    """What the call goes to first, as a key of the texts: igw, nat, s3, interface or none."""
    if call.through is None:
        return "none"
    return {GATEWAY: "igw", NAT: "nat", S3: "s3"}.get(call.through, "interface")


def _task(drawing: Drawing, setup: Setup, found: Start, bottom: float) -> None:
    left, width = SUBNET
    ends = found.failed is not None or found.refused is not None
    y = TOP + 42
    drawing.box(left + 7, y, width - 14, bottom - y - 8, "bad" if ends else "good")
    middle = left + width / 2
    drawing.text(middle, y + 22, say("task"), "strong", anchor="middle")
    drawing.text(
        middle, y + 40, say("address_box" if setup.address else "no_address_box"), "soft", anchor="middle"
    )
    drawing.text(middle, y + 56, say("role_box" if setup.role else "no_role_box"), "soft", anchor="middle")
    drawing.mark(middle, y + 78, "bad" if ends else "good")


def _call(drawing: Drawing, call: Call, tried: bool, y: float) -> None:
    arrives = call.problem is None
    left, width = WAY
    right = left + width
    outside = call.through in (GATEWAY, NAT)
    hue = "bad" if not arrives else "entrance" if outside else "network"
    drawing.wire(
        (SUBNET[0] + SUBNET[1] - 7, y),
        (left - 1, y),
        dashed=call.through is None,
        tip=call.through is not None,
    )
    drawing.box(left, y - 20, width, 40, hue, dashed=call.through is None)
    drawing.text(left + 9, y - 4, call.action, "code", width=width - 14)
    drawing.text(left + 9, y + 12, say(f"via_{way(call)}"), "soft", width=width - 14)
    drawing.wire((right, y), (SERVICE[0] - 2, y), dashed=not arrives, tip=arrives)
    if tried:
        drawing.box(MARK - 11, y - 11, 22, 22, "plain")
        drawing.mark(MARK, y, "good" if arrives else "bad")
    name, colour = SERVICES[call.service]
    drawing.box(SERVICE[0], y - 20, SERVICE[1], 40, colour)
    drawing.text(SERVICE[0] + 8, y - 4, name, "strong", width=SERVICE[1] - 10)
    drawing.text(SERVICE[0] + 8, y + 12, call.service, "code")
