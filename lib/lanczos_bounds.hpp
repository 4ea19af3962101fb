// What a Lanczos iteration proves of the smallest eigenvalue, and what only its random starts make likely.
//
// From above, always: a Ritz value is a Rayleigh quotient, theta >= lambda_min (Courant and Fischer). From below, with
// probability 1 - eta over the starts (van Dorsselaer, Hochstenbach and van der Vorst 2000, "Computing probabilistic
// bounds for extreme eigenvalues of symmetric matrices with the Lanczos method"): with u the eigenvector of lambda_min,
//
//     |v_1'u| |p_k(lambda_min)| <= ||p_k(H) v_1|| = 1,   p_k(t) = prod_j d_j/beta_{j+1},  d_j the pivots of T_k - t I,
//
// and |p_k| falls from the left towards the smallest Ritz value. So lambda_min < t needs a start with
// |v_1'u| <= 1/|p_k(t)|, which has a probability q(t) known for a point uniform on the sphere. Of J starts, each drawn
// in what the ones before have left, all must have missed u: the product of their J uniform variables is at most
// prod_j q_j(t), and that has the probability z sum_{i<J} (-ln z)^i/i! at z = prod_j q_j(t) (Fisher 1932). The number
// of starts is not known beforehand, so start J gets the share 63/64, 1/128, 1/256, ... of eta.
//
// The bound holds for all k at once: the event is one of the starts, not of k.
#ifndef PERIGEE_LIB_LANCZOS_BOUNDS_HPP
#define PERIGEE_LIB_LANCZOS_BOUNDS_HPP

#include <perigee/lib/lanczos.hpp>

#include <functional>

namespace perigee {

/// ||computed H v - H v|| <= absolute + relative max_j ||H v_j|| for unit v.
struct ProductError {
  double absolute = 0.0;  // >= 0
  double relative = 0.0;  // >= 0
};

/// The relative error to reckon with in products that are central differences of gradients: eps^(2/3), and a margin.
constexpr double difference_product_error = 1e-7;

/// How far the elements and the eigenvalues of T may be from those of H, products and rounding together; where the
/// products' lack of symmetry shows a larger error than `error`, twice that counts.
struct LanczosErrors {
  double scale;       // max(||H v_j||, |Ritz value|): below ||H||
  double single;      // of one Rayleigh quotient
  double all_values;  // of all Ritz values at once
  double breakdown;   // a coupling below this says nothing about H: the space counts as closed
};
/// `largest_ritz_value`: in magnitude, 0 if not known.
LanczosErrors lanczos_errors(const Lanczos& lanczos, double largest_ritz_value, const ProductError& error);

/// log q, P(|v'u| <= exp(-log_polynomial)) <= q, v uniform on the unit sphere in R^n, n >= 2; <= 0. Exact for n = 2
/// (arc sine law); else the density of v'u is largest at 0, and at most sqrt((n-1)/(2 pi)) there (Wendel 1948).
double log_missing_probability(Index n, double log_polynomial);

/// log of the share of eta that a bound from `starts` starts may use; >= 1.
double log_share(std::size_t starts);
/// The least gap > 0 at which `is_reached`, to 1e-9 of itself, where it holds for all larger ones; +infinity: for none.
/// `scale` > 0 is where to begin. 280 questions at most.
double least_gap(double scale, const std::function<bool(double)>& is_reached);

/// The t of the head comment for probability 1 - eta, <= ritz_value, the smallest Ritz value. Neither product errors
/// nor the couplings neglected between blocks are subtracted yet. -infinity: nothing is known. O(k) a step, 100 steps.
double probable_lower_bound(const Lanczos& lanczos, double ritz_value, double eta, const LanczosErrors& errors);

/// The same at the other end: lambda_max <= this with probability 1 - eta, `ritz_value` the largest one.
double probable_upper_bound(const Lanczos& lanczos, double ritz_value, double eta, const LanczosErrors& errors);

}  // namespace perigee

#endif
