#include <perigee/diagnostics/robust_slope.hpp>

#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace perigee {

namespace {

double kendall_variance(double m) { return m * (m - 1.0) * (2.0 * m + 5.0) / 18.0; }

std::vector<double> ranks_of(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t j = i + 1;
    while (j < order.size() && values[order[j]] == values[order[i]]) ++j;
    for (std::size_t k = i; k < j; ++k) ranks[order[k]] = 0.5 * static_cast<double>(i + j - 1);  // ties share a rank
    i = j;
  }
  return ranks;
}

// r_k about the mean; 0 for a constant.
class Autocorrelation {
 public:
  explicit Autocorrelation(std::span<const double> values) : deviations_(values.begin(), values.end()) {
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
    for (double& deviation : deviations_) deviation -= mean;
    variance_ = std::inner_product(deviations_.begin(), deviations_.end(), deviations_.begin(), 0.0);
  }
  double at(std::size_t lag) const {
    if (!(variance_ > 0.0)) return 0.0;
    return std::inner_product(deviations_.begin() + static_cast<std::ptrdiff_t>(lag), deviations_.end(),
                              deviations_.begin(), 0.0) /
           variance_;
  }

 private:
  std::vector<double> deviations_;
  double variance_ = 0.0;
};

}  // namespace

double serial_correlation_factor(std::span<const double> residuals) {
  const std::size_t m = residuals.size();
  if (m < 8) return 1.0;
  const std::vector<double> ranks = ranks_of(residuals);
  const Autocorrelation autocorrelation(ranks);
  const double n = static_cast<double>(m);
  const double significant = 1.96 / std::sqrt(n);
  double sum = 0.0;
  for (std::size_t k = 1; k <= m / 4; ++k) {
    const double r = autocorrelation.at(k);
    const double left = n - static_cast<double>(k);
    if (std::abs(r) > significant) sum += left * (left - 1.0) * (left - 2.0) * r;
  }
  return std::max(1.0, 1.0 + 2.0 * sum / (n * (n - 1.0) * (n - 2.0)));
}

SlopeInterval theil_sen(std::span<const double> x, std::span<const double> y, double normal_quantile) {
  const std::size_t m = x.size();
  const double none = std::numeric_limits<double>::quiet_NaN();
  if (m < 3) return {none, none, none};
  std::vector<double> slopes;
  slopes.reserve(m * (m - 1) / 2);
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = i + 1; j < m; ++j) {
      if (x[j] > x[i]) slopes.push_back((y[j] - y[i]) / (x[j] - x[i]));
    }
  }
  std::sort(slopes.begin(), slopes.end());
  const std::size_t count = slopes.size();
  if (count == 0) return {none, none, none};
  const double slope = count % 2 == 1 ? slopes[count / 2] : 0.5 * (slopes[count / 2 - 1] + slopes[count / 2]);

  std::vector<double> residuals(m);
  for (std::size_t i = 0; i < m; ++i) residuals[i] = y[i] - slope * x[i];
  const double variance = kendall_variance(static_cast<double>(m)) * serial_correlation_factor(residuals);
  const double half_width = normal_quantile * std::sqrt(variance);
  const double last = static_cast<double>(count) - 1.0;
  const double low = std::clamp(std::floor((static_cast<double>(count) - half_width) / 2.0) - 1.0, 0.0, last);
  const double high = std::clamp(std::ceil((static_cast<double>(count) + half_width) / 2.0), 0.0, last);
  return {slope, slopes[static_cast<std::size_t>(low)], slopes[static_cast<std::size_t>(high)]};
}

SlopeInterval weighted_slope(std::span<const double> x, std::span<const double> y, std::span<const double> weights,
                             double confidence, double inflation) {
  const std::size_t m = x.size();
  const double none = std::numeric_limits<double>::quiet_NaN();
  if (m < 3) return {none, none, none};
  double total = 0.0;
  double mean_x = 0.0;
  double mean_y = 0.0;
  for (std::size_t i = 0; i < m; ++i) {
    total += weights[i];
    mean_x += weights[i] * x[i];
    mean_y += weights[i] * y[i];
  }
  mean_x /= total;
  mean_y /= total;
  double xx = 0.0;
  double xy = 0.0;
  for (std::size_t i = 0; i < m; ++i) {
    xx += weights[i] * (x[i] - mean_x) * (x[i] - mean_x);
    xy += weights[i] * (x[i] - mean_x) * (y[i] - mean_y);
  }
  if (!(xx > 0.0)) return {none, none, none};
  const double slope = xy / xx;
  double squares = 0.0;
  for (std::size_t i = 0; i < m; ++i) {
    const double residual = y[i] - mean_y - slope * (x[i] - mean_x);
    squares += weights[i] * residual * residual;
  }
  const double degrees = static_cast<double>(m) - 2.0;
  const double error = std::sqrt(inflation * squares / degrees / xx);
  const double half_width = error * boost::math::quantile(boost::math::students_t(degrees), 0.5 + 0.5 * confidence);
  return {slope, slope - half_width, slope + half_width};
}

double mann_kendall(std::span<const double> y) {
  const std::size_t m = y.size();
  if (m < 4) return 0.0;
  double s = 0.0;
  std::vector<double> slopes;
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = i + 1; j < m; ++j) {
      s += y[j] > y[i] ? 1.0 : (y[j] < y[i] ? -1.0 : 0.0);
      slopes.push_back((y[j] - y[i]) / static_cast<double>(j - i));
    }
  }
  const auto middle = slopes.begin() + static_cast<std::ptrdiff_t>(slopes.size() / 2);
  std::nth_element(slopes.begin(), middle, slopes.end());
  std::vector<double> residuals(m);  // the trend itself is no serial correlation
  for (std::size_t i = 0; i < m; ++i) residuals[i] = y[i] - *middle * static_cast<double>(i);
  return s / std::sqrt(kendall_variance(static_cast<double>(m)) * serial_correlation_factor(residuals));
}

double autocorrelation_time(std::span<const double> residuals) {
  if (residuals.size() < 4) return 1.0;
  const Autocorrelation autocorrelation(residuals);
  double time = 1.0;
  for (std::size_t k = 1; k < residuals.size() / 2; ++k) {
    const double r = autocorrelation.at(k);
    if (r < 0.05) break;
    time += 2.0 * r;
  }
  return time;
}

Line fit_line(std::span<const double> x, std::span<const double> y) {
  const double n = static_cast<double>(x.size());
  Line line;
  if (x.empty()) return line;
  line.mean_x = std::accumulate(x.begin(), x.end(), 0.0) / n;
  line.intercept = std::accumulate(y.begin(), y.end(), 0.0) / n;
  double xx = 0.0;
  double xy = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - line.mean_x) * (x[i] - line.mean_x);
    xy += (x[i] - line.mean_x) * (y[i] - line.intercept);
  }
  line.spread = std::sqrt(xx / n);
  line.slope = xx > 0.0 ? xy / xx : 0.0;
  double sum = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += (y[i] - line.at(x[i])) * (y[i] - line.at(x[i]));
  line.root_mean_square = std::sqrt(sum / n);
  return line;
}

std::vector<double> residuals_of(const Line& line, std::span<const double> x, std::span<const double> y) {
  std::vector<double> residuals(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) residuals[i] = y[i] - line.at(x[i]);
  return residuals;
}

}  // namespace perigee
