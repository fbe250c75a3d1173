"""Reads the text of a feature or document, and refuses a file that cannot be one.

The text is UTF-8; a byte order mark is left out, and each line ends in a line feed. Whatever else a
file may be is refused in one sentence, with the file and, if it is known, the line.
"""

from __future__ import annotations

import codecs
from pathlib import Path

from kuscia_conformance.errors import DocumentError, UsageError

#: kube-apiserver accepts no request with more bytes, so no object is larger.
LIMIT = 3 * 1024 * 1024
#: The marks of other encodings; that of UTF-32 begins with that of UTF-16.
_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


def read_text(path: Path, error: type[UsageError] = DocumentError) -> str:
    """Returns the text of a file. Raises `error` for a file that cannot be read or is no text."""
    content = _content(path, error)
    for mark, name in _MARKS.items():
        if content.startswith(mark):
            raise error(f"{path}: the file is {name}", hint="save it as UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = content[: wrong.start].count(b"\n") + 1
        found = f"{path}:{line}: the file is not UTF-8: byte {content[wrong.start]:#04x}"
        raise error(found, hint="save it as UTF-8") from wrong
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        hint = "save it as UTF-8 without NUL characters"
        raise error(f"{path}:{line}: the file is not text: it has a NUL character", hint=hint)
    return text


def _content(path: Path, error: type[UsageError]) -> bytes:
    try:
        if path.exists() and not path.is_file():
            what = "a folder" if path.is_dir() else "not a regular file"
            raise error(f"{path}: cannot be read: this is {what}")
        with path.open("rb") as file:
            content = file.read(LIMIT + 1)
    except OSError as wrong:
        raise error(f"{path}: cannot be read: {wrong.strerror}") from wrong
    except ValueError as wrong:  # a NUL character in the path
        raise error(f"{str(path)!r}: cannot be read: {wrong}") from wrong
    if len(content) > LIMIT:
        hint = "kube-apiserver accepts no larger request"
        raise error(f"{path}: the file has more than {LIMIT:,} bytes", hint=hint)
    return content
