"""Runs of `minimize` that are recorded into files: what other programs read of them, resuming, and Ctrl-C."""

import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import unittest

import numpy as np

import perigee


def quartic(x):  # sum x^4 + x^2/2: far from quadratic at the start
    return float(np.sum(x**4 + 0.5 * x**2)), 4 * x**3 + x


descent = perigee.solver("gradient-descent", learning_rate=0.01)


class InFolder(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.path = self.folder / "run.sqlite"

    def configuration(self):
        database = sqlite3.connect(self.path)
        self.addCleanup(database.close)
        return dict(database.execute("SELECT name, value FROM configuration"))

    def assert_same_run(self, one, other):
        for name in ("iteration", "value", "gradient_norm", "step_norm", "gradients"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


class Stores(InFolder):
    def test_the_file_holds_the_run_that_is_made_without_it(self):
        problem = perigee.problem("octopus", dimension=3)
        stored = perigee.minimize(problem, solver="perturbed-gradient-descent", budget=600, seed=4, store=self.path)
        plain = perigee.minimize(problem, solver="perturbed-gradient-descent", budget=600, seed=4)
        for trajectory in (stored.trajectory, perigee.read(self.path)):
            self.assert_same_run(trajectory, plain.trajectory)
            self.assertEqual(trajectory.settings, plain.trajectory.settings)
            self.assertEqual(trajectory.end.id, plain.end.id)
        np.testing.assert_array_equal(stored.x, plain.x)
        configuration = self.configuration()
        self.assertEqual(configuration["problem"], "octopus")
        self.assertEqual(configuration["problem.dimension"], "3")
        self.assertEqual((configuration["seed"], configuration["start"]), ("4", "ones"))

    def test_the_command_reads_it_and_finds_the_problem_again(self):
        problem = perigee.problem("nesterov-saddle")
        perigee.minimize(problem, [1.0, 0.0], solver=perigee.solvers.GradientDescent(learning_rate=0.1), store=self.path)
        self.assertEqual(self.configuration()["start"], "1,0")
        self.assertEqual(perigee.diagnose(self.path).verdict.certainty, "proven")  # only the Hessian can prove it
        command = os.environ.get("PERIGEE_COMMAND")
        for arguments in (["diagnose"], ["watch"]) if command else ():
            done = subprocess.run([command, *arguments, str(self.path)], capture_output=True, text=True, timeout=120)
            self.assertIn("strict-saddle", done.stdout, done.stderr)
            self.assertIn("proven", done.stdout)

    def test_a_callable_is_no_registered_problem_whatever_its_name(self):
        def octopus(x):
            return quartic(x)

        result = perigee.minimize(octopus, [1.0, -2.0, 0.5], solver=descent, store=self.path)
        configuration = self.configuration()
        self.assertNotIn("problem", configuration)
        self.assertEqual((configuration["objective"], configuration["start"]), ("octopus", "1,-2,0.5"))
        self.assertEqual(perigee.diagnose(self.path).judged_points, [])
        known = perigee.diagnose(self.path, perigee.Objective(3, quartic))
        self.assertEqual(known.verdict.id, result.diagnose().verdict.id)

    def test_a_run_that_its_budget_ended_goes_on_bit_for_bit(self):
        arguments = dict(solver=perigee.solver("heavy-ball", learning_rate=1e-3), seed=2)
        whole = perigee.minimize(quartic, np.linspace(-1, 1, 20), budget=300, **arguments)
        for budget in (1, 80, 300):
            resumed = perigee.minimize(
                quartic, np.linspace(-1, 1, 20), budget=budget, store=self.path, store_mode="resume", **arguments
            )
            self.assertEqual(len(resumed.trajectory), budget)
        self.assert_same_run(resumed.trajectory, whole.trajectory)
        np.testing.assert_array_equal(resumed.x, whole.x)

    def test_what_is_there_is_not_lost(self):
        perigee.minimize(quartic, [1.0], solver=descent, budget=5, store=self.path)
        before = perigee.read(self.path)
        with self.assertRaisesRegex(perigee.StoreError, "exists already"):
            perigee.minimize(quartic, [1.0], solver=descent, budget=5, store=self.path)
        with self.assertRaisesRegex(perigee.StoreError, "another configuration.*start"):
            perigee.minimize(quartic, [2.0], solver=descent, budget=9, store=self.path, store_mode="resume")
        with self.assertRaisesRegex(ValueError, "store_mode must be 'create', 'overwrite' or 'resume', got 'append'"):
            perigee.minimize(quartic, [1.0], store=self.path, store_mode="append")
        self.assert_same_run(perigee.read(self.path), before)
        self.assertEqual(self.configuration()["start"], "1")
        perigee.minimize(quartic, [2.0], solver=descent, store=self.path, store_mode="overwrite")
        self.assertEqual(self.configuration()["start"], "2")
        with self.assertRaisesRegex(perigee.StoreError, "the run has ended already"):  # converged
            perigee.minimize(quartic, [2.0], solver=descent, store=self.path, store_mode="resume")
        other = self.folder / "thesis.txt"
        other.write_text("no recorded run\n" * 100)
        with self.assertRaises(perigee.StoreError):
            perigee.minimize(quartic, [1.0], store=other, store_mode="overwrite")
        self.assertEqual(other.read_text(), "no recorded run\n" * 100)


class ControlC(InFolder):
    """SIGINT to another process, which must end by KeyboardInterrupt within five seconds, on a loaded machine too."""

    def start(self, script):
        text = textwrap.dedent(script)
        return subprocess.Popen([sys.executable, "-c", text, str(self.path)], stdout=subprocess.PIPE, text=True)

    def interrupt(self, child):
        child.send_signal(signal.SIGINT)
        began = time.monotonic()
        output, _ = child.communicate(timeout=60)
        self.assertLess(time.monotonic() - began, 5.0)
        self.assertEqual(output.strip(), "KeyboardInterrupt")

    def test_while_a_long_log_is_read(self):
        os.mkfifo(self.path)  # a log without end, so that the reading cannot be over before the signal comes
        child = self.start(
            """
            import sys
            import perigee
            try:
                perigee.diagnose(sys.argv[1])
            except KeyboardInterrupt:
                print("KeyboardInterrupt")
            """
        )
        rows_sent = threading.Event()

        def write():
            try:
                with open(self.path, "w") as log:
                    log.write("loss\n")
                    while True:
                        log.write("0.125\n" * 1000)
                        log.flush()
                        rows_sent.set()
                        time.sleep(0.001)
            except BrokenPipeError:
                pass

        writer = threading.Thread(target=write)
        writer.start()
        self.assertTrue(rows_sent.wait(60))
        time.sleep(0.3)
        self.interrupt(child)
        writer.join()

    def test_while_a_run_is_recorded_which_goes_on_afterwards_as_if_nothing_had_been(self):
        child = self.start(
            """
            import sys, time
            import perigee
            problem = perigee.problem("octopus", dimension=20)
            try:
                perigee.minimize(problem, solver="perturbed-gradient-descent", seed=3, budget=4000, store=sys.argv[1],
                                 callback=lambda *_: time.sleep(0.02))
            except KeyboardInterrupt:
                print("KeyboardInterrupt")
            """
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not (self.path.exists() and self.rows() > 0):
            time.sleep(0.05)
        self.interrupt(child)
        self.assertIsNone(perigee.read(self.path).end)
        cut_off = self.rows()
        self.assertGreater(cut_off, 0)
        arguments = dict(solver="perturbed-gradient-descent", seed=3, budget=4000)
        problem = perigee.problem("octopus", dimension=20)
        whole = perigee.minimize(problem, **arguments)
        resumed = perigee.minimize(problem, store=self.path, store_mode="resume", **arguments)
        self.assertLess(cut_off, len(whole.trajectory))
        self.assert_same_run(resumed.trajectory, whole.trajectory)

    def rows(self):
        try:
            return len(perigee.read(self.path))
        except ValueError:  # no row yet
            return 0


if __name__ == "__main__":
    unittest.main()
