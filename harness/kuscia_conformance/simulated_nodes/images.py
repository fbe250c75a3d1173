"""Decides whether an image can be pulled, and gives the kubelet's message if it cannot."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: An image whose name contains this exists neither on the node nor in a registry.
ABSENT = "no-such-image"

_NAME = re.compile(
    r"(?:(?:localhost|[\w-]+(?:\.[\w-]+)+|[\w.-]+:\d+)(?::\d+)?/)?"  # a registry
    r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*"
    r"(?::\w[\w.-]{0,127})?(?:@[a-z0-9]+:[0-9a-f]{32,})?",
    re.ASCII,
)


@dataclass(frozen=True)
class Failure:
    """Why a container waits: the reason in one word, and the message."""

    reason: str
    message: str


def failure(image: str, policy: str) -> Failure | None:
    """Returns why the image is not available under this `imagePullPolicy`; None if it is."""
    if not _NAME.fullmatch(image):
        return Failure("InvalidImageName", _invalid(image))
    if ABSENT not in image:
        return None
    if policy == "Never":
        message = f'Container image "{image}" is not present with pull policy of Never'
        return Failure("ErrImageNeverPull", message)
    return Failure("ErrImagePull", _not_found(image))


def backing_off(image: str) -> Failure:
    """Returns the reason and message that a kubelet reports between two attempts to pull."""
    message = f'Back-off pulling image "{image}": ErrImagePull: {_not_found(image)}'
    return Failure("ImagePullBackOff", message)


def _not_found(image: str) -> str:
    return (
        f'failed to pull and unpack image "{image}": failed to resolve reference "{image}": '
        f"{image}: not found"
    )


def _invalid(image: str) -> str:
    library = "" if "/" in image else "library/"
    upper = re.search("[A-Z]", image)
    why = f": repository name ({library}{image}) must be lowercase" if upper else ""
    return (
        f'Failed to apply default image tag "{image}": '
        f'couldn\'t parse image name "{image}": invalid reference format{why}'
    )
