"""A small server whose answers each test defines, and a client that talks to it."""

import asyncio

from aiohttp import web
from aiohttp.test_utils import TestServer

from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import Access


def talk(handler, conversation, path="/{rest:.*}"):
    """Returns the result of `conversation(api)` against a server with this one handler."""

    async def scene():
        application = web.Application()
        application.router.add_route("*", path, handler)
        async with TestServer(application) as server:
            access = Access(str(server.make_url("")).rstrip("/"), None, lambda: "Bearer secret")
            async with Api(access, "test/1") as api:
                return await conversation(api)

    return asyncio.run(scene())


def answering(status, body):
    async def handler(_):
        return web.json_response(body, status=status)

    return handler
