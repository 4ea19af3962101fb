// A campaign of every kind of run: vector lanes and single runs, random and fixed starts, solvers that draw and that do
// not, saddles that are left and others that are not.
#ifndef PERIGEE_TESTS_SUPPORT_SMALL_CAMPAIGN_HPP
#define PERIGEE_TESTS_SUPPORT_SMALL_CAMPAIGN_HPP

#include <perigee/diagnostics/compare/campaign_options.hpp>

namespace perigee::test {

inline CampaignOptions small_campaign() {
  return {.cases = cases_of({{"capped-saddle", {}}, {"octopus", {{"dimension", "4"}}}, {"rosenbrock", {}}},
                            {"+1e-3", "random"}),
          .solvers = {{"gradient-descent", {}},
                      {"perturbed-gradient-descent", {}},
                      {"limited-memory-bfgs", {}},
                      {"trust-region-newton-cg", {}}},
          .seeds = 25,
          .budget = 1500.0};
}

}  // namespace perigee::test

#endif
