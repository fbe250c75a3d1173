"""The parts of a scenario: what they tell an author who is mistaken, and what a failure says."""

import pytest

from kuscia_conformance.errors import FeatureError
from kuscia_conformance.features.tasks import make_task
from kuscia_conformance.kube.kuscia import GROUP
from kuscia_conformance.kube.objects import CONFIG_MAPS
from kuscia_conformance.scenario.domains import await_as_noted
from kuscia_conformance.scenario.failure import CheckFailed
from kuscia_conformance.scenario.observed import pods, statuses


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


def test_a_refused_manifest_fails_the_check_with_what_the_server_said(scenario):
    task = make_task("psi", ["alice"], {}).manifest
    task["spec"].pop("initiator")
    with pytest.raises(CheckFailed, match=r"expected: KusciaTask psi is accepted[\s\S]*initiator"):
        scenario.applied.apply_all([task])


def test_a_refusal_that_was_expected_is_kept_for_the_next_step(scenario):
    kind = {"apiVersion": f"{GROUP}/v1alpha1", "kind": "KusciaTask"}
    scenario.applied.try_to_apply({**kind, "metadata": {"name": "x", "namespace": "cross-domain"}})
    assert scenario.applied.refusal.code == 422


def test_what_is_not_found_in_time_fails_with_its_text_and_the_time(scenario):
    with pytest.raises(CheckFailed, match=r"mine\.feature::mine") as error:
        scenario.expect.until(lambda: None, 3, lambda: "expected: x\nactual:   y")
    assert "expected: x\n    actual:   y" in str(error.value)


def test_a_killed_controller_has_no_last_words_and_can_be_started_again(psi):
    psi.controller.kill()
    assert (psi.controller.killed, psi.controller.last_words()) == (True, "")
    psi.controller.start()
    assert psi.controller.killed is False
    pods.await_state(psi, "psi", "run")


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


COLUMNS = ["NAME", "STARTTIME", "COMPLETIONTIME", "LASTRECONCILETIME", "PHASE"]


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
