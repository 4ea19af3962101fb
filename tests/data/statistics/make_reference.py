# Appends the bootstrap intervals to reference.txt: see README.md. python3 make_reference.py
import numpy
import scipy.stats

generator = numpy.random.default_rng(7)
sample = numpy.round(generator.lognormal(1.0, 0.8, 30), 3)
with open("reference.txt", "a") as out:
    print("bootstrap_sample", *sample, file=out)
    for method in ("percentile", "BCa"):
        result = scipy.stats.bootstrap((sample,), numpy.mean, method=method, n_resamples=400000, batch=20000,
                                       random_state=generator)
        print("bootstrap_" + method, result.confidence_interval.low, result.confidence_interval.high, file=out)
