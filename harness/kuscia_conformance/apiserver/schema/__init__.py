"""Reads request bodies, and checks objects against the schema of their kind.

Comes in: bytes or an object, and a `Type`. Goes out: an object, or FieldErrors. It must not know
how objects are stored.

    step           built-in kinds   custom kinds
    decode         yes              yes                    bytes to an object
    check_types    yes              its metadata only      400 if a value does not fit
    prune          yes              yes                    drops unknown fields
    fill_defaults                   yes                    in place
    make_whole                      yes                    1e3 becomes 1000
    validate                        yes                    returns FieldErrors

The steps run in this order. The `Type` that they walk is built by `type_of` (built-in kinds, from
Kubernetes' OpenAPI) or `custom_type` (from the schema in a CustomResourceDefinition). `strict` has
the messages for bodies that are refused and for fields that are dropped.
"""

from kuscia_conformance.apiserver.schema.build import custom_type, type_of
from kuscia_conformance.apiserver.schema.decode import (
    Decoded,
    decode,
    decode_configuration,
    is_too_deep,
)
from kuscia_conformance.apiserver.schema.defaults import fill_defaults
from kuscia_conformance.apiserver.schema.go_types import check_types
from kuscia_conformance.apiserver.schema.prune import prune
from kuscia_conformance.apiserver.schema.strict import (
    cannot_be_handled,
    not_registered,
    strict_refusal,
    unknown_fields,
    unrecognized,
    warning,
)
from kuscia_conformance.apiserver.schema.validate import validate
from kuscia_conformance.apiserver.schema.whole import make_whole

__all__ = [
    "Decoded",
    "cannot_be_handled",
    "check_types",
    "custom_type",
    "decode",
    "decode_configuration",
    "fill_defaults",
    "is_too_deep",
    "make_whole",
    "not_registered",
    "prune",
    "strict_refusal",
    "type_of",
    "unknown_fields",
    "unrecognized",
    "validate",
    "warning",
]
