"""CustomResourceDefinitions (definitions): what one may say, and the custom kinds that it creates.

Comes in: a definition. Goes out: FieldErrors, a status, kinds, OpenAPI. All functions here are
pure. They must not know the store: `controllers/definitions.py` calls them and stores the results.

    defaulting    fills in defaults, prepares the status before a write
    validation    all errors in a definition: of its names (`naming`, `approval`), of the parts of
                  its versions (`parts`), of their schemas (`schemas`, which uses `structural`,
                  `defaults`, `lists` and `patterns`), and of what this server cannot do
                  (`unsupported`)
    status        the names that a definition gets, and whether its kind is served
    serving       the kinds that it creates
    openapi       their OpenAPI document, with `operations` (paths) and `published` (schemas)
    walking       finds the schemas within a schema
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
