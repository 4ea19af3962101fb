"""Every solver as a class: perigee.solvers.GradientDescent(learning_rate=0.1). `entries` lists them with their
parameters."""

from . import _core
from ._classes import make_classes

entries = _core.solver_entries()
__all__ = make_classes(entries, _core.Solver, __name__, globals())
