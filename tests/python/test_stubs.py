"""The stubs say what the module is: no name too many, none too few, and the same parameters."""

import ast
import importlib
import inspect
import pathlib
import unittest

import perigee

package = pathlib.Path(perigee.__file__).parent
# Classes of the compiled part that the Python files around it use, and nobody else.
internal = {
    "ReadRun",
    "ReportSource",
    "diagnose_trajectory",
    "look_at_curvature",
    "problem_entries",
    "read",
    "schedules",
    "solver_entries",
}


def parsed_stub(module):
    return ast.parse((package / f"{module}.pyi").read_text(encoding="utf-8"))


def definitions(tree, kind):
    return {node.name: node for node in tree.body if isinstance(node, kind)}


def arguments(function):
    names = [a.arg for a in function.args.posonlyargs + function.args.args + function.args.kwonlyargs]
    return [name for name in names if name != "self"]


def public(owner):
    return {name for name in vars(owner) if not name.startswith("_")}


class Stubs(unittest.TestCase):
    def test_every_stub_parses(self):
        self.assertEqual(
            {path.stem for path in package.glob("*.pyi")},
            {"__init__", "_core", "problems", "schedules", "solvers", "torch"},
        )
        for path in package.glob("*.pyi"):
            ast.parse(path.read_text(encoding="utf-8"))
        self.assertTrue((package / "py.typed").exists())

    def test_the_compiled_part(self):
        tree = parsed_stub("_core")
        classes, functions = definitions(tree, ast.ClassDef), definitions(tree, ast.FunctionDef)
        described = {name for name in classes if not name.startswith("_")} | set(functions)
        self.assertEqual(described | internal, public(perigee._core))
        for name, node in classes.items():
            if name.startswith("_") or name.endswith("Error"):
                continue
            members = {member.name for member in node.body if isinstance(member, ast.FunctionDef)}
            self.assertEqual({m for m in members if not m.startswith("_")}, public(getattr(perigee._core, name)), name)

    def test_keyword_arguments_of_the_compiled_part(self):
        # pybind11 writes the signature into the first line of the docstring.
        tree = parsed_stub("_core")
        recorder = definitions(tree, ast.ClassDef)["Recorder"]
        methods = {node.name: node for node in recorder.body if isinstance(node, ast.FunctionDef)}
        for node, function in (
            (definitions(tree, ast.FunctionDef)["minimize"], perigee.minimize),
            (methods["log"], perigee.Recorder.log),
            (methods["__init__"], perigee.Recorder.__init__),
        ):
            signature = function.__doc__.splitlines()[0]
            for name in arguments(node):
                self.assertIn(f"{name}:", signature)
            self.assertEqual(signature.count(": "), len(arguments(node)) + signature.count("self: "))

    def test_the_python_part(self):
        tree = parsed_stub("__init__")
        imported = {alias.asname for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names}
        functions = definitions(tree, ast.FunctionDef)
        self.assertEqual((imported - {None}) | set(functions), set(perigee.__all__))
        for name, node in functions.items():
            expected = [p for p in inspect.signature(getattr(perigee, name)).parameters if p != "parameters"]
            self.assertEqual(arguments(node), expected)

    def test_the_modules(self):
        for module in ("schedules", "solvers", "problems"):
            tree = parsed_stub(module)
            names = set(definitions(tree, ast.FunctionDef)) | set(definitions(tree, ast.ClassDef))
            there = importlib.import_module("perigee." + module)
            self.assertTrue(names)
            for name in names:
                self.assertTrue(callable(getattr(there, name)), name)
            if module != "schedules":
                self.assertEqual(names, set(there.__all__))


if __name__ == "__main__":
    unittest.main()
