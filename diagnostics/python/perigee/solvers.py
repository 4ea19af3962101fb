"""Every solver as a class: perigee.solvers.GradientDescent(learning_rate=0.1). `entries` lists them with their
parameters."""

from . import _core
from ._classes import make_class

entries = _core.solver_entries()
__all__ = []
for _entry in entries:
    _class = make_class(_entry, _core.Solver, __name__)
    globals()[_class.__name__] = _class
    __all__.append(_class.__name__)
