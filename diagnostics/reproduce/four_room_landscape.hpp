// The four rooms as an objective that is cheap enough for millions of exact gradients: the linear systems of a policy
// are banded there, because a step leads to a cell nearby in the order of the rows.
//
//     f(theta) = V*(s_0) - V(s_0) = J(s_0),   (I - gamma P_pi) J = sum_a pi(a|s) (V*(s) - Q*(s, a))
//     df/dtheta(s, a) = m(s) z(s, a) (V*(s) - Q*(s, a) + gamma J(s') - J(s)),   (I - gamma P_pi)' m = e_{s_0}
//
// as lib/problems/tabular_policy.hpp, which is dense; and a policy that is a network with one hidden layer of rectified
// linear units on one-hot inputs, the parameters in the order of lib/problems/network_policy.hpp.
#ifndef PERIGEE_DIAGNOSTICS_REPRODUCE_FOUR_ROOM_LANDSCAPE_HPP
#define PERIGEE_DIAGNOSTICS_REPRODUCE_FOUR_ROOM_LANDSCAPE_HPP

#include <perigee/lib/objective.hpp>
#include <perigee/lib/problems/markov_decision_process.hpp>
#include <perigee/lib/transforms/policy_transform.hpp>

#include <memory>

namespace perigee::reproduce {

/// theta has one element a pair (s, a). Cost about 2 S w^2 operations, w the band's half-width, and S A exponentials.
class FourRoomLandscape final : public Objective {
 public:
  /// Discount 0.99; all starts in one state. Throws std::invalid_argument if there is no such state.
  FourRoomLandscape(Index start, transforms::PolicyTransform transform);
  Index dimension() const override { return process_.pair_count(); }
  double value_and_gradient(ConstVectorView theta, VectorView gradient) const override;

  const problems::MarkovDecisionProcess& process() const { return process_; }
  double optimal_value() const { return optimum_.values[start_]; }  // V*(s_0)

 private:
  Index start_;
  transforms::PolicyTransform transform_;
  problems::MarkovDecisionProcess process_;
  problems::OptimalValues optimum_;
  Index half_width_ = 0;
};

/// The network policy over a landscape of S A = (104, 4).
class OneHotNetwork final : public Objective {
 public:
  /// Throws std::invalid_argument if hidden < 1.
  OneHotNetwork(std::shared_ptr<const FourRoomLandscape> landscape, Index hidden);
  Index dimension() const override { return hidden_ * (states_ + 1) + actions_ * (hidden_ + 1); }
  double value_and_gradient(ConstVectorView w, VectorView gradient) const override;

 private:
  std::shared_ptr<const FourRoomLandscape> landscape_;
  Index hidden_;
  Index states_;
  Index actions_;
};

}  // namespace perigee::reproduce

#endif
