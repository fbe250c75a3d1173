"""Tests leader election: two candidates, each with its own clock and connection to the server."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuscia_conformance.errors import ControllerError, Unreachable, UsageError
from kuscia_conformance.kube.objects import LEASES
from reference_controller.leader import lead
from reference_controller.lease import Election, Observed, decide, held, observe, released
from tests.reference_controller.fake import FakeApi, FakeWorld, T

ELECTION = Election("kube-system", "controller")
KEY = (LEASES, "kube-system/controller")


def lease(holder, renewed="a", seconds=15):
    return {
        "metadata": {"resourceVersion": "1"},
        "spec": {
            "holderIdentity": holder,
            "leaseDurationSeconds": seconds,
            "acquireTime": "then",
            "renewTime": renewed,
            "leaseTransitions": 4,
        },
    }


@pytest.mark.parametrize(
    ("observed", "now", "step"),
    [
        (None, 0, "acquire"),
        (Observed({"spec": {}}, 0), 0, "acquire"),
        (Observed(lease(""), 0), 0, "acquire"),
        (Observed(lease("me"), 0), 0, "renew"),
        (Observed(lease("me"), 0), 99, "renew"),
        (Observed(lease("other"), 5), 19.9, "wait"),
        (Observed(lease("other"), 5), 20, "acquire"),
        (Observed(lease("other", seconds=40), 5), 44.9, "wait"),
    ],
)
def test_a_candidate_acquires_renews_or_waits(observed, now, step):
    assert decide(observed, "me", now) == step


def test_a_lease_ages_while_its_content_stays_the_same():
    first = observe(None, lease("other", "a"), 3)
    assert observe(first, lease("other", "a"), 9).since == 3
    assert observe(first, lease("other", "b"), 9).since == 9


def test_lease_transitions_count_only_changes_of_the_holder():
    taken = held(Observed(lease("other"), 0), "me", ELECTION, T)
    assert (taken["leaseTransitions"], taken["acquireTime"]) == (5, "2024-01-01T00:00:00.000000Z")
    kept = held(Observed(lease("me"), 0), "me", ELECTION, T)
    assert (kept["leaseTransitions"], kept["acquireTime"]) == (4, "then")
    assert held(None, "me", ELECTION, T)["leaseTransitions"] == 0


def test_any_candidate_may_acquire_a_released_lease():
    spec = released(Observed(lease("me"), 0), T)
    assert decide(Observed({"spec": spec}, 0), "other", 0) == "acquire"


@pytest.mark.parametrize("times", [(10, 10, 2), (15, 2, 2), (15, 10, 0)])
def test_contradictory_election_times_are_refused(times):
    with pytest.raises(UsageError, match="the lease duration has to be longer"):
        Election("ns", "name", *times)


class Line:
    """A connection to the API server that works, refuses, or loses requests or answers.

    `delays` delays the answers to a verb. A lost request or answer never returns.
    """

    def __init__(self, api, sleep):
        self.api, self.sleep, self.state = api, sleep, "up"
        self.delays: dict[str, float] = {}

    def __getattr__(self, verb):
        async def request(*args, **kwargs):
            if self.state == "down":
                raise Unreachable("gone")
            if self.state == "deaf":
                await asyncio.Event().wait()
            answer = await getattr(self.api, verb)(*args, **kwargs)
            if self.state == "mute":
                await asyncio.Event().wait()
            if delay := self.delays.get(verb):
                await self.sleep(delay)
            return answer

        return request


class Machine(FakeWorld):
    """A candidate that restarts under a new name after it has lost the lease, until it is ended."""

    rests = True

    def __init__(self, name, api, ahead=timedelta()):
        super().__init__()
        self.line = Line(api, self.sleep)
        self.api = cast(Any, self.line)
        self.name, self.ahead, self.lives, self.ready = name, ahead, 0, False
        self.leads, self.terms = False, 0

    def now(self):
        return super().now() + self.ahead

    async def settle(self):
        for _ in range(30):
            await asyncio.sleep(0)

    async def live(self):
        while True:
            self.lives += 1
            try:
                me = f"{self.name}-{self.lives}"
                await lead(cast(Any, self), ELECTION, me, self.work, on_standby=self.see)
            except ControllerError as error:
                self.error = error

    def see(self):
        self.ready = True

    async def work(self):
        self.leads, self.terms = True, self.terms + 1
        try:
            await asyncio.Event().wait()
        finally:
            self.leads = False

    def start(self):
        self.task = asyncio.create_task(self.live())

    async def end(self):
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


class Pair:
    """Two candidates on one fake API server; the clock of `b` may differ by `ahead`."""

    def __init__(self, ahead=timedelta()):
        self.server = FakeApi()
        self.a, self.b = Machine("a", self.server), Machine("b", self.server, ahead)

    @property
    def leaders(self):
        return [machine.name for machine in (self.a, self.b) if machine.leads]

    async def advance(self, seconds):
        """Advances in half seconds, and asserts that never both candidates lead."""
        for _ in range(round(seconds * 2)):
            for machine in (self.a, self.b):
                await machine.advance(0.5)
                assert len(self.leaders) <= 1


@asynccontextmanager
async def both(ahead=timedelta()):
    """Yields a pair of candidates in which `a` leads and `b` stands by."""
    pair = Pair(ahead)
    for machine in (pair.a, pair.b):
        machine.start()
        await machine.settle()
    assert pair.leaders == ["a"]
    yield pair
    for machine in (pair.a, pair.b):
        await machine.end()


def played(scenario):
    def test():
        asyncio.run(scenario())

    test.__name__ = scenario.__name__
    return test


@played
async def test_the_leader_keeps_the_lease_while_it_renews():
    async with both() as pair:
        await pair.advance(60)
        assert pair.leaders == ["a"]
        spec = pair.server.objects[KEY]["spec"]
        assert (spec["holderIdentity"], spec["leaseTransitions"]) == ("a-1", 0)
        assert (pair.a.ready, pair.b.ready) == (False, True)


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(days=1), timedelta(days=-1)])
def test_the_standby_takes_over_after_the_lease_of_a_dead_leader_expires(ahead):
    async def scenario():
        async with both(ahead) as pair:
            pair.a.line.state = "down"
            await pair.a.end()
            await pair.advance(14)
            assert pair.leaders == []
            await pair.advance(4)
            assert pair.leaders == ["b"]
            assert pair.server.objects[KEY]["spec"]["leaseTransitions"] == 1

    asyncio.run(scenario())


@played
async def test_a_leader_that_ends_cleanly_releases_the_lease():
    async with both() as pair:
        await pair.a.end()
        assert pair.server.objects[KEY]["spec"]["holderIdentity"] == ""
        await pair.advance(2)
        assert pair.leaders == ["b"]


@pytest.mark.parametrize("state", ["down", "deaf", "mute"])
def test_a_leader_that_cannot_renew_stops_before_another_begins(state):
    async def scenario():
        async with both() as pair:
            await pair.advance(2)
            pair.a.line.state = state
            await pair.advance(9.5)
            assert pair.leaders == ["a"]
            await pair.advance(0.5)
            assert pair.leaders == []
            assert "could not be renewed for 10 s; all work has been stopped" in str(pair.a.error)
            await pair.advance(12)
            assert pair.leaders == ["b"]

    asyncio.run(scenario())


@played
async def test_a_candidate_does_not_lead_after_an_answer_that_came_too_late():
    pair = Pair()
    pair.a.line.delays = {"create": 12}
    pair.a.start()
    await pair.advance(13)
    assert pair.server.objects[KEY]["spec"]["holderIdentity"] == "a-1"
    assert pair.a.terms == 0
    await pair.a.end()


@played
async def test_the_renew_deadline_counts_from_the_sending_of_the_renewal():
    async with both() as pair:
        pair.a.line.delays = {"patch": 7}
        await pair.advance(9)
        pair.a.line.state = "down"
        await pair.advance(2.5)
        assert pair.leaders == ["a"]
        await pair.advance(0.5)
        assert pair.leaders == []


@played
async def test_of_two_candidates_only_one_acquires_an_expired_lease():
    pair = Pair()
    dead = {**lease("dead"), "metadata": {"namespace": "kube-system", "name": "controller"}}
    await pair.server.create(LEASES, dead)
    for machine in (pair.a, pair.b):
        machine.start()
        await machine.settle()
    pair.a.line.delays = {"get": 5}
    await pair.advance(16)
    assert pair.leaders == ["b"]
    await pair.advance(10)
    assert pair.leaders == ["b"]
    assert pair.a.terms == 0
    for machine in (pair.a, pair.b):
        await machine.end()


@played
async def test_a_leader_whose_lease_was_taken_stops():
    async with both() as pair:
        found = pair.server.objects[KEY]
        pair.server._store("MODIFIED", LEASES, {**found, "spec": lease("somebody")["spec"]})
        await pair.advance(2)
        assert pair.leaders == []
        assert "it is held by somebody" in str(pair.a.error)


@played
async def test_a_deleted_lease_is_created_again():
    async with both() as pair:
        del pair.server.objects[KEY]
        await pair.advance(4)
        assert len(pair.leaders) == 1
        assert KEY in pair.server.objects


CHANGES = st.sampled_from(
    [("state", state) for state in ("up", "down", "deaf", "mute")]
    + [("delays", {verb: seconds}) for verb in ("get", "patch") for seconds in (3, 7, 12)]
)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.sampled_from("ab"), CHANGES, st.integers(1, 30)), max_size=6),
    st.integers(-100_000, 100_000),
)
def test_never_two_candidates_lead_and_finally_one_does(changes, ahead):
    async def scenario():
        async with both(timedelta(seconds=ahead)) as pair:
            for name, change, halves in changes:
                setattr(getattr(pair, name).line, *change)
                await pair.advance(halves / 2)
            for machine in (pair.a, pair.b):
                machine.line.state, machine.line.delays = "up", {}
                await machine.end()
                machine.start()
            await pair.advance(20)
            assert len(pair.leaders) == 1

    asyncio.run(scenario())
