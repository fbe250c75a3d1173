"""What a variant is, and how it replaces pieces of the reference controller in this process."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import reference_controller.server  # noqa: F401 - imports all machines, so that pieces are found

Change = Callable[[], None]


@dataclass(frozen=True)
class Variant:
    """One freedom that the requirements leave, and the change that uses it."""

    name: str
    #: What differs from the reference controller, in one sentence, and the requirements.
    text: str
    change: Change
    #: What it is about. A combination has at most one variant about each thing.
    about: str
    #: Requirements of strength SHOULD that it does not keep, on purpose.
    without: frozenset[str]
    #: Whether it has the optional features, such as TaskResourceGroups of the original's form.
    claims: bool

    @property
    def module(self) -> str:
        return self.change.__module__


#: The variants by name, in the order of the modules.
VARIANTS: dict[str, Variant] = {}


def variant(about: str, *, without: Sequence[str] = (), claims: bool = True) -> Any:
    """Enters the decorated function into the catalogue; its name is that of the variant."""

    def enter(change: Change) -> Change:
        name = change.__name__.replace("_", "-")
        text = (change.__doc__ or "").strip().partition("\n")[0]
        VARIANTS[name] = Variant(name, text, change, about, frozenset(without), claims)
        return change

    return enter


def instead_of(old: Any) -> Callable[[Any], Any]:
    """Puts the decorated function where modules and tables of the controller have the old one.

    It has the name and the docstring of the old function, because the runtime tells transitions
    apart by their names.
    """

    def put(new: Any) -> Any:
        functools.update_wrapper(new, old)
        for module in _modules():
            for name, value in list(vars(module).items()):
                if value is old:
                    setattr(module, name, new)
                elif name == "TRANSITIONS":
                    _put_into(value, old, new)
        return new

    return put


def _put_into(table: dict[Any, list[Any]], old: Any, new: Any) -> None:
    for transitions in table.values():
        transitions[:] = [new if each is old else each for each in transitions]


def constant(owner: Any, name: str, value: Any) -> None:
    """Gives a constant of a module another value, also where other modules have imported it."""
    old = getattr(owner, name)
    setattr(owner, name, value)
    for module in _modules():
        if getattr(module, name, None) is old:
            setattr(module, name, value)


def _modules() -> list[Any]:
    return [each for name, each in sys.modules.items() if name.startswith("reference_controller")]
