// How flat the surroundings of a point are: its local entropy, and the trace of its Hessian.
//
// Both are estimates by sampling and come with a standard error. Neither is invariant under a change of variables
// (Dinh, Pascanu, Bengio and Bengio 2017): compare points of one objective in one parametrization.
#ifndef PERIGEE_DIAGNOSTICS_FLATNESS_HPP
#define PERIGEE_DIAGNOSTICS_FLATNESS_HPP

#include <perigee/diagnostics/spectrum.hpp>
#include <perigee/lib/objective.hpp>

namespace perigee {

struct LocalEntropyOptions {
  double scope = 1.0;        // gamma > 0: the surroundings are z ~ N(0, (T/gamma) I)
  double temperature = 1.0;  // T > 0, in units of f
  Index samples = 10000;     // >= 2
};

struct LocalEntropy {
  double rise = 0.0;            // in units of f: how far the surroundings lie above f(x), softly averaged
  double standard_error = 0.0;  // of rise, to first order in 1/samples; not to be trusted below 100 effective samples
  double effective_samples = 0.0;  // (sum w)^2/sum w^2, in [1, samples]
};

/// The local entropy of Chaudhari et al. (2017) at x (length n), relative to the value and to a flat function:
///
///     rise = -T ln E exp(-(f(x + z) - f(x))/T),   z ~ N(0, (T/gamma) I)
///          = F(x; gamma) - f(x) + const(n, T, gamma),   F as in Entropy-SGD
///
/// The smaller, the flatter; 0 for a constant. For a quadratic with the Hessian's eigenvalues lambda_i > -gamma at a
/// stationary point it is (T/2) sum_i ln(1 + lambda_i/gamma). Values of +infinity weigh nothing (rise = +infinity where
/// all are); NaN anywhere gives NaN. Throws std::invalid_argument on options out of range or another length.
/// Cost: samples + 1 values. Random draws: stream "local-entropy", counter of the sample.
LocalEntropy local_entropy(const Objective& objective, ConstVectorView x, const RandomSource& random,
                           const LocalEntropyOptions& options = {});

struct TraceEstimate {
  double trace = 0.0;
  double standard_error = 0.0;  // NaN with a single probe
};

/// The trace of a symmetric operator as the mean of v'Hv over `probes` >= 1 vectors of random signs (Hutchinson 1990):
/// unbiased, with the variance 2 sum_{i != j} H_ij^2/probes, so exact for a diagonal H.
/// Throws std::invalid_argument unless probes >= 1. Cost: one product a probe. Random draws: stream "trace".
TraceEstimate estimate_trace(Index dimension, const SymmetricOperator& hessian, Index probes,
                             const RandomSource& random);

}  // namespace perigee

#endif
