"""The steps as people read them: what may be written, an example, which are near to a sentence.

All of it comes from the step functions themselves: the patterns and docstrings that pytest-bdd
has registered, the suite's and those that an author has beside a feature.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from pytest_bdd.parser import Step
from pytest_bdd.steps import step_function_context_registry

KEYWORDS = ("given", "when", "then")


@dataclass(frozen=True)
class Definition:
    """A step function with one of its sentences."""

    #: Of `given`, `when`, `then`: after which it may stand.
    keywords: tuple[str, ...]
    parser: Any
    function: Any

    @property
    def module(self) -> str:
        return str(self.function.__module__)

    @property
    def example(self) -> str:
        """Its docstring, which begins with a sentence as a feature has it."""
        return " ".join((inspect.getdoc(self.function) or "").split())

    @property
    def sentence(self) -> str:
        """The example without its keyword."""
        return self.example.partition(" ")[2]

    @property
    def synopsis(self) -> str:
        """What may be written: `<name>` stands for a value, `[ ]` may be left out."""
        pattern = str(self.parser.name)
        return synopsis(pattern) if hasattr(self.parser, "regex") else pattern

    def fits(self, step: Step) -> bool:
        return step.type in self.keywords and bool(self.parser.is_matching(step.name))

    def takes(self, argument: str) -> bool:
        """Whether it takes a `datatable`, or a `docstring`."""
        return argument in inspect.signature(self.function).parameters


class StepDefinitions:
    """Every step function that is loaded: the suite's own, then those that authors have.

    The modules of ours are handed in (`steps.definitions`), since steps build on this room.
    """

    def __init__(self, modules: Sequence[str]) -> None:
        """`modules` are the names of the suite's step modules, in the order of the README."""
        self.modules = tuple(modules)
        self._known: tuple[Definition, ...] = ()
        self._count = 0

    def all(self) -> Sequence[Definition]:
        """Returns the definitions in the order of the modules and of their text."""
        count = len(step_function_context_registry)
        if count != self._count:  # an author's own come in later, and none ever goes
            self._count, self._known = count, tuple(sorted(_loaded(), key=self._place))
        return self._known

    def of(self, step: Step) -> Definition | None:
        """Returns the definition that a step of a feature calls, or None."""
        return next((each for each in self.all() if each.fits(step)), None)

    def near(self, sentence: str) -> list[str]:
        """Returns examples of steps that read like a sentence."""
        examples = {each.sentence: each.example for each in self.all()}
        return [examples[text] for text in get_close_matches(sentence, examples, n=3, cutoff=0.4)]

    def _place(self, definition: Definition) -> tuple[int, str, int]:
        ours = definition.module in self.modules
        place = self.modules.index(definition.module) if ours else len(self.modules)
        return place, definition.module, int(definition.function.__code__.co_firstlineno)


def _loaded() -> Iterable[Definition]:
    found: dict[tuple[Any, str], Definition] = {}
    for context in step_function_context_registry.values():
        keywords = (context.type,) if context.type else KEYWORDS
        new = Definition(keywords, context.parser, context.step_func)
        key = (context.step_func, str(context.parser.name))
        both = {*keywords, *(found[key].keywords if key in found else ())}
        found[key] = replace(new, keywords=tuple(word for word in KEYWORDS if word in both))
    return found.values()


_TOKEN = re.compile(r"\(\?P<\w+>|\(\?[:!=]|\(|\)\??|\[\^?[^\]]*\][*+?]?|\\.[*+]?|[\w,]\?|.")


def synopsis(pattern: str) -> str:
    """A regular expression of the steps, as one reads it in a command's help."""
    return _group(_TOKEN.finditer(pattern))


def _group(tokens: Iterator[re.Match[str]]) -> str:
    """The text up to the end of the group that has begun, or of the whole pattern."""
    text = ""
    for match in tokens:
        token = match[0]
        if token.startswith(")"):
            return f"[{text}]" if token == ")?" else f"({text})" if "|" in text else text
        text += _read(token, tokens)
    return text


def _read(token: str, tokens: Iterator[re.Match[str]]) -> str:
    if token.startswith("(?P<"):
        _group(tokens)
        return f"<{token[4:-1]}>"
    if token.startswith("("):
        inner = _group(tokens)
        return inner if token in ("(", "(?:") else ""
    if token.endswith("?") and len(token) == 2:
        return f"[{token[0]}]"
    return token.removeprefix("\\")
