"""Property tests of label and field selectors with valid and with random texts.

The texts of refusals are compared with a real server in `tests/apiserver/questions`.
"""

from hypothesis import given, settings
from hypothesis import strategies as st

from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError
from kuscia_conformance.apiserver.storage.selectors import fields_match, labels_match

thorough = settings(max_examples=500, deadline=None, derandomize=True, database=None)

keys = st.sampled_from(["a", "b", "example.com/a"])
values = st.sampled_from(["", "1", "2", "x-y", "10"])
labels = st.dictionaries(keys, values, max_size=3)
KNOWN = ("metadata.name", "metadata.namespace", "spec.nodeName")


def one_of(key, chosen):
    return f"{key} in ({','.join(chosen)})", lambda labels: labels.get(key) in chosen


def none_of(key, chosen):
    return f"{key} notin ({','.join(chosen)})", lambda labels: labels.get(key) not in chosen


some = st.lists(values, min_size=1, max_size=3)
#: The text of a requirement, with a function that tells whether labels meet it.
requirements = st.one_of(
    st.builds(lambda k: (k, lambda labels: k in labels), keys),
    st.builds(lambda k: (f"!{k}", lambda labels: k not in labels), keys),
    st.builds(lambda k, v: (f"{k}={v}", lambda labels: labels.get(k) == v), keys, values),
    st.builds(lambda k, v: (f"{k} == {v}", lambda labels: labels.get(k) == v), keys, values),
    st.builds(lambda k, v: (f"{k}!={v}", lambda labels: labels.get(k) != v), keys, values),
    st.builds(one_of, keys, some),
    st.builds(none_of, keys, some),
)


@thorough
@given(st.lists(requirements, min_size=1, max_size=4), labels)
def test_a_label_selector_selects_objects_that_meet_all_requirements(chosen, labels):
    text = ",".join(text for text, _ in chosen)
    assert labels_match(text)(labels) == all(is_met(labels) for _, is_met in chosen)


@thorough
@given(
    st.lists(st.tuples(st.sampled_from(KNOWN), st.booleans(), st.text(max_size=4)), max_size=3),
    st.dictionaries(st.sampled_from(KNOWN), st.text(max_size=4)),
)
def test_a_field_selector_with_escapes_selects_objects_that_meet_all_terms(terms, fields):
    text = ",".join(
        f"{name}{'=' if equal else '!='}{escaped(value)}" for name, equal, value in terms
    )
    expected = all((fields.get(name, "") == value) is equal for name, equal, value in terms)
    assert fields_match(text, KNOWN)(fields) == expected


def escaped(value):
    for letter in "\\,=":
        value = value.replace(letter, f"\\{letter}")
    return value


#: Random sequences of selector tokens: most are not valid selectors.
almost = st.lists(
    st.sampled_from(
        [
            "a",
            "in",
            "notin",
            "(",
            ")",
            ",",
            "=",
            "==",
            "!=",
            "!",
            "<",
            ">",
            " ",
            "\t",
            "1",
            "\\",
            "/",
            "metadata.name",
            "é",
            "\x00",
            "9" * 5000,
            "٣",
            "x" * 64,
            "-",
            "a/b/c",
            ".",
        ]
    ),
    max_size=9,
).map("".join)


@thorough
@given(almost | st.text(max_size=20), labels)
def test_any_text_is_a_selector_or_a_bad_request(text, labels):
    for understand in (labels_match, lambda text: fields_match(text, KNOWN)):
        try:
            matches = understand(text)
        except StatusError as refusal:
            assert refusal.code == 400  # noqa: PT017 - most texts are refused, some are not
        else:
            assert matches(labels) in (True, False)


def test_a_label_that_is_not_an_integer_is_neither_greater_nor_less():
    for text in ("a>1", "a<1"):
        for value in ("x", "", "1.5", "٣", "9" * 5_000):
            assert not labels_match(text)({"a": value})
    assert labels_match("a>1")({"a": "2"})
    assert labels_match("a<1")({"a": "-2"})
