"""Compares how bodies written by client-go are decoded here and by Kubernetes.

golang/samples writes the samples; `tests/apiserver/regenerate_protobuf.py` runs it.
"""

import json
import lzma
import re
from pathlib import Path

import pytest

from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError
from kuscia_conformance.apiserver.data import DISCOVERY
from kuscia_conformance.apiserver.protobuf import decode
from kuscia_conformance.apiserver.protobuf.messages import data

PACKED = Path(__file__).parent / "samples.jsonl.xz"
SAMPLES = [json.loads(line) for line in lzma.decompress(PACKED.read_bytes()).splitlines()]
READ = [sample for sample in SAMPLES if "json" in sample]
REFUSED = [sample for sample in SAMPLES if "error" in sample]


def decoded(sample):
    return decode(bytes.fromhex(sample["body"]), "v1", sample["kind"])


def alike(text):
    """Merges runs of U+FFFD: Go and Python write a different number of them for invalid UTF-8."""
    return re.sub("\ufffd+", "\ufffd", text)


def shown(obj):
    """Returns the object as JSON text, so that 1 and True differ."""
    return alike(json.dumps(obj, sort_keys=True, ensure_ascii=False))


def test_the_samples_contain_many_kinds_and_many_refused_bodies():
    assert len({(s["json"]["apiVersion"], s["json"]["kind"]) for s in READ}) > 200
    assert len(REFUSED) > 100


def test_every_body_is_read_as_kubernetes_reads_it():
    for sample in READ:
        if not has_five_digit_year(sample["json"]):
            assert shown(decoded(sample)) == shown(sample["json"])


def has_five_digit_year(obj):
    """Tells whether a timestamp has a year above 9999, which Python's datetime does not support."""
    return re.search(r'"-?\d{5,}-\d\d-\d\dT', json.dumps(obj))


@pytest.mark.parametrize("kind", ["Pod", "Lease", "Event", "Binding", "Secret", "Namespace"])
def test_an_undamaged_object_is_decoded_as_kubernetes_decodes_it(kind):
    sample = next(s for s in reversed(SAMPLES) if s["kind"] == kind)
    assert decoded(sample) == sample["json"]


def test_every_body_that_kubernetes_refuses_is_refused():
    for sample in REFUSED:
        with pytest.raises(StatusError) as caught:
            decoded(sample)
        assert (caught.value.code, caught.value.reason) == (400, "BadRequest")


def test_a_malformed_body_is_refused_in_the_words_of_kubernetes():
    told = [
        sample
        for sample in REFUSED
        # The texts differ for embedded JSON and for kinds that are not printable.
        if not re.search(r"MarshalJSON|Timestamp|\\x", sample["error"])
    ]
    assert len(told) > 100
    for sample in told:
        with pytest.raises(StatusError) as caught:
            decoded(sample)
        assert caught.value.message.endswith(sample["error"]) or (
            f": {sample['error']} (" in caught.value.message
        )


def test_every_kind_that_can_be_created_or_updated_has_a_protobuf_decoder():
    served = {
        (api_version(resources["groupVersion"], resource), resource["kind"])
        for resources in json.loads(DISCOVERY.read_bytes())
        for resource in resources["resources"]
        if {"create", "update"} & set(resource["verbs"])
    }
    known = {(version, kind) for version, kinds in data().kinds.items() for kind in kinds}
    assert len(served) > 60
    assert served <= known


def api_version(served_under, resource):
    """Returns the version of the object: a subresource may use another group, as scale does."""
    group, version = resource.get("group"), resource.get("version")
    return "/".join(filter(None, (group, version))) or served_under
