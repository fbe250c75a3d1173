"""The steps as people read them: what a sentence may look like, an example, similar sentences.

Everything here is read from the step functions that pytest-bdd has registered: the suite's own,
and those that an author keeps in a conftest.py beside a feature.

    part of a step function     what people read
    pattern                     `synopsis`: `the task "<task>" is created`
    names of its groups         `placeholders`: `task`
    docstring, first paragraph  `example`: When the task "psi" is created
    docstring, the rest         `explanation`

This module does not know which steps the suite has. `steps.definitions` hands their modules in,
because the room `steps` builds on this one.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

from pytest_bdd.parser import Step
from pytest_bdd.steps import step_function_context_registry

KEYWORDS = ("given", "when", "then")


@dataclass(frozen=True)
class Definition:
    """A step function with one of its patterns."""

    #: The keywords after which the step may stand: `given`, `when`, `then`.
    keywords: tuple[str, ...]
    parser: Any
    function: Any
    #: Functions that turn a value's text into what the step function takes, by placeholder.
    converters: Mapping[str, Callable[[str], Any]] = field(default_factory=dict, hash=False)

    @property
    def looks(self) -> bool:
        """Whether the step only looks at what happened, as each step does that may be a Then."""
        return "then" in self.keywords

    @property
    def module(self) -> str:
        """The name of the module that defines the step."""
        return str(self.function.__module__)

    @property
    def example(self) -> str:
        """A step to copy: the first paragraph of the docstring without its full stop."""
        return self._paragraphs[0].removesuffix(".")

    @property
    def explanation(self) -> str:
        """What the step does beyond its words: the rest of the docstring, on one line."""
        return " ".join(self._paragraphs[1:])

    @property
    def sentence(self) -> str:
        """The example without its keyword."""
        return self.example.partition(" ")[2]

    @property
    def synopsis(self) -> str:
        """The pattern for readers: `<task>` stands for a value, `[ ]` may be left out."""
        pattern = str(self.parser.name)
        return synopsis(pattern) if hasattr(self.parser, "regex") else pattern

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The names between `< >` in the synopsis, in their order."""
        return tuple(dict.fromkeys(re.findall(r"<([^<>]+)>", self.synopsis)))

    @property
    def _paragraphs(self) -> list[str]:
        text = inspect.getdoc(self.function) or ""
        return [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]

    def fits(self, step: Step) -> bool:
        """Returns whether the step of a feature calls this definition."""
        return step.type in self.keywords and bool(self.parser.is_matching(step.name))

    def takes(self, argument: str) -> bool:
        """Returns whether the step takes a `datatable` or a `docstring`, whichever is asked."""
        return argument in inspect.signature(self.function).parameters


class StepDefinitions:
    """Every step function that is loaded: first the suite's own, then those of authors."""

    def __init__(self, modules: Sequence[str]) -> None:
        """`modules` are the names of the suite's step modules, in the order of the README."""
        self.modules = tuple(modules)
        self._known: tuple[Definition, ...] = ()
        self._count = 0

    def all(self) -> Sequence[Definition]:
        """Returns all definitions, ordered by module and then by their place in the file."""
        count = len(step_function_context_registry)
        if count != self._count:  # an author's steps are registered later; none is ever removed
            self._count, self._known = count, tuple(sorted(_loaded(), key=self._place))
        return self._known

    def has(self, definition: Definition) -> bool:
        """Returns whether the definition is the suite's own."""
        return definition.module in self.modules

    def of(self, step: Step) -> Definition | None:
        """Returns the definition that a step of a feature calls, or None."""
        return next((each for each in self.all() if each.fits(step)), None)

    def knows(self, sentence: str) -> bool:
        """Returns whether the sentence is a step after some keyword."""
        return any(each.parser.is_matching(sentence) for each in self.all())

    def keywords_of(self, sentence: str) -> tuple[str, ...]:
        """Returns the keywords behind which the sentence is a step; none if it is no step."""
        found = (each.keywords for each in self.all() if each.parser.is_matching(sentence))
        return next(found, ())

    def near(self, sentence: str) -> list[str]:
        """Returns up to three steps that read like the sentence, with its values in quotes."""
        examples = {_bare(each.sentence): each.example for each in self.all()}
        # One that is almost the same is the one that was meant.
        near = get_close_matches(_bare(sentence), examples, n=1, cutoff=0.9)
        near = near or get_close_matches(_bare(sentence), examples, n=3, cutoff=0.5)
        return [_with_values(examples[text], sentence) for text in near]

    def _place(self, definition: Definition) -> tuple[int, str, int]:
        place = self.modules.index(definition.module) if self.has(definition) else len(self.modules)
        return place, definition.module, int(definition.function.__code__.co_firstlineno)


_QUOTED = re.compile(r'"[^"]*"')


def _bare(sentence: str) -> str:
    """Returns the sentence without its values, so that only its words are compared."""
    return re.sub(r"\d+", "0", _QUOTED.sub('""', sentence))


def _with_values(example: str, sentence: str) -> str:
    """Returns the example with the sentence's values, if it has as many values in quotes."""
    values = _QUOTED.findall(sentence)
    if len(values) != len(_QUOTED.findall(example)):
        return example
    found = iter(values)
    return _QUOTED.sub(lambda _: next(found), example)


def _loaded() -> Iterable[Definition]:
    found: dict[tuple[Any, str], Definition] = {}
    for context in step_function_context_registry.values():
        keywords = (context.type,) if context.type else KEYWORDS
        new = Definition(keywords, context.parser, context.step_func, context.converters)
        key = (context.step_func, str(context.parser.name))
        both = {*keywords, *(found[key].keywords if key in found else ())}
        found[key] = replace(new, keywords=tuple(word for word in KEYWORDS if word in both))
    return found.values()


_TOKEN = re.compile(r"\(\?P<\w+>|\(\?[:!=]|\(|\)\??|\[\^?[^\]]*\][*+?]?|\\.[*+]?|[\w,]\?|.")
#: A named group of at most three fixed texts: `(?P<kind>group|task resource)`.
_FEW_FIXED_TEXTS = re.compile(r"\(\?P<\w+>(?=[\w ]+(?:\|[\w ]+){0,2}\))")


def synopsis(pattern: str) -> str:
    """Returns a step's regular expression in the notation of a command's help.

    | in the pattern                        | in the synopsis |
    | `(?P<task>[^"]+)`                     | `<task>`; an underscore becomes a space |
    | `(?:es)?`                             | `[es]`          |
    | `(?:are|is)`                          | `(are|is)`      |
    | `(?P<kind>group|task resource)`       | `(group|task resource)`: up to three fixed texts |
    """
    return _group(_TOKEN.finditer(_FEW_FIXED_TEXTS.sub("(?:", pattern)))


def _group(tokens: Iterator[re.Match[str]]) -> str:
    """Returns the text up to the end of the group that has begun, or of the whole pattern."""
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
        return f"<{token[4:-1].replace('_', ' ')}>"
    if token.startswith("("):
        inner = _group(tokens)
        return inner if token in ("(", "(?:") else ""
    if token.endswith("?") and len(token) == 2:
        return f"[{token[0]}]"
    return token.removeprefix("\\")
