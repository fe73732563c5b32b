"""What every application and engine of a run compiles anew: templates and statements, kept.

A test has its own application and its own database. Without this, half of the time of all tests
goes into compiling the same few hundred templates and statements again.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Connection, Engine, event

KEPT = 4000


class Templates(BytecodeCache):
    """Compiled templates; their key is their path, their checksum is that of their source."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


class _Statements(OrderedDict[Any, Any]):
    """Compiled statements, for all engines of one kind: their keys begin with the dialect."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__((key[0].name, *key[1:]), value)
        if len(self) > KEPT:
            self.popitem(last=False)


TEMPLATES = Templates()
_STATEMENTS = _Statements()


def share_statements() -> None:
    """Let all engines of this run use the same compiled statements."""
    event.listen(Engine, "engine_connect", _use_shared)


def _use_shared(connection: Connection) -> None:
    connection.execution_options(compiled_cache=_STATEMENTS)
