"""Tests the choice of a kind of patch by its media type."""

import pytest

from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError
from kuscia_conformance.apiserver.patch import (
    APPLY,
    JSON_PATCH,
    MERGE_PATCH,
    STRATEGIC_MERGE_PATCH,
    apply_patch,
    patch_type,
)
from tests.apiserver.patch.types_for_tests import built_in

POD = built_in("api/v1", "core.v1.Pod")
UNKNOWN = "the body of the request was in an unknown format - accepted media types include: "


@pytest.mark.parametrize(
    ("media_type", "body", "finalizers"),
    [
        (JSON_PATCH, [{"op": "add", "path": "/metadata/finalizers/-", "value": "b"}], ["a", "b"]),
        (MERGE_PATCH, {"metadata": {"finalizers": ["b"]}}, ["b"]),
        (STRATEGIC_MERGE_PATCH, {"metadata": {"finalizers": ["b"]}}, ["b", "a"]),
        (f"{MERGE_PATCH}; charset=utf-8", {"metadata": {"finalizers": ["b"]}}, ["b"]),
    ],
)
def test_the_media_type_selects_the_kind_of_patch(media_type, body, finalizers):
    patched = apply_patch({"metadata": {"finalizers": ["a"]}}, body, media_type, POD)
    assert patched["metadata"]["finalizers"] == finalizers


@pytest.mark.parametrize(
    "media_type", [STRATEGIC_MERGE_PATCH, "application/json", "", "text/plain"]
)
def test_an_unknown_patch_type_for_a_custom_resource_is_answered_with_a_list(media_type):
    with pytest.raises(StatusError) as refused:
        apply_patch({}, {}, media_type, None)
    assert refused.value.status == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": UNKNOWN + ", ".join([JSON_PATCH, MERGE_PATCH, APPLY]),
        "reason": "UnsupportedMediaType",
        "code": 415,
    }


@pytest.mark.parametrize("media_type", ["application/json", "", "APPLICATION/merge-patch+json"])
def test_an_unknown_patch_type_for_a_built_in_kind_is_refused_without_a_list(media_type):
    with pytest.raises(StatusError, match=r"^415: Unsupported Media Type$") as refused:
        apply_patch({}, {}, media_type, POD)
    assert refused.value.details == {}


@pytest.mark.parametrize("written", [f"{MERGE_PATCH} ; a=b", f"{MERGE_PATCH},application/json"])
def test_a_patch_type_that_only_the_router_understands_lists_the_known_types(written):
    with pytest.raises(StatusError) as refused:
        patch_type(written, custom=False)
    types = [JSON_PATCH, MERGE_PATCH, STRATEGIC_MERGE_PATCH, APPLY]
    assert refused.value.message == UNKNOWN + ", ".join(types)


@pytest.mark.parametrize("custom", [True, False])
def test_server_side_apply_is_a_patch_type_of_all_kinds(custom):
    assert patch_type(APPLY, custom) == APPLY
