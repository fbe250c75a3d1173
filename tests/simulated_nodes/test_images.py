"""Tests the failures of image pulls."""

import pytest

from kuscia_conformance.simulated_nodes.images import backing_off, failure


@pytest.mark.parametrize(
    "image",
    [
        "busybox",
        "busybox:1.36",
        "kuscia-conformance/workload:1",
        "localhost/app",
        "registry.example:5000/team/app_one:v1.2-rc.3",
        "busybox@sha256:" + "0" * 64,
    ],
)
@pytest.mark.parametrize("policy", ["Always", "IfNotPresent", "Never"])
def test_an_existing_image_causes_no_failure(image, policy):
    assert failure(image, policy) is None


@pytest.mark.parametrize(
    "image", ["No Such Image", "busybox:", "-busybox", "bus ybox", "a//b", "busybox:1:2", "Busybox"]
)
def test_an_invalid_image_name_is_reported(image):
    found = failure(image, "Always")
    assert found is not None
    assert found.reason == "InvalidImageName"
    assert f'couldn\'t parse image name "{image}": invalid reference format' in found.message


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        ("Always", "ErrImagePull"),
        ("IfNotPresent", "ErrImagePull"),
        ("Never", "ErrImageNeverPull"),
    ],
)
def test_an_image_that_does_not_exist_fails_according_to_the_pull_policy(policy, reason):
    found = failure("example.com/no-such-image:1", policy)
    assert found is not None
    assert found.reason == reason


def test_the_back_off_message_contains_the_pull_error():
    failed = failure("no-such-image", "Always")
    assert failed is not None
    assert backing_off("no-such-image").message.endswith(f"ErrImagePull: {failed.message}")
