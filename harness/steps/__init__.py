"""The steps of the feature language: thin, each a sentence about a `Scenario`.

`cluster` gives domains and room, `resources` creates and deletes, `pods` tells them to end and
looks at them, `status` compares documents, `cleaning` looks at what remains.
"""

MODULES = tuple(
    f"{__name__}.{name}" for name in ("cluster", "resources", "pods", "status", "cleaning")
)
