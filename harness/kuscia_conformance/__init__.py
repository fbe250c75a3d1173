"""The conformance suite of KusciaTask: a pytest plugin and the command `kuscia-conformance`.

Comes in: a cluster, a controller, features and expected documents. Goes out: a verdict and a
report.

`harness/README.md` shows the rooms of the package and the path of a scenario through them.
`pyproject.toml` says which room may import which. This module imports nothing, because pytest loads
it in every session. The package must not know the checkout that it lies in; only
`features.folders` does.
"""

__version__ = "0.1.0"
