"""Tests the negotiation of the form of an answer by the Accept header."""

import pytest

from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError
from kuscia_conformance.apiserver.views.accept import (
    DISCOVERY,
    META,
    ROUTED,
    ROUTED_LISTS,
    Accepted,
    negotiate,
)

JSON, YAML = Accepted("application/json"), Accepted("application/yaml")
TABLE = Accepted("application/json", "Table", "meta.k8s.io/v1")
AS_TABLE = "as=Table;v=v1;g=meta.k8s.io"
ONLY = (
    "only the following media types are accepted: "
    "application/json, application/yaml, application/vnd.kubernetes.protobuf"
)
AVAILABLE = (
    "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, "
    "application/vnd.kubernetes.protobuf, application/json;stream=watch, "
    "application/vnd.kubernetes.protobuf;stream=watch"
)


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/json", JSON),
        ("application/yaml", YAML),
        ("application/json;q=0.5,application/yaml", YAML),
        ("*/*, application/yaml", YAML),
        ("application/json;stream=watch", JSON),
        ("application/json;pretty=1", JSON),
        ("application/cbor, application/json", JSON),
        ("application/vnd.kubernetes.protobuf, application/json", JSON),
        (f"application/json;{AS_TABLE}", TABLE),
        ("application/json; as=Table; v=v1; g=meta.k8s.io, application/json", TABLE),
        (f"application/json;profile=x;{AS_TABLE}", TABLE),
        (f"*/*;{AS_TABLE}", TABLE),
        (f"application/yaml;{AS_TABLE}", Accepted("application/yaml", "Table", "meta.k8s.io/v1")),
        (
            "application/json;as=Table;v=v1beta1;g=meta.k8s.io",
            Accepted("application/json", "Table", "meta.k8s.io/v1beta1"),
        ),
        ("application/json;as=Table;v=v1;g=nope.k8s.io,application/json", JSON),
    ],
)
def test_the_first_accepted_form_that_can_be_served_is_chosen(header, accepted):
    assert negotiate(header, META, ROUTED_LISTS) == accepted


@pytest.mark.parametrize(
    ("header", "routed", "message"),
    [
        ("text/html", ROUTED_LISTS, AVAILABLE),
        ("text/*", ROUTED_LISTS, AVAILABLE),
        ("application/*", ROUTED_LISTS, AVAILABLE),
        ("APPLICATION/JSON", ROUTED_LISTS, AVAILABLE),
        ("garbage", ROUTED_LISTS, AVAILABLE),
        ("garbage", (), ONLY),
        ("text/html", (), ONLY),
        ("application/json;as=Table", ROUTED, ONLY),
        ("application/json;as=Nope;v=v1;g=meta.k8s.io, text/html", ROUTED, ONLY),
    ],
)
def test_an_accept_header_without_a_supported_form_is_not_acceptable(header, routed, message):
    with pytest.raises(StatusError) as refusal:
        negotiate(header, META, routed)
    status = refusal.value.status
    assert (status["code"], status["reason"], status["message"]) == (406, "NotAcceptable", message)


def test_custom_kinds_are_served_as_json_to_clients_accepting_application_any():
    assert negotiate("application/*", META) == JSON


def test_aggregated_discovery_is_served_in_version_two_only():
    form = "application/json;g=apidiscovery.k8s.io;v={};as=APIGroupDiscoveryList"
    header = f"{form.format('v2beta1')},{form.format('v2')},application/json"
    assert negotiate(header, DISCOVERY).api_version == "apidiscovery.k8s.io/v2"
    with pytest.raises(StatusError):
        negotiate(form.format("v2beta1"), DISCOVERY)


def test_the_caller_of_negotiate_may_add_media_types():
    protobuf = "application/vnd.kubernetes.protobuf"
    assert negotiate(protobuf, served=(*ROUTED,)).media_type == protobuf
