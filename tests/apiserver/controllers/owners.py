"""Every combination of owners that an object may name, and what a garbage collector makes of it.

A case names one owner or several in one of three tables:

    one        kind, name, uid and namespace of a reference, each right or wrong
    several    up to three owners that are alive, gone, on their way out, or of an unknown kind
    deleted    the owner is deleted, by each policy, with each kind of dependent

Recorded from kube-controller-manager 1.34 on 2026-12-01, of `--cluster controlplane`.

`play` creates the objects of the cases, has them settle, and returns what became of each case.
`recorded.yaml` has what a real garbage collector made of them; `python -m
tests.apiserver.controllers KUBECONFIG owners` records it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import combinations, product
from pathlib import Path

from kuscia_conformance.kube.objects import Obj

RECORDED = Path(__file__).parent / "recorded.yaml"
HERE, ELSEWHERE = "owners", "owners-elsewhere"
HOLD = "example.com/hold"
#: Sends a method, a path and a body; returns the JSON of the answer, with `code` if it is an error.
Send = Callable[[str, str, Obj | None], Obj]
#: Waits until the controllers have nothing left to do: until the value of the function stays.
Settle = Callable[[Callable[[], object]], None]

_PATHS = {
    "ConfigMap": ("v1", "/api/v1/namespaces/{}/configmaps"),
    "Event": ("v1", "/api/v1/namespaces/{}/events"),
    "ClusterRole": (
        "rbac.authorization.k8s.io/v1",
        "/apis/rbac.authorization.k8s.io/v1/clusterroles",
    ),
    "HorizontalPodAutoscaler": (
        "autoscaling/v2",
        "/apis/autoscaling/v2/namespaces/{}/horizontalpodautoscalers",
    ),
}
#: What a reference may say of the kind of its owner.
KINDS = {
    "own": None,
    "another version": ("autoscaling/v1", "HorizontalPodAutoscaler"),
    "unserved version": ("autoscaling/v9", "HorizontalPodAutoscaler"),
    "unknown kind": ("v1", "Nonesuch"),
    "unknown group": ("nonesuch.example.com/v1", "Nonesuch"),
    "another namespaced kind": ("v1", "Secret"),
    "another cluster-scoped kind": ("v1", "Node"),
    "kind that cannot be read": ("authentication.k8s.io/v1", "TokenReview"),
    "kind in lower case": ("v1", "configmap"),
    "list of a kind": ("v1", "ConfigMapList"),
    "plural": ("v1", "configmaps"),
}
#: An owner of the table `several`.
STATES = ("alive", "absent", "gone", "waiting", "ending", "unknown", "elsewhere")


@dataclass(frozen=True)
class Thing:
    """An object of a case: where it is, and what a reference says of it."""

    kind: str
    name: str
    namespace: str = HERE

    @property
    def path(self) -> str:
        return _PATHS[self.kind][1].format(self.namespace)

    def body(self, **metadata: object) -> Obj:
        obj: Obj = {
            "apiVersion": _PATHS[self.kind][0],
            "kind": self.kind,
            "metadata": {"name": self.name, **metadata},
        }
        if self.kind == "HorizontalPodAutoscaler":
            target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "x"}
            obj["spec"] = {"scaleTargetRef": target, "maxReplicas": 1}
        if self.kind == "Event":
            about = {"kind": "Pod", "name": "x", "namespace": self.namespace}
            obj |= {"involvedObject": about, "reason": "x", "type": "Normal"}
        return obj


@dataclass
class Play:
    """The objects of all cases on one server."""

    send: Send
    #: What is looked at in the end: a case's name, what its object is to it, the object.
    looked_at: list[tuple[str, str, Thing]] = field(default_factory=list)
    #: What happens once everything exists.
    later: list[tuple[str, str, Obj | None]] = field(default_factory=list)

    def create(self, thing: Thing, *references: Obj, **metadata: object) -> Obj:
        """Creates the object, and returns the reference to it."""
        body = thing.body(ownerReferences=list(references), **metadata)
        made = self.send("POST", thing.path, body)
        if "metadata" not in made or made.get("kind") == "Status":
            raise AssertionError(f"{thing}: {made}")
        return {
            "apiVersion": body["apiVersion"],
            "kind": thing.kind,
            "name": thing.name,
            "uid": made["metadata"]["uid"],
        }

    def look_at(self, case: str, what: str, thing: Thing) -> None:
        self.looked_at.append((case, what, thing))

    def delete(self, thing: Thing, policy: str) -> None:
        body = {"propagationPolicy": policy}
        self.later.append(("DELETE", f"{thing.path}/{thing.name}", body))

    def found(self) -> dict[str, dict[str, str]]:
        """Returns what became of each case's objects."""
        answer: dict[str, dict[str, str]] = {}
        for case, what, thing in self.looked_at:
            obj = self.send("GET", f"{thing.path}/{thing.name}", None)
            answer.setdefault(case, {})[what] = _in_words(obj)
        return answer


def _in_words(obj: Obj) -> str:
    """Returns `deleted`, or `stays` or `ends` with its owners and finalizers."""
    if obj.get("kind") == "Status":
        assert obj["code"] == 404, obj
        return "deleted"
    metadata = obj["metadata"]
    owners = [
        each["name"].rpartition(".")[2] + ("" if each.get("blockOwnerDeletion") else " (free)")
        for each in metadata.get("ownerReferences") or ()
    ]
    words = ["ends" if "deletionTimestamp" in metadata else "stays"]
    words += ["of " + ", ".join(owners)] if owners else []
    words += ["with " + ", ".join(metadata["finalizers"])] if metadata.get("finalizers") else []
    return " ".join(words)


def play(send: Send, settle: Settle) -> dict[str, dict[str, str]]:
    """Plays all cases on one server, and returns what became of them.

    `settle` waits until the garbage collector has nothing left to do; it is given a function whose
    value no longer changes then.
    """
    for namespace in (HERE, ELSEWHERE):
        send("POST", "/api/v1/namespaces", {"metadata": {"name": namespace}})
    playing = Play(send)
    for table in (_one, _several, _deleted):
        table(playing)
    settle(playing.found)
    for each in playing.later:
        send(*each)
    settle(playing.found)
    return playing.found()


def _one(playing: Play) -> None:
    owners = [
        (kind, playing.create(Thing(kind, f"one.{kind.lower()}")))
        for kind in ("ConfigMap", "ClusterRole", "HorizontalPodAutoscaler")
    ]
    for number, (owner, said, name, uid, where) in enumerate(
        product(owners, KINDS, ("right", "wrong"), ("right", "wrong"), _DEPENDENTS)
    ):
        reference = {**owner[1], **_kind(said)}
        reference |= {"name": "wrong"} if name == "wrong" else {}
        reference |= {"uid": f"wrong-{number}"} if uid == "wrong" else {}
        case = f"one: {owner[0]}, {said}, {name} name, {uid} uid, {where}"
        dependent = _dependent(f"one.{number}", where)
        playing.create(dependent, reference)
        playing.look_at(case, "dependent", dependent)


_DEPENDENTS = ("same namespace", "another namespace", "cluster-scoped", "event")


def _dependent(name: str, where: str) -> Thing:
    if where == "cluster-scoped":
        return Thing("ClusterRole", name)
    kind = "Event" if where == "event" else "ConfigMap"
    return Thing(kind, name, ELSEWHERE if where == "another namespace" else HERE)


def _kind(said: str) -> Obj:
    found = KINDS[said]
    return {"apiVersion": found[0], "kind": found[1]} if found else {}


def _several(playing: Play) -> None:
    for number, (states, child, blocks, finalizers) in enumerate(_several_cases()):
        case = f"several: {' + '.join(states)}" + child + blocks + "".join(finalizers)
        prefix = f"several.{number}"
        references = [_owner(playing, case, prefix, state) for state in states]
        if blocks:
            references = [{**each, "blockOwnerDeletion": True} for each in references]
        dependent = Thing("ConfigMap", f"{prefix}.dependent")
        made = playing.create(dependent, *references, finalizers=_finalizers(finalizers))
        playing.look_at(case, "dependent", dependent)
        if child:
            thing = Thing("ConfigMap", f"{prefix}.child")
            playing.create(thing, {**made, "blockOwnerDeletion": True})
            playing.look_at(case, "child", thing)


def _several_cases() -> Iterator[tuple[tuple[str, ...], str, str, tuple[str, ...]]]:
    sets = [each for count in (1, 2, 3) for each in combinations(STATES, count)]
    yield from product(sets, ("", ", with a child"), ("", ", blocking"), [()])
    finalizers = [(f", with {each}",) for each in ("orphan", "foregroundDeletion", HOLD)]
    yield from product([(each,) for each in STATES], ("", ", with a child"), [""], finalizers)


def _finalizers(words: tuple[str, ...]) -> list[str]:
    return [each.removeprefix(", with ") for each in words]


def _owner(playing: Play, case: str, prefix: str, state: str) -> Obj:
    thing = Thing("ConfigMap", f"{prefix}.{state}", ELSEWHERE if state == "elsewhere" else HERE)
    if state in ("absent", "unknown"):
        group = "v1" if state == "absent" else "nonesuch.example.com/v1"
        return {"apiVersion": group, "kind": "ConfigMap", "name": thing.name, "uid": thing.name}
    made = playing.create(thing, finalizers=[HOLD] if state == "ending" else [])
    if state == "waiting":
        keeper = Thing("ConfigMap", f"{prefix}.keeper")
        playing.create(keeper, {**made, "blockOwnerDeletion": True}, finalizers=[HOLD])
    if state in ("gone", "waiting", "ending"):
        playing.delete(thing, "Foreground" if state == "waiting" else "Background")
    playing.look_at(case, state, thing)
    return made


def _deleted(playing: Play) -> None:
    for number, (policy, said, where, blocks, held, other) in enumerate(
        product(
            ("Background", "Foreground", "Orphan"),
            ("own", "another version", "unknown group"),
            ("same namespace", "cluster-scoped", "event"),
            ("", ", blocking"),
            ("", ", held"),
            ("", ", with another owner"),
        )
    ):
        case = f"deleted: {policy}, {said}, {where}{blocks}{held}{other}"
        owner = Thing("HorizontalPodAutoscaler", f"deleted.{number}.owner")
        reference = {**playing.create(owner), **_kind(said), "blockOwnerDeletion": bool(blocks)}
        others = [playing.create(Thing("ClusterRole", f"deleted.{number}.other"))] if other else []
        dependent = _dependent(f"deleted.{number}.dependent", where)
        playing.create(dependent, reference, *others, finalizers=[HOLD] if held else [])
        playing.delete(owner, policy)
        playing.look_at(case, "owner", owner)
        playing.look_at(case, "dependent", dependent)
