// The distance of Kolmogorov and Smirnov between a sample and a law.
#ifndef PERIGEE_DIAGNOSTICS_REPRODUCE_KOLMOGOROV_HPP
#define PERIGEE_DIAGNOSTICS_REPRODUCE_KOLMOGOROV_HPP

#include <functional>
#include <vector>

namespace perigee::reproduce {

/// sup_x |F_n(x) - F(x)| of the empirical distribution F_n of at least one value and a distribution function F.
double kolmogorov_distance(std::vector<double> sample, const std::function<double(double)>& distribution);

/// The distance that n independent draws from the law exceed with probability at most alpha in (0, 1):
/// sqrt(ln(2/alpha)/(2n)), Massart (1990), "The tight constant in the Dvoretzky-Kiefer-Wolfowitz inequality".
double kolmogorov_bound(double draws, double alpha);

}  // namespace perigee::reproduce

#endif
