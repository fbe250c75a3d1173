"""Tests that the embedded server answers as kube-apiserver does, except for listed differences."""

import asyncio

import pytest

from kuscia_conformance.clusters import ClusterOptions, cluster
from kuscia_conformance.features.folders import (
    suite_folder,
)
from kuscia_conformance.kube.kubeconfig import read_access
from tests.apiserver.questions.ask import ask, custom_kinds
from tests.apiserver.questions.compare import compare, complaints
from tests.apiserver.questions.files import answers_of, differences, keep_answers, kept, questions

QUESTIONS = {question.name: question for question in questions()}


@pytest.fixture(scope="module")
def asked(request, tmp_path_factory):
    """Yields a runner and the access to the server.

    It is the embedded server, or kube-apiserver with --record-questions or --ask-real.
    """
    options = request.config.option
    kind = "controlplane" if options.record_questions or options.ask_real else "embedded"
    work = tmp_path_factory.mktemp("questions")
    crds = suite_folder("fixtures") / "crds"
    with asyncio.Runner() as runner, cluster(ClusterOptions(kind, crds, work)) as made:
        access = read_access(made.kubeconfig)
        kinds = custom_kinds(access)
        runner.run(kinds.__aenter__())
        yield runner, access
        runner.run(kinds.__aexit__(None, None, None))


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_answers_equal_those_of_kube_apiserver(name, asked, request):
    runner, access = asked
    options = request.config.option
    answers = runner.run(ask(access, QUESTIONS[name]))
    if options.record_questions:
        keep_answers(name, answers)
    known = () if options.ask_real or options.record_questions else differences()
    wrong = complaints(name, compare(answers_of(name) or [], answers), known)
    assert not wrong, "\n" + "\n".join(wrong)


def test_exactly_the_known_questions_have_recorded_answers():
    assert kept() == set(QUESTIONS)


def test_every_listed_difference_belongs_to_a_known_question():
    assert {each.question for each in differences()} <= set(QUESTIONS)
