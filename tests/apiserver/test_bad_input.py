"""Tests that invalid requests are answered or refused clearly, and that the server goes on.

Over HTTPS (fixture `https`) the answer is a Status or an HTTP error, and the log stays empty. In
the test's process (fixture `cluster`) the log must stay empty too, because bugs are logged.
"""

import socket
import ssl
from base64 import urlsafe_b64encode
from random import Random
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.apiserver import mutating
from tests.apiserver.given import (
    APPLY,
    CONFIGMAPS,
    JSON_PATCH,
    MERGE,
    config_map,
    in_process,
    install_definitions,
)

DEFAULT = "/api/v1/namespaces/default"
STRATEGIC = "application/strategic-merge-patch+json"
YAML = "application/yaml"
PROTOBUF = "application/vnd.kubernetes.protobuf"
CLOSE = "connection: close"
DEEP = 10_000
MEBIBYTE = 1024 * 1024

few = settings(
    max_examples=250,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def nested(depth):
    return b'{"a":' * depth + b"1" + b"}" * depth


# paths and methods


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("//", 404),
        ("/..", 404),
        ("/%", 404),
        ("*", 404),
        ("x", 400),
        ("", 400),
        ("/nope", 404),
        ("/api//v1/pods", 404),
        ("/api/v9/pods", 404),
        ("/apis/apps/v9/deployments", 404),
        ("/apis/apps/v1/nones", 404),
        ("/apis/nobody.example.com/v1/things", 404),
        ("/api/v1/pods/x", 404),
        ("/api/v1/namespaces/a%2fb/pods", 404),
        ("/api/v1/namespaces/../pods", 200),
        ("/api/v1/namespaces//pods", 200),
        (f"{DEFAULT}/pods/", 200),
        (f"{DEFAULT}/pods/..", 400),
        (f"{DEFAULT}/pods/a%25b", 400),
        (f"{DEFAULT}/pods/a/b/c/d", 404),
        (f"{CONFIGMAPS}/%00", 404),
        (f"{CONFIGMAPS}/%ff%fe", 404),
        (f"{CONFIGMAPS}/{'n' * 10_240}", 404),
        (f"/api/v1/{'x/' * 3_000}", 404),
        (f"/api/v1/{'x' * 100_000}", 400),
        ("/api/v1/\xff", 400),
    ],
)  # fmt: skip
def test_an_unusual_path_is_answered_with_an_http_status(https, path, code):
    assert answer_code(https.raw(https.head("GET", path, CLOSE))) == code


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "PROPFIND", "PUT", "PATCH", "HEAD"])
def test_a_method_that_a_collection_does_not_support_is_not_allowed(https, method):
    assert answer_code(https.raw(https.head(method, CONFIGMAPS, CLOSE))) == 405


@pytest.mark.parametrize("method", ["FOO", "get", "\x00"])
def test_an_invalid_http_method_is_a_bad_request(https, method):
    assert answer_code(https.raw(https.head(method, CONFIGMAPS, CLOSE))) == 400


def answer_code(answer):
    """Returns the status code of an answer; asserts that it is the only answer."""
    assert answer.startswith(b"HTTP/1.1 ")
    assert answer.count(b"HTTP/1.1 ") == 1
    return int(answer.split(b" ", 2)[1])


# connections and headers


@pytest.mark.parametrize(
    "sent",
    [
        b"\x00" * 100,
        b"\x16\x03\x01\x02\x00\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n{}",
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: x\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: x\r\nx: \x00\r\n\r\n",
    ],
    ids=range(10),
)
def test_invalid_http_is_a_bad_request_and_closes_the_connection(https, sent):
    assert answer_code(https.raw(sent)) == 400


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Bearer x", "Basic eDp5", "bearer \xff", "Bearer " + "x" * 50_000],
    ids=range(7),
)
def test_a_request_without_a_valid_token_is_unauthorized(https, authorization):
    status = https.status("GET", CONFIGMAPS, headers={"authorization": authorization})
    assert (status["code"], status["reason"]) == (401, "Unauthorized")


def test_a_path_with_line_breaks_cannot_inject_headers(https):
    name = "a\r\nx-injected: yes"
    escaped = name.replace("\r", "%0d").replace("\n", "%0a").replace(" ", "%20")
    answer = https.raw(https.head("GET", f"{CONFIGMAPS}/{escaped}", CLOSE))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"x-injected" not in head
    assert b"x-injected" in body


def test_warnings_about_unknown_fields_cannot_inject_headers(https):
    obj = {**config_map("warned"), "a\r\nx-injected: yes": 1, "é\u2028\x00": 2}
    body = orjson.dumps(obj)
    head = https.head("POST", CONFIGMAPS, CLOSE, f"content-length: {len(body)}")
    answer = https.raw(head + body)
    assert answer_code(answer) == 201
    assert b"\r\nx-injected" not in answer


def test_pipelined_requests_are_answered_in_their_order(https):
    answer = https.raw(
        https.head("GET", "/readyz")
        + https.head("GET", "/version")
        + https.head("GET", "/nope")
        + https.head("GET", "/readyz", CLOSE)
    )
    codes = [int(each.split(b" ", 1)[0]) for each in answer.split(b"HTTP/1.1 ")[1:]]
    assert codes == [200, 200, 404, 200]


def test_an_incomplete_request_does_not_disturb_other_clients(https):
    halves = [
        https.head("GET", "/readyz")[:30],
        https.head("POST", CONFIGMAPS, "content-length: 9"),
    ]
    connections = [https.connect() for _ in halves]
    for connection, half in zip(connections, halves, strict=True):
        connection.sendall(half)
    assert https.answers()
    for connection in connections:
        connection.close()
    assert https.answers()


def test_a_client_without_tls_is_not_answered(https):
    with socket.create_connection(("127.0.0.1", https.port), timeout=20) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        assert not connection.recv(100).startswith(b"HTTP")
    assert https.answers()


def test_a_client_without_a_common_tls_version_gets_a_tls_error(https):
    context = https.tls()
    context.maximum_version = context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AES256-SHA256")
    with (
        socket.create_connection(("127.0.0.1", https.port), timeout=20) as connection,
        pytest.raises(ssl.SSLError),
    ):
        context.wrap_socket(connection, server_hostname="127.0.0.1")
    assert https.answers()


@pytest.mark.parametrize(
    ("path", "code"),
    [("/nope", 404), (f"{DEFAULT}/pods", 400), (f"{DEFAULT}/pods/x/exec?command=a", 404)],
)
def test_a_websocket_to_an_invalid_path_is_refused_before_it_opens(https, path, code):
    upgrade = ["connection: Upgrade", "upgrade: websocket", "sec-websocket-version: 13"]
    upgrade.append("sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==")
    with https.connect() as connection:
        connection.sendall(https.head("GET", path, *upgrade))
        answer = connection.recv(4096)
    assert int(answer.split(b" ", 2)[1]) == code


# bodies


@pytest.mark.parametrize("media_type", ["text/plain", "application/cbor", "a/b;c=d", "é"])
def test_an_unknown_content_type_is_unsupported(https, media_type):
    headers = {"content-type": media_type.encode().decode("latin-1")}
    assert https.status("POST", CONFIGMAPS, b"{}", headers)["code"] == 415
    assert https.status("PATCH", DEFAULT, b"{}", headers)["code"] == 415


@pytest.mark.parametrize("accept", ["text/html", ";", ",,,", "application/json;as=X", "a;" * 9_000])
def test_an_unknown_accept_is_not_acceptable(https, accept):
    assert https.status("GET", CONFIGMAPS, headers={"accept": accept})["code"] == 406


#: Bodies that are not a valid object in any media type.
NO_OBJECTS = [
    b"NaN", b"1", b'"x"', b"true", b"[]", b"{", b'{"a"', b'{"a":1}x', b"\xff\xfe", b"k8s\x00",
    b"k8s\x00\xff\xff\xff\xff", b"\x00" * 10, b"- a", b"a: [", b"%YAML 9", b"&a *a", b"!!x y",
    b'{"metadata":1}', b'{"metadata":{"name":1}}', b'{"metadata":{"name":"a","generation":1e999}}',
    b'{"metadata":{"name":"a","generation":' + b"9" * 5_000 + b"}}",
    b'{"metadata":{"name":"a","generation":-9223372036854775809}}',
    b'{"metadata":{"name":"a"},"data":{"a":1}}', b'{"metadata":{"name":"a\\u0000"}}',
    b'{"metadata":{"name":"\xff"}}', b'{"metadata":{"name":"' + b"n" * 10_240 + b'"}}',
    b'{"metadata":{"generateName":"' + b"\xc3\xa9" * 5_000 + b'"}}',
]  # fmt: skip


@pytest.mark.parametrize("body", NO_OBJECTS, ids=range(len(NO_OBJECTS)))
@pytest.mark.parametrize("media_type", ["application/json", YAML, PROTOBUF])
def test_a_body_that_is_not_an_object_is_refused(cluster, body, media_type):
    answer = cluster.ask("POST", CONFIGMAPS, body, {"content-type": media_type})
    assert answer.code in (400, 422)
    assert orjson.loads(answer.body)["kind"] == "Status"


@pytest.mark.parametrize("body", NO_OBJECTS, ids=range(len(NO_OBJECTS)))
def test_a_patch_or_delete_body_that_is_not_an_object_is_refused(cluster, body):
    cluster.create(CONFIGMAPS, config_map("a"))
    for media_type in (MERGE, STRATEGIC, JSON_PATCH, APPLY):
        headers = {"content-type": media_type}
        answer = cluster.ask("PATCH", f"{CONFIGMAPS}/a", body, headers, fieldManager="m")
        # A real server also answers 500 if an applied configuration has an undeclared field.
        is_undeclared = answer.code == 500 and b"failed to create typed patch object" in answer.body
        assert answer.code in (400, 422) or is_undeclared or is_harmless(answer)
    assert cluster.ask("DELETE", f"{CONFIGMAPS}/a", body).code in (200, 400, 409, 422, 500)


def is_harmless(answer):
    """Tells whether a patch succeeded without changing the object's data."""
    return answer.code == 200 and orjson.loads(answer.body)["data"] == {"a": "b"}


LAUGHS = "a: &a [lol,lol,lol,lol,lol,lol,lol,lol,lol]\n" + "".join(
    f"{after}: &{after} [{','.join([f'*{before}'] * 9)}]\n"
    for before, after in zip("abcdefghijklmnopqrst", "bcdefghijklmnopqrstu", strict=True)
)


def test_yaml_aliases_that_multiply_are_refused_before_they_use_memory(https):
    before = peak_memory(https)
    create = https.status("POST", CONFIGMAPS, LAUGHS.encode(), {"content-type": YAML})
    apply = https.status(
        "PATCH", f"{CONFIGMAPS}/x?fieldManager=m", LAUGHS.encode(), {"content-type": APPLY}
    )
    assert (create["code"], apply["code"]) == (400, 400)
    assert peak_memory(https) - before < 50 * MEBIBYTE


def peak_memory(https):
    lines = (https.proc / "status").read_text().splitlines()
    return next(int(each.split()[1]) * 1024 for each in lines if each.startswith("VmHWM"))


def test_a_body_that_is_too_large_is_refused_and_the_connection_stays_open(https):
    connection = https.connection()
    headers = {"authorization": f"Bearer {https.token}"}
    for _ in range(2):
        connection.request("POST", CONFIGMAPS, b"x" * 5 * MEBIBYTE, headers)
        answer = connection.getresponse()
        status = orjson.loads(answer.read())
        assert (answer.status, status["reason"]) == (413, "RequestEntityTooLarge")
    connection.request("GET", "/readyz", headers=headers)
    assert connection.getresponse().read() == b"ok"
    connection.close()


@pytest.mark.parametrize("depth", [251, DEEP, 500_000])
@pytest.mark.parametrize(
    ("method", "media_type", "before", "after"),
    [
        ("POST", "application/json", b'{"metadata":{"name":"a"},"data":', b"}"),
        ("POST", YAML, b'{"metadata":{"name":"a"},"data":', b"}"),
        ("PATCH", MERGE, b'{"metadata":{"annotations":', b"}}"),
        ("PATCH", STRATEGIC, b'{"metadata":{"annotations":', b"}}"),
        ("PATCH", JSON_PATCH, b'[{"op":"add","path":"/metadata/x","value":', b"}]"),
        ("PATCH", APPLY, b'{"apiVersion":"v1","kind":"ConfigMap","data":', b"}"),
        ("DELETE", "application/json", b'{"preconditions":', b"}"),
    ],
)
def test_a_body_that_is_nested_too_deeply_is_refused(
    cluster, method, media_type, before, after, depth
):
    cluster.create(CONFIGMAPS, config_map("a"))
    path = CONFIGMAPS if method == "POST" else f"{CONFIGMAPS}/a"
    body = before + nested(depth) + after
    headers = {"content-type": media_type}
    answer = cluster.ask(method, path, body, headers, fieldManager="m")
    # A real server answers 500 if it cannot decode the options of a deletion.
    assert answer.code in ((200, 400, 500) if method == "DELETE" else (400, 422))


def test_json_patch_operations_that_together_nest_too_deeply_are_refused(cluster):
    cluster.create(CONFIGMAPS, config_map("a"))
    steps = [{"op": "add", "path": "/data" + "/x" * i, "value": {}} for i in range(1, 400)]
    headers = {"content-type": JSON_PATCH}
    copy = {"op": "copy", "from": "/data", "path": "/y"}
    assert cluster.ask("PATCH", f"{CONFIGMAPS}/a", steps, headers).code == 400
    assert cluster.ask("PATCH", f"{CONFIGMAPS}/a", [*steps, copy], headers).code == 422


def test_json_patch_copies_that_multiply_are_refused(cluster):
    cluster.create(CONFIGMAPS, config_map("a"))
    copies = [{"op": "copy", "from": "/data", "path": f"/data/x{i}"} for i in range(60)]
    headers = {"content-type": JSON_PATCH}
    assert cluster.ask("PATCH", f"{CONFIGMAPS}/a", copies, headers).code == 422


# parameters

numbers = st.sampled_from(
    ["", "0", "1", "-1", "+2", "1.5", "x", "1_0", "٣", "0x3", "9" * 18, "9" * 20, "9" * 5_000]
)


@pytest.mark.parametrize("text", ["", "1.5", "1_0", "0x3", "x", "٣", "9" * 20, "9" * 5_000])
@pytest.mark.parametrize("name", ["limit", "timeoutSeconds"])
def test_a_query_parameter_that_is_not_a_number_is_refused(cluster, name, text):
    watch = {"watch": "1"} if name == "timeoutSeconds" else {}
    answer = cluster.ask("GET", CONFIGMAPS, **{name: text}, **watch)
    assert answer.code == 400
    assert b"strconv.ParseInt" in answer.body


@few
@given(
    st.dictionaries(
        st.sampled_from(["limit", "resourceVersion", "gracePeriodSeconds", "timeoutSeconds"]),
        numbers,
    ),
    st.dictionaries(
        st.sampled_from(
            [
                "resourceVersionMatch",
                "sendInitialEvents",
                "dryRun",
                "fieldManager",
                "force",
                "fieldValidation",
                "propagationPolicy",
                "orphanDependents",
                "includeObject",
                "watch",
                "pretty",
            ]
        ),
        st.sampled_from(["", "All", "Exact", "NotOlderThan", "true", "0", "x", "\x00", "é" * 200]),
    ),
    st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE"]),
)
def test_random_query_parameters_never_cause_an_internal_error(numbers, words, method):
    path = CONFIGMAPS if method in ("GET", "POST") else f"{CONFIGMAPS}/a"
    headers = {"content-type": MERGE if method == "PATCH" else "application/json"}
    answer = asked(method, path, config_map("a"), headers, **numbers, **words)
    assert b"Traceback" not in answer.body


tokens = st.one_of(
    st.text(max_size=40),
    st.binary(max_size=40).map(lambda each: each.hex()),
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=9),
        lambda each: (
            st.lists(each, max_size=2)
            | st.dictionaries(st.sampled_from(["v", "rv", "start", "x"]), each, max_size=4)
        ),
        max_leaves=6,
    ).map(lambda each: base64url(orjson.dumps(each))),
    st.builds(
        lambda version, start: base64url(
            orjson.dumps({"v": "meta.k8s.io/v1", "rv": version, "start": start})
        ),
        st.integers(-2, 2**63 - 1),
        st.text(st.sampled_from("ab/.\x00"), max_size=6),
    ),
)


def base64url(content):
    return urlsafe_b64encode(content).rstrip(b"=").decode()


@few
@given(tokens)
def test_a_random_continue_token_is_accepted_or_refused_cleanly(token):
    answer = asked("GET", CONFIGMAPS, b"", None, **{"continue": token})
    assert answer.code in (200, 400, 410, 504)


# random bodies

#: Random JSON with names that Kubernetes uses among its keys.
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda each: (
        st.lists(each, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["metadata", "spec", "status", "data", "name", "labels", "containers", "$patch", ""]
            ),
            each,
            max_size=4,
        )
    ),
    max_leaves=20,
)
manifests = st.sampled_from(mutating.MANIFESTS)


@few
@given(manifests, anything, st.sampled_from(["POST", "PUT", "PATCH", "DELETE"]), st.booleans())
def test_random_json_never_causes_an_internal_error(manifest, body, method, merges):
    path, obj = manifest
    if method != "POST":
        path = f"{path}/{obj['metadata']['name']}"
    headers = {"content-type": "application/json"}
    if method == "PATCH":
        headers = {"content-type": MERGE if merges else STRATEGIC}
    asked(method, path, body, headers)


@few
@given(manifests, st.integers(), st.integers(1, 4))
def test_a_broken_manifest_never_causes_an_internal_error(manifest, seed, times):
    path, obj = manifest
    name = obj["metadata"]["name"]
    random = Random(seed)
    spoilt = mutating.mutated(random, obj, times)
    asked("POST", path, spoilt)
    asked("POST", path, obj)
    asked("PUT", f"{path}/{name}", spoilt)
    for media_type in (MERGE, STRATEGIC):
        asked("PATCH", f"{path}/{name}", spoilt, {"content-type": media_type})
    apply = {"content-type": APPLY}
    asked("PATCH", f"{path}/{name}", spoilt, apply, fieldManager="m", force="1")
    table = {"accept": "application/json;as=Table;v=v1;g=meta.k8s.io"}
    asked("GET", path, b"", table)


_cluster: Any = None


def asked(method, path, body=b"", headers=None, **query):
    """Asks the server that all examples share; fails if it answers with an internal error."""
    answer = _cluster.ask(method, path, body, headers, **query)
    assert b"a bug of the embedded server" not in answer.body
    return answer


@pytest.fixture(scope="module", autouse=True)
def shared():
    global _cluster
    with in_process() as _cluster:
        install_definitions(_cluster)
        yield
