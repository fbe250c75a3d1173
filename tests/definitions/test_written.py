"""Checks the definitions against the rules KT-001 to KT-018, TRG-001 to 003, TR-001 and 002."""

import pytest

from tests.definitions.given import CRDS, POD_TEMPLATES, definition, required, schema

AGES = ["StartTime", "CompletionTime"]
#: kind, short names, scope, subresources, columns after NAME
FACTS: dict[str, tuple[str, list[str], str, dict[str, object], list[str]]] = {
    "kusciatasks": (
        "KusciaTask", ["kt"], "Namespaced", {"status": {}},
        [*AGES, "LastReconcileTime", "Phase"],
    ),
    "appimages": ("AppImage", ["aimg"], "Cluster", {}, []),
    "taskresourcegroups": (
        "TaskResourceGroup", ["trg"], "Cluster", {"status": {}},
        ["MinReservedMembers", "Phase", *AGES, "LastTransitionTime"],
    ),
    "taskresources": (
        "TaskResource", ["tr"], "Namespaced", {},
        ["MinReservedPods", "Phase", *AGES, "LastTransitionTime"],
    ),
    "domains": ("Domain", [], "Cluster", {"status": {}}, []),
}  # fmt: skip

TEMPLATE, IMAGE_TEMPLATE = POD_TEMPLATES["kusciatasks"], POD_TEMPLATES["appimages"]
REQUIRED = [
    ("kusciatasks", "", {"metadata", "spec"}),
    ("kusciatasks", "spec", {"initiator", "parties", "taskInputConfig"}),
    ("kusciatasks", "spec.scheduleConfig", set()),
    ("kusciatasks", "spec.parties[]", {"domainID", "appImageRef"}),
    ("kusciatasks", "spec.parties[].bandwidthLimits[]", {"destinationID", "limitKBps"}),
    ("kusciatasks", f"{TEMPLATE}.containers[]", {"name", "workingDir"}),
    ("kusciatasks", f"{TEMPLATE}.containers[].ports[]", {"name"}),
    ("kusciatasks", f"{TEMPLATE}.containers[].configVolumeMounts[]", {"mountPath", "subPath"}),
    ("kusciatasks", "status", set()),
    ("kusciatasks", "status.conditions[]", {"type", "status"}),
    ("kusciatasks", "status.partyTaskStatus[]", {"domainID"}),
    ("kusciatasks", "status.allocatedPorts[]", {"domainID"}),
    ("appimages", "", {"metadata", "spec"}),
    ("appimages", "spec", {"image", "deployTemplates"}),
    ("appimages", "spec.image", {"name", "tag"}),
    ("appimages", "spec.deployTemplates[]", {"name", "spec"}),
    ("appimages", "spec.deployTemplates[].networkPolicy", {"ingresses"}),
    ("appimages", "spec.deployTemplates[].networkPolicy.ingresses[]", {"from", "ports"}),
    ("taskresourcegroups", "spec", {"initiator", "minReservedMembers"}),
    ("taskresourcegroups", "status", {"phase"}),
    ("taskresources", "spec", {"minReservedPods"}),
    ("taskresources", "status", {"phase"}),
]


def fields(node, path=()):
    """Yields the path and the schema of every field."""
    yield path, node
    for name, below in node.get("properties", {}).items():
        yield from fields(below, (*path, name))
    for key in ("items", "additionalProperties"):
        if key in node:
            yield from fields(node[key], (*path, "[]"))


def test_there_is_one_definition_for_each_of_the_five_resources():
    assert {path.stem for path in CRDS.iterdir()} == set(FACTS)


@pytest.mark.parametrize("plural", FACTS)
def test_a_definition_has_the_required_names_scope_and_columns(plural):
    kind, short, scope, subresources, columns = FACTS[plural]
    spec = definition(plural)
    [version] = spec["versions"]
    assert spec["group"] == "kuscia.secretflow"
    assert spec["scope"] == scope
    assert spec["names"]["kind"] == kind
    assert spec["names"]["listKind"] == f"{kind}List"
    assert spec["names"]["plural"] == plural
    assert spec["names"]["singular"] == kind.lower()
    assert spec["names"].get("shortNames", []) == short
    assert (version["name"], version["served"], version["storage"]) == ("v1alpha1", True, True)
    assert version.get("subresources", {}) == subresources
    shown = version.get("additionalPrinterColumns", [])
    assert [column["name"] for column in shown] == columns


@pytest.mark.parametrize("plural", FACTS)
def test_a_printer_column_shows_the_field_of_its_name(plural):
    [version] = definition(plural)["versions"]
    for column in version.get("additionalPrinterColumns", []):
        path = column["jsonPath"].removeprefix(".")
        field = schema(plural, path)
        is_time = field.get("format") == "date-time"
        assert path.split(".")[-1].lower() == column["name"].lower()
        assert column["type"] == ("date" if is_time else field["type"])


@pytest.mark.parametrize(("plural", "path", "names"), REQUIRED)
def test_each_schema_has_the_required_fields_of_the_rules(plural, path, names):
    assert required(plural, path) == names


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("podStatuses", {"namespace", "podName", "podPhase"}),
        ("serviceStatuses", {"namespace", "serviceName"}),
    ],
)
def test_pod_and_service_statuses_have_the_required_fields_of_the_rules(field, names):
    entry = schema("kusciatasks", f"status.{field}")["additionalProperties"]
    assert set(entry["required"]) == names


def test_the_pod_template_is_the_same_in_task_and_app_image():
    assert schema("kusciatasks", TEMPLATE) == schema("appimages", IMAGE_TEMPLATE)


def test_a_party_has_a_restart_policy_at_the_place_that_the_page_uses():
    assert schema("kusciatasks", "spec.parties[].template.restartPolicy")["type"] == "string"


@pytest.mark.parametrize(("plural", "template"), POD_TEMPLATES.items())
def test_a_port_has_one_of_three_protocols_and_one_of_three_scopes(plural, template):
    port = schema(plural, f"{template}.containers[].ports[]")["properties"]
    assert port["protocol"]["enum"] == ["HTTP", "GRPC", "TCP"]
    assert port["scope"]["enum"] == ["Cluster", "Domain", "Local"]


@pytest.mark.parametrize("plural", FACTS)
def test_only_protocol_and_scope_of_a_port_have_defaults(plural):
    defaults = {
        p[-1]: field["default"] for p, field in fields(schema(plural)) if "default" in field
    }
    has_ports = plural in POD_TEMPLATES
    assert defaults == ({"protocol": "HTTP", "scope": "Local"} if has_ports else {})


@pytest.mark.parametrize(
    ("plural", "path"),
    [
        ("kusciatasks", "spec.scheduleConfig.minReservedMembers"),
        ("taskresourcegroups", "spec.minReservedMembers"),
        ("taskresources", "spec.minReservedPods"),
    ],
)
def test_the_minimum_of_reserved_members_and_pods_is_one(plural, path):
    assert schema(plural, path)["minimum"] == 1


@pytest.mark.parametrize("plural", FACTS)
def test_no_list_has_a_list_type(plural):
    for path, field in fields(schema(plural)):
        assert "x-kubernetes-list-type" not in field, path
