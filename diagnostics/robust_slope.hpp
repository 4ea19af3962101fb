// Slopes and trends that bear outliers, and their errors under serial correlation.
#ifndef PERIGEE_DIAGNOSTICS_ROBUST_SLOPE_HPP
#define PERIGEE_DIAGNOSTICS_ROBUST_SLOPE_HPP

#include <span>
#include <vector>

namespace perigee {

struct SlopeInterval {
  double slope = 0.0;
  double lower = 0.0;  // two-sided confidence interval
  double upper = 0.0;
};

/// Theil-Sen slope: the median of (y_j - y_i)/(x_j - x_i), i < j, with Sen's (1968) interval: the order statistics
/// (N -+ C)/2 of the N = m(m-1)/2 slopes, C = normal_quantile sqrt(V), V = m(m-1)(2m+5)/18 the variance of Kendall's
/// S, inflated for serial correlation by Hamed and Rao (1998). x not decreasing, pairs of equal x do not count;
/// m >= 3, else all NaN. All finite.
/// normal_quantile 1.96: 95%. O(m^2 log m).
SlopeInterval theil_sen(std::span<const double> x, std::span<const double> y, double normal_quantile = 1.96);

/// Weighted least squares: the slope and its interval, slope -+ t_(m-2) sqrt(inflation) se, t_(m-2) Student's quantile
/// of that confidence, se^2 = sum w r^2/((m - 2) sum w (x - mean)^2) from the residuals r. Weights positive,
/// proportional to the inverse variances of y; m >= 3 and x not all equal, else all NaN. O(m).
SlopeInterval weighted_slope(std::span<const double> x, std::span<const double> y, std::span<const double> weights,
                             double confidence, double inflation = 1.0);

/// Mann (1945) and Kendall's trend statistic S/sqrt(V), Hamed and Rao's (1998) variance: N(0, 1) for a series without
/// trend, positive for a rising one; 0 for fewer than 4 points. O(m^2).
double mann_kendall(std::span<const double> y);

/// Hamed and Rao's (1998) factor on the variance of Kendall's S, from the autocorrelations of the ranks of `residuals`
/// that are significant at 5%; at least 1. Up to lag m/4.
double serial_correlation_factor(std::span<const double> residuals);

/// Integrated autocorrelation time 1 + 2 sum_k r_k, summed up to the first r_k < 0.05; in samples, >= 1. 1 for a
/// constant. O(n k).
double autocorrelation_time(std::span<const double> residuals);

/// y = intercept + slope (x - mean x) by least squares.
struct Line {
  double slope = 0.0;
  double intercept = 0.0;  // at mean_x
  double mean_x = 0.0;
  double root_mean_square = 0.0;  // of the residuals
  double spread = 0.0;            // root mean square of x - mean_x
  double at(double x) const { return intercept + slope * (x - mean_x); }
};
Line fit_line(std::span<const double> x, std::span<const double> y);

/// y_i - line.at(x_i).
std::vector<double> residuals_of(const Line& line, std::span<const double> x, std::span<const double> y);

}  // namespace perigee

#endif
