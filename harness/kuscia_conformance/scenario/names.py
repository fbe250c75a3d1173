"""The names of a scenario: `alice` in a feature is `alice-ghkmnp` in the cluster.

Every scenario has its own token, `ghkmnp`, so that scenarios can run at the same time.

    outgoing   adds the token to a fixed list of fields of a manifest
    incoming   removes the token from every text that comes from the cluster

So documents and failures only contain `alice`. An exclusive scenario has no token and uses the
plain names.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import Any

import orjson

from kuscia_conformance.kube.kuscia import DOMAIN_LABEL, TASK_NAMESPACE
from kuscia_conformance.kube.objects import Obj

#: The letters of tokens. Without a–f a token cannot look like a part of a uid or a digest.
LETTERS = "ghijklmnopqrstuvwxyz"
LENGTH = 6
TOKEN = re.compile(rf"-[{LETTERS[0]}-{LETTERS[-1]}]{{{LENGTH}}}(?![a-z0-9])")

#: The random end of the name of a party's TaskResource, which features cannot know.
_RANDOM_DIGITS = re.compile(r"-[0-9a-f]{12}$")

#: Kinds whose own name gets the token. Objects in a domain's namespace do not need it, because
#: the namespace has it.
NAMED = frozenset(
    {"KusciaTask", "AppImage", "Domain", "Namespace", "TaskResourceGroup", "RuntimeClass"}
)


@dataclass(frozen=True)
class Names:
    """Translates between a scenario's names and those in the cluster.

    `token` is empty for an exclusive scenario: then both are the same.
    """

    token: str = ""

    def real(self, name: str) -> str:
        """Returns the name in the cluster for a name in the feature; "" stays ""."""
        return f"{name}-{self.token}" if self.token and name else name

    def namespace(self, name: str) -> str:
        """Returns the namespace in the cluster; that of the tasks is the same for all scenarios."""
        return name if name == TASK_NAMESPACE else self.real(name)

    def outgoing(self, obj: Obj) -> Obj:
        """Returns a copy of the manifest with the names of the cluster.

        The token goes only into names, namespaces, domains and references to AppImages; other
        fields stay as the feature has them.
        """
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
        elif kind == "Pod":
            if DOMAIN_LABEL in (spec.get("nodeSelector") or {}):
                spec["nodeSelector"][DOMAIN_LABEL] = self.real(spec["nodeSelector"][DOMAIN_LABEL])
            if "runtimeClassName" in spec:
                spec["runtimeClassName"] = self.real(spec["runtimeClassName"])

    def _parties(self, spec: Obj) -> None:
        for holder, field in [(spec, "initiator"), *_party_fields(spec)]:
            if isinstance(holder.get(field), str):
                holder[field] = self.real(holder[field])

    def incoming(self, value: Any) -> Any:
        """Returns a value from the cluster with the token removed from every text in it."""
        if not self.token:
            return value
        return orjson.loads(orjson.dumps(value).replace(f"-{self.token}".encode(), b""))

    def owns(self, real_name: str) -> bool:
        """Checks whether a name in the cluster is one of this scenario's.

        A name without any token belongs to the exclusive scenario, which runs alone.
        """
        token = TOKEN.search(real_name)
        return token.group()[1:] == self.token if token else not self.token


def plain_key(key: str) -> str:
    """Returns the key of a TaskResource without its random digits, if it has any."""
    return _RANDOM_DIGITS.sub("", key)


def _party_fields(spec: Obj) -> list[tuple[Obj, str]]:
    parties = [party for party in spec.get("parties") or [] if isinstance(party, dict)]
    limits = [limit for party in parties for limit in party.get("bandwidthLimits") or []]
    own = [(party, field) for party in parties for field in ("domainID", "appImageRef")]
    return own + [(limit, "destinationID") for limit in limits]


def fresh_names(chance: random.Random | None = None) -> Names:
    """Returns names with a random token.

    With `chance`, a seeded generator, the token is the same in every run.
    """
    return Names("".join((chance or random.SystemRandom()).choices(LETTERS, k=LENGTH)))
