"""In which form a client wants its answer: what its Accept header says, and what can be served.

Kubernetes looks twice. First its router, which knows nothing of parameters and of `application/*`
(and is not asked for definitions' kinds); then the handler, which takes the first range that it
can serve, transformed as the range's parameters ask (as=Table;g=meta.k8s.io;v=v1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError

JSON, YAML = "application/json", "application/yaml"
PROTOBUF = "application/vnd.kubernetes.protobuf"
#: What the routes of most paths can be asked for.
ROUTED = (JSON, YAML, PROTOBUF)
#: Those of the collections that can be watched.
ROUTED_LISTS = (*ROUTED, f"{JSON};stream=watch", f"{PROTOBUF};stream=watch")

#: Into what an answer can be turned: group, version, kind.
Transform = tuple[str, str, str]
#: Of objects and lists.
META: frozenset[Transform] = frozenset(
    ("meta.k8s.io", version, kind)
    for version in ("v1", "v1beta1")
    for kind in ("Table", "PartialObjectMetadata", "PartialObjectMetadataList")
)
#: Of /api and /apis.
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
        wanted = dict(self.params)
        if not wanted.keys() & {"g", "v", "as"}:
            return None
        return wanted.get("g", ""), wanted.get("v", ""), wanted.get("as", "")


@dataclass(frozen=True)
class Accepted:
    """What is to be answered: a media type, and what the answer is turned into."""

    media_type: str
    #: Table, PartialObjectMetadata, PartialObjectMetadataList, APIGroupDiscoveryList, or "".
    kind: str = ""
    #: `meta.k8s.io/v1`; "" where nothing is transformed.
    api_version: str = ""


@lru_cache(maxsize=1024)
def negotiate(
    header: str,
    transforms: frozenset[Transform] = META,
    routed: Sequence[str] = (),
    served: Sequence[str] = (JSON, YAML),
) -> Accepted:
    """The first form that both know. StatusError (406) if there is none.

    `routed` is what the route names, none for definitions' kinds; `served` what we can write.
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
    """StatusError (406) if the router finds nothing that it could give."""
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
    """The media ranges of a header, the most wanted first; without a header: everything."""
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
