"""Would the tests notice a fault? Puts one after the other into the judge and the candidates.

Every mutant runs in a process of its own, forked from one that has numpy and OR-Tools in memory.
Mutants of the judge face its tests; mutants of the candidates face theirs, and then tiny problems
whose optima are known from trying everything. A mutant is killed if a test fails, or if it does not
end.

    python -m tests.drills.mutation
    python -m tests.drills.mutation matchmaker/scheduling/judge/score.py --every 2

mutmut leaves functions with a decorator alone, which is what every rule is: hence this one.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import os
import pickle
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from itertools import islice
from pathlib import Path
from types import ModuleType

import pytest

from tests.drills.mutants import Mutant, mutants

JUDGE = Path("matchmaker/scheduling/judge")
SOLVING = Path("matchmaker/scheduling/solving")
CANDIDATES = [SOLVING / f"{name}.py" for name in ("able", "cells", "daytimes", "places")]
WARM = (
    "numpy",
    "hypothesis.strategies",
    "ortools.math_opt.core.python.solver",
    "ortools.math_opt.model_parameters_pb2",
    "ortools.math_opt.parameters_pb2",
    "ortools.math_opt.callback_pb2",
)
PATIENCE = 60  # seconds of computing until a mutant that does not end counts as killed
WIDE_SEEDS, TINY_SEEDS = range(200), range(100)
TESTS = Path("tests/scheduling")
ABOUT_CANDIDATES = ("able", "daytimes", "places", "cells", "crews")
Optima = list[tuple[str, int, int]]  # kind of problem, seed, optimum


@dataclass(frozen=True, slots=True)
class Finder(MetaPathFinder, Loader):
    """Gives one module with a fault in it, and leaves all others to the usual finders."""

    name: str
    tree: ast.Module
    path: str

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        return spec_from_loader(fullname, self, origin=self.path) if fullname == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.tree, self.path, "exec"), module.__dict__)  # noqa: S102  what it is for


def in_a_process(work: Callable[[], bytes], patience: int = PATIENCE) -> bytes | None:
    """What the work gives in a fork of this process; None if it fails or does not end."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        signal.setitimer(signal.ITIMER_PROF, patience)
        status = 1
        try:
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, 1)
            os.dup2(silence, 2)
            answer = work()
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(answer)
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    return answer if status == 0 else None


def known_optima() -> bytes:
    from tests.scheduling.solving.brute import optimum  # noqa: PLC0415  only in a fork
    from tests.scheduling.solving.tiny import tiny_problem  # noqa: PLC0415
    from tests.scheduling.solving.wide import wide_problem  # noqa: PLC0415

    wide = [("wide", seed, optimum(wide_problem(seed))) for seed in WIDE_SEEDS]
    tiny = [("tiny", seed, optimum(tiny_problem(seed))) for seed in TINY_SEEDS]
    return pickle.dumps(wide + tiny)


def tests_pass(*arguments: str | Path) -> bool:
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    options = ["-x", "-q", "--noconftest", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
    return pytest.main([*options, *map(str, arguments)]) == 0


def judge_passes() -> bool:
    """Whether the tests of the judge pass."""
    slow = "any_plan or fixed_plan_only"  # drawn ones take seconds each
    return tests_pass("-k", f"not ({slow})", TESTS / "judge")


def candidates_pass(optima: Optima) -> bool:
    """Whether the tests of the candidates pass and the solver is right about every optimum."""
    files = [TESTS / "solving" / f"test_{name}.py" for name in ABOUT_CANDIDATES]
    return tests_pass(*files) and solver_passes(optima)


def solver_passes(optima: Optima) -> bool:
    """Whether the solver finds and proves every optimum with talks that the judge allows."""
    tiny = importlib.import_module("tests.scheduling.solving.tiny").tiny_problem
    wide = importlib.import_module("tests.scheduling.solving.wide").wide_problem
    solve = importlib.import_module("matchmaker.scheduling.solving").solve
    check = importlib.import_module("matchmaker.scheduling.judge").check
    for kind, seed, best in optima:
        problem = (wide if kind == "wide" else tiny)(seed)
        proposal = solve(problem, threads=1)
        if (proposal.score.total, proposal.bound) != (best, best):
            return False
        if not check(problem, proposal).right:
            return False
    return True


def survives(mutant: Mutant, path: Path, passes: Callable[[], bool]) -> bool:
    def work() -> bytes:
        name = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
        sys.meta_path.insert(0, Finder(name, mutant.tree, str(path)))
        return b"passed" if passes() else b""

    return in_a_process(work) == b"passed"


def targets(paths: Sequence[str]) -> Iterator[Path]:
    if paths:
        yield from map(Path, paths)
        return
    rules = sorted((JUDGE / "rules").glob("*.py"))
    yield from (path for path in rules if path.name != "__init__.py")
    yield from (JUDGE / f"{name}.py" for name in ("check", "plan", "score"))
    yield from CANDIDATES


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0], allow_abbrev=False)
    parser.add_argument("paths", nargs="*", help="files instead of all of judge and candidates")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only each N-th mutant")
    given = parser.parse_args()
    for name in WARM:
        importlib.import_module(name)
    paths = list(targets(given.paths))
    optima: Optima = []
    if any(SOLVING in path.parents for path in paths):
        optima = pickle.loads(in_a_process(known_optima, 600) or b"")  # noqa: S301  our own bytes
    killed = total = 0
    for path in paths:
        chosen = list(islice(mutants(path.read_text("utf-8")), 0, None, given.every))
        passes = judge_passes if JUDGE in path.parents else lambda: candidates_pass(optima)
        left = []
        tree = ast.parse(path.read_text("utf-8"))
        if not survives(Mutant(0, "", "", tree), path, passes):
            raise SystemExit(f"the tests of {path} fail without any fault")
        for mutant in chosen:
            if survives(mutant, path, passes):
                left.append(mutant)
                print(f"{path}, {mutant}", file=sys.stderr, flush=True)
        killed, total = killed + len(chosen) - len(left), total + len(chosen)
        print(_line(path, len(chosen) - len(left), len(chosen)), flush=True)
    print(_line("in all", killed, total))


def _line(what: object, killed: int, of: int) -> str:
    return f"| {what} | {of} | {killed} | {100 * killed / max(of, 1):.1f} % |"


if __name__ == "__main__":
    main()
