"""Every problem as a class: perigee.problems.Octopus(dimension=10). `entries` lists them with their parameters."""

from . import _core
from ._classes import make_class

entries = _core.problem_entries()
__all__ = []
for _entry in entries:
    _class = make_class(_entry, _core.Problem, __name__)
    globals()[_class.__name__] = _class
    __all__.append(_class.__name__)
