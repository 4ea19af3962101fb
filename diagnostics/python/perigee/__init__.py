"""Nonconvex optimization: solvers that escape, problems that trap, and diagnoses of runs that are stuck.

    diagnosis = perigee.diagnose("train.csv")        # anybody's log
    result = perigee.minimize(f, x0)                 # f(x) -> (value, gradient)
    print(perigee.diagnose(result))
"""

from . import problems, schedules, solvers
from ._core import (
    Diagnosis,
    End,
    Finding,
    JudgedPoint,
    Objective,
    Phase,
    Problem,
    ReadError,
    Recorder,
    Result,
    Schedule,
    Solver,
    StoreError,
    Trajectory,
    __version__,
    finding_descriptions,
    minimize,
)
from ._diagnosis import diagnose, read


def problem(name, **parameters):
    """The registered problem of that name: perigee.problem("octopus", dimension=10)."""
    return Problem(name, **parameters)


def solver(name, **parameters):
    """The registered solver of that name: perigee.solver("gradient-descent", learning_rate=0.1)."""
    return Solver(name, **parameters)


def _diagnose_result(self, **options):
    """perigee.diagnose of this run."""
    return diagnose(self, **options)


Result.diagnose = _diagnose_result

__all__ = [
    "Diagnosis",
    "End",
    "Finding",
    "JudgedPoint",
    "Objective",
    "Phase",
    "Problem",
    "ReadError",
    "Recorder",
    "Result",
    "Schedule",
    "Solver",
    "StoreError",
    "Trajectory",
    "__version__",
    "diagnose",
    "finding_descriptions",
    "minimize",
    "problem",
    "problems",
    "read",
    "schedules",
    "solver",
    "solvers",
]
