"""Inside a pod: what its container can read. Needs `@needs:exec`."""

from __future__ import annotations

import orjson
from pytest_bdd import parsers, then

from harness import documents
from harness.documents import Context
from harness.objects import Obj, name_of, namespace_of
from harness.orders import containers
from harness.scenario import Scenario
from harness.steps.pods import WHO, whom


@then(parsers.re(rf'the file "(?P<path>/[^"]+)" in {WHO} matches "(?P<file>[^"]+)"'))
def _(scenario: Scenario, path: str, who: str, file: str) -> None:
    """Then the file "/work/task.json" in the pods of alice matches "task.yaml": as JSON."""
    __tracebackhide__ = True
    document = documents.load_document(scenario.files.find(file))
    pods = scenario.pods(whom(who))
    if not pods:
        scenario.fail(f"expected: {path} in {who}\nactual:   there is no such pod")
    for version in pods:
        text = read(scenario, version.real, path)
        try:
            found = orjson.loads(text)
        except orjson.JSONDecodeError:
            scenario.fail(f"expected: JSON in {path} of {version.key}\nactual:   {text}")
        if mismatches := documents.compare(document, found, Context(nodes=scenario.nodes)):
            scenario.fail(f"{path} in {version.key}\n{documents.render(mismatches)}")


def read(scenario: Scenario, pod: Obj, path: str) -> str:
    """The file's content in the pod's first container, in the scenario's own names."""
    name, namespace, container = name_of(pod), namespace_of(pod) or "", containers(pod)
    api = scenario.connection.api
    text = scenario.connection.run(api.exec(name, namespace, next(iter(container)), ["cat", path]))
    return str(scenario.names.incoming(text))
