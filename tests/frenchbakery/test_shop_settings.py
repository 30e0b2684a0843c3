"""What the environment tells a service."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from frenchbakery.common.settings import Settings, SettingsError
from frenchbakery.common.task import Task, identify


def test_defaults_are_those_of_a_container() -> None:
    settings = Settings.from_environment("orders", {})
    assert (settings.host, settings.port) == ("0.0.0.0", 8080)
    assert settings.faults is False
    assert settings.table is None


def test_one_url_for_all_services_or_one_each() -> None:
    environ = {"BACKEND_URL": "http://balancer/", "PRODUCTS_URL": "http://products:8080"}
    settings = Settings.from_environment("orders", environ)
    assert settings.backend("products") == "http://products:8080"
    assert settings.backend("reviews") == "http://balancer"


def test_a_missing_backend_says_which_variable_to_set() -> None:
    with pytest.raises(SettingsError, match="PRODUCTS_URL"):
        Settings.from_environment("orders", {}).backend("products")


def test_each_service_reads_its_own_table() -> None:
    environ = {"ORDERS_TABLE": "o", "REVIEWS_TABLE": "r"}
    assert Settings.from_environment("orders", environ).table == "o"
    assert Settings.from_environment("reviews", environ).table == "r"


@pytest.mark.parametrize("value", ["", "off", "1", "true"])
def test_faults_need_the_word_on(value: str) -> None:
    assert Settings.from_environment("orders", {"FAULTS": value}).faults is False
    assert Settings.from_environment("orders", {"FAULTS": "on"}).faults is True


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "70000"),
        ("CALL_TIMEOUT", "0"),
        ("CALL_TIMEOUT", "nan"),
        ("DRAIN_SECONDS", "3600"),
        ("PRODUCTS_URL", "products:8080"),
    ],
)
def test_a_wrong_value_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name if name != "PRODUCTS_URL" else "products"):
        Settings.from_environment("orders", {name: value})


@pytest.fixture
def metadata() -> Iterator[tuple[str, list[bytes]]]:
    """An ECS task metadata endpoint, and the body that it will answer with."""
    body = [b""]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/v4/abc/task" else 404)
            self.end_headers()
            self.wfile.write(body[0])

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v4/abc", body
    server.shutdown()
    server.server_close()


def test_on_ecs_the_task_names_itself(metadata: tuple[str, list[bytes]]) -> None:
    url, body = metadata
    body[0] = (
        b'{"Cluster": "arn:aws:ecs:eu-west-3:123456789012:cluster/frenchbakery", "AvailabilityZone": "eu-west-3b",'
        b' "TaskARN": "arn:aws:ecs:eu-west-3:123456789012:task/frenchbakery/0f1e2d3c"}'
    )
    assert identify({"ECS_CONTAINER_METADATA_URI_V4": url}) == Task("0f1e2d3c", "eu-west-3b", "frenchbakery")


@pytest.mark.parametrize("answer", [b"", b"[]", b'{"TaskARN": null}', b'"text"'])
def test_strange_metadata_stops_nobody(metadata: tuple[str, list[bytes]], answer: bytes) -> None:
    url, body = metadata
    body[0] = answer
    environ = {"ECS_CONTAINER_METADATA_URI_V4": url, "HOSTNAME": "pod-7"}
    assert identify(environ).id in ("pod-7", "None")


def test_elsewhere_the_host_names_the_task() -> None:
    assert identify({"HOSTNAME": "pod-7"}) == Task("pod-7")
    assert identify({}).id
