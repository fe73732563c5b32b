"""The one door to OR-Tools' solvers (MathOpt).

Importing this module takes 0.2 s, so others do it inside functions, when a relaxation is at hand.
"""

from __future__ import annotations

from typing import Any

from ortools.math_opt import callback_pb2, model_parameters_pb2, model_pb2, parameters_pb2
from ortools.math_opt.core.python import solver
from ortools.util.python.pybind_solve_interrupter import PySolveInterrupter

from matchmaker.scheduling.solving.clock import Clock

OPTIMAL = 1  # MathOpt's number for how a solver ended
DEAF = ("highs",)  # solvers that heed their time limit but no interruption


def new_model() -> Any:
    return model_pb2.ModelProto()


def new_hint() -> Any:
    """For what is known beforehand: a basis or a solution to start from."""
    return model_parameters_pb2.ModelSolveParametersProto()


def new_settings(clock: Clock) -> Any:
    """Settings that leave the solver the time that is left."""
    settings = parameters_pb2.SolveParametersProto()
    settings.time_limit.FromNanoseconds(max(1, int(clock.left * 1e9)))
    return settings


def run(clock: Clock, name: str, model: Any, settings: Any, hint: Any) -> Any | None:
    """The answer of the solver of that name (`glop`, `highs`); None if it was given up."""
    kind = parameters_pb2.SolverTypeProto.Value(f"SOLVER_TYPE_{name.upper()}")
    handle = solver.new(kind, model, parameters_pb2.SolverInitializerProto())
    interrupter = None if name in DEAF else PySolveInterrupter()
    asked = callback_pb2.CallbackRegistrationProto()
    answers: list[Any] = []

    def call() -> None:
        answers.append(handle.solve(settings, hint, None, asked, None, interrupter))

    clock.run(call, interrupter.interrupt if interrupter else None)
    return answers[0] if answers else None


def optimal(answer: Any) -> bool:
    """Whether the solver reached the optimum."""
    return bool(answer.termination.reason == OPTIMAL)
