"""Images on their way from the cloud's own registry into a Docker Engine, and out of it again."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import docker
import requests
from docker.errors import APIError, ImageNotFound

from labs.cloud.engine.base import PullError, StartError
from labs.cloud.engine.docker.answers import FAILURES, UNREACHABLE, words

if TYPE_CHECKING:
    from labs.cloud.registry.images import Image, Images


def pull(client: docker.DockerClient, images: Images, image: Image) -> str:
    """The id of the image in the engine, pulled from the cloud's registry if it is not there.

    Raises PullError, or StartError when the engine does not answer.
    """
    try:
        with contextlib.suppress(ImageNotFound):
            return str(client.images.get(image.config_digest).id)
        address, credentials = images.registry(image)
        return str(client.images.pull(address, auth_config=credentials).id)
    except requests.exceptions.ConnectionError as error:
        raise StartError(UNREACHABLE) from error
    except FAILURES as error:
        raise PullError(words(error)) from error


def remove_pulled(client: docker.DockerClient, port: int) -> None:
    """Remove the images that were pulled from the registry on `port`, whose cloud forgets them too.

    Those that have a name were tagged by somebody, and stay.
    """
    registry = f"127.0.0.1:{port}/"
    with contextlib.suppress(*FAILURES):
        for image in client.images.list():
            pulled = [name for name in image.attrs["RepoDigests"] or () if name.startswith(registry)]
            for name in () if image.tags else pulled:
                with contextlib.suppress(APIError):
                    client.images.remove(name)
