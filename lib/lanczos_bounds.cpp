#include <perigee/lib/lanczos_bounds.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace perigee {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
// Below this an operator counts as zero: its squares and reciprocals leave the range of doubles.
constexpr double smallest_scale = 1e-290;

// log |p_k(t)| of one block, of side T, for t below its Ritz values; not below them: -infinity.
double log_lanczos_polynomial(const TridiagonalMatrix& rows, double side, double closing_coupling, double t,
                              double least_coupling) {
  double sum = 0.0;
  double pivot = 1.0;
  for (std::size_t j = 0; j < rows.diagonal.size(); ++j) {
    const double coupling = j == 0 ? 0.0 : rows.couplings[j - 1];
    pivot = side * rows.diagonal[j] - t - coupling * (coupling / pivot);
    if (!(pivot > 0.0)) return -infinity;
    // A smaller coupling would only raise |p_k|, and with it the bound.
    const double next = j + 1 < rows.diagonal.size() ? rows.couplings[j] : closing_coupling;
    sum += std::log(pivot) - std::log(std::max(next, least_coupling));
  }
  return sum;
}

// log P(the product of so many independent uniform variables <= exp(log_z)); Fisher's law.
double log_product_law(double log_z, std::size_t starts) {
  double sum = 1.0;
  double term = 1.0;
  for (std::size_t i = 1; i < starts; ++i) {
    term *= -log_z / static_cast<double>(i);
    sum += term;
  }
  return std::isfinite(sum) ? std::min(0.0, log_z + std::log(sum)) : log_z;
}

}  // namespace

LanczosErrors lanczos_errors(const Lanczos& lanczos, double largest_ritz_value, const ProductError& error) {
  const double scale = std::max(largest_ritz_value, lanczos.product_norm());
  const double unit = lanczos.product_norm() > 0.0 ? scale / lanczos.product_norm() : 0.0;
  const double rounding = scale > 0.0 ? unit * lanczos.rounding() + smallest_scale : 0.0;
  const double products = std::max(error.absolute + error.relative * lanczos.product_norm(), 2.0 * lanczos.asymmetry());
  return {scale, products + rounding,
          lanczos.product_error_growth() * products + rounding + 2.0 * lanczos.neglected_coupling(),
          3.0 * products + rounding};
}

double log_missing_probability(Index n, double log_polynomial) {
  if (log_polynomial <= 0.0) return 0.0;
  if (n == 2) return std::log(2.0 / std::numbers::pi * std::asin(std::exp(-log_polynomial)));
  return std::min(0.0, 0.5 * std::log(2.0 * static_cast<double>(n - 1) / std::numbers::pi) - log_polynomial);
}

double log_share(std::size_t starts) {
  constexpr double reserve = 1.0 / 64.0;
  return starts == 1 ? std::log1p(-reserve) : std::log(reserve) - static_cast<double>(starts - 1) * std::numbers::ln2;
}

double least_gap(double scale, const std::function<bool(double)>& is_reached) {
  double near = 1e-17 * scale;
  double far = scale;
  for (int i = 0; i < 200 && !is_reached(far); ++i) far *= 4.0;
  if (!is_reached(far)) return infinity;
  for (int i = 0; i < 80 && far > near * (1.0 + 1e-9); ++i) {
    const double middle = std::sqrt(near) * std::sqrt(far);
    (is_reached(middle) ? far : near) = middle;
  }
  return far;
}

namespace {

// Of side H, `side` 1 or -1, `ritz_value` the smallest of side T.
double probable_bound(const Lanczos& lanczos, double side, double ritz_value, double eta, const LanczosErrors& errors) {
  if (errors.scale == 0.0) return ritz_value;
  const std::size_t starts = lanczos.block_count();
  const double wanted = std::log(eta) + log_share(starts);
  const auto is_reached = [&](double gap) {
    double log_z = 0.0;
    for (std::size_t b = 0; b < starts; ++b) {
      const double log_polynomial = log_lanczos_polynomial(lanczos.block(b), side, lanczos.closing_coupling(b),
                                                           ritz_value - gap, errors.breakdown);
      if (log_polynomial == -infinity) return false;
      log_z += log_missing_probability(lanczos.start_dimension(b), log_polynomial);
    }
    return log_product_law(log_z, starts) <= wanted;
  };
  return ritz_value - least_gap(errors.scale, is_reached);
}

}  // namespace

double probable_lower_bound(const Lanczos& lanczos, double ritz_value, double eta, const LanczosErrors& errors) {
  return probable_bound(lanczos, 1.0, ritz_value, eta, errors);
}

double probable_upper_bound(const Lanczos& lanczos, double ritz_value, double eta, const LanczosErrors& errors) {
  return -probable_bound(lanczos, -1.0, -ritz_value, eta, errors);
}

}  // namespace perigee
