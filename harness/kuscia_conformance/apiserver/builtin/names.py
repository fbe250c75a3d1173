"""Rules for names and similar texts. A `Rule` returns what is wrong with a text.

The messages are those of Kubernetes (`k8s.io/apimachinery` validation). The rules for keys and
values of labels cache their results, because the same few texts occur in many objects.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from ipaddress import ip_address
from typing import Final

#: What is wrong with a text, one message each; empty if the text is valid.
Complaints = tuple[str, ...]
Rule = Callable[[str], Complaints]

_LABEL: Final = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN: Final = rf"{_LABEL}(\.{_LABEL})*"
_LABEL_1035: Final = "[a-z]([-a-z0-9]*[a-z0-9])?"
_QUALIFIED: Final = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_LABEL_VALUE: Final = f"({_QUALIFIED})?"
_CONFIG_KEY: Final = "[-._a-zA-Z0-9]+"

_is_label = re.compile(_LABEL).fullmatch
_is_subdomain = re.compile(_SUBDOMAIN).fullmatch
_is_label_1035 = re.compile(_LABEL_1035).fullmatch
_is_qualified = re.compile(_QUALIFIED).fullmatch
_is_label_value = re.compile(_LABEL_VALUE).fullmatch
_is_config_key = re.compile(_CONFIG_KEY).fullmatch
_is_variable = re.compile("[ -<>-~]+").fullmatch

EMPTY: Final = "must be non-empty"


def _wording(text: str, pattern: str, *examples: str) -> str:
    shown = ",  or ".join(f"'{example}'" for example in examples)
    return f"{text} (e.g. {shown}, regex used for validation is '{pattern}')"


_SUBDOMAIN_TEXT: Final = _wording(
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    "'.', and must start and end with an alphanumeric character",
    _SUBDOMAIN,
    "example.com",
)
_LABEL_TEXT: Final = _wording(
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "
    "must start and end with an alphanumeric character",
    _LABEL,
    "my-name",
    "123-abc",
)
_LABEL_1035_TEXT: Final = _wording(
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an "
    "alphabetic character, and end with an alphanumeric character",
    _LABEL_1035,
    "my-name",
    "abc-123",
)
_QUALIFIED_TEXT: Final = _wording(
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
    "alphanumeric character",
    _QUALIFIED,
    "MyName",
    "my.name",
    "123-abc",
)
_LABEL_VALUE_TEXT: Final = _wording(
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or "
    "'.', and must start and end with an alphanumeric character",
    _LABEL_VALUE,
    "MyValue",
    "my_value",
    "12345",
)
_CONFIG_KEY_TEXT: Final = _wording(
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
    _CONFIG_KEY,
    "key.name",
    "KEY_NAME",
    "key-name",
)


def longer_than(most: int, text: str) -> Complaints:
    """Returns a complaint if the text has more than `most` characters."""
    return (f"must be no more than {most} characters",) if len(text) > most else ()


def subdomain(text: str) -> Complaints:
    """Checks a DNS subdomain (RFC 1123): labels with dots between, 253 characters at most."""
    return longer_than(253, text) + (() if _is_subdomain(text) else (_SUBDOMAIN_TEXT,))


def label(text: str) -> Complaints:
    """Checks a DNS label (RFC 1123): no dots, 63 characters at most."""
    if _is_label(text):
        return longer_than(63, text)
    said = "must not contain dots" if _is_subdomain(text) else _LABEL_TEXT
    return (*longer_than(63, text), said)


def label_1035(text: str) -> Complaints:
    """Checks a DNS label (RFC 1035), which starts with a letter: 63 characters at most."""
    return longer_than(63, text) + (() if _is_label_1035(text) else (_LABEL_1035_TEXT,))


def path_segment(text: str) -> Complaints:
    """Checks a name that is one segment of a URL's path: no `/`, no `%`, not `.` or `..`."""
    if text in (".", ".."):
        return (f"may not be '{text}'",)
    return tuple(f"may not contain '{sign}'" for sign in "/%" if sign in text)


@lru_cache(maxsize=8192)
def qualified_name(text: str) -> Complaints:
    """Checks a name with or without a prefix: `example.com/MyName`; the prefix is a subdomain."""
    prefix, slash, name = text.rpartition("/")
    if "/" in prefix:
        optional = " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        return (f"a qualified name {_QUALIFIED_TEXT}{optional}",)
    said: list[str] = []
    if slash:
        said += [f"prefix part {text}" for text in (subdomain(prefix) if prefix else (EMPTY,))]
    if not name:
        said.append(f"name part {EMPTY}")
    said += [f"name part {text}" for text in longer_than(63, name)]
    return (*said, *(() if _is_qualified(name) else (f"name part {_QUALIFIED_TEXT}",)))


@lru_cache(maxsize=8192)
def label_value(text: str) -> Complaints:
    """Checks the value of a label: 63 characters at most; it may be empty."""
    return longer_than(63, text) + (() if _is_label_value(text) else (_LABEL_VALUE_TEXT,))


def config_key(text: str) -> Complaints:
    """Checks a key of a ConfigMap or a Secret, which becomes the name of a file in a volume."""
    said = longer_than(253, text) + (() if _is_config_key(text) else (_CONFIG_KEY_TEXT,))
    if text in (".", ".."):
        return (*said, f"must not be '{text}'")
    return (*said, "must not start with '..'") if text.startswith("..") else said


def variable_name(text: str) -> Complaints:
    """Checks the name of an environment variable."""
    if _is_variable(text):
        return ()
    said = "a valid environment variable name must consist only of printable ASCII characters"
    return (f"{said} other than '='",)


def port_name(text: str) -> Complaints:
    """Checks the name of a port: 15 characters at most, with a letter among them."""
    said = list(longer_than(15, text))
    if not re.fullmatch("[-a-z0-9]+", text):
        said.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    if not re.search("[a-z]", text):
        said.append("must contain at least one letter (a-z)")
    if "--" in text:
        said.append("must not contain consecutive hyphens")
    if text.startswith("-") or text.endswith("-"):
        said.append("must not begin or end with a hyphen")
    return tuple(said)


def port_number(number: int) -> Complaints:
    return () if 0 < number < 65536 else ("must be between 1 and 65535, inclusive",)


def address(text: str) -> Complaints:
    """Checks an IP address, IPv4 or IPv6."""
    try:
        ip_address(text)
    except ValueError:
        return ("must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",)
    return ()
