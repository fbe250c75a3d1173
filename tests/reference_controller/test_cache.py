"""Tests the cache of watched objects and its indexes."""

from kuscia_conformance.kube.kuscia import TASK_RESOURCES
from kuscia_conformance.kube.objects import NODES, PODS
from reference_controller import names
from reference_controller.cache import Cache


def got(cache, *key):
    found = cache.get(*key)
    assert found is not None
    return found


def pod(version, uid="u1", name="psi-0", node=None, **labels):
    return {
        "metadata": {
            "namespace": "alice",
            "name": name,
            "uid": uid,
            "resourceVersion": str(version),
            "labels": labels,
        },
        "spec": {"nodeName": node} if node else {},
    }


def test_an_older_version_never_replaces_a_newer_one():
    cache = Cache()
    cache.put(PODS, pod(10, node="n1"))
    cache.put(PODS, pod(9))
    assert got(cache, PODS, "psi-0", "alice")["spec"] == {"nodeName": "n1"}


def test_versions_are_compared_as_numbers():
    cache = Cache()
    cache.put(PODS, pod(9))
    cache.put(PODS, pod(10, node="n1"))
    assert cache.by(PODS, "node", "n1")


def test_a_deleted_object_never_comes_back_but_a_successor_may():
    cache = Cache()
    cache.put(PODS, pod(5))
    cache.drop(PODS, pod(6))
    cache.put(PODS, pod(7))
    assert cache.get(PODS, "psi-0", "alice") is None
    cache.put(PODS, pod(8, uid="u2"))
    assert got(cache, PODS, "psi-0", "alice")["metadata"]["uid"] == "u2"


def test_the_deletion_of_a_predecessor_leaves_its_successor_alone():
    cache = Cache()
    cache.put(PODS, pod(8, uid="u2"))
    cache.drop(PODS, pod(7, uid="u1"))
    assert cache.get(PODS, "psi-0", "alice")


def test_a_list_removes_objects_that_it_lacks_unless_they_are_newer():
    cache = Cache()
    cache.put(PODS, pod(5, uid="old", name="old"))
    cache.put(PODS, pod(12, uid="ours", name="ours"))
    cache.replace(PODS, [pod(9, uid="listed", name="listed")], version=10)
    assert [p["metadata"]["name"] for p in cache.all(PODS)] == ["listed", "ours"]


def test_indexes_follow_the_objects():
    cache = Cache()
    cache.put(PODS, pod(1, **{names.TASK_UID: "t"}))
    cache.put(PODS, pod(2, node="n1"))
    assert cache.by(PODS, "task", "t") == ()
    assert cache.by(PODS, "node", "n1") == (pod(2, node="n1"),)
    cache.drop(PODS, pod(3))
    assert cache.by(PODS, "namespace", "alice") == ()


def test_nodes_are_found_by_their_domain():
    cache = Cache()
    labels = {names.DOMAIN: "alice"}
    node = {"metadata": {"name": "n1", "uid": "n", "resourceVersion": "1", "labels": labels}}
    cache.put(NODES, node)
    assert cache.by(NODES, "domain", "alice") == (node,)


def test_an_assumed_binding_stays_until_a_newer_version_arrives():
    cache = Cache()
    cache.put(PODS, pod(10))
    cache.assume_bound(pod(10), "n1")
    cache.put(PODS, pod(10))
    assert cache.by(PODS, "node", "n1")


def test_each_change_is_reported_once_with_the_old_and_the_new_object():
    told = []
    cache = Cache(lambda *change: told.append(change))
    cache.put(PODS, pod(1))
    cache.put(PODS, pod(1))
    cache.put(PODS, pod(2))
    cache.drop(PODS, pod(3))
    cache.drop(PODS, pod(3))
    assert told == [(PODS, None, pod(1)), (PODS, pod(1), pod(2)), (PODS, pod(2), None)]
    assert cache.changes == 3


def reserving(version, phase, held):
    reservation = {names.RESERVATION: held}
    metadata = {"namespace": "alice", "name": "psi", "uid": "r1", "resourceVersion": str(version)}
    return {"metadata": {**metadata, "annotations": reservation}, "status": {"phase": phase}}


def test_a_reservation_is_found_by_each_of_its_nodes():
    cache = Cache()
    cache.put(TASK_RESOURCES, reserving(1, "Reserved", '{"psi-0": "n1", "psi-1": "n2"}'))
    assert cache.by(TASK_RESOURCES, "holding", "n1") == cache.by(TASK_RESOURCES, "holding", "n2")
    assert len(cache.by(TASK_RESOURCES, "holding", "n2")) == 1
    cache.put(TASK_RESOURCES, reserving(2, "Failed", '{"psi-0": "n1", "psi-1": "n2"}'))
    assert not cache.by(TASK_RESOURCES, "holding", "n1")
