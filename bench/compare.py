#!/usr/bin/env python3
"""What a change does to the benchmarks: two builds run alternately, ratios of CPU times with intervals.

    compare.py OLD NEW [BENCH ...] [--rounds N] [--filter REGEX] [--min-time SECONDS] [--fail-above RATIO]

OLD and NEW are build folders; OLD may also be a file, or a folder of files, that reference.py wrote. BENCH is a name
as in bench/micro (iteration_overhead); without any, all that both sides have.

Two builds: a round runs both executables, one directly after the other, the other way round in every second round. The
ratio new/old is taken within a round, so that what slows the machine for a while slows both. Shown is the median ratio
over the rounds and its interval of at least 95% by the sign test: exact if rounds are independent, whatever the law of
the times. A reference file was measured at another time: there the ratio is that of the medians, and the interval is
made of one of 97.5% for each, of which at least 95% remain for both together. It knows nothing of another machine, nor
of another load.

With many benchmarks, one in twenty intervals misses 1 by chance where nothing has changed; and a change elsewhere in a
program moves code to other addresses, which can cost or gain some percent. --fail-above 1.1 makes the exit status 1
where an interval lies above 1.1 as a whole.
"""
import argparse
import math
import pathlib
import signal
import sys

import benchmark_runs as runs


def ratio_of_rounds(old, new):
    """Median ratio and interval where old and new ran side by side."""
    ratios = [b / a for a, b in zip(old, new)]
    return runs.median(ratios), runs.median_interval(ratios, 0.95)


def ratio_of_medians(old, new):
    """The same where they did not."""
    sides = [runs.median_interval(side, 0.975) for side in (old, new)]
    interval = (sides[1][0] / sides[0][1], sides[1][1] / sides[0][0]) if all(sides) else None
    return runs.median(new) / runs.median(old), interval


def verdict(interval):
    if interval[0] > 1.0:
        return "slower"
    return "faster" if interval[1] < 1.0 else ""


def show(name, rows):
    """One table an executable."""
    print(f"\n{name}\n")
    print("| benchmark | old | new | new/old | interval | |\n|---|---|---|---|---|---|")
    for benchmark, old, new, (ratio, interval) in rows:
        times = " | ".join(runs.time_text(runs.median(side)) for side in (old, new))
        print(f"| `{benchmark}` | {times} | {ratio:.3f} | {interval[0]:.3f} to {interval[1]:.3f} "
              f"| {verdict(interval)} |", flush=True)


def rows_of(old, new, ratio):
    return [(benchmark, old[benchmark], times, ratio(old[benchmark], times))
            for benchmark, times in new.items() if benchmark in old]


def compare_builds(old_executable, new_executable, options):
    old, new = {}, {}
    for k in range(options.rounds):
        sides = [(old, old_executable), (new, new_executable)]
        for rounds, executable in sides if k % 2 == 0 else reversed(sides):
            runs.add_round(rounds, runs.run_once(executable, options.filter, options.min_time)[0])
    return rows_of(old, new, ratio_of_rounds)


def compare_with_reference(document, new_executable, options):
    old = {entry["name"]: entry["cpu_nanoseconds"] for entry in document["results"]}
    new = {}
    for _ in range(options.rounds):
        runs.add_round(new, runs.run_once(new_executable, options.filter, options.min_time)[0])
    short = min((len(times) for times in old.values()), default=0)
    if short < 7:
        raise runs.BenchmarkError(f"the reference has {short} rounds: an interval needs 7")
    return rows_of(old, new, ratio_of_medians)


def references_in(place):
    files = sorted(place.glob("*.json")) if place.is_dir() else [place]
    documents = [runs.read_reference(path) for path in files]
    return {document["benchmark"]: document for document in documents}


def warn_of_other_machine(document):
    here = runs.processor()
    there = document["machine"]["processor"]
    print(f"The reference is of {document['date']}: {there}, {document['build']['compiler']}.")
    if here != there:
        print(f"This machine has another processor ({here}): compare floors first, and read ratios relative to theirs.")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("old", type=pathlib.Path, help="build folder, or what reference.py wrote")
    parser.add_argument("new", type=pathlib.Path, help="build folder")
    parser.add_argument("benchmarks", nargs="*", metavar="BENCH", help="all that both have, if none is named")
    parser.add_argument("--rounds", type=int, default=11, help="7 at least (11)")
    parser.add_argument("--filter", default="", help="only benchmarks whose names match")
    parser.add_argument("--min-time", type=float, default=0.02, help="seconds a benchmark and round (0.02)")
    parser.add_argument("--fail-above", type=float, default=math.inf, help="exit status 1 for intervals above it")
    options = parser.parse_args()
    if options.rounds < 7:
        parser.error(f"--rounds must be at least 7, got {options.rounds}")
    return options


def compare(options):
    old = runs.executables_in(options.old) if options.old.is_dir() else {}
    has_builds = bool(old)
    if not has_builds:
        old = references_in(options.old)
    new = runs.executables_in(options.new)
    micro = runs.micro_benchmarks()
    names = options.benchmarks or [name for name in old if name in new and name in micro]
    for name in names:
        for side, place in ((old, options.old), (new, options.new)):
            if name not in side:
                raise runs.BenchmarkError(f"{place}: has no benchmark '{name}' (it has {', '.join(side) or 'none'})")
    if not names:
        raise runs.BenchmarkError("old and new have no benchmark in common")
    everything = []
    for name in names:
        if has_builds:
            rows = compare_builds(old[name], new[name], options)
        else:
            warn_of_other_machine(old[name])
            rows = compare_with_reference(old[name], new[name], options)
        show(name, rows)
        everything += rows
    outside = sum(1 for row in everything if verdict(row[3][1]))
    print(f"\n{outside} of {len(everything)} intervals do not contain 1; by chance alone about "
          f"{0.05 * len(everything):.1f} would not.")
    return any(row[3][1][0] > options.fail_above for row in everything)


def main():
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # the reader of a pipe may have seen enough
    try:
        sys.exit(1 if compare(arguments()) else 0)
    except runs.BenchmarkError as error:
        print(f"compare.py: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
