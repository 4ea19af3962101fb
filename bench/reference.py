#!/usr/bin/env python3
"""Measures the benchmarks of a build and keeps the figures, with what they were measured on, for compare.py.

    reference.py BUILD_FOLDER [BENCH ...] [--rounds N] [--min-time SECONDS] [--out FOLDER]

Every round runs all executables once, so that a slow while of the machine falls on all of them. Written is one JSON
file an executable, bench/reference/NAME.json: the machine (neither its name nor any path), the build, the load, and
of each benchmark the CPU time of every round in nanoseconds. The order is that of the executable, floors included.
"""
import argparse
import os
import pathlib
import sys

import benchmark_runs as runs


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("benchmarks", nargs="*", metavar="BENCH", help="all of bench/micro, if none is named")
    parser.add_argument("--rounds", type=int, default=11, help="7 at least (11)")
    parser.add_argument("--min-time", type=float, default=0.02, help="seconds a benchmark and round (0.02)")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent / "reference")
    options = parser.parse_args()
    if options.rounds < 7:
        parser.error(f"--rounds must be at least 7, got {options.rounds}")
    return options


def measure(options):
    found = runs.executables_in(options.build)
    names = options.benchmarks or [name for name in runs.micro_benchmarks() if name in found]
    for name in names:
        if name not in found:
            raise runs.BenchmarkError(f"{options.build}: has no benchmark '{name}' (it has {', '.join(found)})")
    rounds = {name: {} for name in names}
    loads = {name: [] for name in names}
    counters, contexts = {}, {}
    for k in range(options.rounds):
        for name in names:
            loads[name].append(os.getloadavg()[0])
            times, contexts[name] = runs.run_once(found[name], "", options.min_time)
            runs.add_round(rounds[name], times)
            counters[name] = {benchmark: kept for benchmark, (_, kept) in times.items()}
        print(f"round {k + 1} of {options.rounds}", file=sys.stderr)
    options.out.mkdir(parents=True, exist_ok=True)
    settings = {"rounds": options.rounds, "min_time_seconds": options.min_time}
    for name in names:
        runs.write_reference(options.out / f"{name}.json", name, runs.description(options.build, contexts[name]),
                             settings, loads[name], rounds[name], counters[name])


def main():
    try:
        measure(arguments())
    except runs.BenchmarkError as error:
        print(f"reference.py: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
