"""Tests that no kubeconfig, however damaged, gives more than one sentence about it."""

import asyncio
import re

import pytest
import yaml

from kuscia_conformance.errors import ApiError, ConformanceError, UsageError
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import read_access
from tests.apiserver.kubectl.finding import find_kubectl
from tests.inputs.damage import DAMAGES, damaged
from tests.kube.kubeconfigs import REFUSED, Config, by_kubectl, recorder

SEEDS = range(6 * len(DAMAGES))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with recorder(tmp_path_factory.mktemp("recorder")) as started:
        yield started


@pytest.fixture
def config(server, tmp_path):
    """Returns a kubeconfig with much in it: two contexts, a program, impersonation, extensions."""
    made = Config(server, tmp_path)
    made.cluster.update(extensions=[{"name": "e", "extension": {"a": [1, None]}}])
    made.user.update({"as": "jane", "as-groups": ["a"], "as-user-extra": {"k": ["v"]}})
    plugin = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "nowhere",
        "args": ["a"],
        "env": [{"name": "A", "value": "b"}],
        "interactiveMode": "Never",
    }
    made.content["users"] += [{"name": "second", "user": {"exec": plugin}}]
    second = {"name": "second", "context": {"cluster": "c", "user": "second"}}
    made.content["contexts"] += [second]
    return made


def asked(config):
    """Returns what the server was asked, or the error that is shown to the user."""

    async def ask():
        async with Api(read_access(config.file), "test") as api:
            await api.raw("/version")

    try:
        asyncio.run(asyncio.wait_for(ask(), 10))
    except ConformanceError as error:
        return error
    return config.recorder.taken()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_damaged_kubeconfig_is_read_or_refused_in_one_sentence(seed, config):
    config.file.write_bytes(damaged(config.text(), seed))
    found = asked(config)
    if isinstance(found, UsageError):
        assert re.match(rf"kubeconfig {config.file}(:\d+)?: \S", found.message)
        assert len(found.message) < 400
        assert found.message.isprintable()
    else:
        assert isinstance(found, ApiError) or found


@pytest.mark.parametrize("seed", SEEDS)
def test_a_damaged_kubeconfig_that_kubectl_reads_means_the_same_to_us(seed, config, request):
    if not request.config.getoption("full"):
        pytest.skip("runs with --full only")
    kubectl = find_kubectl() or pytest.skip("there is no kubectl")
    config.file.write_bytes(damaged(config.text(), seed))
    theirs = by_kubectl(kubectl, config)
    found = asked(config)
    assert theirs in (found, REFUSED)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ({"token": 1}, "users[0].user.token must be a string, and is a number"),
        ({"token": "a\nb"}, "the token has a line break or another control character"),
        ({"client-certificate": "gone"}, "client-certificate: cannot read "),
        ({"tokenFile": "gone"}, "cannot read the token from "),
        ({"auth-provider": {"name": "gcp"}}, "the auth-provider 'gcp' is not supported"),
    ],
)
def test_a_fault_is_told_with_its_line(damage, said, config):
    config.content["users"] = [{"name": "u", "user": damage}]
    lines = yaml.safe_dump(config.content, sort_keys=True).splitlines()
    number = 1 + next(n for n, text in enumerate(lines) if next(iter(damage)) + ":" in text)
    config.save()
    with pytest.raises(UsageError) as error:
        read_access(config.file)
    assert error.value.message.startswith(f"kubeconfig {config.file}:{number}: {said}")


@pytest.mark.parametrize("value", ["&a [*a]", "&a {a: *a}", "9" * 5000])
def test_a_field_of_any_content_may_refer_to_itself_or_be_long(value, config):
    config.cluster.update(extensions=[{"name": "e", "extension": "VALUE"}])
    config.file.write_text(config.text().replace("VALUE", value))
    found = asked(config)
    assert not isinstance(found, ConformanceError) or "more than 10000 values" in found.message
