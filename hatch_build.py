"""Build hook: turns the translations (.po) into the files that gettext reads (.mo)."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileTranslations(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's own generic is unused
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  # hatchling's signature
        source = Path(self.root) / "matchmaker" / "translations" / "compile.py"
        spec = importlib.util.spec_from_file_location("compile_translations", source)
        if spec is None or spec.loader is None:
            raise FileNotFoundError(source)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.compile_all(source.parent)
