"""Checks whether a pattern is a regular expression.

Kubernetes reads patterns with Go (RE2), this server with Python. A pattern is refused if it is
wrong in both languages, or if it uses Perl syntax that Go lacks. A pattern that only Python cannot
read is accepted; values are then not checked against it.
"""

from __future__ import annotations

import re

from kuscia_conformance.apiserver.schema.patterns import compiled

_PERL = re.compile(r"(?<!\\)\(\?[=!>#]")
#: Go's words for Python's errors, and whether Go shows the whole pattern.
_WORDS = {
    "missing ), unterminated subpattern": ("missing closing )", True),
    "unbalanced parenthesis": ("unexpected )", True),
    "unterminated character set": ("missing closing ]", False),
    "nothing to repeat": ("missing argument to repetition operator", False),
}


def pattern_problem(pattern: str) -> str:
    """Returns what is wrong with a pattern, in Go's words; "" if it is accepted."""
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
