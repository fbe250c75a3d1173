"""Replaces the parts of kubectl's output that differ from run to run.

Columns are as wide as their widest cell, and the width of ages varies, so several spaces become
two. kubectl's log lines are removed: scripts only enable the log to learn when a watch has begun.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_WORDS: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
    (re.compile(pattern), word)
    for pattern, word in {
        r"(?m)^I\d{4} .*\n": "",
        r"(?m)^([WE])\d{4} \S+ +\d+ ": r"\1 ",
        r"(?<=/LIVE-)\d+|(?<=/MERGED-)\d+|(?<=kubectl-edit-)\d+": "SUFFIX",
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ [+-]\d{4}": "TIME",
        r"(?<=containerd://)[0-9a-f]{64}": "ID",
        r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}": "UID",
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z": "TIME",
        r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}": "TIME",
        r'(resourceVersion\\?"?: ?|Resource Version:  )(\\?")?\d+(\\?")?': r"\1VERSION",
        r"127\.0\.0\.1:\d+": "SERVER",
        r"\b10\.(?!96\.0\.1\b)\d+\.\d+\.\d+\b": "ADDRESS",
        r"-[bcdfghjklmnpqrstvwxz2456789]{5}\b": "-SUFFIX",
        r"\.[0-9a-f]{16}\b": ".SUFFIX",
        r"(?m)^(\d+[smhdy])+ (\(x\d+) over (\d+[smhdy])+\)": r"AGE \2 over AGE)",
        r"(?m)(?<=  )((\d+[smhdy])+|<invalid>)(?=  |$)": "AGE",
        r"(?m)^((\d+[smhdy])+|<invalid>)(?=  )": "AGE",
        r"(?<=\()(\d+[smhdy])+(?= ago\))": "AGE",
        r"(nodePort:? |NodePort:.* )\d{5}": r"\1PORT",
        r"(?<=\d:)3[012]\d{3}(?=/)": "PORT",
        r"(Version: v\d+\.\d+)\.\S+": r"\1",
    }.items()
]
#: Several spaces after a word. The indentation in the output of `kubectl diff` does not match.
_SEVERAL_SPACES = re.compile(r"(?<!^[+-])(?<=\S) {2,}")


def normal(text: str) -> str:
    text = "".join(_SEVERAL_SPACES.sub("  ", line.rstrip()) + "\n" for line in text.splitlines())
    for pattern, word in _WORDS:
        text = pattern.sub(word, text)
    return text
