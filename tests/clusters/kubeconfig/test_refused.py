"""Tests what is noted of a user's cluster that does not let a run begin."""

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import yaml

from kuscia_conformance.clusters import ClusterOptions, cluster
from kuscia_conformance.clusters.run_folder import expected_objects
from kuscia_conformance.errors import ApiError


@contextmanager
def server(code):
    """Yields the URL of a server that answers to /version, and has only this code for the rest."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            self.send_response(200 if self.path == "/version" else code)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_GET = do_POST = answer

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as serving:
        Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()


@pytest.mark.parametrize(("code", "noted"), [(403, False), (500, True)])
def test_objects_are_expected_only_where_the_lease_may_have_been_taken(code, noted, tmp_path):
    with server(code) as url:
        content = {
            "clusters": [{"name": "c", "cluster": {"server": url}}],
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": ""}}],
            "current-context": "c",
        }
        file = tmp_path / "config"
        file.write_text(yaml.safe_dump(content))
        options = ClusterOptions(f"kubeconfig:{file}", tmp_path, tmp_path)
        with pytest.raises(ApiError), cluster(options):
            pytest.fail("the cluster was used")
    assert (expected_objects(tmp_path) is not None) == noted
