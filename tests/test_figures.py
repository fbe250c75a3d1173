"""The layout of the product: small files, short functions, rooms that say what they are for."""

import ast

import pytest

from tests.figures import LINES, MEDIAN, NINTH, PRODUCT, measure

ROOMS = sorted({path.parent for path in PRODUCT.rglob("*.py")})


def test_the_product_is_no_larger_than_agreed():
    figures = measure()
    assert figures.median <= MEDIAN
    assert figures.ninth <= NINTH
    assert (figures.crowded, figures.large, figures.wide) == ((), (), ()), str(figures)
    assert figures.files > 300
    assert LINES == 400


@pytest.mark.parametrize(
    "room", ROOMS, ids=lambda room: room.relative_to(PRODUCT.parent).as_posix()
)
def test_a_room_says_what_comes_in_and_goes_out_and_what_it_must_not_know(room):
    text = ast.get_docstring(ast.parse((room / "__init__.py").read_text())) or ""
    words = " ".join(text.split())
    for part in ("Comes in:", "Goes out:", "must not know"):
        assert part in words
