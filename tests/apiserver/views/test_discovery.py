"""Tests discovery: groups, versions and resources of built-in and custom kinds."""

import pytest

from kuscia_conformance.apiserver.apimachinery.kinds import PLAIN, Kind, Strategy
from kuscia_conformance.apiserver.views import discovery
from kuscia_conformance.apiserver.views.versions import version_order

BUILT_IN = discovery.built_in_kinds({})


def custom(group, version, name, *, namespaced=True, subs=(), **more):
    plural = f"{name.lower()}s"
    verbs, subs = frozenset(discovery.VERBS), frozenset(subs)
    names = (group, version, plural, name.lower(), name, namespaced, f"{name}List")
    return Kind(*names, verbs=verbs, subresources=subs, definition={}, **more)


KUSCIA = [
    custom("kuscia.secretflow", "v1alpha1", name, namespaced=namespaced, subs=subs, **more)
    for name, namespaced, subs, more in [
        ("KusciaTask", True, ["status"], {"short_names": ("kt",)}),
        ("AppImage", False, [], {"short_names": ("aimg",)}),
        ("Domain", False, ["status"], {}),
        ("TaskResource", True, [], {"short_names": ("tr",)}),
        ("TaskResourceGroup", False, ["status"], {"short_names": ("trg",)}),
    ]
]
#: The ETags of kube-apiserver 1.34.4 for its aggregated lists with these five kinds installed.
ETAGS = {
    True: "4D7E1BED90B364BC86049DD9E636494980AEF65B7F8CFAA267616FA062B514A8"
    "A3CC2C2851CC9337B8D28B4C80960E2353DE5E0B152E87CC223E02EA3C5C37AC",
    False: "345F94E71F2D5B5A816D8E690DD0076E0E721592A94DF6E56D354DFAEF573EDB"
    "BD2F12F73B3ADA7ACC24E5D9ABA339DFCE56F68B28FE72427BABBFE91D92EDEA",
}


def kind(plural, group=""):
    return next(kind for kind in BUILT_IN if (kind.group, kind.plural) == (group, plural))


def resources(kinds, group, version):
    found = discovery.api_resource_list(kinds, group, version)
    assert found is not None
    return {resource["name"]: resource for resource in found["resources"]}


@pytest.mark.parametrize("core", [True, False])
def test_the_aggregated_list_has_the_etag_of_a_real_server(core):
    found = discovery.aggregated(BUILT_IN + KUSCIA, core=core)
    assert discovery.etag(found) == f'"{ETAGS[core]}"'


def test_the_resources_of_a_definition_are_listed_with_their_subresources():
    by_name = resources(BUILT_IN + KUSCIA, "kuscia.secretflow", "v1alpha1")
    verbs = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"]
    assert by_name["kusciatasks"] == {
        "name": "kusciatasks",
        "singularName": "kusciatask",
        "namespaced": True,
        "kind": "KusciaTask",
        "verbs": verbs,
        "shortNames": ["kt"],
        "storageVersionHash": "n9hHLm86yoc=",
    }
    assert by_name["domains/status"] == {
        "name": "domains/status",
        "singularName": "",
        "namespaced": False,
        "kind": "Domain",
        "verbs": ["get", "patch", "update"],
    }
    assert len(by_name) == 8


def test_the_scale_subresource_is_in_the_group_autoscaling():
    scaled = [custom("a.test", "v1", "A", subs=["scale"])]
    assert resources(scaled, "a.test", "v1")["as/scale"] == {
        "name": "as/scale",
        "singularName": "",
        "namespaced": True,
        "group": "autoscaling",
        "version": "v1",
        "kind": "Scale",
        "verbs": ["get", "patch", "update"],
    }


def test_the_resource_list_of_the_core_group_has_no_api_version():
    found = discovery.api_resource_list(BUILT_IN, "", "v1") or {}
    assert found.keys() == {"kind", "groupVersion", "resources"}
    assert "pods/eviction" in resources(BUILT_IN, "", "v1")


def test_a_group_prefers_its_most_stable_version():
    kinds = [custom("a.test", version, "A") for version in ("v1beta1", "foo", "v1", "v2alpha1")]
    found = discovery.api_group(kinds, "a.test") or {}
    assert [version["version"] for version in found["versions"]] == [
        "v1",
        "v1beta1",
        "v2alpha1",
        "foo",
    ]
    assert found["preferredVersion"] == {"groupVersion": "a.test/v1", "version": "v1"}


def test_custom_groups_come_after_built_in_ones_in_the_order_of_api_services():
    kinds = [
        custom("kuscia.test", "v1alpha1", "K"),
        custom("a.test", "v1beta1", "A"),
        custom("s.test", "v1", "S"),
        custom("v.test", "v1beta1", "V"),
        custom("v.test", "foo", "V"),
    ]
    groups = [group["name"] for group in discovery.api_group_list(kinds + BUILT_IN)["groups"]]
    assert groups[:2] == ["apiregistration.k8s.io", "apps"]
    assert groups[-5:] == [
        "flowcontrol.apiserver.k8s.io",
        "v.test",
        "s.test",
        "kuscia.test",
        "a.test",
    ]


def test_an_unknown_group_or_version_is_not_discovered():
    assert discovery.api_group(BUILT_IN, "nope") is None
    assert discovery.api_resource_list(BUILT_IN, "apps", "v7") is None


def test_the_core_versions_contain_the_address_of_the_server():
    found = discovery.api_versions("127.0.0.1:6443")
    assert found["versions"] == ["v1"]
    assert found["serverAddressByClientCIDRs"][0]["serverAddress"] == "127.0.0.1:6443"


def test_the_storage_version_hash_depends_on_the_stored_version():
    stored = custom("a.test", "v1", "A")
    served = custom("a.test", "v1beta1", "A", stored_version="v1")
    assert discovery.storage_version_hash(served) == discovery.storage_version_hash(stored)


def test_a_built_in_kind_has_its_names_verbs_and_subresources():
    pods = kind("pods")
    assert (pods.name, pods.list_name, pods.short_names) == ("Pod", "PodList", ("po",))
    assert {"status", "binding", "eviction", "log"} <= pods.subresources
    assert "watch" in pods.verbs
    assert kind("tokenreviews", "authentication.k8s.io").list_name == ""


def test_events_of_both_groups_are_the_same_objects():
    assert kind("events", "events.k8s.io").key == kind("events").key == ("", "events")


def test_a_kind_gets_the_strategy_that_is_passed_for_it():
    special = Strategy()
    kinds = discovery.built_in_kinds({("", "pods"): special})
    strategies = {(kind.group, kind.plural): kind.strategy for kind in kinds}
    assert strategies["", "pods"] is special
    assert strategies["", "nodes"] is PLAIN


def test_the_type_of_a_built_in_kind_has_the_fields_of_its_schema():
    assert {"spec", "status", "metadata"} <= kind("pods").type.fields.keys()


def test_versions_are_sorted_in_the_order_of_kubernetes():
    shuffled = ["v1", "foo10", "v3beta1", "v12alpha1", "bar", "v2", "v10beta3", "v11beta2", "v10"]
    assert sorted(shuffled, key=version_order) == [
        *("v10", "v2", "v1"),
        *("v11beta2", "v10beta3", "v3beta1"),
        *("v12alpha1", "bar", "foo10"),
    ]
