"""Variants of reasons, messages and logs: their words are free."""

from __future__ import annotations

import enum

from reference_controller.kuscia_task import outcome, reasons, status, transitions
from reference_controller.kuscia_task.reasons import Reason
from tests.variants.catalogue import constant, instead_of, variant


@variant("reason and message", without=("VW-14",))
def message_only():
    """A failed task has a message, but no reason (VW-06)."""
    _without("reason", set(Reason))


@variant("reason and message", without=("VW-07", "VW-14"))
def reason_only():
    """A failed task has a reason, but no message unless that has to name something (VW-06)."""
    _without("message", {Reason.LIFECYCLE_EXPIRED, Reason.PARTIES_FAILED, Reason.OBJECT_REFUSED})


def _without(field, of):
    old = transitions._ended

    @instead_of(old)
    def ended(seen, phase, changes):
        final = old(seen, phase, changes)
        words = {str(reason) for reason in of}
        drop = final.get("reason") in words and phase == "Failed"
        return {name: value for name, value in final.items() if not (drop and name == field)}


@variant("words")
def other_words():
    """All reasons and messages have other words; what they have to name they name."""
    words = {each.name: (f"Because{each.value}", each.when, each.remedy) for each in Reason}
    constant(reasons, "Reason", _ReasonBase("Reason", words))

    @instead_of(reasons.lifecycle_expired)
    def lifecycle_expired(seconds, why):
        return f"{why}. Given up after {seconds} s: that is the lifecycle."

    @instead_of(reasons.not_reserved)
    def not_reserved(parties):
        return f"no room was reserved for: {' '.join(parties) or 'all of them together'}"

    @instead_of(reasons.too_few_parties)
    def too_few_parties(left, need, parties, why):
        failed = " | ".join(f"{party} ({text})" for party, text in why.items())
        return f"{need} parties have to succeed, {left} still can. {failed}"

    @instead_of(outcome._why_pod_failed)
    def why_pod_failed(entry, pod):
        codes = status.exit_codes(pod) if pod else ()
        exited = "".join(f"exit code {code} of " for code in codes[:1])
        return f"{exited}{entry['podName']} ({entry.get('reason')})"

    @instead_of(status._failed)
    def failed(entry, reason, message):
        return {**entry, "podPhase": "Failed", "reason": "Gone", "message": "another client did it"}


class _ReasonBase(enum.StrEnum):
    """A `Reason` without members."""

    when: str
    remedy: str

    def __new__(cls, word, when, remedy):
        reason = str.__new__(cls, word)
        reason._value_, reason.when, reason.remedy = word, when, remedy
        return reason


@variant("logs")
def plain_logs():
    """A terminationLog is the termination message, and nothing else (VW-10)."""

    @instead_of(status._termination_log)
    def termination_log(pod):
        ends = (terminated for _, _, terminated in status._terminations(pod))
        return next((end["message"] for end in ends if end.get("message")), None)


@variant("explanations of waiting", without=("VW-18",), claims=False)
def silent_scheduler():
    """The scheduler writes nothing about pods that wait; their entries do not say why.

    It is not the plugin of the optional feature, which says it in the condition of the pod.
    """
    from reference_controller.co_scheduler import transitions as scheduler

    scheduler.TRANSITIONS[""].remove(scheduler.explain)


@variant("messages of refusals")
def refusals_in_other_words():
    """The obstacles of a task are told in other words (CR-09 and CR-13 say what they name)."""
    old = reasons.Obstacle.__init__

    def init(self, reason, message):
        old(self, reason, f"not possible as it is: {message}")

    reasons.Obstacle.__init__ = init
