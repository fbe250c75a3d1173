"""In which form clients get objects and kinds: tables, partial objects, discovery, OpenAPI.

Comes in: objects or kinds, and what a client accepts. Goes out: the document that it is sent.
`accept` reads the Accept header and `representation` answers by it: `tables` (with the columns of
`table_columns*`), `partial` objects, or objects as they are. `discovery`, `openapi` and `versions`
tell of the kinds. It must not know how objects are written.
"""
