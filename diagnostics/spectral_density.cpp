#include <perigee/diagnostics/spectral_density.hpp>

#include <perigee/lib/lanczos_bounds.hpp>
#include <perigee/lib/lanczos_subspace.hpp>
#include <perigee/lib/tridiagonal.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <string>

namespace perigee {

namespace {

constexpr double not_known = std::numeric_limits<double>::quiet_NaN();

void require(bool holds, const char* rule, Index value) {
  if (!holds) throw std::invalid_argument(std::string("spectral density: ") + rule + ", got " + std::to_string(value));
}

using Rule = SpectralDensity::Rule;

bool is_exhaustive(const SpectralDensity& density) {
  return density.rules.size() == 1 && static_cast<Index>(density.rules.front().nodes.size()) == density.dimension;
}

// What lies below the threshold, and the larger weight of the two nodes next to it.
struct Below {
  double share = 0.0;
  double uncertain = 0.0;
};

Below below(const Rule& rule, double threshold) {
  Below result;
  const auto& nodes = rule.nodes;
  std::size_t i = 0;
  for (; i < nodes.size() && nodes[i].value < threshold; ++i) result.share += nodes[i].weight;
  if (rule.is_exact) return result;
  if (i > 0) result.uncertain = nodes[i - 1].weight;
  if (i < nodes.size()) result.uncertain = std::max(result.uncertain, nodes[i].weight);
  return result;
}

}  // namespace

double SpectralDensity::density(double t, double width) const {
  double sum = 0.0;
  for (const Rule& rule : rules) {
    for (const Node& node : rule.nodes) {
      const double z = (t - node.value) / width;
      sum += node.weight * std::exp(-0.5 * z * z);
    }
  }
  return sum / (static_cast<double>(rules.size()) * width * std::sqrt(2.0 * std::numbers::pi));
}

SpectralDensity spectral_density(Index dimension, const SymmetricOperator& hessian, const RandomSource& random,
                                 const SpectralDensityOptions& options) {
  require(dimension >= 1, "dimension must be >= 1", dimension);
  require(options.starts >= 2, "starts must be >= 2", options.starts);
  require(options.products >= 1, "products must be >= 1", options.products);
  SpectralDensity result;
  result.dimension = dimension;
  const bool wants_whole_space = options.products >= dimension;
  LanczosSubspace basis(dimension);
  TridiagonalEigensolver eigensolver;
  for (Index start = 0; start < (wants_whole_space ? 1 : options.starts); ++start) {
    RandomEngine engine = random.engine("spectral-density", static_cast<std::uint64_t>(start));
    basis.begin(engine);
    for (;;) {
      ++result.products;
      if (!basis.extend(hessian)) {
        result.is_finite = false;
        return result;
      }
      if (basis.size() == std::min(options.products, dimension)) break;
      if (basis.matrix().couplings.back() > lanczos_errors(basis, 0.0, {}).breakdown) continue;
      if (!wants_whole_space) break;
      basis.start_block(engine);
    }
    const TridiagonalEigenpairs& pairs = eigensolver.solve(basis.matrix().diagonal, basis.matrix().couplings);
    Rule rule{{},
              basis.spans_whole_space() || basis.matrix().couplings.back() <= lanczos_errors(basis, 0.0, {}).breakdown};
    for (std::size_t i = 0; i < pairs.values.size(); ++i) {
      const double first = pairs.component(0, i);
      rule.nodes.push_back({pairs.values[i], wants_whole_space ? 1.0 / static_cast<double>(dimension) : first * first});
    }
    result.rules.push_back(rule);
  }
  return result;
}

IndexEstimate count_below(const SpectralDensity& density, double threshold) {
  const double n = static_cast<double>(density.dimension);
  const double rules = static_cast<double>(density.rules.size());
  IndexEstimate estimate;
  double squares = 0.0;
  double seen = 0.0;
  for (const Rule& rule : density.rules) {
    const Below part = below(rule, threshold);
    const double off = n * part.share - estimate.count;
    seen += 1.0;
    estimate.count += off / seen;
    squares += off * (n * part.share - estimate.count);
    estimate.rule_error += n * part.uncertain / rules;
  }
  if (is_exhaustive(density)) {
    estimate.count = std::round(estimate.count);
    estimate.rule_error = 0.0;
    estimate.low = estimate.high = estimate.count;
    return estimate;
  }
  if (density.rules.empty()) estimate.count = not_known;
  if (density.rules.size() < 2) {
    estimate.standard_error = estimate.rule_error = estimate.low = estimate.high = not_known;
    return estimate;
  }
  estimate.standard_error = std::sqrt(squares / (rules * (rules - 1.0)));
  const double reach = 3.0 * estimate.standard_error + estimate.rule_error;
  estimate.low = std::max(0.0, estimate.count - reach);
  estimate.high = std::min(n, estimate.count + reach);
  return estimate;
}

}  // namespace perigee
