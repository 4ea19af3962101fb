#include <perigee/solvers/guided/minimize.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/solvers/limited_memory_bfgs.hpp>

#include <cmath>
#include <stdexcept>

namespace perigee {

namespace {

// Forwards the calls and counts them, so that the cost of certificates is in the result too.
class CountedObjective final : public Objective {
 public:
  explicit CountedObjective(const Objective& objective) : objective_(objective) {}
  Index dimension() const override { return objective_.dimension(); }
  double value(ConstVectorView x) const override {
    ++counts_.values;
    return objective_.value(x);
  }
  double value_and_gradient(ConstVectorView x, VectorView gradient) const override {
    ++counts_.gradients;
    return objective_.value_and_gradient(x, gradient);
  }
  void hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const override {
    ++counts_.hessian_vector_products;
    objective_.hessian_vector_product(x, v, product);
  }
  bool has_exact_hessian_vector_product() const override { return objective_.has_exact_hessian_vector_product(); }
  const OracleCounts& counts() const { return counts_; }

 private:
  const Objective& objective_;
  mutable OracleCounts counts_;
};

std::string curvature_text(const Spectrum& spectrum) {
  return "smallest curvature " + format_number(spectrum.lambda_min, 4);
}

std::string verdict_of(const MinimizeResult& result, double tolerance) {
  const Spectrum& spectrum = result.judgement.spectrum;
  // What lies below the tolerance is rounding, and no two machines agree on it.
  const std::string gradient = result.gradient_norm <= tolerance
                                   ? "gradient norm below " + format_number(tolerance, 3)
                                   : "gradient norm " + format_number(result.gradient_norm, 3);
  const std::string place = " at f = " + format_number(result.value) + ", " + gradient;
  std::string verdict;
  switch (result.judgement.point_class) {
    case PointClass::minimum:
      verdict = "Local minimum" + place + ": " + curvature_text(spectrum) + " (" +
                std::string(name_of(result.judgement.certainty)) + ")";
      break;
    case PointClass::strict_saddle:
      verdict = "Strict saddle, not a minimum," + place + ": " + curvature_text(spectrum) + " (proven)";
      break;
    case PointClass::local_maximum:
      verdict = "Local maximum, not a minimum," + place;
      break;
    case PointClass::degenerate:
      verdict = "Degenerate stationary point" + place + ": the curvature vanishes within " +
                format_number(std::abs(spectrum.lambda_min), 2) +
                (result.judgement.degeneracy == Degeneracy::saddle         ? " and the value falls along it: no minimum"
                 : result.judgement.degeneracy == Degeneracy::flat_minimum ? "; the value rises on every side probed"
                                                                           : "; whether it is a minimum is open");
      break;
    case PointClass::not_stationary:
      verdict = "Not a stationary point" + place + ": " + result.end.message;
      break;
    case PointClass::undetermined:
      verdict = "First-order stationary" + place + "; what the curvature is could not be determined";
      break;
  }
  if (result.escapes > 0) {
    verdict += ", after leaving " + std::to_string(result.escapes) +
               (result.escapes == 1 ? " strict saddle" : " strict saddles");
  }
  return verdict + ".";
}

// Every descent starts its iterations at 0; a caller's observer sees each of them as a run of its own.
End end_of(const MinimizeResult& result, const End& last) {
  if (last.end_class != EndClass::convergence) return last;
  if (result.judgement.point_class == PointClass::minimum) {
    return {EndClass::convergence, "second-order-stationary",
            last.message + "; " + curvature_text(result.judgement.spectrum) + " with residual " +
                format_number(result.judgement.spectrum.lambda_min_residual, 2) + ", no eigenvalue below " +
                format_number(result.judgement.spectrum.lower_bound, 4)};
  }
  return {EndClass::convergence, "first-order-stationary", last.message + "; a minimum is not certified"};
}

}  // namespace

MinimizeResult minimize(const Objective& objective, ConstVectorView x0, const MinimizeOptions& options) {
  if (!(options.gradient_tolerance > 0.0)) {
    throw std::invalid_argument("minimize: gradient_tolerance must be > 0, got " +
                                format_number(options.gradient_tolerance));
  }
  if (options.max_iterations < 0 || options.max_escapes < 0) {
    throw std::invalid_argument("minimize: max_iterations and max_escapes must be >= 0");
  }
  const CountedObjective counted(objective);
  const LimitedMemoryBfgs descent;
  MinimizeResult result{};
  Vector x(x0);
  for (;;) {
    const RunResult run_result = run(counted, descent, x,
                                     {.stop = gradient_tolerance(options.gradient_tolerance) |
                                              max_iterations(options.max_iterations - result.iterations),
                                      .random = options.random,
                                      .observers = options.observers});
    result.iterations += run_result.iterations;
    result.x = run_result.x;
    result.value = run_result.value;
    result.gradient_norm = run_result.gradient_norm;
    result.judgement =
        judge_point(counted, result.x, options.random, {.gradient_tolerance = options.gradient_tolerance});
    result.end = end_of(result, run_result.end);
    const bool leaves = (result.judgement.point_class == PointClass::strict_saddle ||
                         result.judgement.point_class == PointClass::local_maximum ||
                         result.judgement.degeneracy == Degeneracy::saddle) &&
                        result.judgement.descent_step != 0.0 && result.escapes < options.max_escapes &&
                        result.iterations < options.max_iterations;
    if (!leaves) break;
    ++result.escapes;
    x.view() = result.x.view() + result.judgement.descent_step * result.judgement.descent_direction.view();
  }
  result.counts = counted.counts();
  result.verdict = verdict_of(result, options.gradient_tolerance);
  return result;
}

}  // namespace perigee
