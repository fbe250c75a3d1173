"""The kinds that are served, and the meaning of a path.

For example, the path /api/v1/namespaces/N/pods/P/status means the subresource `status` of the pod P
in the namespace N: Target(kind of pods, "N", "P", "status").
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kuscia_conformance.apiserver.apimachinery.kinds import Kind
from kuscia_conformance.apiserver.apimachinery.status_errors import (
    bad_request,
    no_such_resource,
    not_found,
)


@dataclass(frozen=True)
class Target:
    """What a request is about: a collection or, with a name, an object."""

    kind: Kind
    namespace: str = ""
    name: str = ""
    sub: str = ""
    #: Whether the path asks for a watch, in the old form /api/v1/watch/…
    watched: bool = False

    @property
    def is_collection(self) -> bool:
        return not self.name


#: The smallest number of segments in a resource's path: api/v1/pods, apis/apps/v1/deployments.
_SHORTEST = {"api": 3, "apis": 4}


class Unknown(Exception):
    """The path does not exist: its group or version or, in a custom group, its kind is not served.

    The router answers 404 in plain text, as Kubernetes does.
    """


@dataclass
class Registry:
    """All kinds that are served, by group, version and plural."""

    _kinds: dict[tuple[str, str], dict[str, Kind]] = field(default_factory=dict)
    _collections: dict[tuple[str, str], Kind] | None = None

    def add(self, kinds: Iterable[Kind]) -> None:
        """Serves these kinds; they replace kinds of the same group, version and plural."""
        self._collections = None
        for kind in kinds:
            self._kinds.setdefault((kind.group, kind.version), {})[kind.plural] = kind

    def remove(self, group: str, plural: str) -> None:
        """Stops serving a kind, in all its versions."""
        self._collections = None
        for group_version in [key for key in self._kinds if key[0] == group]:
            self._kinds[group_version].pop(plural, None)
            if not self._kinds[group_version]:
                del self._kinds[group_version]

    def all(self) -> list[Kind]:
        return [kind for kinds in self._kinds.values() for kind in kinds.values()]

    def collections(self) -> Mapping[tuple[str, str], Kind]:
        """Returns every collection with its kind, in the stored version."""
        if self._collections is None:
            self._collections = {
                kind.key: kind
                for kind in reversed(self.all())
                if kind.stored_as is None and kind.version == (kind.stored_version or kind.version)
            }
        return self._collections

    def find(self, group: str, version: str, plural: str) -> Kind | None:
        """Returns the kind, or None if it is not served."""
        return self._kinds.get((group, version), {}).get(plural)

    def _of_group(self, group: str) -> dict[str, Kind]:
        return {kind.plural: kind for kind in self.all() if kind.group == group}

    def of_object(self, api_version: str, kind: str) -> Kind | None:
        """Returns the kind of an object, by its apiVersion and kind; None if it is not served."""
        group, _, version = api_version.rpartition("/")
        kinds = self._kinds.get((group, version), {}).values()
        return next((each for each in kinds if each.name == kind), None)

    def mapped(self, api_version: str, kind: str) -> Kind | None:
        """Returns the kind that a reference names; None if it is not served.

        Like the REST mapper of Kubernetes' clients, it also takes kinds in lower case, and lists.
        """
        group, _, version = api_version.rpartition("/")
        for each in self._kinds.get((group, version), {}).values():
            if kind in (each.name, each.name.lower(), f"{each.name}List"):
                return each
        return None

    def target(self, path: str) -> Target:
        """Returns what a path under /api or /apis means.

        Raises Unknown or StatusError (404) if the path does not exist; which one depends on the
        group, as in Kubernetes. Raises StatusError (400) for a name that cannot be in a path.
        """
        words = path.strip("/").split("/")
        if len(words) < _SHORTEST.get(words[0], sys.maxsize):
            raise Unknown
        group, version, rest = (
            ("", words[1], words[2:]) if words[0] == "api" else (words[1], words[2], words[3:])
        )
        if watched := rest[0] == "watch" and len(rest) > 1:
            rest = rest[1:]
        kinds = self._kinds.get((group, version)) or self._of_group(group)
        namespace, rest = _namespace(rest)
        kind = self.find(group, version, rest[0])
        if kind is None or len(rest) > 3 + (rest[2:3] == ["proxy"]) * 99:
            raise _no_such_kind(kinds)
        if namespace and not kind.namespaced:
            raise _no_such_kind(kinds)
        name, sub, *_ = *rest[1:3], "", ""
        target = Target(kind, namespace, name, sub, watched)
        _require_segment(target.name)
        if target.name and kind.namespaced and not namespace:
            raise _no_such_kind(kinds)
        if target.sub and target.sub not in kind.subresources:
            if kind.is_custom:
                raise not_found(kind.group, kind.plural, target.name)
            raise no_such_resource()
        return target

    def nothing_of(self, group: str) -> Exception:
        """Returns the exception to raise for a version of the group that does not exist."""
        return _no_such_kind(self._of_group(group))


def _require_segment(name: str) -> None:
    if name in (".", "..") or "%" in name:
        why = "may not contain '%'" if "%" in name else f"may not be '{name}'"
        raise bad_request(f'Name parameter invalid: "{name}": {why}')


def _namespace(rest: list[str]) -> tuple[str, list[str]]:
    """Returns the namespace and the rest of the path.

    `namespaces/NAME` alone means the namespace as an object.
    """
    is_in_one = rest[0] == "namespaces" and len(rest) > 2 and rest[2] not in ("status", "finalize")
    return (rest[1], rest[2:]) if is_in_one else ("", rest)


def _no_such_kind(kinds: dict[str, Kind]) -> Exception:
    if not kinds or any(kind.is_custom for kind in kinds.values()):
        return Unknown()
    return no_such_resource()
