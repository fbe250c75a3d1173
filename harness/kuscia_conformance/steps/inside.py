"""Inside a pod: the files that its container can read. Needs `@needs:exec`."""

from __future__ import annotations

from pytest_bdd import then

from kuscia_conformance import documents
from kuscia_conformance.features import parsers
from kuscia_conformance.features.comparisons import compares, document_of
from kuscia_conformance.scenario.observed.inside import require_file
from kuscia_conformance.scenario.observed.pods import WHO, whom
from kuscia_conformance.scenario.scenario import Scenario


@then(parsers.re(rf'the file "(?P<path>/[^"]+)" in {WHO} matches "(?P<file>[^"]+)"'))
@compares(document_of("file"))
def _(scenario: Scenario, path: str, pods: str, file: str) -> None:
    """Then the file "/work/task.json" in the pods of alice matches "task.yaml".

    The file in the container has to be JSON. It is compared with the document in every pod.
    """
    __tracebackhide__ = True
    require_file(scenario, whom(pods), path, documents.load_document(scenario.files.find(file)))
