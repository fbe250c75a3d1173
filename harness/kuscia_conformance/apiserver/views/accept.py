"""Reads the Accept header and chooses the form of the answer.

Kubernetes checks the header twice. First its router checks the media types: it does not know
parameters and `application/*`. (It does not check requests for custom kinds.) Then the handler
takes the first media range that it can serve. The parameters of this range can ask for a
transformation of the answer: `as=Table;g=meta.k8s.io;v=v1`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError

JSON, YAML = "application/json", "application/yaml"
PROTOBUF = "application/vnd.kubernetes.protobuf"
#: The media types that the router knows, for most paths.
ROUTED = (JSON, YAML, PROTOBUF)
#: The media types that the router knows, for collections that can be watched.
ROUTED_LISTS = (*ROUTED, f"{JSON};stream=watch", f"{PROTOBUF};stream=watch")

#: What an answer is transformed into: group, version, kind.
Transform = tuple[str, str, str]
#: The transformations of objects and lists.
META: frozenset[Transform] = frozenset(
    ("meta.k8s.io", version, kind)
    for version in ("v1", "v1beta1")
    for kind in ("Table", "PartialObjectMetadata", "PartialObjectMetadataList")
)
#: The transformation of /api and /apis.
DISCOVERY: frozenset[Transform] = frozenset(
    {("apidiscovery.k8s.io", "v2", "APIGroupDiscoveryList")}
)


@dataclass(frozen=True)
class Range:
    """One media range of an Accept header, such as `application/*;q=0.5`."""

    type: str
    subtype: str
    params: tuple[tuple[str, str], ...]
    quality: float

    def matches(self, media_type: str) -> bool:
        type_, _, subtype = media_type.partition("/")
        if self.type == "*":
            return self.subtype == "*"
        return self.type == type_ and self.subtype in (subtype, "*")

    @property
    def transform(self) -> Transform | None:
        """The transformation that the parameters ask for, or None."""
        wanted = dict(self.params)
        if not wanted.keys() & {"g", "v", "as"}:
            return None
        return wanted.get("g", ""), wanted.get("v", ""), wanted.get("as", "")


@dataclass(frozen=True)
class Accepted:
    """The form of an answer: a media type, and what the answer is transformed into."""

    media_type: str
    #: Table, PartialObjectMetadata, PartialObjectMetadataList, APIGroupDiscoveryList, or "".
    kind: str = ""
    #: `meta.k8s.io/v1`; "" if the answer is not transformed.
    api_version: str = ""


@lru_cache(maxsize=1024)
def negotiate(
    header: str,
    transforms: frozenset[Transform] = META,
    routed: Sequence[str] = (),
    served: Sequence[str] = (JSON, YAML),
) -> Accepted:
    """Returns the first form that the client accepts and the server can write.

    `transforms` are the transformations that are possible. `routed` are the media types that the
    router knows; it is empty if the router does not check (custom kinds, /apis). `served` are the
    media types that can be written. Raises StatusError (406) if no form fits.
    """
    if not header.strip():
        return Accepted(served[0])
    if routed:
        require_routed(header, routed)
    for each in ranges(header):
        for media_type in served:
            if each.matches(media_type) and each.transform in {None, *transforms}:
                return _accepted(media_type, each.transform)
    raise not_acceptable(f"only the following media types are accepted: {', '.join(ROUTED)}")


def require_routed(header: str, routed: Sequence[str]) -> None:
    """Raises StatusError (406) if the router knows none of the header's media types."""
    if header.strip() and not _is_routed(header, routed):
        known = ", ".join(routed)
        message = f"406: Not Acceptable\n\nAvailable representations: {known}"
        raise StatusError(406, "NotAcceptable", message, {})


def _accepted(media_type: str, transform: Transform | None) -> Accepted:
    if transform is None:
        return Accepted(media_type)
    group, version, kind = transform
    return Accepted(media_type, kind, f"{group}/{version}")


def not_acceptable(message: str) -> StatusError:
    return StatusError(406, "NotAcceptable", message)


def _is_routed(header: str, routed: Sequence[str]) -> bool:
    asked = {part.partition(";")[0].strip() for part in header.split(",")}
    return bool(asked & {"*/*", *routed})


def ranges(header: str) -> list[Range]:
    """Returns the media ranges of a header, the preferred first; an empty header is `*/*`."""
    found = [_range(part) for part in (header.strip() or "*/*").split(",")]
    return sorted(
        (each for each in found if each is not None),
        key=lambda each: (-each.quality, each.type == "*", each.subtype == "*"),
    )


def _range(text: str) -> Range | None:
    media_range, *rest = (part.strip() for part in text.split(";"))
    type_, slash, subtype = media_range.partition("/")
    if not slash:
        return None
    split = (part.partition("=") for part in rest)
    params = {key.strip(): value.strip() for key, _, value in split}
    return Range(type_, subtype, tuple(params.items()), _quality(params.pop("q", "1")))


def _quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 1.0
