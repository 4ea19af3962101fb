#include <perigee/solvers/guided/minimize.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/solvers/guided/guided.hpp>

#include <algorithm>
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

std::string verdict_of(const MinimizeResult& result, double gradient_tolerance) {
  const double tolerance = gradient_tolerance * (1.0 + std::abs(result.value));
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
      verdict =
          "Degenerate stationary point" + place + ": the curvature vanishes within " +
          format_number(std::abs(spectrum.lambda_min), 2) +
          (result.judgement.degeneracy == Degeneracy::saddle    ? " and the value falls along it: no minimum"
           : result.judgement.degeneracy == Degeneracy::plateau ? ", and the value is lower farther along: a plateau"
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
  const auto count_of = [&](const char* remedy) {
    return std::count_if(result.decisions.begin(), result.decisions.end(),
                         [&](const Decision& decision) { return decision.remedy == remedy; });
  };
  std::string left;
  if (const auto saddles = count_of("negative-curvature-step"); saddles > 0) {
    left = std::to_string(saddles) + (saddles == 1 ? " strict saddle" : " strict saddles");
  }
  if (const auto flats = count_of("long-step"); flats > 0) {
    left += (left.empty() ? "" : " and ") + std::to_string(flats) + (flats == 1 ? " flat place" : " flat places");
  }
  if (!left.empty()) verdict += ", after leaving " + left;
  return verdict + ".";
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
  const Guided solver(
      {.criterion = {.gradient_tolerance = options.gradient_tolerance}, .max_escapes = options.max_escapes});
  RunResult run_result =
      run(counted, solver, x0,
          {.stop = max_iterations(options.max_iterations), .random = options.random, .observers = options.observers});
  MinimizeResult result{};
  result.x = std::move(run_result.x);
  result.value = run_result.value;
  result.gradient_norm = run_result.gradient_norm;
  result.end = std::move(run_result.end);
  result.iterations = run_result.iterations;
  result.decisions = std::move(run_result.decisions);
  result.escapes = std::count_if(result.decisions.begin(), result.decisions.end(), [](const Decision& decision) {
    return decision.remedy == "negative-curvature-step" || decision.remedy == "long-step";
  });
  result.judgement = judge_point(counted, result.x, options.random, {.gradient_tolerance = options.gradient_tolerance});
  result.counts = counted.counts();
  result.verdict = verdict_of(result, options.gradient_tolerance);
  return result;
}

}  // namespace perigee
