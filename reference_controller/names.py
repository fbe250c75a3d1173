"""The labels, annotations and condition types that are part of the contract (the original's)."""

from __future__ import annotations

PREFIX = "kuscia.secretflow/"

#: Both a node's label (which domain it serves) and the node selector of every task pod.
DOMAIN = PREFIX + "namespace"
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

#: Ours: the nodes that a reserved TaskResource holds for its pods, `{"<pod>": "<node>"}` in JSON,
#: written in the same patch as the phase Reserved. All holds can be read off the API at any time.
RESERVATION = PREFIX + "reservation"
