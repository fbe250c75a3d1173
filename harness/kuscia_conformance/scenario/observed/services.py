"""The services of a domain, and the pods to which each service leads.

A service leads to the pods that its selector matches. Without a selector, the controller has to
write the endpoints itself, and these name the pods.
"""

from __future__ import annotations

from collections.abc import Sequence

from kuscia_conformance.environment.journal import Version
from kuscia_conformance.errors import FeatureError, choice
from kuscia_conformance.kube.objects import (
    ENDPOINTS,
    PODS,
    SERVICES,
    Obj,
    labels_of,
    name_of,
    namespace_of,
)
from kuscia_conformance.scenario.observed.pods import pods_of
from kuscia_conformance.scenario.scenario import Scenario

COLUMNS = ("service", "port", "leads to")


def await_services(scenario: Scenario, domain: str, table: Sequence[Sequence[str]]) -> None:
    """Waits until the domain's services are exactly those of the table.

    The first row of the table are headings, some of COLUMNS. Raises FeatureError for others.
    """
    __tracebackhide__ = True
    headings, *rows = table
    for heading in headings:
        if heading not in COLUMNS:
            raise FeatureError(f"there is no column {heading!r}", hint=choice(heading, COLUMNS))
    wanted = sorted(" → ".join(row) for row in rows)

    def found() -> list[str]:
        latest = scenario.history.latest(SERVICES).values()
        mine = [service for service in latest if namespace_of(service.object) == domain]
        cells = [described(scenario, service) for service in mine]
        return sorted(" → ".join(each[heading] for heading in headings) for each in cells)

    def text() -> str:
        return f"expected: {'; '.join(wanted) or 'none'}\nactual:   {'; '.join(found()) or 'none'}"

    scenario.expect.until(lambda: found() == wanted or None, scenario.timeouts.pods, text)


def await_own_services(scenario: Scenario, who: str, ports: Sequence[int]) -> None:
    """Waits until there are pods, and each has services for exactly these ports that no other has.

    Fails the check with the services of the pods where they differ.
    """
    __tracebackhide__ = True
    wanted = ", ".join(sorted(map(str, ports)))

    def wrong() -> list[str] | None:
        found = {v.key: _own(scenario, v) for v in pods_of(scenario, who)}
        differ = [f"{key} has {text or 'none'}" for key, text in found.items() if text != wanted]
        return differ or (None if found else ["it has no pods"])

    def text() -> str:
        expected = f"each pod of {who} has services of its own for {wanted}"
        return f"expected: {expected}\nactual:   {'; '.join(wrong() or ())}"

    scenario.expect.until(lambda: wrong() is None or None, scenario.timeouts.pods, text)


def _own(scenario: Scenario, pod: Version) -> str:
    """Returns the ports of the services that lead to the pod, and with whom it shares them."""
    latest = scenario.history.latest(SERVICES).values()
    there = [each for each in latest if namespace_of(each.object) == namespace_of(pod.object)]
    mine = ((service, leads_to(scenario, service)) for service in there)
    name = name_of(pod.object)
    found = [
        (_port(scenario, service, pods), [pod for pod in pods if pod != name])
        for service, pods in mine
        if name in pods
    ]
    return ", ".join(
        f"{port} shared with {', '.join(others)}" if others else port
        for port, others in sorted(found)
    )


def described(scenario: Scenario, service: Version) -> dict[str, str]:
    """Returns the service's cells by COLUMNS; the port is its first one."""
    pods = leads_to(scenario, service)
    cells = (name_of(service.object), _port(scenario, service, pods), ", ".join(pods) or "nowhere")
    return dict(zip(COLUMNS, cells, strict=True))


def _port(scenario: Scenario, service: Version, pods: Sequence[str]) -> str:
    """Returns the number of the service's port; also what it is in the pods, if that differs.

    A declared number is that of the service and of the container (VW-12).
    """
    port = service.object["spec"]["ports"][0]
    latest, namespace = scenario.history.latest(PODS), namespace_of(service.object)
    there = [found for name in pods if (found := latest.get(f"{namespace}/{name}"))]
    targets = {_target(pod.object, port) for pod in there} - {port["port"]}
    protocol = port.get("protocol", "TCP")
    number = str(port["port"]) if protocol == "TCP" else f"{port['port']}/{protocol}"
    return " → ".join([number, *(str(target or "no port") for target in sorted(targets))])


def _target(pod: Obj, port: Obj) -> int:
    """Returns the number to which a service's port leads in a pod; 0 for a name that it lacks."""
    target = port.get("targetPort") or port["port"]
    containers = pod["spec"]["containers"]
    named = {p.get("name"): p["containerPort"] for c in containers for p in c.get("ports") or ()}
    return target if isinstance(target, int) else int(named.get(target, 0))


def leads_to(scenario: Scenario, service: Version) -> list[str]:
    """Returns the names of the pods to which the service leads, sorted."""
    selector = service.object["spec"].get("selector")
    if not selector:
        return endpoints(scenario, service)
    pods = scenario.history.latest(PODS).values()
    return sorted(
        name_of(pod.object)
        for pod in pods
        if namespace_of(pod.object) == namespace_of(service.object)
        and selector.items() <= labels_of(pod.object).items()
    )


def endpoints(scenario: Scenario, service: Version) -> list[str]:
    """Returns the pods that the service's endpoints name, sorted; `?` for an unnamed target."""
    found = scenario.history.latest(ENDPOINTS).get(service.key)
    subsets = (found.object.get("subsets") or []) if found else []
    addresses = [address for subset in subsets for address in subset.get("addresses") or []]
    return sorted((address.get("targetRef") or {}).get("name", "?") for address in addresses)
