"""Starting, stopping and asking the local cloud, from any process of the same user. Imports no moto.

`COURSE_CLOUD=ephemeral` makes `start()` open a private cloud in a temporary folder that ends with the calling
process; its children share it.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labs.cloud.state import State, read_state
from labs.learner import home as course_home

LARGEST_LOG = 4 * 1024 * 1024  # bytes; a longer log is put aside at the next start
START_DEADLINE = 60  # seconds
STOP_DEADLINE = 60  # seconds

_private: subprocess.Popen[bytes] | None = None  # the ephemeral cloud that this process started


class CloudError(Exception):
    """The local cloud could not be started, reached or commanded; the text says why and what to do."""


@dataclass(frozen=True)
class CloudStatus:
    """What the running cloud says of itself."""

    endpoint: str
    region: str
    engine: str
    pid: int
    started_at: str  # ISO 8601, UTC
    uptime: float  # seconds
    clusters: int
    services: int
    tasks: int  # running
    containers: int


def cloud_home() -> Path:
    """The folder of the cloud that this process talks to."""
    private = os.environ.get("COURSE_CLOUD_HOME")
    return Path(private) if private else course_home() / "cloud"


def log_file() -> Path:
    """Where the cloud's process writes its log."""
    return cloud_home() / "cloud.log"


def start(engine: str | None = None) -> State:
    """Start the cloud unless it runs already; returns its state once it answers.

    `engine` ("process" or "docker") overrides the automatic choice for a cloud that this call starts.
    Raises CloudError with the end of the log when it does not come up.
    """
    running = _running()
    if running is not None:
        return running
    global _private
    ephemeral = os.environ.get("COURSE_CLOUD") == "ephemeral" and "COURSE_CLOUD_HOME" not in os.environ
    if ephemeral:
        os.environ["COURSE_CLOUD_HOME"] = tempfile.mkdtemp(prefix="course-cloud-")
    process = _spawn(engine, ephemeral)
    if ephemeral:
        _private = process
        atexit.register(stop)
    deadline = time.monotonic() + START_DEADLINE
    try:
        while time.monotonic() < deadline:
            state = _running()
            if state is not None:
                return state
            # Exit code 3: another start was quicker and holds the folder; its cloud is about to answer.
            if process.poll() not in (None, 3):
                break
            time.sleep(0.02)
    except BaseException:  # interrupted: nobody else knows of that process yet, so nobody else would end it
        process.terminate()
        process.wait()
        raise
    raise CloudError(f"The local cloud did not start. The end of {log_file()}:\n{_last_lines()}")


def _spawn(engine: str | None, ephemeral: bool) -> subprocess.Popen[bytes]:
    folder = cloud_home()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))
    }
    if engine:
        environment["COURSE_ENGINE"] = engine
    command = [
        sys.executable,
        "-m",
        "labs.cloud",
        "--home",
        str(folder),
        *(["--ephemeral"] if ephemeral else []),
    ]
    with suppress(OSError):
        if log_file().stat().st_size > LARGEST_LOG:
            log_file().replace(log_file().with_suffix(".old"))
    descriptor = os.open(log_file(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "wb") as log:
        return subprocess.Popen(
            command,
            env=environment,
            cwd=folder,
            stdin=subprocess.PIPE if ephemeral else subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _last_lines(count: int = 15) -> str:
    try:
        return "\n".join(log_file().read_text(encoding="utf-8", errors="replace").splitlines()[-count:])
    except OSError:
        return ""


def _running() -> State | None:
    """The state of a cloud whose process lives; None otherwise."""
    state = read_state(cloud_home())
    return state if state is not None and state.alive else None


def died() -> State | None:
    """The state that a killed cloud left behind (kill -9, power cut); None when none did.

    The next start removes the processes and containers that it left.
    """
    state = read_state(cloud_home())
    return state if state is not None and not state.alive else None


def stop() -> bool:
    """Stop the cloud and wait until its process has ended; False when none ran. Raises CloudError when it stays."""
    global _private
    state = _running()
    if state is None:
        return False
    with suppress(ProcessLookupError):
        os.kill(state.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_DEADLINE
    while state.alive:
        if _private is not None:
            _private.poll()  # a child that ended stays a zombie until it is asked for
        if time.monotonic() > deadline:
            raise CloudError(f"The local cloud (process {state.pid}) does not stop; see {log_file()}")
        time.sleep(0.02)
    if _private is not None:
        _private = None
        os.environ.pop("COURSE_CLOUD_HOME", None)
    return True


def status() -> CloudStatus | None:
    """What runs now; None when no cloud does."""
    return CloudStatus(**control("GET", "/status")) if _running() else None


def reset() -> None:
    """Empty the cloud and stop every task; process, port and key stay."""
    control("POST", "/reset")


def pace() -> int:
    """Real seconds of one CloudWatch minute."""
    return int(control("GET", "/pace")["minute"])


def set_pace(minute: int) -> int:
    """Let CloudWatch's minutes last `minute` real seconds (1 to 60); see labs.cloud.pace. Raises CloudError."""
    return int(control("PUT", "/pace", {"minute": minute})["minute"])


def environment() -> dict[str, str]:
    """The variables that point an AWS SDK or the AWS CLI at the running cloud. Raises CloudError when none runs."""
    state = _require()
    return {
        "AWS_ENDPOINT_URL": state.endpoint,
        "AWS_ACCESS_KEY_ID": state.access_key_id,
        "AWS_SECRET_ACCESS_KEY": state.secret_access_key,
        "AWS_DEFAULT_REGION": state.region,
    }


def _require() -> State:
    state = _running()
    if state is None:
        raise CloudError("The local cloud is not running: course cloud start")
    return state


def control(method: str, path: str, body: Any = None) -> dict[str, Any]:
    """Call the control API (`path` follows `/_course`); its JSON answer. Raises CloudError."""
    import http.client
    import urllib.error
    import urllib.request

    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    state = _require()
    data = b"" if body is None else json.dumps(body).encode()
    url = f"{state.endpoint}/_course{path}"
    signed = AWSRequest(method, url, data=data, headers={"Content-Type": "application/json"})
    SigV4Auth(Credentials(state.access_key_id, state.secret_access_key), "course", state.region).add_auth(
        signed
    )
    request = urllib.request.Request(url, data or None, dict(signed.headers), method=method)  # noqa: S310  loopback
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy cannot reach loopback
        with opener.open(request, timeout=60) as answer:
            return dict(json.load(answer))
    except urllib.error.HTTPError as error:
        with suppress(ValueError):
            raise CloudError(str(json.load(error).get("message"))) from None
        raise CloudError(f"The local cloud answered {error.code}") from None
    except (OSError, http.client.HTTPException) as error:
        raise CloudError(f"The local cloud does not answer: {error}") from None
