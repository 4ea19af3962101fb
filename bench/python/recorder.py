"""What a step of a recorded loop costs in processor time: the median over 10 blocks of 20,000 steps, less the bare loop.

    PYTHONPATH=build/release/python python3 bench/python/recorder.py
"""

import os
import statistics
import tempfile
import time

import numpy as np

import perigee

blocks, steps = 10, 20_000


def microseconds(step):
    times = []
    for block in range(blocks):
        start = time.process_time()
        for k in range(block * steps, (block + 1) * steps):
            step(k)
        times.append((time.process_time() - start) / steps * 1e6)
    return statistics.median(times), max(times)


def measure(name, make_step):
    with tempfile.TemporaryDirectory() as folder:
        with perigee.Recorder(os.path.join(folder, "run.sqlite")) as recorder:
            median, largest = microseconds(make_step(recorder))
        size = os.path.getsize(os.path.join(folder, "run.sqlite")) / (blocks * steps)
    print(f"{name:45} {median - bare:6.2f} us a step (slowest block {largest - bare:6.2f}), {size:6.0f} bytes a step")


bare, _ = microseconds(lambda k: None)
x = np.zeros(4810)
p = np.full(10, 0.1)
measure("loss", lambda r: lambda k: r.log(step=k, loss=0.5))
measure("loss, grad_norm", lambda r: lambda k: r.log(step=k, loss=0.5, grad_norm=0.1))
measure(
    "loss, grad_norm, lr, two more columns",
    lambda r: lambda k: r.log(step=k, loss=0.5, grad_norm=0.1, lr=0.1, a=1.0, b=2.0),
)
measure("loss, ten probabilities", lambda r: lambda k: r.log(step=k, loss=0.5, probabilities=p))
measure("loss, 4810 parameters", lambda r: lambda k: r.log(step=k, loss=0.5, parameters=x))
