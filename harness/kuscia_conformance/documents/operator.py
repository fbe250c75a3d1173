"""What an operator of an expected document is: a class that judges the actual value in its place.

`operators` has the operators.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from kuscia_conformance.documents.paths import Path, path_beside, value_at


class _Missing:
    """The type of MISSING, which stands for a value that is not there.

    It is not None: `null` in a document is a value, and operators can tell the two apart.
    """

    def __repr__(self) -> str:
        return "absent"


MISSING = _Missing()


@dataclass(frozen=True)
class Context:
    """What operators may use besides the value that they judge."""

    #: The names of the nodes of each domain, for `!node-of`.
    nodes: Mapping[str, Collection[str]] = field(default_factory=dict)
    #: The whole actual document, and the path of the value in it; set by `compare`.
    root: Any = None
    at: Path = ()

    def value_of(self, path: str) -> Any:
        """Returns the value at a path of the actual document; None if there is nothing.

        A path that begins with a dot names a neighbour of the value.
        """
        return value_at(self.root, path_beside(path, self.at))


@dataclass(frozen=True)
class Operator:
    """A value of an expected document that judges the actual value in its place.

    Subclasses are immutable, and compare equal if their arguments do.
    """

    #: For the table in fixtures/README.md: how an author writes the operator, what it asks for, and
    #: a document that it refuses.
    example: ClassVar[str]
    meaning: ClassVar[str]
    refuses: ClassVar[str]
    #: Whether its argument may contain operators.
    nests: ClassVar[bool] = False

    @classmethod
    @abstractmethod
    def read(cls, argument: Any) -> Self:
        """Returns the operator with that argument; a tag without one has None.

        Raises ValueError, with a text that follows the tag in a message, for a wrong argument.
        """

    @abstractmethod
    def accepts(self, value: Any, context: Context) -> bool:
        """Checks whether the actual value is as wanted. A value that is not there is MISSING."""

    @abstractmethod
    def wants(self) -> str:
        """Returns what was wanted, as a text for a failure."""
