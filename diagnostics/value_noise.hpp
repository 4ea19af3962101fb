// How noisy the values of a function are, from a few of them.
//
// More and Wild (2011), "Estimating computational noise", SIAM Journal on Scientific Computing 33(3): differences of
// order k of values at equally spaced points lose what is smooth and keep what is noise,
//
//     sigma_k^2 = (k!)^2/(2k)! mean_i (Delta^k f_i)^2,
//
// and where three successive orders agree within a factor of 4 and the differences change sign, sigma_k is the noise.
// The spacing is adapted as they do: a hundred times longer where half of the values are equal, shorter where
// no order decides. Values that were rounded to a grid (of decimals, of single precision) may happen to change by equal
// steps, whose higher differences vanish: what was decided is held against a spacing 3.3 times as long, other lines
// have other spacings, and the largest level counts.
#ifndef PERIGEE_DIAGNOSTICS_VALUE_NOISE_HPP
#define PERIGEE_DIAGNOSTICS_VALUE_NOISE_HPP

#include <perigee/lib/objective.hpp>
#include <perigee/lib/random.hpp>

#include <vector>

namespace perigee {

/// sigma of values at equally spaced points, at least 5; NaN where no order decides.
double noise_of_values(const std::vector<double>& values);

/// sigma of f around x, a standard deviation, the largest over three random lines; 0 where f does not change at all;
/// NaN: undecided, or f is not finite. 9 values a spacing, at most 9 spacings a line.
double value_noise(const Objective& objective, ConstVectorView x, const RandomSource& random);

}  // namespace perigee

#endif
