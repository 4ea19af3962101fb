"""The ```python blocks of a page run, in order and together, and print the ```text blocks that follow them."""

import contextlib
import io
import os
import pathlib
import re
import tempfile
import unittest

root = pathlib.Path(__file__).resolve().parents[2]
block = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run_page(page):
    """Pairs of what each block printed and what the page shows for it (None: nothing)."""
    blocks = block.findall((root / page).read_text(encoding="utf-8"))
    namespace, outputs = {}, []
    for i, (language, code) in enumerate(blocks):
        if language != "python":
            continue
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, f"{page}, block {i}", "exec"), namespace)
        shown = blocks[i + 1][1] if i + 1 < len(blocks) and blocks[i + 1][0] == "text" else None
        outputs.append((printed.getvalue(), shown))
    return outputs


class Pages(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        os.symlink(root / "tests", pathlib.Path(folder.name) / "tests")
        os.chdir(folder.name)

    def test_the_page_on_python(self):
        outputs = run_page("docs/how-to/python.md")
        self.assertEqual(len(outputs), 6)
        for printed, shown in outputs:
            self.assertEqual(printed, shown or "")

    def test_the_readme(self):
        ((printed, _),) = run_page("README.md")
        self.assertIn("One class is not learnt", printed)
        self.assertTrue(os.path.exists("run.sqlite"))

    def test_the_lines_on_pytorch_are_those_of_the_example(self):
        page = (root / "docs/how-to/pytorch.md").read_text(encoding="utf-8")
        script = (root / "docs/examples/pytorch_softmax_reward.py").read_text(encoding="utf-8")
        added = [line.removesuffix("  # perigee") for line in script.splitlines() if line.endswith("# perigee")]
        for line in added:
            self.assertIn(line, page)


if __name__ == "__main__":
    unittest.main()
