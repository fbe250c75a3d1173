"""The conformance suite of KusciaTask: a pytest plugin and the command `kuscia-conformance`.

Layers, each importing only from those to its right:
`cli, plugin > report, steps > scenario > journal, documents, environment > clusters, controllers
> world, api > objects, errors`.
"""

__version__ = "0.1.0"
