"""The folder of a run, and the marks by which everything is found that the run has made.

    <temporary folder>/kuscia-conformance-<user id>/    readable by the user only; there during runs
        <name>/           one for each run: kubeconfigs, logs, the data of etcd
            tmp/          TMPDIR of the run's children
            containers    exists as soon as the run may have made containers
            objects.json  the cluster that stays after the run, and the run's id on its objects
            file          the path of a file that the run has written for the user

A run locks its folder (`flock`) while it lives. The kernel releases the lock when the process dies,
however that happens, so a folder that is not locked belongs to a dead run. No process id has to be
compared, which another process, or a process of another container, may have, too.

What a run makes carries the name of its folder from the first moment: processes in their
environment (`VARIABLE`), containers in a label or a mount. `environment.remains` removes it all, at
the end of the run or after the run was killed.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from kuscia_conformance.errors import UsageError

#: The environment variable in which each child process of a run has the path of the run's folder.
VARIABLE = "KUSCIA_RUN_FOLDER"
#: The label of containers that holds the path of the run's folder, and the mount of kind's nodes
#: that holds its name.
LABEL, MOUNT = "conformance.kuscia.secretflow/run-folder", "/kuscia-conformance-run"
_LOCK, _TMP = "lock", "tmp"
_CONTAINERS, _OBJECTS, _FILE = "containers", "objects.json", "file"
#: The variables that children get beside those of this process; empty outside of a run.
_for_children: dict[str, str] = {}


@dataclass(frozen=True)
class Objects:
    """The objects of a run in a cluster that stays after the run."""

    cluster: str
    kubeconfig: str
    context: str | None
    run: str


def root() -> Path:
    """Returns the folder that holds the folders of this user's runs; creates it if need be.

    Raises UsageError if another user could write into it.
    """
    path = _temporary() / f"kuscia-conformance-{os.getuid()}"
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        there = path.lstat()
    except OSError as error:
        hint = "TMPDIR can name another folder"
        raise UsageError(f"cannot write to {path.parent}: {error.strerror}", hint=hint) from error
    if there.st_uid != os.getuid() or there.st_mode & 0o077:
        hint = "delete it, or name another folder with TMPDIR"
        raise UsageError(f"{path}: other users can read or change this folder", hint=hint)
    return path


def _temporary() -> Path:
    """Returns the temporary folder of the user.

    Python takes another one, without a word, if it cannot write to that of TMPDIR. A later `down`
    would then look for the run in the wrong folder.
    """
    named = next(filter(None, map(os.environ.get, ("TMPDIR", "TEMP", "TMP"))), None)
    return Path(named).absolute() if named else Path(tempfile.gettempdir())


@contextmanager
def made_folder() -> Iterator[Path]:
    """Yields a new, locked folder, whose marks all children get. The caller has to remove it."""
    with _alone() as above:
        folder = Path(tempfile.mkdtemp(prefix="", dir=above))
        lock = _lock(folder, fcntl.LOCK_EX)
    (folder / _TMP).mkdir()
    before = dict(_for_children)
    _for_children.update({VARIABLE: str(folder), "TMPDIR": str(folder / _TMP)})
    try:
        yield folder
    finally:
        _for_children.clear()
        _for_children.update(before)
        os.close(lock)


@contextmanager
def dead_folders() -> Iterator[list[Path]]:
    """Yields the folders of dead runs, locked, so that only one process removes each of them."""
    with _alone() as above:
        locks = {path: _lock_if_dead(path) for path in sorted(above.iterdir())}
    found = {path: lock for path, lock in locks.items() if lock is not None}
    try:
        yield list(found)
    finally:
        for lock in found.values():
            os.close(lock)


def delete(folder: Path) -> None:
    """Deletes the folder as far as possible, while no other process looks for dead runs."""
    with _alone():
        shutil.rmtree(folder, ignore_errors=True)


def is_within_a_run() -> bool:
    """Returns whether this process has made a folder, and has not left its context yet."""
    return bool(_for_children)


def environment_of_children() -> dict[str, str]:
    """Returns the environment of a child process of this run."""
    return {**os.environ, **_for_children}


@contextmanager
def _alone() -> Iterator[Path]:
    """Locks the folder of all runs, yields it, and deletes it at the end if it is empty."""
    with ExitStack() as ending:
        while not (above := _locked_root(ending)):
            pass
        yield above
        with suppress(OSError):  # there are folders of runs in it
            above.rmdir()


def _locked_root(ending: ExitStack) -> Path | None:
    """Returns the folder of all runs, locked; None if another process has just deleted it."""
    path = root()
    try:
        lock = _lock(path, fcntl.LOCK_EX)
        ending.callback(os.close, lock)
        return path if os.path.samestat(os.fstat(lock), path.stat()) else None
    except FileNotFoundError:
        return None


def _lock(folder: Path, how: int) -> int:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, how)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _lock_if_dead(folder: Path) -> int | None:
    """Returns the descriptor that locks the folder; None if a living process has locked it.

    None also for a folder that the user deletes at this moment, and for a file.
    """
    try:
        return _lock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, NotADirectoryError, FileNotFoundError):
        return None


def expect_containers(folder: Path, *, stay: bool = False) -> None:
    """Notes that there may be containers with the marks of the run, or that they are to stay."""
    if stay:
        (folder / _CONTAINERS).unlink(missing_ok=True)
    else:
        (folder / _CONTAINERS).touch()


def expects_containers(folder: Path) -> bool:
    return (folder / _CONTAINERS).exists()


def container_label(folder: Path) -> str:
    """Returns the label of the containers that the run makes itself."""
    return f"{LABEL}={folder}"


def container_mount(folder: Path) -> str:
    """Returns the path of the mount that marks kind's nodes; kind can give them no label."""
    return f"{MOUNT}/{folder.name}"


def expect_objects(folder: Path, objects: Objects | None) -> None:
    """Notes that a cluster has objects of the run; with None, that they are undone."""
    if objects is None:
        (folder / _OBJECTS).unlink(missing_ok=True)
    else:
        (folder / _OBJECTS).write_bytes(orjson.dumps(asdict(objects)))


def expected_objects(folder: Path) -> Objects | None:
    """Returns the note of `expect_objects`; None without one."""
    with suppress(FileNotFoundError, orjson.JSONDecodeError, TypeError):
        return Objects(**orjson.loads((folder / _OBJECTS).read_bytes()))
    return None


def expect_file(folder: Path, path: Path) -> None:
    """Notes that the run writes a file outside of its folder."""
    (folder / _FILE).write_bytes(os.fsencode(path.absolute()))


def expected_file(folder: Path) -> Path | None:
    """Returns the note of `expect_file`; None without one."""
    with suppress(FileNotFoundError):
        return Path(os.fsdecode((folder / _FILE).read_bytes()))
    return None
