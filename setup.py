"""pip builds the module as CMake does: the target perigee_python of this project, and its install rules."""

import importlib.util
import os
import pathlib
import re
import shutil
import subprocess
import sys

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

root = pathlib.Path(__file__).resolve().parent
version = re.search(r"^project\(perigee VERSION (\S+)", (root / "CMakeLists.txt").read_text(), re.MULTILINE).group(1)
if not any(importlib.util.find_spec(name) for name in ("wheel", "setuptools.command.bdist_wheel")):
    sys.exit("perigee: pip needs the package wheel to build this (Debian: apt install python3-wheel; or: pip install wheel)")
off = ["BUILD_CERES", "BUILD_CLI", "BUILD_TESTS", "BUILD_BENCHMARKS"]


def run(*command):
    """What CMake said stands above: a traceback below it would only hide it."""
    try:
        if subprocess.run(command).returncode != 0:
            sys.exit(f"perigee: {command[0]} failed; the reason stands above")
    except FileNotFoundError:
        sys.exit(f"perigee: {command[0]} was not found. Debian: apt install g++ {command[0]} make; or: pip install cmake")


class CMakeBuild(build_ext):
    def build_extension(self, extension):
        folder = pathlib.Path(self.build_temp).resolve()
        package = pathlib.Path(self.get_ext_fullpath(extension.name)).resolve().parent
        configure = ["-DCMAKE_BUILD_TYPE=Release", "-DPERIGEE_BUILD_PYTHON=ON", "-DPERIGEE_REQUIRE_PYTHON=ON"]
        configure += [f"-DPERIGEE_{option}=OFF" for option in off]
        configure += [f"-DPython_EXECUTABLE={sys.executable}", "-DPERIGEE_PYTHON_INSTALL_DIR=."]
        try:  # the pybind11 of pip, which CMake does not know of
            import pybind11

            configure.append(f"-Dpybind11_DIR={pybind11.get_cmake_dir()}")
        except ImportError:
            pass
        if "CMAKE_GENERATOR" not in os.environ and shutil.which("ninja"):
            configure += ["-G", "Ninja"]
        run("cmake", "-S", root, "-B", folder, *configure, *os.environ.get("CMAKE_ARGS", "").split())
        run("cmake", "--build", folder, "--target", "perigee_python", "--parallel", str(os.cpu_count() or 1))
        run("cmake", "--install", folder, "--component", "python", "--prefix", package.parent)


setup(
    version=version,
    packages=["perigee"],
    package_dir={"perigee": "diagnostics/python/perigee"},
    package_data={"perigee": ["*.pyi", "py.typed"]},
    ext_modules=[Extension("perigee._core", sources=[])],
    cmdclass={"build_ext": CMakeBuild},
)
