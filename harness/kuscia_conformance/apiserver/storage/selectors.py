"""Label and field selectors: each is parsed once, and then tested on many objects."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError, bad_request

Values = Mapping[str, str]
#: Returns whether the selector matches these labels or fields of an object.
Matches = Callable[[Values], bool]

_TOKEN = re.compile(r"\s*(?:(?P<symbol>==|!=|[=!,()<>])|(?P<word>[^\s=!,()<>]+))")
_KEY = re.compile(
    r"(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?"
)
_VALUE = re.compile(r"(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?")
_WHOLE = re.compile("-?[0-9]{1,18}")
_END = ""

#: The grammar of field selectors: a term between commas, its parts, and an escaped character.
_TERM = re.compile(r"(?:\\.|[^\\,]|\\\Z)+", re.DOTALL)
_OPERATOR = re.compile(r"(.*?)(!=|==|=)(.*)", re.DOTALL)
_ESCAPED = re.compile(r"\\([\\,=])")
#: The tokens with which no requirement can begin, and in brackets no value.
_NO_BEGINNING = (_END, ",", "(", ")", "=", "==", "!=", "<", ">")
_NO_VALUE = (_END, "(", "=", "==", "!=", "!", "<", ">")


def everything(_: Values) -> bool:
    """The selector that matches every object."""
    return True


def labels_match(text: str) -> Matches:
    """Parses a label selector such as `a=b,c in (d,e),!f`.

    Raises StatusError (400) if it cannot be parsed.
    """
    if not text.strip():
        return everything
    requirements = _Labels(text).requirements()
    return lambda labels: all(holds(labels) for holds in requirements)


@dataclass
class _Labels:
    """The parser of one label selector."""

    text: str

    def __post_init__(self) -> None:
        found = _TOKEN.finditer(self.text.strip())
        self._tokens = [match["symbol"] or match["word"] for match in found] + [_END]

    def _peek(self) -> str:
        return self._tokens[0]

    def _take(self) -> str:
        return self._tokens.pop(0) if len(self._tokens) > 1 else self._tokens[0]

    def requirements(self) -> list[Matches]:
        """Returns the parsed requirements; a label set must meet all of them."""
        if self._peek() in _NO_BEGINNING:
            expected = "!, identifier, or 'end of string'"
            raise bad_request(f"found '{self._peek()}', expected: {expected}")
        found = [self._requirement()]
        while (token := self._take()) != _END:
            if token != ",":
                raise bad_request(f"found '{token}', expected: ',' or 'end of string'")
            if self._peek() in _NO_BEGINNING:
                raise bad_request(f"found '{self._peek()}', expected: identifier after ','")
            found.append(self._requirement())
        return found

    def _requirement(self) -> Matches:
        if self._peek() == "!":
            self._take()
            absent = self._key()
            return lambda labels: absent not in labels
        key = self._key()
        operator = self._peek()
        if operator in (_END, ","):
            return lambda labels: key in labels
        self._take()
        return self._comparison(key, operator)

    def _comparison(self, key: str, operator: str) -> Matches:
        if operator in ("=", "=="):
            value = self._value(key)
            return lambda labels: labels.get(key) == value
        if operator == "!=":
            value = self._value(key)
            return lambda labels: labels.get(key) != value
        if operator == "in":
            values = self._values(key)
            return lambda labels: labels.get(key) in values
        if operator == "notin":
            values = self._values(key)
            return lambda labels: labels.get(key) not in values
        if operator in ("<", ">"):
            return self._order(key, operator)
        expected = "in, notin, =, ==, !=, gt, lt"
        raise _wrong(f"found '{operator}', expected: {expected}")

    def _order(self, key: str, operator: str) -> Matches:
        text = self._value(key)
        if not _WHOLE.fullmatch(text):
            what = "for 'Gt', 'Lt' operators, the value must be an integer"
            raise _wrong(f'values[0]: Invalid value: "{text}": {what}')
        limit = int(text)

        def holds(labels: Values) -> bool:
            value = labels.get(key, "")
            if not _WHOLE.fullmatch(value):
                return False
            return int(value) > limit if operator == ">" else int(value) < limit

        return holds

    def _key(self) -> str:
        token = self._take()
        if token in (*_NO_BEGINNING, "!"):
            raise _wrong(f"found '{token}', expected: identifier")
        if not _KEY.fullmatch(token):
            raise bad_request(f"unable to parse requirement: {_key_cause(token)}")
        return token

    def _value(self, key: str) -> str:
        if self._peek() in (_END, ","):
            return ""
        token = self._take()
        if token in ("(", ")", "=", "==", "!=", "!", "<", ">"):
            raise _wrong(f"found '{token}', expected: identifier")
        return _checked(key, token)

    def _values(self, key: str) -> Collection[str]:
        if (token := self._take()) != "(":
            raise _wrong(f"found '{token}' expected: '('")
        if self._peek() in _NO_VALUE:
            raise _wrong(f"found '{self._peek()}', expected: ',', ')' or identifier")
        values = {self._value(key)} if self._peek() != ")" else {""}
        while (token := self._take()) != ")":
            if token != ",":
                raise _wrong(f"found '{token}', expected: ',' or ')'")
            if self._peek() in _NO_VALUE:
                raise _wrong(f"found '{self._peek()}', expected: ',', or identifier")
            values.add(self._value(key) if self._peek() != ")" else "")
        return values


def _wrong(what: str) -> StatusError:
    return bad_request(f"unable to parse requirement: {what}")


def _checked(key: str, value: str) -> str:
    if len(value) > 63 or not _VALUE.fullmatch(value):
        raise bad_request(f"unable to parse requirement: values[0][{key}]: {_value_cause(value)}")
    return value


def _key_cause(key: str) -> str:
    return (
        f"<nil>: Invalid value: \"{key}\": name part must consist of alphanumeric characters, '-', "
        "'_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or "
        "'my.name',  or '123-abc', regex used for validation is "
        "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
    )


def _value_cause(value: str) -> str:
    return (
        f'Invalid value: "{value}": a valid label must be an empty string or consist of '
        "alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
        "character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
        "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
    )


def fields_match(text: str, known: Collection[str], is_own: bool = True) -> Matches:
    """Parses a field selector such as `a=b,c!=d`; `known` are the fields that it may name.

    Raises StatusError (400) for an unknown field. `is_own` says whether the kind defines selectable
    fields, because Kubernetes words the refusal differently then.
    """
    terms = [_term(part) for part in _split(text)]
    for name, _, _ in terms:
        if name not in known:
            only = ", ".join(f'"{each}"' for each in known)
            raise bad_request(
                f"field label not supported: {name}"
                if is_own
                else f'"{name}" is not a known field selector: only {only}'
            )
    if not terms:
        return everything
    return lambda fields: all(
        (fields.get(name, "") == value) is equal for name, equal, value in terms
    )


def _split(text: str) -> list[str]:
    """Splits at commas that are not escaped by a backslash."""
    return _TERM.findall(text)


def _term(text: str) -> tuple[str, bool, str]:
    found = _OPERATOR.fullmatch(text)
    if found is None:
        raise bad_request(f"invalid selector: '{text}'; can't understand '{text}'")
    name, operator, value = found.groups()
    return name, operator != "!=", _unescaped(value)


def _unescaped(value: str) -> str:
    if wrong := _ESCAPED.sub("", value):
        fault = re.search(r"\\.?|[,=]", wrong, re.DOTALL)
        if fault and fault[0] in ("=", ","):
            why = f"unescaped character in value: {ord(fault[0])}"
            raise bad_request(f"invalid field selector: {why}")
        if fault:
            raise bad_request(f"invalid field selector: invalid escape sequence: {fault[0]}")
    return _ESCAPED.sub(r"\1", value)
