// Points of the unit sphere as u = w/||w||: how derivatives by u become derivatives by w.
//
// A function of u alone does not change along w: every Hessian has the eigenvalue 0 there at a stationary point, and
// w = 0 is outside the domain (NaN).
#ifndef PERIGEE_LIB_PROBLEMS_SPHERE_HPP
#define PERIGEE_LIB_PROBLEMS_SPHERE_HPP

#include <perigee/lib/problems/differentiated.hpp>

#include <cmath>

namespace perigee::problems {

/// Writes w/||w|| to u, both of n elements, and returns ||w||.
template <class T>
T normalize(Index n, const T* w, T* u) {
  using std::sqrt;
  const T norm = sqrt(inner(n, w, w));
  for (Index i = 0; i < n; ++i) u[i] = w[i] / norm;
  return norm;
}

/// Adds (I - u u') slope/norm to `gradient`: the derivative by w of a function whose derivative by u is `slope`.
template <class T>
void add_along_sphere(Index n, const T* u, const T* slope, const T& norm, T* gradient) {
  const T radial = inner(n, u, slope);
  for (Index i = 0; i < n; ++i) gradient[i] += (slope[i] - radial * u[i]) / norm;
}

}  // namespace perigee::problems

#endif
