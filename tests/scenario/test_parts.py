"""The parts of a scenario: what they tell an author who is mistaken, and what a failure says."""

import re
from types import SimpleNamespace

import pytest
from pytest_bdd.parser import Step

from kuscia_conformance.environment.controllers import control
from kuscia_conformance.environment.journal import Version, machine_time
from kuscia_conformance.errors import ApiError, ClusterError, FeatureError
from kuscia_conformance.features.tasks import make_task
from kuscia_conformance.kube.kuscia import GROUP, KUSCIA_TASKS, TASK_NAMESPACE
from kuscia_conformance.kube.objects import CONFIG_MAPS, NODES, PODS
from kuscia_conformance.scenario import node_state
from kuscia_conformance.scenario.capacity import PLAIN
from kuscia_conformance.scenario.domains import await_as_noted, remaining
from kuscia_conformance.scenario.failure import CheckFailed, ControllerExited
from kuscia_conformance.scenario.observed import plain_pods, pods, reservations, statuses


def test_domains_are_given_in_one_step(scenario):
    with pytest.raises(FeatureError, match="have to be given in one step"):
        scenario.domains.add(["carol"], 1)


def test_an_unknown_domain_is_refused_with_the_known_ones(scenario):
    with pytest.raises(FeatureError, match="'carol' was not given") as error:
        scenario.domains.nodes_of("carol")
    assert error.value.hint == "given: alice, bob"


def test_each_node_of_a_domain_needs_one_room(scenario):
    with pytest.raises(FeatureError, match="alice has 1 nodes, and 2 rooms are given"):
        scenario.domains.set_room("alice", 1, 2)


def test_what_a_domain_has_besides_what_was_noted_is_left_behind(scenario):
    scenario.domains.note("alice", ["psi"])
    await_as_noted(scenario.domains, ["alice"], ["psi"], scenario.expect)
    namespace, api = scenario.domains.namespace("alice"), scenario.connection.api
    metadata = {"name": "forgotten", "namespace": namespace}
    thing = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}
    scenario.connection.run(api.create(CONFIG_MAPS, thing))
    with pytest.raises(CheckFailed, match="left behind  ConfigMap alice/forgotten"):
        await_as_noted(scenario.domains, ["alice"], ["psi"], scenario.expect)


def test_an_unknown_task_is_refused_with_the_known_ones(psi):
    with pytest.raises(FeatureError, match="the task 'other' was not given") as error:
        psi.applied.task("other")
    assert error.value.hint == "given: psi"


def test_a_task_is_given_once(psi):
    with pytest.raises(FeatureError, match="the task 'psi' is given twice"):
        psi.applied.define(make_task("psi", ["alice"], {}))


def test_a_manifest_of_an_unknown_kind_is_refused(scenario):
    manifest = {"apiVersion": "example.org/v1", "kind": "Gadget", "metadata": {"name": "x"}}
    with pytest.raises(FeatureError, match="cannot apply Gadget"):
        scenario.applied.apply(manifest)


def test_a_manifest_that_does_not_fit_its_definition_is_the_authors_mistake(scenario):
    task = make_task("psi", ["alice"], {}).manifest
    task["spec"].pop("initiator")
    with pytest.raises(FeatureError, match=r"the API server refuses KusciaTask psi: .*initiator"):
        scenario.applied.apply_all([task])


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        (403, 'admission webhook "v.example.org" denied the request: no', CheckFailed),
        (422, 'admission webhook "v.example.org" denied the request: no', CheckFailed),
        (413, "Request entity too large: limit is 3145728", FeatureError),
        (500, "etcdserver: request is too large", FeatureError),
        (500, "rpc error: … trying to send message larger than max (3 vs. 2)", FeatureError),
        (403, 'kusciatasks is forbidden: User "x" cannot create resource', ApiError),
        (403, 'kusciatasks "psi" is forbidden: exceeded quota: small', ApiError),
        (429, "too many requests", ApiError),
        (503, "the server is busy", ApiError),
        (0, "the server does not answer", ApiError),
    ],
)
def test_only_a_webhook_makes_a_refused_task_a_failure(scenario, monkeypatch, code, message, kind):
    def refuse(_):
        raise ApiError(code, "", message)

    monkeypatch.setattr(scenario.applied, "apply", refuse)
    with pytest.raises(kind, match=re.escape(message)) as error:
        scenario.applied.apply_all([make_task("psi", ["alice"], {}).manifest])
    assert type(error.value) is kind


def pod(**metadata):
    obj = {"metadata": {"name": "psi-0", "namespace": "alice", **metadata}}
    return Version(machine_time(), "MODIFIED", PODS, obj, obj)


DELETED = {"deletionTimestamp": "2026-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ({**DELETED, "finalizers": ["x.org/a"]}, "alice/psi-0  is kept by the finalizer x.org/a"),
        ({}, "alice/psi-0  exists, and is not being deleted: it was created again"),
    ],
)
def test_pods_that_the_controller_keeps_fail_the_check(metadata, said):
    error = remaining("alice", [pod(**metadata), pod(**DELETED)], 60)
    assert isinstance(error, CheckFailed)
    assert str(error).endswith(f"pods of alice, 60 s after their deletion:\n  {said}")


def test_pods_that_no_kubelet_ends_are_the_clusters():
    error = remaining("alice", [pod(**DELETED)], 60)
    assert isinstance(error, ClusterError)
    assert "alice/psi-0  is being deleted, and its kubelet has not ended it" in str(error)


def test_a_refusal_that_was_expected_is_kept_for_the_next_step(scenario):
    kind = {"apiVersion": f"{GROUP}/v1alpha1", "kind": "KusciaTask"}
    scenario.applied.try_to_apply({**kind, "metadata": {"name": "x", "namespace": "cross-domain"}})
    assert scenario.applied.refusal.code == 422


def test_what_is_not_found_in_time_fails_with_its_text_and_the_time(scenario):
    with pytest.raises(CheckFailed, match=r"mine\.feature:1  mine") as error:
        scenario.expect.until(lambda: None, 3, lambda: "expected: x\nactual:   y")
    assert "expected: x\n    actual:   y" in str(error.value)


def test_a_killed_controller_has_no_last_words_and_can_be_started_again(psi):
    psi.controller.kill()
    assert (psi.controller.killed, psi.controller.last_words()) == (True, "")
    psi.controller.start()
    assert psi.controller.killed is False
    pods.await_state(psi, "psi", "run")


def gone(scenario):
    """Deletes the task psi behind the back of the scenario, as a wrong controller might."""
    api, real = scenario.connection.api, scenario.names.real("psi")
    scenario.connection.run(api.delete(KUSCIA_TASKS, real, TASK_NAMESPACE))


COLUMNS = ["NAME", "STARTTIME", "COMPLETIONTIME", "LASTRECONCILETIME", "PHASE"]
TASK_IS_GONE = 'expected: the task "psi" is there\n    actual:   kusciatasks.* "psi" not found'


@pytest.mark.parametrize(
    "act",
    [
        lambda scenario: scenario.applied.patch_task("psi", {"metadata": {"labels": {"a": "b"}}}),
        lambda scenario: scenario.applied.delete_task("psi"),
        lambda scenario: statuses.wrong_cells(scenario, "psi", COLUMNS, ["psi"] * 5),
    ],
    ids=["patch", "delete", "kubectl"],
)
def test_a_task_that_no_step_has_deleted_has_to_be_there(act, psi):
    pods.await_state(psi, "psi", "run")
    gone(psi)
    psi.history.let_pass(60)
    with pytest.raises(CheckFailed, match=TASK_IS_GONE):
        act(psi)


def test_a_task_that_was_not_created_or_was_deleted_is_a_mistake_of_the_author(scenario):
    scenario.applied.define(make_task("psi", ["alice", "bob"], {}))
    wrong = 'the task "psi" was not created, or a step has deleted it'
    with pytest.raises(FeatureError, match=wrong):
        scenario.applied.patch_task("psi", {})
    scenario.applied.create("psi")
    scenario.applied.delete_task("psi")
    with pytest.raises(FeatureError, match=wrong):
        scenario.applied.delete_task("psi")


def test_a_change_that_does_not_fit_the_definition_is_a_mistake_of_the_author(psi):
    text = 'the API server refuses the change of the task "psi": .*"psi" is invalid: spec.parties'
    with pytest.raises(FeatureError, match=text):
        psi.applied.patch_task("psi", {"spec": {"parties": None}})


@pytest.mark.parametrize(
    ("spared", "error", "text"),
    [
        (None, FeatureError, "the pod alice/filler exists already"),
        (
            ("500", "cpu"),
            ClusterError,
            "alice has .* of cpu free, less than the 500 that",
        ),
    ],
)
def test_a_plain_pod_that_cannot_be_made_has_its_cause(spared, error, text, psi):
    plain_pods.make_plain_pods(psi, "alice", "filler", None, None)
    with pytest.raises(error, match=text):
        plain_pods.make_plain_pods(psi, "alice", "filler", None, spared)


@pytest.mark.parametrize(
    ("kind", "namespace", "what"),
    [("Pod", "nobody", "Pod nobody/other"), ("Service", "alice", "Service alice/other")],
)
def test_what_is_no_pod_of_a_domain_is_not_put_onto_a_node(kind, namespace, what, psi, monkeypatch):
    manifest = {"kind": kind, "metadata": {"name": "other", "namespace": namespace}, "spec": {}}
    monkeypatch.setattr(type(psi.files), "manifests", lambda *_: [manifest])
    with pytest.raises(FeatureError, match=f"{what} of others.yaml is no pod of a given domain"):
        plain_pods.make_pods_of_others(psi, "others.yaml", "alice")


def test_a_node_keeps_its_other_taints(psi):
    api, [node] = psi.connection.api, psi.domains.nodes_of("alice")
    own, other = (node_state.taint_of(f"example.com/{name}:NoSchedule") for name in ("own", "b"))
    for taint, present in ((own, True), (other, True), (own, True), (own, False)):
        psi.connection.run(node_state.set_taint(api, node, taint, present=present))
    there = psi.connection.run(api.get(NODES, node))
    assert there["spec"]["taints"] == [other]
    psi.connection.run(node_state.set_taint(api, node, other, present=False))
    assert "taints" not in psi.connection.run(api.get(NODES, node))["spec"]


def test_what_a_node_has_of_a_resource_leaves_a_larger_capacity(psi):
    api, [node] = psi.connection.api, psi.domains.nodes_of("alice")
    before = psi.connection.run(api.get(NODES, node))["status"]

    def after(resource, amount):
        psi.connection.run(node_state.set_allocatable(api, node, resource, amount))
        status = psi.connection.run(api.get(NODES, node))["status"]
        return status["allocatable"].get(resource), status["capacity"].get(resource)

    assert after("memory", "64Mi") == ("64Mi", before["capacity"]["memory"])
    assert after("example.com/device", "2") == ("2", "2")
    assert after("example.com/device", "1") == ("1", "2")
    assert after("example.com/device", None) == (None, None)
    after("memory", before["allocatable"]["memory"])
    assert psi.connection.run(api.get(NODES, node))["status"] == before


def test_an_object_that_the_controller_has_not_made_is_its_fault(psi):
    text = "expected: the service alice/none\n    actual:   alice/psi-0"
    with pytest.raises(CheckFailed, match=text):
        reservations.delete(psi, "service", "alice/none")


def test_an_object_of_no_domain_is_a_mistake_of_the_author(psi):
    with pytest.raises(FeatureError, match="there can be no pod carol/psi-0") as error:
        reservations.delete(psi, "pod", "carol/psi-0")
    assert error.value.hint == "given: alice, bob, psi"


@pytest.fixture
def ended(psi):
    """A scenario whose controller ends on its own once a step waits; afterwards it runs again."""
    step = Step("it waits", "then", 4, 7, "Then")
    psi.begins(step, looks=True)
    psi.environment.virtual.controller._work.cancel()
    yield psi
    psi.environment.ask(control.KILL)
    psi.environment.ask(control.START)


def test_a_wait_without_a_controller_fails_and_says_that_it_has_ended(ended):
    with pytest.raises(ControllerExited) as error:
        ended.expect.until(lambda: None, 3, lambda: "expected: x\nactual:   y")
    lines = str(error.value).splitlines()
    assert lines[4:8] == [
        "    the controller has ended during this check",
        "",
        "    expected: x",
        "    actual:   y",
    ]
    assert error.value.end == "the controller has ended"


def test_a_step_does_not_begin_without_a_controller(ended):
    ended.history.let_pass(1)
    with pytest.raises(ControllerExited, match="has ended during this check"):
        ended.begins(ended.expect.step, looks=True)


def test_the_end_of_the_controller_is_reported_once(ended):
    ended.history.let_pass(1)
    with pytest.raises(ControllerExited):
        ended.expect.fail("expected: x")
    ended.begins(ended.expect.step, looks=True)


def pod_named(name, domain="alice", **labels):
    return {"metadata": {"name": name, "namespace": domain, "labels": labels}}


def with_roles(*names, shown=()):
    """Returns a scenario with tasks of alice as host; `shown` are keys of pods in psi's status."""
    tasks = {name: make_task(name, ["alice"], {}) for name in names}
    for name in names:
        tasks[name].manifest["spec"]["parties"][0]["role"] = "host"
    tasks["plain"] = make_task("plain", ["alice", "bob"], {})
    status: dict[str, object] = {"podStatuses": {key: {} for key in shown}}
    latest = {"cross-domain/psi": SimpleNamespace(object={"status": status})}
    history = SimpleNamespace(latest=lambda _: latest)
    return SimpleNamespace(applied=SimpleNamespace(tasks=tasks), history=history)


def test_the_pods_of_a_party_with_a_role_may_have_any_name():
    scenario = with_roles("psi")
    assert pods.is_pod_of(scenario, pod_named("host-of-psi-0"), "psi")
    assert not pods.is_pod_of(scenario, pod_named("host-of-psi-0"), "plain")
    assert not pods.is_pod_of(scenario, pod_named("host-of-psi-0", "bob"), "psi")
    assert not pods.is_pod_of(scenario, pod_named("plain-0"), "psi")
    assert not pods.is_pod_of(scenario, pod_named("filler", **{PLAIN: "true"}), "psi")


def test_of_two_tasks_with_roles_in_a_domain_the_status_says_whose_pod_it_is():
    scenario = with_roles("psi", "chi", shown=["alice/a-0"])
    assert pods.is_pod_of(scenario, pod_named("a-0"), "psi")
    assert not pods.is_pod_of(scenario, pod_named("b-0"), "psi")


def test_pods_belong_to_a_task_a_domain_or_a_key(psi):
    pods.await_state(psi, "psi", "run")
    assert [version.key for version in pods.pods_of(psi, "bob")] == ["bob/psi-0"]
    assert [version.key for version in pods.pods_of(psi, "alice/psi-0")] == ["alice/psi-0"]
    with pytest.raises(FeatureError, match="'carol' is neither a task nor a domain"):
        pods.pods_of(psi, "carol")


def test_phases_in_another_order_fail(psi):
    pods.await_state(psi, "psi", "run")
    with pytest.raises(CheckFailed, match=r"expected: the phases Running, Failed"):
        psi.expect.until_passed(lambda: ["Pending", "Running"], "Running, Failed", 3)


def test_conditions_are_listed_in_the_order_in_which_they_became_true(psi):
    pods.await_state(psi, "psi", "run")
    psi.history.let_pass(2)
    psi.history.update()
    found = statuses.became_true(psi, "psi", ["Running", "ResourceCreated", "Success"])
    assert found == ["ResourceCreated", "Running"]
    assert statuses.phases_of(psi, "psi") == ["Pending", "Running"]


@pytest.mark.parametrize(
    ("headings", "cells", "wrong"),
    [
        (COLUMNS, ["psi", "age", "", "age", "Running"], []),
        (COLUMNS, ["psi", "age", "", "age", "Failed"], ["PHASE: expected Failed, actual Running"]),
        (["NAME"], ["psi"], [f"expected: the columns NAME\nactual:   {', '.join(COLUMNS)}"]),
    ],
)
def test_the_table_of_kubectl_is_compared_cell_by_cell(psi, headings, cells, wrong):
    pods.await_state(psi, "psi", "run")
    psi.history.let_pass(2)
    assert statuses.wrong_cells(psi, "psi", headings, cells) == wrong


def test_the_text_of_a_scenario_is_short_because_pytest_prints_it_at_each_failed_step(psi):
    assert len(repr(psi)) < 200
