"""Nobody but the cloud's owner gets anything out of it: real sockets, real requests."""

from __future__ import annotations

import http.client
import http.server
import json
import os
import re
import socket
import stat
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from labs.cloud import client
from tests.cloud.running import RunningCloud

Answer = tuple[int, dict[str, str], bytes]
JSON = "application/x-amz-json-1.1"
TARGET = "AmazonEC2ContainerServiceV20141113.ListClusters"


def send(cloud: RunningCloud, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> Answer:
    """A request exactly as given (http.client adds Host only when it is absent)."""
    connection = http.client.HTTPConnection("127.0.0.1", cloud.state.port, timeout=10)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    result = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    connection.close()
    return result


def signed(cloud: RunningCloud, body: bytes = b"{}", service: str = "ecs", **more: str) -> dict[str, str]:
    """The headers of a signed ListClusters."""
    headers = {"Content-Type": JSON, "X-Amz-Target": TARGET} | more
    request = AWSRequest("POST", cloud.endpoint + "/", data=body, headers=headers)
    key = Credentials(cloud.state.access_key_id, cloud.state.secret_access_key)
    SigV4Auth(key, service, "us-east-1").add_auth(request)
    return dict(request.headers)


def code(answer: Answer) -> str:
    in_xml = re.search(rb"<Code>(\w+)</Code>", answer[2])
    return answer[1].get("x-amzn-errortype", in_xml[1].decode() if in_xml else "")


def test_a_signed_call_is_answered(cloud: RunningCloud) -> None:
    status, headers, body = send(cloud, "POST", "/", signed(cloud), b"{}")
    assert status == 200, body
    assert "clusterArns" in json.loads(body)
    assert not [name for name in headers if name.startswith("access-control-")]


def test_localhost_is_the_same_door(cloud: RunningCloud) -> None:
    request = AWSRequest(
        "POST",
        f"http://localhost:{cloud.state.port}/",
        data=b"{}",
        headers={"X-Amz-Target": TARGET, "Content-Type": JSON},
    )
    SigV4Auth(
        Credentials(cloud.state.access_key_id, cloud.state.secret_access_key), "ecs", "us-east-1"
    ).add_auth(request)
    headers = dict(request.headers) | {"Host": f"localhost:{cloud.state.port}"}
    assert send(cloud, "POST", "/", headers, b"{}")[0] == 200
    assert send(cloud, "POST", "/", headers | {"Host": f"127.0.0.1:{cloud.state.port}"}, b"{}")[0] == 403


def test_an_unsigned_call_is_refused_in_aws_shape(cloud: RunningCloud) -> None:
    answer = send(cloud, "POST", "/", {"Content-Type": JSON, "X-Amz-Target": TARGET}, b"{}")
    assert (answer[0], code(answer)) == (403, "MissingAuthenticationToken")
    assert json.loads(answer[2])["message"] == "Missing Authentication Token"


def test_without_the_key_a_client_gets_nothing(cloud: RunningCloud) -> None:
    stranger = boto3.client(
        "ecs",
        endpoint_url=cloud.endpoint,
        region_name="us-east-1",
        aws_access_key_id=cloud.state.access_key_id,
        aws_secret_access_key="a guess",
    )
    with pytest.raises(ClientError) as refused:
        stranger.list_clusters()
    assert refused.value.response["Error"]["Code"] == "SignatureDoesNotMatch"
    stranger = boto3.client(
        "ecs",
        endpoint_url=cloud.endpoint,
        region_name="us-east-1",
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY",
    )
    with pytest.raises(ClientError) as refused:
        stranger.list_clusters()
    assert refused.value.response["Error"]["Code"] == "UnrecognizedClientException"


def test_a_web_page_is_refused_even_with_a_signature(cloud: RunningCloud) -> None:
    for origin in ("https://evil.example.com", "null", cloud.endpoint):
        answer = send(cloud, "POST", "/", signed(cloud) | {"Origin": origin}, b"{}")
        assert (answer[0], code(answer)) == (403, "AccessDenied"), origin
        assert "access-control-allow-origin" not in answer[1]


def test_a_preflight_is_refused(cloud: RunningCloud) -> None:
    headers = {"Origin": "https://evil.example.com", "Access-Control-Request-Method": "POST"}
    status, answered, _ = send(cloud, "OPTIONS", "/", headers)
    assert status == 403
    assert not [name for name in answered if name.startswith("access-control-")]
    assert send(cloud, "OPTIONS", "/", {})[0] == 403


@pytest.mark.parametrize(
    "host", ["evil.example.com", "evil.example.com:{port}", "127.0.0.1", "localhost:1", ""]
)
def test_dns_rebinding_is_refused(cloud: RunningCloud, host: str) -> None:
    name = host.format(port=cloud.state.port)
    for path in ("/", "/v2/", "/_course/status", "/_course/tasks/guess/credentials"):
        assert send(cloud, "GET", path, {"Host": name})[0] == 403, path


def test_a_tampered_body_is_refused(cloud: RunningCloud) -> None:
    answer = send(cloud, "POST", "/", signed(cloud, b'{"maxResults": 1}'), b'{"maxResults": 9}')
    assert (answer[0], code(answer)) == (403, "SignatureDoesNotMatch")


def test_a_tampered_or_unsigned_target_is_refused(cloud: RunningCloud) -> None:
    other = {"X-Amz-Target": TARGET.replace("ListClusters", "DeleteCluster")}
    assert code(send(cloud, "POST", "/", signed(cloud) | other, b"{}")) == "SignatureDoesNotMatch"
    request = AWSRequest("POST", cloud.endpoint + "/", data=b"{}", headers={"Content-Type": JSON})
    key = Credentials(cloud.state.access_key_id, cloud.state.secret_access_key)
    SigV4Auth(key, "ecs", "us-east-1").add_auth(request)
    answer = send(cloud, "POST", "/", dict(request.headers) | {"X-Amz-Target": TARGET}, b"{}")
    assert (answer[0], code(answer)) == (403, "AccessDenied")


def test_a_replay_outside_the_window_is_refused(cloud: RunningCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    for minutes in (-6, 6):
        moment = datetime.now(UTC) + timedelta(minutes=minutes)
        monkeypatch.setattr("botocore.auth.get_current_datetime", lambda moment=moment: moment)
        answer = send(cloud, "POST", "/", signed(cloud), b"{}")
        assert (answer[0], code(answer)) == (403, "SignatureDoesNotMatch"), minutes
        assert "expired" in answer[2].decode() or "not yet current" in answer[2].decode()


def test_presigned_urls_work_until_they_expire(cloud: RunningCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    def presigned(seconds: int, **query: str) -> str:
        url = f"{cloud.endpoint}/?Action=GetCallerIdentity&Version=2011-06-15"
        request = AWSRequest("GET", url)
        key = Credentials(cloud.state.access_key_id, cloud.state.secret_access_key)
        SigV4QueryAuth(key, "sts", "us-east-1", expires=seconds).add_auth(request)
        return request.url.removeprefix(cloud.endpoint)

    status, _, body = send(cloud, "GET", presigned(60), {})
    assert status == 200, body
    assert b"user/learner" in body
    changed = presigned(60).replace("GetCallerIdentity", "GetSessionToken")
    assert code(send(cloud, "GET", changed, {})) == "SignatureDoesNotMatch"
    monkeypatch.setattr(
        "botocore.auth.get_current_datetime", lambda: datetime.now(UTC) - timedelta(seconds=120)
    )
    assert code(send(cloud, "GET", presigned(60), {})) == "RequestExpired"
    assert code(send(cloud, "GET", presigned(10**6), {})) == "IncompleteSignature"


def test_a_presigned_s3_url_reads_and_writes(cloud: RunningCloud) -> None:
    s3 = cloud.client("s3", config=Config(signature_version="s3v4"))
    s3.create_bucket(Bucket="bakery-orders")
    s3.put_object(Bucket="bakery-orders", Key="a b/é+.txt", Body=b"baguette")
    url = s3.generate_presigned_url("get_object", {"Bucket": "bakery-orders", "Key": "a b/é+.txt"})
    assert send(cloud, "GET", url.removeprefix(cloud.endpoint), {})[2] == b"baguette"


def test_an_empty_object_is_stored(cloud: RunningCloud) -> None:
    """SDKs announce even an empty body with Expect: 100-continue."""
    s3 = cloud.client("s3", config=Config(read_timeout=20, retries={"total_max_attempts": 1}))
    s3.create_bucket(Bucket="empty-baskets")
    s3.put_object(Bucket="empty-baskets", Key="basket", Body=b"")
    assert s3.head_object(Bucket="empty-baskets", Key="basket")["ContentLength"] == 0


def test_a_presigned_s3_url_of_signature_version_2_says_what_to_do(cloud: RunningCloud) -> None:
    url = cloud.client("s3").generate_presigned_url("get_object", {"Bucket": "bakery-orders", "Key": "a"})
    assert "AWSAccessKeyId=" in url
    status, _, body = send(cloud, "GET", url.removeprefix(cloud.endpoint), {})
    assert status == 400 and b"<Code>InvalidRequest</Code>" in body and b"AWS4-HMAC-SHA256" in body


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", {}, 413),
        ("/", {"Authorization": "Basic QVdTOng="}, 413),
        ("/v2/web/blobs/uploads/x", {}, 413),
        ("/v2/web/blobs/uploads/x", {"Authorization": "Basic QVdTOng="}, 413),
        ("/", {"Transfer-Encoding": "chunked"}, 413),
        ("/", {"Expect": "100-continue"}, 413),
    ],
)
def test_strangers_cannot_fill_the_disk(
    cloud: RunningCloud, path: str, headers: dict[str, str], status: int
) -> None:
    """They are refused at their headers, or where a body without a stated length grows too large."""
    with socket.create_connection(("127.0.0.1", cloud.state.port), timeout=10) as connection:
        lines = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{cloud.state.port}"]
        sized = {"Content-Length": "1000000000"} if "Transfer-Encoding" not in headers else {}
        lines += [f"{name}: {value}" for name, value in (headers | sized).items()]
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        if not sized:
            connection.sendall(b"20000\r\n" + b"x" * 0x20000 + b"\r\n")
        assert connection.recv(1000).startswith(f"HTTP/1.1 {status}".encode())


def test_the_key_is_readable_by_its_user_only(cloud: RunningCloud) -> None:
    assert stat.S_IMODE(cloud.home.stat().st_mode) == 0o700
    for name in ("state.json", "cloud.log", "lock", "port"):
        assert stat.S_IMODE((cloud.home / name).stat().st_mode) == 0o600, name
    assert cloud.state.secret_access_key not in (cloud.home / "cloud.log").read_text()


@pytest.mark.skipif(os.geteuid() != 0, reason="becoming another user needs root")
def test_another_user_of_the_machine_gets_nothing(cloud: RunningCloud) -> None:
    program = f"""
import urllib.request, urllib.error
try:
    open({str(cloud.home / "state.json")!r})
    print("read")
except PermissionError:
    print("denied")
for path in ("/", "/v2/", "/_course/status"):
    try:
        urllib.request.urlopen({cloud.endpoint!r} + path)
        print("answered")
    except urllib.error.HTTPError as error:
        print(error.code)
"""
    done = subprocess.run(
        ["/usr/bin/env", "python3", "-c", program],
        user=65534,
        group=65534,
        cwd="/",
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == ["denied", "403", "401", "403"], done.stderr


def test_moto_api_and_its_dashboard_are_closed(cloud: RunningCloud) -> None:
    for path in ("/moto-api/", "/moto-api/reset", "/latest/meta-data/"):
        request = AWSRequest("GET", cloud.endpoint + path)
        key = Credentials(cloud.state.access_key_id, cloud.state.secret_access_key)
        SigV4Auth(key, "ecs", "us-east-1").add_auth(request)
        assert send(cloud, "GET", path, dict(request.headers))[0] == 403


def test_the_control_api_takes_only_the_clouds_own_key(cloud: RunningCloud) -> None:
    iam = cloud.client("iam")
    iam.create_user(UserName="baker")
    made = iam.create_access_key(UserName="baker")["AccessKey"]
    keys = Credentials(made["AccessKeyId"], made["SecretAccessKey"])
    for credentials, service in (
        (keys, "course"),
        (Credentials(cloud.state.access_key_id, cloud.state.secret_access_key), "ecs"),
    ):
        request = AWSRequest("POST", cloud.endpoint + "/_course/stop")
        SigV4Auth(credentials, service, "us-east-1").add_auth(request)
        assert send(cloud, "POST", "/_course/stop", dict(request.headers))[0] == 403
    assert client.status() is not None


def test_keys_that_iam_and_sts_gave_out_sign_too(cloud: RunningCloud) -> None:
    iam = cloud.client("iam")
    iam.create_user(UserName="apprentice")
    key = iam.create_access_key(UserName="apprentice")["AccessKey"]

    def whoami(**credentials: str) -> str:
        return boto3.client(
            "sts", endpoint_url=cloud.endpoint, region_name="us-east-1", **credentials
        ).get_caller_identity()["Arn"]

    user = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    assert whoami(**user).endswith(":user/apprentice")
    iam.update_access_key(UserName="apprentice", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    with pytest.raises(ClientError):
        whoami(**user)
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "123456789012"}}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName="oven", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    given = cloud.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    temporary = {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }
    assert whoami(**temporary).endswith(":assumed-role/oven/test")
    with pytest.raises(ClientError) as refused:
        whoami(**(temporary | {"aws_session_token": "another"}))
    assert refused.value.response["Error"]["Code"] == "UnrecognizedClientException"


def test_an_operation_that_is_not_emulated_is_named(cloud: RunningCloud) -> None:
    for call in (
        lambda: cloud.client("ecs").submit_task_state_change(),
        lambda: cloud.client("sts").get_session_token(),
        lambda: cloud.client("ec2").describe_local_gateways(),
        lambda: cloud.client("vpc-lattice").list_targets(targetGroupIdentifier="tg-0123456789abcdef0"),
    ):
        with pytest.raises(ClientError) as refused:
            call()
        error = refused.value.response
        assert error["Error"]["Code"] == "NotImplemented"
        assert refused.value.operation_name in error["Error"]["Message"]
        assert error["ResponseMetadata"]["HTTPStatusCode"] == 501


def hostile(cloud: RunningCloud) -> list[tuple[str, dict[str, str], bytes]]:
    target = "AmazonEC2ContainerServiceV20141113."
    bodies = [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"cluster": {"a": 1}}',
        b'{"tasks": "x"}',
        b"[" * 5000,
    ]
    calls = [
        (target + name, body)
        for name in ("DescribeTasks", "RunTask", "CreateService", "Nonsense", "__init__", "")
        for body in bodies
    ]
    return [("/", signed_for(cloud, name, body), body) for name, body in calls]


def signed_for(cloud: RunningCloud, target: str, body: bytes) -> dict[str, str]:
    return signed(cloud, body, **{"X-Amz-Target": target})


def test_hostile_input_never_makes_a_500(cloud: RunningCloud) -> None:
    for path, headers, body in hostile(cloud):
        status, _, text = send(cloud, "POST", path, headers, body)
        assert status < 500 or status == 501, (headers["X-Amz-Target"], body[:20], text)
        assert b"Traceback" not in text and b"<html" not in text.lower()
    for method, path in (
        ("GET", "/nothing/here"),
        ("POST", "/%00%ff"),
        ("PUT", "/../../etc/passwd"),
        ("GET", "//"),
    ):
        assert send(cloud, method, path, {})[0] in (400, 403, 404), path
    assert send(cloud, "POST", "/", signed(cloud, service="no-such-service"), b"{}")[0] in (400, 501)
    assert send(cloud, "POST", "/", signed(cloud, service="dynamodb"), b"{}")[0] in (400, 501)


@pytest.mark.parametrize(
    "header",
    [
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=y",
        "AWS4-HMAC-SHA256 Credential=////, SignedHeaders=, Signature=",
        "Basic QVdTOng=",
        "Bearer token",
        "AWS4-HMAC-SHA256 Credential=AKIAAAAAAAAAAAAAAAAA/20260101/../../x/aws4_request, SignedHeaders=host, Signature=é",
    ],
)
def test_a_malformed_signature_is_refused(cloud: RunningCloud, header: str) -> None:
    headers = {"Authorization": header.encode("latin-1").decode("latin-1"), "X-Amz-Date": "20260101T000000Z"}
    assert send(cloud, "POST", "/", headers, b"{}")[0] == 403


@pytest.mark.browser
def test_a_page_from_another_origin_can_do_nothing(cloud: RunningCloud, chromium: Any) -> None:
    page_html = b"<!doctype html><title>evil</title>"

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page_html)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = chromium.new_page()
    seen: list[int] = []
    page.on(
        "response", lambda answer: seen.append(answer.status) if str(cloud.state.port) in answer.url else None
    )
    page.goto(f"http://127.0.0.1:{server.server_port}/")
    script = """async ([url, target]) => {
        const results = [];
        for (const options of [
            {method: "POST", body: "{}"},
            {method: "POST", mode: "no-cors", body: "{}"},
            {method: "POST", headers: {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}, body: "{}"},
        ]) {
            try { const a = await fetch(url, options); results.push(a.type === "opaque" ? "opaque" : a.status); }
            catch (error) { results.push("blocked"); }
        }
        return results;
    }"""
    assert page.evaluate(script, [cloud.endpoint + "/", TARGET]) == ["blocked", "opaque", "blocked"]
    assert set(seen) <= {403}
    page.close()
    server.shutdown()


def test_the_signature_is_compared_whole(cloud: RunningCloud) -> None:
    """A signature that is right but for its last character is refused."""
    headers = signed(cloud)
    value = headers["Authorization"]
    last = "0" if value[-1] != "0" else "1"
    assert send(cloud, "POST", "/", headers | {"Authorization": value[:-1] + last}, b"{}")[0] == 403
