"""Tests the layout of the product: file sizes, function lengths, and docstrings of rooms."""

import ast

import pytest

from tests.figures import LINES, MEDIAN, NINTH, PRODUCT, measure

ROOMS = sorted({path.parent for path in PRODUCT.rglob("*.py")})


def test_files_functions_and_rooms_are_within_their_limits():
    figures = measure()
    assert figures.median <= MEDIAN
    assert figures.ninth <= NINTH
    assert (figures.crowded, figures.large, figures.wide) == ((), (), ()), str(figures)
    assert figures.files > 300
    assert LINES == 400


@pytest.mark.parametrize(
    "room", ROOMS, ids=lambda room: room.relative_to(PRODUCT.parent).as_posix()
)
def test_the_docstring_of_a_room_names_inputs_outputs_and_limits(room):
    text = ast.get_docstring(ast.parse((room / "__init__.py").read_text())) or ""
    words = " ".join(text.split())
    for part in ("Comes in:", "Goes out:", "must not know"):
        assert part in words
