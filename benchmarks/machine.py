"""What a figure was measured on: the machine, the versions and the day."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

HERE = Path(__file__).parent
PACKAGES = ("matchmaker", "ortools", "numpy", "numba", "timefold", "matplotlib")


def machine() -> dict[str, str | int | float]:
    """Processor, cores, gigabytes of memory, system; the load when the measurement began."""
    return {
        "processor": _line("/proc/cpuinfo", "model name") or platform.processor(),
        "cores": os.cpu_count() or 1,
        "memory_gb": round(int((_line("/proc/meminfo", "MemTotal") or "0").split()[0]) / 2**20, 1),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "load": round(os.getloadavg()[0], 2),
    }


def versions() -> dict[str, str | None]:
    """Of Python, the packages (None: not installed), Java and this repository."""
    found: dict[str, str | None] = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    found["java"] = _java()
    found["commit"] = _git("rev-parse", "--short=12", "HEAD")
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", "matchmaker")
    found["changed"] = "yes" if changed else "no"
    return found


def today() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _line(path: str, key: str) -> str | None:
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(key)), None)


def _git(*words: str) -> str | None:
    git = shutil.which("git")
    if git is None:
        return None
    done = subprocess.run([git, *words], capture_output=True, text=True, cwd=HERE, check=False)
    return done.stdout.strip() or None


def _java() -> str | None:
    java = shutil.which("java")
    if java is None:
        return None
    done = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    return next(iter(done.stderr.splitlines()), None)
