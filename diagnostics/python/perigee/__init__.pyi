"""Nonconvex optimization: solvers that escape, problems that trap, and diagnoses of runs that are stuck."""

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import Any

from numpy.typing import ArrayLike

from . import problems as problems
from . import schedules as schedules
from . import solvers as solvers
from ._core import (
    Diagnosis as Diagnosis,
    End as End,
    Finding as Finding,
    JudgedPoint as JudgedPoint,
    Objective as Objective,
    Phase as Phase,
    Problem as Problem,
    ReadError as ReadError,
    Recorder as Recorder,
    Result as Result,
    Schedule as Schedule,
    Solver as Solver,
    StoreError as StoreError,
    Trajectory as Trajectory,
    __version__ as __version__,
    finding_descriptions as finding_descriptions,
    minimize as minimize,
)

def problem(name: str, **parameters: Any) -> Problem: ...
def solver(name: str, **parameters: Any) -> Solver: ...
def diagnose(
    run: str | PathLike[str] | Recorder | Result | Trajectory | Mapping[str, ArrayLike],
    objective: Objective | Problem | None = None,
    *,
    hvp: Callable[..., ArrayLike] | None = None,
    lower_bound: float | None = None,
    optimal_value: float | None = None,
    rewards: Sequence[float] = (),
    optimal_action: int | None = None,
    transform: str = "",
    seed: int | None = None,
    gradient_tolerance: float = 1e-6,
    thresholds: Mapping[str, float] | None = None,
    format: str = "auto",
    columns: Mapping[str, str | Sequence[str]] | None = None,
) -> Diagnosis: ...
def read(
    path: str | PathLike[str] | Mapping[str, ArrayLike],
    *,
    format: str = "auto",
    columns: Mapping[str, str | Sequence[str]] | None = None,
) -> Trajectory: ...
