"""The steps of the feature language: thin, each a sentence about a `Scenario`.

`cluster` gives domains and room, `controller` kills and starts it, `resources` creates and
deletes, `changes` makes things other than usual, `pods` tells pods to end and looks at them,
`services` looks at what leads to them, `inside` reads files in them, `status` compares documents,
`throughout` judges every change of it, `cleaning` looks at what remains, `time` lets time pass,
`moments` asks when things happened, `groups` looks at how a task's parties reserve.
"""

NAMES = (
    "cluster",
    "controller",
    "resources",
    "changes",
    "pods",
    "services",
    "inside",
    "status",
    "throughout",
    "cleaning",
    "time",
    "groups",
    "moments",
)
MODULES = tuple(f"{__name__}.{name}" for name in NAMES)
