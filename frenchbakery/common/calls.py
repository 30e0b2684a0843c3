"""Calls to the other services: with a time-out, the request's id, and one clear failure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from frenchbakery.common.logs import request_id
from frenchbakery.common.operations import Dependency


class Unreachable(Exception):
    """A service did not answer in time, or answered that it cannot (5xx)."""

    def __init__(self, service: str) -> None:
        super().__init__(f"{service} does not answer")
        self.service = service


class Backend:
    """Another service of the shop, by its base URL. `timeout` is in seconds, for each attempt."""

    def __init__(
        self, service: str, base_url: str, timeout: float, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.service = service
        # trust_env: calls inside the shop never go through a proxy of the environment
        self._client = httpx.AsyncClient(
            base_url=base_url, timeout=timeout, transport=transport, trust_env=False
        )

    async def get(self, path: str, params: Mapping[str, Any] | None = None) -> httpx.Response:
        """GET; 4xx answers are returned. Raises Unreachable."""
        return await self._send(self._request("GET", path, params=params))

    async def post(self, path: str, body: Any, idempotency_key: str, lang: str) -> httpx.Response:
        """POST JSON under an idempotency key, which makes a second attempt safe. Raises Unreachable."""
        headers = {"Idempotency-Key": idempotency_key, "Accept-Language": lang}
        return await self._send(self._request("POST", path, json=body, headers=headers))

    async def check(self) -> None:
        """Raises Unreachable unless the service is alive, asked by the same way as its data."""
        await self.get(f"/api/{self.service}/ops/healthz")

    def dependency(self, *, required: bool = True) -> Dependency:
        """This backend as an arrow of the topology and a line of /readyz."""
        return Dependency(self.service, "service", self.check, required)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def _request(self, method: str, path: str, **arguments: Any) -> httpx.Request:
        request = self._client.build_request(method, path, **arguments)
        request.headers["X-Request-Id"] = request_id.get()
        return request

    async def _send(self, request: httpx.Request) -> httpx.Response:
        try:
            try:
                response = await self._client.send(request)
            except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
                # A kept connection that the other side had just closed: once more, on a new one.
                response = await self._client.send(request)
        except httpx.HTTPError as problem:
            raise Unreachable(self.service) from problem
        if response.status_code >= 500:
            raise Unreachable(self.service)
        return response
