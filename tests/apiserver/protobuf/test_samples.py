"""Bodies that client-go has made, against what Kubernetes itself reads from them.

golang/samples says what there is; `tests/apiserver/regenerate_protobuf.py` makes it anew.
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
    """Go and Python replace what is not UTF-8 by one character for each byte, or for several."""
    return re.sub("\ufffd+", "\ufffd", text)


def shown(obj):
    """As text, in which 1 is not True."""
    return alike(json.dumps(obj, sort_keys=True, ensure_ascii=False))


def test_there_are_samples_of_all_sorts():
    assert len({(s["json"]["apiVersion"], s["json"]["kind"]) for s in READ}) > 200
    assert len(REFUSED) > 100


def test_every_body_is_read_as_kubernetes_reads_it():
    for sample in READ:
        if not has_five_digit_year(sample["json"]):
            assert shown(decoded(sample)) == shown(sample["json"])


def has_five_digit_year(obj):
    """As only damage brings about; Python knows no such time."""
    return re.search(r'"-?\d{5,}-\d\d-\d\dT', json.dumps(obj))


@pytest.mark.parametrize("kind", ["Pod", "Lease", "Event", "Binding", "Secret", "Namespace"])
def test_real_objects_are_read(kind):
    sample = next(s for s in reversed(SAMPLES) if s["kind"] == kind)
    assert decoded(sample) == sample["json"]


def test_every_damaged_body_is_refused_that_kubernetes_refuses():
    for sample in REFUSED:
        with pytest.raises(StatusError) as caught:
            decoded(sample)
        assert (caught.value.code, caught.value.reason) == (400, "BadRequest")


def test_what_is_malformed_is_told_in_the_words_of_kubernetes():
    told = [
        sample
        for sample in REFUSED
        # Of these it has other words: JSON within, and kinds that are not printable.
        if not re.search(r"MarshalJSON|Timestamp|\\x", sample["error"])
    ]
    assert len(told) > 100
    for sample in told:
        with pytest.raises(StatusError) as caught:
            decoded(sample)
        assert caught.value.message.endswith(sample["error"]) or (
            f": {sample['error']} (" in caught.value.message
        )


def test_every_kind_that_is_served_and_written_can_be_read():
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
    """Of a subresource it may be another group's: a scale's is autoscaling/v1."""
    group, version = resource.get("group"), resource.get("version")
    return "/".join(filter(None, (group, version))) or served_under
