"""Scans that were asked for, or that a push began: the layers are read on a thread of their own."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from moto.ecr.models import Repository, ecr_backends

from labs.cloud.aws.ecr.images import Image
from labs.cloud.aws.ecr.scanning import DONE, UNSUPPORTED, Scan
from labs.cloud.registry import packages
from labs.cloud.registry.packages import System, UnreadableLayer
from labs.cloud.registry.texts import say
from labs.cloud.registry.vulnerabilities import find, offline_list
from labs.cloud.runtime import Runtime


class ImageScans:
    """Scans images one after another."""

    def __init__(self, runtime: Runtime):
        self._runtime = runtime
        self._reader = ThreadPoolExecutor(1, "image-scan")
        self._under_way: dict[int, Future[None]] = {}  # by the scan's identity

    def tick(self, now: float) -> float | None:
        """Begin what was asked for."""
        runtime = self._runtime
        with runtime.lock:
            self._under_way = {key: each for key, each in self._under_way.items() if not each.done()}
            for backend in ecr_backends[runtime.account_id].values():
                for repository, image in backend.pending_scans():
                    if id(image.scan) not in self._under_way:
                        layers = [backend.blobs.path(layer.digest) for layer in image.manifest.layers]
                        job = self._reader.submit(self._scan, repository, image, image.scan, layers)
                        self._under_way[id(image.scan)] = job
        return None

    def reset(self) -> None:
        """Forget what is asked for."""
        for job in self._under_way.values():
            job.cancel()

    def close(self) -> None:
        """Begin nothing more."""
        self._reader.shutdown(wait=False, cancel_futures=True)

    def _scan(self, repository: Repository, image: Image, scan: Scan, layers: list[Path]) -> None:
        system: System | None = None
        try:
            system = packages.read(layers)
            key = "image-scanned" if system else "image-unsupported"
        except UnreadableLayer:
            key = "image-unread"
        with self._runtime.lock:
            scan.completed_at = self._runtime.clock.now()
            scan.findings = find(system) if system else []
            scan.status = "COMPLETE" if system else "FAILED"
            scan.description = DONE if system else UNSUPPORTED
            if key == "image-unread":
                scan.description = "The scan failed: a layer could not be read."
        self._runtime.narrate(
            key,
            repository.arn,
            say,
            key,
            repository=repository.name,
            image=", ".join(image.image_tags) or image.image_digest[: len("sha256:") + 12],
            packages=len(system.packages) if system else 0,
            findings=len(scan.findings),
            date=f"{offline_list().date:%Y-%m-%d}",
        )
