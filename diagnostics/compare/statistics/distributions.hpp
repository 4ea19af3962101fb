// The few quantiles and tail probabilities that tests and intervals are made of.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_DISTRIBUTIONS_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_DISTRIBUTIONS_HPP

namespace perigee::statistics {

/// Phi(x), the standard normal distribution function, to full relative accuracy in both tails.
double normal_probability(double x);

/// Phi^{-1}(p); -+inf at 0 and 1. Throws std::invalid_argument unless p is in [0, 1].
double normal_quantile(double p);

/// z with P(|N(0, 1)| <= z) = level. Throws std::invalid_argument, naming `who`, unless level is in (0, 1).
double two_sided_normal_quantile(double level, const char* who);

/// t with P(|t_nu| <= t) = level, Student's distribution of `degrees_of_freedom` nu > 0. Throws likewise.
double two_sided_student_quantile(double level, double degrees_of_freedom, const char* who);

/// P(chi^2_1 >= x), x >= 0.
double chi_squared_tail(double x);

/// x with P(chi^2_nu <= x) = p, nu = `degrees_of_freedom` > 0; 0 and inf at p = 0 and 1.
/// Throws std::invalid_argument unless p is in [0, 1] and nu > 0.
double chi_squared_quantile(double p, double degrees_of_freedom);

}  // namespace perigee::statistics

#endif
