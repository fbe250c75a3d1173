"""How the server speaks of bodies that it cannot or will not take, and of what it drops."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kuscia_conformance.apiserver.apimachinery.go_text import quoted
from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError, bad_request

_SHOWN = 30


def unrecognized(kind: str, why: str, body: bytes) -> StatusError:
    """400 for a body of which not even the kind can be told; `kind` is what it should be."""
    return bad_request(
        f"the object provided is unrecognized (must be of type {kind}): {why} ({_summary(body)})"
    )


def _summary(body: bytes) -> str:
    start = body[:_SHOWN]
    text = start.decode(errors="replace") if body.startswith(b"{") else start.hex()
    return text + (" ..." if len(body) > _SHOWN else "") or "<empty>"


def cannot_be_handled(kind: str, version: str, why: str, as_kind: str = "") -> StatusError:
    """400 for an object that does not fit the kind; `version` is without the group."""
    return bad_request(
        f'{kind} in version "{version}" cannot be handled as a {as_kind or kind}: {why}'
    )


def not_registered(kind: str, api_version: str) -> str:
    """What is wrong with a kind that Kubernetes does not have; where in it that is known, too."""
    scheme = 'in scheme "pkg/runtime/scheme.go:110"'
    return f'no kind "{kind}" is registered for version "{api_version}" {scheme}'


def unknown_fields(paths: Iterable[str]) -> list[str]:
    return [f"unknown field {quoted(path)}" for path in paths]


def strict_refusal(complaints: Sequence[str], kind: str, version: str) -> StatusError:
    """400 where validation is strict: for duplicate fields, as `decode` says, and unknown ones."""
    in_lines = [each for each in complaints if each.startswith("line ")]
    others = [each for each in complaints if not each.startswith("line ")]
    # YAML's reader complains of all duplicates at once.
    first = ["\n  ".join(["yaml: unmarshal errors:", *in_lines])] if in_lines else []
    why = ", ".join([*first, *others])
    return cannot_be_handled(kind, version, f"strict decoding error: {why}")


def warning(text: str) -> str:
    """A Warning header that says so."""
    return f"299 - {quoted(text)}"
