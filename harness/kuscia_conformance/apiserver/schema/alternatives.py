"""The rules for anyOf, oneOf, allOf and not.

If no alternative of an anyOf or oneOf fits, the errors of the best alternative are reported too.
The best alternative is the one with the highest score (see `constraints.Rule`); of several with the
same score it is the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kuscia_conformance.apiserver.apimachinery.go_text import quoted
from kuscia_conformance.apiserver.apimachinery.status_errors import FieldError
from kuscia_conformance.apiserver.schema.constraints import Rule


def _misses(path: str, text: str) -> FieldError:
    """Returns an error as the server words it: its field is <nil>, the path is in the message."""
    return FieldError("FieldValueInvalid", f'Invalid value: "": {quoted(path)} {text}', "<nil>")


def _tried(rule: Rule, value: Any, path: str) -> tuple[int, list[FieldError]]:
    causes: list[FieldError] = []
    return rule(value, path, causes), causes


def any_of(rules: Sequence[Rule]) -> Rule:
    """Returns the rule that a value must fit at least one of `rules`."""

    def rule(value: Any, path: str, causes: list[FieldError]) -> int:
        best: tuple[int, list[FieldError]] = (-1, [])
        for each in rules:
            matched, wrong = _tried(each, value, path)
            if not wrong:
                return matched
            if matched > best[0]:
                best = matched, wrong
        causes.append(_misses(path, "must validate at least one schema (anyOf)"))
        causes.extend(best[1])
        return best[0]

    return rule


def one_of(rules: Sequence[Rule]) -> Rule:
    """Returns the rule that a value must fit exactly one of `rules`."""

    def rule(value: Any, path: str, causes: list[FieldError]) -> int:
        results = [_tried(each, value, path) for each in rules]
        fitting = [matched for matched, wrong in results if not wrong]
        if len(fitting) == 1:
            return fitting[0]
        text = "must validate one and only one schema (oneOf)."
        if fitting:
            causes.append(_misses(path, f"{text} Found {len(fitting)} valid alternatives"))
            return 0
        causes.append(_misses(path, f"{text} Found none valid"))
        matched, wrong = max(results, key=lambda result: result[0])
        causes.extend(wrong)
        return matched

    return rule


def all_of(rules: Sequence[Rule]) -> Rule:
    """Returns the rule that a value must fit all of `rules`."""

    def rule(value: Any, path: str, causes: list[FieldError]) -> int:
        results = [_tried(each, value, path) for each in rules]
        for _, wrong in results:
            causes.extend(wrong)
        if any(wrong for _, wrong in results):
            none = "" if any(not wrong for _, wrong in results) else ". None validated"
            causes.append(_misses(path, f"must validate all the schemas (allOf){none}"))
        return sum(matched for matched, _ in results)

    return rule


def none_of(forbidden: Rule) -> Rule:
    """Returns the rule that a value must not fit `forbidden`."""

    def rule(value: Any, path: str, causes: list[FieldError]) -> int:
        if not _tried(forbidden, value, path)[1]:
            causes.append(_misses(path, "must not validate the schema (not)"))
        return 0

    return rule
