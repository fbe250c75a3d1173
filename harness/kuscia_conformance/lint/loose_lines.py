"""Lines of a feature that an author meant as steps, but Gherkin reads as a description.

Gherkin takes every line that it does not know for a description: a step with a tab behind its
keyword, with the keyword in small letters, or above the first scenario. Nothing would carry it out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kuscia_conformance.errors import FeatureError
from kuscia_conformance.features.reader import FeatureText
from kuscia_conformance.features.step_definitions import StepDefinitions

_STEP = re.compile(r"\s*(Given|When|Then|And|But)\b[:\s]*(.*?)\s*", re.IGNORECASE)
_TAB = re.compile(r"\s*(Given|When|Then|And|But)\t")


def of_feature(text: FeatureText, steps: StepDefinitions) -> Iterator[FeatureError]:
    """Yields an error for each line that reads like a step of the suite and is none."""
    known = _step_lines(text)
    for number, line in enumerate(_lines(text), start=1):
        words = _STEP.fullmatch(line)
        if words and number not in known and _fits(" ".join(words[2].split()), steps):
            where = f"{text.path}:{number}"
            hint = "a step stands below Background: or Scenario:, behind a keyword and a space"
            if tab := _TAB.match(line):
                hint = f"write a space behind {tab[1]}, and no tab"
            yield FeatureError(
                f"{where}: this line is not read as a step: {line.strip()}", hint=hint
            )


def _step_lines(text: FeatureText) -> set[int]:
    if text.parsed is None:
        return {n for n, line in enumerate(_lines(text), start=1) if not _TAB.match(line)}
    background = text.parsed.background
    found = {step.line_number for step in background.steps} if background else set()
    templates = text.parsed.scenarios.values()
    return found | {step.line_number for template in templates for step in template.steps}


def _lines(text: FeatureText) -> list[str]:
    try:
        return text.path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):  # the reader reports it
        return []


def _fits(sentence: str, steps: StepDefinitions) -> bool:
    return any(each.parser.is_matching(sentence) for each in steps.all())
