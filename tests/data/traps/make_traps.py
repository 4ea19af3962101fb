"""Logs of SciPy's optimizers that stop in a trap and report success: see README.md.

    python3 make_traps.py        writes the CSV files beside this script
"""
import csv
import pathlib

import numpy as np
import scipy
from scipy.optimize import minimize

HERE = pathlib.Path(__file__).parent


def saddle(x):
    """x^2 - y^2 + (x^4 + y^4)/4: `capped-saddle`."""
    squares = x * x
    return squares[0] - squares[1] + 0.25 * np.sum(squares * squares)


def saddle_gradient(x):
    return np.array([x[0] * (2.0 + x[0] * x[0]), x[1] * (x[1] * x[1] - 2.0)])


def saddle_product(x, v):
    return np.array([(2.0 + 3.0 * x[0] * x[0]) * v[0], (3.0 * x[1] * x[1] - 2.0) * v[1]])


REWARDS = np.array([0.75, 0.25, 0.25])


def policy(theta):
    weights = np.exp(theta - np.max(theta))
    return weights / np.sum(weights)


def shortfall(theta):
    """(pi* - pi)'r: `softmax-bandit` with three arms."""
    return float(np.dot(policy(theta), np.max(REWARDS) - REWARDS))


def shortfall_gradient(theta):
    pi = policy(theta)
    regret = np.max(REWARDS) - REWARDS
    return pi * (regret - np.dot(pi, regret))


def record(name, f, gradient, start, method, probabilities, options):
    points = [np.array(start, dtype=float)]

    def callback(x, *_):
        x = np.array(x, dtype=float)
        if not np.array_equal(x, points[-1]):
            points.append(x)

    result = minimize(f, start, jac=gradient, method=method, callback=callback, **options)
    if not np.array_equal(result.x, points[-1]):
        points.append(np.array(result.x, dtype=float))
    path = HERE / f"scipy-{method.lower()}-{name}.csv"
    n = len(start)
    header = ["iteration", "f", "grad_norm"] + [f"x_{i}" for i in range(n)]
    header += [f"pi_{i}" for i in range(n)] if probabilities else []
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for k, x in enumerate(points):
            row = [f(x), np.linalg.norm(gradient(x)), *x] + (list(policy(x)) if probabilities else [])
            writer.writerow([k] + [repr(float(value)) for value in row])
    print(f"{path.name}: success={result.success}, {len(points)} points, f={f(result.x):.6g}, "
          f"|g|={np.linalg.norm(gradient(result.x)):.3g}, {result.message}")


if __name__ == "__main__":
    print("scipy", scipy.__version__)
    for method in ["CG", "BFGS", "L-BFGS-B", "TNC", "SLSQP", "Newton-CG", "trust-constr", "trust-ncg"]:
        options = {"hessp": saddle_product} if method in ("Newton-CG", "trust-constr", "trust-ncg") else {}
        if method == "SLSQP":
            options["options"] = {"ftol": 1e-12}
        record("saddle", saddle, saddle_gradient, [1.0, 0.0], method, False, options)
    for name, least, methods in [("well", 1e-6, ["CG", "BFGS", "L-BFGS-B", "SLSQP"]), ("shallow-well", 1e-3, ["SLSQP"])]:
        start = np.log(np.array([least, 1.0 - 2.0 * least, least]))
        for method in methods:
            record(name, shortfall, shortfall_gradient, start, method, True, {})
