// The problems that can be made by name.
#ifndef PERIGEE_LIB_PROBLEMS_REGISTRY_HPP
#define PERIGEE_LIB_PROBLEMS_REGISTRY_HPP

#include <perigee/lib/parameters.hpp>
#include <perigee/lib/problem.hpp>

#include <functional>
#include <string>
#include <vector>

namespace perigee::problems {

/// One family: what `perigee list problems` prints, and how to make an instance.
struct Entry {
  std::string name;     // kebab-case
  std::string family;   // kebab-case: the heading it stands under in docs/problems.md
  std::string summary;  // one line
  std::vector<ParameterDescription> parameters;
  std::function<Problem(const Parameters&)> make;
};

/// Every registered problem, in the order of registration.
const std::vector<Entry>& registry();

/// The entry of that name. Throws std::invalid_argument on an unknown problem, naming the nearest.
const Entry& entry_named(const std::string& name);

/// The instance with these parameters. Throws std::invalid_argument on an unknown problem (naming the nearest)
/// or a wrong parameter.
Problem make(const std::string& name, const Parameters::Assignments& assignments = {});

}  // namespace perigee::problems

#endif
