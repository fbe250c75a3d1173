"""Helpers for the tests of several rooms."""

from kuscia_conformance.environment.settings import read_settings
from kuscia_conformance.pytest_plugin.options import chosen


def settings_of(given, ini=lambda _: ""):
    """Returns the settings for the options of a command line, given by key."""
    choice = chosen(given, ini)
    return read_settings(choice.texts, choice.given)
