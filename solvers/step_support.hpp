// What gradient steppers share: two evaluations, propose, check, commit.
#ifndef PERIGEE_SOLVERS_STEP_SUPPORT_HPP
#define PERIGEE_SOLVERS_STEP_SUPPORT_HPP

#include <perigee/lib/solver.hpp>

#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>

namespace perigee {

/// The current iterate and the candidate for the next one; committing swaps them.
class EvaluationPair {
 public:
  /// Evaluates at x0. Throws std::invalid_argument if x0 is not of the oracle's dimension.
  EvaluationPair(Oracle& oracle, ConstVectorView x0)
      : EvaluationPair(oracle, x0, [&](Evaluation& at) { oracle.evaluate(at); }) {}
  /// The same where something else than the whole objective is evaluated at x0, by `evaluate(Evaluation&)`.
  template <class Evaluate>
  EvaluationPair(Oracle& oracle, ConstVectorView x0, Evaluate&& evaluate)
      : first_(checked(oracle, x0)), second_(oracle.dimension()), current_(&first_), candidate_(&second_) {
    first_.propose() = x0;
    evaluate(first_);
  }
  EvaluationPair(const EvaluationPair&) = delete;
  EvaluationPair& operator=(const EvaluationPair&) = delete;

  Evaluation& current() { return *current_; }
  const Evaluation& current() const { return *current_; }
  Evaluation& candidate() { return *candidate_; }
  void commit() { std::swap(current_, candidate_); }

 private:
  static Index checked(const Oracle& oracle, ConstVectorView x0) {
    if (x0.size() != oracle.dimension()) {
      throw std::invalid_argument("start point: length must be " + std::to_string(oracle.dimension()) + ", got " +
                                  std::to_string(x0.size()));
    }
    return oracle.dimension();
  }
  Evaluation first_;
  Evaluation second_;
  Evaluation* current_;
  Evaluation* candidate_;
};

/// Fills in the record of iteration 0.
inline void describe_start(StepRecord& record, const Evaluation& start, const Oracle& oracle) {
  record.value = start.value();
  record.gradient_norm = start.gradient_norm();
  record.counts = oracle.counts();
}

/// The End of a run whose proposed iterate `iteration` is not finite and was not accepted.
End non_finite_end(Index iteration);

/// Writes x - step grad f(x) into the candidate.
inline void propose_gradient_step(EvaluationPair& pair, double step) {
  const double* x = pair.current().x().data();
  const double* gradient = pair.current().gradient().data();
  VectorView candidate = pair.candidate().propose();
  double* next = candidate.data();
  const Index n = candidate.size();
  for (Index i = 0; i < n; ++i) next[i] = x[i] - step * gradient[i];
}

/// Accepts the candidate, which is x - step grad f(x), evaluated and finite, as the next iterate.
inline void commit_step(const Oracle& oracle, EvaluationPair& pair, double step, StepKind kind, StepRecord& record,
                        bool measures_curvature) {
  const Evaluation& from = pair.current();
  const Evaluation& to = pair.candidate();
  ++record.iteration;
  record.kind = kind;
  record.value = to.value();
  record.gradient_norm = to.gradient_norm();
  record.step_norm = std::abs(step) * from.gradient_norm();
  record.step_size = step;
  if (measures_curvature) {
    // s = -step g, so s'(g_to - g)/s's = (g'g - g'g_to)/(step g'g).
    const double squared = from.gradient_norm() * from.gradient_norm();
    const double along = from.gradient().dot(to.gradient());
    record.curvature = squared > 0.0 ? (squared - along) / (step * squared) : not_measured;
  }
  record.counts = oracle.counts();
  pair.commit();
}

/// One step x - rate grad f(x): proposes, evaluates, and commits if everything is finite.
inline StepStatus take_gradient_step(Oracle& oracle, EvaluationPair& pair, double rate, StepKind kind,
                                     StepRecord& record, End& end, bool measures_curvature) {
  propose_gradient_step(pair, rate);
  oracle.evaluate(pair.candidate());
  if (!pair.candidate().is_finite()) {
    end = non_finite_end(record.iteration + 1);
    return StepStatus::ended;
  }
  commit_step(oracle, pair, rate, kind, record, measures_curvature);
  return StepStatus::advanced;
}

/// ||a - b||_2, without overflow or underflow of the squares.
inline double distance(ConstVectorView a, ConstVectorView b) {
  const double squared = (a - b).squaredNorm();
  if (squared > 1e-280 && squared < 1e280) return std::sqrt(squared);
  const double largest = a.size() > 0 ? (a - b).cwiseAbs().maxCoeff() : 0.0;
  return largest > 0.0 && std::isfinite(largest) ? largest * ((a - b) / largest).norm() : largest;
}

/// s'(g_to - g_from)/s's along s = x_to - x_from; NaN where the square of s underflows.
inline double curvature_between(const Evaluation& from, const Evaluation& to) {
  const double squared = (to.x() - from.x()).squaredNorm();
  if (!(squared > 0.0)) return not_measured;
  return (to.x() - from.x()).cwiseProduct(to.gradient() - from.gradient()).sum() / squared;
}

/// Accepts the candidate, evaluated and finite, as the next iterate, whatever move led there.
/// `step_norm` is its length, `step_size` the factor of the gradient in it (NaN: there is no single one).
inline void commit_move(const Oracle& oracle, EvaluationPair& pair, double step_norm, double step_size, StepKind kind,
                        StepRecord& record, bool measures_curvature) {
  const Evaluation& from = pair.current();
  const Evaluation& to = pair.candidate();
  ++record.iteration;
  record.kind = kind;
  record.value = to.value();
  record.gradient_norm = to.gradient_norm();
  record.step_norm = step_norm;
  record.step_size = step_size;
  record.curvature = measures_curvature ? curvature_between(from, to) : not_measured;
  record.counts = oracle.counts();
  pair.commit();
}

}  // namespace perigee

#endif
