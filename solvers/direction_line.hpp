// A line search along a stored direction, and the ends of a run whose search finds nothing.
#ifndef PERIGEE_SOLVERS_DIRECTION_LINE_HPP
#define PERIGEE_SOLVERS_DIRECTION_LINE_HPP

#include <perigee/lib/line_search.hpp>
#include <perigee/lib/solver.hpp>
#include <perigee/solvers/step_support.hpp>

#include <algorithm>

namespace perigee {

/// phi(alpha) = f(x + alpha d), evaluated in the candidate of `pair`. One gradient call a trial.
class DirectionLine final : public LineFunction {
 public:
  DirectionLine(Oracle& oracle, EvaluationPair& pair, const Vector& direction)
      : oracle_(oracle), pair_(pair), direction_(direction) {}

  LineValue evaluate(double alpha) override {
    const double* x = pair_.current().x().data();
    const double* d = direction_.data();
    VectorView candidate = pair_.candidate().propose();
    double* next = candidate.data();
    const Index n = candidate.size();
    for (Index i = 0; i < n; ++i) next[i] = x[i] + alpha * d[i];
    oracle_.evaluate(pair_.candidate());
    any_finite_ = any_finite_ || pair_.candidate().is_finite();
    alpha_ = alpha;
    slope_ = pair_.candidate().gradient().dot(direction_.view());
    return {pair_.candidate().value(), slope_};
  }

  double alpha() const { return alpha_; }          // of the candidate; negative before the first trial
  double slope() const { return slope_; }          // phi'(alpha())
  bool any_finite() const { return any_finite_; }  // whether any trial so far was finite

 private:
  Oracle& oracle_;
  EvaluationPair& pair_;
  const Vector& direction_;
  double alpha_ = -1.0;
  double slope_ = not_measured;
  bool any_finite_ = false;
};

/// First trial along -grad f where nothing is known of the scale: no element of x moves by more than
/// max(1, ||x||_inf), and the step is at most 1.
inline double steepest_trial(const Evaluation& at) {
  const double farthest = std::max(1.0, at.x().lpNorm<Eigen::Infinity>());
  return std::min(1.0, farthest / at.gradient().lpNorm<Eigen::Infinity>());
}

enum class LineStep {
  found,   // the candidate is evaluated, finite, and another point than the current one
  failed,  // no usable step; see the End made by failed_line_end
};

/// What became of one search.
struct LineOutcome {
  LineStep status = LineStep::failed;
  LineSearchResult result;
};

/// Searches, and leaves the step found evaluated in the candidate.
LineOutcome search_along(DirectionLine& line, EvaluationPair& pair, const LineSearch& line_search, double slope,
                         double first_trial);

/// The End of a run whose search failed: "non-finite" if trials were made and none was finite, or else
/// "line-search-failed", with the reason.
End failed_line_end(const LineOutcome& outcome, const DirectionLine& line, const LineSearch& line_search,
                    const StepRecord& record);

}  // namespace perigee

#endif
