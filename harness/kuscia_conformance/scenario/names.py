"""Names of a scenario's own: `alice` in the features is `alice-ghkmnp` in the cluster.

Every scenario has a token of its own, so that scenarios run side by side. It is put into a
fixed list of fields of what goes out, and taken out of everything that comes in: documents
and failures speak of `alice`. An exclusive scenario has no token and uses plain names.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import Any

import orjson

from kuscia_conformance.kube.kuscia import DOMAIN_LABEL, TASK_NAMESPACE
from kuscia_conformance.kube.objects import Obj

#: No a–f: a token never looks like a piece of a uid or a digest.
LETTERS = "ghijklmnopqrstuvwxyz"
LENGTH = 6
TOKEN = re.compile(rf"-[{LETTERS[0]}-{LETTERS[-1]}]{{{LENGTH}}}(?![a-z0-9])")

#: What the name of a party's TaskResource ends in: nobody knows it beforehand.
_RANDOM_DIGITS = re.compile(r"-[0-9a-f]{12}$")

#: Kinds whose own name gets the token. What lies in a domain's namespace is apart already.
NAMED = frozenset({"KusciaTask", "AppImage", "Domain", "Namespace", "TaskResourceGroup"})


@dataclass(frozen=True)
class Names:
    """A scenario's names; `token` is empty where they are plain."""

    token: str = ""

    def real(self, name: str) -> str:
        """The name in the cluster of a name in the feature; the empty name stays empty."""
        return f"{name}-{self.token}" if self.token and name else name

    def namespace(self, name: str) -> str:
        return name if name == TASK_NAMESPACE else self.real(name)

    def outgoing(self, obj: Obj) -> Obj:
        """The manifest with real names, a copy."""
        sent: Obj = orjson.loads(orjson.dumps(obj))
        metadata, spec = sent.setdefault("metadata", {}), sent.get("spec")
        if sent.get("kind") in NAMED and "name" in metadata:
            metadata["name"] = self.real(metadata["name"])
        if "namespace" in metadata:
            metadata["namespace"] = self.namespace(metadata["namespace"])
        if isinstance(spec, dict):
            self._spec(str(sent.get("kind")), spec)
        return sent

    def _spec(self, kind: str, spec: Obj) -> None:
        if kind in ("KusciaTask", "TaskResourceGroup", "TaskResource"):
            self._parties(spec)
        elif kind == "Pod" and DOMAIN_LABEL in (spec.get("nodeSelector") or {}):
            spec["nodeSelector"][DOMAIN_LABEL] = self.real(spec["nodeSelector"][DOMAIN_LABEL])

    def _parties(self, spec: Obj) -> None:
        for holder, field in [(spec, "initiator"), *_party_fields(spec)]:
            if isinstance(holder.get(field), str):
                holder[field] = self.real(holder[field])

    def incoming(self, value: Any) -> Any:
        """Anything that came from the cluster, with the token taken out of every text."""
        if not self.token:
            return value
        return orjson.loads(orjson.dumps(value).replace(f"-{self.token}".encode(), b""))

    def owns(self, real_name: str) -> bool:
        """Whether a name in the cluster is one of this scenario's."""
        token = TOKEN.search(real_name)
        return token.group()[1:] == self.token if token else not self.token


def plain_key(key: str) -> str:
    """The key of a TaskResource without its random digits; one given by hand has none."""
    return _RANDOM_DIGITS.sub("", key)


def _party_fields(spec: Obj) -> list[tuple[Obj, str]]:
    parties = [party for party in spec.get("parties") or [] if isinstance(party, dict)]
    limits = [limit for party in parties for limit in party.get("bandwidthLimits") or []]
    own = [(party, field) for party in parties for field in ("domainID", "appImageRef")]
    return own + [(limit, "destinationID") for limit in limits]


def fresh_names(chance: random.Random | None = None) -> Names:
    """Names that nobody has; with a chance of one's own those that it gives."""
    return Names("".join((chance or random.SystemRandom()).choices(LETTERS, k=LENGTH)))
