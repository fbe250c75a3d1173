"""CustomResourceDefinitions: what makes kinds of the server's users.

Comes in: a definition. Goes out: problems, a status, kinds, OpenAPI. All here is pure, and must not
know the store. `defaulting` fills in and prepares what is written. `validation` says what is
wrong with it: with its names (`naming`, `approval`), with the parts of its versions (`parts`),
with their schemas (`schemas`, and for it `structural`, `defaults`, `lists`, `patterns`), and what
of it this server cannot do (`unsupported`). `status` is what becomes of a definition, `serving`
the kinds that it makes, and `openapi` (with `operations` and `published`) what is told of them.
`walking` finds the schemas within a schema.
"""

from kuscia_conformance.apiserver.crd.defaulting import default_definition, prepare_definition
from kuscia_conformance.apiserver.crd.openapi import openapi_of, openapi_of_group
from kuscia_conformance.apiserver.crd.serving import kinds_of
from kuscia_conformance.apiserver.crd.status import installing, status_of
from kuscia_conformance.apiserver.crd.validation import (
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
