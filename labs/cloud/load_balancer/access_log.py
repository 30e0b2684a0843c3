"""What a load balancer remembers of each request: AWS's access log entry.

Source: ELB User Guide for Application Load Balancers, "Access logs" (fields and their order).
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

KEPT = 5000  # entries per load balancer


@dataclass
class LogEntry:
    """One request, under the names of AWS's access log. Times are seconds, -1 when the step did not happen."""

    time: datetime  # when the answer was complete; until then, when the request came
    elb: str
    client: str
    request: str
    user_agent: str
    type: str = "http"
    trace_id: str = "-"
    target: str = "-"
    target_group_arn: str = "-"
    matched_rule_priority: int = -1  # 0 is the default rule
    actions_executed: str = "-"
    redirect_url: str = "-"
    elb_status_code: int = 460  # until answered: the client went away first
    target_status_code: int | None = None
    request_processing_time: float = -1.0
    target_processing_time: float = -1.0
    response_processing_time: float = -1.0
    received_bytes: int = 0  # of the bodies: headers are not counted
    sent_bytes: int = 0
    error_reason: str = (
        "-"  # why, where the load balancer answered by itself; AWS says it of some actions only
    )
    ssl_cipher: str = "-"
    ssl_protocol: str = "-"
    domain_name: str = "-"
    chosen_cert_arn: str = "-"
    request_creation_time: datetime | None = None
    classification: str = "-"  # "-" is a request that keeps to RFC 7230; others are refused here
    number: int = 0  # of the entry, from 1, over all load balancers: for who reads on from where he stopped

    def line(self) -> str:
        """The entry as a line of AWS's log file."""
        created = self.request_creation_time or self.time
        target = self.target_status_code if self.target_status_code is not None else "-"
        fields = (
            self.type,
            _stamp(self.time),
            self.elb,
            self.client,
            self.target,
            *(
                f"{seconds:.3f}" if seconds >= 0 else "-1"
                for seconds in (
                    self.request_processing_time,
                    self.target_processing_time,
                    self.response_processing_time,
                )
            ),
            self.elb_status_code,
            target,
            self.received_bytes,
            self.sent_bytes,
            _quoted(self.request),
            _quoted(self.user_agent),
            self.ssl_cipher,
            self.ssl_protocol,
            self.target_group_arn,
            _quoted(self.trace_id),
            _quoted(self.domain_name),
            _quoted(self.chosen_cert_arn),
            self.matched_rule_priority if self.matched_rule_priority >= 0 else "-",
            _stamp(created),
            _quoted(self.actions_executed),
            _quoted(self.redirect_url),
            _quoted(self.error_reason),
            _quoted(self.target),
            _quoted(str(target)),
            _quoted(self.classification),
            _quoted("-"),
            f"TID_{self.number:032x}",
        )
        return " ".join(str(each) for each in fields)


def _stamp(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _quoted(text: str) -> str:
    """In quotes; what would break the line is escaped as ELB does, `\\x22` for a quote."""
    written = (
        chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\x{byte:02x}"
        for byte in text.encode("utf-8", "surrogateescape")
    )
    return '"' + "".join(written) + '"'


@dataclass
class AccessLog:
    """The latest entries of every load balancer, by ARN. Written by one thread, read by any."""

    _entries: defaultdict[str, deque[LogEntry]] = field(
        default_factory=lambda: defaultdict(lambda: deque(maxlen=KEPT))
    )
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def add(self, arn: str, entry: LogEntry) -> None:
        """Append one entry, numbered."""
        entry.number = next(self._numbers)
        self._entries[arn].append(entry)

    def of(self, arn: str) -> tuple[LogEntry, ...]:
        """The entries of one load balancer, oldest first."""
        # A copy made while another thread appends fails; the deque's own copy does not run Python code between.
        return tuple(self._entries[arn].copy()) if arn in self._entries else ()

    def forget(self, known: Iterable[str]) -> None:
        """Drop the entries of load balancers that are no longer among `known`."""
        for arn in self._entries.keys() - set(known):
            self._entries.pop(arn, None)
