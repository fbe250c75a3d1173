"""Tests that a kubeconfig means for us what it means for kubectl: who asks, and by which way."""

import asyncio
import json

import pytest

from kuscia_conformance.errors import ApiError, ConformanceError
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import read_access
from tests.apiserver.kubectl.finding import find_kubectl
from tests.kube.kubeconfigs import ANSWERS, CASES, REFUSED, VARIABLES, by_kubectl, made, recorder

RECORDED = json.loads(ANSWERS.read_text())


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with recorder(tmp_path_factory.mktemp("recorder")) as started:
        yield started


@pytest.fixture(scope="module")
def kubectl(request):
    if not request.config.getoption("full"):
        pytest.skip("runs with --full only")
    return find_kubectl() or pytest.skip("there is no kubectl")


@pytest.fixture
def config(request, server, tmp_path, monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    config = made(request.param, server, tmp_path)
    for name, value in config.environment.items():
        monkeypatch.setenv(name, value)
    return config


def by_us(config):
    async def ask():
        path = None if config.listed else config.file
        async with Api(read_access(path, config.context), "test") as api:
            await api.raw("/version")

    try:
        asyncio.run(ask())
    except ApiError:
        return REFUSED
    except ConformanceError as error:
        one_line = str(config.folder) in error.message and "\n" not in error.message
        return REFUSED if one_line else error.message
    return config.recorder.taken()


@pytest.mark.parametrize("config", CASES, indirect=True)
def test_a_kubeconfig_means_what_it_means_for_kubectl(config, request):
    assert by_us(config) == RECORDED[request.node.callspec.params["config"]]


@pytest.mark.parametrize("config", CASES, indirect=True)
def test_kubectl_does_what_was_recorded(config, request, kubectl):
    assert by_kubectl(kubectl, config) == RECORDED[request.node.callspec.params["config"]]
