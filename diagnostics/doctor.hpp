// Is this objective fit to be minimized? What goes wrong before the first step, looked for at one point.
//
//   repeatability  the same x gives the same bits
//   derivatives    slopes of Taylor errors (lib/derivative_check.hpp)
//   domain         random points at distances 1e-3 to 10 times 1 + ||x||: is f finite there
//   noise          standard deviation of values that should be smooth (value_noise.hpp), and the gradient norm below
//                  which no value tells progress, sqrt(2 l sigma)
//   curvature      ends of the spectrum at x (spectrum.hpp), and the largest ||g(x + d) - g(x)||/||d|| around it
//   scaling        the ratio of the diagonal elements of the Hessian, of 50 coordinates at most
//   step size      1/l, halved until f(x - s g) <= f(x) - s ||g||^2/2, the descent that smoothness promises
#ifndef PERIGEE_DIAGNOSTICS_DOCTOR_HPP
#define PERIGEE_DIAGNOSTICS_DOCTOR_HPP

#include <perigee/lib/objective.hpp>
#include <perigee/lib/random.hpp>
#include <perigee/lib/trajectory.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace perigee {

enum class Health { good, undecided, caution, bad };  // the worse, the greater

/// "good", "undecided", "caution" or "bad".
std::string_view name_of(Health health);

struct Examination {
  std::string topic;  // as above, "step size" and all
  Health health = Health::undecided;
  std::string sentence;  // what was measured
  std::string advice;    // empty: nothing to do
};

struct DoctorReport {
  double value = not_measured;          // f(x)
  double gradient_norm = not_measured;  // ||grad f(x)||_2
  double noise = not_measured;          // sigma of the value
  double lambda_min = not_measured;     // at x
  double lambda_max = not_measured;
  double smoothness = not_measured;      // l, the largest curvature seen within 0.1 (1 + ||x||)
  double scale_ratio = not_measured;     // max |H_ii|/min |H_ii| > 0
  double suggested_step = not_measured;  // a fixed learning rate for gradient descent
  std::vector<Examination> examinations;

  /// The worst there is.
  Health health() const;
  /// One screen: a line or two for each examination.
  std::string text() const;
};

/// Examines at x, of length n; best a point like those where runs begin. Costs some 2000 values and gradients, most of
/// them for the derivatives. Throws std::invalid_argument if x has another length.
DoctorReport examine(const Objective& objective, ConstVectorView x, const RandomSource& random);

}  // namespace perigee

#endif
