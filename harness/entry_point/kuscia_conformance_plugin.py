"""What pytest loads of kuscia-conformance in every session: its options, and nothing else.

It lies outside the package `harness`, and imports that only once a run asks for it, so
that projects with a `harness/` of their own and runs without a cluster are left alone.
OPTIONS is the one table of what a user may set; `harness.settings` reads the values.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

ENVIRONMENT_PREFIX = "KUSCIA_CONFORMANCE_"
INI_PREFIX = "kuscia_conformance_"


@dataclass(frozen=True)
class Option:
    """One setting: `--name` here and in our command, NAME in the environment, name as ini key."""

    name: str
    help: str
    default: str = ""
    metavar: str = ""
    flag: bool = False
    #: Whether it may be given several times.
    multiple: bool = False

    @property
    def dest(self) -> str:
        return "kuscia_" + self.key

    @property
    def key(self) -> str:
        return self.name.replace("-", "_")


OPTIONS = (
    Option(
        "cluster",
        "where to run: embedded, kind[:NAME], controlplane or kubeconfig[:PATH[#CONTEXT]]",
        "embedded",
        "KIND",
    ),
    Option(
        "clock",
        "of the embedded cluster: real, or virtual, which goes on to the next moment at which "
        "anything happens; default: virtual with the reference controller, real with any other",
        metavar="real|virtual",
    ),
    Option("seed", "what chance comes from where the clock is virtual", "1", "N"),
    Option(
        "pace",
        "by how many milliseconds the embedded cluster holds back the answer to a write",
        "8",
        "MS",
    ),
    Option(
        "controller",
        "what to test: reference, cmd:COMMAND with {kubeconfig} in it (several times, if it takes "
        "several programs), or none if one runs already",
        "reference",
        "KIND",
        multiple=True,
    ),
    Option("setup", "manifests to apply before the controller starts", metavar="FILE"),
    Option("task-defaults", "labels and annotations that every task is to have", metavar="FILE"),
    Option(
        "nodes",
        "how many nodes the scenarios share: kind's workers, simulated ones; for kubeconfig the "
        "names of the nodes to use, comma-separated",
        "6",
        "N|NAMES",
    ),
    Option(
        "install-crds",
        "for kubeconfig: replace resource definitions that differ from the suite's, until the end",
        flag=True,
    ),
    Option("keep", "leave the kind cluster standing, to be used again as kind:NAME", flag=True),
    Option(
        "kind-image",
        "node image for kind, where the default one cannot be pulled",
        metavar="IMAGE",
    ),
    Option(
        "workload-image",
        "what the pods run: an image with a shell and busybox's tools",
        "busybox:1.36",
        "IMAGE",
    ),
    Option(
        "assets",
        "folder of kube-apiserver, etcd and kube-controller-manager, for controlplane",
        metavar="DIR",
    ),
    Option(
        "out", "folder for report and evidence; an older run in it is replaced", "results", "DIR"
    ),
    Option(
        "only",
        "run only these checks, requirements, areas or features; comma-separated, with * and ?",
        metavar="NAMES",
    ),
    Option("reuse", "run on the environment that `kuscia-conformance up` has made", flag=True),
    Option(
        "update",
        "write status documents that are missing or do not match, from what was seen; "
        "read them before you keep them",
        flag=True,
    ),
    Option(
        "pause-on-failure",
        "stop at a failure before it is cleaned up, until Enter is pressed",
        flag=True,
    ),
    Option(
        "keep-on-failure",
        "leave what the first failing scenario has made, and end the run",
        flag=True,
    ),
    Option(
        "timeout-scale", "stretch all timeouts by this factor, on a slow machine", "1", "FACTOR"
    ),
)

HERE = Path(__file__).resolve().parent
#: Where the suite's own features lie: installed, and in a checkout.
FEATURE_FOLDERS = (HERE / "harness" / "_suite" / "features", HERE.parent.parent / "features")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("kuscia-conformance", "conformance of KusciaTask controllers")
    for option in OPTIONS:
        environment = ENVIRONMENT_PREFIX + option.key.upper()
        text = f"{option.help} [{environment}]".replace("%", "%%")
        if option.flag:
            group.addoption(
                f"--{option.name}", dest=option.dest, action="store_true", default=None, help=text
            )
        else:
            group.addoption(
                f"--{option.name}",
                dest=option.dest,
                action="append" if option.multiple else "store",
                metavar=option.metavar,
                help=text,
            )
        parser.addini(INI_PREFIX + option.key, help=f"--{option.name}", default="")


def pytest_configure(config: pytest.Config) -> None:
    if is_wanted(config):
        from harness import plugin

        plugin.register(config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix != ".feature" or not _is_ours(file_path, parent):
        return None
    from harness import plugin

    plugin.register(parent.config)
    return plugin.collect(file_path, parent)


def is_wanted(config: pytest.Config) -> bool:
    """Whether this run has asked for a conformance run: `--cluster`, or a feature by name."""
    if config.getoption("kuscia_cluster", None):
        return True
    paths = [Path(str(argument).split("::")[0]) for argument in config.args]
    return any(path.suffix == ".feature" or _is_below_features(path) for path in paths)


def _is_ours(path: Path, parent: pytest.Collector) -> bool:
    by_name = parent.session.isinitpath(path)
    return (
        by_name or bool(parent.config.getoption("kuscia_cluster", None)) or _is_below_features(path)
    )


def _is_below_features(path: Path) -> bool:
    absolute = path.resolve()
    return any(absolute.is_relative_to(folder) for folder in FEATURE_FOLDERS)
