"""The documents that a kubelet writes about its node: the Node, and the Lease that it renews."""

from __future__ import annotations

from datetime import datetime

from kuscia_conformance.kube.objects import Obj, micro_time_text, name_of, time_text, uid_of

#: The labels of a simulated node: the suite may use the node, and no machine is behind it.
POOL = "conformance.kuscia.secretflow/pool"
SIMULATED = "conformance.kuscia.secretflow/simulated"
LEASE_NAMESPACE = "kube-node-lease"
#: How long a node's Lease is valid, and how often it is renewed, in seconds: a kubelet's defaults.
LEASE_SECONDS, RENEW_SECONDS = 40, 10
#: The taint that the API server puts on every new node until a controller finds the node ready.
NOT_READY_TAINT = "node.kubernetes.io/not-ready"
_SIZE = {"cpu": "16", "memory": "64Gi", "ephemeral-storage": "100Gi", "pods": "110"}
#: The conditions of a healthy node: type, status, reason, and message without "kubelet".
_WELL = (
    ("MemoryPressure", "False", "KubeletHasSufficientMemory", "has sufficient memory available"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure", "has no disk pressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID", "has sufficient PID available"),
    ("Ready", "True", "KubeletReady", "is posting ready status"),
)


def names(count: int) -> list[str]:
    return [f"simulated-{number}" for number in range(1, count + 1)]


def address(number: int) -> str:
    """Returns the address of the node, from a network reserved for documentation (RFC 5737)."""
    return f"192.0.2.{number % 254 + 1}"


def node(name: str, number: int, now: datetime, version: str) -> Obj:
    """Returns a Node that is ready; `version` is the version of the control plane."""
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
    """Returns the first Lease of a node; later only its `renewTime` changes (`renewal`)."""
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
    """Returns the part of a Lease's spec that a renewal changes, with the time as a MicroTime."""
    return {"renewTime": micro_time_text(now)}
