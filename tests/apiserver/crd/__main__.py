"""`python -m tests.apiserver.crd KUBECONFIG` records the answers of a real server.

The suite's definitions must be installed on the server. Definitions that the server refuses are
sent as dry runs. The definitions of `published.yaml` are installed for the time of the recording.
"""

from __future__ import annotations

import asyncio
import lzma
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import yaml

from kuscia_conformance.kube.kubeconfig import Access, read_access
from kuscia_conformance.kube.objects import Obj, name_of
from tests.apiserver.crd.cases import DOCUMENTS, PUBLISHED, REFUSED, definition, published, refused

DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
#: The number of attempts to read a document, and the pause between them in seconds: 30 s in all.
LOOKS, PAUSE = 60, 0.5


@dataclass
class Server:
    """A client of the recorded server."""

    session: aiohttp.ClientSession
    access: Access

    async def ask(self, method: str, path: str, body: Obj | None = None) -> Any:
        """Returns the JSON of the answer, or None if the server answers 404."""
        authorization = self.access.authorization()
        async with self.session.request(
            method,
            f"{self.access.server}{path}",
            json=body,
            headers={"Authorization": authorization} if authorization else {},
            ssl=self.access.tls or False,
        ) as reply:
            return None if reply.status == 404 else await reply.json()


async def main(kubeconfig: Path) -> None:
    """Records the refusals and the OpenAPI documents of the server of this kubeconfig."""
    async with aiohttp.ClientSession() as session:
        server = Server(session, read_access(kubeconfig))
        answers = {title: await _refused(server, case) for title, case in refused().items()}
        REFUSED.write_text(yaml.safe_dump(answers, sort_keys=False, width=1000))
        found = await _installed(server)
        text = orjson.dumps(found, option=orjson.OPT_SORT_KEYS)
        DOCUMENTS.write_bytes(lzma.compress(text, preset=9))


async def _refused(server: Server, case: Obj) -> Obj:
    wrong = definition(**case["differs"])
    status = await server.ask("POST", f"{DEFINITIONS}?dryRun=All", wrong)
    causes = status.get("details", {}).get("causes", [])
    listed = [[cause["field"], cause["reason"], cause["message"]] for cause in causes]
    return {"differs": case["differs"], "causes": listed}


async def _installed(server: Server) -> dict[str, Any]:
    definitions = list(yaml.safe_load_all(PUBLISHED.read_text()))
    try:
        for each in definitions:
            await server.ask("POST", DEFINITIONS, each)
        return {name: await _document(server, name) for name in published()}
    finally:
        for each in definitions:
            await server.ask("DELETE", f"{DEFINITIONS}/{name_of(each)}")


async def _document(server: Server, group_version: str) -> Any:
    for _ in range(LOOKS):
        found = await server.ask("GET", f"/openapi/v3/apis/{group_version}")
        if found is not None:
            return found
        await asyncio.sleep(PAUSE)
    raise TimeoutError(group_version)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
