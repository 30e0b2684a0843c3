"""Where containers run: a Docker Engine, or local processes when there is none.

`base` is the interface; `docker` and `process` keep it. `process` has `program` (a container's program on
this machine) and `layers` (an image unpacked); `memory` keeps limits that the operating system does not.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labs.cloud.engine.base import Engine
    from labs.cloud.registry.images import Images


def choose(home: Path, images: Images, port: int) -> Engine:
    """The engine for the cloud of that folder, whose API is on `port`.

    Docker when a Docker Engine answers, else processes; `COURSE_ENGINE=process|docker` forces one.
    Raises RuntimeError when the forced Docker Engine does not answer.
    """
    wanted = os.environ.get("COURSE_ENGINE")
    if wanted != "process":
        from labs.cloud.engine.docker import connect

        engine = connect(home, images, port)
        if engine is not None:
            return engine
    if wanted == "docker":
        raise RuntimeError("COURSE_ENGINE=docker, but no Docker Engine answers")
    from labs.cloud.engine.process import ProcessEngine

    return ProcessEngine(home, images)
