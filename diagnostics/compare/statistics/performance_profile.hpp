// How often a solver is within a factor of the best.
//
//     r_ps = t_ps / min_s t_ps,   rho_s(alpha) = |{p : r_ps <= alpha}| / |P|,   alpha >= 1
//
// rho_s(1) is how often s was the cheapest (ties count for each), rho_s(inf) how often it arrived at all. Dolan and
// More (2002). A problem that nobody solved counts for nobody, and stays in |P|.
//
// With three solvers or more only the best can be read off: who is second depends on who else took part (Gould and
// Scott 2016). `pairwise_profiles` compares two at a time, everything recomputed without the others.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_PERFORMANCE_PROFILE_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_PERFORMANCE_PROFILE_HPP

#include <perigee/diagnostics/compare/statistics/cost_table.hpp>

#include <vector>

namespace perigee::statistics {

/// The ratios of one solver in increasing order, and the number of problems they are among.
struct PerformanceProfile {
  std::vector<double> ratios;  // r_ps of the problems that it solved, each >= 1
  std::size_t problems = 0;    // |P|
};

/// One profile a solver. Throws std::invalid_argument as solver_count.
std::vector<PerformanceProfile> performance_profiles(const CostTable& costs);

/// rho(alpha).
double fraction_within(const PerformanceProfile& profile, double alpha);

/// The mean of rho over [1, alpha_most] on a logarithmic scale: (1/log alpha_most) int_1^alpha_most rho(a) da/a, in
/// [0, 1]. Throws std::invalid_argument unless alpha_most > 1.
double area_under(const PerformanceProfile& profile, double alpha_most);

/// Solver `first` against `second` alone.
struct PairwiseProfiles {
  std::size_t first = 0;
  std::size_t second = 0;
  PerformanceProfile of_first;
  PerformanceProfile of_second;
};

/// Every pair first < second. Throws likewise.
std::vector<PairwiseProfiles> pairwise_profiles(const CostTable& costs);

}  // namespace perigee::statistics

#endif
