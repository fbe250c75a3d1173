"""Names of labels and annotations (and of the scheduler and a taint) that the controller uses.

They are those of the original controller, and so part of the contract. The comment of a name that
the original does not have begins with "Ours".
"""

from __future__ import annotations

import hashlib

from kuscia_conformance.kube.objects import Obj, labels_of

PREFIX = "kuscia.secretflow/"

#: Label of a node: the domain that the node serves. Also the node selector of every task pod.
DOMAIN = PREFIX + "namespace"
#: Label of a namespace. `partner` means that its domain belongs to another cluster: the controller
#: then leaves the objects of tasks there alone.
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

#: Annotation of a pod: when the current round began. A scheduler that has set the pod aside tries
#: it again because the pod has changed (scheduling.md TRG-036).
RESERVING_TIMESTAMP = PREFIX + "taskresource-reserving-timestamp"

#: Ours: the nodes that a reserved TaskResource holds for its pods, `{"<pod>": "<node>"}` in JSON,
#: written in the same patch as the phase Reserved. So the API shows all holds at any time.
RESERVATION = PREFIX + "reservation"

#: Ours: the generation of the task's spec that an object was made from. If the spec is edited
#: before the group exists, objects of an earlier generation are replaced.
GENERATION = PREFIX + "task-generation"

# On KusciaTasks, their pods, services and config maps (kusciatask.md KT-022, KT-130 … KT-152).
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
    """Returns whether the domain of that namespace belongs to another cluster."""
    return namespace is not None and labels_of(namespace).get(DOMAIN_ROLE) == "partner"


def task_resource_name(group: str, uid: str, domain: str, role: str) -> str:
    """Returns `<group>-<12 hex digits>` (scheduling.md TR-003), always the same for one party.

    `uid` is the task's, or the group's where no task made the group.
    """
    digest = hashlib.sha256(f"{uid}/{domain}/{role}".encode()).hexdigest()
    return f"{group[:240].rstrip('-.')}-{digest[:12]}"
