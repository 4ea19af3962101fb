// What the cross-entropy problems share: a one-hot label, and the policy to start from.
#ifndef PERIGEE_LIB_PROBLEMS_CROSS_ENTROPY_HPP
#define PERIGEE_LIB_PROBLEMS_CROSS_ENTROPY_HPP

#include <perigee/lib/parameters.hpp>
#include <perigee/lib/problem.hpp>

#include <string>
#include <vector>

namespace perigee::problems {

/// classes, label, initial_probability.
std::vector<ParameterDescription> cross_entropy_parameters();

/// The parameter `label`, an index in [0, classes). Throws std::invalid_argument, in the name of `who`, otherwise.
Index label_of(const std::string& who, const Parameters& parameters);

/// Policies "standard" (the label has initial_probability, the other classes share the rest evenly) and "uniform".
/// With one class both are (1). Throws if initial_probability = 1 with several classes.
std::vector<StartPoint> label_policies(const std::string& who, const Parameters& parameters);

/// Throws std::invalid_argument, in the name of `who`, unless 0 <= label < classes.
void check_label(const char* who, Index classes, Index label);

}  // namespace perigee::problems

#endif
