"""CustomResourceDefinitions: what makes kinds of the server's users.

All here is pure. `defaulting` fills in and prepares what is written. `validation` says what is
wrong with it: with its names (`naming`, `approval`), with the parts of its versions (`parts`),
with their schemas (`schemas`, and for it `structural`, `defaults`, `lists`, `patterns`), and what
of it this server cannot do (`unsupported`). `status` is what becomes of a definition, `serving`
the kinds that it makes, and `openapi` (with `operations` and `published`) what is told of them.
`walking` finds the schemas within a schema.
"""

from harness.clusters.embedded.definitions.defaulting import default_definition, prepare_definition
from harness.clusters.embedded.definitions.openapi import openapi_of, openapi_of_group
from harness.clusters.embedded.definitions.serving import kinds_of
from harness.clusters.embedded.definitions.status import installing, status_of
from harness.clusters.embedded.definitions.validation import (
    validate_definition,
    validate_definition_status,
)

__all__ = [
    "default_definition",
    "installing",
    "kinds_of",
    "openapi_of",
    "openapi_of_group",
    "prepare_definition",
    "status_of",
    "validate_definition",
    "validate_definition_status",
]
