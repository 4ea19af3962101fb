#!/usr/bin/env python3
"""Runs every `perigee` command that the documentation shows, in the order of its pages: run_commands.py ROOT PERIGEE

Each page has a folder of its own, in which its commands find what earlier ones of the page wrote and the files below.
A command is left out only by one of the rules below, which are printed with it. Ends with 1 if one does not end with 0.
"""
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

root, perigee = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
data = root / "tests" / "data"
# Names that pages use for a reader's own files.
files = {
    "log.csv": data / "traps" / "scipy-cg-saddle.csv",
    "policy.csv": data / "traps" / "scipy-bfgs-well.csv",
    "training.csv": data / "logs" / "digits-softmax-reward-3.csv",
    "before.csv": data / "logs" / "digits-softmax-reward-0.csv",
    "after.csv": data / "logs" / "digits-softmax-reward-3.csv",
    "runs": data / "logs",
    **{f"run-{i}.csv": data / "logs" / f"digits-softmax-reward-{'03'[i % 2]}.csv" for i in range(1, 6)},
    "tests": root / "tests",
}
# A log whose columns have names that need a mapping.
mapped = "s,train/ce\n" + "".join(f"{k},{1 / (1 + k)}\n" for k in range(200))
left_out = [
    (r"\.\.\.", "shortened on the page"),
    (r"^mpirun|^perigee_corpus", "another program, with a test of its own"),
    (r"fashion-mnist", "needs data that are not everybody's"),
    (r"reproduce all --out figures *$", "minutes; its quick form is run"),
    (r"reproduce all .*--quick", "test_reproduce runs the same"),
    (r"part-\*", "needs the parts that an array of jobs writes; test_campaign_store merges some"),
    (r"compare show", "needs the campaign of a shortened command; test_cli shows one"),
    (r"policy-network", "half a minute; test_policy_network trains them"),
]


def commands(page):
    text = re.sub(r"\\\n\s*", " ", page.read_text(encoding="utf-8"))
    for line in text.split("\n"):
        if re.match(r"(    )?(perigee|perigee_corpus|mpirun.*perigee) ", line):
            yield re.sub(r"\s+#.*$", "", line.strip())


def main():
    failures = ran = 0
    for page in [root / "README.md", *sorted((root / "docs").rglob("*.md"))]:
        with tempfile.TemporaryDirectory() as folder:
            for command in commands(page):
                reason = next((why for pattern, why in left_out if re.search(pattern, command)), None)
                name = page.relative_to(root)
                if reason:
                    print(f"{name}: not run ({reason}): {command}")
                    continue
                (pathlib.Path(folder) / "mapped.csv").write_text(mapped, encoding="utf-8")
                for file, source in files.items():
                    target = pathlib.Path(folder) / file
                    if not target.exists():
                        target.symlink_to(source)
                done = subprocess.run([str(perigee), *shlex.split(command)[1:]], cwd=folder, text=True,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                ran += 1
                print(f"{name}: {done.returncode}: {command}")
                if done.returncode != 0:
                    failures += 1
                    print(done.stdout)
    print(f"{ran} commands run, {failures} failed")
    return 1 if failures or ran == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
