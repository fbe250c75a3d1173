"""A request and its answer, independent of the transport.

A transport (`http`) creates the `Request`; the router sets its user, and handlers return the
`Answer`, built with the functions below.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import parse_qsl

import orjson

from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError, bad_request
from kuscia_conformance.kube.objects import Obj

JSON = "application/json"
_WHOLE = re.compile("[+-]?[0-9]+")
#: Longer numbers are refused unread, because Python raises ValueError for very long ones.
_DIGITS = 40


@dataclass
class Request:
    """One request; the names of its headers are in lower case."""

    method: str
    path: str
    query_string: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    #: The user's name, set by `Server.authenticate`.
    user: str = ""
    #: Warnings for the user. They are sent with the answer, also with a refusal.
    warnings: list[str] = field(default_factory=list)

    @cached_property
    def query(self) -> dict[str, str]:
        """The query parameters. If a name occurs several times, the first value counts."""
        pairs = parse_qsl(self.query_string, keep_blank_values=True) if self.query_string else ()
        return dict(reversed(list(pairs)))

    @property
    def user_agent(self) -> str:
        return self.headers.get("user-agent", "")

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def accept(self) -> str:
        return self.headers.get("accept", "")

    def flag(self, name: str) -> bool:
        """Returns whether a parameter is set.

        Every value counts as true except `false` and `0`, as in Kubernetes.
        """
        return self.query.get(name, "0").lower() not in ("false", "0")

    def number(self, name: str) -> int | None:
        """Returns a parameter as a whole number, or None if it is absent.

        Raises StatusError (400) for other texts, and for numbers of more than 64 bits.
        """
        text = self.query.get(name)
        if text is None:
            return None
        if not _WHOLE.fullmatch(text):
            raise bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax')
        if len(text) > _DIGITS or not -(2**63) <= int(text) < 2**63:
            raise bad_request(f'strconv.ParseInt: parsing "{text}": value out of range')
        return int(text)


@dataclass
class Answer:
    """A complete answer or, with `stream`, one that lasts as long as the stream."""

    code: int
    body: bytes = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    stream: AsyncGenerator[bytes, None] | None = None


def document(obj: Obj, code: int = 200, **headers: str) -> Answer:
    """Returns an answer with a JSON document."""
    return Answer(code, orjson.dumps(obj) + b"\n", headers=headers)


def text(body: str, code: int = 200) -> Answer:
    return Answer(code, body.encode(), "text/plain; charset=utf-8")


def refused(refusal: StatusError) -> Answer:
    """Returns the answer for a StatusError."""
    return Answer(refusal.code, orjson.dumps(refusal.status) + b"\n", headers=dict(refusal.headers))


def page_not_found() -> Answer:
    """Returns the answer for a path that does not exist: 404 in plain text."""
    answer = text("404 page not found\n", 404)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
