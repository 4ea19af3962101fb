#include <perigee/diagnostics/saddle_passage.hpp>

#include <perigee/diagnostics/plateau.hpp>
#include <perigee/diagnostics/robust_slope.hpp>
#include <perigee/diagnostics/series.hpp>
#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <vector>

namespace perigee {

namespace {

constexpr std::size_t fewest_points = 6;  // of the straight part of the growth
constexpr double band_start = 0.2;        // of the growth, on the logarithmic scale
constexpr double band_end = 0.7;

using Records = std::vector<StepRecord>;

struct Growth {
  std::size_t lowest = 0;  // records
  std::size_t peak = 0;
};

bool is_usable(const Records& records) {
  return std::all_of(records.begin(), records.end(), [](const StepRecord& record) {
    return record.batch_size == 0 && record.gradient_norm >= 0.0 && std::isfinite(record.gradient_norm);
  });
}

// The lowest gradient norm after the last random move: what came before it did not grow to what follows.
std::size_t lowest_after_moves(const Records& records, const Growth& growth) {
  std::size_t begin = growth.lowest;
  for (std::size_t i = growth.lowest + 1; i < growth.peak; ++i) {
    if (records[i].kind == StepKind::perturbation || records[i].kind == StepKind::jump) begin = i;
  }
  std::size_t lowest = begin;
  for (std::size_t i = begin; i < growth.peak; ++i) {
    if (records[i].gradient_norm < records[lowest].gradient_norm) lowest = i;
  }
  return lowest;
}

// Stretches over which the gradient norm grows, each up to the peak that follows.
std::vector<Growth> find_growths(const Records& records, const SaddlePassageOptions& options) {
  std::vector<Growth> growths;
  Growth current;
  bool is_growing = false;
  for (std::size_t i = 1; i < records.size(); ++i) {
    const double norm = records[i].gradient_norm;
    if (!is_growing) {
      if (norm < records[current.lowest].gradient_norm) current.lowest = i;
      is_growing = norm >= options.growth * records[current.lowest].gradient_norm;
      current.peak = i;
      continue;
    }
    if (norm > records[current.peak].gradient_norm) current.peak = i;
    if (options.peak_drop * norm > records[current.peak].gradient_norm && i + 1 < records.size()) continue;
    growths.push_back(current);
    current.lowest = i;
    is_growing = false;
  }
  return growths;
}

struct Exponential {
  std::size_t first = 0;  // records of the straight part
  std::size_t last = 0;
  double rate = 0.0;  // mu, an iteration
  Line line;          // log ||grad f|| over the iterations
};

// The straight part of the growth, if it is straight.
std::optional<Exponential> fit(const Records& records, const Growth& growth, double slope_ratio) {
  const double low = std::log(records[growth.lowest].gradient_norm);
  const double range = std::log(records[growth.peak].gradient_norm) - low;
  std::vector<double> time;
  std::vector<double> log_norm;
  Exponential exponential;
  for (std::size_t i = growth.lowest; i <= growth.peak; ++i) {
    const double z = std::log(records[i].gradient_norm);
    if (z > low + band_end * range) break;
    if (z < low + band_start * range) {
      time.clear();
      log_norm.clear();
      continue;
    }
    if (time.empty()) exponential.first = i;
    exponential.last = i;
    time.push_back(static_cast<double>(records[i].iteration));
    log_norm.push_back(z);
  }
  if (time.size() < fewest_points) return std::nullopt;
  const std::span<const double> t(time);
  const std::span<const double> z(log_norm);
  const std::size_t half = time.size() / 2;
  const double early = fit_line(t.first(half), z.first(half)).slope;
  const double late = fit_line(t.subspan(half), z.subspan(half)).slope;
  if (!(early > 0.0) || !(late > 0.0) || std::max(early, late) > slope_ratio * std::min(early, late)) {
    return std::nullopt;
  }
  exponential.line = fit_line(t, z);
  exponential.rate = exponential.line.slope;
  return exponential;
}

bool value_falls(const Records& records, const Growth& growth, const Exponential& exponential, double falling_share) {
  std::size_t falls = 0;
  for (std::size_t i = exponential.first + 1; i <= exponential.last; ++i) {
    falls += records[i].value <= records[i - 1].value ? 1 : 0;
  }
  const double at_saddle = records[growth.lowest].value;
  return static_cast<double>(falls) >= falling_share * static_cast<double>(exponential.last - exponential.first) &&
         records[growth.peak].value < at_saddle && records.back().value < at_saddle;
}

double median_over(const Records& records, const Exponential& exponential, double StepRecord::*quantity) {
  std::vector<double> values;
  for (std::size_t i = exponential.first; i <= exponential.last; ++i) {
    if (std::isfinite(records[i].*quantity)) values.push_back(records[i].*quantity);
  }
  return median_of(std::move(values));
}

struct Curvature {
  double lambda = not_measured;
  bool is_of_hessian = false;
  Index iteration = 0;  // of the snapshot asked
};

// The smallest eigenvalue at the snapshot of the slow stretch that is nearest to the saddle.
Curvature curvature_at(const DiagnosisInput& input, Index first, Index last, Index lowest, double recorded) {
  const Snapshot* nearest = nullptr;
  const auto distance = [&](const Snapshot& snapshot) { return std::abs(snapshot.iteration - lowest); };
  for (const Snapshot& snapshot : input.trajectory.snapshots) {
    if (snapshot.iteration < first || snapshot.iteration > last) continue;
    if (nearest == nullptr || distance(snapshot) < distance(*nearest)) nearest = &snapshot;
  }
  if (input.objective != nullptr && nearest != nullptr) {
    const ConstVectorView x = nearest->x.view();
    const SymmetricOperator hessian = [&](ConstVectorView v, VectorView product) {
      input.objective->hessian_vector_product(x, v, product);
    };
    const Spectrum spectrum = analyze_spectrum(x.size(), hessian, input.options.random,
                                               {.max_products = input.options.saddle_passage.max_products});
    if (std::isfinite(spectrum.lambda_min)) return {spectrum.lambda_min, true, nearest->iteration};
  }
  return {recorded, false, lowest};
}

bool is_in_well(const Diagnosis& diagnosis, Index first, Index last) {
  return std::any_of(diagnosis.findings.begin(), diagnosis.findings.end(), [&](const Finding& finding) {
    return finding.id == "gravity-well" && finding.first <= last && finding.last >= first;
  });
}

Index passages_in(const Diagnosis& diagnosis) {
  return static_cast<Index>(std::count_if(diagnosis.findings.begin(), diagnosis.findings.end(),
                                          [](const Finding& finding) { return finding.id == "saddle-passage"; }));
}

void report(const DiagnosisInput& input, const Growth& growth, const Exponential& exponential, Diagnosis& diagnosis) {
  const Records& records = input.trajectory.records;
  const SaddlePassageOptions& options = input.options.saddle_passage;
  const double slow_norm = records[growth.peak].gradient_norm / options.slow_ratio;
  std::size_t first = growth.lowest;
  while (first > 0 && records[first - 1].gradient_norm <= slow_norm) --first;
  std::size_t last = growth.lowest;
  while (last < growth.peak && records[last + 1].gradient_norm <= slow_norm) ++last;
  const Index begin = records[first].iteration;
  const Index end = records[last].iteration;
  if (is_in_well(diagnosis, begin, end)) return;

  const double recorded = median_over(records, exponential, &StepRecord::curvature);
  if (recorded >= 0.0) return;
  const Index lowest = records[growth.lowest].iteration;
  const Curvature curvature = passages_in(diagnosis) < options.most_judged
                                  ? curvature_at(input, begin, end, lowest, recorded)
                                  : Curvature{recorded, false, lowest};
  if (curvature.lambda >= 0.0) return;
  const double step_size = median_over(records, exponential, &StepRecord::step_size);
  const double predicted_rate = std::log1p(step_size * std::abs(curvature.lambda));
  const double start_of_growth = exponential.line.at(static_cast<double>(lowest));
  const double exit_time = static_cast<double>(end - lowest);
  const double predicted_exit = (std::log(slow_norm) - start_of_growth) / predicted_rate;
  const bool agrees = std::abs(exponential.rate / predicted_rate - 1.0) <= options.rate_agreement;
  const double duration = static_cast<double>(end - begin);
  const double run = static_cast<double>(records.back().iteration - records.front().iteration);

  Finding finding;
  finding.id = "saddle-passage";
  finding.first = begin;
  finding.last = end;
  finding.severity = duration >= options.costly_share * run ? Severity::warning : Severity::information;
  finding.certainty = agrees ? Certainty::likely : Certainty::suspected;
  const double grown = records[growth.peak].gradient_norm / records[growth.lowest].gradient_norm;
  finding.evidence = {{"gradient_growth", grown, "1", Comparison::at_least, options.growth},
                      {"lowest_gradient_norm", records[growth.lowest].gradient_norm, "value per unit of x"},
                      {"lowest_iteration", static_cast<double>(lowest), "iterations"},
                      {"growth_rate", exponential.rate, "per iteration"},
                      {"predicted_growth_rate", predicted_rate, "per iteration"},
                      {"rate_disagreement", std::abs(exponential.rate / predicted_rate - 1.0), "1",
                       agrees ? Comparison::at_most : Comparison::none, options.rate_agreement},
                      {"lambda_min", curvature.lambda, "value per squared unit of x",
                       std::isnan(curvature.lambda) ? Comparison::none : Comparison::at_most,
                       std::isnan(curvature.lambda) ? not_measured : 0.0},
                      {"step_size", step_size, "1"},
                      {"exit_time", exit_time, "iterations"},
                      {"predicted_exit_time", predicted_exit, "iterations"},
                      {"dwell", duration, "iterations"}};
  finding.message = "From iteration " + std::to_string(begin) + " to " + std::to_string(end) +
                    " the run was held near a saddle (gradient norm down to " +
                    format_number(records[growth.lowest].gradient_norm, 2) + ", value " +
                    format_number(records[growth.lowest].value, 4) +
                    ") and then left it: the gradient grew by a factor of " +
                    format_number(std::exp(exponential.rate), 4) + " an iteration";
  if (std::isfinite(predicted_rate)) {
    finding.message +=
        ", where step size " + format_number(step_size, 3) + " and curvature " + format_number(curvature.lambda, 3) +
        (curvature.is_of_hessian ? " (smallest eigenvalue at iteration " + std::to_string(curvature.iteration) + ")"
                                 : " (along the steps)") +
        " predict " + format_number(std::exp(predicted_rate), 4);
  }
  finding.message += ".";
  // The time is ln(R/r)/log(1 + eta |lambda|), r the distance from the manifold that leads into the saddle.
  finding.recommendation =
      "Use a larger perturbation, a longer step, or a step along the negative curvature: these shorten the time near a "
      "saddle.";
  const double saved = std::round(std::log(10.0) / exponential.rate);
  if (saved < exit_time) {
    finding.recommendation += " A perturbation ten times as large would have saved about " + format_number(saved) +
                              " of the " + format_number(exit_time) + " iterations on the way out.";
  }
  finding.counterevidence =
      std::string(curvature.is_of_hessian ? "A smallest eigenvalue at iteration " +
                                                std::to_string(curvature.iteration) + " that is not negative"
                                          : "A smallest Hessian eigenvalue there that is not negative") +
      ": then the gradient grew for another reason.";
  explain_plateaus(diagnosis, begin, end, "The finding saddle-passage explains it.");
  diagnosis.findings.push_back(std::move(finding));
}

// The growth, if it is one of a passage, with its straight part.
std::optional<Exponential> exponential_of(const Records& records, Growth& growth, const SaddlePassageOptions& options) {
  growth.lowest = lowest_after_moves(records, growth);
  const double lowest = records[growth.lowest].gradient_norm;
  if (!(lowest > 0.0) || records[growth.peak].gradient_norm < options.growth * lowest) return std::nullopt;
  std::optional<Exponential> exponential = fit(records, growth, options.slope_ratio);
  if (exponential && !value_falls(records, growth, *exponential, options.falling_share)) return std::nullopt;
  return exponential;
}

}  // namespace

std::optional<OngoingEscape> ongoing_escape(const Trajectory& trajectory, const SaddlePassageOptions& options) {
  const Records& records = trajectory.records;
  if (records.empty() || !is_usable(records)) return std::nullopt;
  const std::vector<Growth> growths = find_growths(records, options);
  if (growths.empty() || growths.back().peak + 1 != records.size()) return std::nullopt;
  Growth growth = growths.back();
  const std::optional<Exponential> exponential = exponential_of(records, growth, options);
  if (!exponential || median_over(records, *exponential, &StepRecord::curvature) >= 0.0) return std::nullopt;
  double largest = 0.0;
  for (std::size_t i = 0; i <= growth.lowest; ++i) largest = std::max(largest, records[i].gradient_norm);
  const double left = std::log(largest / options.slow_ratio / records.back().gradient_norm) / exponential->rate;
  return OngoingEscape{records[growth.lowest].iteration, records[growth.lowest].gradient_norm, exponential->rate,
                       std::max(0.0, left)};
}

void detect_saddle_passage(const DiagnosisInput& input, Diagnosis& diagnosis) {
  if (find_finding(diagnosis, "divergence") != nullptr || find_finding(diagnosis, "non-finite") != nullptr) return;
  const Records& records = input.trajectory.records;
  if (!is_usable(records)) return;
  const SaddlePassageOptions& options = input.options.saddle_passage;
  for (Growth growth : find_growths(records, options)) {
    if (growth.peak + 1 == records.size()) continue;  // still growing: not left yet
    const std::optional<Exponential> exponential = exponential_of(records, growth, options);
    if (!exponential) continue;
    report(input, growth, *exponential, diagnosis);
  }
}

}  // namespace perigee
