#include <perigee/diagnostics/compare/mode_words.hpp>

#include <algorithm>

namespace perigee {

namespace {

// The solvers that take nothing from theory, by name.
std::string without_theory(const CampaignOptions& campaign) {
  std::string names;
  for (const NamedChoice& solver : campaign.solvers) {
    const bool has_theory = std::any_of(solver.assignments.begin(), solver.assignments.end(),
                                        [](const auto& assignment) { return assignment.second == "theory"; });
    if (!has_theory) names += (names.empty() ? "" : ", ") + text_of(solver);
  }
  return names;
}

}  // namespace

std::string mode_words(const CampaignOptions& campaign) {
  const std::string text = "Mode " + std::string(name_of(campaign.mode)) + ": ";
  switch (campaign.mode) {
    case SolverMode::given:
      return text + "every solver in one setting for all problems, its own but for what its name says.";
    case SolverMode::theory: {
      const std::string others = without_theory(campaign);
      return text + "solvers are set by their theorems from what each problem knows" +
             (others.empty() ? "." : "; without a theory, and as they are: " + others + ".");
    }
    case SolverMode::tuned:
      break;
  }
  return text + (campaign.tuning.empty() ? "chosen on other problems." : campaign.tuning.front());
}

std::string mode_caveat(const CampaignOptions& campaign) {
  switch (campaign.mode) {
    case SolverMode::given:
      return "No solver was tuned: this compares them as they are given, and not the best that each can do.";
    case SolverMode::theory:
      return "Settings of the theory take constants of each problem that a user would not know, and are chosen for "
             "proofs: mostly far more cautious than the method needs to be.";
    case SolverMode::tuned:
      break;
  }
  return "Settings were tuned: with other training problems or another number of settings tried the order may be "
         "another. What tuning has cost is not counted in the costs here.";
}

}  // namespace perigee
