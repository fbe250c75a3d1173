"""Checks the group of a CustomResourceDefinition and the names that it gives its kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from kuscia_conformance.apiserver.apimachinery.status_errors import (
    FieldError,
    invalid_value,
    required,
)

_LABEL = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_NO_LABEL = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an "
    "alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', "
    "regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
)
_NO_SUBDOMAIN = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used "
    r"for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_MIXED_CASE = "may have mixed case, but should otherwise match: "


def group_causes(group: str, path: str) -> Iterator[FieldError]:
    """Yields an error for a group that is empty, not a subdomain (RFC 1123), or without a dot."""
    problem = _problem(group, _SUBDOMAIN, _NO_SUBDOMAIN, most=253)
    if not group:
        yield required(path)
    elif problem:
        yield invalid_value(path, group, problem)
    elif "." not in group:
        yield invalid_value(path, group, "should be a domain with at least one dot")


def required_names(names: dict[str, Any], path: str) -> list[FieldError]:
    """Returns an error for each name that is missing; shortNames and categories are optional."""
    wanted = ("plural", "singular", "kind", "listKind")
    return [required(f"{path}.{key}") for key in wanted if not names.get(key)]


def names_causes(names: dict[str, Any], path: str) -> Iterator[FieldError]:
    """Yields the errors in the names that are given; see `required_names` for missing ones.

    It also checks acceptedNames of the status, where any name may be missing.
    """
    for key in ("plural", "singular"):
        if names.get(key):
            yield from label_causes(names[key], f"{path}.{key}")
    for key in ("kind", "listKind"):
        if names.get(key):
            yield from _kind_causes(names[key], f"{path}.{key}")
    yield from _labels(names, "shortNames", path)
    if names.get("kind") and names["kind"] == names.get("listKind"):
        same = "kind and listKind may not be the same"
        yield invalid_value(f"{path}.listKind", names["listKind"], same)
    yield from _labels(names, "categories", path)


def label_causes(text: str, path: str) -> Iterator[FieldError]:
    """Yields an error for a text that is not a DNS label (RFC 1035)."""
    problem = _problem(text, _LABEL, _NO_LABEL)
    if problem:
        yield invalid_value(path, text, problem)


def _kind_causes(kind: str, path: str) -> Iterator[FieldError]:
    problem = _problem(kind.lower(), _LABEL, _NO_LABEL)
    if problem:
        yield invalid_value(path, kind, _MIXED_CASE + problem)


def _labels(names: dict[str, Any], key: str, path: str) -> Iterator[FieldError]:
    for index, name in enumerate(names.get(key) or ()):
        yield from label_causes(name, f"{path}.{key}[{index}]")


def _problem(text: str, form: re.Pattern[str], why: str, most: int = 63) -> str:
    long = f"must be no more than {most} characters" if len(text) > most else ""
    wrong = "" if form.fullmatch(text) else why
    return ",".join(filter(None, (long, wrong)))
