// An objective together with what is known about it.
#ifndef PERIGEE_LIB_PROBLEM_HPP
#define PERIGEE_LIB_PROBLEM_HPP

#include <perigee/lib/objective.hpp>
#include <perigee/lib/recorder.hpp>
#include <perigee/lib/schedule.hpp>
#include <perigee/lib/solver.hpp>
#include <perigee/lib/trajectory.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace perigee {

enum class StationaryType {
  minimum,        // all Hessian eigenvalues > 0
  strict_saddle,  // at least one eigenvalue < 0 (maxima with mixed signs of curvature included)
  maximum,        // all eigenvalues < 0
  degenerate,     // smallest eigenvalue 0: the second order does not decide
};

/// "minimum", "strict-saddle", "maximum" or "degenerate".
std::string_view name_of(StationaryType type);

/// A point with grad f = 0 and what it is.
struct StationaryPoint {
  Vector x;
  double value = 0.0;  // f(x)
  StationaryType type = StationaryType::minimum;
  Index index = 0;  // number of negative Hessian eigenvalues
};

/// A start with a name: "standard", "saddle", "well", ...
struct StartPoint {
  std::string name;
  Vector x;
};

/// What can be asked of a landscape over policies pi = pi(theta).
class PolicyLandscape {
 public:
  virtual ~PolicyLandscape() = default;
  virtual Index action_count() const = 0;                                      // K
  virtual void probabilities(ConstVectorView theta, VectorView pi) const = 0;  // pi, length K
  virtual std::vector<double> rewards() const = 0;                             // r, length K; empty: none
  virtual Index optimal_action() const = 0;                                    // a*
  virtual std::string transform() const = 0;                                   // "softmax", "escort", "direct"
  /// The non-uniform Lojasiewicz coefficient C(theta) of Mei et al. (2020): ||grad f|| >= C (f - f*)^(1 - xi).
  virtual double lojasiewicz_coefficient(ConstVectorView theta) const = 0;
};

struct Problem {
  std::string name;      // kebab-case, as on the command line
  std::string summary;   // what it is, in one sentence
  std::string why_hard;  // in one sentence
  std::shared_ptr<const Objective> objective;
  std::shared_ptr<const PolicyLandscape> policy;   // nullptr: not a policy landscape
  std::vector<StartPoint> starts;                  // at least one; the first is the default
  std::vector<StationaryPoint> stationary_points;  // all of them where `all_stationary_points_known`
  bool all_stationary_points_known = false;
  std::optional<double> optimal_value;       // f*, the infimum
  std::optional<double> gradient_lipschitz;  // l: ||grad f(x) - grad f(y)|| <= l ||x - y|| in the region of interest
  std::optional<double> hessian_lipschitz;   // rho
  std::optional<double> suggested_step;      // a fixed learning rate that is stable from the first start
  std::optional<Schedule> theory_schedule;   // the step of the theory, where it reads the iterate
  std::function<Vector(RandomEngine&)> random_start;  // empty: none
};

/// The start of that name. Throws std::invalid_argument, naming the starts there are.
const Vector& start_of(const Problem& problem, const std::string& name);

/// The most actions whose probabilities are recorded at every iterate; with more, a record would cost more than a step.
inline constexpr Index most_recorded_actions = 64;

/// What a Recorder should measure beside the standard quantities: the action probabilities of a policy landscape
/// with at most `most_recorded_actions` actions.
Probe probe_of(const Problem& problem);

/// Writes into a trajectory what is known of its problem and solver.
void annotate(Trajectory& trajectory, const Problem& problem, const Solver& solver);

}  // namespace perigee

#endif
