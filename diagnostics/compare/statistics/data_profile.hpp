// How many problems a solver has solved by a given cost.
//
//     d_s(k) = |{p : t_ps / u_p <= k}| / |P|
//
// u_p is the unit of cost of problem p: n_p + 1 values in More and Wild (2009), whose methods see values only ("simplex
// gradients"); 1 where costs are gradients. A problem counts as solved where f <= f_L + tau (f(x_0) - f_L), f_L the
// best value that any solver found, or f* where it is known.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_DATA_PROFILE_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_DATA_PROFILE_HPP

#include <perigee/diagnostics/compare/statistics/cost_table.hpp>

#include <span>
#include <vector>

namespace perigee::statistics {

/// The costs in units of one solver in increasing order, and the number of problems they are among.
struct DataProfile {
  std::vector<double> costs;  // t_ps/u_p of the problems that it solved
  std::size_t problems = 0;   // |P|
};

/// One profile a solver; `units` has one u_p > 0 a problem, or is empty: all 1.
/// Throws std::invalid_argument as solver_count, or if units are not as said.
std::vector<DataProfile> data_profiles(const CostTable& costs, std::span<const double> units = {});

/// d(k).
double fraction_solved(const DataProfile& profile, double k);

/// The cost at which a history first meets a target: the first costs[i] with min_{j <= i} values[j] <= target; `never`
/// if none does. The history need not be monotone, NaN values meet nothing. Both in the order of the run, of one length
/// (throws std::invalid_argument otherwise).
double first_hit(std::span<const double> costs, std::span<const double> values, double target);

}  // namespace perigee::statistics

#endif
