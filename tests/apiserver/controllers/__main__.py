"""`python -m tests.apiserver.controllers KUBECONFIG owners` records what a real collector does.

With `services` instead of `owners` it records which Endpoints and EndpointSlices services get. The
cluster needs kube-controller-manager. What the cases create stays in it, so use one that ends.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import orjson
import urllib3
import yaml

from kuscia_conformance.kube.kubeconfig import Access, read_access
from kuscia_conformance.kube.objects import Obj
from tests.apiserver.controllers import owners, services
from tests.apiserver.controllers.owners import Send

#: For how long nothing may change before the cases count as settled, in seconds. A collector that
#: tries again waits longer each time, and looks for new kinds every 30 seconds.
QUIET = 40.0


def _sender(access: Access) -> Send:
    pool = urllib3.PoolManager(ssl_context=access.tls)

    def send(method: str, path: str, body: Obj | None) -> Obj:
        headers = {"Authorization": access.authorization() or ""}
        merges = method == "PATCH"
        headers["Content-Type"] = f"application/{'merge-patch+' if merges else ''}json"
        content = None if body is None else orjson.dumps(body)
        answer = pool.request(method, access.server + path, body=content, headers=headers)
        obj: Obj = orjson.loads(answer.data)
        return obj

    return send


def _settle(state: Callable[[], object]) -> None:
    last, since = state(), time.monotonic()
    while time.monotonic() - since < QUIET:
        time.sleep(1)
        if (now := state()) != last:
            last, since = now, time.monotonic()


if __name__ == "__main__":
    cases = {"owners": owners, "services": services}[sys.argv[2]]
    # In `services`, what has no further parts stands on one line.
    flow = None if cases is services else False
    found = cases.play(_sender(read_access(sys.argv[1])), _settle)
    cases.RECORDED.write_text(
        yaml.safe_dump(found, sort_keys=False, width=100, default_flow_style=flow)
    )
