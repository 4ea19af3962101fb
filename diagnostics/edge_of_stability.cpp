#include <perigee/diagnostics/edge_of_stability.hpp>

#include <perigee/diagnostics/course.hpp>
#include <perigee/diagnostics/series.hpp>
#include <perigee/diagnostics/stability.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/thick_restart_lanczos.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace perigee {

namespace {

constexpr std::size_t fewest_records = 100;
constexpr std::size_t blocks = 20;
constexpr std::size_t fewest_probes = 3;
constexpr std::size_t most_probes = 8;
constexpr Index products_of_probe = 40;
constexpr double one_size = 1.01;    // largest over least step size
constexpr double least_rise = 1e-9;  // relative to the value: above rounding

struct Stretch {
  Index first = 0;  // in iterations
  Index last = 0;
  bool holds(Index iteration) const { return iteration >= first && iteration <= last; }
  double length() const { return static_cast<double>(last - first); }
};

// What the value does over a stretch.
struct Course {
  double rises = 0.0;  // share of the steps that raise it; 0 if none does in the second half
  TrendTest trend;
};

struct Probe {
  Index iteration;
  double product;  // eta lambda, scaled so that 2 is what the method bears
};

class Question {
 public:
  explicit Question(const DiagnosisInput& input)
      : input_(input),
        options_(input.options.edge_of_stability),
        records_(input.trajectory.records),
        limit_(stability_limit(input.trajectory)),
        values_(value_series(input.trajectory)) {}

  bool is_asked() const;
  /// Where the steps themselves show it; empty (last < first) where they do not.
  Stretch stretch_along_steps() const;
  /// Where the curvature at the snapshots shows it.
  Stretch stretch_of_probes(const std::vector<Probe>& probes) const;
  std::vector<Probe> probe(const Stretch& within) const;

  bool is_at_edge(double product) const {
    return product >= options_.least_product && product <= options_.largest_product;
  }
  bool is_long(const Stretch& stretch) const {
    return stretch.last > stretch.first && stretch.length() >= options_.length * run().length();
  }
  Stretch run() const { return {records_.front().iteration, records_.back().iteration}; }
  /// Share of the steps that raise the value; 0 if none does in the second half of the stretch.
  double rises_in(const Stretch& stretch) const;
  /// Of a stretch that is long enough, and over which the value goes up and down but falls; else nothing.
  std::optional<Course> course_in(const Stretch& stretch) const;
  double median_product_in(const Stretch& stretch) const;
  double step_size() const { return limit_ ? limit_->learning_rate : step_sizes_.second; }
  double stable_product() const { return limit_ ? limit_->product : 2.0; }

 private:
  const DiagnosisInput& input_;
  const EdgeOfStabilityOptions& options_;
  const std::vector<StepRecord>& records_;
  std::optional<StabilityLimit> limit_;
  Series values_;
  std::pair<double, double> step_sizes_ = [this] {
    std::pair<double, double> extremes{not_measured, not_measured};  // least and largest
    for (const StepRecord& record : records_) {
      extremes.first = std::fmin(extremes.first, record.step_size);
      extremes.second = std::fmax(extremes.second, record.step_size);
    }
    return extremes;
  }();
};

bool Question::is_asked() const {
  if (records_.size() < fewest_records || values_.size() < fewest_records || input_.trajectory.condensation)
    return false;
  if (!limit_ && !input_.trajectory.solver.empty()) return false;
  // A size on record must be one; without one there must be settings.
  if (std::isnan(step_sizes_.second) ? !limit_ : !(step_sizes_.second <= one_size * step_sizes_.first)) return false;
  return std::all_of(records_.begin(), records_.end(), [](const StepRecord& record) {
    return record.batch_size == 0 && (record.kind == StepKind::step || record.kind == StepKind::initial);
  });
}

Stretch Question::stretch_along_steps() const {
  Stretch longest{0, -1};
  Stretch current{0, -1};
  for (std::size_t block = 0; block < blocks; ++block) {
    const std::size_t first = block * records_.size() / blocks;
    const std::size_t end = (block + 1) * records_.size() / blocks;
    std::vector<double> products;
    for (std::size_t i = first; i < end; ++i) {
      const double product = relative_product(records_[i], limit_);
      if (std::isfinite(product)) products.push_back(product);
    }
    if (2 * products.size() < end - first || !is_at_edge(median_of(std::move(products)))) {
      current = {0, -1};
      continue;
    }
    if (current.last < current.first) current.first = records_[first].iteration;
    current.last = records_[end - 1].iteration;
    if (longest.last < longest.first || current.length() > longest.length()) longest = current;
  }
  return longest;
}

Stretch Question::stretch_of_probes(const std::vector<Probe>& probes) const {
  Stretch longest{0, -1};
  std::size_t begin = 0;
  for (std::size_t i = 0; i < probes.size(); ++i) {
    if (!is_at_edge(probes[i].product)) {
      begin = i + 1;
      continue;
    }
    const Stretch current{probes[begin].iteration, probes[i].iteration};
    const bool is_longer = longest.last < longest.first || current.length() > longest.length();
    if (i + 1 >= begin + fewest_probes && is_longer) longest = current;
  }
  return longest;
}

// At those nearest to places evenly spread over the stretch.
std::vector<Probe> Question::probe(const Stretch& within) const {
  std::vector<Probe> probes;
  if (input_.objective == nullptr) return probes;
  std::vector<const Snapshot*> usable;
  for (const Snapshot& snapshot : input_.trajectory.snapshots) {
    if (within.holds(snapshot.iteration) && snapshot.x.view().allFinite()) usable.push_back(&snapshot);
  }
  std::vector<const Snapshot*> chosen;
  for (std::size_t i = 0; i < most_probes && !usable.empty(); ++i) {
    const double wanted = static_cast<double>(within.first) +
                          within.length() * static_cast<double>(i) / static_cast<double>(most_probes - 1);
    const auto distance = [wanted](const Snapshot* snapshot) {
      return std::abs(static_cast<double>(snapshot->iteration) - wanted);
    };
    const Snapshot* nearest = *std::min_element(usable.begin(), usable.end(), [&](const auto* left, const auto* right) {
      return distance(left) < distance(right);
    });
    if (chosen.empty() || chosen.back() != nearest) chosen.push_back(nearest);
  }
  for (const Snapshot* snapshot : chosen) {
    const SymmetricOperator hessian = [&](ConstVectorView v, VectorView product) {
      input_.objective->hessian_vector_product(snapshot->x.view(), v, product);
    };
    // The Rayleigh quotient of a vector of residual 1% is right to 1e-4.
    const ExtremeEigenpairs found =
        extreme_eigenpairs(snapshot->x.size(), hessian, input_.options.random,
                           {.ends = SpectrumEnds::largest, .max_products = products_of_probe, .accuracy = 0.01});
    const double curvature = found.largest.pairs.empty() ? not_measured : found.largest.pairs.front().value;
    probes.push_back({snapshot->iteration, 2.0 * step_size() * curvature / stable_product()});
  }
  return probes;
}

double Question::rises_in(const Stretch& stretch) const {
  const Series part = window_of(values_, static_cast<double>(stretch.first), static_cast<double>(stretch.last));
  std::size_t rises = 0;
  double latest = not_measured;
  for (std::size_t i = 1; i < part.size(); ++i) {
    if (!(part.value[i] - part.value[i - 1] > least_rise * std::abs(part.value[i]))) continue;
    ++rises;
    latest = part.time[i];
  }
  const double middle = 0.5 * static_cast<double>(stretch.first + stretch.last);
  return latest > middle ? static_cast<double>(rises) / static_cast<double>(part.size() - 1) : 0.0;
}

std::optional<Course> Question::course_in(const Stretch& stretch) const {
  if (!is_long(stretch)) return std::nullopt;
  Course course;
  course.rises = rises_in(stretch);
  if (!(course.rises >= options_.rises)) return std::nullopt;
  course.trend = course_of_value(input_.trajectory, values_, static_cast<double>(stretch.first),
                                 static_cast<double>(stretch.last), input_.options.plateau.exponent);
  return course.trend.trend == Trend::descent ? std::optional(course) : std::nullopt;
}

double Question::median_product_in(const Stretch& stretch) const {
  std::vector<double> products;
  for (const StepRecord& record : records_) {
    const double product = relative_product(record, limit_);
    if (stretch.holds(record.iteration) && std::isfinite(product)) products.push_back(product);
  }
  return median_of(std::move(products));
}

}  // namespace

void detect_edge_of_stability(const DiagnosisInput& input, Diagnosis& diagnosis) {
  for (const char* id : {"step-too-large", "divergence", "non-finite"}) {
    if (find_finding(diagnosis, id) != nullptr) return;
  }
  const Question question(input);
  if (!question.is_asked()) return;
  const EdgeOfStabilityOptions& options = input.options.edge_of_stability;
  Stretch stretch = question.stretch_along_steps();
  std::optional<Course> course = question.course_in(stretch);
  std::vector<Probe> probes;
  if (course) {
    probes = question.probe(stretch);
    const auto at_edge = std::count_if(probes.begin(), probes.end(),
                                       [&](const Probe& probe) { return question.is_at_edge(probe.product); });
    if (2 * static_cast<std::size_t>(at_edge) < probes.size()) return;  // the steps met another curvature
  } else {
    const Stretch run = question.run();
    if (!(question.rises_in({(run.first + run.last) / 2, run.last}) > 0.0)) return;
    probes = question.probe(run);
    stretch = question.stretch_of_probes(probes);
    course = question.course_in(stretch);
    if (!course) return;
    std::erase_if(probes, [&](const Probe& probe) { return !stretch.holds(probe.iteration); });
  }

  std::vector<double> measured;
  for (const Probe& probe : probes) measured.push_back(probe.product);
  const bool is_measured = measured.size() >= fewest_probes;
  const double along_steps = question.median_product_in(stretch);
  const double product = is_measured ? median_of(measured) : along_steps;
  const double edge = question.stable_product() / question.step_size();

  Finding finding;
  finding.id = "edge-of-stability";
  finding.first = stretch.first;
  finding.last = stretch.last;
  finding.severity = Severity::information;
  finding.certainty = is_measured ? Certainty::likely : Certainty::suspected;
  finding.evidence = {
      {"relative_product", product, "1", Comparison::at_least, options.least_product},
      {"largest_curvature", 0.5 * product * edge, "value per squared unit of x"},
      {"stable_curvature", edge, "value per squared unit of x"},
      {"probes", static_cast<double>(measured.size()), "1"},
      {"product_along_steps", along_steps, "1"},
      {"rising_steps", course->rises, "1", Comparison::at_least, options.rises},
      {"exponent", course->trend.exponent, "1"},
      {"exponent_lower", course->trend.lower, "1", Comparison::at_least, input.options.plateau.exponent}};
  finding.message = "From iteration " + std::to_string(stretch.first) + " to " + std::to_string(stretch.last) +
                    " the largest curvature " +
                    (is_measured ? "(measured at " + std::to_string(measured.size()) + " snapshots) "
                                 : std::string("along the steps ")) +
                    "hovers at " + format_number(0.5 * product * edge, 4) + ", where the step size bears " +
                    format_number(edge, 4) + "; " + format_number(100.0 * course->rises, 2) +
                    "% of the steps raise the value, which still falls on average: the edge of stability.";
  finding.recommendation =
      "Nothing has to be done: the curvature settles at what the step size bears. With a shorter step the value falls "
      "at every step; whether it gets further, a run at half the step tells.";
  finding.counterevidence =
      "The same largest curvature at half the step size: then it is the landscape's, and the step "
      "merely too long.";
  diagnosis.findings.push_back(std::move(finding));
}

}  // namespace perigee
