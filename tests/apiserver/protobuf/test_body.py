"""Tests the protobuf envelope, the refusal of malformed bodies, and random bytes."""

import struct

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError
from kuscia_conformance.apiserver.protobuf import decode
from kuscia_conformance.apiserver.protobuf.messages import data

MAGIC = b"k8s\x00"


def varint(number):
    low, rest = number & 127, number >> 7
    return bytes([low | 128]) + varint(rest) if rest else bytes([low])


def field(number, value):
    """Encodes a wire field: an integer as a varint, a text or bytes with its length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value & (1 << 64) - 1)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def body(content, api_version="v1", kind="ConfigMap"):
    return MAGIC + field(1, field(1, api_version) + field(2, kind)) + field(2, content)


def config_map(content):
    return decode(body(content), "v1", "ConfigMap")


def refused(data, api_version="v1", kind="ConfigMap"):
    with pytest.raises(StatusError) as caught:
        decode(data, api_version, kind)
    assert (caught.value.code, caught.value.reason) == (400, "BadRequest")
    return caught.value.message


NAMED = field(1, field(1, "x"))


def test_an_object_gets_its_api_version_and_kind_from_the_envelope():
    assert config_map(NAMED + field(2, field(1, "a") + field(2, "b"))) == {
        "kind": "ConfigMap",
        "apiVersion": "v1",
        "metadata": {"name": "x"},
        "data": {"a": "b"},
    }


@pytest.mark.parametrize(
    "said", [b"", field(1, "v1"), field(2, "ConfigMap"), field(1, "a/b/c"), field(1, "/")]
)
def test_an_envelope_without_a_full_kind_means_the_expected_kind(said):
    obj = decode(MAGIC + field(1, said) + field(2, NAMED), "v1", "ConfigMap")
    assert (obj["apiVersion"], obj["kind"]) == ("v1", "ConfigMap")


def test_an_envelope_may_name_a_kind_other_than_the_expected_one():
    assert decode(body(b"", kind="Secret"), "v1", "ConfigMap")["kind"] == "Secret"


PREFIX = "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty data (<empty>)"),
        (b"{}abcdefg", f"{PREFIX} ({{}}abcdefg)"),
        (b"x" * 31, f"{PREFIX} ({'78' * 30} ...)"),
        (MAGIC, "empty body (6b387300)"),
        (MAGIC + b"\x0a\xff", "unexpected EOF (6b3873000aff)"),
        (MAGIC + b"\x00\x00", "proto: Unknown: illegal tag 0 (wire type 0) (6b3873000000)"),
    ],
)
def test_a_body_without_a_valid_envelope_is_unrecognized(data, why):
    expected = f"the object provided is unrecognized (must be of type ConfigMap): {why}"
    assert refused(data) == expected


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\x0a\x10abc", "unexpected EOF"),
        (b"\x0a", "unexpected EOF"),
        (b"\x00\x01", "proto: ConfigMap: illegal tag 0 (wire type 0)"),
        (
            b"\xf8\xff\xff\xff\x7f\x01",
            "proto: ConfigMap: illegal tag -1 (wire type 34359738360)",
        ),
        (b"\x0c", "proto: ConfigMap: wiretype end group for non-group"),
        (field(1, 5), "proto: wrong wireType = 0 for field ObjectMeta"),
        (field(1, field(1, 5)), "proto: wrong wireType = 0 for field Name"),
        (b"\x7e\x01", "proto: illegal wireType 6"),
        (b"\x7a" + b"\xff" * 11, "proto: integer overflow"),
        (field(15, b"")[:1] + varint(1 << 63), "proto: negative length found during unmarshaling"),
        (b"\x0a" + varint(1 << 63), "proto: negative length found during unmarshaling"),
        (b"\x7b\x08\x01", "unexpected EOF"),
        (b"\x79123", "unexpected EOF"),
    ],
)
def test_a_malformed_object_is_refused_in_the_words_of_kubernetes(content, why):
    expected = f'ConfigMap in version "v1" cannot be handled as a ConfigMap: {why}'
    assert refused(body(content)) == expected


@pytest.mark.parametrize(
    "unknown",
    [
        field(15, 1 << 63),
        field(15, "abc"),
        b"\x7912345678",
        b"\x7d1234",
        b"\x7b\x08\x01\x7b\x7c\x7c",
        field(1 << 20, "abc"),
    ],
)
def test_unknown_fields_of_a_protobuf_body_are_skipped(unknown):
    assert config_map(unknown + NAMED + unknown)["metadata"] == {"name": "x"}


@pytest.mark.parametrize(
    ("api_version", "kind", "shown"),
    [("v1", "Foo", "v1"), ("foo.io/v1", "ConfigMap", "v1"), ("apps/v1beta9", "Foo", "v1beta9")],
)
def test_an_unknown_kind_is_refused(api_version, kind, shown):
    assert refused(body(NAMED, api_version, kind)) == (
        f'{kind} in version "{shown}" cannot be handled as a ConfigMap: no kind "{kind}" is'
        f' registered for version "{api_version}" in scheme "pkg/runtime/scheme.go:110"'
    )


NO_QUANTITY = (
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
)


def pod_with_cpu(amount):
    resources = field(1, field(1, "cpu") + field(2, field(1, amount)))
    return body(field(2, field(2, field(8, resources))), kind="Pod")


@pytest.mark.parametrize(
    ("amount", "written"),
    [(each, each) for each in ("0", "12", "5.", "100m", "1Ki", "1E", "1e3")]
    + [("-1.5", "-1500m"), (".5", "500m"), ("1E-2", "10e-3"), ("1" * 30, "1" * 30)],
)
def test_quantities_in_a_protobuf_body_get_their_canonical_form(amount, written):
    pod = decode(pod_with_cpu(amount), "v1", "Pod")
    assert pod["spec"]["containers"][0]["resources"] == {"limits": {"cpu": written}}


@pytest.mark.parametrize(
    ("amount", "why"),
    [
        ("", NO_QUANTITY),
        ("abc", NO_QUANTITY),
        ("1.2.3", NO_QUANTITY),
        ("1Q", NO_QUANTITY),
        ("1e", "unable to parse quantity's suffix"),
        ("1Ee3", "unable to parse quantity's suffix"),
        ("1i", "unable to parse quantity's suffix"),
        ("1k5", "unable to parse quantity's suffix"),
    ],
)
def test_a_text_that_is_not_a_quantity_is_refused(amount, why):
    expected = f'Pod in version "v1" cannot be handled as a Pod: {why}'
    assert refused(pod_with_cpu(amount), kind="Pod") == expected


def lease_with_time(seconds, nanos=0):
    moment = field(1, seconds) + field(2, nanos)
    content = field(2, field(3, moment))
    return body(content, "coordination.k8s.io/v1", "Lease")


@pytest.mark.parametrize(
    ("seconds", "nanos", "text"),
    [
        (0, 0, "1970-01-01T00:00:00.000000Z"),
        (-1, 0, "1969-12-31T23:59:59.000000Z"),
        (1704067200, 123456789, "2024-01-01T00:00:00.123456Z"),
        (-62135596800, 0, None),
        (253402300799, 0, "9999-12-31T23:59:59.000000Z"),
    ],
)
def test_protobuf_times_become_json_timestamps(seconds, nanos, text):
    lease = decode(lease_with_time(seconds, nanos))
    assert lease["spec"] == {"acquireTime": text}


@pytest.mark.parametrize("seconds", [253402300800, -62135596801, 1 << 62])
def test_times_outside_the_years_1_to_9999_are_refused(seconds):
    assert "year outside of range" in refused(lease_with_time(seconds))


def definition(schema):
    version = field(4, field(1, schema))
    content = field(2, field(7, version))
    return body(content, "apiextensions.k8s.io/v1", "CustomResourceDefinition")


def maximum(number):
    return b"\x49" + struct.pack("<d", number)


def test_a_float_without_fraction_is_an_integer_as_in_go():
    for number, text in [(2.0, "2"), (0.5, "0.5"), (-0.0, "0"), (1e30, "1e+30")]:
        versions = decode(definition(maximum(number)))["spec"]["versions"]
        assert str(versions[0]["schema"]["openAPIV3Schema"]["maximum"]) == text


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_nan_and_infinity_are_refused(number):
    assert "unsupported value" in refused(definition(maximum(number)))


def test_an_int_or_string_of_an_unknown_type_is_refused():
    port = field(1, field(4, field(1, 7)))
    assert "impossible IntOrString.Type" in refused(body(field(2, port), kind="Service"))


def test_an_empty_string_in_an_int_or_string_stays_a_string():
    port = field(1, field(4, field(1, 1)))
    service = decode(body(field(2, port), kind="Service"))
    assert service["spec"]["ports"] == [{"port": 0, "targetPort": ""}]


def test_embedded_json_is_decoded_and_invalid_json_is_refused():
    def revision(text):
        return body(field(2, field(1, text)), "apps/v1", "ControllerRevision")

    assert decode(revision('{"a": [1]}'))["data"] == {"a": [1]}
    assert decode(revision("[]"))["data"] == []
    assert "invalid JSON" in refused(revision("{bad"))


def test_lists_of_numbers_may_be_packed():
    groups = field(4, 1) + field(4, varint(2) + varint(300))
    pod = decode(body(field(2, field(14, groups)), kind="Pod"))
    assert pod["spec"]["securityContext"] == {"supplementalGroups": [1, 2, 300]}


def test_nesting_of_2000_messages_is_refused():
    schema = b""
    for _ in range(2000):
        schema = field(28, schema)  # field 28 is `not`
    assert "exceeded max depth" in refused(definition(schema))


def test_text_that_is_not_utf8_is_replaced():
    assert config_map(field(1, field(1, b"a\xff")))["metadata"] == {"name": "a\ufffd"}


def answered(data):
    try:
        obj = decode(data, "v1", "Pod")
    except StatusError as refusal:
        obj = refusal.status
    assert orjson.loads(orjson.dumps(obj)) == obj


@given(st.binary(max_size=60))
def test_any_bytes_are_decoded_or_refused_with_a_status(garbage):
    answered(garbage)
    answered(MAGIC + garbage)


KINDS = sorted((version, kind) for version, kinds in data().kinds.items() for kind in kinds)
CONTENTS = st.recursive(
    st.binary(max_size=8) | st.integers(0, (1 << 64) - 1),
    lambda inner: st.lists(st.tuples(st.integers(1, 45), inner), max_size=4).map(
        lambda fields: b"".join(field(number, value) for number, value in fields)
    ),
)


@given(st.sampled_from(KINDS), st.binary(max_size=40) | CONTENTS)
def test_any_contents_of_any_kind_are_decoded_or_refused_with_a_status(kind, contents):
    answered(body(contents if isinstance(contents, bytes) else field(2, contents), *kind))
