#include <perigee/diagnostics/landscape.hpp>
#include <perigee/diagnostics/report/principal_plane.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <string>

namespace perigee {
namespace {

constexpr Index most_stored = 10'000'000;  // doubles in a Lanczos basis: 80 MB
constexpr double margin = 0.14;            // of the path's extent, added to the plane on either side

void require(bool holds, const char* rule, Index value) {
  if (!holds) throw std::invalid_argument(std::string("look_around: ") + rule + ", got " + std::to_string(value));
}

bool is_finite(const Vector& x) {
  return std::all_of(x.begin(), x.end(), [](double element) { return std::isfinite(element); });
}

// Positions of finite snapshots, each once, in the order in which they are wanted.
class Choice {
 public:
  explicit Choice(const std::vector<Snapshot>& snapshots) {
    for (std::size_t i = 0; i < snapshots.size(); ++i) {
      if (is_finite(snapshots[i].x)) usable_.push_back({snapshots[i].iteration, i});
    }
  }
  bool empty() const { return usable_.empty(); }
  double first() const { return static_cast<double>(usable_.front().first); }
  double last() const { return static_cast<double>(usable_.back().first); }

  // The snapshot nearest to an iteration, unless it lies outside [from, to] or is chosen already.
  void add_nearest(double iteration, double from, double to) {
    const auto distance = [iteration](const auto& entry) {
      return std::abs(static_cast<double>(entry.first) - iteration);
    };
    const auto nearest = std::min_element(usable_.begin(), usable_.end(),
                                          [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
    const auto found = static_cast<double>(nearest->first);
    if (found < from || found > to) return;
    if (std::find(chosen_.begin(), chosen_.end(), nearest->second) == chosen_.end()) chosen_.push_back(nearest->second);
  }

  std::vector<std::size_t> chosen(std::size_t most) const {
    std::vector<std::size_t> result(chosen_.begin(),
                                    chosen_.begin() + static_cast<std::ptrdiff_t>(std::min(most, chosen_.size())));
    std::sort(result.begin(), result.end());
    return result;
  }

 private:
  std::vector<std::pair<Index, std::size_t>> usable_;
  std::vector<std::size_t> chosen_;
};

std::vector<std::size_t> chosen_snapshots(const Trajectory& trajectory, const Diagnosis& diagnosis, Index count) {
  Choice choice(trajectory.snapshots);
  if (choice.empty() || count == 0) return {};
  const double first = choice.first();
  const double last = choice.last();
  for (const double end : {last, first}) choice.add_nearest(end, end, end);
  for (const JudgedPoint& point : diagnosis.judged_points) {
    const auto iteration = static_cast<double>(point.iteration);
    choice.add_nearest(iteration, iteration, iteration);
  }
  std::vector<const Phase*> slow;
  for (const Phase& phase : diagnosis.phases) {
    if (phase.kind != "descent" && phase.kind != "ascent" && phase.kind != "undetermined") slow.push_back(&phase);
  }
  std::stable_sort(slow.begin(), slow.end(),
                   [](const Phase* a, const Phase* b) { return a->last - a->first > b->last - b->first; });
  for (const Phase* phase : slow) {
    const auto from = static_cast<double>(phase->first);
    const auto to = static_cast<double>(phase->last);
    choice.add_nearest(0.5 * (from + to), from, to);
  }
  // Halves, quarters, ... of the run in log(1 + iteration).
  for (int parts = 2; parts <= 16; parts *= 2) {
    for (int part = 1; part < parts; part += 2) {
      const double place = std::log1p(last - first) * part / parts;
      choice.add_nearest(first + std::expm1(place), first, last);
    }
  }
  return choice.chosen(static_cast<std::size_t>(count));
}

std::optional<SpectrumAt> spectrum_at(const Snapshot& snapshot, const Objective& objective, const RandomSource& random,
                                      SpectralDensityOptions options) {
  const Index dimension = objective.dimension();
  // One start through the whole space costs no more than several short ones where the dimension is small.
  if (dimension <= options.starts * options.products) options.products = dimension;
  options.products = std::min(options.products, most_stored / dimension);
  if (options.products < 1) return std::nullopt;
  const SymmetricOperator hessian = [&](ConstVectorView v, VectorView product) {
    objective.hessian_vector_product(snapshot.x.view(), v, product);
  };
  const SpectralDensity density = spectral_density(dimension, hessian, random, options);
  if (density.rules.empty()) return std::nullopt;
  SpectrumAt result{.iteration = snapshot.iteration, .dimension = dimension, .products = density.products};
  for (const SpectralDensity::Rule& rule : density.rules) {
    for (const SpectralDensity::Node& node : rule.nodes) {
      if (!std::isfinite(node.value)) return std::nullopt;
      result.ritz_values.push_back({node.value, node.weight / static_cast<double>(density.rules.size())});
    }
  }
  result.is_complete = density.rules.size() == 1 && static_cast<Index>(result.ritz_values.size()) == dimension;
  std::sort(result.ritz_values.begin(), result.ritz_values.end(),
            [](const auto& a, const auto& b) { return a.value < b.value; });
  return result;
}

std::vector<double> grid_over(const std::vector<double>& coordinates, Index points) {
  const auto [low, high] = std::minmax_element(coordinates.begin(), coordinates.end());
  const double extent = *high - *low;
  std::vector<double> grid;
  for (Index i = 0; i < points; ++i) {
    const double part = static_cast<double>(i) / static_cast<double>(points - 1);
    grid.push_back(*low - margin * extent + (1.0 + 2.0 * margin) * extent * part);
  }
  return grid;
}

PlaneValues plane_values(const std::vector<Snapshot>& snapshots, const Objective& objective, Index points) {
  const PlanePath path = principal_plane(snapshots);
  if (points == 0 || path.origin.empty()) return {};
  PlaneValues plane{.first = grid_over(path.first, points), .second = grid_over(path.second, points), .values = {}};
  if (!(plane.first.back() > plane.first.front()) || !(plane.second.back() > plane.second.front())) return {};
  Vector x(path.origin.size());
  for (const double b : plane.second) {
    for (const double a : plane.first) {
      for (Index k = 0; k < x.size(); ++k) {
        x[k] = path.origin[k] + a * path.first_direction[k] + b * path.second_direction[k];
      }
      plane.values.push_back(objective.value(x.view()));
    }
  }
  return plane;
}

}  // namespace

Landscape look_around(const Trajectory& trajectory, const Diagnosis& diagnosis, const Objective& objective,
                      const RandomSource& random, const LandscapeOptions& options) {
  require(options.spectra >= 0, "spectra must be >= 0", options.spectra);
  require(options.plane_points == 0 || options.plane_points >= 2, "plane_points must be 0 or >= 2",
          options.plane_points);
  for (const Snapshot& snapshot : trajectory.snapshots) {
    require(snapshot.x.size() == objective.dimension(), "the snapshots must have the objective's dimension",
            snapshot.x.size());
  }
  Landscape landscape;
  if (objective.dimension() < 1) return landscape;
  for (const std::size_t i : chosen_snapshots(trajectory, diagnosis, options.spectra)) {
    if (auto spectrum = spectrum_at(trajectory.snapshots[i], objective, random, options.density)) {
      landscape.spectra.push_back(std::move(*spectrum));
    }
  }
  landscape.plane = plane_values(trajectory.snapshots, objective, options.plane_points);
  return landscape;
}

}  // namespace perigee
