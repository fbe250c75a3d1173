"""The types of a few built-in kinds, as the server's OpenAPI has them."""

from __future__ import annotations

from functools import cache

import orjson

from harness.clusters.embedded.data import openapi_text
from harness.clusters.embedded.schema.build import type_of
from harness.clusters.embedded.types import Type


@cache
def built_in(path: str, name: str) -> Type:
    """`built_in("apis/apps/v1", "apps.v1.Deployment")`."""
    components = orjson.loads(openapi_text(path))["components"]["schemas"]
    return type_of(components[f"io.k8s.api.{name}"], components)
