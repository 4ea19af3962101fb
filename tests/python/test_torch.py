"""PyTorch's modules as objectives. Runs where PyTorch is installed and PERIGEE_TEST_TORCH is set: it is large."""

import importlib.util
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import numpy as np

import perigee

wanted = bool(os.environ.get("PERIGEE_TEST_TORCH")) and importlib.util.find_spec("torch") is not None
if wanted:
    import torch

    import perigee.torch

root = pathlib.Path(__file__).resolve().parents[2]


@unittest.skipUnless(wanted, "PyTorch is not installed, or PERIGEE_TEST_TORCH is not set")
class Torch(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(4)
        self.inputs, self.targets = torch.randn(60, 4), torch.arange(60) % 3
        self.model = torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.Tanh(), torch.nn.Linear(6, 3))
        self.objective = perigee.torch.objective(
            self.model, lambda model: torch.nn.functional.cross_entropy(model(self.inputs), self.targets)
        )
        self.x = perigee.torch.parameters(self.model)

    def dense(self, x):
        """The Hessian, column by column, of differences of gradients."""
        h = 1e-5
        columns = []
        for direction in np.eye(x.size):
            plus, minus = (self.objective.value_and_gradient(x + s * h * direction)[1] for s in (1, -1))
            columns.append((plus - minus) / (2 * h))
        hessian = np.array(columns)
        return 0.5 * (hessian + hessian.T)

    def test_the_value_is_that_of_the_module(self):
        loss = torch.nn.functional.cross_entropy(self.model(self.inputs), self.targets)
        self.assertEqual(self.objective.dimension, 4 * 6 + 6 + 6 * 3 + 3)
        self.assertAlmostEqual(self.objective.value(self.x), loss.item(), delta=1e-6)  # single against double precision

    def test_derivatives_agree_with_differences(self):
        outcome = self.objective.check_derivatives(self.x)
        self.assertEqual(outcome["outcome"], "passed", outcome["text"])
        # Central differences of gradients: relative error h^2 and rounding/h, 1e-9 here.
        h, v = 1e-5, np.random.default_rng(0).standard_normal(self.x.size)
        plus, minus = (self.objective.value_and_gradient(self.x + s * h * v)[1] for s in (1, -1))
        difference = (plus - minus) / (2 * h)
        product = self.objective.hessian_vector_product(self.x, v)
        self.assertLess(np.linalg.norm(product - difference), 1e-7 * np.linalg.norm(difference))

    def test_the_smallest_eigenvalue_is_that_of_the_dense_hessian(self):
        with tempfile.TemporaryDirectory() as folder:
            with perigee.Recorder(os.path.join(folder, "run.sqlite")) as recorder:
                recorder.log(loss=self.objective.value(self.x), grad_norm=0.0, parameters=self.x)
            diagnosis = perigee.diagnose(recorder, hvp=self.objective.hessian_vector_product)
        (point,) = diagnosis.judged_points
        eigenvalues = np.linalg.eigvalsh(self.dense(self.x))
        self.assertLess(eigenvalues[0], 0.0)
        self.assertLess(abs(point.lambda_min - eigenvalues[0]), 0.01 * abs(eigenvalues[0]))
        self.assertLess(abs(point.lambda_max - eigenvalues[-1]), 0.01 * eigenvalues[-1])

    def test_the_module_is_left_alone(self):
        before = perigee.torch.parameters(self.model)
        self.objective.value_and_gradient(np.zeros(self.x.size))
        np.testing.assert_array_equal(perigee.torch.parameters(self.model), before)
        self.assertTrue(all(parameter.grad is None for parameter in self.model.parameters()))
        self.assertTrue(all(parameter.dtype == torch.float32 for parameter in self.model.parameters()))

    def test_parts_of_a_module_and_arguments_take_single_precision(self):
        def loss(model, inputs, weights):
            hidden = model[1](model[0](self.inputs))  # parts, called without the whole
            return (torch.nn.functional.cross_entropy(model[2](hidden), self.targets, reduction="none") * weights).mean()

        weighted = perigee.torch.objective(self.model, loss, self.inputs, torch.ones(60))
        self.assertAlmostEqual(weighted.value(self.x), self.objective.value(self.x), delta=1e-14)

    def test_a_run_of_ours_trains_the_module(self):
        result = perigee.minimize(self.objective, self.x, budget=300)
        self.assertLess(result.value, 0.5 * self.objective.value(self.x))

    def test_noise_in_the_loss_is_refused(self):
        noisy = torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.Dropout(), torch.nn.Linear(6, 3))

        def loss(model):
            return torch.nn.functional.cross_entropy(model(self.inputs), self.targets)

        with self.assertRaisesRegex(ValueError, r"call module\.eval\(\)"):
            perigee.torch.objective(noisy, loss)
        perigee.torch.objective(noisy.eval(), loss)

    def test_what_a_loop_logs(self):
        probabilities = torch.softmax(self.model(self.inputs), dim=1)
        loss = torch.nn.functional.nll_loss(probabilities.log(), self.targets)
        self.assertTrue(np.isnan(perigee.torch.gradient_norm(self.model)))
        loss.backward()
        row = perigee.torch.row(self.model, 7, loss, probabilities, self.targets)
        _, gradient = self.objective.value_and_gradient(self.x)
        self.assertAlmostEqual(row["grad_norm"], np.linalg.norm(gradient), delta=1e-5)
        own = probabilities.detach().numpy()[np.arange(60), self.targets.numpy()]
        expected = [own[self.targets.numpy() == c].mean() for c in range(3)]
        np.testing.assert_allclose(row["probabilities"], expected, rtol=1e-6)
        self.assertEqual(row["step"], 7)

    def test_the_example_names_the_well_and_the_class(self):
        with tempfile.TemporaryDirectory() as folder:
            run, page = os.path.join(folder, "run.sqlite"), os.path.join(folder, "page.html")
            script = root / "docs" / "examples" / "pytorch_softmax_reward.py"
            output = subprocess.run(
                [sys.executable, script, run, page], check=True, capture_output=True, text=True, timeout=300
            ).stdout
            diagnosis = perigee.diagnose(run)
            columns = perigee.read(run).columns
            with open(page, encoding="utf-8") as file:
                self.assertIn("gravity-well", file.read())
        lost = min(columns, key=lambda name: columns[name][-1])
        self.assertLess(columns[lost][-1], 1e-3)
        sentence = f"One class is not learnt: the probability of the right answer for {lost}"
        self.assertIn(sentence, " ".join(output.split()))
        self.assertEqual(diagnosis.verdict.id, "gravity-well")

    def test_five_lines_were_added(self):
        script = (root / "docs" / "examples" / "pytorch_softmax_reward.py").read_text(encoding="utf-8")
        marked = [line for line in script.splitlines() if line.endswith("# perigee")]
        self.assertEqual(len(marked), 5)
        for line in script.splitlines():
            code = line.split("#")[0]
            if "perigee." in code and not line.startswith((" " * 4 + "python3", '"""')):
                self.assertIn(line, marked)


if __name__ == "__main__":
    unittest.main()
