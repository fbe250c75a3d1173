"""What tests in several rooms begin with."""

from kuscia_conformance.environment.settings import read_settings
from kuscia_conformance.pytest_plugin.options import chosen


def settings_of(given, ini=lambda _: ""):
    """The settings for what a command line gives, by key."""
    choice = chosen(given, ini)
    return read_settings(choice.texts, choice.given)
