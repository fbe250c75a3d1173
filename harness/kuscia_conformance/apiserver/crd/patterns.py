"""Whether a pattern is one: Kubernetes reads it as Go does (RE2), this server as Python does.

Refused is what is wrong in either language, and what Go has left out. What only Python does not
know is let through.
"""

from __future__ import annotations

import re

from kuscia_conformance.apiserver.schema.patterns import compiled

_PERL = re.compile(r"(?<!\\)\(\?[=!>#]")
#: How Go says what Python says, and whether it shows the whole pattern.
_WORDS = {
    "missing ), unterminated subpattern": ("missing closing )", True),
    "unbalanced parenthesis": ("unexpected )", True),
    "unterminated character set": ("missing closing ]", False),
    "nothing to repeat": ("missing argument to repetition operator", False),
}


def pattern_problem(pattern: str) -> str:
    """What is wrong with a pattern; "" where nothing is."""
    perl = _PERL.search(pattern)
    if perl:
        return _said("invalid or unsupported Perl syntax", perl[0])
    return _syntax_problem(pattern) if compiled(pattern) is None else ""


def _syntax_problem(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        if error.msg in _WORDS:
            words, is_whole = _WORDS[error.msg]
            return _said(words, pattern if is_whole else pattern[error.pos :])
    return ""


def _said(words: str, part: str) -> str:
    return f"must be a valid regular expression, but isn't: error parsing regexp: {words}: `{part}`"
