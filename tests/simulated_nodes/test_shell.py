"""Tests the parser of shell scripts, and echo and printf."""

import pytest

from kuscia_conformance.simulated_nodes.shell import commands, echo, printf


def words(script, variables=None):
    return [command.words(variables) for command in commands(script)]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("", []),
        ("a b; c", [["a", "b"], ["c"]]),
        ("a&&b||c\n\nd;", [["a"], ["b"], ["c"], ["d"]]),
        ("echo 'a; b' \"c && d\" e\\;f", [["echo", "a; b", "c && d", "e;f"]]),
        ("echo 'it'\"'\"'s'", [["echo", "it's"]]),
        ("echo '' x", [["echo", "", "x"]]),
        ("a # b; c\nd#e", [["a"], ["d#e"]]),
        ("a \\\n b", [["a", "b"]]),
        ("a >/tmp/x 2>&1 b", [["a", "b"]]),
    ],
)
def test_a_script_is_split_into_commands_and_words(script, expected):
    assert words(script) == expected


@pytest.mark.parametrize("script", ["echo 'a", 'echo "a', "echo a >", "echo \\"])
def test_an_incomplete_script_is_refused(script):
    with pytest.raises(ValueError, match="not understood"):
        words(script)


@pytest.mark.parametrize("script", ["a | b", "a & b", "a < b"])
def test_pipes_background_jobs_and_input_redirections_are_unclear(script):
    assert [command.unclear for command in commands(script)] == [True]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("$A", "1"),
        ("x${A}y", "x1y"),
        ('"$A $B"', "1 "),
        ("'$A'", "$A"),
        ('"\\$A"', "$A"),
        ("\\$A", "$A"),
        ("$?", "3"),
    ],
)
def test_variables_are_replaced_outside_single_quotes(word, expected):
    assert words(f"echo {word}", {"A": "1", "?": "3"}) == [["echo", expected]]


def test_unknown_variables_are_not_replaced():
    assert words('echo $A "${B}"') == [["echo", "$A", "${B}"]]


@pytest.mark.parametrize(
    ("script", "streams"),
    [
        ("a", {"1": "&1", "2": "&2"}),
        ("a >f", {"1": "f", "2": "&2"}),
        ("a 2> 'f g'", {"1": "&1", "2": "f g"}),
        ("a >f 2>&1", {"1": "f", "2": "f"}),
        ("a 2>&1 >f", {"1": "f", "2": "&1"}),
        ("a >&2", {"1": "&2", "2": "&2"}),
    ],
)
def test_redirections_are_applied_in_their_order(script, streams):
    assert [command.streams for command in commands(script)] == [streams]


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        ([], "\n"),
        (["a", "b"], "a b\n"),
        (["-n", "a"], "a"),
        (["a\\n"], "a\\n\n"),
        (["-ne", "a\\n"], "a\n"),
        (["-x"], "-x\n"),
    ],
)
def test_echo_prints_its_arguments(arguments, printed):
    assert echo(arguments) == printed


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (["a\\n"], "a\n"),
        (["%s", "a b\\n"], "a b\\n"),
        (["%s=%d\\n", "a", "1", "b", "2"], "a=1\nb=2\n"),
        (["%s=%d;", "a"], "a=0;"),
        (["100%%"], "100%"),
        (["a", "left over"], "a"),
    ],
)
def test_printf_formats_its_arguments(arguments, printed):
    assert printf(arguments) == printed
