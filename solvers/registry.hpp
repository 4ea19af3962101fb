// The solvers that can be made by name.
#ifndef PERIGEE_SOLVERS_REGISTRY_HPP
#define PERIGEE_SOLVERS_REGISTRY_HPP

#include <perigee/lib/parameters.hpp>
#include <perigee/lib/problem.hpp>
#include <perigee/lib/solver.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace perigee::solvers {

/// Whether a method draws from its RandomSource.
enum class Randomness {
  seeded,  // it may: runs under different seeds may differ
  none,    // it never does, whatever its parameters: from one start there is one run
};

/// One method: what `perigee list solvers` prints, and how to make it for a problem. Parameters left at an
/// empty default are chosen from what is known of the problem; the solver's settings() show the choice.
struct Entry {
  std::string name;     // kebab-case
  std::string family;   // "first-order", "perturbed"
  std::string summary;  // one line
  std::vector<ParameterDescription> parameters;
  std::function<std::unique_ptr<Solver>(const Parameters&, const Problem&)> make;
  Randomness randomness = Randomness::seeded;
};

/// Every registered solver, in the order of registration.
const std::vector<Entry>& registry();

/// The entry of that name; "certified(NAME)" is the entry of NAME with a second-order certificate (certified.hpp).
/// Throws std::invalid_argument on an unknown solver, naming the nearest.
Entry entry_named(const std::string& name);
/// The one of `entries` with that name, likewise.
Entry entry_named(const std::string& name, const std::vector<Entry>& entries);

/// The solver with these parameters. Throws std::invalid_argument on an unknown solver (naming the nearest),
/// a wrong parameter, or a parameter without which the problem leaves no choice.
std::unique_ptr<Solver> make(const std::string& name, const Parameters::Assignments& assignments,
                             const Problem& problem);

}  // namespace perigee::solvers

#endif
