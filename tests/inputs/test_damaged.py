"""240 damaged inputs, the same ones each time: each is valid all the same, or refused in words.

Nothing else may happen: no other exception than UsageError, which is shown without a traceback and
ends a run with exit code 2. Kubeconfigs have a test of their own.
"""

from itertools import chain, cycle
from random import Random

import pytest
from pytest_bdd.steps import step_function_context_registry

from kuscia_conformance.documents import load_document, load_manifests
from kuscia_conformance.environment.setup_manifests import read_task_defaults, with_defaults
from kuscia_conformance.errors import UsageError
from kuscia_conformance.features.folders import suite_folder
from kuscia_conformance.kube.objects import name_of
from kuscia_conformance.pytest_plugin.options import OPTIONS
from kuscia_conformance.steps import definitions
from tests.given import settings_of
from tests.inputs.damage import DAMAGES, OF_WORDS, STRANGE, STRANGE_NAMES, damaged
from tests.inputs.given import FEATURE, as_bytes, mistakes, written

FIXTURES = suite_folder("fixtures")
TASK_DEFAULTS = "metadata:\n  labels: {team: a, part: b}\n  annotations:\n    note: some text\n"
STEPS = '''
from pytest_bdd import parsers, then, when

@when(parsers.parse('my step has "{word}"'))
def _(scenario, word):
    """When my step has "x"."""

@then(parsers.re(r"my (?P<what>\\w+) is (?P<value>\\d+)"))
def _(scenario, what, value):
    """Then my x is 1."""
'''
WITH_STEPS = FEATURE.replace("    And the pods of <who> finish\n", '    And my step has "x"\n')


#: Every second damage is one of words.
WAYS = tuple(chain.from_iterable(zip(DAMAGES, cycle(OF_WORDS), strict=False)))


def each(count):
    """Runs a test with so many seeds."""
    return pytest.mark.parametrize("seed", range(count))


def refused_or(value, *arguments):
    """Returns what the function returns, or the text of its UsageError."""
    try:
        return value(*arguments)
    except UsageError as error:
        return str(error)


def samples(*patterns):
    """Returns texts of the suite's own documents, or of its manifests."""
    found = sorted(path for pattern in patterns for path in FIXTURES.rglob(pattern))
    texts = [path.read_text() for path in found]
    return [text for text in texts if 2 < text.count("\n") < 60]


@each(60)
def test_a_damaged_feature_is_valid_or_refused(tmp_path, seed):
    random = Random(seed)
    features = sorted(suite_folder("features").rglob("*.feature"))
    text = random.choice([FEATURE, random.choice(features).read_text()])
    found = refused_or(mistakes, written(tmp_path, damaged(text, seed, WAYS)))
    assert all(problem.strip() for problem in found)


@each(70)
def test_a_damaged_document_is_valid_or_refused(tmp_path, seed):
    random = Random(seed)
    text = random.choice(samples("*.status.yaml", "*.pod.yaml", "*.group.yaml"))
    path = written(tmp_path, document=damaged(text, seed, WAYS))
    refused_or(mistakes, path)
    refused_or(load_document, path.with_name("mine.status.yaml"))


@each(40)
def test_a_damaged_manifest_is_valid_or_refused(tmp_path, seed):
    random = Random(seed)
    path = tmp_path / "mine.yaml"
    text = random.choice(samples("*task.yaml", "*image.yaml", "*-psi.yaml"))
    path.write_bytes(damaged(text, seed, WAYS))
    refused_or(mistakes, path)
    found = refused_or(load_manifests, path)
    assert isinstance(found, str) or all(name_of(manifest) for manifest in found)


@each(20)
def test_damaged_task_defaults_are_valid_or_refused(tmp_path, seed):
    path = tmp_path / "defaults.yaml"
    path.write_bytes(damaged(TASK_DEFAULTS, seed, WAYS))
    found = refused_or(read_task_defaults, path)
    if not isinstance(found, str):
        assert with_defaults({"metadata": {"name": "x"}}, found)["metadata"]["name"] == "x"


@each(40)
def test_a_damaged_option_is_valid_or_refused(tmp_path, monkeypatch, seed):
    monkeypatch.chdir(tmp_path)
    random = Random(seed)
    given = {}
    for option in random.sample(OPTIONS, 2):
        text = random.choice(
            [*STRANGE, *STRANGE_NAMES, option.default + random.choice(STRANGE_NAMES)]
        )
        given[option.key] = [text] if option.multiple else text
    refused_or(settings_of, given)


@pytest.fixture
def own_steps():
    """Takes the steps of a conftest.py out of pytest-bdd's registry at the end."""
    definitions()  # loads those of the suite, which have to stay
    known = set(step_function_context_registry)
    yield
    for step in set(step_function_context_registry) - known:
        del step_function_context_registry[step]


@each(10)
def test_damaged_steps_of_an_author_are_valid_or_refused(tmp_path, own_steps, seed):
    (tmp_path / "conftest.py").write_bytes(as_bytes(damaged(STEPS, seed, WAYS)))
    refused_or(mistakes, written(tmp_path, WITH_STEPS))
