#include <perigee/diagnostics/thresholds.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/parameters.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <type_traits>

namespace perigee {

namespace {

constexpr double unbounded = std::numeric_limits<double>::infinity();
constexpr double most = 1e9;  // of a count: exact in every type it is kept in

// `Path`: the member of DiagnoseOptions, and the member of that, if it is an aggregate of its own.
template <auto Member, auto... Path>
struct Access {
  template <class Options>
  static auto& of(Options& options) {
    if constexpr (sizeof...(Path) == 0) {
      return options.*Member;
    } else {
      return Access<Path...>::of(options.*Member);
    }
  }
  static double value(const DiagnoseOptions& options) { return static_cast<double>(of(options)); }
  static void assign(DiagnoseOptions& options, double value) {
    auto& member = of(options);
    member = static_cast<std::remove_reference_t<decltype(member)>>(value);
  }
};

template <auto... Path>
Threshold threshold(std::string name, double smallest, double largest, std::string meaning) {
  const DiagnoseOptions defaults;
  using Value = std::remove_cvref_t<decltype(Access<Path...>::of(defaults))>;
  return {.name = std::move(name),
          .meaning = std::move(meaning),
          .smallest = smallest,
          .largest = largest,
          .is_count = std::is_integral_v<Value>,
          .default_value = Access<Path...>::value(defaults),
          .value = &Access<Path...>::value,
          .assign = &Access<Path...>::assign};
}

using D = DiagnoseOptions;

std::vector<Threshold> make_table() {
  using P = PlateauOptions;
  using O = LostGroundOptions;
  using R = RateOptions;
  using G = GravityWellOptions;
  using C = LostClassOptions;
  using S = SoftmaxDampingOptions;
  using V = DivergenceOptions;
  using L = StepTooLargeOptions;
  using Y = LimitCycleOptions;
  using U = SuperlinearOptions;
  using E = EdgeOfStabilityOptions;
  using F = RoundingFloorOptions;
  using M = DerivativeMismatchOptions;
  using T = LineSearchStallOptions;
  using I = IllConditionedValleyOptions;
  using N = NoiseFloorOptions;
  using A = SaddlePassageOptions;
  return {
      threshold<&D::plateau, &P::exponent>(
          "plateau.exponent", 1e-6, 10.0,
          "|p| of f - b ~ t^-p below which a curve stands still; in every detector that asks whether it does"),
      threshold<&D::plateau, &P::length>("plateau.length", 1.0, unbounded,
                                         "last over first iteration of a plateau, at least"),
      threshold<&D::plateau, &P::terminal_length>("plateau.terminal-length", 1.0, unbounded,
                                                  "the same where the run ended in it after something else"),
      threshold<&D::plateau, &P::band>("plateau.band", 0.0, 1.0,
                                       "relative width around the median excess, at least, that the ends keep to"),
      threshold<&D::plateau, &P::departure>("plateau.departure", 1.0, unbounded,
                                            "factor of the excess by which a plateau is left"),
      threshold<&D::plateau, &P::lasting>("plateau.lasting", 0.0, unbounded,
                                          "length of a plateau over the time it took to leave it, at least"),
      threshold<&D::plateau, &P::lost_from_start>(
          "plateau.lost-from-start", 0.0, 0.999,
          "share of the excess lost, at most, where the run starts and ends in a plateau"),
      threshold<&D::plateau, &P::optimum>("plateau.optimum", 0.0, 1.0,
                                          "share of the range of the values that counts as the optimum itself"),
      threshold<&D::plateau, &P::costly_share>("plateau.costly-share", 0.0, 1.0,
                                               "share of the run from which a plateau that was left is a warning"),
      threshold<&D::plateau, &P::shorter_step>(
          "plateau.shorter-step", 1.0, unbounded,
          "factor by which the step size fell as a plateau was left, at least, to have been the way out"),
      threshold<&D::lost_ground, &O::share>("lost-ground.share", 0.0, unbounded,
                                            "share of what had been gained that is lost at the end, at least"),
      threshold<&D::lost_ground, &O::held>("lost-ground.held", 0.0, 1.0,
                                           "share of the run near the best level on end, at least"),
      threshold<&D::lost_ground, &O::deviations>("lost-ground.deviations", 0.0, unbounded,
                                                 "standard errors between the two levels, more than"),
      threshold<&D::rate, &R::slope>(
          "rate.slope", -1.0, 0.0,
          "slope of the local rate: a power law below (theory: -1), linear convergence above (theory: 0)"),
      threshold<&D::rate, &R::steepest>("rate.steepest", 0.0, unbounded,
                                        "slope of the local rate above which a curve falls ever faster"),
      threshold<&D::rate, &R::confidence>("rate.confidence", 0.0, unbounded,
                                          "standard errors between the slope and these bounds, at least"),
      threshold<&D::rate, &R::bend>("rate.bend", 0.0, unbounded,
                                    "change of that slope from octave to octave beyond which a rate is not final"),
      threshold<&D::gravity_well, &G::band>("gravity-well.band", 0.0, 0.999,
                                            "relative distance of the suboptimality from the gap of a corner, at most"),
      threshold<&D::gravity_well, &G::probability>("gravity-well.probability", 0.0, 1.0,
                                                   "probability of the best action at its lowest, at most"),
      threshold<&D::gravity_well, &G::slow_share>(
          "gravity-well.slow-share", 0.0, 1.0,
          "share of the stretch passed at no more than twice that probability, at least"),
      threshold<&D::gravity_well, &G::iterations>("gravity-well.iterations", 1.0, most,
                                                  "length of the stretch, in iterations and in records, at least"),
      threshold<&D::lost_class, &C::probability>(
          "lost-class.probability", 0.0, 1.0, "probability of the right answer throughout the second half, less than"),
      threshold<&D::lost_class, &C::learnt>("lost-class.learnt", 0.0, 1.0,
                                            "median probability of the other classes at the end, more than"),
      threshold<&D::lost_class, &C::rise>("lost-class.rise", 0.0, unbounded,
                                          "Mann-Kendall statistic of its logarithm there, at most, or"),
      threshold<&D::lost_class, &C::horizon>(
          "lost-class.horizon", 0.0, unbounded,
          "time that its rise needs to that probability over the length of the log, more than"),
      threshold<&D::lost_class, &C::records>("lost-class.records", 2.0, most, "records of the log, at least"),
      threshold<&D::lost_class, &C::same_loss>(
          "lost-class.same-loss", 0.0, 1.0,
          "relative distance of the value from the mean of 1 - p, at most, to be read as that"),
      threshold<&D::softmax_damping, &S::smallest_exponent>("softmax-damping.smallest-exponent", 0.0, unbounded,
                                                            "p of f - f* ~ t^-p, at least (theory: 1)"),
      threshold<&D::softmax_damping, &S::largest_exponent>("softmax-damping.largest-exponent", 0.0, unbounded,
                                                           "the same, at most"),
      threshold<&D::softmax_damping, &S::clean>("softmax-damping.clean", 0.0, unbounded,
                                                "|p - 1|, at most, for a likely finding"),
      threshold<&D::divergence, &V::trend>("divergence.trend", 0.0, unbounded,
                                           "Mann-Kendall statistic of the second half, more than"),
      threshold<&D::divergence, &V::gradient_growth>("divergence.gradient-growth", 1.0, unbounded,
                                                     "last gradient norm over the largest of the first half, at least"),
      threshold<&D::divergence, &V::value_growth>("divergence.value-growth", 1e-6, unbounded,
                                                  "rise of the value over the range of the first half, at least"),
      threshold<&D::divergence, &V::relative_rise>("divergence.relative-rise", 0.0, unbounded,
                                                   "rise of the value relative to its size, at least"),
      threshold<&D::divergence, &V::depth>(
          "divergence.depth", 0.0, unbounded,
          "fall below zero relative to the start, at least, where no bound of the value is known"),
      threshold<&D::divergence, &V::non_finite_share>("divergence.non-finite-share", 0.0, 1.0,
                                                      "share of these growths that suffices before a NaN"),
      threshold<&D::step_too_large, &L::product>("step-too-large.product", 0.0, unbounded,
                                                 "step size times curvature along the step, at least (stable below 2)"),
      threshold<&D::step_too_large, &L::jump>("step-too-large.jump", 1.0, unbounded,
                                              "factor of the excess by which the value jumped early, at least"),
      threshold<&D::step_too_large, &L::jump_deviations>("step-too-large.jump-deviations", 0.0, unbounded,
                                                         "the same in standard deviations of the end, at least"),
      threshold<&D::step_too_large, &L::unrecovered>("step-too-large.unrecovered", 0.0, unbounded,
                                                     "share of the initial excess that is left at the end, more than"),
      threshold<&D::step_too_large, &L::uniform_guess>("step-too-large.uniform-guess", 0.0, 1.0,
                                                       "relative distance of the end from log(classes), at most"),
      threshold<&D::limit_cycle, &Y::chance>("limit-cycle.chance", 0.0, 1.0,
                                             "chance of the highest peak of the periodogram under noise, at most"),
      threshold<&D::limit_cycle, &Y::cycles>("limit-cycle.cycles", 1.0, most,
                                             "cycles within the window, at least: fewer are a course"),
      threshold<&D::limit_cycle, &Y::recurrence>(
          "limit-cycle.recurrence", 0.0, 1.0, "what is missing from coming back over what noise would miss, at most"),
      threshold<&D::limit_cycle, &Y::decay>("limit-cycle.decay", 1.0, unbounded,
                                            "ratio of the deviations of the two halves of the window, at most"),
      threshold<&D::limit_cycle, &Y::deviation>("limit-cycle.deviation", 0.0, unbounded,
                                                "standard deviation of the value relative to 1 + |f|, more than"),
      threshold<&D::limit_cycle, &Y::steady>(
          "limit-cycle.steady", 1.0, unbounded,
          "largest over least step size within two periods, at most: else a schedule may drive the cycle"),
      threshold<&D::superlinear, &U::ratio>(
          "superlinear.ratio", 1.0, unbounded,
          "ratio of the lengths of successive steps of the log gradient norm, at least"),
      threshold<&D::superlinear, &U::growth>("superlinear.growth", 1.0, unbounded,
                                             "the same of the last of three steps to the first, at least"),
      threshold<&D::superlinear, &U::factor>("superlinear.factor", 1.0, unbounded,
                                             "factor by which the gradient norm fell in the last step, at least"),
      threshold<&D::edge_of_stability, &E::least_product>("edge-of-stability.least-product", 0.0, 2.0,
                                                          "step size times curvature from which a run is at the edge"),
      threshold<&D::edge_of_stability, &E::largest_product>("edge-of-stability.largest-product", 2.0, unbounded,
                                                            "the same, at most"),
      threshold<&D::edge_of_stability, &E::length>("edge-of-stability.length", 0.0, 1.0,
                                                   "share of the run spent there, at least"),
      threshold<&D::edge_of_stability, &E::rises>("edge-of-stability.rises", 0.0, 1.0,
                                                  "share of the steps there that raise the value, at least"),
      threshold<&D::rounding_floor, &F::equal_values>("rounding-floor.equal-values", 2.0, most,
                                                      "last values that are equal to the last bit, at least"),
      threshold<&D::rounding_floor, &F::step_ratio>("rounding-floor.step-ratio", 0.0, 1.0,
                                                    "length of a step over that of the iterate, at most"),
      threshold<&D::rounding_floor, &F::digits>("rounding-floor.digits", 1.0, 17.0,
                                                "digits recorded of a value, at least, where no steps are"),
      threshold<&D::gradient_tolerance>("end-point.gradient", 0.0, unbounded,
                                        "gradient norm relative to 1 + |f|, at most, of a stationary point"),
      threshold<&D::end_point, &EndPointOptions::better>(
          "end-point.better", 0.0, unbounded, "by which another value is better, relative to 1 + |f|, more than"),
      threshold<&D::spectrum, &SpectrumOptions::curvature_tolerance>(
          "end-point.curvature", 0.0, 0.999, "eigenvalue relative to the largest that counts as zero, at most"),
      threshold<&D::spectrum, &SpectrumOptions::failure_probability>(
          "end-point.failure-probability", 1e-300, 0.999, "probability with which the lower bound of them may fail"),
      threshold<&D::spectrum, &SpectrumOptions::max_products>("end-point.products", 1.0, most,
                                                              "Hessian-vector products to spend, at most"),
      threshold<&D::derivative_mismatch, &M::relative_error>(
          "derivative-mismatch.relative-error", 0.0, 1.0,
          "error of a directional derivative, at most, not asked about"),
      threshold<&D::derivative_mismatch, &M::directions>("derivative-mismatch.directions", 0.0, 1000.0,
                                                         "directions asked; 0: the derivatives are not looked at"),
      threshold<&D::line_search_stall, &T::iterations>("line-search-stall.iterations", 1.0, most,
                                                       "length of a stall, in iterations, at least"),
      threshold<&D::line_search_stall, &T::calls_per_iteration>("line-search-stall.calls", 0.0, unbounded,
                                                                "values and gradients an iteration takes, at least"),
      threshold<&D::line_search_stall, &T::relative_change>("line-search-stall.change", 0.0, unbounded,
                                                            "change of the value relative to 1 + |f|, at most"),
      threshold<&D::line_search_stall, &T::gradient_fall>(
          "line-search-stall.gradient-fall", 1.0, unbounded,
          "factor by which the gradient norm falls over a stall, at most"),
      threshold<&D::step_too_small, &StepTooSmallOptions::largest_product>("step-too-small.product", 0.0, 2.0,
                                                                           "step size times curvature, at most"),
      threshold<&D::step_too_small, &StepTooSmallOptions::smallest_product>(
          "step-too-small.smallest-product", 0.0, 2.0, "the same, at least: below, the curvature drowns in rounding"),
      threshold<&D::ill_conditioned_valley, &I::condition>("ill-conditioned-valley.condition", 1.0, unbounded,
                                                           "condition number estimated, at least"),
      threshold<&D::ill_conditioned_valley, &I::smallest_product>(
          "ill-conditioned-valley.smallest-product", 0.0, unbounded, "step size times largest curvature, at least"),
      threshold<&D::ill_conditioned_valley, &I::largest_product>("ill-conditioned-valley.largest-product", 0.0,
                                                                 unbounded, "the same, at most"),
      threshold<&D::ill_conditioned_valley, &I::zigzag_cosine>(
          "ill-conditioned-valley.zigzag-cosine", -1.0, 1.0,
          "median cosine of successive steps below which they cross the valley"),
      threshold<&D::noise_floor, &N::floor_ratio>("noise-floor.floor-ratio", 0.0, 1.0,
                                                  "squared distance over that of a random walk, at a floor at most"),
      threshold<&D::noise_floor, &N::growth_ratio>("noise-floor.growth-ratio", 1.0, unbounded,
                                                   "the same on a slope or an escape, at least"),
      threshold<&D::noise_floor, &N::deviation>("noise-floor.deviation", 0.0, unbounded,
                                                "standard deviations from a random walk, at least"),
      threshold<&D::noise_floor, &N::escape_share>(
          "noise-floor.escape-share", 0.0, 1.0,
          "share of the squared distances in the last quarter, at least, of an escape"),
      threshold<&D::noise_floor, &N::fewest_degrees>("noise-floor.degrees", 0.0, unbounded,
                                                     "degrees of freedom, at least, to call anything flat"),
      threshold<&D::noise_floor, &N::stationarity>("noise-floor.stationarity", 1.0, unbounded,
                                                   "ratio of the squared steps of the two halves, at most"),
      threshold<&D::noise_floor, &N::vanished>(
          "noise-floor.vanished", 0.0, 1.0,
          "median gradient norm over the largest, at most, where the noise vanished with the gradient: no floor"),
      threshold<&D::noise_floor, &N::unkept_promise>(
          "noise-floor.unkept-promise", 1.0, unbounded,
          "decrease that the gradients promise over that of the value, at least, where only values are known"),
      threshold<&D::saddle_passage, &A::growth>("saddle-passage.growth", 1.0, unbounded,
                                                "gradient norm at the peak over that near the saddle, at least"),
      threshold<&D::saddle_passage, &A::slope_ratio>("saddle-passage.slope-ratio", 1.0, unbounded,
                                                     "ratio of the growth rates of its two halves, at most"),
      threshold<&D::saddle_passage, &A::rate_agreement>(
          "saddle-passage.rate-agreement", 0.0, unbounded,
          "relative distance of the growth rate from log(1 + step |curvature|), at most, for a likely finding"),
      threshold<&D::saddle_passage, &A::costly_share>("saddle-passage.costly-share", 0.0, 1.0,
                                                      "share of the run from which a passage is a warning"),
      threshold<&D::saddle_passage, &A::peak_drop>("saddle-passage.peak-drop", 1.0, unbounded,
                                                   "factor by which the gradient norm fell after its peak, at least"),
      threshold<&D::saddle_passage, &A::slow_ratio>("saddle-passage.slow-ratio", 1.0, unbounded,
                                                    "peak over gradient norm, at least, near the saddle"),
      threshold<&D::saddle_passage, &A::falling_share>(
          "saddle-passage.falling-share", 0.0, 1.0, "share of the steps of the growth that lower the value, at least"),
      threshold<&D::saddle_passage, &A::most_judged>("saddle-passage.judged", 0.0, most,
                                                     "passages whose curvature is computed, at most"),
      threshold<&D::saddle_passage, &A::max_products>("saddle-passage.products", 1.0, most,
                                                      "Hessian-vector products for each, at most"),
  };
}

void check(const std::string& who, const Threshold& threshold, double value) {
  const bool is_in_range = value >= threshold.smallest && value <= threshold.largest;
  const bool is_whole = !threshold.is_count || value == std::floor(value);
  if (is_in_range && is_whole) return;
  throw std::invalid_argument(
      who + ": " + threshold.name + " must be " + (threshold.is_count ? "a whole number in [" : "in [") +
      format_number(threshold.smallest) + ", " + format_number(threshold.largest) + "], got " + format_exact(value));
}

}  // namespace

const std::vector<Threshold>& thresholds() {
  static const std::vector<Threshold> table = make_table();
  return table;
}

void set_threshold(DiagnoseOptions& options, std::string_view name, double value) {
  for (const Threshold& threshold : thresholds()) {
    if (threshold.name != name) continue;
    check("set_threshold", threshold, value);
    threshold.assign(options, value);
    return;
  }
  std::vector<std::string> names;
  for (const Threshold& threshold : thresholds()) names.push_back(threshold.name);
  const std::string nearest = nearest_name(name, names);
  throw std::invalid_argument("set_threshold: the name must be one of perigee list thresholds, got " +
                              std::string(name) + (nearest.empty() ? "" : "; did you mean " + nearest + "?"));
}

void check_thresholds(const std::string& who, const DiagnoseOptions& options) {
  for (const Threshold& threshold : thresholds()) check(who, threshold, threshold.value(options));
}

std::vector<ThresholdValue> threshold_values(const DiagnoseOptions& options) {
  std::vector<ThresholdValue> values;
  for (const Threshold& threshold : thresholds()) {
    values.push_back({threshold.name, threshold.value(options), threshold.default_value});
  }
  return values;
}

}  // namespace perigee
