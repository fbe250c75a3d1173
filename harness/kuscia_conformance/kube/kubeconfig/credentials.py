"""The `Authorization` header of a user, and whom the user wants to be (`as`).

A name and password exclude a token (or a file with one) and a program (`exec`): kubectl refuses
both together, and so does this module. kubectl 1.26 removed most legacy providers
(`auth-provider`). This module refuses all of them.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from kuscia_conformance.errors import ClusterError
from kuscia_conformance.kube.kubeconfig.fields import Fields, reason

#: How long the content of a token's file is used, in seconds; client-go reads it again so often.
TOKEN_AGE = 60.0
#: The characters that the name of a header may have, apart from letters and digits (RFC 9110).
_TOKEN_CHARACTERS = "!#$&'*+-.^_`|~"

Authorization = Callable[[], str | None]


@dataclass
class TokenFile:
    """A file with a bearer token, which another program may replace at any time."""

    path: Path
    now: Callable[[], float] = time.monotonic
    _token: str = ""
    _read_at: float = field(default=float("-inf"))

    def authorization(self) -> str:
        """Returns the header. Raises ClusterError if the file never had a usable token."""
        if self.now() - self._read_at >= TOKEN_AGE:
            self._read()
        return f"Bearer {self._token}"

    def _read(self) -> None:
        try:
            token = self.path.read_text().strip()
            why = "" if is_header(token) else "it has no token, or one of several lines"
        except (OSError, ValueError) as error:
            token, why = "", reason(error)
        if not why:
            self._token, self._read_at = token, self.now()
        elif not self._token:
            hint = "write the token into this file, or name another one as tokenFile"
            raise ClusterError(f"cannot read the token from {self.path}: {why}", hint=hint)


def is_header(text: str) -> bool:
    """Returns whether the text can be the value of a header: not empty, no control characters."""
    return bool(text) and all(ord(letter) >= 32 and ord(letter) != 127 for letter in text)


def simple_authorization(user: Fields) -> Authorization | None:
    """Returns the header of a token, a token's file, or a name and password; None without them.

    Raises UsageError for a token that cannot be sent, and for a name beside a token or a program.
    """
    _require_one_way(user)
    if path := user.path("tokenFile"):
        return _of_file(user, path)
    if token := user.get("token"):
        if not is_header(token):
            raise user.fault("token", "the token has a line break or another control character")
        return lambda: f"Bearer {token}"
    if name := user.get("username"):
        pair = f"{name}:{user.get('password') or ''}".encode()
        return lambda: f"Basic {base64.b64encode(pair).decode()}"
    return None


def _of_file(user: Fields, path: Path) -> Authorization:
    file = TokenFile(path)
    try:
        file.authorization()
    except ClusterError as error:
        if not is_header(user.get("token") or ""):
            raise user.fault("tokenFile", error.message) from error
        return lambda: f"Bearer {user['token']}"
    return file.authorization


def _require_one_way(user: Fields) -> None:
    if "auth-provider" in user:
        name = user["auth-provider"].get("name") or ""
        what = f"the auth-provider {name!r} is not supported"
        hint = (
            "use a token, a client certificate or an exec plugin: kubectl has removed most others"
        )
        raise user.fault("auth-provider", what, hint)
    ways = {"token": "token", "tokenFile": "token", "username": "username", "exec": "exec"}
    found = {way: key for key, way in ways.items() if user.get(key)}
    if "username" in found and len(found) > 1:
        both = " and ".join(sorted(found))
        what = f"the user has {both}, and can have only one of them"
        raise user.fault("username", what, "remove one")


def impersonation(user: Fields) -> tuple[tuple[str, str], ...]:
    """Returns the headers for the user's `as`, `as-uid`, `as-groups` and `as-user-extra`.

    Raises UsageError for a value that cannot be sent, and for groups without a user.
    """
    keys = [key for key in ("as-uid", "as-groups", "as-user-extra") if user.get(key)]
    if keys and not user.get("as"):
        raise user.fault(keys[0], f"there is {keys[0]} without `as`", "name the user, too")
    headers = tuple(_impersonated(user))
    if any(not is_header(value) for _, value in headers):
        raise user.fault("as", "a name to impersonate is empty or has a control character")
    return headers


def _impersonated(user: Fields) -> Iterator[tuple[str, str]]:
    for key, header in (("as", "Impersonate-User"), ("as-uid", "Impersonate-Uid")):
        if user.get(key):
            yield header, user[key]
    yield from (("Impersonate-Group", group) for group in user.get("as-groups") or ())
    for key, values in (user.get("as-user-extra") or {}).items():
        name = quote(key.lower(), safe=_TOKEN_CHARACTERS)
        yield from ((f"Impersonate-Extra-{name}", value) for value in values)
