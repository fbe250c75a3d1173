"""The conformance suite of KusciaTask: a pytest plugin and the command `kuscia-conformance`.

Comes in: a cluster, a controller, features and expected documents. Goes out: a verdict and a
report. `harness/README.md` shows the rooms and the path of a scenario; the layers stand in
`pyproject.toml`. This module imports nothing, since pytest loads it in every session, and the
package must not know the checkout that it lies in, but for `features.folders`.
"""

__version__ = "0.1.0"
