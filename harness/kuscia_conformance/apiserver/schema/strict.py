"""The server's messages for bodies that it refuses, and for fields that it drops."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kuscia_conformance.apiserver.apimachinery.go_text import quoted
from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError, bad_request

_SHOWN = 30


def unrecognized(kind: str, why: str, body: bytes) -> StatusError:
    """Returns the StatusError (400) for a body whose kind cannot be read.

    `kind` is the kind that was expected. The message quotes the first bytes of the body.
    """
    return bad_request(
        f"the object provided is unrecognized (must be of type {kind}): {why} ({_summary(body)})"
    )


def _summary(body: bytes) -> str:
    start = body[:_SHOWN]
    text = start.decode(errors="replace") if body.startswith(b"{") else start.hex()
    return text + (" ..." if len(body) > _SHOWN else "") or "<empty>"


def cannot_be_handled(kind: str, version: str, why: str, as_kind: str = "") -> StatusError:
    """Returns the StatusError (400) for an object that does not fit its kind.

    `version` has no group: v1, not apps/v1. `as_kind` is the kind that was expected, if it is
    another.
    """
    return bad_request(
        f'{kind} in version "{version}" cannot be handled as a {as_kind or kind}: {why}'
    )


def not_registered(kind: str, api_version: str) -> str:
    """Returns the message for a kind that the server does not have.

    Kubernetes names a line of its own source in this message, and so it is named here.
    """
    scheme = 'in scheme "pkg/runtime/scheme.go:110"'
    return f'no kind "{kind}" is registered for version "{api_version}" {scheme}'


def unknown_fields(paths: Iterable[str]) -> list[str]:
    """Returns the complaint for each path: `unknown field "spec.imag"`."""
    return [f"unknown field {quoted(path)}" for path in paths]


def strict_refusal(complaints: Sequence[str], kind: str, version: str) -> StatusError:
    """Returns the StatusError (400) of strict validation.

    `complaints` are those of `decode` (duplicate fields) and of `unknown_fields`.
    """
    in_lines = [each for each in complaints if each.startswith("line ")]
    others = [each for each in complaints if not each.startswith("line ")]
    # Go's YAML reader reports all duplicate keys in one error, one on each line.
    first = ["\n  ".join(["yaml: unmarshal errors:", *in_lines])] if in_lines else []
    why = ", ".join([*first, *others])
    return cannot_be_handled(kind, version, f"strict decoding error: {why}")


def warning(text: str) -> str:
    """Returns the value of a Warning header (RFC 7234, code 299) with this text."""
    return f"299 - {quoted(text)}"
