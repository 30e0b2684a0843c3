"""Sticky sessions: opaque cookies that lead a client back to its target, or to its target group.

Source: ELB User Guide for Application Load Balancers, "Sticky sessions": AWSALB and AWSALBCORS (duration-based),
AWSALBAPP-0 (application-based, beside the program's own cookie), AWSALBTG and AWSALBTGCORS (target group). The
duration is in the encrypted value; the cookies themselves are kept for seven days. Every answer renews it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from email.utils import format_datetime

from cryptography.fernet import Fernet, InvalidToken

from labs.cloud.load_balancer.model import Target, TargetGroup

KEPT = timedelta(days=7)
RESERVED = ("AWSALB", "AWSALBAPP", "AWSALBTG")
TARGET, APPLICATION, GROUP = "AWSALB", "AWSALBAPP-0", "AWSALBTG"


class Cookies:
    """Writes and reads the load balancers' cookies, under a key that lives as long as the cloud."""

    def __init__(self) -> None:
        self._cipher = Fernet(Fernet.generate_key())

    def target(
        self, group: TargetGroup, targets: Iterable[Target], sent: Mapping[str, str], now: datetime
    ) -> Target | None:
        """Which of `targets` the client's cookies lead to; None when none, expired, or no longer among them."""
        sticky = group.stickiness
        if sticky is None or (sticky.kind == "app_cookie" and sticky.cookie not in sent):
            return None
        name = APPLICATION if sticky.kind == "app_cookie" else TARGET
        said = self._read(sent.get(name), sticky.seconds, now)
        return next((each for each in targets if [group.arn, each.id, each.port] == said), None)

    def group(self, sent: Mapping[str, str], seconds: int, now: datetime) -> str | None:
        """The ARN of the target group that the client's cookie leads to."""
        said = self._read(sent.get(GROUP), seconds, now)
        return str(said[0]) if said else None

    def for_target(
        self,
        group: TargetGroup,
        target: Target,
        given: Iterable[str],
        sent: Mapping[str, str],
        now: datetime,
        secure: bool,
    ) -> list[str]:
        """The Set-Cookie headers that bind the client to `target`. `given`: the cookies that the program sets."""
        sticky = group.stickiness
        if sticky is None or sticky.kind == "source_ip":
            return []
        value = self._write([group.arn, target.id, target.port], now)
        if sticky.kind == "app_cookie":
            wanted = sticky.cookie in sent or any(
                each.partition("=")[0].strip() == sticky.cookie for each in given
            )
            return [_cookie(APPLICATION, value, now)] if wanted else []
        return _with_cors(TARGET, value, now, secure)

    def for_group(self, arn: str, now: datetime, secure: bool) -> list[str]:
        """The Set-Cookie headers that bind the client to a target group."""
        return _with_cors(GROUP, self._write([arn], now), now, secure)

    def _write(self, said: list[object], now: datetime) -> str:
        return self._cipher.encrypt_at_time(json.dumps(said).encode(), int(now.timestamp())).decode()

    def _read(self, value: str | None, seconds: int, now: datetime) -> list[object] | None:
        if not value:
            return None
        try:
            clear = self._cipher.decrypt_at_time(value.encode(), seconds, int(now.timestamp()))
        except InvalidToken:
            return None
        said: list[object] = json.loads(clear)
        return said


def _cookie(name: str, value: str, now: datetime, rest: str = "") -> str:
    return f"{name}={value}; Expires={format_datetime(now + KEPT, usegmt=True)}; Path=/{rest}"


def _with_cors(name: str, value: str, now: datetime, secure: bool) -> list[str]:
    """The cookie, and its twin for requests from other sites, which browsers keep only under SameSite=None."""
    rest = "; SameSite=None" + ("; Secure" if secure else "")
    return [_cookie(name, value, now), _cookie(f"{name}CORS", value, now, rest)]
