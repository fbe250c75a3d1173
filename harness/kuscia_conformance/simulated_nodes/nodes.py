"""What a kubelet says of its node: the Node object when it registers, and a Lease ever after."""

from __future__ import annotations

from datetime import datetime

from kuscia_conformance.kube.objects import Obj, micro_time_text, name_of, time_text, uid_of

#: The suite may use these nodes, and no machine is behind them.
POOL = "conformance.kuscia.secretflow/pool"
SIMULATED = "conformance.kuscia.secretflow/simulated"
LEASE_NAMESPACE = "kube-node-lease"
#: A kubelet's own: how long its word is good for, and how often it renews it, in seconds.
LEASE_SECONDS, RENEW_SECONDS = 40, 10
#: What the API server puts on every new node until a controller finds it ready.
NOT_READY_TAINT = "node.kubernetes.io/not-ready"
_SIZE = {"cpu": "16", "memory": "64Gi", "ephemeral-storage": "100Gi", "pods": "110"}
#: The conditions of a node that is well: type, status, reason, message.
_WELL = (
    ("MemoryPressure", "False", "KubeletHasSufficientMemory", "has sufficient memory available"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure", "has no disk pressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID", "has sufficient PID available"),
    ("Ready", "True", "KubeletReady", "is posting ready status"),
)


def names(count: int) -> list[str]:
    return [f"simulated-{number}" for number in range(1, count + 1)]


def address(number: int) -> str:
    """The node's own address: of a net that is kept for documentation (RFC 5737)."""
    return f"192.0.2.{number % 254 + 1}"


def node(name: str, number: int, now: datetime, version: str) -> Obj:
    """A Node that is ready; `version` is the control plane's."""
    labels = {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        POOL: "true",
        SIMULATED: "true",
    }
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels},
        "spec": {"providerID": f"simulated://{name}"},
        "status": {
            "capacity": _SIZE,
            "allocatable": _SIZE,
            "addresses": [
                {"type": "InternalIP", "address": address(number)},
                {"type": "Hostname", "address": name},
            ],
            "conditions": [_condition(now, *row) for row in _WELL],
            "nodeInfo": _info(name, version),
        },
    }


def _condition(now: datetime, kind: str, status: str, reason: str, message: str) -> Obj:
    return {
        "type": kind,
        "status": status,
        "reason": reason,
        "message": f"kubelet {message}",
        "lastHeartbeatTime": time_text(now),
        "lastTransitionTime": time_text(now),
    }


def _info(name: str, version: str) -> Obj:
    return {
        "architecture": "amd64",
        "bootID": name,
        "containerRuntimeVersion": "simulated://1",
        "kernelVersion": "simulated",
        "kubeProxyVersion": "",
        "kubeletVersion": version,
        "machineID": name,
        "operatingSystem": "linux",
        "osImage": "simulated",
        "systemUUID": name,
    }


def lease(owner: Obj, now: datetime) -> Obj:
    """The node's first Lease; renewing changes `renewTime` alone."""
    reference = {"apiVersion": "v1", "kind": "Node", "name": name_of(owner), "uid": uid_of(owner)}
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {
            "name": name_of(owner),
            "namespace": LEASE_NAMESPACE,
            "ownerReferences": [reference],
        },
        "spec": {
            "holderIdentity": name_of(owner),
            "leaseDurationSeconds": LEASE_SECONDS,
            **renewal(now),
        },
    }


def renewal(now: datetime) -> Obj:
    """A MicroTime, as a Lease wants it."""
    return {"renewTime": micro_time_text(now)}
