// Problems of the More-Garbow-Hillstrom collection in which a model is fitted to data.
#include <perigee/lib/problems/more_garbow_hillstrom.hpp>
#include <perigee/lib/problems/sum_of_squares.hpp>

#include <algorithm>
#include <cmath>

namespace perigee::problems::collection {

namespace {

// (9).
struct Gaussian {
  template <class T, class Residual>
  void operator()(const T* x, Residual&& residual) const {
    using std::exp;
    const double half[] = {0.0009, 0.0044, 0.0175, 0.0540, 0.1295, 0.2420, 0.3521, 0.3989};
    for (int i = 1; i <= 15; ++i) {
      const T offset = 0.5 * (8 - i) - x[2];
      residual(x[0] * exp(-0.5 * x[1] * offset * offset) - half[std::min(i, 16 - i) - 1]);
    }
  }
};

Instance gaussian() {
  return {.formula = "r_i = x1 exp(-x2 (t_i - x3)^2/2) - y_i, t_i = (8 - i)/2, i = 1..15",
          .why_hard = "far from the data the model is flat: the gradient underflows where x2 is large",
          .objective = sum_of_squares(Gaussian{}, 3),
          .start = {0.4, 1.0, 0.0},
          .stationary_points = {minimum({0.39895613783875668, 1.0000190844878057, 0.0}, 1.127932769618648e-8)},
          .optimal_value = 1.127932769618648e-8};
}

// (11) Cox (1969). The printed formula has "y_i m i x_2" where the collection's programs have y_i - x_2.
struct Gulf {
  template <class T, class Residual>
  void operator()(const T* x, Residual&& residual) const {
    using std::abs, std::exp, std::pow;
    for (int i = 1; i <= 99; ++i) {
      const double t = 0.01 * i;
      const double y = 25.0 + std::cbrt(2500.0 * std::log(t) * std::log(t));  // 25 + (-50 ln t)^{2/3}
      residual(exp(-pow(abs(y - x[1]), x[2]) / x[0]) - t);
    }
  }
};

Instance gulf() {
  return {.formula = "r_i = exp(-|y_i - x2|^x3/x1) - t_i, t_i = i/100, y_i = 25 + (-50 ln t_i)^{2/3}, i = 1..99",
          .why_hard = "a long flat valley; where x2 passes a datum y_i, f is not twice differentiable for x3 < 2",
          .objective = sum_of_squares(Gulf{}, 3),
          .start = {5.0, 2.5, 0.15},
          .stationary_points = {minimum({50.0, 25.0, 1.5}, 0.0)},
          .optimal_value = 0.0};
}

// (12) Box (1966).
struct BoxThreeDimensional {
  template <class T, class Residual>
  void operator()(const T* x, Residual&& residual) const {
    using std::exp;
    for (int i = 1; i <= 10; ++i) {
      const double t = 0.1 * i;
      residual(exp(-t * x[0]) - exp(-t * x[1]) - x[2] * (std::exp(-t) - std::exp(-10.0 * t)));
    }
  }
};

Instance box_three_dimensional() {
  return {.formula = "r_i = exp(-t_i x1) - exp(-t_i x2) - x3 (exp(-t_i) - exp(-10 t_i)), t_i = i/10, i = 1..10",
          .why_hard = "minima at two points and on the line x1 = x2, x3 = 0, and plateaus where x1, x2 are large",
          .objective = sum_of_squares(BoxThreeDimensional{}, 3),
          .start = {0.0, 10.0, 20.0},
          .stationary_points = {minimum({1.0, 10.0, 1.0}, 0.0), minimum({10.0, 1.0, -1.0}, 0.0),
                                degenerate({1.0, 1.0, 0.0}, 0.0)},
          .optimal_value = 0.0};
}

// (16) Brown and Dennis (1971).
struct BrownDennis {
  template <class T, class Residual>
  void operator()(const T* x, Residual&& residual) const {
    for (int i = 1; i <= 20; ++i) {
      const double t = 0.2 * i;
      const T growth = x[0] + t * x[1] - std::exp(t);
      const T wave = x[2] + x[3] * std::sin(t) - std::cos(t);
      residual(growth * growth + wave * wave);
    }
  }
};

Instance brown_dennis() {
  return {.formula = "r_i = (x1 + t_i x2 - exp(t_i))^2 + (x3 + x4 sin t_i - cos t_i)^2, t_i = i/5, i = 1..20",
          .why_hard = "residuals of 1e3 at the minimum: Gauss-Newton curvature is far from the Hessian",
          .objective = sum_of_squares(BrownDennis{}, 4),
          .start = {25.0, 5.0, -5.0, -1.0},
          .stationary_points = {minimum(
              {-11.594439904762165, 13.203630051207204, -0.40343948817685952, 0.2367787744557363}, 85822.201626356345)},
          .optimal_value = 85822.201626356345};
}

// (18) Biggs (1971). Where x1 = x5 only x3 + x6 matters: the best fit by two exponentials gives a line of stationary
// points with f = 5.65565e-3, which the collection lists as a local minimum. Where x3 and x6 have one sign, parting x1
// and x5 lowers f: those are strict saddles, with an eigenvalue 0 along the line beside the negative one. Where they
// have not, the eigenvalues are 0 and positive.
struct BiggsExp6 {
  template <class T, class Residual>
  void operator()(const T* x, Residual&& residual) const {
    using std::exp;
    for (int i = 1; i <= 13; ++i) {
      const double t = 0.1 * i;
      const double y = std::exp(-t) - 5.0 * std::exp(-10.0 * t) + 3.0 * std::exp(-4.0 * t);
      residual(x[2] * exp(-t * x[0]) - x[3] * exp(-t * x[1]) + x[5] * exp(-t * x[4]) - y);
    }
  }
};

Instance biggs_exp6() {
  const double merged_rate = 1.7114159947195876;  // x1 = x5
  const double merged_value = 0.005655649925499931;
  return {.formula =
              "r_i = x3 exp(-t_i x1) - x4 exp(-t_i x2) + x6 exp(-t_i x5) - y_i, "
              "y_i = exp(-t_i) - 5 exp(-10 t_i) + 3 exp(-4 t_i), t_i = i/10, i = 1..13",
          .why_hard =
              "sums of exponentials: nearly singular at the minima, with plateaus and a line of saddles at 5.65565e-3",
          .objective = sum_of_squares(BiggsExp6{}, 6),
          .start = {1.0, 2.0, 1.0, 1.0, 1.0, 1.0},
          .stationary_points = {minimum({1.0, 10.0, 1.0, 5.0, 4.0, 3.0}, 0.0),
                                minimum({4.0, 10.0, 3.0, 5.0, 1.0, 1.0}, 0.0),
                                saddle({merged_rate, 17.683198180949067, 1.1631436609188925, 5.1865615519934518,
                                        merged_rate, 1.1631436609188925},
                                       merged_value, 1),
                                degenerate({merged_rate, 17.683198180949067, 3.4894309827566776, 5.1865615519934518,
                                            merged_rate, -1.1631436609188925},
                                           merged_value)},
          .optimal_value = 0.0};
}

}  // namespace

std::vector<Entry> data_fits() {
  return {
      entry("gaussian", "a bell curve fitted to 15 data", gaussian),
      entry("gulf", "the Gulf Research and Development function: a Weibull curve fitted to 99 data", gulf),
      entry("box-three-dimensional", "Box's difference of exponentials", box_three_dimensional),
      entry("brown-dennis", "a fit with large residuals", brown_dennis),
      entry("biggs-exp6", "Biggs' sum of three exponentials", biggs_exp6),
  };
}

}  // namespace perigee::problems::collection
