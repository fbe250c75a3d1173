"""From a request to its answer: authenticates the user, and calls the handler for the path.

`handle` is the whole server for its transports (`http`). It never raises: every error becomes an
answer with the text that Kubernetes uses.
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

#: The largest body, in bytes; a larger one is answered with 413. The limit of kube-apiserver.
LARGEST_BODY = 3 * 1024 * 1024


async def handle(server: Server, request: Request) -> Answer:
    """Returns the answer to a request; never raises, because every error becomes an answer.

    Unknown is answered with 404 in plain text, and a StatusError with its code and its Status as
    JSON. Any other error is a bug of this server: it is logged, and answered with 500.
    """
    try:
        server.authenticate(request)
        server.hear(request)
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
    before, server.writer.dropped_status = server.store.version, False
    answer = resources.answer(server, server.registry.target(request.path), request)
    is_stored = server.store.version != before
    if request.method != "GET" and (is_stored or server.writer.dropped_status):
        server.remember(request, before)
        if server.pace and is_stored:
            await asyncio.sleep(server.pace)
    return answer
