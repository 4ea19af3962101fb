"""Every problem as a class: perigee.problems.Octopus(dimension=10). `entries` lists them with their parameters."""

from . import _core
from ._classes import make_classes

entries = _core.problem_entries()
__all__ = make_classes(entries, _core.Problem, __name__, globals())
