"""Which failed requests are sent again, and after how many seconds: as client-go does.

    answer                         sent again     after
    429, or 5xx with Retry-After   always         Retry-After
    429 or 503 without it          always         1 s
    the connection broke           GET, DELETE    1 s
    anything else, or no answer    never

The rules are those of `rest/with_retry.go` in client-go, with two additions. Proxies and load
balancers send 503 without Retry-After. DELETE is repeated after a broken connection, because it is
idempotent (RFC 9110, section 9.2.2). Before that, aiohttp sends both once more without a pause,
because a server may have closed a connection that was idle.

No library: aiohttp-retry does not know Kubernetes' rules, nor a server in this process. tenacity
would replace only the loop in `client`.
"""

from __future__ import annotations

import logging
from asyncio import sleep
from collections.abc import Awaitable, Callable, Mapping

from kuscia_conformance.errors import ApiError, Unreachable
from kuscia_conformance.kube.objects import Obj, annotations_of, labels_of

log = logging.getLogger(__name__)

#: How often a request is sent again at most: `maxRetries` of client-go.
MOST = 10
#: The seconds before the next attempt, if the server does not say how many.
PAUSE = 1.0
#: A server that wants a longer pause, in seconds, is not waited for.
LONGEST = 30.0


async def persistent(
    attempt: Callable[[], Awaitable[Obj]], request: str, note: Callable[[str], None]
) -> Obj:
    """Returns what `attempt` returns, which is called again as long as the rules say so.

    `request` is the request's method and path. `note` gets a line for each further attempt. The
    attribute `maybe_done` of a raised ApiError says whether an earlier attempt may have succeeded.
    """
    retries, maybe_done = 0, False
    while True:
        try:
            return await attempt()
        except ApiError as error:
            error.maybe_done = maybe_done
            pause = pause_after(error, request.partition(" ")[0], retries)
            if pause is None:
                raise
            maybe_done = maybe_done or error.code != 429
            line = f"{request}: {_answer(error)}, tried again after {pause:g} s"
        note(line)
        log.warning("%s", line)
        retries += 1
        await sleep(pause)


def _answer(error: ApiError) -> str:
    return f"answered {error.code}: {error.message}" if error.code else error.message


def pause_after(error: ApiError, method: str, retries: int) -> float | None:
    """Returns the seconds after which the request is sent again; None if it is not.

    `retries` is how often it was sent again already.
    """
    if retries >= MOST:
        return None
    if isinstance(error, Unreachable):
        return PAUSE if error.broke and method in ("GET", "DELETE") else None
    pause = error.retry_after
    if pause is None and error.code in (429, 503):
        return PAUSE
    may = error.code == 429 or error.code >= 500
    return pause if may and pause is not None and pause <= LONGEST else None


def retry_after(headers: Mapping[str, str], status: Obj) -> float | None:
    """Returns the seconds of the header Retry-After, else those of a Status; None without any.

    As in client-go, a header with a date counts as none.
    """
    text = headers.get("Retry-After", "")
    if text.isdecimal():
        return float(text)
    seconds = (status.get("details") or {}).get("retryAfterSeconds")
    return float(seconds) if isinstance(seconds, int | float) and seconds > 0 else None


def is_same(there: Obj, sent: Obj) -> bool:
    """Returns whether the existing object has all labels and annotations that were sent.

    The server may have created the object although it answered 503. The labels and annotations tell
    that object from an older one of the same name. Without any, the object counts as an older one.
    """
    labels, annotations = labels_of(sent), annotations_of(sent)
    has_all = labels.items() <= labels_of(there).items()
    return bool(labels or annotations) and (
        has_all and annotations.items() <= annotations_of(there).items()
    )
