"""Builds the messages of Kubernetes' kinds from data, each when it is first needed.

A field of a message has:

    number       its number on the wire
    name         its name in JSON; "" if it is inlined
    go_name      its name in Go, for errors
    type         the type of its value, or of each item
    shape        "", pointer, list or map
    presence     when it is in the JSON: always, omitempty or omitzero
"""

from __future__ import annotations

import lzma
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson

from kuscia_conformance.apiserver.protobuf.values import CONVERSIONS, SCALARS
from kuscia_conformance.apiserver.protobuf.wire import LENGTH, VARINT, Message, read, varint
from kuscia_conformance.kube.objects import Obj

Parse = Callable[[Any], Any]
Store = Callable[[Obj, Any], None]

FILE: Final = Path(__file__).parents[1] / "data" / "protobuf.json.xz"


class Field(NamedTuple):
    """One field of a message."""

    number: int
    name: str
    go_name: str
    type: str
    shape: str
    presence: str


class Data(NamedTuple):
    """The content of the data file."""

    #: The names of messages, by the apiVersion and kind of the object.
    kinds: dict[str, dict[str, str]]
    #: The fields of each message, as lists of the values of a `Field`.
    messages: dict[str, list[list[Any]]]
    #: The messages that JSON writes as a list: the list that is their only field.
    lists: frozenset[str]


@cache
def data() -> Data:
    """Returns the data file, which is read once."""
    loaded = orjson.loads(lzma.decompress(FILE.read_bytes()))
    return Data(loaded["kinds"], loaded["messages"], frozenset(loaded["lists"]))


@cache
def message(name: str) -> Message:
    """Returns the message of a name such as core/v1.Pod. Raises KeyError for an unknown name."""
    fields = [Field(*values) for values in data().messages[name]]
    made = Message(name.rpartition(".")[2])
    for field in fields:
        made.stores |= _stores(field)
        made.go_names[field.number] = field.go_name
        made.always += _always(field)
    return made


def _is_list(type_: str) -> bool:
    return type_ in data().lists


def _is_struct(field: Field) -> bool:
    return not (field.shape or field.type in SCALARS or _is_list(field.type))


def _is_always_there(field: Field) -> bool:
    """Checks whether the field is always in JSON. Go's omitempty does not omit structs."""
    return field.presence == "always" or (field.presence == "omitempty" and _is_struct(field))


def _always(field: Field) -> Iterator[tuple[str, Callable[[], Any]]]:
    if not field.name:
        yield from message(field.type).always
    elif _is_always_there(field):
        yield field.name, partial(_zero, field)


def _zero(field: Field) -> Any:
    if _is_struct(field):
        return _parse(field.type)(b"")
    return SCALARS[field.type][2] if field.type in SCALARS and not field.shape else None


def _stores(field: Field) -> dict[int, Store]:
    """Returns the functions that put the field into an object, by the tag on the wire."""
    wire, parse = _wire(field.type), _parse(field.type)
    tag = field.number << 3
    if field.shape == "map":
        return {tag | LENGTH: _entering(field.name, _entry(field.type))}
    if field.shape != "list":
        return {tag | wire: _putting(field, parse)}
    stores = {tag | wire: _appending(field.name, parse)}
    if wire == VARINT:
        stores[tag | LENGTH] = _extending(field.name, parse)
    return stores


def _wire(type_: str) -> int:
    return SCALARS[type_][0] if type_ in SCALARS else LENGTH


def _parse(type_: str) -> Parse:
    if type_ in SCALARS:
        return SCALARS[type_][1]
    convert = (lambda fields: fields.get("items", [])) if _is_list(type_) else None
    convert = CONVERSIONS.get(type_, convert)
    if convert is None:
        return lambda value: read(message(type_), value)
    return lambda value: convert(read(message(type_), value))


def _putting(field: Field, parse: Parse) -> Store:
    name = field.name
    is_kept = field.shape == "pointer" or _is_always_there(field)

    def inline(obj: Obj, value: Any) -> None:
        obj.update(parse(value))

    def keep(obj: Obj, value: Any) -> None:
        obj[name] = parse(value)

    def put_unless_zero(obj: Obj, value: Any) -> None:
        parsed = parse(value)
        if parsed:
            obj[name] = parsed

    return inline if not name else keep if is_kept else put_unless_zero


def _appending(name: str, parse: Parse) -> Store:
    def append(obj: Obj, value: Any) -> None:
        if name in obj:
            obj[name].append(parse(value))
        else:
            obj[name] = [parse(value)]

    return append


def _extending(name: str, parse: Parse) -> Store:
    """Returns a function for packed numbers: many numbers as the bytes of one field."""

    def extend(obj: Obj, value: bytes) -> None:
        position = 0
        while position < len(value):
            number, position = varint(value, position)
            obj.setdefault(name, []).append(parse(number))

    return extend


def _entering(name: str, entry: Message) -> Store:
    def enter(obj: Obj, value: bytes) -> None:
        pair = read(entry, value)
        obj.setdefault(name, {})[pair["key"]] = pair["value"]

    return enter


def _entry(type_: str) -> Message:
    """Returns the message of a map's entries: on the wire a map is a list of entries."""
    key = Field(1, "key", "key", "string", "", "always")
    value = Field(2, "value", "value", type_, "", "always")
    return Message(
        "entry",
        {**_stores(key), **_stores(value)},
        {1: "key", 2: "value"},
        [("key", str), ("value", partial(_parse(type_), b""))],
    )
