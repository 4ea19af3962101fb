#include <perigee/lib/problems/capped_saddle.hpp>
#include <perigee/lib/problems/escort_bandit.hpp>
#include <perigee/lib/problems/escort_cross_entropy.hpp>
#include <perigee/lib/problems/monkey_saddle.hpp>
#include <perigee/lib/problems/more_garbow_hillstrom.hpp>
#include <perigee/lib/problems/mueller_brown.hpp>
#include <perigee/lib/problems/octopus.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/problems/rosenbrock.hpp>
#include <perigee/lib/problems/softmax_bandit.hpp>
#include <perigee/lib/problems/softmax_cross_entropy.hpp>

#include <stdexcept>

namespace perigee::problems {

namespace {

std::vector<Entry> joined(std::vector<Entry> entries, const std::vector<Entry>& collection) {
  entries.insert(entries.end(), collection.begin(), collection.end());
  return entries;
}

}  // namespace

const std::vector<Entry>& registry() {
  static const std::vector<Entry> single{
      capped_saddle(),         monkey_saddle(),        octopus(),        rosenbrock(),
      chained_rosenbrock(),    mueller_brown(),        softmax_bandit(), escort_bandit(),
      softmax_cross_entropy(), escort_cross_entropy(),
  };
  static const std::vector<Entry> entries = joined(single, more_garbow_hillstrom());
  return entries;
}

const Entry& entry_named(const std::string& name) {
  std::vector<std::string> names;
  for (const Entry& entry : registry()) {
    if (entry.name == name) return entry;
    names.push_back(entry.name);
  }
  const std::string nearest = nearest_name(name, names);
  throw std::invalid_argument(
      "no problem '" + name + "'" +
      (nearest.empty() ? "; `perigee list problems` shows them all" : "; did you mean '" + nearest + "'?"));
}

Problem make(const std::string& name, const Parameters::Assignments& assignments) {
  const Entry& entry = entry_named(name);
  return entry.make(Parameters(name, entry.parameters, assignments));
}

}  // namespace perigee::problems
