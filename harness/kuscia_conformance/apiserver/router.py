"""From a request to its answer: who asks, which handler answers, what is said if none can.

`handle` is the server as its transports (`http`) see it. It raises nothing: every error becomes an
answer, worded as Kubernetes words it.
"""

from __future__ import annotations

import asyncio
import logging

from kuscia_conformance.apiserver.apimachinery.registry import Unknown
from kuscia_conformance.apiserver.apimachinery.request import (
    Answer,
    Request,
    page_not_found,
    refused,
)
from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError, bad_request
from kuscia_conformance.apiserver.handlers import endpoints, resources
from kuscia_conformance.apiserver.server import Server

log = logging.getLogger(__name__)

#: The largest body, in bytes, that a server reads.
LARGEST_BODY = 3 * 1024 * 1024


async def handle(server: Server, request: Request) -> Answer:
    """Returns the answer, also where the request cannot be understood; raises nothing."""
    try:
        server.authenticate(request)
        return await _route(server, request)
    except Unknown:
        return page_not_found()
    except StatusError as refusal:
        return refused(refusal)
    except RecursionError:
        return refused(bad_request("the document is nested too deeply"))
    except Exception:
        log.exception("%s %s: a bug", request.method, request.path)
        message = "Internal error occurred: a bug of the embedded server; see its log"
        return refused(StatusError(500, "InternalError", message))


async def _route(server: Server, request: Request) -> Answer:
    if len(request.body) > LARGEST_BODY:
        text = f"Request entity too large: limit is {LARGEST_BODY}"
        raise StatusError(413, "RequestEntityTooLarge", text)
    answer = endpoints.answer(server, request)
    if answer is not None:
        return answer
    before = server.store.version
    answer = resources.answer(server, server.registry.target(request.path), request)
    if request.method != "GET" and server.store.version != before:
        server.remember(request, before)
        if server.pace:
            await asyncio.sleep(server.pace)
    return answer
