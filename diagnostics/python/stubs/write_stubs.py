"""Writes the stubs of perigee.solvers and perigee.problems, whose classes are made of the registries.

    write_stubs.py FOLDER
"""

import pathlib
import sys

import perigee
from perigee._classes import argument_name

_types = {"integer": "int", "real": "float", "text": "str | float | Schedule | Sequence[float]"}


def stub_of(module, base):
    lines = [f'"""{module.__doc__}"""', "", "from typing import Any, Sequence", ""]
    lines += [f"from ._core import {base}, Schedule", "", "entries: list[dict[str, Any]]", "__all__: list[str]"]
    for entry, name in zip(module.entries, module.__all__):
        documentation = "\n    ".join(getattr(module, name).__doc__.replace("\\", "\\\\").splitlines())
        lines += ["", f"class {name}({base}):", f'    """{documentation}"""']
        parameters = "".join(
            f", {argument_name(p['name'])}: {_types[p['kind']]} | None = ..." for p in entry["parameters"]
        )
        lines.append(f"    def __init__(self{', *' if parameters else ''}{parameters}) -> None: ...")
    return "\n".join(lines) + "\n"


def main(folder):
    for module, base in ((perigee.solvers, "Solver"), (perigee.problems, "Problem")):
        path = pathlib.Path(folder) / (module.__name__.rpartition(".")[2] + ".pyi")
        path.write_text(stub_of(module, base), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
