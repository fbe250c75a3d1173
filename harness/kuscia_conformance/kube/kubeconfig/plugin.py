"""Credentials from a program (`exec` in a kubeconfig), such as those of cloud providers.

The protocol is client.authentication.k8s.io: the program gets an ExecCredential in the variable
KUBERNETES_EXEC_INFO, and prints one with a token, a client certificate, or both. They are used
until they expire.
"""

from __future__ import annotations

import datetime
import json
import os
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kuscia_conformance.errors import ClusterError, UsageError
from kuscia_conformance.kube.kubeconfig.credentials import is_header
from kuscia_conformance.kube.kubeconfig.fields import Fields, plain
from kuscia_conformance.kube.kubeconfig.tls import Context, present

GROUP = "client.authentication.k8s.io"
VERSIONS = (f"{GROUP}/v1", f"{GROUP}/v1beta1")
MODES = ("Never", "IfAvailable", "Always")
#: How long a program may take that asks nothing on the terminal, in seconds.
PATIENCE = 60.0
#: After how many seconds the user is told what is waited for.
NOTICE = 3.0
_CONFIG = f"{GROUP}/exec"


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


@dataclass
class Plugin:
    """The program of a user. `authorization` runs it when its last credentials have expired."""

    exec: Fields
    cluster: Fields
    tls: Context
    now: Callable[[], datetime.datetime] = _now
    _token: str = ""
    _until: datetime.datetime | None = None
    _ran: bool = False

    def check(self) -> None:
        """Raises UsageError if the kubeconfig does not describe a program that can be run."""
        version, mode = self.exec.get("apiVersion"), self.exec.get("interactiveMode")
        if not self.exec.get("command"):
            raise self.exec.fault("command", "exec: there is no command")
        if version not in VERSIONS:
            what = f"exec: the apiVersion is {version or 'missing'}"
            raise self.exec.fault("apiVersion", what, f"it must be one of {', '.join(VERSIONS)}")
        if mode not in MODES and (mode or version == VERSIONS[0]):
            what = f"exec: the interactiveMode is {mode or 'missing'}"
            raise self.exec.fault("interactiveMode", what, f"it must be one of {', '.join(MODES)}")
        if mode == "Always" and not sys.stdin.isatty():
            what = "exec: the program wants to ask on a terminal, and there is none"
            raise self.exec.fault("interactiveMode", what)

    def authorization(self) -> str | None:
        """Returns the header, or None if the program gives only a certificate.

        Raises ClusterError if the program fails, or prints no credentials.
        """
        if not self._ran or (self._until and self._until <= self.now()):
            self._take(self._status(self._run()))
        return f"Bearer {self._token}" if self._token else None

    def _run(self) -> str:
        interactive = self.exec.get("interactiveMode") != "Never" and sys.stdin.isatty()
        waiting = threading.Timer(NOTICE, self._tell)
        waiting.start()
        try:
            done = subprocess.run(
                [self.exec.program(), *(self.exec.get("args") or ())],
                env={**os.environ, **self._variables(interactive)},
                stdin=None if interactive else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=None if interactive else subprocess.PIPE,
                timeout=None if interactive else PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise self._failed(f"has not ended for {PATIENCE:.0f} s") from error
        except (OSError, ValueError) as error:
            raise self._cannot_run(error) from error
        finally:
            waiting.cancel()
        if done.returncode:
            said = " ".join((done.stderr or b"").decode(errors="replace").split()[-60:])
            raise self._failed(f"exited with {done.returncode}{': ' + said if said else ''}")
        return done.stdout.decode(errors="replace")

    def _tell(self) -> None:
        where = f"{self.exec.file}:{self.exec.lines['command']}"
        sys.stderr.write(f"waiting for {self.exec['command']}, the program of {where}\n")

    def _cannot_run(self, error: Exception) -> UsageError:
        why = getattr(error, "strerror", None) or str(error)
        hint = self.exec.get("installHint") or "install it, or correct the command"
        return self.exec.fault("command", f"exec: cannot run {self.exec['command']}: {why}", hint)

    def _variables(self, interactive: bool) -> dict[str, str]:
        spec: dict[str, Any] = {"interactive": interactive}
        if self.exec.get("provideClusterInfo"):
            spec["cluster"] = _info(self.cluster)
        request = {"apiVersion": self.exec["apiVersion"], "kind": "ExecCredential", "spec": spec}
        given = {each.get("name", ""): each.get("value", "") for each in self.exec.get("env") or ()}
        return {**given, "KUBERNETES_EXEC_INFO": json.dumps(request)}

    def _status(self, printed: str) -> dict[str, Any]:
        try:
            answer = json.loads(printed)
        except (ValueError, RecursionError) as error:
            raise self._failed("printed something that is not JSON") from error
        version = answer.get("apiVersion") if isinstance(answer, dict) else None
        if version != self.exec["apiVersion"]:
            wanted = self.exec["apiVersion"]
            raise self._failed(f"printed the apiVersion {version!r}, and not {wanted!r}")
        status = answer.get("status")
        texts = status.values() if isinstance(status, dict) else ()
        if not texts or not all(isinstance(text, str) for text in texts):
            raise self._failed("printed no credentials")
        return dict(status)

    def _take(self, status: dict[str, str]) -> None:
        token, certificate = status.get("token", ""), status.get("clientCertificateData")
        if not (token or certificate):
            raise self._failed("printed neither a token nor a client certificate")
        if token and not is_header(token):
            raise self._failed("printed a token with a line break or another control character")
        if certificate:
            self._present(certificate, status.get("clientKeyData", ""))
        self._until = self._expiry(status.get("expirationTimestamp"))
        self._token, self._ran = token, True

    def _present(self, certificate: str, key: str) -> None:
        try:
            present(self.tls, certificate.encode(), key.encode())
        except (ssl.SSLError, ValueError) as error:
            raise self._failed("printed a client certificate or key that cannot be used") from error

    def _expiry(self, text: str | None) -> datetime.datetime | None:
        if not text:
            return None
        try:
            moment = datetime.datetime.fromisoformat(text)
        except ValueError as error:
            raise self._failed(f"printed the expirationTimestamp {text!r}, no time") from error
        return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)

    def _failed(self, what: str) -> ClusterError:
        name = self.exec["command"]
        where = f"{self.exec.file}:{self.exec.lines['command']}"
        hint = "try `kubectl version` with this kubeconfig, which runs the same program"
        return ClusterError(f"kubeconfig {where}: the program {name} {what}", hint=hint)


def _info(cluster: Fields) -> dict[str, Any]:
    """Returns the cluster as the program gets it."""
    found = {key: plain(cluster)[key] for key in cluster if key != "extensions"}
    found.pop("certificate-authority", None)
    if (authority := cluster.content("certificate-authority")) is not None:
        found["certificate-authority-data"] = authority
    for extension in cluster.get("extensions") or ():
        if extension.get("name") == _CONFIG:
            found["config"] = extension.get("extension")
    return {key: plain(value) for key, value in found.items()}
