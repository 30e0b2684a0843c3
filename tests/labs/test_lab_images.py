"""Images made without an engine, and pushing them: deterministic, declared like the Dockerfiles, honest."""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from labs import images
from labs.images import BuiltImage, ImageError
from labs.images.declared import read
from tests.cloud.running import RunningCloud, run_cloud

SHOP = Path(__file__).parents[2] / "frenchbakery"
SERVICES = ("frontend", "products", "orders", "reviews")
NAMES = (f"frenchbakery/case-{number}" for number in count())


@pytest.fixture(autouse=True)
def _without_engine(monkeypatch: pytest.MonkeyPatch, course_home: Path) -> None:
    monkeypatch.setenv("COURSE_ENGINE", "process")


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    yield from run_cloud(tmp_path_factory.mktemp("cloud"))


class Session:
    """As much of a boto3 session as a push needs, for the test's cloud."""

    def __init__(self, cloud: RunningCloud):
        self._cloud = cloud

    def client(self, service: str, region_name: str = "us-east-1") -> Any:
        return self._cloud.client(service, region_name)


@pytest.fixture
def session(cloud: RunningCloud) -> Session:
    return Session(cloud)


@pytest.fixture
def repository(session: Session) -> str:
    """The address of a repository of this test's own."""
    return session.client("ecr").create_repository(repositoryName=next(NAMES))["repository"]["repositoryUri"]


@pytest.fixture
def lines() -> list[str]:
    return []


def build(service: str, source: Path = SHOP, **others: Any) -> BuiltImage:
    return images.build(service, source, report=lambda subject, line: None, **others)


def push(
    image: BuiltImage, repository: str, session: Any, lines: list[str] | None = None
) -> images.PushedImage:
    return images.push(
        image,
        repository,
        session,
        report=lambda subject, line: lines.append(line) if lines is not None else None,
    )


def files(image: BuiltImage) -> dict[str, tarfile.TarInfo]:
    """Every entry of the image's layers."""
    assert image.layout
    found = {}
    for digest in image.layers:
        content = (image.layout / "blobs/sha256" / digest.removeprefix("sha256:")).read_bytes()
        with tarfile.open(fileobj=io.BytesIO(gzip.decompress(content))) as archive:
            found |= {entry.name: entry for entry in archive}
    return found


def configuration(image: BuiltImage) -> dict[str, Any]:
    assert image.layout
    manifest = json.loads((image.layout / "blobs/sha256" / image.digest.removeprefix("sha256:")).read_text())
    digest = manifest["config"]["digest"].removeprefix("sha256:")
    return json.loads((image.layout / "blobs/sha256" / digest).read_text())


# What is built


def test_the_same_sources_give_the_same_digest(tmp_path: Path) -> None:
    first = build("orders")
    copy = shutil.copytree(SHOP, tmp_path / "copy", copy_function=shutil.copyfile)  # other times and modes
    (copy / "orders" / "__pycache__").mkdir(exist_ok=True)
    (copy / "orders" / "__pycache__" / "app.cpython-311.pyc").write_bytes(b"x")
    assert build("orders", copy).digest == first.digest


def test_a_change_gives_another_digest_and_keeps_the_shared_layer(tmp_path: Path) -> None:
    first = build("orders")
    copy = shutil.copytree(SHOP, tmp_path / "copy")
    (copy / "orders" / "app.py").write_text("# changed\n")
    changed = build("orders", copy)
    assert changed.digest != first.digest
    assert changed.layers[0] == first.layers[0]
    assert changed.layers[1] != first.layers[1]
    assert build("orders").digest == first.digest  # the earlier image is still there too
    assert changed.layout and first.layout and changed.layout.is_dir() and first.layout.is_dir()


def test_all_services_share_their_first_layer() -> None:
    built = [build(service) for service in SERVICES]
    assert len({image.layers[0] for image in built}) == 1
    assert len({image.digest for image in built}) == len(SERVICES)


@pytest.mark.parametrize("service", SERVICES)
def test_layers_hold_the_service_and_nothing_of_the_machine(service: str) -> None:
    found = files(build(service))
    assert f"app/frenchbakery/{service}/__main__.py" in found
    assert "app/frenchbakery/common/__init__.py" in found
    assert "app/frenchbakery/__init__.py" in found
    assert not [
        name for name in found if name.endswith((".pyc", "Dockerfile", "README.md")) or "__pycache__" in name
    ]
    assert not {other for other in SERVICES if other != service and f"app/frenchbakery/{other}" in found}
    assert {(entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname) for entry in found.values()} == {
        (0, 0, 0, "", "")
    }
    assert {entry.mode for entry in found.values()} == {0o644, 0o755}


def test_links_do_not_bring_files_of_the_machine_in(tmp_path: Path) -> None:
    copy = shutil.copytree(SHOP, tmp_path / "copy")
    (tmp_path / "secret").write_text("secret")
    (copy / "orders" / "secret.py").symlink_to(tmp_path / "secret")
    assert "app/frenchbakery/orders/secret.py" not in files(build("orders", copy))


@pytest.mark.parametrize("service", SERVICES)
def test_the_declaration_agrees_with_the_dockerfile(service: str) -> None:
    text = (SHOP / service / "Dockerfile").read_text()
    final = text[text.rindex("\nFROM ") :]

    def instruction(name: str) -> list[str]:
        return re.findall(rf"^{name} (.+)$", final, re.M)

    declared = read(SHOP / "images.toml")
    assert [json.loads(instruction("CMD")[0])] == [list(declared.services[service].cmd)]
    assert instruction("USER") == [declared.image.user]
    assert instruction("EXPOSE") == [str(declared.image.port)]
    assert instruction("WORKDIR") == [declared.image.working_dir]
    environment = dict(pair.split("=", 1) for line in instruction("ENV") for pair in line.split())
    environment.pop("PYTHONPATH", None)  # of the libraries, which are the host's here
    assert environment == declared.image.env
    copied = {line.split()[0] for line in instruction("COPY") if not line.startswith("--from")}
    assert copied == {path for layer in declared.services[service].layers for path in layer}


def test_the_configuration_is_an_oci_one() -> None:
    config = configuration(build("orders"))
    assert config["os"] == "linux"
    assert config["architecture"]
    assert config["config"]["Cmd"] == ["python", "-m", "frenchbakery.orders"]
    assert config["config"]["User"] == "10001:10001"
    assert config["config"]["ExposedPorts"] == {"8080/tcp": {}}
    assert config["config"]["Labels"] == {"course.engine-free": "true"}
    assert len(config["rootfs"]["diff_ids"]) == len(config["history"]) == 2


def test_skopeo_reads_the_layout() -> None:
    if shutil.which("skopeo") is None:
        if os.environ.get("REQUIRE_ENGINE") == "1":
            pytest.fail("no skopeo, and REQUIRE_ENGINE=1")
        pytest.skip("no skopeo")
    image = build("orders")
    done = subprocess.run(
        ["skopeo", "inspect", f"oci:{image.layout}"], capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 0, done.stderr
    inspected = json.loads(done.stdout)
    assert (inspected["Digest"], inspected["Layers"]) == (image.digest, list(image.layers))


def test_an_unknown_service_and_a_broken_declaration(tmp_path: Path) -> None:
    for service in ("absent", "../frenchbakery/orders", ""):
        with pytest.raises(ImageError, match="No service"):
            build(service)
    copy = shutil.copytree(SHOP, tmp_path / "copy")
    (copy / "images.toml").write_text("[image]\nuser = 1")
    with pytest.raises(ImageError, match=r"images\.toml cannot be read"):
        build("orders", copy)
    text = (SHOP / "images.toml").read_text()
    (copy / "images.toml").write_text(text.replace('["orders"]', '["../../etc"]'))
    with pytest.raises(ImageError, match=r"images\.toml cannot be read"):
        build("orders", copy)
    (copy / "images.toml").write_text(text.replace('["orders"]', '["no-such-folder"]'))
    with pytest.raises(ImageError, match="does not exist"):
        build("orders", copy)


def test_a_real_account_needs_an_engine() -> None:
    with pytest.raises(ImageError, match="must be built by a Docker Engine"):
        build("orders", real=True)


def test_a_forced_engine_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_ENGINE", "docker")
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    with pytest.raises(ImageError, match="none answers"):
        build("orders")


def test_an_image_is_built_for_the_engine_that_the_running_cloud_uses(
    cloud: RunningCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Docker Engine may be there, and yet the cloud was started without it."""
    monkeypatch.delenv("COURSE_ENGINE")
    monkeypatch.setattr("labs.cloud.engine.docker.client", lambda: pytest.fail("asked for a Docker Engine"))
    assert build("orders").engine_free


# What is pushed


def test_what_is_pushed_is_what_ecr_has(session: Session, repository: str, lines: list[str]) -> None:
    image = build("orders", tag="1.0")
    pushed = push(image, repository, session, lines)
    name = repository.partition("/")[2]
    [detail] = session.client("ecr").describe_images(repositoryName=name)["imageDetails"]
    assert pushed.digest == detail["imageDigest"] == image.digest
    assert pushed.size == detail["imageSizeInBytes"] == image.size
    assert detail["imageTags"] == ["1.0"]
    assert [layer.digest for layer in pushed.layers] == list(image.layers)
    assert len([line for line in lines if "pushed" in line]) == 3
    assert repr(pushed) == f"{name}:1.0"


def test_a_second_push_sends_nothing(session: Session, repository: str, lines: list[str]) -> None:
    image = build("orders")
    push(image, repository, session)
    push(image, repository, session, lines)
    assert [line.partition(": ")[2] for line in lines[:-1]] == ["layer already exists"] * 3


def test_the_address_may_name_a_tag_or_aws_s_host(session: Session, repository: str) -> None:
    name = repository.partition("/")[2]
    assert push(build("orders"), f"{repository}:special", session).tag == "special"
    aws = f"123456789012.dkr.ecr.us-east-1.amazonaws.com/{name}"
    assert push(build("orders", tag="v2"), aws, session).repository == name
    tags = session.client("ecr").list_images(repositoryName=name)["imageIds"]
    assert {image["imageTag"] for image in tags} == {"special", "v2"}


def test_a_push_that_the_registry_refuses_gives_its_words(session: Session, repository: str) -> None:
    absent = repository.partition("/")[0] + "/absent"
    with pytest.raises(ImageError, match="The repository with name 'absent' does not exist"):
        push(build("orders"), absent, session)
    name = repository.partition("/")[2]
    session.client("ecr").put_image_tag_mutability(repositoryName=name, imageTagMutability="IMMUTABLE")
    push(build("orders"), repository, session)
    with pytest.raises(ImageError, match="the repository is immutable"):
        push(build("products"), repository, session)


@pytest.mark.parametrize("address", ["", "orders", "http://127.0.0.1/x", "127.0.0.1:1/UPPER", "a/b c"])
def test_what_is_no_address(session: Session, address: str) -> None:
    with pytest.raises(ImageError, match="not the address of an ECR repository"):
        push(build("orders"), address, session)


def test_the_password_goes_to_no_other_host(session: Session) -> None:
    with pytest.raises(ImageError, match="not in the registry of this session"):
        push(build("orders"), "registry.example.com/orders", session)


class FakeSession:
    """A session whose registry is wherever the test says."""

    def __init__(self, endpoint: str):
        self._endpoint = endpoint

    def client(self, service: str, region_name: str | None = None) -> FakeSession:
        return self

    def get_authorization_token(self) -> dict[str, Any]:
        token = base64.b64encode(b"AWS:secret").decode()
        return {"authorizationData": [{"authorizationToken": token, "proxyEndpoint": self._endpoint}]}


@pytest.mark.parametrize(
    "lang, words",
    [("en", "would not run on AWS. So it is not pushed"), ("fr", "ne tournerait pas sur AWS")],
)
def test_an_image_without_an_operating_system_never_goes_to_aws(
    monkeypatch: pytest.MonkeyPatch, lang: str, words: str
) -> None:
    monkeypatch.setenv("COURSE_LANG", lang)
    host = "111122223333.dkr.ecr.eu-west-3.amazonaws.com"
    with pytest.raises(ImageError, match=words):
        push(build("orders"), f"{host}/frenchbakery/orders", FakeSession(f"https://{host}"))


def test_a_registry_that_does_not_answer() -> None:
    with pytest.raises(ImageError, match="does not answer"):
        push(build("orders"), "127.0.0.1:9/orders", FakeSession("http://127.0.0.1:9"))


def test_a_registry_that_points_elsewhere_gets_nothing() -> None:
    """A Location on another host would carry the password there."""
    asked: list[str] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(404)
            self.end_headers()

        def do_POST(self) -> None:
            self.send_response(202)
            self.send_header("Location", "http://127.0.0.1:9/steal")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_PUT(self) -> None:
            asked.append(self.path)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    Thread(target=server.serve_forever, daemon=True).start()
    host = f"127.0.0.1:{server.server_port}"
    try:
        with pytest.raises(ImageError, match="The registry refused: Location"):
            push(build("orders"), f"{host}/orders", FakeSession(f"http://{host}"))
        assert not asked
    finally:
        server.shutdown()
        server.server_close()


# What is shown


def test_an_image_shows_its_name_to_tests_and_its_digest_to_readers() -> None:
    image = build("orders", tag="1.0")
    assert repr(image) == "frenchbakery/orders:1.0"
    assert image.digest in image._repr_html_()


def test_progress_in_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    image = images.build("orders", SHOP, tag="1.0")
    output = capsys.readouterr().out
    assert output.startswith("Building frenchbakery/orders:1.0\n")
    assert image.digest in output


def test_progress_in_a_notebook_is_one_display_whose_text_never_varies() -> None:
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    class ZMQInteractiveShell(InteractiveShell):  # what Jupyter's kernels call theirs
        pass

    shell = ZMQInteractiveShell.instance()
    try:
        with capture_output() as captured:
            images.build("orders", SHOP, tag="1.0")
    finally:
        shell.clear_instance()
    _, *updates = captured.outputs
    assert {output.data["text/plain"] for output in captured.outputs} == {"Building frenchbakery/orders:1.0"}
    assert updates
    assert "sha256:" in updates[-1].data["text/html"]
