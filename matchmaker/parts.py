"""Packages whose modules each bring something of the same kind, such as the worker's lanes.

A module of its own is all that a new one needs: no list names them all.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Any


def gathered(package: str, name: str) -> list[Any]:
    """What the modules of `package` have under `name`, in the order of the modules' names.

    Modules without it are passed over.
    """
    path = import_module(package).__path__
    modules = sorted(module.name for module in pkgutil.iter_modules(path))
    parts = [import_module(f"{package}.{module}") for module in modules]
    return [getattr(part, name) for part in parts if hasattr(part, name)]
