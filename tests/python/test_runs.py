"""Problems, solvers and schedules by name and by class; runs, and the arrays that look into them."""

import gc
import inspect
import os
import signal
import threading
import unittest

import numpy as np

import perigee


def address(array):
    return array.__array_interface__["data"][0]


class Registry(unittest.TestCase):
    def test_every_entry_has_a_class_with_its_parameters(self):
        for module, base in ((perigee.solvers, perigee.Solver), (perigee.problems, perigee.Problem)):
            self.assertEqual(len(set(module.__all__)), len(module.entries))
            for name, entry in zip(module.__all__, module.entries):
                made = getattr(module, name)
                self.assertTrue(name.isidentifier() and issubclass(made, base))
                self.assertIn(entry["summary"][1:], made.__doc__)
                parameters = [p for p in inspect.signature(made).parameters]
                self.assertEqual([p.rstrip("_") for p in parameters], [p["name"] for p in entry["parameters"]])
        self.assertGreater(len(perigee.solvers.entries), 25)
        self.assertGreater(len(perigee.problems.entries), 50)

    def test_every_solver_can_be_made_with_its_defaults(self):
        for name, entry in zip(perigee.solvers.__all__, perigee.solvers.entries):
            self.assertEqual(getattr(perigee.solvers, name)().name, entry["name"])

    def test_a_class_and_a_name_make_the_same(self):
        by_name = perigee.problem("octopus", dimension=3)
        by_class = perigee.problems.Octopus(dimension=3)
        self.assertIsInstance(by_class, perigee.Problem)
        x = np.array([1.0, 2.0, 3.0])
        self.assertEqual(by_name.objective.value(x), by_class.objective.value(x))
        self.assertEqual(by_name.dimension, 3)

    def test_a_unique_beginning_of_a_name_is_enough(self):
        self.assertEqual(perigee.problem("octopus", d=7).dimension, 7)

    def test_numbers_lists_and_schedules_are_parameters(self):
        bandit = perigee.problem("softmax-bandit", arms=3, rewards=[0.2, 0.9, 1])
        pi = np.array([0.5, 0.2, 0.3])  # f is what the policy misses of the best reward
        self.assertAlmostEqual(bandit.objective.value(np.log(pi)), 1 - pi @ [0.2, 0.9, 1], delta=1e-15)
        schedule = perigee.schedules.cosine(initial=0.1, final=0, iterations=10)
        solver = perigee.solvers.GradientDescent(learning_rate=schedule)
        self.assertEqual(solver.settings(bandit)["learning_rate"], str(schedule))
        self.assertAlmostEqual(schedule(5), 0.05, delta=1e-15)  # half-way down half a cosine
        self.assertEqual(str(perigee.Schedule(str(schedule))), str(schedule))

    def test_what_is_known_of_a_problem(self):
        problem = perigee.problem("nesterov-saddle")
        self.assertEqual({point["type"] for point in problem.stationary_points}, {"minimum", "strict-saddle"})
        for point in problem.stationary_points:
            value, gradient = problem.objective.value_and_gradient(point["x"])
            self.assertLess(np.linalg.norm(gradient), 1e-12)
            self.assertAlmostEqual(value, point["value"], delta=1e-12)

    def test_mistakes_are_value_errors_that_say_what_would_be_right(self):
        with self.assertRaisesRegex(ValueError, "did you mean 'gradient-descent'"):
            perigee.solver("gradent-descent")
        with self.assertRaisesRegex(ValueError, "no parameter 'lr'.*learning_rate"):
            perigee.solver("gradient-descent", lr=0.1)
        with self.assertRaisesRegex(ValueError, r"dimension must be in \[1, "):
            perigee.problem("octopus", dimension=0)
        with self.assertRaisesRegex(ValueError, "initial must|rate must be > 0"):
            perigee.schedules.constant(initial=-1)


class Runs(unittest.TestCase):
    def test_guided_leaves_the_saddle_that_gradient_descent_stays_at(self):
        def saddle(x):  # f = x^2 - y^2 + y^4: minima at y = +-1/sqrt 2, f = -1/4
            return x[0] ** 2 - x[1] ** 2 + x[1] ** 4, np.array([2 * x[0], -2 * x[1] + 4 * x[1] ** 3])

        descent = perigee.minimize(saddle, [1.0, 0.0], solver=perigee.solver("gradient-descent", learning_rate=0.1))
        self.assertEqual(descent.end.id, "gradient-tolerance")
        self.assertAlmostEqual(descent.value, 0.0, delta=1e-12)
        guided = perigee.minimize(saddle, [1.0, 0.0])
        self.assertAlmostEqual(guided.value, -0.25, delta=1e-10)
        self.assertEqual([decision["remedy"] for decision in guided.decisions], ["negative-curvature-step"])

    def test_the_record_is_that_of_the_formula(self):
        # Gradient descent on x^2/2 with eta = 1/4: x_k = (3/4)^k.
        solver = perigee.solvers.GradientDescent(learning_rate=0.25)
        result = perigee.minimize(lambda x: (0.5 * x[0] ** 2, x.copy()), [1.0], solver=solver, iterations=20)
        k = np.arange(21)
        trajectory = result.trajectory
        np.testing.assert_array_equal(trajectory.iteration, k)
        np.testing.assert_allclose(trajectory.gradient_norm, 0.75**k, rtol=1e-14)
        np.testing.assert_allclose(trajectory.value, 0.5 * 0.75 ** (2 * k), rtol=1e-14)
        np.testing.assert_array_equal(trajectory.step_size[1:], 0.25)
        np.testing.assert_array_equal(trajectory.gradients, k + 1)
        self.assertEqual(result.end.id, "max-iterations")
        self.assertEqual(trajectory.records.dtype.names[:2], ("iteration", "kind"))
        for iteration, x in trajectory.snapshots:
            np.testing.assert_allclose(x, [0.75**iteration], rtol=1e-14)

    def test_equal_seeds_give_equal_bits(self):
        problem = perigee.problem("octopus", dimension=4)
        solver = perigee.solver("perturbed-gradient-descent")
        first, second = (perigee.minimize(problem, solver=solver, seed=5, budget=2000) for _ in range(2))
        other = perigee.minimize(problem, solver=solver, seed=6, budget=2000)
        np.testing.assert_array_equal(first.trajectory.value, second.trajectory.value)
        self.assertFalse(np.array_equal(first.x, other.x))

    def test_a_callback_sees_every_iterate_and_ends_the_run(self):
        seen = []

        def callback(iteration, value, gradient_norm):
            seen.append(iteration)
            return iteration == 7

        result = perigee.minimize(
            lambda x: (float(x @ x), 2 * x),
            [1.0],
            solver=perigee.solver("gradient-descent", learning_rate=0.01),
            callback=callback,
        )
        self.assertEqual(seen, list(range(8)))
        self.assertEqual((result.end.id, result.iterations), ("callback", 7))

    def test_starts_are_named_or_given(self):
        problem = perigee.problem("octopus", dimension=2)
        at_origin = perigee.minimize(problem, start="origin", iterations=0)
        np.testing.assert_array_equal(at_origin.x, problem.starts["origin"])
        with self.assertRaisesRegex(ValueError, "no start 'nowhere'; it has"):
            perigee.minimize(problem, start="nowhere")
        with self.assertRaisesRegex(ValueError, "x0 or start, got both"):
            perigee.minimize(problem, [0.0, 0.0], start="origin")
        with self.assertRaisesRegex(ValueError, "x0 must be given"):
            perigee.minimize(lambda x: (0.0, x))
        with self.assertRaisesRegex(ValueError, "must have length 2, got 3"):
            perigee.minimize(problem, [0.0, 0.0, 0.0])
        with self.assertRaisesRegex(TypeError, "solver must be a Solver or its name"):
            perigee.minimize(problem, solver=3)


class Views(unittest.TestCase):
    def test_arrays_look_into_the_record_and_keep_it_alive(self):
        result = perigee.minimize(perigee.problem("softmax-bandit", arms=3), budget=500)
        trajectory = result.trajectory
        value, again = trajectory.value, result.trajectory.records["value"]
        self.assertEqual(address(value), address(again))  # the same memory, not a copy of it
        self.assertEqual(value.strides, (trajectory.records.dtype.itemsize,))
        column = trajectory.columns["pi_0"]
        self.assertEqual(address(column), address(result.trajectory.columns["pi_0"]))
        x = result.x
        self.assertEqual(address(x), address(result.x))
        for array in (value, column, x, trajectory.snapshots[0][1]):
            self.assertFalse(array.flags.writeable)
            self.assertFalse(array.flags.owndata)
        copies = value.copy(), column.copy(), x.copy()
        del result, trajectory, again
        gc.collect()
        _ = [np.random.default_rng(0).random(10000) for _ in range(50)]  # would reuse memory that was given back
        for array, copy in zip((value, column, x), copies):
            np.testing.assert_array_equal(array, copy)


class Interruption(unittest.TestCase):
    def interrupted(self, action):
        timer = threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT))
        timer.start()
        try:
            with self.assertRaises(KeyboardInterrupt):
                action()
        finally:
            timer.cancel()
            timer.join()

    def test_control_c_ends_a_run_that_never_enters_python(self):
        problem = perigee.problem("octopus", dimension=1000)
        solver = perigee.solver("gradient-descent", learning_rate=1e-9)
        self.interrupted(lambda: perigee.minimize(problem, solver=solver, budget=10**9, seconds=60))

    def test_control_c_ends_a_run_of_a_callable(self):
        solver = perigee.solver("gradient-descent", learning_rate=1e-9)
        self.interrupted(
            lambda: perigee.minimize(lambda x: (float(x @ x), 2 * x), [1.0], solver=solver, budget=10**9, seconds=60)
        )


if __name__ == "__main__":
    unittest.main()
