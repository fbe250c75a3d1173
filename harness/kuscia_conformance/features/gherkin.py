"""The text of a feature file as Gherkin, and what is wrong with it.

    parse      the text as pytest-bdd's Feature, and as the tree of the Gherkin parser
    swallowed  lines that look like a keyword or a step, but that Gherkin takes for a description

Gherkin takes every line below a title for its description, up to the first keyword that it knows.
So a mistyped keyword there is no error for Gherkin, and the scenario or the step is missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from gherkin.errors import CompositeParserException, ParserException
from gherkin.parser import Parser
from pytest_bdd.exceptions import GherkinParseError
from pytest_bdd.gherkin_parser import GherkinDocument
from pytest_bdd.parser import Feature, FeatureParser

from kuscia_conformance.documents.text import read_text
from kuscia_conformance.errors import FeatureError

#: Keywords with a colon, and those of steps.
BLOCKS = ("Feature:", "Background:", "Scenario:", "Scenario Outline:", "Examples:", "Rule:")
STEPS = ("Given", "When", "Then", "And", "But")
#: What may follow, by the name that the Gherkin parser has for it.
_EXPECTED = {
    "#FeatureLine": "Feature:",
    "#BackgroundLine": "Background:",
    "#ScenarioLine": "Scenario:",
    "#ExamplesLine": "Examples:",
    "#RuleLine": "Rule:",
    "#StepLine": "a step (Given, When, Then, And, But)",
    "#TagLine": "a tag (@)",
    "#TableRow": "a row of a table (|)",
    "#DocStringSeparator": 'three quotes (""")',
    "#EOF": "the end of the file",
}


class NotGherkin(FeatureError):
    """The file is not Gherkin; `problems` has one error for each line that is wrong."""

    def __init__(self, problems: list[FeatureError]) -> None:
        super().__init__(problems[0].message, hint=problems[0].hint)
        self.problems = problems


@dataclass(frozen=True)
class Parsed:
    """A feature file: its text, and the tree of the Gherkin parser."""

    path: Path
    text: str
    tree: Mapping[str, Any]

    @cached_property
    def feature(self) -> Feature:
        """The feature as pytest-bdd runs it. Raises FeatureError for a wrong order of steps."""
        document = GherkinDocument.from_dict({"feature": self.tree, "comments": []})
        try:
            return _FeatureParser(self.path, document).parse()
        except GherkinParseError as error:
            message = f"{self.path}:{error.line}: this is not Gherkin: {error.message}"
            raise FeatureError(message, hint=f"at {error.line_content!r}") from error

    @property
    def nodes(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The parts of the file in their order, each with its kind, such as `scenario`."""
        yield "feature", self.tree
        yield from _children(self.tree)

    @property
    def scenarios(self) -> list[tuple[str, int]]:
        """The title and the line of each scenario, in the order of the file."""
        scenarios = [node for kind, node in self.nodes if kind == "scenario"]
        return [(node["name"], node["location"]["line"]) for node in scenarios]


def _children(node: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for child in node.get("children", []):
        for kind, part in child.items():
            yield kind, part
            yield from _children(part)
            yield from (("examples", each) for each in part.get("examples", []))


class _FeatureParser(FeatureParser):
    """pytest-bdd's parser for a document that was parsed already."""

    def __init__(self, path: Path, document: GherkinDocument) -> None:
        super().__init__(str(path.parent), path.name)
        self._document = document

    def _parse_feature_file(self) -> GherkinDocument:
        return self._document


def parse(path: Path) -> Parsed:
    """Returns the feature in a file. Raises FeatureError for a file that is not a feature."""
    return _parsed(path, read_text(path, FeatureError))


@lru_cache(maxsize=256)
def _parsed(path: Path, text: str) -> Parsed:
    return Parsed(path, text, _tree(path, text))


def _tree(path: Path, text: str) -> Mapping[str, Any]:
    """Returns the node of the feature. Raises FeatureError for a text that is not Gherkin."""
    try:
        tree: Mapping[str, Any] = Parser().parse(text)
    except CompositeParserException as error:
        raise NotGherkin([*_problems(path, error.errors, text.split("\n"))]) from error
    if "feature" not in tree:
        hint = "its first line begins with Feature: and a title"
        raise FeatureError(f"{path}:1: the file has no Feature", hint=hint)
    found: Mapping[str, Any] = tree["feature"]
    return found


def _problems(
    path: Path, errors: list[ParserException], lines: list[str]
) -> Iterator[FeatureError]:
    """Yields the first error, and those of further keywords that are mistyped.

    The other errors follow from these: below a line that is wrong, the parser expects others.
    """
    for place, error in enumerate(errors):
        number = error.location["line"]
        line = lines[number - 1].strip() if number <= len(lines) else ""
        if place == 0 or meant(line):
            yield _problem(f"{path}:{number}", error, line)


def _problem(where: str, error: ParserException, line: str) -> FeatureError:
    """Returns the error with the line, and with what the Gherkin parser expected there."""
    why = str(error.args[0]).partition("): ")[2]
    expected = [word for name, word in _EXPECTED.items() if re.search(rf"{name}\b", why)]
    if "#RuleLine" in why and "#ScenarioLine" not in why:  # below tags the parser names only this
        expected = ["Scenario:", "Examples:", "another tag (@)"]
    if not expected:
        return FeatureError(f"{where}: this is not Gherkin: {why}: {line!r}")
    what = f"line {line!r}" if line else "the end of the file"
    hint = meant(line) or f"expected {', '.join(expected)}"
    return FeatureError(f"{where}: this is not Gherkin: {what} cannot stand here", hint=hint)


def meant(line: str) -> str:
    """Returns a hint with the keyword that a line begins with almost; "" without any."""
    block, colon, _ = line.partition(":")
    word = f"{block}:" if colon and len(block.split()) <= 2 else line.split(" ")[0]
    near = _like(word, BLOCKS if word.endswith(":") else STEPS)
    return f"did you mean {near}?" if near and near != word else ""


def _like(word: str, keywords: tuple[str, ...]) -> str:
    small = {keyword.lower(): keyword for keyword in keywords}
    near = get_close_matches(word.lower(), small, n=1, cutoff=0.7)
    return small[near[0]] if near else ""


def swallowed(parsed: Parsed, is_step: Callable[[str], bool]) -> Iterator[FeatureError]:
    """Yields an error for each line of a description that is a keyword or a step in truth.

    `is_step` says whether a sentence, without its keyword, is one of the known steps.
    """
    for number, line in _descriptions(parsed):
        if hint := _hint(line, is_step):
            text = f"{parsed.path}:{number}: line {line!r} is taken for a description"
            yield FeatureError(text, hint=hint)


def _hint(line: str, is_step: Callable[[str], bool]) -> str:
    """Returns what a line of a description should be in truth; "" for a line of text."""
    word, gap, sentence = re.match(r"(\w*)([\W_]*)(.*)", line).groups()  # type: ignore[union-attr]
    if (step := _like(word, STEPS)) and is_step(" ".join(sentence.split())):
        if "\t" in gap:
            return f"write a space behind {step}, and no tab"
        return f"did you mean {step}?" if word != step or gap != " " else "write Scenario: above it"
    title = re.match(r"\w+( \w+)?:", line)
    block = _like(title[0], BLOCKS) if title else ""
    if block and title and title[0] == block:
        return f"{block} cannot stand here"
    return f"did you mean {block}?" if block else ""


def _descriptions(parsed: Parsed) -> Iterator[tuple[int, str]]:
    """Yields the number and the text of each line of a description."""
    lines = parsed.text.split("\n")
    for _, node in parsed.nodes:
        number = node["location"]["line"]
        for wanted in filter(None, map(str.strip, node["description"].split("\n"))):
            while number < len(lines) and lines[number].strip() != wanted:
                number += 1
            number += 1
            yield number, wanted
