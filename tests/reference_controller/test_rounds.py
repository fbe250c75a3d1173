"""Tests rounds of reservation second by second: the examples of scheduling.md section 10."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuscia_conformance.kube.kuscia import KUSCIA_TASKS, TASK_RESOURCE_GROUPS
from tests.reference_controller.driver import Play, plays

TWO: dict[str, dict[str, int]] = {"alice": {}, "bob": {}}
THREE = {**TWO, "carol": {}}
BOTH_BOUND = ["alice/psi-0", "bob/psi-0"]


def schedule(reserved, retry, life, members=None):
    seconds = {
        "resourceReservedSeconds": reserved,
        "retryIntervalSeconds": retry,
        "lifecycleSeconds": life,
    }
    return {**seconds, **({"minReservedMembers": members} if members else {})}


@plays
async def test_with_room_for_all_pods_are_bound_in_the_first_second(play):
    await play.domains(alice=1, bob=1)
    async with play.controller():
        await play.task("psi", TWO, **schedule(10, 15, 70))
    assert play.story("psi") == "0 Reserving, 0 Reserved"
    assert play.story("psi bob") == "0 Reserving, 0 Reserved, 0 Schedulable"
    assert play.bound() == BOTH_BOUND


@plays
async def test_e01_rounds_repeat_until_the_lifecycle_ends(play):
    await play.domains(alice=1, bob=1)
    await play.block("bob")
    async with play.controller():
        await play.task("psi", TWO, **schedule(10, 15, 70))
        await play.until(69)
        assert play.bound() == []
        await play.until(71)
    assert play.story("psi") == (
        "0 Reserving, 10 ReserveFailed, 25 Reserving, 35 ReserveFailed, "
        "50 Reserving, 60 ReserveFailed, 70 Failed"
    )
    assert play.story("psi alice") == (
        "0 Reserving, 0 Reserved, 10 Failed, 25 Reserving, 25 Reserved, 35 Failed, "
        "50 Reserving, 50 Reserved, 60 Failed"
    )
    status = play.get(TASK_RESOURCE_GROUPS, "psi")["status"]
    assert status["retryCount"] == 2
    assert play.get(KUSCIA_TASKS, "cross-domain/psi")["status"]["phase"] == "Failed"


@pytest.mark.parametrize(
    ("second", "life", "story", "retries"),
    [
        pytest.param(5, 70, "0 Reserving, 5 Reserved", 0, id="e02: within the window"),
        pytest.param(
            15,
            70,
            "0 Reserving, 10 ReserveFailed, 25 Reserving, 25 Reserved",
            1,
            id="e03: between two rounds",
        ),
        pytest.param(
            52,
            120,
            "0 Reserving, 10 ReserveFailed, 25 Reserving, 35 ReserveFailed, "
            "50 Reserving, 52 Reserved",
            2,
            id="e04: within the third window",
        ),
    ],
)
def test_room_that_appears_later_is_used(second, life, story, retries):
    @plays
    async def scenario(play):
        await play.domains(alice=1, bob=1)
        await play.block("bob")
        async with play.controller():
            await play.task("psi", TWO, **schedule(10, 15, life))
            await play.until(second)
            await play.free("bob")
            await play.until(life + 1)
        assert play.story("psi") == story
        assert play.get(TASK_RESOURCE_GROUPS, "psi")["status"].get("retryCount", 0) == retries
        assert play.bound() == BOTH_BOUND

    scenario()


@plays
async def test_e06_a_round_without_any_reservation_does_not_end(play):
    await play.domains(alice=0, bob=0)
    async with play.controller():
        await play.task("psi", TWO, **schedule(3, 5, 20))
        await play.until(21)
    assert play.story("psi") == "0 Reserving, 20 Failed"
    assert play.story("psi alice") == "0 Reserving, 20 Failed"


@plays
async def test_e07_the_end_of_the_lifecycle_ends_a_reservation_early(play):
    await play.domains(alice=1, bob=0)
    async with play.controller():
        await play.task("psi", TWO, **schedule(60, 5, 15))
        await play.until(14)
        await play.task("next", {"alice": {}}, **schedule(60, 5, 90))
        assert play.bound() == []
        await play.until(15)
    assert play.story("psi") == "0 Reserving, 15 Failed"
    assert play.bound() == ["alice/next-0"]


@plays
async def test_e08_a_retry_after_the_end_of_the_lifecycle_never_happens(play):
    await play.domains(alice=1, bob=0)
    async with play.controller():
        await play.task("psi", TWO, **schedule(10, 300, 60))
        await play.until(61)
    assert play.story("psi") == "0 Reserving, 10 ReserveFailed, 60 Failed"


@plays
async def test_e09_two_groups_that_block_each_other_are_scheduled_one_by_one(play):
    await play.domains(alice=10, bob=10)
    rounds = schedule(10, 15, 120)
    async with play.controller():
        await play.fill("bob", 5)
        await play.task("old", {"alice": {"slots": 6}, "bob": {"slots": 9}}, **rounds)
        await play.until(4)
        await play.task("young", {"alice": {"slots": 6}, "bob": {"slots": 4}}, **rounds)
        await play.empty("bob")
        assert play.holds() == ["alice/old-0", "bob/young-0"]
        await play.until(30)
        assert play.bound() == ["alice/young-0", "bob/young-0"]
        await play.end("alice/young-0", "bob/young-0")
        await play.until(31)
    assert play.story("old") == "0 Reserving, 10 ReserveFailed, 25 Reserving, 30 Reserved"
    assert play.story("young") == "4 Reserving, 10 Reserved"


@plays
async def test_of_two_groups_that_block_each_other_from_the_start_one_gets_all(play):
    """SC-18: in the second round the older task gets both slots, in any order of the domains."""
    await play.domains(alice=1, bob=1)
    rounds = schedule(3, 5, 60)
    async with play.controller():
        await play.fill("bob", 1)
        await play.task("old", TWO, **rounds)
        await play.task("young", {"bob": {}, "alice": {}}, **rounds)
        await play.until(12)
        await play.empty("bob")
        await play.until(30)
    assert len(play.bound()) == 2
    assert len({pod.partition("/")[2] for pod in play.bound()}) == 1


@plays
async def test_e10_released_room_goes_to_a_waiting_group(play):
    await play.domains(alice=1, bob=0)
    async with play.controller():
        await play.task("old", TWO, **schedule(10, 15, 60))
        await play.until(2)
        await play.task("young", {"alice": {}}, **schedule(10, 15, 60))
        await play.until(9)
        assert play.bound() == []
        await play.until(10)
    assert play.bound() == ["alice/young-0"]


@plays
async def test_e11_two_of_three_parties_are_enough_and_the_third_may_follow(play):
    await play.domains(alice=1, bob=1, carol=1)
    await play.block("carol")
    async with play.controller():
        await play.task("psi", THREE, **schedule(10, 15, 60, members=2))
        assert play.bound() == BOTH_BOUND
        assert play.story("psi carol") == "0 Reserving, 0 Schedulable"
        await play.until(5)
        await play.free("carol")
    assert play.bound() == [*BOTH_BOUND, "carol/psi-0"]


@plays
async def test_e12_failures_that_the_minimum_allows_do_not_end_a_round(play):
    await play.domains(alice=1, bob=0, carol=0)
    async with play.controller():
        await play.task("psi", THREE, **schedule(10, 15, 60, members=2))
        await play.until(61)
    assert play.story("psi") == "0 Reserving, 60 Failed"
    assert play.story("psi alice") == "0 Reserving, 0 Reserved, 10 Failed"


@plays
async def test_e13_a_party_that_reserves_too_late_ends_the_round(play):
    await play.domains(alice=1, bob=1, carol=0)
    await play.block("bob")
    async with play.controller():
        await play.task("psi", THREE, **schedule(10, 15, 120, members=2))
        await play.until(15)
        await play.free("bob")
        await play.until(41)
    assert play.story("psi") == "0 Reserving, 25 ReserveFailed, 40 Reserving, 40 Reserved"
    assert play.bound() == BOTH_BOUND


@plays
async def test_e16_the_minimum_of_pods_is_bound_first_and_the_rest_later(play):
    await play.domains(alice=1, bob=3)
    async with play.controller():
        await play.fill("bob", 1)
        bob = {"replicas": 3, "minReservedPods": 2}
        await play.task("psi", {"alice": {}, "bob": bob}, **schedule(10, 15, 60))
        assert play.bound() == ["alice/psi-0", "bob/psi-0", "bob/psi-1"]
        await play.empty("bob")
    assert play.bound() == ["alice/psi-0", "bob/psi-0", "bob/psi-1", "bob/psi-2"]


@plays
async def test_e17_a_gang_with_room_for_some_pods_is_rejected(play):
    await play.domains(alice=1, bob=1)
    async with play.controller():
        await play.task("psi", {"alice": {}, "bob": {"replicas": 2}}, **schedule(10, 15, 40))
        await play.until(15)
        assert play.holds() == play.bound() == []
        await play.until(41)
    assert play.story("psi") == (
        "0 Reserving, 0 ReserveFailed, 15 Reserving, 15 ReserveFailed, "
        "30 Reserving, 30 ReserveFailed, 40 Failed"
    )


@plays
async def test_e24a_a_reservation_survives_the_cordon_of_its_node(play):
    await play.domains(alice=1, bob=1)
    await play.block("bob")
    async with play.controller():
        await play.task("psi", TWO, **schedule(10, 15, 60))
        await play.block("alice")
        await play.free("bob")
    assert play.bound() == BOTH_BOUND


@plays
async def test_e25_a_deleted_task_releases_its_reservations(play):
    await play.domains(alice=1, bob=0)
    async with play.controller():
        await play.task("psi", TWO, **schedule(60, 15, 90))
        await play.until(1)
        await play.task("next", {"alice": {}}, **schedule(60, 15, 90))
        assert play.bound() == []
        await play.delete_task("psi")
    assert play.bound() == ["alice/next-0"]


@plays
async def test_e28_a_restarted_controller_keeps_the_reservations(play):
    await play.domains(alice=1, bob=0)
    async with play.controller():
        await play.task("psi", TWO, **schedule(10, 15, 60))
    await play.until(5)
    async with play.controller():
        await play.task("next", {"alice": {}}, **schedule(10, 15, 60))
        assert play.holds() == ["alice/psi-0"]
        await play.until(10)
    assert play.bound() == ["alice/next-0"]


@plays
async def test_e29_deadlines_that_passed_without_a_controller_are_handled_later(play):
    await play.domains(alice=1, bob=0)
    async with play.controller():
        await play.task("psi", TWO, **schedule(3, 5, 22))
        await play.until(4)
    await play.until(6)
    async with play.controller():
        await play.until(9)
    await play.until(30)
    async with play.controller():
        pass
    assert play.story("psi") == ("0 Reserving, 3 ReserveFailed, 8 Reserving, 30 Failed")
    assert play.holds() == []


HAPPENINGS = st.lists(
    st.tuples(
        st.integers(0, 25),
        st.sampled_from(["block alice", "block bob", "free alice", "free bob", "restart"]),
    ),
    max_size=8,
)


@settings(max_examples=30)
@given(HAPPENINGS, st.integers(1, 3), st.integers(1, 3))
def test_random_events_never_lead_to_double_reservations(happenings, alice, bob):
    """Two tasks run while nodes are cordoned and freed; `Play` checks every write."""

    async def scenario():
        play = Play()
        await play.domains(alice=alice, bob=bob)
        await play.task("one", {"alice": {}, "bob": {"replicas": 2}}, **schedule(3, 5, 22))
        await play.task("two", TWO, **schedule(4, 3, 22))
        waiting = sorted(happenings)
        while play.second < 30:
            async with play.controller():
                await _until_restart(play, waiting)
        for name in ("one", "two"):
            phase = play.stories[name][-1].partition(" ")[2]
            assert phase in ("Reserved", "Failed")
            if phase == "Failed":
                assert not any(f"/{name}-" in pod for pod in [*play.bound(), *play.holds()])

    asyncio.run(scenario())


async def _until_restart(play, waiting):
    while waiting:
        second, what = waiting.pop(0)
        await play.until(second)
        verb, _, domain = what.partition(" ")
        if verb == "restart":
            return
        await (play.block if verb == "block" else play.free)(domain)
    await play.until(30)


@plays
async def test_the_status_of_a_task_says_why_a_pod_has_no_room(play):
    """Requirement VW-18."""
    await play.domains(alice=1, bob=1)
    await play.fill("bob", 1)
    async with play.controller():
        await play.task("psi", TWO, **schedule(10, 15, 70))
        await play.until(1)
        pods = play.get(KUSCIA_TASKS, "cross-domain/psi")["status"]["podStatuses"]
        assert pods["bob/psi-0"]["reason"] == "Unschedulable"
        assert pods["bob/psi-0"]["message"].startswith("domain bob has no room: 1 node that lacks")
        assert "reason" not in pods["alice/psi-0"]
        await play.empty("bob")
        await play.until(2)
        pods = play.get(KUSCIA_TASKS, "cross-domain/psi")["status"]["podStatuses"]
        assert pods["bob/psi-0"]["nodeName"] == "node-bob"


@plays
async def test_an_expired_task_names_the_parties_that_could_not_reserve(play):
    """VW-07: alice has a reservation in every round, bob and carol never have one."""
    await play.domains(alice=1, bob=1, carol=1)
    await play.block("bob")
    await play.block("carol")
    async with play.controller():
        await play.task("psi", THREE, **schedule(10, 15, 70))
        await play.until(71)
    status = play.get(KUSCIA_TASKS, "cross-domain/psi")["status"]
    assert (status["phase"], status["reason"]) == ("Failed", "LifecycleExpired")
    assert status["message"] == (
        "The task was not scheduled within 70 seconds of its entire lifecycle: "
        "party[bob,carol] could not reserve resources"
    )


@plays
async def test_an_expired_task_names_no_party_if_each_had_reserved_once(play):
    await play.domains(alice=1, bob=1)
    await play.block("bob")
    async with play.controller():
        await play.task("psi", TWO, **schedule(10, 15, 34))
        await play.until(5)
        await play.block("alice")
        await play.until(11)
        await play.free("bob")
        await play.until(35)
    status = play.get(KUSCIA_TASKS, "cross-domain/psi")["status"]
    assert status["reason"] == "LifecycleExpired"
    assert status["message"].endswith("the parties never held their resources at the same time")
