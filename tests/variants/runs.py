"""Runs the checks against variants and combinations of them, in forks (`tests.mutation.forks`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from random import Random

from kuscia_conformance.features.checks import Check
from kuscia_conformance.features.reader import cases_in, suite_features
from tests.mutation.forks import Finding, Forks, suite_run, survey
from tests.variants import (  # noqa: F401 - they enter their variants into VARIANTS
    database,
    finalizers,
    objects,
    statuses,
    texts,
    times,
    writes,
)
from tests.variants.catalogue import VARIANTS, Variant

#: The most variants of a random combination.
MOST = 4


@dataclass(frozen=True)
class Mixture:
    """The reference controller with the changes of one or several variants."""

    variants: tuple[Variant, ...]

    @classmethod
    def of(cls, id: str) -> Mixture:
        """Returns the mixture of the names, which `+` joins. Raises KeyError for another name."""
        return cls(tuple(VARIANTS[name] for name in id.split("+")))

    @property
    def id(self) -> str:
        return "+".join(each.name for each in self.variants)

    @property
    def without(self) -> frozenset[str]:
        """The requirements that it does not keep, on purpose."""
        return frozenset().union(*(each.without for each in self.variants))

    def has_to_pass(self, check: Check) -> bool:
        claims = all(each.claims for each in self.variants)
        return (claims or not check.optional) and not set(check.requirements) <= self.without

    def become(self) -> None:
        """Changes the reference controller of this process."""
        for each in self.variants:
            each.change()

    def passes(self, finding: Finding) -> bool:
        """Returns whether the finding blames no requirement that the mixture has to keep."""
        blamed = set(finding.requirements)
        return finding.outcome == "survived" or (bool(blamed) and blamed <= self.without)


def random_mixtures(number: int, seed: int) -> list[Mixture]:
    """Returns so many different mixtures of variants that are about different things."""
    random, found = Random(seed), dict[str, Mixture]()
    while len(found) < number:
        shuffled = random.sample(list(VARIANTS.values()), len(VARIANTS))
        chosen = {each.about: each for each in shuffled}
        some = sorted(list(chosen.values())[: random.randint(2, MOST)], key=lambda each: each.name)
        mixture = Mixture(tuple(some))
        found[mixture.id] = mixture
    return list(found.values())


def mixtures_of_all(number: int) -> list[Mixture]:
    """Returns at least so many mixtures that together contain every variant once.

    The variants without optional features are together, those of one module are in different ones.
    """
    found: list[list[Variant]] = [[] for _ in range(number)]
    most = ceil(len(VARIANTS) / number)
    for each in sorted(VARIANTS.values(), key=_place):
        free = (some for some in found if len(some) < most and _is_about_else(each, some))
        if (some := next(free, None)) is None:
            found.append(some := [])
        some.append(each)
    return [Mixture(tuple(some)) for some in found if some]


def _place(variant: Variant) -> tuple[bool, int]:
    module = [each for each in VARIANTS.values() if each.module == variant.module]
    return variant.claims, module.index(variant)


def _is_about_else(variant: Variant, some: Sequence[Variant]) -> bool:
    return variant.about not in {each.about for each in some}


def run_checks(
    folder: Path,
    mixtures: Iterable[Mixture],
    found: Callable[[Finding], None],
    *,
    workers: int = 2,
    only: Sequence[str] = (),
    keep: bool = False,
) -> None:
    """Runs the checks, or those that `only` names, against each mixture.

    Raises KeyError for a name in `only` that no check has.
    """
    known = {case.check.id: case.check for path in suite_features() for case in cases_in(path)}
    for name in only:
        if not any(check.is_named([name]) for check in known.values()):
            raise KeyError(name)

    def chosen(mixture: Mixture, checks: Sequence[str]) -> list[str]:
        wanted = (c for c in checks if not only or known[c].is_named(only))
        return [check for check in wanted if mixture.has_to_pass(known[check])]

    survey(
        Forks(
            suite_run(folder),
            mixtures,
            chosen,
            found,
            workers,
            every=True,
            keep=keep,
            become=Mixture.become,
        )
    )
