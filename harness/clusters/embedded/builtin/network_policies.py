"""Network policies: defaults; nobody enforces them."""

from __future__ import annotations

from harness.clusters.embedded.builtin.pod_defaults import put
from harness.clusters.embedded.kinds import Context, Strategy
from harness.objects import Obj


class NetworkPolicyStrategy(Strategy):
    """What network policies do."""

    def default(self, obj: Obj, _context: Context) -> None:
        spec = obj.setdefault("spec", {})
        if not spec.get("policyTypes"):
            spec["policyTypes"] = ["Ingress", *(["Egress"] if spec.get("egress") else [])]
        for part in ("ingress", "egress"):
            for rule in spec.get(part) or ():
                for port in rule.get("ports") or ():
                    put(port, {"protocol": "TCP"})
