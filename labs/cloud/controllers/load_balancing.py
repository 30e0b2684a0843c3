"""What load balancers do of their own accord: follow changes of the network around them, and deliver access logs.

Source: ELB User Guide for Application Load Balancers, "Access logs" (a file every five minutes, names of the files,
the test file written when logging is switched on).
"""

from __future__ import annotations

import gzip
import secrets
from collections.abc import Sequence
from datetime import datetime

from moto.elbv2.models import FakeLoadBalancer, elbv2_backends

from labs.cloud.load_balancer.access_log import LogEntry
from labs.cloud.runtime import Runtime

DELIVERY_SECONDS = 300.0  # between two files of one load balancer; real seconds


class LoadBalancing:
    """A controller; see labs.cloud.controllers.loop."""

    def __init__(self, runtime: Runtime):
        self._runtime = runtime
        self._delivered: dict[str, int] = {}  # load balancer → number of the last entry that is in a file
        self._next = 0.0

    def tick(self, now: float) -> float | None:
        """Security groups, routes and instances may have changed: nobody tells ELB. Then the logs, when due."""
        runtime = self._runtime
        with runtime.lock:
            backends = list(elbv2_backends[runtime.account_id].values())
            if not any(backend.target_groups or backend.load_balancers for backend in backends):
                return None
            runtime.load_balancers.sync()
            logging = [
                (balancer, backend.region_name)
                for backend in backends
                for balancer in backend.load_balancers.values()
                if balancer.attrs.get("access_logs.s3.enabled") == "true"
            ]
        if not logging:
            return None
        if now >= self._next:
            self._next = now + DELIVERY_SECONDS
            for balancer, region in logging:
                self._deliver(balancer, region)
        return self._next - now

    def reset(self) -> None:
        """Nothing is delivered any more."""
        self._delivered.clear()

    def close(self) -> None:
        """Nothing runs."""

    def _deliver(self, balancer: FakeLoadBalancer, region: str) -> None:
        last = self._delivered.get(balancer.arn, 0)
        entries = [entry for entry in self._runtime.load_balancers.log(balancer.arn) if entry.number > last]
        if not entries:
            return
        self._delivered[balancer.arn] = entries[-1].number
        key = log_key(balancer, self._runtime.account_id, region, self._runtime.clock.now())
        content = log_file(entries)
        with self._runtime.lock:
            write(balancer, self._runtime.account_id, key, content)


def log_file(entries: Sequence[LogEntry]) -> bytes:
    """A log file as ELB writes it: one line per request, compressed."""
    return gzip.compress("".join(f"{entry.line()}\n" for entry in entries).encode())


def log_key(balancer: FakeLoadBalancer, account_id: str, region: str, now: datetime) -> str:
    """The name of a log file that ends `now`, below the bucket's prefix."""
    name = balancer.arn.partition("loadbalancer/")[2].replace("/", ".")
    stamp = f"{now:%Y%m%dT%H%MZ}"
    return (
        f"elasticloadbalancing/{region}/{now:%Y/%m/%d}/{account_id}_elasticloadbalancing_{region}_{name}_"
        f"{stamp}_127.0.0.1_{secrets.token_hex(4)}.log.gz"
    )


def write(balancer: FakeLoadBalancer, account_id: str, key: str, content: bytes) -> bool:
    """Put an object where a load balancer's logs go; False when there is no such bucket. The caller holds the lock."""
    from moto.s3.models import s3_backends

    s3 = s3_backends[account_id]["aws"]
    bucket = str(balancer.attrs.get("access_logs.s3.bucket") or "")
    if bucket not in s3.buckets:
        return False
    prefix = str(balancer.attrs.get("access_logs.s3.prefix") or "").strip("/")
    s3.put_object(bucket, "/".join(filter(None, (prefix, "AWSLogs", account_id, key))), content)
    return True
