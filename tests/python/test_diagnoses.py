"""Recorders of foreign loops, and diagnoses of everything that holds a run."""

import html
import json
import math
import os
import pathlib
import sqlite3
import tempfile
import unittest

import numpy as np

import perigee

logs = pathlib.Path(__file__).resolve().parents[1] / "data" / "logs"


class InFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)


class Recording(InFolder):
    def test_what_was_logged_comes_back(self):
        path = self.folder / "run.sqlite"
        with perigee.Recorder(path, problem="digits", lower_bound=0, settings={"epochs": 3}) as recorder:
            for step in range(0, 300, 3):
                recorder.log(
                    step=step,
                    loss=np.float32(1.0) / (step + 1),
                    grad_norm=None if step % 2 else 0.5,
                    lr=0.1,
                    parameters=np.full(4, float(step)),
                    temperature=2.0 * step,
                )
        run = perigee.read(path)
        steps = np.arange(0, 300, 3)
        np.testing.assert_array_equal(run.iteration, steps)
        np.testing.assert_array_equal(run.value, (np.float32(1.0) / (steps + 1).astype(object)).astype(float))
        np.testing.assert_array_equal(np.isnan(run.gradient_norm), steps % 2 == 1)
        np.testing.assert_array_equal(run.step_size, 0.1)
        np.testing.assert_array_equal(run.columns["temperature"], 2.0 * steps)
        self.assertEqual((run.problem, run.settings, run.end), ("digits", {"epochs": "3"}, None))
        self.assertEqual([k for k, _ in run.snapshots][:1] + [k for k, _ in run.snapshots][-1:], [0, 297])
        for iteration, x in run.snapshots:
            np.testing.assert_array_equal(x, np.full(4, float(iteration)))

    def test_steps_are_counted_where_none_are_given(self):
        path = self.folder / "run.sqlite"
        with perigee.Recorder(path) as recorder:
            recorder.log(loss=3.0)
            recorder.log(10, loss=2.0)
            recorder.log(loss=1.0)
        np.testing.assert_array_equal(perigee.read(path).iteration, [0, 10, 11])

    def test_a_recorder_in_flight_can_be_diagnosed_and_goes_on(self):
        path = self.folder / "run.sqlite"
        recorder = perigee.Recorder(path, lower_bound=0)
        for step in range(100):
            recorder.log(loss=1.0 / (step + 1), grad_norm=1.0 / (step + 1) ** 2)
        self.assertIn("value 0.01", perigee.diagnose(recorder).to_text())
        self.assertEqual(len(perigee.read(path)), 100)
        recorder.log(loss=0.0)
        recorder.finish(kind="convergence", id="tolerance", message="loss 0")
        self.assertEqual(len(perigee.read(path)), 101)
        self.assertEqual(perigee.read(path).end.id, "tolerance")
        with self.assertRaisesRegex(ValueError, "after it was closed"):
            recorder.log(loss=0.0)

    def test_an_exception_in_the_loop_leaves_the_rows(self):
        path = self.folder / "run.sqlite"
        with self.assertRaises(ZeroDivisionError), perigee.Recorder(path) as recorder:
            recorder.log(loss=1.0)
            1 / 0
        self.assertEqual(len(perigee.read(path)), 1)

    def test_modes(self):
        path = self.folder / "run.sqlite"
        with perigee.Recorder(path) as recorder:
            for _ in range(10):
                recorder.log(loss=1.0)
        with self.assertRaisesRegex(perigee.StoreError, "exists already"):
            perigee.Recorder(path)
        self.assertTrue(issubclass(perigee.StoreError, OSError))
        with perigee.Recorder(path, mode="resume") as recorder:
            recorder.log(loss=2.0)
            recorder.log(loss=2.0, late=1.0)
        self.assertEqual(perigee.read(path).value.tolist(), [1.0] * 10 + [2.0] * 2)
        with perigee.Recorder(path, mode="resume") as recorder:
            recorder.log(step=4, loss=3.0)
        self.assertEqual(perigee.read(path).value.tolist(), [1.0] * 4 + [3.0])
        with perigee.Recorder(path, mode="overwrite") as recorder:
            recorder.log(loss=4.0)
        self.assertEqual(perigee.read(path).value.tolist(), [4.0])
        with self.assertRaisesRegex(ValueError, "'create', 'overwrite' or 'resume', got 'append'"):
            perigee.Recorder(path, mode="append")

    def test_a_forked_process_does_no_harm(self):
        path = self.folder / "run.sqlite"
        with perigee.Recorder(path) as recorder:
            recorder.log(loss=1.0)
            child = os.fork()
            if child == 0:
                status = 1
                try:
                    recorder.log(loss=2.0)
                except ValueError as error:
                    status = 0 if "forked" in str(error) else 2
                recorder.close()
                os._exit(status)
            self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)
            with self.assertRaisesRegex(perigee.StoreError, "is being recorded"):
                perigee.Recorder(path, mode="resume")  # the lock is still there
            recorder.log(loss=3.0)
        self.assertEqual(perigee.read(path).value.tolist(), [1.0, 3.0])

    def test_a_bad_row_leaves_no_trace(self):
        path = self.folder / "run.sqlite"
        with perigee.Recorder(path, rewards=[1.0, 0.5]) as recorder:
            recorder.log(loss=1.0, probabilities=[0.9, 0.1])
            with self.assertRaises(TypeError):
                recorder.log(loss="low")
            with self.assertRaises(TypeError):
                recorder.log(loss=1.0, extra="text")
            with self.assertRaisesRegex(ValueError, "must have length 2, got 3"):
                recorder.log(loss=1.0, probabilities=[0.5, 0.3, 0.2])
            with self.assertRaisesRegex(ValueError, "iterations must increase, got 0 after 0"):
                recorder.log(step=0, loss=1.0)
            recorder.log(loss=0.5, probabilities=[0.95, 0.05])
        run = perigee.read(path)
        np.testing.assert_array_equal(run.value, [1.0, 0.5])
        np.testing.assert_array_equal(run.columns["pi_0"], [0.9, 0.95])

    def test_the_file_is_a_recorded_run_like_any(self):
        path = self.folder / "run.sqlite"
        with perigee.Recorder(path, rewards=[1.0, 0.5], transform="softmax", optimal_action=0) as recorder:
            recorder.log(loss=1.0, probabilities=[0.9, 0.1])
        with sqlite3.connect(path) as database:
            rows = database.execute("SELECT iteration, pi_0, pi_1 FROM named_columns").fetchall()
            policy = database.execute("SELECT probability_column, reward FROM policy").fetchall()
        database.close()
        self.assertEqual(rows, [(0, 0.9, 0.1)])
        self.assertEqual(policy, [("pi_0", 1.0), ("pi_1", 0.5)])


class GravityWell(InFolder):
    def softmax_gradient_ascent(self, recorder, steps, eta=0.4):
        """Mei et al. (2020): exact gradients on three arms, from a policy that sits at the second one."""
        rewards = np.array([1.0, 0.6, 0.1])
        theta = np.log([0.001, 0.998, 0.001])
        for _ in range(steps):
            pi = np.exp(theta - theta.max())
            pi /= pi.sum()
            gradient = pi * (rewards - pi @ rewards)
            recorder.log(loss=-pi @ rewards, grad_norm=np.linalg.norm(gradient), lr=eta, probabilities=pi)
            theta = theta + eta * gradient

    def test_a_policy_that_is_still_held_is_found_with_its_arm(self):
        path = self.folder / "run.sqlite"
        with perigee.Recorder(path, rewards=[1.0, 0.6, 0.1], optimal_action=0, transform="softmax") as recorder:
            self.softmax_gradient_ascent(recorder, 2000)
        diagnosis = perigee.diagnose(recorder, optimal_value=-1.0)
        self.assertEqual(diagnosis.verdict.id, "gravity-well")
        self.assertIn("gravity-well", diagnosis)
        self.assertEqual(diagnosis["gravity-well"].severity, "problem")
        self.assertEqual(diagnosis["gravity-well"].units["gap"], "reward")
        self.assertAlmostEqual(diagnosis["gravity-well"].evidence["gap"], 0.4, delta=1e-12)

    def test_what_the_file_does_not_know_can_be_said_later(self):
        path = self.folder / "run.sqlite"
        with perigee.Recorder(path) as recorder:
            self.softmax_gradient_ascent(recorder, 2000)
        self.assertNotIn("gravity-well", perigee.diagnose(path))
        told = perigee.diagnose(path, rewards=[1.0, 0.6, 0.1], optimal_action=0, transform="softmax")
        self.assertIn("gravity-well", told)
        with self.assertRaisesRegex(ValueError, "a reward for each of the 3 probabilities, got 2"):
            perigee.diagnose(path, rewards=[1.0, 0.6])

    def test_a_real_training_log_names_the_class_that_was_lost(self):
        diagnosis = perigee.diagnose(logs / "digits-softmax-reward-3.csv")
        self.assertEqual(diagnosis.verdict.id, "gravity-well")
        self.assertEqual(diagnosis.verdict.evidence["class"], 1.0)
        self.assertIn("p_class_1", diagnosis.summary)


class Curvature(InFolder):
    def setUp(self):
        super().setUp()
        # f = x'Ax/2 + |x|^4/4 with A of known spectrum: the origin is a strict saddle of lambda_min = -0.3.
        basis, _ = np.linalg.qr(np.random.default_rng(3).standard_normal((40, 40)))
        self.eigenvalues = np.concatenate([[-0.3], np.linspace(0.1, 2.0, 39)])
        self.matrix = basis @ np.diag(self.eigenvalues) @ basis.T
        self.path = self.folder / "run.sqlite"
        with perigee.Recorder(self.path) as recorder:
            for k in range(60):
                x = 0.5**k * basis[:, 5]  # along an eigenvector of positive curvature
                value, gradient = self.value_and_gradient(x)
                recorder.log(loss=value, grad_norm=np.linalg.norm(gradient), parameters=x)

    def value_and_gradient(self, x):
        return 0.5 * x @ self.matrix @ x + 0.25 * (x @ x) ** 2, self.matrix @ x + (x @ x) * x

    def product(self, x, v):
        return self.matrix @ v + (x @ x) * v + 2 * (x @ v) * x

    def test_with_the_objective_the_end_is_a_saddle(self):
        objective = perigee.Objective(40, self.value_and_gradient, hessian_vector_product=self.product)
        diagnosis = perigee.diagnose(self.path, objective)
        self.assertEqual(diagnosis.verdict.id, "strict-saddle")
        self.assertEqual(diagnosis.verdict.certainty, "proven")
        (point,) = [p for p in diagnosis.judged_points if p.classification == "strict-saddle"]
        self.assertAlmostEqual(point.lambda_min, -0.3, delta=0.003)

    def test_products_alone_measure_the_curvature(self):
        diagnosis = perigee.diagnose(self.path, hvp=self.product)
        (point,) = diagnosis.judged_points
        # Courant-Fischer: at least the smallest eigenvalue; and within a hundredth of it.
        self.assertGreaterEqual(point.lambda_min, -0.3 - 1e-9)
        self.assertAlmostEqual(point.lambda_min, -0.3, delta=0.003)
        self.assertAlmostEqual(point.lambda_max, 2.0, delta=0.02)
        self.assertEqual((point.classification, point.iteration, point.index), ("strict-saddle", 59, 1))
        spectra = diagnosis.to_html()
        self.assertIn("Only Hessian-vector products were given", spectra)

    def test_products_replace_those_of_the_objective(self):
        calls = []
        objective = perigee.Objective(40, self.value_and_gradient)

        def counted(x, v):
            calls.append(1)
            return self.product(x, v)

        self.assertEqual(perigee.diagnose(self.path, objective, hvp=counted).verdict.id, "strict-saddle")
        self.assertGreater(len(calls), 5)

    def test_products_need_parameters(self):
        with self.assertRaisesRegex(ValueError, "hvp needs recorded parameters"):
            perigee.diagnose(logs / "digits-softmax-reward-0.csv", hvp=self.product)


class Rendering(InFolder):
    def setUp(self):
        super().setUp()
        result = perigee.minimize(
            perigee.problem("nesterov-saddle"), [1.0, 0.0], solver=perigee.solver("gradient-descent", learning_rate=0.1)
        )
        self.diagnosis = result.diagnose()

    def test_the_forms_of_a_diagnosis_agree(self):
        document = self.diagnosis.to_dict()
        self.assertEqual(document, json.loads(self.diagnosis.to_json()))
        self.assertEqual(document["summary"], self.diagnosis.summary)
        self.assertEqual(document["problem"], "nesterov-saddle")
        findings = self.diagnosis.findings
        self.assertEqual([f["id"] for f in document["findings"]], [f.id for f in findings])
        self.assertEqual(self.diagnosis.verdict.id, "strict-saddle")
        table = self.diagnosis.table()
        self.assertEqual([row["id"] for row in table], [f.id for f in findings])
        self.assertEqual(table[0]["evidence"], findings[0].evidence)
        self.assertIn(" ".join(findings[0].message.split()), " ".join(str(self.diagnosis).split()))
        self.assertEqual([p["kind"] for p in document["phases"]], [p.kind for p in self.diagnosis.phases])

    def test_notebooks_get_the_page_in_a_frame(self):
        frame = self.diagnosis._repr_html_()
        self.assertTrue(frame.startswith("<iframe srcdoc="))
        source = frame.split('srcdoc="', 1)[1].split('"', 1)[0]
        self.assertEqual(html.unescape(source), self.diagnosis.to_html())
        self.assertIn("<svg", self.diagnosis.to_html())

    def test_reports_are_pages_or_markdown(self):
        page = self.diagnosis.report(self.folder / "report.html")
        self.assertEqual(pathlib.Path(page).read_text(encoding="utf-8"), self.diagnosis.to_html())
        markdown = self.diagnosis.report(self.folder / "report.md")
        self.assertEqual(pathlib.Path(markdown).read_text(encoding="utf-8"), self.diagnosis.to_markdown())
        self.assertEqual(sorted(os.listdir(self.folder)), ["report.html", "report.md"])

    def test_a_finding_that_is_not_there(self):
        with self.assertRaises(KeyError):
            self.diagnosis["divergence"]
        self.assertNotIn("divergence", self.diagnosis)
        self.assertIn("divergence", perigee.finding_descriptions())


class Reading(InFolder):
    def test_columns_can_be_said(self):
        path = self.folder / "log.csv"
        path.write_text("n,a,b\n" + "".join(f"{k},{1 / (k + 1)},{k}\n" for k in range(50)))
        run = perigee.read(path, columns={"step": "n", "loss": "a"})
        self.assertEqual(run.value[3], 0.25)
        with self.assertRaisesRegex(perigee.ReadError, "nothing"):
            perigee.read(path, columns={"loss": "nothing"})
        self.assertTrue(issubclass(perigee.ReadError, ValueError))

    def test_arrays_by_name_are_a_log(self):
        k = np.arange(400)
        points = np.stack([0.9**k, 0.5**k], axis=1)
        arrays = {"step": 2 * k, "loss": list(0.9**k), "grad_norm": 0.9**k, "parameters": points}
        run = perigee.read(arrays)
        np.testing.assert_array_equal(run.iteration, 2 * k)
        np.testing.assert_array_equal(run.value, 0.9**k)
        self.assertEqual(run.snapshots[-1][0], 798)
        np.testing.assert_array_equal(run.snapshots[-1][1], points[-1])
        self.assertIsNone(perigee.diagnose(arrays).to_dict()["source"]["path"])

        class Frame:  # what pandas' DataFrame has
            columns = ["step", "train_loss"]

            def to_numpy(self):
                raise AssertionError("not asked")

            def __getitem__(self, name):
                return {"step": k, "train_loss": 0.9**k}[name]

        np.testing.assert_array_equal(perigee.read(Frame()).value, 0.9**k)

    def test_thresholds_by_name(self):
        path = logs / "digits-softmax-reward-3.csv"
        strict = perigee.diagnose(path, thresholds={"lost-class.learnt": 1.0})
        self.assertNotEqual(strict.verdict and strict.verdict.id, "gravity-well")
        with self.assertRaises(ValueError):
            perigee.diagnose(path, thresholds={"lost-class.learn": 1.0})

    def test_a_loss_that_is_no_number_any_more(self):
        path = self.folder / "run.sqlite"
        with perigee.Recorder(path) as recorder:
            for k in range(200):
                recorder.log(loss=1.0 / (k + 1) if k < 150 else math.nan)
        self.assertIn("non-finite", perigee.diagnose(path))


if __name__ == "__main__":
    unittest.main()
