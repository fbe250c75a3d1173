"""Tests ConfigMaps and Secrets."""

from __future__ import annotations

from typing import Any

import pytest

from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError
from kuscia_conformance.kube.objects import Obj
from tests.apiserver.builtin.making import causes_of, created, updated, with_metadata

CONFIG_MAPS, SECRETS = ("", "configmaps"), ("", "secrets")
MOST = 1024 * 1024
KEYS = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name', "
    " or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
)


def config_map(**parts: Any) -> Obj:
    return with_metadata("v1", "ConfigMap", "c", **parts)


def secret(**parts: Any) -> Obj:
    return with_metadata("v1", "Secret", "s", **parts)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"data": {"a/b": ""}}, f'data[a/b]: Invalid value: "a/b": {KEYS}'),
        ({"data": {"..": ""}}, "data[..]: Invalid value: \"..\": must not be '..'"),
        (
            {"data": {"a": "b"}, "binaryData": {"a": "aGk="}},
            'data[a]: Invalid value: "a": duplicate of key present in binaryData',
        ),
        ({"data": {"a": "x" * (MOST + 1)}}, "[]: Too long: may not be more than 1048576 bytes"),
    ],
)
def test_an_invalid_config_map_is_refused_with_its_cause(parts: Obj, said: str) -> None:
    assert causes_of(CONFIG_MAPS, config_map(**parts)) == [said]


def test_a_config_map_of_exactly_the_maximum_size_is_valid() -> None:
    assert not causes_of(CONFIG_MAPS, config_map(data={"a": "x" * MOST}))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"data": {"a": "c"}}, "data"),
        ({"immutable": False}, "immutable"),
        ({"binaryData": {"x": "aGk="}}, "binaryData"),
    ],
)
def test_an_immutable_config_map_cannot_be_changed(change: Obj, field: str) -> None:
    old = created(CONFIG_MAPS, config_map(immutable=True, data={"a": "b"}))
    said = f"{field}: Forbidden: field is immutable when `immutable` is set"
    assert updated(CONFIG_MAPS, old, {**old, **change})[1] == [said]


def test_a_config_map_that_is_not_immutable_can_be_changed() -> None:
    old = created(CONFIG_MAPS, config_map(data={"a": "b"}))
    new = {**old, "data": {"a": "c"}, "immutable": True}
    assert updated(CONFIG_MAPS, old, new) == (new, [])


def test_the_string_data_of_a_secret_is_stored_as_data() -> None:
    kept = created(SECRETS, secret(stringData={"a": "hi"}, data={"a": "eA==", "b": ""}))
    assert kept["data"] == {"a": "aGk=", "b": ""}
    assert "stringData" not in kept
    assert kept["type"] == "Opaque"


@pytest.mark.parametrize("key", [CONFIG_MAPS, SECRETS])
def test_data_that_is_not_base64_is_a_bad_request(key: tuple[str, str]) -> None:
    part = "binaryData" if key == CONFIG_MAPS else "data"
    with pytest.raises(StatusError) as refused:
        causes_of(key, with_metadata("v1", "", "a", **{part: {"a": "%"}}))
    assert refused.value.code == 400
    assert refused.value.message.endswith("illegal base64 data at input byte 0")


@pytest.mark.parametrize(
    ("parts", "causes"),
    [
        ({"type": "x"}, []),
        (
            {"type": "kubernetes.io/tls"},
            ["data[tls.crt]: Required value", "data[tls.key]: Required value"],
        ),
        (
            {"type": "kubernetes.io/service-account-token"},
            ["metadata.annotations[kubernetes.io/service-account.name]: Required value"],
        ),
        (
            {"type": "kubernetes.io/dockerconfigjson", "data": {".dockerconfigjson": "aGk="}},
            [
                (
                    'data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": '
                    "invalid character 'h' looking for beginning of value"
                )
            ],
        ),
        (
            {"stringData": {"a": "x" * (MOST + 1)}},
            ["data: Too long: may not be more than 1048576 bytes"],
        ),
    ],
)
def test_a_secret_must_have_the_data_that_its_type_requires(parts: Obj, causes: list[str]) -> None:
    assert causes_of(SECRETS, secret(**parts)) == causes


def test_the_type_of_a_secret_cannot_be_changed() -> None:
    old = created(SECRETS, secret())
    said = 'type: Invalid value: "x": field is immutable'
    assert updated(SECRETS, old, {**old, "type": "x"})[1] == [said]
