#include <perigee/lib/problems/registry.hpp>

#include <perigee/lib/problems/rosenbrock.hpp>

#include <stdexcept>

namespace perigee::problems {

const std::vector<Entry>& registry() {
  static const std::vector<Entry> entries{
      rosenbrock(),
  };
  return entries;
}

Problem make(const std::string& name, const Parameters::Assignments& assignments) {
  std::vector<std::string> names;
  for (const Entry& entry : registry()) {
    if (entry.name == name) return entry.make(Parameters(name, entry.parameters, assignments));
    names.push_back(entry.name);
  }
  const std::string nearest = nearest_name(name, names);
  throw std::invalid_argument("no problem '" + name + "'" +
                              (nearest.empty() ? "; `perigee list problems` shows them all" : "; did you mean '" + nearest + "'?"));
}

}  // namespace perigee::problems
