"""Tests the JSON paths of printer columns."""

import pytest

from kuscia_conformance.apiserver.views.json_path import compiled

OBJ = {
    "metadata": {"labels": {"app.kubernetes.io/name": "nm"}},
    "spec": {
        "s": "text",
        "n": None,
        "map": {"b": 1, "a": [1, "x"]},
        "list": [{"name": "n1", "n": 1}, {"name": "n2", "n": 2}, {"name": "n3"}],
        "nested": {"a.b": {"c": "deep"}},
    },
    "status": {"conditions": [{"type": "Ready", "ok": True}, {"type": "Other", "ok": False}]},
}


@pytest.mark.parametrize(
    ("path", "values"),
    [
        (".spec.s", ["text"]),
        ("['spec']['s']", ["text"]),
        (".spec['s','map'].a", [[1, "x"]]),
        (".spec.n", [None]),
        (".spec.none", []),
        (".spec.s.x", []),
        (".spec.list.name", []),
        (".spec.list[0].name", ["n1"]),
        (".spec.list[-1].name", ["n3"]),
        (".spec.list[5].name", []),
        (".spec.list[0:2].name", ["n1", "n2"]),
        (".spec.list[1:].name", ["n2", "n3"]),
        (".spec.list[-2:].name", ["n2", "n3"]),
        (".spec.list[0:3:2].name", ["n1", "n3"]),
        (".spec.list[0,2].name", ["n1", "n3"]),
        (".spec.list[*].n", [1, 2]),
        (".spec.map.*", [[1, "x"], 1]),
        (".spec.list..n", [1, 2]),
        ('.spec.list[?(@.name=="n2")].n', [2]),
        (".spec.list[?(@.name=='n2')].n", [2]),
        ('.spec.list[?(@.name != "n1")].name', ["n2", "n3"]),
        (".spec.list[?(@.n>=2)].name", ["n2"]),
        (".spec.list[?(@.n<2)].name", ["n1"]),
        (".spec.list[?(@.n)].name", ["n1", "n2"]),
        (".spec.list[?(@.name>1)].name", []),
        (".status.conditions[?(@.ok==true)].type", ["Ready"]),
        (r".metadata.labels.app\.kubernetes\.io/name", ["nm"]),
        (r".metadata.labels['app\.kubernetes\.io/name']", ["nm"]),
        (r".spec.nested['a\.b'].c", ["deep"]),
        (".spec.nested['a.b'].c", []),
    ],
)
def test_a_json_path_finds_the_expected_values(path, values):
    find = compiled(path)
    assert find is not None
    assert find(OBJ) == values


@pytest.mark.parametrize("path", ['.spec["s"]', ".spec[", ".spec.list[?(@.n", ".spec[]", ".a['b"])
def test_an_invalid_json_path_is_not_compiled(path):
    assert compiled(path) is None
