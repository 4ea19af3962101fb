// Registry entries of methods with two sets of parameters, those of a theorem and those that work, which never mix.
#ifndef PERIGEE_SOLVERS_THEORY_OR_PRACTICAL_HPP
#define PERIGEE_SOLVERS_THEORY_OR_PRACTICAL_HPP

#include <perigee/solvers/entry_support.hpp>

#include <string>
#include <utility>
#include <vector>

namespace perigee::solvers {

/// The descriptions that all such entries share, with the method's own practical and theory parameters among them.
inline std::vector<ParameterDescription> theory_or_practical(std::vector<ParameterDescription> practical,
                                                             std::vector<ParameterDescription> theory = {}) {
  std::vector<ParameterDescription> all{
      text("parameters", "practical", "practical or theory; each takes its own parameters below"),
      positive("tolerance", "0.001", "eps: the gradient norm that counts as small"),
      positive("gradient_lipschitz", "",
               "l; default: practical 1/the problem's suggested step or else its l, theory its l")};
  for (ParameterDescription& parameter : practical) all.push_back(std::move(parameter));
  all.push_back(positive("hessian_lipschitz", "", "theory: rho; default: what the problem knows"));
  all.push_back(positive("value_gap", "", "theory: at least f(x0) - f*; default: from the problem's first start"));
  all.push_back({.name = "failure_probability",
                 .default_value = "0.1",
                 .least = std::numeric_limits<double>::min(),
                 .greatest = 0.999999,
                 .summary = "theory: delta"});
  for (ParameterDescription& parameter : theory) all.push_back(std::move(parameter));
  return all;
}

/// Which set was asked for, and its numbers. `practical` and `theory` name the method's own parameters of each.
/// Throws std::invalid_argument on another set, and on a parameter that the set asked for does not use.
class TheoryOrPractical {
 public:
  TheoryOrPractical(const char* solver, const Parameters& parameters, const Problem& problem,
                    const std::vector<std::string>& practical, std::vector<std::string> theory = {})
      : solver_(solver), parameters_(parameters), problem_(problem) {
    const std::string& set = parameters.text("parameters");
    if (set != "practical" && set != "theory") {
      throw std::invalid_argument(std::string(solver) + ": parameters must be practical or theory, got '" + set + "'");
    }
    is_theory_ = set == "theory";
    for (const char* name : {"hessian_lipschitz", "value_gap", "failure_probability"}) theory.emplace_back(name);
    for (const std::string& name : is_theory_ ? practical : theory) {
      if (!parameters.is_changed(name)) continue;
      throw std::invalid_argument(std::string(solver) + ": " + name + " is not used with parameters=" + set);
    }
  }

  bool is_theory() const { return is_theory_; }
  double tolerance() const { return parameters_.real("tolerance"); }
  double gradient_lipschitz() const {
    return given_or(parameters_, "gradient_lipschitz",
                    is_theory_ ? problem_.gradient_lipschitz : practical_gradient_lipschitz(problem_), problem_,
                    solver_);
  }
  double hessian_lipschitz() const {
    return given_or(parameters_, "hessian_lipschitz", problem_.hessian_lipschitz, problem_, solver_);
  }
  double value_gap() const {
    std::optional<double> gap;
    if (problem_.optimal_value && !problem_.starts.empty()) {
      gap = problem_.objective->value(problem_.starts.front().x) - *problem_.optimal_value;
    }
    return given_or(parameters_, "value_gap", gap, problem_, solver_);
  }
  /// The parameter `curvature`, for methods that have it; default: l/100.
  double weakest_curvature() const {
    return parameters_.has("curvature") ? parameters_.real("curvature") : 0.01 * gradient_lipschitz();
  }
  double failure_probability() const { return parameters_.real("failure_probability"); }
  Index dimension() const { return problem_.objective->dimension(); }

 private:
  const char* solver_;
  const Parameters& parameters_;
  const Problem& problem_;
  bool is_theory_;
};

}  // namespace perigee::solvers

#endif
