"""The network that the course's containers share, and the way from it to the cloud on loopback."""

from __future__ import annotations

import contextlib
import threading
from urllib.parse import urlsplit

import docker
from docker.errors import APIError
from docker.types import IPAMConfig, IPAMPool

from labs.cloud.engine.base import StartError
from labs.cloud.engine.docker.answers import FAILURES, words
from labs.cloud.engine.docker.forwarder import Forwarder

NETWORK = "frenchbakery-course"
SUBNET = "169.254.170.0/24"
GATEWAY = "169.254.170.2"  # where ECS answers its tasks; see forwarder.py
VIRTUAL_MACHINE_HOST = (
    "host.docker.internal"  # this machine's loopback, seen from Docker Desktop's containers
)


class Bridge:
    """The bridge, and the forwarder of the cloud whose API is on `port`."""

    def __init__(self, client: docker.DockerClient, port: int):
        self._docker = client
        self._port = port
        self._joining = threading.Lock()
        self._forwarder: Forwarder | None = None
        self._in_virtual_machine = False

    def join(self) -> None:
        """Make sure that the bridge and the forwarder are there. Raises StartError.

        The network is this machine's, shared by the clouds of all homes: another one may have removed it.
        """
        with self._joining:
            try:
                self._ensure_network()
            except FAILURES as error:
                raise StartError(words(error)) from error
            if self._forwarder or self._in_virtual_machine:
                return
            forwarder = Forwarder(GATEWAY, self._port)
            try:
                forwarder.start()
                self._forwarder = forwarder
            except OSError:
                # Docker Desktop: the bridge is in a virtual machine, which has a name for this machine's loopback.
                self._in_virtual_machine = True

    def reach(self, loopback_url: str) -> str:
        """The same service as containers see it: through the forwarder on the bridge. Raises StartError."""
        parts = urlsplit(loopback_url)
        if parts.hostname not in ("127.0.0.1", "localhost") or parts.port is None:
            return loopback_url
        self.join()
        if self._forwarder is None:
            return parts._replace(netloc=f"{VIRTUAL_MACHINE_HOST}:{parts.port}").geturl()
        with self._joining:
            self._forwarder.relay(parts.port)
        return parts._replace(netloc=f"{GATEWAY}:{parts.port}").geturl()

    def remove(self) -> None:
        """Remove the network unless another cloud uses it."""
        for network in self._docker.networks.list(names=[f"^{NETWORK}$"]):
            with contextlib.suppress(APIError):
                network.remove()

    def close(self) -> None:
        """End the forwarder."""
        if self._forwarder:
            self._forwarder.close()

    def _ensure_network(self) -> None:
        if self._docker.networks.list(names=[f"^{NETWORK}$"]):
            return
        pool = IPAMPool(subnet=SUBNET, gateway=GATEWAY)
        try:
            self._docker.networks.create(
                NETWORK, driver="bridge", ipam=IPAMConfig(pool_configs=[pool]), check_duplicate=True
            )
        except APIError:
            if not self._docker.networks.list(names=[f"^{NETWORK}$"]):  # unless another cloud was quicker
                raise
