#include <perigee/solvers/registry.hpp>

#include <perigee/solvers/gradient_descent.hpp>
#include <perigee/solvers/perturbed_gradient_descent.hpp>

#include <stdexcept>

namespace perigee::solvers {

const std::vector<Entry>& registry() {
  static const std::vector<Entry> entries{
      gradient_descent(),
      perturbed_gradient_descent(),
      periodically_perturbed_gradient_descent(),
  };
  return entries;
}

std::unique_ptr<Solver> make(const std::string& name, const Parameters::Assignments& assignments,
                             const Problem& problem) {
  std::vector<std::string> names;
  for (const Entry& entry : registry()) {
    if (entry.name == name) return entry.make(Parameters(name, entry.parameters, assignments), problem);
    names.push_back(entry.name);
  }
  const std::string nearest = nearest_name(name, names);
  throw std::invalid_argument(
      "no solver '" + name + "'" +
      (nearest.empty() ? "; `perigee list solvers` shows them all" : "; did you mean '" + nearest + "'?"));
}

}  // namespace perigee::solvers
