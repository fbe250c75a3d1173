"""The garbage collector: dependents go with their owners, or before them, or stay."""

import pytest

from tests.apiserver.given import CONFIGMAPS, MERGE, config_map

SECRETS = "/api/v1/namespaces/default/secrets"
ELSEWHERE = "/api/v1/namespaces/kube-system/configmaps"


def reference(owner, **more):
    """An entry of ownerReferences."""
    api_version, kind = owner.get("apiVersion", "v1"), owner.get("kind", "ConfigMap")
    metadata = owner["metadata"]
    said = {"apiVersion": api_version, "kind": kind, "name": metadata["name"]}
    return {**said, "uid": metadata["uid"], **more}


def create(cluster, name, *owners, path=CONFIGMAPS, **metadata):
    references = [owner if "uid" in owner else reference(owner) for owner in owners]
    return cluster.create(path, config_map(name, ownerReferences=references, **metadata))


def delete(cluster, name, policy="Background", path=CONFIGMAPS):
    answer = cluster.ask("DELETE", f"{path}/{name}", {"propagationPolicy": policy})
    assert answer.code == 200
    cluster.settle()


def names(cluster, path=CONFIGMAPS):
    return [each["metadata"]["name"] for each in cluster.read(path)["items"]]


def release(cluster, name, path=CONFIGMAPS):
    """Take its finalizers away."""
    body = {"metadata": {"finalizers": None}}
    assert cluster.ask("PATCH", f"{path}/{name}", body, {"content-type": MERGE}).code == 200
    cluster.settle()


def test_dependents_go_after_an_owner_deleted_in_the_background(cluster):
    owner = create(cluster, "owner")
    create(cluster, "dependent", owner)
    create(cluster, "other")
    delete(cluster, "owner")
    assert names(cluster) == ["other"]


def test_an_owner_deleted_in_the_foreground_goes_after_those_that_block_it(cluster):
    owner = create(cluster, "owner")
    create(cluster, "held", reference(owner, blockOwnerDeletion=True), finalizers=["example.com/x"])
    create(cluster, "free", reference(owner, blockOwnerDeletion=True))
    delete(cluster, "owner", "Foreground")
    assert names(cluster) == ["held", "owner"]
    assert cluster.read(f"{CONFIGMAPS}/owner")["metadata"]["finalizers"] == ["foregroundDeletion"]
    release(cluster, "held")
    assert names(cluster) == []


def test_in_the_foreground_those_that_do_not_block_are_not_waited_for(cluster):
    owner = create(cluster, "owner")
    create(cluster, "held", reference(owner), finalizers=["example.com/x"])
    delete(cluster, "owner", "Foreground")
    assert names(cluster) == ["held"]
    assert "deletionTimestamp" in cluster.read(f"{CONFIGMAPS}/held")["metadata"]


def test_in_the_foreground_a_chain_goes_from_its_end(cluster):
    gone = []
    cluster.server.store.listeners.append(
        lambda _, change: gone.append(change.new.name) if change.type == "DELETED" else None
    )
    last = create(cluster, "m0")
    for number in range(1, 20):
        last = create(cluster, f"m{number}", reference(last, blockOwnerDeletion=True))
    delete(cluster, "m0", "Foreground")
    assert gone == [f"m{number}" for number in reversed(range(20))]


def test_in_the_background_a_chain_goes_whole(cluster):
    last = create(cluster, "m0")
    for number in range(1, 50):
        last = create(cluster, f"m{number}", last)
    delete(cluster, "m0")
    assert names(cluster) == []


def test_orphans_stay_and_forget_their_owner(cluster):
    owner, another = create(cluster, "owner"), create(cluster, "another")
    create(cluster, "dependent", owner, another)
    delete(cluster, "owner", "Orphan")
    assert names(cluster) == ["another", "dependent"]
    references = cluster.read(f"{CONFIGMAPS}/dependent")["metadata"]["ownerReferences"]
    assert references == [reference(another)]


def test_with_another_owner_left_a_dependent_only_loses_the_reference(cluster):
    owner, another = create(cluster, "owner"), create(cluster, "another")
    create(cluster, "dependent", owner, another)
    delete(cluster, "owner")
    references = cluster.read(f"{CONFIGMAPS}/dependent")["metadata"]["ownerReferences"]
    assert references == [reference(another)]
    delete(cluster, "another")
    assert names(cluster) == []


def test_an_owner_that_has_never_been_is_one_that_is_gone(cluster):
    create(cluster, "dependent", {"apiVersion": "v1", "kind": "Secret", "name": "x", "uid": "none"})
    cluster.settle()
    assert names(cluster) == []


def test_an_owner_in_another_namespace_is_none(cluster):
    owner = create(cluster, "owner", path=ELSEWHERE)
    create(cluster, "dependent", owner)
    cluster.settle()
    assert names(cluster) == []
    assert names(cluster, ELSEWHERE) == ["owner"]


def test_an_owner_without_a_namespace_is_one_for_all(cluster):
    node = cluster.create("/api/v1/nodes", {"metadata": {"name": "n"}})
    create(cluster, "dependent", reference({**node, "kind": "Node"}))
    cluster.settle()
    assert names(cluster) == ["dependent"]
    delete(cluster, "n", path="/api/v1/nodes")
    assert names(cluster) == []


def test_an_owner_made_anew_under_its_name_is_another(cluster):
    owner = create(cluster, "owner")
    create(cluster, "dependent", owner)
    cluster.ask("DELETE", f"{CONFIGMAPS}/owner", {"propagationPolicy": "Background"})
    create(cluster, "owner")
    cluster.settle()
    assert names(cluster) == ["owner"]


def test_owners_of_each_other_stay_until_one_is_deleted(cluster):
    first = create(cluster, "first")
    second = create(cluster, "second", first)
    body = {"metadata": {"ownerReferences": [reference(second)]}}
    cluster.ask("PATCH", f"{CONFIGMAPS}/first", body, {"content-type": MERGE})
    cluster.settle()
    assert names(cluster) == ["first", "second"]
    delete(cluster, "first")
    assert names(cluster) == []


@pytest.mark.parametrize(("policy", "left"), [("Background", []), ("Foreground", ["own"])])
def test_who_owns_itself_goes_unless_it_waits_for_itself_as_it_does_for_real(cluster, policy, left):
    own = create(cluster, "own")
    body = {"metadata": {"ownerReferences": [reference(own, blockOwnerDeletion=True)]}}
    cluster.ask("PATCH", f"{CONFIGMAPS}/own", body, {"content-type": MERGE})
    cluster.settle()
    assert names(cluster) == ["own"]
    delete(cluster, "own", policy)
    assert names(cluster) == left


def test_owners_of_each_other_can_be_deleted_in_the_foreground(cluster):
    first = create(cluster, "first")
    second = create(cluster, "second", reference(first, blockOwnerDeletion=True))
    body = {"metadata": {"ownerReferences": [reference(second, blockOwnerDeletion=True)]}}
    cluster.ask("PATCH", f"{CONFIGMAPS}/first", body, {"content-type": MERGE})
    delete(cluster, "first", "Foreground")
    assert names(cluster) == []


def test_a_finalizer_holds_a_dependent_and_nothing_else(cluster):
    owner = create(cluster, "owner")
    create(cluster, "held", owner, finalizers=["example.com/x"])
    create(cluster, "free", owner)
    delete(cluster, "owner")
    assert names(cluster) == ["held"]
    release(cluster, "held")
    assert names(cluster) == []


def test_a_dependent_that_comes_while_its_owner_goes_in_the_foreground_goes_too(cluster):
    owner = create(cluster, "owner")
    create(cluster, "held", reference(owner, blockOwnerDeletion=True), finalizers=["example.com/x"])
    delete(cluster, "owner", "Foreground")
    create(cluster, "late", reference(owner, blockOwnerDeletion=True))
    cluster.settle()
    assert names(cluster) == ["held", "owner"]
    release(cluster, "held")
    assert names(cluster) == []


def test_the_one_who_deletes_again_decides_anew(cluster):
    owner = create(cluster, "owner")
    create(cluster, "held", reference(owner, blockOwnerDeletion=True), finalizers=["example.com/x"])
    delete(cluster, "owner", "Foreground")
    assert "owner" in names(cluster)
    delete(cluster, "owner", "Background")
    assert "owner" not in names(cluster)


def test_all_that_is_known_of_owners_is_forgotten_with_them(cluster):
    known = cluster.server.collector
    cluster.settle()
    before = len(known._places), len(known._dependents)
    owner = create(cluster, "owner")
    for number in range(20):
        create(cluster, f"m{number}", owner)
    delete(cluster, "owner")
    assert (len(known._places), len(known._dependents)) == before


@pytest.mark.parametrize("policy", ["Background", "Foreground", "Orphan"])
def test_what_it_costs_grows_no_faster_than_what_there_is_to_do(cluster, policy):
    few, many = (looks(cluster, policy, count) for count in (20, 200))
    assert few > 0
    assert many <= 10 * few


def looks(cluster, policy, count):
    """How many things are looked at for an owner of so many, among ten times as many others."""
    for number in range(10 * count):
        create(cluster, f"other-{number}")
    owner = create(cluster, "owner")
    for number in range(count):
        create(cluster, f"m{number}", reference(owner, blockOwnerDeletion=True))
    cluster.settle()
    looked, collector = [], cluster.server.collector
    kind_of = collector.kind_of

    def counted(kind):
        looked.append(kind)
        return kind_of(kind)

    collector.kind_of = counted
    delete(cluster, "owner", policy)
    collector.kind_of = kind_of
    cluster.ask("DELETE", CONFIGMAPS, {"propagationPolicy": "Background"})
    cluster.settle()
    return len(looked)
