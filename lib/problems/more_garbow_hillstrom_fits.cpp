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

// (6) Jennrich and Sampson (1968).
struct JennrichSampson {
  template <class T, class Residual>
  void operator()(const T* x, Residual&& residual) const {
    using std::exp;
    for (int i = 1; i <= 10; ++i) {
      const double factor = i;
      residual(2.0 + 2.0 * factor - (exp(factor * x[0]) + exp(factor * x[1])));
    }
  }
};

Instance jennrich_sampson() {
  return {.formula = "r_i = 2 + 2 i - (exp(i x1) + exp(i x2)), i = 1..10",
          .why_hard = "the residuals at the minimum are large, and far from it exp(10 x) overflows",
          .objective = sum_of_squares(JennrichSampson{}, 2),
          .start = {0.3, 0.4},
          .stationary_points = {minimum({0.25782521367036408, 0.25782521367036408}, 124.36218235561485)},
          .optimal_value = 124.36218235561485};
}

// (8) Bard (1970).
struct Bard {
  template <class T, class Residual>
  void operator()(const T* x, Residual&& residual) const {
    const double y[] = {0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39};
    for (int i = 1; i <= 15; ++i) {
      const double u = i;
      const double v = 16 - i;
      residual(y[i - 1] - (x[0] + u / (v * x[1] + std::min(u, v) * x[2])));
    }
  }
};

Instance bard() {
  return {.formula = "r_i = y_i - (x1 + u_i/(v_i x2 + w_i x3)), u_i = i, v_i = 16 - i, w_i = min(u_i, v_i), i = 1..15",
          .why_hard = "a rational model with poles, and a plateau f = 17.4287 as x2, x3 tend to -inf",
          .objective = sum_of_squares(Bard{}, 3),
          .start = {1.0, 1.0, 1.0},
          .stationary_points = {minimum({0.082410559749788932, 1.1330360920297216, 2.3436951786425371},
                                        0.0082148773065789748)},
          .optimal_value = 0.0082148773065789748};
}

// (10) Meyer (1970).
struct Meyer {
  template <class T, class Residual>
  void operator()(const T* x, Residual&& residual) const {
    using std::exp;
    const double y[] = {34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744,
                        8261,  7030,  6005,  5147,  4427,  3820,  3307,  2872};
    for (int i = 1; i <= 16; ++i) residual(x[0] * exp(x[1] / (45.0 + 5.0 * i + x[2])) - y[i - 1]);
  }
};

Instance meyer() {
  return {.formula = "r_i = x1 exp(x2/(t_i + x3)) - y_i, t_i = 45 + 5 i, i = 1..16",
          .why_hard = "the resistance of a thermistor: curvatures differ by 1e16, and f falls from 1.7e9 to 88",
          .objective = sum_of_squares(Meyer{}, 3),
          .start = {0.02, 4000.0, 250.0},
          .stationary_points = {minimum({0.0056096364710280525, 6181.3463462863723, 345.2236346241365},
                                        87.945855170851121)},
          .optimal_value = 87.945855170851121};
}

// (15) Kowalik and Osborne (1968).
struct KowalikOsborne {
  template <class T, class Residual>
  void operator()(const T* x, Residual&& residual) const {
    const double y[] = {0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246};
    const double u[] = {4.0, 2.0, 1.0, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625};
    for (int i = 0; i < 11; ++i) {
      residual(y[i] - x[0] * (u[i] * u[i] + u[i] * x[1]) / (u[i] * u[i] + u[i] * x[2] + x[3]));
    }
  }
};

Instance kowalik_osborne() {
  return {.formula = "r_i = y_i - x1 (u_i^2 + u_i x2)/(u_i^2 + u_i x3 + x4), i = 1..11",
          .why_hard = "a rational model with poles, and a plateau f = 1.02734e-3 at infinity",
          .objective = sum_of_squares(KowalikOsborne{}, 4),
          .start = {0.25, 0.39, 0.415, 0.39},
          .stationary_points = {minimum(
              {0.19280693457903785, 0.19128232873436696, 0.12305650692632065, 0.13606233068379484},
              0.00030750560384923743)},
          .optimal_value = 0.00030750560384923743};
}

// (17) Osborne (1972).
struct OsborneOne {
  template <class T, class Residual>
  void operator()(const T* x, Residual&& residual) const {
    using std::exp;
    const double y[] = {0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.850, 0.818, 0.784, 0.751,
                        0.718, 0.685, 0.658, 0.628, 0.603, 0.580, 0.558, 0.538, 0.522, 0.506, 0.490,
                        0.478, 0.467, 0.457, 0.448, 0.438, 0.431, 0.424, 0.420, 0.414, 0.411, 0.406};
    for (int i = 0; i < 33; ++i) {
      const double t = 10.0 * i;
      residual(y[i] - (x[0] + x[1] * exp(-t * x[3]) + x[2] * exp(-t * x[4])));
    }
  }
};

Instance osborne_one() {
  return {.formula = "r_i = y_i - (x1 + x2 exp(-t_i x4) + x3 exp(-t_i x5)), t_i = 10 (i - 1), i = 1..33",
          .why_hard = "two exponentials with nearly equal rates: curvatures differ by 2e9, and x4, x5 are small",
          .objective = sum_of_squares(OsborneOne{}, 5),
          .start = {0.5, 1.5, -1.0, 0.01, 0.02},
          .stationary_points = {minimum({0.37541005210695204, 1.9358469127123674, -1.4646871366134231,
                                         0.012867534640057289, 0.022122699661672611},
                                        5.4648946974829064e-5)},
          .optimal_value = 5.4648946974829064e-5};
}

// (19) Osborne (1972).
struct OsborneTwo {
  template <class T, class Residual>
  void operator()(const T* x, Residual&& residual) const {
    using std::exp;
    const double y[] = {1.366, 1.191, 1.112, 1.013, 0.991, 0.885, 0.831, 0.847, 0.786, 0.725, 0.746, 0.679, 0.608,
                        0.655, 0.616, 0.606, 0.602, 0.626, 0.651, 0.724, 0.649, 0.649, 0.694, 0.644, 0.624, 0.661,
                        0.612, 0.558, 0.533, 0.495, 0.500, 0.423, 0.395, 0.375, 0.372, 0.391, 0.396, 0.405, 0.428,
                        0.429, 0.523, 0.562, 0.607, 0.653, 0.672, 0.708, 0.633, 0.668, 0.645, 0.632, 0.591, 0.559,
                        0.597, 0.625, 0.739, 0.710, 0.729, 0.720, 0.636, 0.581, 0.428, 0.292, 0.162, 0.098, 0.054};
    for (int i = 0; i < 65; ++i) {
      const double t = 0.1 * i;
      T model = x[0] * exp(-t * x[4]);
      for (int peak = 1; peak <= 3; ++peak) {
        const T offset = t - x[7 + peak];
        model += x[peak] * exp(-offset * offset * x[4 + peak]);
      }
      residual(y[i] - model);
    }
  }
};

Instance osborne_two() {
  return {
      .formula =
          "r_i = y_i - (x1 exp(-t_i x5) + sum_{k=1..3} x_{k+1} exp(-(t_i - x_{k+8})^2 x_{k+5})), "
          "t_i = (i - 1)/10, i = 1..65",
      .why_hard = "an exponential and three peaks that can exchange their roles, and false minima",
      .objective = sum_of_squares(OsborneTwo{}, 11),
      .start = {1.3, 0.65, 0.65, 0.7, 0.6, 3.0, 5.0, 7.0, 2.0, 4.5, 5.5},
      .stationary_points = {minimum({1.3099771546273005, 0.43155379460298892, 0.633661698960724, 0.5994305347859163,
                                     0.75418322632801128, 0.90428857985963366, 1.3658118352370285, 4.8236988172271556,
                                     2.3986848661317546, 4.5688745976676716, 5.6753414705806412},
                                    0.040137736293547738)},
      .optimal_value = 0.040137736293547738};
}

}  // namespace

std::vector<Entry> data_fits() {
  return {
      entry("gaussian", "a bell curve fitted to 15 data", gaussian),
      entry("gulf", "the Gulf Research and Development function: a Weibull curve fitted to 99 data", gulf),
      entry("box-three-dimensional", "Box's difference of exponentials", box_three_dimensional),
      entry("brown-dennis", "a fit with large residuals", brown_dennis),
      entry("biggs-exp6", "Biggs' sum of three exponentials", biggs_exp6),
      entry("jennrich-sampson", "sums of growing exponentials", jennrich_sampson),
      entry("bard", "Bard's rational model fitted to 15 data", bard),
      entry("meyer", "Meyer's thermistor: badly scaled", meyer),
      entry("kowalik-osborne", "an enzyme reaction: a rational model fitted to 11 data", kowalik_osborne),
      entry("osborne-one", "a constant and two exponentials fitted to 33 data", osborne_one),
      entry("osborne-two", "an exponential and three peaks fitted to 65 data", osborne_two),
  };
}

}  // namespace perigee::problems::collection
