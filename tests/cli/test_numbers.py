"""Tests every option of every command that takes a number: it refuses what is no number."""

import click
import pytest
from click.testing import CliRunner

from kuscia_conformance.cli.main import cli

NUMBERS = [
    (name, option.opts[-1])
    for name, command in cli.commands.items()
    for option in command.params
    if isinstance(option.type, click.types.IntParamType | click.types.FloatParamType)
]


def test_the_options_that_take_a_number_are_found():
    assert ("serve", "--pace") in NUMBERS
    assert ("controller", "--leader-elect-retry-period") in NUMBERS


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "-1", "1e400", "9" * 30])
@pytest.mark.parametrize(("command", "option"), NUMBERS, ids=lambda each: each.lstrip("-"))
def test_an_option_refuses_what_is_no_number_of_its_range(command, option, value):
    done = CliRunner().invoke(cli, [command, option, value])
    assert done.exit_code == 2
    assert f"Invalid value for '{option}'" in done.output
