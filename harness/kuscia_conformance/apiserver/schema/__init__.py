"""What objects have to be like: reading bodies, and holding objects against a kind's schema.

Comes in: bytes or an object, and a `Type`. Goes out: an object, or FieldErrors. It must not know
how objects are kept.

`decode` makes an object of a body. Of a built-in kind it then goes through `check_types` and
`prune`, of a definition's through `check_types`, `prune`, `fill_defaults` and `validate`. The
types that they walk are made by `build`.
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
