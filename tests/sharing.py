"""What is dear to make is made once, whatever the number of test processes."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def made_once(
    factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]
) -> Path:
    """Return the run's folder of that name, after one process has filled it.

    Where making it fails, each process that asks for it tries, and fails, itself.
    """
    run = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        run = run.parent  # each process has a folder of its own in the run's
    with (run / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder = run / name
        if not (run / f"{name}.made").exists():
            make(folder)
            (run / f"{name}.made").touch()
    return folder
