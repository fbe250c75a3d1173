"""Hypothesis strategies for statuses that another client may write: all that the schema allows."""

from hypothesis import strategies as st

PHASES = st.sampled_from(["", "Pending", "Running", "Succeeded", "Failed", "Reserving", "Odd"])
TIMES = st.sampled_from(
    [
        "0001-01-01T00:00:00Z",
        "2023-12-31T23:59:60Z",
        "2024-01-01t00:00:00z",
        "2024-01-01T00:00:00Z",
        "2024-01-01T00:00:03.123456789+02:00",
        "9999-12-31T23:59:59Z",
    ]
)
TEXTS = st.sampled_from(["", "x", "Completed"])
KINDS = [
    *("PortsAllocated", "ResourceCreated", "Running", "Success", "Other"),
    *("TaskResourcesReserved", "TaskResourceGroupFailed", "TaskResourceGroupExpired"),
]
#: Keys of statuses: some belong to objects of the task, others do not.
PODS = st.sampled_from(["alice/psi-0", "bob/psi-0", "carol/other", "odd"])


def some(required=None, **optional):
    return st.fixed_dictionaries(required or {}, optional=optional)


CONDITIONS = st.lists(
    some(
        {"type": st.sampled_from(KINDS), "status": st.sampled_from(["True", "False", "Odd", ""])},
        reason=TEXTS,
        lastTransitionTime=TIMES,
    ),
    max_size=5,
)
PARTIES = st.lists(
    some(
        {"domainID": st.sampled_from(["alice", "bob", "carol"])},
        role=st.sampled_from(["", "host"]),
        phase=PHASES,
        message=TEXTS,
    ),
    max_size=4,
)
POD_STATUSES = st.dictionaries(
    PODS,
    some(
        {"podName": st.sampled_from(["psi-0", "odd"]), "namespace": TEXTS, "podPhase": PHASES},
        reason=TEXTS,
        createTime=TIMES,
        readyTime=TIMES,
        terminationLog=TEXTS,
    ),
    max_size=3,
)
SERVICE_STATUSES = st.dictionaries(
    PODS,
    some(
        {"namespace": TEXTS, "serviceName": TEXTS}, portNumber=st.integers(-1, 9), readyTime=TIMES
    ),
    max_size=3,
)
PORTS = st.lists(
    some(
        {"domainID": st.sampled_from(["alice", "bob", "carol"])},
        role=TEXTS,
        namedPort=st.dictionaries(
            st.sampled_from(["psi-0/global", "psi-0/fed", "odd"]), st.integers(-9, 99_999)
        ),
    ),
    max_size=3,
)


def task_statuses():
    """Generates a complete status of a KusciaTask."""
    return st.fixed_dictionaries(
        {},
        optional={
            "phase": PHASES,
            "reason": TEXTS,
            "message": TEXTS,
            "startTime": TIMES,
            "completionTime": TIMES,
            "lastReconcileTime": TIMES,
            "conditions": CONDITIONS,
            "partyTaskStatus": PARTIES,
            "podStatuses": POD_STATUSES,
            "serviceStatuses": SERVICE_STATUSES,
            "allocatedPorts": PORTS,
        },
    )


def scheduling_statuses():
    """Generates a status of a TaskResourceGroup or a TaskResource, or a part to merge into it."""
    phases = ["Pending", "Creating", "Reserving", "Reserved", "ReserveFailed", "Schedulable"]
    return st.fixed_dictionaries(
        {"phase": st.sampled_from([*phases, "Failed", "Odd", ""])},
        optional={
            "conditions": CONDITIONS,
            "startTime": TIMES,
            "completionTime": TIMES,
            "lastTransitionTime": TIMES,
            "retryCount": st.integers(-1, 3),
        },
    )
