"""pip builds the module as CMake does: the target perigee_python of this project, and its install rules."""

import os
import pathlib
import re
import subprocess
import sys

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

root = pathlib.Path(__file__).resolve().parent
version = re.search(r"^project\(perigee VERSION (\S+)", (root / "CMakeLists.txt").read_text(), re.MULTILINE).group(1)
off = ["BUILD_CERES", "BUILD_CLI", "BUILD_TESTS", "BUILD_BENCHMARKS"]


class CMakeBuild(build_ext):
    def build_extension(self, extension):
        folder = pathlib.Path(self.build_temp).resolve()
        package = pathlib.Path(self.get_ext_fullpath(extension.name)).resolve().parent
        configure = ["cmake", "-S", root, "-B", folder, "-DCMAKE_BUILD_TYPE=Release", "-DPERIGEE_BUILD_PYTHON=ON"]
        configure += [f"-DPERIGEE_{option}=OFF" for option in off]
        configure += [f"-DPython_EXECUTABLE={sys.executable}", "-DPERIGEE_PYTHON_INSTALL_DIR=."]
        subprocess.run(configure + os.environ.get("CMAKE_ARGS", "").split(), check=True)
        jobs = str(os.cpu_count() or 1)
        subprocess.run(["cmake", "--build", folder, "--target", "perigee_python", "--parallel", jobs], check=True)
        subprocess.run(
            ["cmake", "--install", folder, "--component", "python", "--prefix", package.parent], check=True
        )


setup(
    version=version,
    packages=["perigee"],
    package_dir={"perigee": "diagnostics/python/perigee"},
    package_data={"perigee": ["*.pyi", "py.typed"]},
    ext_modules=[Extension("perigee._core", sources=[])],
    cmdclass={"build_ext": CMakeBuild},
)
