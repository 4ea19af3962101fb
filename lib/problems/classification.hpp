// What is computed about a landscape when a problem is made: the type of a stationary point, and a stable step.
#ifndef PERIGEE_LIB_PROBLEMS_CLASSIFICATION_HPP
#define PERIGEE_LIB_PROBLEMS_CLASSIFICATION_HPP

#include <perigee/lib/problem.hpp>

#include <vector>

namespace perigee::problems {

/// The most variables for which a dense Hessian is made.
inline constexpr Index most_classified_variables = 200;

/// Maximum if all `dimension` eigenvalues are negative, strict saddle if some are, else as given.
StationaryType type_of_index(Index index, Index dimension, StationaryType if_no_negative_eigenvalue);

/// The stationary point x with its value, and type and index by the eigenvalues of the dense Hessian; those within
/// 1e-9 (1 + ||H||) of 0 count as 0. Costs n products and O(n^3). x must be stationary: that is not checked.
StationaryPoint classified(const Objective& objective, Vector x);

/// Adds `classified` points to the problem's list; nothing if there are more than `most_classified_variables`
/// variables, or if the objective is a finite sum of N terms with N n^2 > 1e8: products would take long.
void list_classified(Problem& problem, const std::vector<Vector>& points);

/// Half of 1/||H|| with ||H|| the largest at the given points, estimated by 40 power iterations each. Not a bound: a
/// step to suggest where no constant is known. 1 if all the Hessians are 0.
double step_by_curvature(const Objective& objective, const std::vector<Vector>& points);

}  // namespace perigee::problems

#endif
