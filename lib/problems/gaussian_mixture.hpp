// The centres of a mixture of K equally likely unit Gaussians in R^d, by the mean negative log-likelihood of N samples.
//
//     f(mu_1, ..., mu_K) = -(1/N) sum_i log (1/K) sum_k exp(-|x_i - mu_k|^2/2)    (without the constant (d/2) log 2 pi)
//     df/dmu_k = (1/N) sum_i gamma_ik (mu_k - x_i),   gamma_ik the posterior probability of centre k
//
// The true centres lie on the first axis, `separation` apart, the last one `remoteness` times as far from its
// neighbour. All mu_k equal to the mean of the samples is stationary, with index (K - 1) times the number of
// eigenvalues of the samples' covariance above 1. Jin, Zhang, Balakrishnan, Wainwright and Jordan (2016), "Local maxima
// in the likelihood of Gaussian mixture models": from K = 3 on there are arbitrarily bad minima of f, as with one
// centre between two clusters and two in a remote one.
#ifndef PERIGEE_LIB_PROBLEMS_GAUSSIAN_MIXTURE_HPP
#define PERIGEE_LIB_PROBLEMS_GAUSSIAN_MIXTURE_HPP

#include <perigee/lib/problems/registry.hpp>

namespace perigee::problems {

Entry gaussian_mixture();  // "gaussian-mixture"

}  // namespace perigee::problems

#endif
