"""How long a kubelet takes for the steps of a pod: for each pod, and for each step, another time.

If all steps came within the same second, the times in a status would be equal, and a controller
that takes one of them for another would not be noticed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from itertools import permutations

from kuscia_conformance.kube.objects import Obj, name_of, namespace_of

#: The shortest time of a step that a client can see.
BEAT = timedelta(seconds=0.05)
#: The orders in which the steps of a pod can take one, two and three units.
_ORDERS = tuple(permutations((1, 2, 3)))


@dataclass(frozen=True)
class Steps:
    """The times that the steps of one pod take."""

    #: From its admission until its containers start.
    start: timedelta
    #: From the start of a container, and its probes, until it is ready.
    ready: timedelta
    #: From the end of its containers until the pod has ended, or is gone.
    end: timedelta


@dataclass(frozen=True)
class Tempo:
    """The times of all pods of a cluster: one, two or three units, in an order of each pod's own.

    Steps that are never immediate take a `BEAT` more. The times follow from the namespace and the
    name of the pod, so they are the same whenever a run is repeated with the same seed.
    """

    unit: timedelta

    def of(self, pod: Obj) -> Steps:
        """Returns the times of this pod."""
        name = f"{namespace_of(pod)}/{name_of(pod)}".encode()
        order = _ORDERS[hashlib.sha256(name).digest()[0] % len(_ORDERS)]
        start, ready, end = (self.unit * count for count in order)
        return Steps(BEAT + start, ready, BEAT + end)


#: As fast as a pod's steps can be told apart. Without probes it is ready as soon as it runs.
PROMPT = Tempo(timedelta(0))
#: On the machine's clock: short, because everybody waits for it.
REAL = Tempo(timedelta(seconds=0.1))
#: On a virtual clock: in whole seconds, as the times in a status.
WHOLE_SECONDS = Tempo(timedelta(seconds=1))
