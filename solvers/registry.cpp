#include <perigee/solvers/registry.hpp>

#include <perigee/solvers/accelerated_negative_curvature_finding.hpp>
#include <perigee/solvers/adam.hpp>
#include <perigee/solvers/adaptive_cubic_regularization.hpp>
#include <perigee/solvers/barzilai_borwein.hpp>
#include <perigee/solvers/certified.hpp>
#include <perigee/solvers/entropy_sgd.hpp>
#include <perigee/solvers/geometry_aware_normalized_policy_gradient.hpp>
#include <perigee/solvers/gradient_descent.hpp>
#include <perigee/solvers/heavy_ball.hpp>
#include <perigee/solvers/langevin_dynamics.hpp>
#include <perigee/solvers/limited_memory_bfgs.hpp>
#include <perigee/solvers/mirror_descent.hpp>
#include <perigee/solvers/natural_policy_gradient.hpp>
#include <perigee/solvers/negative_curvature_finding.hpp>
#include <perigee/solvers/neon2.hpp>
#include <perigee/solvers/neon2_online.hpp>
#include <perigee/solvers/nesterov.hpp>
#include <perigee/solvers/newton_capped_cg.hpp>
#include <perigee/solvers/nonlinear_conjugate_gradient.hpp>
#include <perigee/solvers/normalized_gradient_descent.hpp>
#include <perigee/solvers/occupation_time_perturbed_gradient_descent.hpp>
#include <perigee/solvers/perturbed_accelerated_gradient_descent.hpp>
#include <perigee/solvers/perturbed_gradient_descent.hpp>
#include <perigee/solvers/perturbed_gradient_descent_variant.hpp>
#include <perigee/solvers/saddle_free_newton.hpp>
#include <perigee/solvers/stochastic_gradient_descent.hpp>
#include <perigee/solvers/trust_region_newton_cg.hpp>

#include <stdexcept>
#include <string_view>

namespace perigee::solvers {

const std::vector<Entry>& registry() {
  static const std::vector<Entry> entries{
      gradient_descent(),
      heavy_ball(),
      nesterov(),
      normalized_gradient_descent(),
      barzilai_borwein(),
      nonlinear_conjugate_gradient(),
      limited_memory_bfgs(),
      adam(),
      mirror_descent(),
      natural_policy_gradient(),
      geometry_aware_normalized_policy_gradient(),
      perturbed_gradient_descent(),
      periodically_perturbed_gradient_descent(),
      occupation_time_perturbed_gradient_descent(),
      perturbed_gradient_descent_variant(),
      continually_perturbed_gradient_descent(),
      perturbed_accelerated_gradient_descent(),
      negative_curvature_finding(),
      accelerated_negative_curvature_finding(),
      neon2(),
      neon2_online(),
      stochastic_gradient_descent(),
      langevin_dynamics(),
      entropy_sgd(),
      trust_region_newton_cg(),
      adaptive_cubic_regularization(),
      saddle_free_newton(),
      newton_capped_cg(),
  };
  return entries;
}

Entry entry_named(const std::string& name) { return entry_named(name, registry()); }

Entry entry_named(const std::string& name, const std::vector<Entry>& entries) {
  constexpr std::string_view opening = "certified(";
  if (name.starts_with(opening) && name.ends_with(')')) {
    return certified(entry_named(name.substr(opening.size(), name.size() - opening.size() - 1), entries));
  }
  std::vector<std::string> names;
  for (const Entry& entry : entries) {
    if (entry.name == name) return entry;
    names.push_back(entry.name);
  }
  const std::string nearest = nearest_name(name, names);
  throw std::invalid_argument(
      "no solver '" + name + "'" +
      (nearest.empty() ? "; `perigee list solvers` shows them all" : "; did you mean '" + nearest + "'?"));
}

std::unique_ptr<Solver> make(const std::string& name, const Parameters::Assignments& assignments,
                             const Problem& problem) {
  const Entry entry = entry_named(name);
  return entry.make(Parameters(name, entry.parameters, assignments), problem);
}

}  // namespace perigee::solvers
