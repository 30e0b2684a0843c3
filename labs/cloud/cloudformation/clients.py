"""boto3 clients of this cloud for resource types, with the rights of whoever asked for the stack operation."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from labs.cloud.cloudformation.context import ClientFactory, current_control

KEPT = 100  # clients; making one costs more than many calls


@dataclass(frozen=True)
class Credentials:
    """A key that signs calls."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None


class Clients:
    """Makes clients and keeps them. Safe to use from any thread."""

    def __init__(self, endpoint: str):
        self._endpoint = endpoint
        self._lock = threading.Lock()
        self._session: Any = None
        self._clients: OrderedDict[tuple[Credentials, str, str], Any] = OrderedDict()

    def of(self, credentials: Credentials, region: str) -> ClientFactory:
        """What makes the clients of one stack operation."""

        def client(service: str) -> Any:
            with self._lock:
                key = (credentials, region, service)
                if key not in self._clients:
                    self._clients[key] = self._make(credentials, region, service)
                self._clients.move_to_end(key)
                if len(self._clients) > KEPT:
                    self._clients.popitem(last=False)
                return self._clients[key]

        return client

    def _make(self, credentials: Credentials, region: str, service: str) -> Any:
        import boto3
        from botocore.config import Config

        if self._session is None:
            self._session = boto3.Session()
        client = self._session.client(
            service,
            region_name=region,
            endpoint_url=self._endpoint,
            aws_access_key_id=credentials.access_key_id,
            aws_secret_access_key=credentials.secret_access_key,
            aws_session_token=credentials.session_token,
            # Nothing is lost on loopback, so a repeated call would only repeat what it did.
            config=Config(retries={"total_max_attempts": 1}, max_pool_connections=16, read_timeout=60),
        )
        client.meta.events.register("before-call", _unless_abandoned)
        return client


def _unless_abandoned(**_: Any) -> None:
    control = current_control.get()
    if control is not None:
        control.check()
