"""Go's regular expressions, read by Python's `re`.

They agree but for the end of the text, classes by name, and what counts as a letter or a digit.
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
#: Of the classes of Unicode what is nearest of what Python has.
_UNICODE: Final = {"L": r"[^\W\d_]", "N": r"\d", "Lu": "[A-Z]", "Ll": "[a-z]", "Nd": r"\d"}
_PIECES: Final = re.compile(
    r"(?P<unicode>\\p(?:\{(\w+)\}|(\w)))|(?P<end>\\z)|(?P<escape>\\.)|(?P<named>\[:\^?\w+:\])"
    r"|(?P<open>\[\^?\]?)|(?P<close>\])|(?P<dollar>\$)|(?P<flags>\(\?[imsU]+\))",
    re.DOTALL,
)


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> re.Pattern[str] | None:
    """None if Python cannot make anything of it; then it is not checked."""
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
            # Python wants them to stand first.
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
