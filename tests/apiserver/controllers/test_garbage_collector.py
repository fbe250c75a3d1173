"""Tests the garbage collector with the three propagation policies of a deletion."""

import orjson
import pytest
import yaml

from tests.apiserver.controllers import owners
from tests.apiserver.given import (
    CONFIGMAPS,
    MERGE,
    config_map,
    in_process,
    install_definitions,
)

RECORDED = yaml.safe_load(owners.RECORDED.read_text())
SECRETS = "/api/v1/namespaces/default/secrets"
ELSEWHERE = "/api/v1/namespaces/kube-system/configmaps"


def reference(owner, **more):
    """Returns an entry of ownerReferences for `owner`."""
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
    """Removes the finalizers of the object."""
    body = {"metadata": {"finalizers": None}}
    assert cluster.ask("PATCH", f"{path}/{name}", body, {"content-type": MERGE}).code == 200
    cluster.settle()


def test_dependents_of_an_owner_deleted_in_the_background_are_deleted(cluster):
    owner = create(cluster, "owner")
    create(cluster, "dependent", owner)
    create(cluster, "other")
    delete(cluster, "owner")
    assert names(cluster) == ["other"]


def test_an_owner_deleted_in_the_foreground_waits_for_blocking_dependents(cluster):
    owner = create(cluster, "owner")
    create(cluster, "held", reference(owner, blockOwnerDeletion=True), finalizers=["example.com/x"])
    create(cluster, "free", reference(owner, blockOwnerDeletion=True))
    delete(cluster, "owner", "Foreground")
    assert names(cluster) == ["held", "owner"]
    assert cluster.read(f"{CONFIGMAPS}/owner")["metadata"]["finalizers"] == ["foregroundDeletion"]
    release(cluster, "held")
    assert names(cluster) == []


def test_a_foreground_deletion_does_not_wait_for_nonblocking_dependents(cluster):
    owner = create(cluster, "owner")
    create(cluster, "held", reference(owner), finalizers=["example.com/x"])
    delete(cluster, "owner", "Foreground")
    assert names(cluster) == ["held"]
    assert "deletionTimestamp" in cluster.read(f"{CONFIGMAPS}/held")["metadata"]


def test_a_foreground_deletion_removes_a_chain_of_owners_from_its_end(cluster):
    gone = []
    cluster.server.store.listeners.append(
        lambda _, change: gone.append(change.new.name) if change.type == "DELETED" else None
    )
    last = create(cluster, "m0")
    for number in range(1, 20):
        last = create(cluster, f"m{number}", reference(last, blockOwnerDeletion=True))
    delete(cluster, "m0", "Foreground")
    assert gone == [f"m{number}" for number in reversed(range(20))]


def test_a_background_deletion_removes_a_whole_chain_of_owners(cluster):
    last = create(cluster, "m0")
    for number in range(1, 50):
        last = create(cluster, f"m{number}", last)
    delete(cluster, "m0")
    assert names(cluster) == []


def test_an_orphaned_dependent_stays_and_loses_the_reference_to_its_owner(cluster):
    owner, another = create(cluster, "owner"), create(cluster, "another")
    create(cluster, "dependent", owner, another)
    delete(cluster, "owner", "Orphan")
    assert names(cluster) == ["another", "dependent"]
    references = cluster.read(f"{CONFIGMAPS}/dependent")["metadata"]["ownerReferences"]
    assert references == [reference(another)]


def test_a_dependent_with_another_owner_only_loses_the_reference(cluster):
    owner, another = create(cluster, "owner"), create(cluster, "another")
    create(cluster, "dependent", owner, another)
    delete(cluster, "owner")
    references = cluster.read(f"{CONFIGMAPS}/dependent")["metadata"]["ownerReferences"]
    assert references == [reference(another)]
    delete(cluster, "another")
    assert names(cluster) == []


def test_a_dependent_whose_owner_never_existed_is_deleted(cluster):
    create(cluster, "dependent", {"apiVersion": "v1", "kind": "Secret", "name": "x", "uid": "none"})
    cluster.settle()
    assert names(cluster) == []


def test_a_dependent_whose_owner_is_in_another_namespace_is_deleted(cluster):
    owner = create(cluster, "owner", path=ELSEWHERE)
    create(cluster, "dependent", owner)
    cluster.settle()
    assert names(cluster) == []
    assert names(cluster, ELSEWHERE) == ["owner"]


def test_a_cluster_scoped_owner_may_own_objects_in_a_namespace(cluster):
    node = cluster.create("/api/v1/nodes", {"metadata": {"name": "n"}})
    create(cluster, "dependent", reference({**node, "kind": "Node"}))
    cluster.settle()
    assert names(cluster) == ["dependent"]
    delete(cluster, "n", path="/api/v1/nodes")
    assert names(cluster) == []


def test_an_owner_recreated_under_its_name_does_not_keep_dependents(cluster):
    owner = create(cluster, "owner")
    create(cluster, "dependent", owner)
    cluster.ask("DELETE", f"{CONFIGMAPS}/owner", {"propagationPolicy": "Background"})
    create(cluster, "owner")
    cluster.settle()
    assert names(cluster) == ["owner"]


def test_objects_that_own_each_other_stay_until_one_is_deleted(cluster):
    first = create(cluster, "first")
    second = create(cluster, "second", first)
    body = {"metadata": {"ownerReferences": [reference(second)]}}
    cluster.ask("PATCH", f"{CONFIGMAPS}/first", body, {"content-type": MERGE})
    cluster.settle()
    assert names(cluster) == ["first", "second"]
    delete(cluster, "first")
    assert names(cluster) == []


@pytest.mark.parametrize(("policy", "left"), [("Background", []), ("Foreground", ["own"])])
def test_an_object_that_owns_itself_is_stuck_only_in_a_foreground_deletion(cluster, policy, left):
    own = create(cluster, "own")
    body = {"metadata": {"ownerReferences": [reference(own, blockOwnerDeletion=True)]}}
    cluster.ask("PATCH", f"{CONFIGMAPS}/own", body, {"content-type": MERGE})
    cluster.settle()
    assert names(cluster) == ["own"]
    delete(cluster, "own", policy)
    assert names(cluster) == left


def test_objects_that_own_each_other_can_be_deleted_in_the_foreground(cluster):
    first = create(cluster, "first")
    second = create(cluster, "second", reference(first, blockOwnerDeletion=True))
    body = {"metadata": {"ownerReferences": [reference(second, blockOwnerDeletion=True)]}}
    cluster.ask("PATCH", f"{CONFIGMAPS}/first", body, {"content-type": MERGE})
    delete(cluster, "first", "Foreground")
    assert names(cluster) == []


def test_a_finalizer_holds_only_its_own_dependent(cluster):
    owner = create(cluster, "owner")
    create(cluster, "held", owner, finalizers=["example.com/x"])
    create(cluster, "free", owner)
    delete(cluster, "owner")
    assert names(cluster) == ["held"]
    release(cluster, "held")
    assert names(cluster) == []


def test_a_dependent_created_during_a_foreground_deletion_is_deleted_too(cluster):
    owner = create(cluster, "owner")
    create(cluster, "held", reference(owner, blockOwnerDeletion=True), finalizers=["example.com/x"])
    delete(cluster, "owner", "Foreground")
    create(cluster, "late", reference(owner, blockOwnerDeletion=True))
    cluster.settle()
    assert names(cluster) == ["held", "owner"]
    release(cluster, "held")
    assert names(cluster) == []


def test_a_second_deletion_replaces_the_policy_of_the_first(cluster):
    owner = create(cluster, "owner")
    create(cluster, "held", reference(owner, blockOwnerDeletion=True), finalizers=["example.com/x"])
    delete(cluster, "owner", "Foreground")
    assert "owner" in names(cluster)
    delete(cluster, "owner", "Background")
    assert "owner" not in names(cluster)


def test_the_collector_forgets_owners_that_are_deleted(cluster):
    known = cluster.server.collector
    cluster.settle()
    before = len(known._places), len(known._dependents)
    owner = create(cluster, "owner")
    for number in range(20):
        create(cluster, f"m{number}", owner)
    delete(cluster, "owner")
    assert (len(known._places), len(known._dependents)) == before


@pytest.mark.parametrize("policy", ["Background", "Foreground", "Orphan"])
def test_the_cost_of_a_deletion_grows_at_most_linearly_with_dependents(cluster, policy):
    few, many = (looks(cluster, policy, count) for count in (20, 200))
    assert few > 0
    assert many <= 10 * few


def looks(cluster, policy, count):
    """Counts the kind lookups of deleting an owner of `count` objects among 10 * `count` others."""
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


@pytest.fixture(scope="module")
def played():
    with in_process() as cluster:

        def send(method, path, body):
            return orjson.loads(cluster.ask(method, path, b"" if body is None else body).body)

        yield owners.play(send, lambda _: cluster.settle())


@pytest.mark.parametrize("table", ["one", "several", "deleted"])
def test_objects_share_the_fates_that_kubernetes_collector_gives_them(table, played):
    assert _of(table, played) == _of(table, RECORDED)


def _of(table, cases):
    return {case: found for case, found in cases.items() if case.startswith(f"{table}:")}


def test_every_recorded_case_is_played(played):
    assert list(played) == list(RECORDED)


def test_an_object_of_an_unknown_kind_is_looked_at_again_once_the_kind_is_known(cluster):
    unknown = {"apiVersion": "kuscia.secretflow/v1alpha1", "kind": "KusciaTask"}
    create(cluster, "dependent", {**unknown, "name": "gone", "uid": "gone"})
    cluster.settle()
    assert names(cluster) == ["dependent"]
    install_definitions(cluster)
    assert names(cluster) == []


def test_a_task_copied_from_a_job_stays_although_its_job_is_of_an_unknown_kind(cluster):
    install_definitions(cluster)
    path = "/apis/kuscia.secretflow/v1alpha1/namespaces/cross-domain/kusciatasks"
    cluster.create("/api/v1/namespaces", {"metadata": {"name": "cross-domain"}})
    job = {"apiVersion": "kuscia.secretflow/v1alpha1", "kind": "KusciaJob", "name": "j", "uid": "u"}
    metadata = {"name": "t", "ownerReferences": [{**job, "controller": True}]}
    spec = {"initiator": "alice", "parties": [], "taskInputConfig": ""}
    api = {"apiVersion": "kuscia.secretflow/v1alpha1", "kind": "KusciaTask"}
    cluster.create(path, {**api, "metadata": metadata, "spec": spec})
    cluster.settle(60)
    assert names(cluster, path) == ["t"]
