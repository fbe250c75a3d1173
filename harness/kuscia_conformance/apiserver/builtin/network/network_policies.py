"""NetworkPolicies: defaults. No policy is enforced here."""

from __future__ import annotations

from kuscia_conformance.apiserver.apimachinery.kinds import Context, Strategy
from kuscia_conformance.apiserver.builtin.pods.defaults import put
from kuscia_conformance.kube.objects import Obj


class NetworkPolicyStrategy(Strategy):
    """The strategy of NetworkPolicies."""

    def default(self, obj: Obj, _context: Context) -> None:
        spec = obj.setdefault("spec", {})
        if not spec.get("policyTypes"):
            spec["policyTypes"] = ["Ingress", *(["Egress"] if spec.get("egress") else [])]
        for part in ("ingress", "egress"):
            for rule in spec.get(part) or ():
                for port in rule.get("ports") or ():
                    put(port, {"protocol": "TCP"})
