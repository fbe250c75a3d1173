"""Kubeconfigs that kubectl reads or refuses, and a server that records who asks, by which way.

`kubeconfigs.json` has what kubectl did with each of them; `python -m tests.kube.kubeconfigs` writes
it again.
"""

import base64
import datetime
import http.server
import json
import os
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kuscia_conformance.clusters.credentials import write_certificates
from tests.apiserver.kubectl.finding import find_kubectl

ANSWERS = Path(__file__).with_suffix(".json")
REFUSED = "refused"
VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "KUBECONFIG")

V1 = "client.authentication.k8s.io/v1"
NAME = "cluster.invalid"  # a name that only a proxy can resolve


@dataclass
class Recorder:
    """A server with TLS, and a proxy for it (HTTP and SOCKS5). `seen` has what they were asked."""

    folder: Path
    seen: list[object] = field(default_factory=list)
    port: int = 0
    proxy: int = 0

    def taken(self):
        """Returns what was asked since the last call, as JSON has it, and without the port."""
        seen = json.dumps(self.seen).replace(f":{self.port}", ":PORT")
        self.seen.clear()
        return json.loads(seen)


@contextmanager
def recorder(folder):
    """Yields a Recorder; its folder has ca.crt, client.crt and client.key."""
    write_certificates(folder)
    write_client(folder)
    made = Recorder(folder)
    server = _server(made)
    tunnels = socket.create_server(("127.0.0.1", 0))
    made.port, made.proxy = server.server_port, tunnels.getsockname()[1]
    threads = [
        threading.Thread(target=server.serve_forever, daemon=True),
        threading.Thread(target=_tunnel_all, args=(made, tunnels), daemon=True),
    ]
    for thread in threads:
        thread.start()
    yield made
    server.shutdown()
    server.server_close()
    tunnels.shutdown(socket.SHUT_RDWR)
    tunnels.close()


def write_client(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "joe")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "client.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    for file, how in (
        ("client.key", serialization.NoEncryption()),
        ("locked.key", serialization.BestAvailableEncryption(b"secret")),
    ):
        form = serialization.PrivateFormat.PKCS8
        pem = key.private_bytes(serialization.Encoding.PEM, form, how)
        (folder / file).write_bytes(pem)


def _server(made):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            certificate = self.connection.getpeercert() or {}
            names = [value for ((_, value),) in certificate.get("subject", ())]
            asked = [
                (name.lower(), value)
                for name, value in self.headers.items()
                if name.lower() == "authorization" or name.lower().startswith("impersonate-")
            ]
            made.seen.append((self.path.partition("?")[0], sorted(asked), names))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_):
            pass

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, *_):
            pass

    server = Server(("127.0.0.1", 0), Handler)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(made.folder / "tls.crt", made.folder / "tls.key")
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_verify_locations(made.folder / "client.crt")
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    return server


def _tunnel_all(made, listener):
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_tunnel, args=(made, client), daemon=True).start()


def _tunnel(made, client):
    """Records where a client wants to go, and connects it to the recorder, wherever that is."""
    first = client.recv(1, socket.MSG_PEEK)
    target = _socks(client) if first == b"\x05" else _connect(client)
    if not target:
        client.close()
        return
    made.seen.append(("proxy", target))
    server = socket.create_connection(("127.0.0.1", made.port))
    threading.Thread(target=_copy, args=(client, server), daemon=True).start()
    _copy(server, client)


def _connect(client):
    head = b""
    while b"\r\n\r\n" not in head:
        if not (got := client.recv(4096)):
            return ""
        head += got
    method, target, *_ = head.split()
    user = [line for line in head.decode().split("\r\n") if line.startswith("Proxy-Authorization")]
    client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    return " ".join([method.decode(), target.decode(), *user])


def _socks(client):
    client.recv(257)
    client.sendall(b"\x05\x00")
    kind = client.recv(4)[3]
    if kind == 3:
        name = client.recv(client.recv(1)[0]).decode()
    else:
        name = socket.inet_ntoa(client.recv(4))
    (port,) = struct.unpack(">H", client.recv(2))
    client.sendall(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
    return f"SOCKS {name}:{port}"


def _copy(source, target):
    try:
        while got := source.recv(65536):
            target.sendall(got)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


@dataclass
class Config:
    """A kubeconfig in a folder, which a case changes before it is read."""

    recorder: Recorder
    folder: Path

    def __post_init__(self):
        self.file = self.folder / "config"
        self.environment = {}
        self.context = None
        #: The files that $KUBECONFIG names, if the file is not named itself.
        self.listed = None
        authority = base64.b64encode((self.recorder.folder / "ca.crt").read_bytes()).decode()
        self.cluster: dict[str, Any] = {
            "server": f"https://127.0.0.1:{self.recorder.port}",
            "certificate-authority-data": authority,
        }
        self.user: dict[str, object] = {"token": "secret"}
        self.content: dict[str, Any] = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "c", "cluster": self.cluster}],
            "users": [{"name": "u", "user": self.user}],
            "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
            "current-context": "x",
        }

    def text(self):
        return yaml.safe_dump(self.content)

    def save(self, encoding="utf-8"):
        self.file.write_text(self.text(), encoding=encoding)

    def named(self):
        """Lets the server have a name that only a proxy knows."""
        self.cluster["server"] = f"https://{NAME}:{self.recorder.port}"
        self.cluster["tls-server-name"] = "localhost"

    def of(self, name):
        return self.recorder.folder / name

    def data(self, name):
        return base64.b64encode(self.of(name).read_bytes()).decode()

    def exec(self, code, **more):
        program = self.folder / "plugin"
        program.write_text(f"#!/bin/sh\n{code}\n")
        program.chmod(0o755)
        self.user.clear()
        given = {"command": "./plugin", "apiVersion": V1, "interactiveMode": "Never", **more}
        self.user["exec"] = given

    def answer(self, **status):
        return json.dumps({"apiVersion": V1, "kind": "ExecCredential", "status": status})


def user(**fields):
    """Returns a case in which the user has these fields only."""

    def case(config):
        config.user.clear()
        config.user.update({name.replace("_", "-"): value for name, value in fields.items()})

    return case


def more(**fields):
    """Returns a case in which the user has these fields beside the token."""
    return lambda config: config.user.update(
        {name.replace("_", "-"): value for name, value in fields.items()}
    )


def cluster(**fields):
    return lambda config: config.cluster.update(
        {name.replace("_", "-"): value for name, value in fields.items()}
    )


CASES = {}


def case(name):
    def add(function):
        CASES[name] = function
        return function

    return add


CASES["a token"] = user(token="secret")
CASES["a password"] = user(username="joe", password="pass")
CASES["a user name alone"] = user(username="joe")
CASES["a password in any script"] = user(username="jösé", password="密码")
CASES["a token and a password"] = more(username="joe", password="pass")
CASES["as"] = more(**{"as": "jane"})
CASES["as, all of it"] = more(
    **{
        "as": "jane",
        "as-uid": "42",
        "as-groups": ["a", "b"],
        "as-user-extra": {"Reason": ["v", "w"], "acme.com/project": ["z"]},
    }
)
CASES["groups without a user"] = more(as_groups=["a"])
CASES["a uid without a user"] = more(as_uid="a")
CASES["a token that is a number"] = user(token=123)
CASES["a token that is a date"] = lambda config: raw(config, "secret", "2024-01-01")
CASES["a token that is a time"] = lambda config: raw(config, "secret", "12:30:45")
CASES["no user"] = lambda config: config.content.pop("users") and None
CASES["skipping is no bool"] = cluster(**{"insecure-skip-tls-verify": "true"})
CASES["skipping and an authority"] = cluster(**{"insecure-skip-tls-verify": True})
CASES["authority is no base64"] = cluster(**{"certificate-authority-data": "%%"})
CASES["authority is cut off"] = cluster(**{"certificate-authority-data": "YWJjZ"})
CASES["authority is no PEM"] = cluster(**{"certificate-authority-data": "YQ=="})
CASES["the server's name"] = cluster(**{"tls-server-name": "kubernetes.default"})
CASES["another server's name"] = cluster(**{"tls-server-name": "other.invalid"})
CASES["a server with a slash"] = lambda config: config.cluster.update(
    server=config.cluster["server"] + "/"
)
CASES["a server with a path"] = lambda config: config.cluster.update(
    server=config.cluster["server"] + "/k8s/clusters/c-1"
)
CASES["a server with a bad port"] = cluster(server="https://127.0.0.1:port")
CASES["a server of another scheme"] = cluster(server="ftp://127.0.0.1:1")
CASES["a proxy without a scheme"] = cluster(**{"proxy-url": "127.0.0.1:1"})
CASES["a proxy of socks4"] = cluster(**{"proxy-url": "socks4://127.0.0.1:1"})
CASES["a proxy of socks5h"] = cluster(**{"proxy-url": "socks5h://127.0.0.1:1"})
CASES["a key without a certificate"] = more(**{"client-key-data": "YQ=="})
CASES["a certificate without a key"] = user(**{"client-certificate-data": "YQ=="})
CASES["files that do not exist"] = user(client_certificate="nosuch", client_key="nosuch")
CASES["a token's file that does not exist"] = user(tokenFile="nosuch")
CASES["an exec without apiVersion"] = user(exec={"command": "true", "interactiveMode": "Never"})
CASES["an exec without a mode"] = user(exec={"command": "true", "apiVersion": V1})
CASES["an exec that does not exist"] = user(
    exec={"command": "no-such-program", "apiVersion": V1, "interactiveMode": "Never"}
)
CASES["an exec without a terminal"] = user(
    exec={"command": "true", "apiVersion": V1, "interactiveMode": "Always"}
)


def raw(config, old, new):
    """Replaces text of the file itself."""
    config.text = lambda text=config.text: text().replace(old, new)


@case("a token's file with a newline")
def _(config):
    (config.folder / "token").write_text("from-a-file\n")
    user(tokenFile="token")(config)


@case("a token's file beside a token")
def _(config):
    (config.folder / "token").write_text("from-a-file\n")
    more(tokenFile="token")(config)


@case("a token's file that does not exist, beside a token")
def _(config):
    more(tokenFile="nosuch")(config)


@case("client certificate by files")
def _(config):
    for name in ("client.crt", "client.key"):
        (config.folder / name).write_bytes(config.of(name).read_bytes())
    user(client_certificate="client.crt", client_key="client.key")(config)


@case("client certificate by data")
def _(config):
    certificate, key = config.data("client.crt"), config.data("client.key")
    user(**{"client-certificate-data": certificate, "client-key-data": key})(config)


@case("client certificate by data and by a file")
def _(config):
    certificate, key = config.data("client.crt"), config.data("client.key")
    user(**{"client-certificate-data": certificate, "client-key-data": key})(config)
    more(client_certificate="nosuch")(config)


@case("client key with a password")
def _(config):
    certificate, key = config.data("client.crt"), config.data("locked.key")
    user(**{"client-certificate-data": certificate, "client-key-data": key})(config)


@case("client key of another certificate")
def _(config):
    certificate, key = config.data("client.crt"), config.data("tls.key")
    user(**{"client-certificate-data": certificate, "client-key-data": key})(config)


@case("authority by a file")
def _(config):
    (config.folder / "ca.crt").write_bytes(config.of("ca.crt").read_bytes())
    del config.cluster["certificate-authority-data"]
    cluster(**{"certificate-authority": "ca.crt"})(config)


@case("authority by a file that does not exist")
def _(config):
    del config.cluster["certificate-authority-data"]
    cluster(**{"certificate-authority": "ca.crt"})(config)


@case("no authority")
def _(config):
    del config.cluster["certificate-authority-data"]


@case("skipping, and no authority")
def _(config):
    del config.cluster["certificate-authority-data"]
    cluster(**{"insecure-skip-tls-verify": True})(config)


@case("exec")
def _(config):
    config.exec(f"echo '{config.answer(token='from-a-program')}'")


def printing(token):
    """Returns a shell command that prints credentials with a token, in which variables count."""
    answer = {"apiVersion": V1, "kind": "ExecCredential", "status": {"token": "TOKEN"}}
    return f"printf '%s\\n' '{json.dumps(answer)}' | sed \"s/TOKEN/{token}/\""


@case("exec with environment and arguments")
def _(config):
    config.exec(printing("$A-$1"), args=["b"], env=[{"name": "A", "value": "a"}])


@case("exec with the cluster's information")
def _(config):
    token = "$(echo $KUBERNETES_EXEC_INFO | grep -o tls-server-name[^,}]* | tr -dc a-z)"
    config.exec(printing(token), provideClusterInfo=True)
    config.cluster["tls-server-name"] = "localhost"


@case("exec with a certificate")
def _(config):
    parts = [config.of(f"client.{part}").read_text() for part in ("crt", "key")]
    answer = config.answer(clientCertificateData=parts[0], clientKeyData=parts[1])
    (config.folder / "answer").write_text(answer)
    config.exec('cat "$(dirname "$0")/answer"')


@case("exec that fails")
def _(config):
    config.exec("echo no login >&2; exit 3")


@case("exec that prints no JSON")
def _(config):
    config.exec("echo hello")


@case("exec that prints another version")
def _(config):
    config.exec('echo \'{"apiVersion": "v1", "status": {"token": "a"}}\'')


@case("exec that prints no credentials")
def _(config):
    config.exec(f"echo '{config.answer()}'")


@case("proxy-url on loopback")
def _(config):
    cluster(**{"proxy-url": f"http://127.0.0.1:{config.recorder.proxy}"})(config)


@case("proxy-url with a password")
def _(config):
    cluster(**{"proxy-url": f"http://joe:pass@127.0.0.1:{config.recorder.proxy}"})(config)


@case("proxy-url for a name")
def _(config):
    config.named()
    cluster(**{"proxy-url": f"http://127.0.0.1:{config.recorder.proxy}"})(config)


@case("proxy-url of socks5")
def _(config):
    config.named()
    cluster(**{"proxy-url": f"socks5://127.0.0.1:{config.recorder.proxy}"})(config)


@case("proxy-url of socks5 on loopback")
def _(config):
    cluster(**{"proxy-url": f"socks5://127.0.0.1:{config.recorder.proxy}"})(config)


def environment(name, target="127.0.0.1", scheme="http://", **variables):
    def add(config):
        if target != "127.0.0.1":
            config.named()
        proxy = f"{scheme}127.0.0.1:{config.recorder.proxy}"
        config.environment = {"HTTPS_PROXY": proxy, **variables}

    CASES[name] = add


environment("HTTPS_PROXY on loopback")
environment("HTTPS_PROXY for a name", NAME)
environment("HTTPS_PROXY without a scheme", NAME, scheme="")
environment("HTTPS_PROXY of socks5", NAME, scheme="socks5://")
environment("NO_PROXY is the name", NAME, NO_PROXY=f"a.b, {NAME}")
environment("NO_PROXY is a suffix", NAME, NO_PROXY=".invalid")
environment("NO_PROXY is a suffix without a dot", NAME, NO_PROXY="invalid")
environment("NO_PROXY is the name with a dot", NAME, NO_PROXY=f".{NAME}")
environment("NO_PROXY is a part of a label", NAME, NO_PROXY="nvalid")
environment("NO_PROXY is all", NAME, NO_PROXY="*")
environment("NO_PROXY is another port", NAME, NO_PROXY=f"{NAME}:1")
environment("NO_PROXY with a wildcard", NAME, NO_PROXY="*.invalid")


def network(name, excepted):
    def add(config):
        config.cluster["server"] = f"https://198.51.100.7:{config.recorder.port}"
        config.cluster["tls-server-name"] = "localhost"
        proxy = f"http://127.0.0.1:{config.recorder.proxy}"
        config.environment = {"HTTPS_PROXY": proxy, "NO_PROXY": excepted}

    CASES[name] = add


network("NO_PROXY is another network", "198.51.200.0/24")
network("NO_PROXY is another address", "198.51.100.8")


@case("UTF-8 with a byte order mark")
def _(config):
    config.save = lambda: type(config).save(config, "utf-8-sig")


@case("CRLF")
def _(config):
    config.save = lambda: config.file.write_bytes(config.text().replace("\n", "\r\n").encode())


@case("JSON")
def _(config):
    config.text = lambda: json.dumps(config.content)


@case("a field that kubectl does not know")
def _(config):
    config.content["clusters"][0]["cluster"]["bogus"] = {"a": [1, 2]}
    config.content["preferences"] = {"colors": True}


@case("a key that occurs twice")
def _(config):
    config.text = lambda text=config.text: text() + "current-context: nosuch\n"


@case("two documents")
def _(config):
    config.text = lambda text=config.text: text() + "---\nkind: Pod\n"


@case("without apiVersion and kind")
def _(config):
    del config.content["apiVersion"], config.content["kind"]


@case("another kind")
def _(config):
    config.content["kind"] = "Pod"


@case("another version")
def _(config):
    config.content["apiVersion"] = "v2"


@case("two clusters of one name")
def _(config):
    config.content["clusters"] *= 2


@case("two users of one name, of which none is used")
def _(config):
    config.content["users"] += [{"name": "v", "user": {}}] * 2


@case("another context")
def _(config):
    config.content["users"].append({"name": "v", "user": {"token": "other"}})
    context = {"name": "second", "context": {"cluster": "c", "user": "v"}}
    config.content["contexts"].append(context)
    config.context = "second"


@case("a name that YAML takes for true")
def _(config):
    raw(config, "name: u", "name: y")


@case("a name in quotes that YAML would take for true")
def _(config):
    raw(config, "name: u", "name: 'y'")
    raw(config, "user: u", "user: 'y'")


@case("a context that does not exist")
def _(config):
    config.context = "y"


@case("a context without a cluster")
def _(config):
    del config.content["contexts"][0]["context"]["cluster"]


@case("a cluster that does not exist")
def _(config):
    config.content["contexts"][0]["context"]["cluster"] = "d"


@case("a user that does not exist")
def _(config):
    config.content["contexts"][0]["context"]["user"] = "v"


@case("a number for the name of a context")
def _(config):
    config.content["current-context"] = 1


@case("clusters is no list")
def _(config):
    config.content["clusters"] = {"c": config.cluster}


def listed(config, *names):
    config.listed = ":".join(str(config.folder / name) for name in names)


@case("KUBECONFIG with one file")
def _(config):
    listed(config, "config")


@case("KUBECONFIG with a file that does not exist")
def _(config):
    listed(config, "nosuch", "config")


@case("KUBECONFIG with three files: the first of a name decides")
def _(config):
    first = {"users": [{"name": "u", "user": {"token": "first"}}]}
    last = {"current-context": "nosuch", "users": [{"name": "u", "user": {"token": "last"}}]}
    (config.folder / "first").write_text(yaml.safe_dump(first))
    (config.folder / "last").write_text(yaml.safe_dump(last))
    listed(config, "first", "config", "last")


@case("KUBECONFIG with files in two folders: paths are relative to each")
def _(config):
    (config.folder / "b").mkdir()
    (config.folder / "b" / "token").write_text("of-b\n")
    second = {"users": [{"name": "v", "user": {"tokenFile": "token"}}]}
    (config.folder / "b" / "config").write_text(yaml.safe_dump(second))
    config.content["contexts"][0]["context"]["user"] = "v"
    listed(config, "config", "b/config")


@case("KUBECONFIG with a broken file")
def _(config):
    (config.folder / "broken").write_text("a: [")
    listed(config, "config", "broken")


@case("UTF-16")
def _(config):
    config.save = lambda: type(config).save(config, "utf-16")


@case("UTF-16, little-endian, without a byte order mark")
def _(config):
    config.save = lambda: type(config).save(config, "utf-16-le")


@case("an empty file")
def _(config):
    config.text = lambda: ""


@case("not YAML")
def _(config):
    config.text = lambda: "a: ["


@case("not a mapping")
def _(config):
    config.text = lambda: "- 1"


@case("a folder")
def _(config):
    config.save = config.file.mkdir


@case("no file")
def _(config):
    config.save = lambda: None


def by_kubectl(kubectl, config):
    """Returns what the server was asked by kubectl, or REFUSED."""
    command = [kubectl, "get", "--raw", "/version", "--request-timeout", "5s"]
    command += [] if config.listed else ["--kubeconfig", config.file]
    command += ["--context", config.context] if config.context else []
    clean = {name: text for name, text in os.environ.items() if name.upper() not in VARIABLES}
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        env={**clean, **config.environment, "HOME": str(config.folder)},
        check=False,
        capture_output=True,
    )
    seen = config.recorder.taken()
    return seen if done.returncode == 0 else REFUSED


def made(name, server, folder):
    """Returns the kubeconfig of a case, written into the folder."""
    config = Config(server, folder)
    CASES[name](config)
    config.save()
    if config.listed:
        config.environment["KUBECONFIG"] = config.listed
    return config


def main():
    kubectl = find_kubectl() or sys.exit("there is no kubectl")
    with tempfile.TemporaryDirectory() as name, recorder(Path(name)) as server:
        answers = {}
        for number, case_name in enumerate(CASES):
            folder = Path(name) / str(number)
            folder.mkdir()
            answers[case_name] = by_kubectl(kubectl, made(case_name, server, folder))
    lines = [f"{json.dumps(name)}: {json.dumps(answer)}" for name, answer in answers.items()]
    ANSWERS.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
