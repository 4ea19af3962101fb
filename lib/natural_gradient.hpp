// Objectives over policy parameters that know their natural gradient.
#ifndef PERIGEE_LIB_NATURAL_GRADIENT_HPP
#define PERIGEE_LIB_NATURAL_GRADIENT_HPP

#include <perigee/lib/objective.hpp>

namespace perigee {

/// An objective f(theta) of a family of distributions, with its steepest descent in the Fisher metric (Amari 1998;
/// Kakade 2001, "A natural policy gradient"): y with
///
///     F(theta) y = grad f(theta),   F = sum_s d(s) E_{a ~ pi(s)} [ grad log pi(a given s) grad log pi(a given s)' ],
///
/// d the visitation of the states, one state for a bandit. F may be singular: which y is returned does not matter to
/// the policy. For a tabular softmax policy y(s, a) = -A(s, a)/(1 - gamma), up to a constant in each state, with A the
/// advantage: no probability divides, so y is exact where grad f has underflowed.
class NaturalGradientObjective : public Objective {
 public:
  /// f(theta); grad f written to `gradient` and y to `natural` (both of length n, every element overwritten). Counts as
  /// one gradient: both come of the same pass.
  virtual double value_and_gradients(ConstVectorView theta, VectorView gradient, VectorView natural) const = 0;
};

}  // namespace perigee

#endif
