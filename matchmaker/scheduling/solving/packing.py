"""Blocks kept small: a country's speakers on all their days fill gigabytes otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from matchmaker.scheduling.solving.block import Block, Parts, assemble

Kept = TypeVar("Kept")
Array = npt.NDArray[Any]

SMALL = (8, 16, 32)  # bits of the narrower kinds of whole numbers


@dataclass(frozen=True, slots=True)
class Packed:
    """A block's parts in the narrowest numbers that hold them; crews are put together anew."""

    parts: Parts
    first_cell: int
    first_crew: int

    @classmethod
    def of(cls, block: Block) -> Packed:
        parts = replace(_mapped(block.parts, _narrowed), around=block.parts.around)
        return cls(parts, block.first_cell, block.first_crew)

    def block(self) -> Block:
        parts = replace(_mapped(self.parts, _widened), around=self.parts.around)
        return replace(assemble(parts), first_cell=self.first_cell, first_crew=self.first_crew)


def _mapped(value: Kept, change: Callable[[Array], Array]) -> Kept:
    """The same with every array changed, however deep in tuples and dataclasses."""
    if isinstance(value, np.ndarray):
        return change(value)  # type: ignore[return-value]  # an array for an array
    if isinstance(value, tuple):
        return tuple(_mapped(item, change) for item in value)  # type: ignore[return-value]
    if is_dataclass(value) and not isinstance(value, type):
        names = [item.name for item in fields(value) if item.name != "around"]
        return replace(value, **{name: _mapped(getattr(value, name), change) for name in names})
    return value


def _narrowed(array: Array) -> Array:
    if array.dtype not in (np.int64, np.uint64) or not array.size:
        return array
    sign = "u" if array.dtype == np.uint64 else ""
    low, high = int(array.min()), int(array.max())
    for size in SMALL:
        kind = np.dtype(f"{sign}int{size}")
        if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max:
            return array.astype(kind)
    return array


def _widened(array: Array) -> Array:
    if array.dtype.kind == "i":
        return array.astype(np.int64)
    return array.astype(np.uint64) if array.dtype.kind == "u" else array
