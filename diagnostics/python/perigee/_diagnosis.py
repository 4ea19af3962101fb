"""From whatever holds a run to its diagnosis, and from a diagnosis to files and notebooks."""

import collections.abc
import html
import json
import os
import tempfile

import numpy

from . import _core

_frame = (
    '<iframe srcdoc="{}" title="Perigee report" style="width: 100%; height: 640px; border: 1px solid #ccc"></iframe>'
)


def to_dict(self):
    """The document of docs/json-schema.md as a dict. What is not measured is None."""
    return json.loads(self.to_json())


def report(self, path):
    """Writes the report: Markdown where the name ends in .md or .markdown, else one self-contained HTML page.
    Returns the path. The file is whole or as it was."""
    path = os.fspath(path)
    content = self.to_markdown() if path.endswith((".md", ".markdown")) else self.to_html()
    beside = path + ".part"
    with open(beside, "w", encoding="utf-8", newline="") as file:
        file.write(content)
    os.replace(beside, path)
    return path


def _repr_html_(self):
    return _frame.format(html.escape(self.to_html()))


_core.Diagnosis.to_dict = to_dict
_core.Diagnosis.report = report
_core.Diagnosis._repr_html_ = _repr_html_


def _with_products(objective, product):
    return _core.Objective(
        objective.dimension,
        objective.value_and_gradient,
        value=objective.value,
        hessian_vector_product=product,
        name=objective.name,
    )


def _mapping(columns):
    pairs = []
    for role, names in (columns or {}).items():
        pairs += [(role, name) for name in ([names] if isinstance(names, str) else names)]
    return pairs


def _read(run, format, columns):
    """What _core.read makes of a file, or of arrays by name: these go by way of an .npz file, whose reader knows what
    their names and shapes mean."""
    is_frame = hasattr(run, "columns") and hasattr(run, "to_numpy")
    if not is_frame and not isinstance(run, collections.abc.Mapping):
        return _core.read(os.fspath(run), format, _mapping(columns))
    arrays = {str(name): numpy.asarray(run[name]) for name in (run.columns if is_frame else run)}
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "arrays.npz")
        numpy.savez(path, **arrays)
        read = _core.read(path, "npz", _mapping(columns))
    read.source.path = ""
    return read


def diagnose(
    run,
    objective=None,
    *,
    hvp=None,
    lower_bound=None,
    optimal_value=None,
    rewards=(),
    optimal_action=None,
    transform="",
    seed=None,
    gradient_tolerance=1e-6,
    thresholds=None,
    format="auto",
    columns=None,
):
    """What happened in this run?

    run: a path (a recorded run, CSV, JSONL, NumPy's arrays, TensorBoard's events, .wandb), a Recorder, the Result of
        `minimize`, a Trajectory, or arrays by name: a dict or a DataFrame, as an .npz file would hold them.
    objective: an Objective or a Problem: the curvature of the end point is asked of it, and much else. A Result has its
        own, and so has a recorded run of a registered problem.
    hvp: (x, v) -> H(x) v, in place of the objective's own products, or alone: then the curvature is measured, and
        nothing is evaluated.
    lower_bound: a value the loss cannot go below; optimal_value: its infimum, where known.
    rewards, optimal_action, transform: of a policy whose probabilities were recorded.
    gradient_tolerance: eps, ||grad f|| <= eps (1 + |f|) counts as stationary.
    thresholds: of the detectors, by name, as in `perigee list thresholds`.
    format, columns: how to read a file; columns maps roles to names, {"loss": "train/ce"}.
    """
    source = _core.ReportSource()
    if isinstance(run, _core.Result):
        objective = run.objective if objective is None else objective
        seed = run.seed if seed is None else seed
        run = run.trajectory
    elif not isinstance(run, _core.Trajectory):
        if isinstance(run, _core.Recorder):
            run.commit()
            run = run.path
        read = _read(run, format, columns)
        objective = read.objective if objective is None else objective
        seed = read.seed if seed is None else seed
        run, source = read.trajectory, read.source
    problem = objective if isinstance(objective, _core.Problem) else None
    if problem is not None:
        objective = problem.objective
    if hvp is not None and objective is not None:
        objective = _with_products(objective, hvp)
    diagnosis = _core.diagnose_trajectory(
        run,
        source,
        objective=objective,
        problem=problem,
        lower_bound=lower_bound,
        optimal_value=optimal_value,
        rewards=list(rewards),
        optimal_action=optimal_action,
        transform=transform,
        seed=seed or 0,
        gradient_tolerance=gradient_tolerance,
        thresholds=dict(thresholds or {}),
    )
    if hvp is not None and objective is None:
        _core.look_at_curvature(diagnosis, hvp, gradient_tolerance)
    return diagnosis


def read(path, *, format="auto", columns=None):
    """The Trajectory in a file, or in arrays by name; `format` and `columns` as in `diagnose`."""
    return _read(path, format, columns).trajectory
