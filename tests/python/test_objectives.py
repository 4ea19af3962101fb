"""Objectives made of callables: what they are given, what they may return, and that nothing is copied on the way."""

import threading
import tracemalloc
import unittest

import numpy as np

import perigee


def address(array):
    return array.__array_interface__["data"][0]


def quadratic(x):
    return 0.5 * float(x @ x), x


class Calls(unittest.TestCase):
    def test_value_gradient_and_product_are_those_of_the_callables(self):
        # f = x'Ax/2: grad f = Ax and H v = Av are known.
        matrix = np.array([[2.0, 1.0], [1.0, -3.0]])
        objective = perigee.Objective(
            2,
            lambda x: (0.5 * x @ matrix @ x, matrix @ x),
            value=lambda x: 0.5 * x @ matrix @ x,
            hessian_vector_product=lambda x, v: matrix @ v,
            name="saddle",
        )
        x, v = np.array([0.5, -2.0]), np.array([1.0, 4.0])
        value, gradient = objective.value_and_gradient(x)
        self.assertEqual(value, 0.5 * x @ matrix @ x)
        np.testing.assert_array_equal(gradient, matrix @ x)
        self.assertEqual(objective.value(x), value)
        np.testing.assert_array_equal(objective.hessian_vector_product(x, v), matrix @ v)
        self.assertTrue(objective.has_exact_hessian_vector_product)
        self.assertEqual((objective.dimension, objective.name), (2, "saddle"))

    def test_products_without_a_callable_are_differences_of_gradients(self):
        objective = perigee.Objective(3, lambda x: (float(np.sum(x**4)), 4 * x**3))
        x, v = np.array([1.0, 2.0, -1.0]), np.array([1.0, 0.0, 2.0])
        self.assertFalse(objective.has_exact_hessian_vector_product)
        # Central differences: h^2 times the third derivative, here 6e-10 relative.
        np.testing.assert_allclose(objective.hessian_vector_product(x, v), 12 * x**2 * v, rtol=1e-8, atol=1e-8)

    def test_lists_and_other_numbers_are_taken_for_what_they_are(self):
        objective = perigee.Objective(2, lambda x: (np.float32(x.sum()), [1, 1]))
        value, gradient = objective.value_and_gradient([1, 2])
        self.assertEqual(value, 3.0)
        np.testing.assert_array_equal(gradient, [1.0, 1.0])

    def test_wrong_derivatives_are_found_out(self):
        right = perigee.Objective(2, lambda x: (float(x @ x), 2 * x))
        wrong = perigee.Objective(2, lambda x: (float(x @ x), 2.02 * x))
        self.assertEqual(right.check_derivatives([1.0, 2.0])["parts"]["gradient"], "passed")
        self.assertEqual(wrong.check_derivatives([1.0, 2.0])["parts"]["gradient"], "failed")


class NothingIsCopied(unittest.TestCase):
    def test_the_callable_looks_at_the_memory_of_the_caller(self):
        seen = []

        def into(x, gradient):
            seen.append((address(x), address(gradient), x.flags.writeable, gradient.flags.writeable))
            gradient[:] = x
            return 0.5 * float(x @ x)

        objective = perigee.Objective(5, value_and_gradient_into=into)
        x = np.arange(5.0)
        _, gradient = objective.value_and_gradient(x)
        self.assertEqual(seen, [(address(x), address(gradient), False, True)])

    def test_a_run_allocates_no_array_in_python(self):
        # n doubles are 8 MB; NumPy tells tracemalloc of every array that owns memory.
        n = 1_000_000

        def into(x, gradient):
            np.multiply(x, 0.5, out=gradient)
            return 0.25 * float(x @ x)

        x0 = np.ones(n)
        objective = perigee.Objective(n, value_and_gradient_into=into)
        solver = perigee.solver("gradient-descent", learning_rate=1.0)
        tracemalloc.start()
        try:
            result = perigee.minimize(objective, x0, solver=solver, budget=20)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        self.assertLess(peak, n)  # bytes: an eighth of one array
        self.assertEqual(result.x[0], 2.0**-19)  # every step halves

    def test_an_argument_that_is_kept_is_an_error_and_stays_readable(self):
        kept = []

        def keeps(x):
            kept.append(x)
            return 0.5 * float(x @ x), np.array(x)

        with self.assertRaisesRegex(ValueError, r"keep x\.copy\(\) instead"):
            perigee.minimize(keeps, np.array([3.0, 4.0]))
        np.testing.assert_array_equal(kept[0], [3.0, 4.0])

        with self.assertRaisesRegex(ValueError, r"keep x\.copy\(\) instead"):
            perigee.minimize(lambda x: (kept.append(x[1:]) or 0.0, np.zeros(2)), [3.0, 4.0])

    def test_returning_the_argument_itself_is_no_keeping(self):
        self.assertEqual(perigee.minimize(quadratic, [3.0, 4.0]).end.kind, "convergence")


class WrongCallables(unittest.TestCase):
    def value_and_gradient(self, function):
        return perigee.Objective(2, function).value_and_gradient([1.0, 2.0])

    def test_what_is_returned_is_checked(self):
        with self.assertRaisesRegex(TypeError, r"must return a pair \(value, gradient\), got <class 'float'>"):
            self.value_and_gradient(lambda x: 1.0)
        with self.assertRaisesRegex(ValueError, r"must have shape \(2,\), got \(3,\)"):
            self.value_and_gradient(lambda x: (1.0, np.zeros(3)))
        with self.assertRaisesRegex(ValueError, r"must have shape \(2,\), got \(1, 2\)"):
            self.value_and_gradient(lambda x: (1.0, np.zeros((1, 2))))
        with self.assertRaisesRegex(TypeError, "must return a number, got <class 'str'>"):
            self.value_and_gradient(lambda x: ("low", np.zeros(2)))
        with self.assertRaisesRegex(TypeError, "must be an array of numbers"):
            self.value_and_gradient(lambda x: (1.0, {"a": 1}))

    def test_what_is_given_is_checked(self):
        with self.assertRaisesRegex(TypeError, "must be callable, got <class 'int'>"):
            perigee.Objective(2, 3)
        with self.assertRaisesRegex(ValueError, "exactly one of value_and_gradient and value_and_gradient_into"):
            perigee.Objective(2)
        with self.assertRaisesRegex(ValueError, "dimension must be >= 0, got -1"):
            perigee.Objective(-1, quadratic)
        with self.assertRaisesRegex(ValueError, "must have length 2, got 3"):
            perigee.Objective(2, quadratic).value([1.0, 2.0, 3.0])
        with self.assertRaisesRegex(ValueError, "must have one axis"):
            perigee.Objective(2, quadratic).value([[1.0, 2.0]])

    def test_exceptions_pass_through_a_run(self):
        class Mine(Exception):
            pass

        def fails(x):
            raise Mine("from the callable")

        with self.assertRaisesRegex(Mine, "from the callable"):
            perigee.minimize(fails, [1.0])

    def test_numbers_that_are_none_end_a_run_without_an_exception(self):
        result = perigee.minimize(lambda x: (float("nan"), np.full(1, np.nan)), [1.0])
        self.assertEqual(result.end.kind, "breakdown")


class Threads(unittest.TestCase):
    def test_runs_in_several_threads_give_what_one_gives(self):
        def rosenbrock(x):
            a, b = 1 - x[0], x[1] - x[0] ** 2
            return a * a + 100 * b * b, np.array([-2 * a - 400 * x[0] * b, 200 * b])

        alone = perigee.minimize(rosenbrock, [-1.2, 1.0], seed=1).x.copy()
        results = [None] * 4

        def work(i):
            results[i] = perigee.minimize(rosenbrock, [-1.2, 1.0], seed=1).x.copy()

        threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for result in results:
            np.testing.assert_array_equal(result, alone)

    def test_python_goes_on_while_a_problem_of_ours_runs(self):
        # Were the interpreter's lock held during the run, the counter would stand still.
        counted = [0]
        done = threading.Event()

        def count():
            while not done.wait(0.001):
                counted[0] += 1

        thread = threading.Thread(target=count)
        thread.start()
        while counted[0] == 0:
            pass
        before = counted[0]
        solver = perigee.solver("gradient-descent", learning_rate=1e-9)
        result = perigee.minimize(
            perigee.problem("octopus", dimension=1000), solver=solver, budget=10**9, seconds=0.5
        )
        after = counted[0]
        done.set()
        thread.join()
        self.assertEqual(result.end.id, "max-seconds")
        self.assertGreater(after - before, 20)


if __name__ == "__main__":
    unittest.main()
