"""compare.py and reference.py on executables made up for the purpose, whose times are known."""
import json
import math
import os
import pathlib
import random
import stat
import subprocess
import sys
import tempfile
import unittest

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here))
import benchmark_runs as runs  # noqa: E402

MOST_RUNS = 12


def load_of(run):
    """What run k of any executable is slowed by: up to threefold, as on a busy machine."""
    return 1.0 + 2.0 * random.Random(run).random()


def output_of(name, times, run):
    """What Google Benchmark writes: the times in microseconds, the load, and up to 1% of jitter on top."""
    jitter = random.Random(f"{name} {run}")
    return json.dumps({
        "context": {"host_name": "secret-host", "executable": name, "num_cpus": 2, "mhz_per_cpu": 2000,
                    "cpu_scaling_enabled": False, "caches": [], "load_avg": [1.0]},
        "benchmarks": [
            {"name": benchmark, "run_type": "iteration", "iterations": 10, "threads": 1, "real_time": 9.0,
             "trials": 2.5, "residual": math.nan, "time_unit": "us",
             "cpu_time": time * load_of(run) * (1.0 + 0.01 * jitter.random())}
            for benchmark, time in times.items()]})


def call(script, *arguments):
    return subprocess.run([sys.executable, str(here / script), *map(str, arguments)], capture_output=True, text=True,
                          check=False, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})


def row_of(output, benchmark):
    """(ratio, low, high, verdict) of a benchmark in a table."""
    for line in output.splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) > 6 and cells[1] == f"`{benchmark}`":
            low, _, high = cells[5].split()
            return float(cells[4]), float(low), float(high), cells[6]
    raise AssertionError(f"no row of {benchmark} in:\n{output}")


class WithFolder(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def build(self, name, times):
        """A build folder whose bench_lanczos has these times in microseconds."""
        inside = self.folder / name / "bench"
        inside.mkdir(parents=True)
        for run in range(MOST_RUNS):
            (inside / f"run-{run}.json").write_text(output_of(name, times, run))
        executable = inside / "bench_lanczos"
        executable.write_text(f"""#!/bin/sh
cd '{inside}' && run=$(cat next 2>/dev/null || echo 0) && echo $((run + 1)) > next && exec cat run-$run.json
""")
        executable.chmod(executable.stat().st_mode | stat.S_IXUSR)
        (inside.parent / "CMakeCache.txt").write_text(f"CMAKE_BUILD_TYPE:STRING=Release\nHOME:PATH={inside}\n")
        return inside.parent


class MedianInterval(unittest.TestCase):
    # The sign test's table for 95%: from 6 draws on, the extremes; 9: the second ones; 12: the third ones.
    def test_ranks(self):
        for count, rank in ((6, 1), (8, 1), (9, 2), (11, 2), (12, 3), (25, 8), (50, 18)):
            self.assertEqual(runs.median_interval(range(1, count + 1), 0.95), (rank, count + 1 - rank), count)
        self.assertIsNone(runs.median_interval(range(5), 0.95))

    # 11 draws and ranks 2 and 10: 1 - 2 (1 + 11)/2^11 = 0.98828. 4000 trials: the standard error is 0.0017, and four
    # of them are missed with probability below 1e-4 (the seed is fixed).
    def test_coverage(self):
        engine = random.Random(5)
        covered = 0
        for _ in range(4000):
            low, high = runs.median_interval([engine.expovariate(1.0) for _ in range(11)], 0.95)
            covered += low <= math.log(2.0) <= high
        self.assertAlmostEqual(covered / 4000, 1.0 - 24.0 / 2048.0, delta=4 * 0.0017)


class Compare(WithFolder):
    # The load alone moves times by up to a factor of 3 and is the same for both within a round: ratios are exact to 1%.
    def test_ratios_under_load(self):
        old = self.build("old", {"same": 10.0, "slow": 10.0, "fast": 10.0, "gone": 1.0})
        new = self.build("new", {"same": 10.0, "slow": 12.0, "fast": 5.0, "added": 1.0})
        done = call("compare.py", old, new, "lanczos")
        self.assertEqual(done.returncode, 0, done.stderr)
        for benchmark, ratio, verdict in (("slow", 1.2, "slower"), ("fast", 0.5, "faster")):
            found = row_of(done.stdout, benchmark)
            self.assertAlmostEqual(found[0], ratio, delta=0.011 * ratio)
            self.assertTrue(found[1] <= found[0] <= found[2])
            self.assertEqual(found[3], verdict)
        same = row_of(done.stdout, "same")
        self.assertTrue(0.99 <= same[1] <= 1.0 <= same[2] <= 1.01, same)
        self.assertNotIn("gone", done.stdout)
        self.assertNotIn("added", done.stdout)

    def test_fail_above(self):
        old, new = self.build("old", {"a": 10.0}), self.build("new", {"a": 12.0})
        for bound, status in (("1.1", 1), ("1.25", 0)):
            for build in (old, new):
                (build / "bench" / "next").unlink(missing_ok=True)
            self.assertEqual(call("compare.py", old, new, "--rounds", "7", "--fail-above", bound).returncode, status)

    def test_wrong_use(self):
        old = self.build("old", {"a": 10.0})
        for arguments, message in (((old, old, "bandits"), "has no benchmark 'bandits' (it has lanczos)"),
                                   ((old, self.folder / "none"), "expected a build folder, got none"),
                                   ((old, old, "--rounds", "5"), "--rounds must be at least 7, got 5"),
                                   ((old / "CMakeCache.txt", old), "CMakeCache.txt: Expecting value")):
            done = call("compare.py", *arguments)
            self.assertEqual(done.returncode, 2)
            self.assertIn(message, done.stderr)


class Reference(WithFolder):
    # Measured and compared under the same loads, run for run: medians agree to 1%, and the interval, which knows
    # nothing of that, spans the loads.
    def test_round_trip(self):
        build = self.build("build", {"a": 10.0, "b": 20.0})
        out = self.folder / "out"
        done = call("reference.py", build, "--rounds", "9", "--out", out)
        self.assertEqual(done.returncode, 0, done.stderr)
        document = json.loads((out / "lanczos.json").read_text())
        self.assertEqual(document["build"]["type"], "Release")
        self.assertEqual([entry["name"] for entry in document["results"]], ["a", "b"])
        self.assertEqual(document["results"][0]["counters"], {"trials": 2.5, "residual": None})
        for entry, microseconds in zip(document["results"], (10.0, 20.0)):
            self.assertEqual(len(entry["cpu_nanoseconds"]), 9)
            for run, measured in enumerate(entry["cpu_nanoseconds"]):
                expected = 1e3 * microseconds * load_of(run)
                self.assertAlmostEqual(measured, expected, delta=0.011 * expected)
        text = (out / "lanczos.json").read_text()
        for secret in ("secret-host", str(self.folder), sys.executable):
            self.assertNotIn(secret, text)

        twice = self.build("twice", {"a": 100.0, "b": 20.0})
        done = call("compare.py", out, twice, "--rounds", "9")
        self.assertEqual(done.returncode, 0, done.stderr)
        slow, same = row_of(done.stdout, "a"), row_of(done.stdout, "b")
        self.assertAlmostEqual(slow[0], 10.0, delta=0.11)
        self.assertEqual(slow[3], "slower")
        self.assertTrue(same[1] < 0.7 and same[2] > 1.4, same)
        self.assertEqual(same[3], "")


if __name__ == "__main__":
    unittest.main()
