"""`Fields`: a mapping of a kubeconfig that knows its file and its lines."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from kuscia_conformance.errors import UsageError

#: The fields that name files, relative to the folder of the kubeconfig.
FILES = ("certificate-authority", "client-certificate", "client-key", "tokenFile")


class Fields(dict[str, Any]):
    """A mapping in a kubeconfig. Fields that are null or absent are not in it."""

    def __init__(self, file: Path, line: int) -> None:
        super().__init__()
        self.file, self.line = file, line
        self.lines: dict[str, int] = {}

    def fault(self, key: str, what: str, hint: str = "") -> UsageError:
        """Returns the error about a field; it names the file, and the field's line."""
        return fault(self.file, self.lines.get(key, self.line), what, hint)

    def path(self, key: str) -> Path | None:
        """Returns the file that a field names, relative to the kubeconfig's own folder."""
        return self.file.parent / self[key] if self.get(key) else None

    def content(self, key: str) -> bytes | None:
        """Returns the content of `KEY-data`, or else of the file that KEY names; None without both.

        Raises UsageError if there are both, or if the file cannot be read.
        """
        if self.get(f"{key}-data") and self.get(key):
            raise self.fault(key, f"there are both {key} and {key}-data", "remove one of the two")
        if self.get(f"{key}-data"):
            return bytes(self[f"{key}-data"])
        path = self.path(key)
        try:
            return path.read_bytes() if path else None
        except (OSError, ValueError) as error:
            raise self.fault(key, f"{key}: cannot read {path}: {reason(error)}") from error

    def program(self) -> str:
        """Returns the command of an exec plugin; one with a slash is relative to the kubeconfig."""
        command = str(self.get("command") or "")
        return str((self.file.parent / command).absolute()) if "/" in command else command


def reason(error: Exception) -> str:
    """Returns what the operating system says, without the path."""
    return getattr(error, "strerror", None) or str(error)


def fault(file: Path, line: int | None, what: str, hint: str = "") -> UsageError:
    """Returns the error about a line of a kubeconfig, or about the whole of it."""
    where = f"{file}:{line}" if line else f"{file}"
    return UsageError(f"kubeconfig {where}: {what}", hint=hint)


def plain(value: Any) -> Any:
    """Returns a value as a kubeconfig elsewhere has it: bytes in base64, paths absolute."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, list):
        return [plain(item) for item in value]
    if not isinstance(value, Fields):
        return value
    found = {key: plain(inner) for key, inner in value.items()}
    found |= {key: str(value.path(key).absolute()) for key in FILES if value.get(key)}  # type: ignore[union-attr]
    return {**found, "command": value.program()} if "command" in value else found
