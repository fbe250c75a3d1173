"""Replaces the values of an answer that differ from server to server or from run to run.

A value that the server chooses becomes a word that keeps its identity: `uid-1`, `address-1`,
`version-1`. Versions are numbered by size, so that their order is compared. Values that the
question itself contains stay. The version of a list or bookmark is named after the newest object
version that it includes, because other clients write to the server as well.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.apiserver.questions.values import mappings, strings

_UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_ADDRESS = re.compile(r"\b10\.96\.\d+\.\d+\b")
_SERVER = re.compile(r"127\.0\.0\.1:\d+")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_AGE = re.compile(r"(\d+[smhd])+|<invalid>")
_HASH = re.compile(r"(?<=\?hash=)\w+")
#: Matches the resource versions in messages.
_VERSION = re.compile(
    r"(?<=current: )\d+|(?<=version: )\d+|(?<=precondition: )\d+|(?<=object meta: )\d+"
    r"|(?<=\()\d+(?=\))"
    r'|(?<=resourceVersion\\":\\")\d+'
)
#: The length of the suffix that the server appends to a generateName.
_SUFFIX = 5


@dataclass(frozen=True)
class Words:
    """The values to replace in the answers of a question."""

    #: The question as text: values that it contains are not replaced.
    asked: str
    #: The resource versions of objects, smallest first.
    versions: Sequence[int]
    #: The replacements of uids, addresses and generated names.
    names: Mapping[str, str]


def words_of(answers: Any, question: Any) -> Words:
    """Collects from the answers the values that must be replaced."""
    asked = json.dumps(question)
    found = mappings(answers)
    versions = {int(each["resourceVersion"]) for each in found if _is_of_object(each)}
    # The longest first, because one address may be a prefix of another.
    names = sorted(_names(answers, asked).items(), key=lambda pair: -len(pair[0]))
    return Words(asked, sorted(versions), dict(names))


def _is_of_object(metadata: Mapping[str, Any]) -> bool:
    return "uid" in metadata and str(metadata.get("resourceVersion", "")).isdigit()


def _names(answers: Any, asked: str) -> dict[str, str]:
    names: dict[str, str] = {}
    for text in strings(answers):
        for pattern, word in ((_UID, "uid"), (_ADDRESS, "address")):
            for name in pattern.findall(text):
                if name not in asked and name not in names:
                    count = sum(known.startswith(word) for known in names.values())
                    names[name] = f"{word}-{count + 1}"
    for metadata in mappings(answers):
        prefix, name = metadata.get("generateName"), metadata.get("name", "")
        if _is_generated(name, prefix) and name not in names:
            count = sum("generated-" in word for word in names.values())
            names[name] = f"{prefix}generated-{count + 1}"
    return names


def _is_generated(name: Any, prefix: Any) -> bool:
    # In a schema these values are mappings, not strings.
    if not isinstance(prefix, str) or not isinstance(name, str):
        return False
    return bool(prefix) and name.startswith(prefix) and len(name) == len(prefix) + _SUFFIX


def in_words(value: Any, words: Words, key: str = "", metadata: bool = False) -> Any:
    """Returns the value, which stands under `key`, with its varying parts replaced by words."""
    if rule := _RULES.get(key):
        return rule(value, words, metadata)
    match value:
        case dict():
            own = "uid" in value
            if "causes" in (value.get("details") or ()):
                value = _in_order(value)
            return {
                _text(name, words): in_words(inner, words, name, own)
                for name, inner in value.items()
            }
        case list():
            return [in_words(inner, words) for inner in value]
        case str():
            return _text(value, words)
    return value


def _text(text: str, words: Words) -> str:
    text = _TIME.sub(lambda found: _time(found, words), text)
    for name, word in words.names.items():
        text = text.replace(name, word)
    text = _HASH.sub("hash", _SERVER.sub("server", text))
    return _VERSION.sub(lambda found: _version_in_text(found[0], words), text)


def _time(found: re.Match[str], words: Words) -> str:
    if found[0] in words.asked:
        return found[0]
    return "time to the microsecond" if found[1] else "time"


def _version_in_text(version: str, words: Words) -> str:
    if re.search(rf"\b{version}\b", words.asked):
        return version
    return _version(version, words, True) if int(version) in words.versions else "version"


def _version(version: Any, words: Words, of_object: bool) -> Any:
    if not str(version).isdigit() or version == "0":
        return version
    older = bisect_right(words.versions, int(version))
    return f"version-{older}" if of_object else f"includes version-{older}"


def _in_order(status: Mapping[str, Any]) -> Mapping[str, Any]:
    """Sorts the causes of a status, because some have the random order of Go's maps."""
    causes = status["details"]["causes"]
    ordered = sorted(causes, key=_cause)
    said, sorted_ = (", ".join(map(_cause, each)) for each in (causes, ordered))
    message = status.get("message", "").replace(f"[{said}]", f"[{sorted_}]")
    return {**status, "message": message, "details": {**status["details"], "causes": ordered}}


def _cause(cause: Mapping[str, str]) -> str:
    return f"{cause.get('field')}: {cause.get('message')}"


def _kinds(value: Any, words: Words, _: bool) -> Any:
    """Sorts the resources of a group by name, because those of definitions have no fixed order."""
    inner = in_words(value, words)
    if isinstance(inner, list) and all(isinstance(each, dict) and "name" in each for each in inner):
        return sorted(inner, key=lambda each: str(each["name"]))
    return inner


def _address(value: Any, _: Words, __: bool) -> Any:
    return "server" if isinstance(value, str) else value


def _token(value: Any, _: Words, __: bool) -> Any:
    return "token" if value else value


def _port(value: Any, words: Words, _: bool) -> Any:
    return value if not value or str(value) in words.asked else "port"


def _cells(value: Any, words: Words, _: bool) -> Any:
    return [
        "age" if isinstance(cell, str) and _AGE.fullmatch(cell) else in_words(cell, words)
        for cell in value
    ]


def _managed(value: Any, words: Words, _: bool) -> Any:
    """Sorts the entries by manager instead of by second, where the server has sorted them right.

    A question may begin in one second and end in the next one, and then the order of its managers
    is another one. Entries in a wrong order stay as they are, and so differ from the recorded ones.
    """
    if not isinstance(value, list):
        return value
    if value == sorted(value, key=_place):
        value = sorted(value, key=lambda entry: _place({**entry, "time": "time" in entry}))
    return [_manager(entry, words) for entry in value]


def _place(entry: Any) -> list[str]:
    """Returns what kube-apiserver sorts managedFields by."""
    fields = ("operation", "time", "manager", "apiVersion", "subresource")
    return [str(entry.get(field, "")) for field in fields]


def _manager(entry: Any, words: Words) -> Any:
    """Returns an entry of managedFields as one line: the manager, the operation and the fields."""
    who = [entry.get(field) for field in ("manager", "operation", "apiVersion", "subresource")]
    when = _text(entry.get("time", "no time"), words)
    fields = ", ".join(_text(path, words) for path in sorted(_paths(entry.get("fieldsV1") or {})))
    return f"{' '.join(str(word) for word in who if word)} ({when}): {fields}"


def _paths(fields: Mapping[str, Any], above: str = "") -> list[str]:
    found = []
    for name, inner in fields.items():
        path = above if name == "." else f"{above}.{name.removeprefix('f:')}".lstrip(".")
        if not inner:
            found.append(path)
        found += _paths(inner, path)
    return found


#: The functions that replace the values of these fields.
_RULES: Mapping[str, Callable[[Any, Words, bool], Any]] = {
    "resourceVersion": _version,
    "continue": _token,
    "resources": _kinds,
    "serverAddress": _address,
    "nodePort": _port,
    "healthCheckNodePort": _port,
    "cells": _cells,
    "managedFields": _managed,
}
