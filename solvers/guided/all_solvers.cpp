#include <perigee/solvers/guided/all_solvers.hpp>

#include <perigee/solvers/guided/guided.hpp>

namespace perigee::all_solvers {

const std::vector<solvers::Entry>& registry() {
  static const std::vector<solvers::Entry> entries = [] {
    std::vector<solvers::Entry> all{solvers::guided()};
    all.insert(all.end(), solvers::registry().begin(), solvers::registry().end());
    return all;
  }();
  return entries;
}

solvers::Entry entry_named(const std::string& name) { return solvers::entry_named(name, registry()); }

std::unique_ptr<Solver> make(const std::string& name, const Parameters::Assignments& assignments,
                             const Problem& problem) {
  const solvers::Entry entry = entry_named(name);
  return entry.make(Parameters(name, entry.parameters, assignments), problem);
}

}  // namespace perigee::all_solvers
