"""Tests what a new domain gets, and when, on a virtual clock."""

from __future__ import annotations

import asyncio

from kuscia_conformance.clusters import borrowed_nodes
from kuscia_conformance.clusters.inventory import settled
from kuscia_conformance.kube.kuscia import DOMAIN_LABEL, ROLE_LABEL
from kuscia_conformance.kube.objects import CONFIG_MAPS, NAMESPACES, NODES, labels_of
from tests.simulated_nodes.virtual import NODE, virtually


async def serves(api):
    return labels_of(await api.get(NODES, NODE)).get(DOMAIN_LABEL)


def test_a_domain_gets_its_nodes_a_second_after_it_is_there():
    async def scene(api):
        making = asyncio.create_task(borrowed_nodes.make_domain(api, "alice", [NODE], "run"))
        await asyncio.sleep(borrowed_nodes.NODES_COME / 2)
        await api.get(NAMESPACES, "alice")
        before = await serves(api)
        await making
        return before, await serves(api)

    assert virtually(scene) == (None, "alice")


def test_a_partner_is_marked_also_where_there_is_no_definition_of_domains():
    async def scene(api):
        await borrowed_nodes.make_domain(api, "carol", [NODE], "run")
        await borrowed_nodes.make_partner(api, "carol")
        return labels_of(await api.get(NAMESPACES, "carol"))[ROLE_LABEL]

    assert virtually(scene) == "partner"


def test_what_a_controller_makes_for_every_domain_belongs_to_the_inventory():
    """It comes some seconds after the domain, one object after the other."""

    async def give(api):
        for number in range(3):
            await asyncio.sleep(0.7)
            metadata = {"name": f"of-every-domain-{number}", "namespace": "alice"}
            await api.create(CONFIG_MAPS, {"metadata": metadata})

    async def scene(api):
        await api.create(NAMESPACES, {"metadata": {"name": "alice"}})
        giving = asyncio.create_task(give(api))
        found = await settled(api, "alice", [])
        await giving
        return found

    assert virtually(scene) == [f"ConfigMap alice/of-every-domain-{n}" for n in range(3)]
