"""Translates Go's regular expressions (RE2) for Python's `re`.

The two languages differ in the end of the text (`$`), in named classes such as `[:alpha:]`, in the
place of flags, and in what counts as a letter or a digit. Everything else is left unchanged.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_CLASSES: Final = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7f",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
#: For each class of Unicode the nearest class that Python has.
_UNICODE: Final = {"L": r"[^\W\d_]", "N": r"\d", "Lu": "[A-Z]", "Ll": "[a-z]", "Nd": r"\d"}
_PIECES: Final = re.compile(
    r"(?P<unicode>\\p(?:\{(\w+)\}|(\w)))|(?P<end>\\z)|(?P<escape>\\.)|(?P<named>\[:\^?\w+:\])"
    r"|(?P<open>\[\^?\]?)|(?P<close>\])|(?P<dollar>\$)|(?P<flags>\(\?[imsU]+\))",
    re.DOTALL,
)


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> re.Pattern[str] | None:
    """Returns the compiled pattern, or None if Python cannot compile it.

    Values are then not checked against the pattern.
    """
    flags = re.NOFLAG if r"\p" in pattern else re.ASCII
    try:
        return re.compile(_translated(pattern), flags)
    except re.error:
        return None


def _translated(pattern: str) -> str:
    done, place, in_class = [], 0, False
    leading, multiline = "", "(?m" in pattern or "(?im" in pattern
    for piece in _PIECES.finditer(pattern):
        text, kind = piece.group(), piece.lastgroup or "unicode"
        if piece["unicode"]:
            text = _UNICODE.get(piece[2] or piece[3], r"\w")
        elif kind == "open" and not in_class:
            in_class = True
        elif kind == "close":
            in_class = False
        elif kind == "flags" and not in_class:
            # Python accepts flags only at the start. It has no U (ungreedy).
            leading, text = leading + text.replace("U", ""), ""
        else:
            text = _in_place(kind, text, in_class, multiline)
        done.append(pattern[place : piece.start()] + text)
        place = piece.end()
    return leading + "".join(done) + pattern[place:]


def _in_place(kind: str, text: str, in_class: bool, multiline: bool) -> str:
    if kind == "end":
        return r"\Z"
    if kind == "dollar" and not in_class and not multiline:
        return r"\Z"
    if kind == "named" and in_class:
        return _CLASSES.get(text.strip("[:^]"), "")
    return re.escape(text) if kind == "open" and in_class else text
