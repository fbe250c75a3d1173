"""The labels, annotations and condition types that are part of the contract (the original's)."""

from __future__ import annotations

import hashlib

from kuscia_conformance.kube.objects import Obj, labels_of

PREFIX = "kuscia.secretflow/"

#: Both a node's label (which domain it serves) and the node selector of every task pod.
DOMAIN = PREFIX + "namespace"
#: Of a namespace: its domain is another cluster's, whatever of a task is there is not ours.
DOMAIN_ROLE = PREFIX + "role"
SCHEDULER = "kuscia-scheduler"
AGENT_TAINT = PREFIX + "agent"

CONTROLLER = PREFIX + "controller"
CONTROLLER_NAME = "kusciatask"
TASK_UID = PREFIX + "task-uid"
TASK_ID = PREFIX + "task-id"
JOB_UID = PREFIX + "job-uid"
POD_IDENTITY = PREFIX + "pod-identity"
POD_ROLE = PREFIX + "pod-role"
INITIATOR = PREFIX + "initiator"
INTERCONN_PROTOCOL = PREFIX + "interconn-protocol-type"

TASK_RESOURCE = PREFIX + "task-resource"
TASK_RESOURCE_UID = PREFIX + "task-resource-uid"
TASK_RESOURCE_GROUP = PREFIX + "task-resource-group"
TASK_RESOURCE_GROUP_UID = PREFIX + "task-resource-group-uid"

#: When the round began that a pod is to be placed in: a pod that was changed is tried again, also
#: by a scheduler that has set it aside (scheduling.md TRG-036).
RESERVING_TIMESTAMP = PREFIX + "taskresource-reserving-timestamp"

#: Ours: the nodes that a reserved TaskResource holds for its pods, `{"<pod>": "<node>"}` in JSON,
#: written in the same patch as the phase Reserved. All holds can be read off the API at any time.
RESERVATION = PREFIX + "reservation"

#: Ours: of which generation of the task's spec something was made. What is not scheduled yet is
#: made anew when the spec is edited.
GENERATION = PREFIX + "task-generation"

# Of KusciaTasks, their pods, services and config maps (kusciatask.md KT-022, KT-130 … KT-152).
UNSCHEDULABLE = PREFIX + "task-unschedulable"
COMMUNICATION_SERVER = PREFIX + "communication-role-server"
COMMUNICATION_CLIENT = PREFIX + "communication-role-client"
IMAGE_ID = PREFIX + "image-id"
SCRAPED = PREFIX + "should_be_scraped"
METRIC_PATH = PREFIX + "metric_path"
METRIC_PORT = PREFIX + "metric_port"
PORT_NAME = PREFIX + "port-name"
PORT_SCOPE = PREFIX + "port-scope"
LOAD_BALANCER = PREFIX + "loadbalancer"
PROTOCOL = PREFIX + "protocol"
ACCESS_DOMAIN = PREFIX + "access-domain"
BANDWIDTH_LIMIT = PREFIX + "bandwidth-limit-"


def is_partner(namespace: Obj | None) -> bool:
    """Whether the domain of that namespace is another cluster's."""
    return namespace is not None and labels_of(namespace).get(DOMAIN_ROLE) == "partner"


def task_resource_name(group: str, uid: str, domain: str, role: str) -> str:
    """`<group>-<12 hex digits>` (scheduling.md TR-003), the same whenever it is asked for."""
    digest = hashlib.sha256(f"{uid}/{domain}/{role}".encode()).hexdigest()
    return f"{group[:240].rstrip('-.')}-{digest[:12]}"
