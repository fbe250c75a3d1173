"""A request and its answer, whatever carried them."""

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
#: No number has more that is sent in earnest.
_DIGITS = 40


@dataclass
class Request:
    """One request; header names are in lower case."""

    method: str
    path: str
    query_string: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    #: Who sends it, once the token has been looked at.
    user: str = ""
    #: What they are to be warned of, whatever the answer.
    warnings: list[str] = field(default_factory=list)

    @cached_property
    def query(self) -> dict[str, str]:
        """The parameters, the first of each name."""
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
        """Whether it is given, and neither `false` nor `0`: Kubernetes takes all else for yes."""
        return self.query.get(name, "0").lower() not in ("false", "0")

    def number(self, name: str) -> int | None:
        """A whole number; None where it is not given. StatusError (400) if it is none."""
        text = self.query.get(name)
        if text is None:
            return None
        if not _WHOLE.fullmatch(text):
            raise bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax')
        # Of a longer one Python would not even read the digits.
        if len(text) > _DIGITS or not -(2**63) <= int(text) < 2**63:
            raise bad_request(f'strconv.ParseInt: parsing "{text}": value out of range')
        return int(text)


@dataclass
class Answer:
    """A whole answer, or one that goes on for as long as `stream` does."""

    code: int
    body: bytes = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    stream: AsyncGenerator[bytes, None] | None = None


def document(obj: Obj, code: int = 200, **headers: str) -> Answer:
    return Answer(code, orjson.dumps(obj) + b"\n", headers=headers)


def text(body: str, code: int = 200) -> Answer:
    return Answer(code, body.encode(), "text/plain; charset=utf-8")


def refused(refusal: StatusError) -> Answer:
    return Answer(refusal.code, orjson.dumps(refusal.status) + b"\n", headers=dict(refusal.headers))


def page_not_found() -> Answer:
    """What is answered for paths that belong to nobody."""
    answer = text("404 page not found\n", 404)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
