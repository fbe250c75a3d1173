"""Protobuf's wire format: tags, variable-length integers, and messages as dictionaries.

No protobuf library is used, for two reasons. The fields are known from Go types only, which have
what descriptors lack: JSON names, omitempty and pointers. And malformed bytes must be refused in
the words of Go's generated readers, which name the field.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kuscia_conformance.kube.objects import Obj

VARINT, FIXED64, LENGTH, START_GROUP, END_GROUP, FIXED32 = range(6)


class Malformed(ValueError):
    """The bytes are not a valid message; the text is the error of Go's reader."""


@dataclass(slots=True, eq=False)
class Message:
    """How the bytes of a message are read."""

    name: str
    #: By tag: the function that puts the value of a field, an integer or bytes, into an object.
    stores: dict[int, Callable[[Obj, Any], None]] = field(default_factory=dict)
    #: The names of the fields in Go, by their numbers.
    go_names: dict[int, str] = field(default_factory=dict)
    #: Fields that are in the JSON even if they are not on the wire, and their zero values.
    always: list[tuple[str, Callable[[], Any]]] = field(default_factory=list)


def read(message: Message, data: bytes) -> Obj:
    """Returns the message in the form of its JSON.

    Raises Malformed if the bytes are not a valid message. Fields that the message does not have are
    skipped, because clients may be newer than this server.
    """
    obj: Obj = {}
    try:
        _read_fields(message, data, obj)
    except IndexError:
        raise end_of_data() from None
    for name, zero in message.always:
        if name not in obj:
            obj[name] = zero()
    return obj


def _read_fields(message: Message, data: bytes, obj: Obj) -> None:
    stores = message.stores
    position, end = 0, len(data)
    while position < end:
        # Nearly all tags and lengths have one byte, so this case avoids a call.
        tag = data[position]
        position += 1
        if tag > 127:
            tag, position = varint(data, position - 1)
        store = stores.get(tag)
        if store is None:
            position = _skip_unknown(message, tag, data, position)
        elif tag & 7 == LENGTH:
            size = data[position]
            position += 1
            if size > 127:
                size, position = length(data, position - 1)
            start, position = position, position + size
            if position > end:
                raise end_of_data()
            store(obj, data[start:position])
        else:
            value, position = _number(tag & 7, data, position)
            store(obj, value)


def _number(wire: int, data: bytes, position: int) -> tuple[int | bytes, int]:
    if wire == VARINT:
        return varint(data, position)
    if position + 8 > len(data):
        raise end_of_data()
    return data[position : position + 8], position + 8


def varint(data: bytes, position: int) -> tuple[int, int]:
    """Returns an unsigned integer of 64 bits, and the place after it.

    Raises Malformed for more than ten bytes, and IndexError at the end of the data.
    """
    value = 0
    for shift in range(0, 64, 7):
        byte = data[position]
        position += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value & 0xFFFF_FFFF_FFFF_FFFF, position
    raise Malformed("proto: integer overflow")


def length(data: bytes, position: int) -> tuple[int, int]:
    """Returns a length and the place after it; errors as in `varint`, and Malformed if negative."""
    size, position = varint(data, position)
    if size >> 63:
        raise Malformed("proto: negative length found during unmarshaling")
    return size, position


def _skip_unknown(message: Message, tag: int, data: bytes, position: int) -> int:
    """Returns the place after a field that the message does not have.

    Raises Malformed if the number or the wire type is wrong.
    """
    number, wire = signed(tag >> 3, 32), tag & 7
    if wire == END_GROUP:
        raise Malformed(f"proto: {message.name}: wiretype end group for non-group")
    if number <= 0:
        raise Malformed(f"proto: {message.name}: illegal tag {number} (wire type {tag})")
    if number in message.go_names:
        name = message.go_names[number]
        raise Malformed(f"proto: wrong wireType = {wire} for field {name}")
    return _skip(wire, data, position)


def _skip(wire: int, data: bytes, position: int) -> int:
    depth = 0
    while True:
        depth += {START_GROUP: 1, END_GROUP: -1}.get(wire, 0)
        if depth < 0:
            raise Malformed("proto: unexpected end of group")
        position = _after(wire, data, position)
        if position > len(data):
            raise end_of_data()
        if depth == 0:
            return position
        tag, position = varint(data, position)
        wire = tag & 7


def _after(wire: int, data: bytes, position: int) -> int:
    match wire:
        case 0:
            return varint(data, position)[1]
        case 1:
            return position + 8
        case 2:
            size, position = length(data, position)
            return position + size
        case 3 | 4:
            return position
        case 5:
            return position + 4
    raise Malformed(f"proto: illegal wireType {wire}")


def signed(value: int, bits: int) -> int:
    """Returns the lowest `bits` of a number as a signed number."""
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def end_of_data() -> Malformed:
    """Returns the error for data that ends within a field."""
    return Malformed("unexpected EOF")
