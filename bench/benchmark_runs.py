"""Runs of Google Benchmark executables as lists of CPU times, and the files that keep them.

A run is one process; what it gives is, for each of its benchmarks, one CPU time in nanoseconds per iteration. Several
runs are rounds. Used by compare.py and reference.py; needs nothing but Python's standard library.
"""
import json
import math
import pathlib
import platform
import re
import subprocess
import time

FORMAT = "perigee benchmark reference"
SCHEMA_VERSION = 1
NANOSECONDS = {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9}
STANDARD_FIELDS = {"name", "family_index", "per_family_instance_index", "run_name", "run_type", "repetitions",
                   "repetition_index", "threads", "iterations", "real_time", "cpu_time", "time_unit", "label"}
RATES = {"items_per_second", "bytes_per_second"}  # times in other words


class BenchmarkError(Exception):
    """What is wrong, for the user."""


def executables_in(folder):
    """{name: path} of the benchmarks of a build folder: its bench/bench_NAME, or bench_NAME in the folder itself."""
    folder = pathlib.Path(folder)
    if not folder.is_dir():
        raise BenchmarkError(f"{folder}: expected a build folder, got none")
    inside = folder / "bench"
    found = {}
    for path in sorted((inside if inside.is_dir() else folder).glob("bench_*")):
        if path.is_file() and path.stat().st_mode & 0o111:
            found[path.name.removeprefix("bench_")] = path
    return found


def micro_benchmarks():
    """The names of those in micro/, which are timings; other programs of bench/ are experiments."""
    return sorted(path.stem for path in (pathlib.Path(__file__).resolve().parent / "micro").glob("*.cpp"))


def run_once(executable, pattern, seconds):
    """One run: {benchmark: (CPU time in nanoseconds, {counter: number})}, and Google Benchmark's description of it."""
    command = [str(executable), "--benchmark_format=json", f"--benchmark_min_time={seconds}"]
    if pattern:
        command.append(f"--benchmark_filter={pattern}")
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise BenchmarkError(f"{executable}: ended with status {done.returncode}: {done.stderr.strip()[-300:]}")
    try:
        document = json.loads(done.stdout)
    except ValueError:
        why = f"no benchmark matches '{pattern}'" if "match" in done.stderr else "its output is no JSON"
        raise BenchmarkError(f"{executable}: {why}") from None
    times = {}
    for entry in document["benchmarks"]:
        if entry.get("error_occurred"):
            raise BenchmarkError(f"{executable}: {entry['name']}: {entry.get('error_message', 'failed')}")
        if entry.get("run_type", "iteration") != "iteration":
            continue
        counters = {key: value if math.isfinite(value) else None for key, value in entry.items()
                    if key not in STANDARD_FIELDS | RATES and isinstance(value, (int, float))}
        times[entry["name"]] = (entry["cpu_time"] * NANOSECONDS[entry["time_unit"]], counters)
    return times, document["context"]


def add_round(rounds, times):
    """Adds the times of one run to {benchmark: [times]}."""
    for name, (nanoseconds, _) in times.items():
        rounds.setdefault(name, []).append(nanoseconds)


def median(numbers):
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else 0.5 * (ordered[middle - 1] + ordered[middle])


def median_interval(numbers, confidence):
    """The narrowest [k-th smallest, k-th greatest] that covers the median of the law with this probability at least.

    Exact for independent draws of any continuous law (sign test): the median lies outside with probability
    2 P(Binomial(n, 1/2) < k). None: there are too few numbers.
    """
    ordered = sorted(numbers)
    count = len(ordered)
    outside, depth = 0.0, 0
    while True:
        outside += 2.0 * math.comb(count, depth) / 2.0 ** count
        if outside > 1.0 - confidence or 2 * depth >= count:
            break
        depth += 1
    return (ordered[depth - 1], ordered[count - depth]) if depth > 0 else None


def processor():
    """The processor's name, as Linux has it."""
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or "unknown"


def cache_entry(build, name):
    """An entry of the build's CMakeCache.txt, or nothing."""
    try:
        text = (pathlib.Path(build) / "CMakeCache.txt").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    found = re.search(rf"^{re.escape(name)}:[A-Z]+=(.*)$", text, re.MULTILINE)
    return found.group(1).strip() if found else ""


def compiler(build):
    """Kind and version of the compiler of a build; its path stays here."""
    for path in sorted(pathlib.Path(build).glob("CMakeFiles/*/CMakeCXXCompiler.cmake")):
        text = path.read_text(encoding="utf-8", errors="replace")
        words = [re.search(rf'set\(CMAKE_CXX_COMPILER_{key} "([^"]*)"\)', text) for key in ("ID", "VERSION")]
        if all(words):
            return " ".join(word.group(1) for word in words)
    return "unknown"


def description(build, context):
    """What decides about times, without what names the machine: no host, no path, no user."""
    caches = [f"L{cache['level']} {cache['type'].lower()} {cache['size'] // 1024} KiB, shared by {cache['num_sharing']}"
              for cache in context.get("caches", [])]
    build_type = cache_entry(build, "CMAKE_BUILD_TYPE")
    flags = [cache_entry(build, "CMAKE_CXX_FLAGS"), cache_entry(build, f"CMAKE_CXX_FLAGS_{build_type.upper()}")]
    return {
        "machine": {"processor": processor(), "processors": context.get("num_cpus"),
                    "megahertz": context.get("mhz_per_cpu"),
                    "frequency_scaling": context.get("cpu_scaling_enabled"), "caches": caches,
                    "system": f"{platform.system()} {platform.machine()}"},
        "build": {"version": cache_entry(build, "CMAKE_PROJECT_VERSION"), "type": build_type,
                  "compiler": compiler(build), "flags": " ".join(flag for flag in flags if flag)},
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
    }


def write_reference(path, name, about, settings, loads, rounds, counters):
    """One file a benchmark executable, one line a benchmark, so that a diff can be read."""
    head = {"format": FORMAT, "schema_version": SCHEMA_VERSION, "benchmark": name, **about, "settings": settings,
            "load_average": [round(min(loads), 2), round(max(loads), 2)]}
    lines = []
    for benchmark, times in rounds.items():
        entry = {"name": benchmark, "cpu_nanoseconds": [float(f"{value:.4g}") for value in times]}
        if counters.get(benchmark):
            entry["counters"] = counters[benchmark]
        lines.append(json.dumps(entry, allow_nan=False))
    text = json.dumps(head, indent=1)[:-2] + ',\n "results": [\n  ' + ",\n  ".join(lines) + "\n ]\n}\n"
    pathlib.Path(path).write_text(text, encoding="utf-8")


def read_reference(path):
    """The document, with what compare.py needs checked."""
    try:
        document = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BenchmarkError(f"{path}: {error}") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise BenchmarkError(f"{path}: expected a file that reference.py wrote")
    if document.get("schema_version") != SCHEMA_VERSION:
        raise BenchmarkError(f"{path}: schema version must be {SCHEMA_VERSION}, got {document.get('schema_version')}")
    return document


def time_text(nanoseconds):
    """Three digits and a unit."""
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds:.3g} ns"
