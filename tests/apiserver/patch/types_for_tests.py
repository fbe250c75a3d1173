"""Types of built-in kinds, read from the server's OpenAPI documents."""

from __future__ import annotations

from functools import cache

import orjson

from kuscia_conformance.apiserver.apimachinery.types import Type
from kuscia_conformance.apiserver.data import openapi_text
from kuscia_conformance.apiserver.schema.build import type_of


@cache
def built_in(path: str, name: str) -> Type:
    """Returns a built-in type, for example `built_in("apis/apps/v1", "apps.v1.Deployment")`."""
    components = orjson.loads(openapi_text(path))["components"]["schemas"]
    return type_of(components[f"io.k8s.api.{name}"], components)
