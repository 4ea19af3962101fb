// Separable functions: f(x) = sum_i phi(x_i), with one profile phi of one variable.
//
// grad f and the Hessian follow from phi' and phi''. The stationary points of f are exactly the points whose
// coordinates are all stationary points of phi, so a profile with k of them gives k^n; the index is the number of
// coordinates where phi'' < 0.
#ifndef PERIGEE_LIB_PROBLEMS_SEPARABLE_HPP
#define PERIGEE_LIB_PROBLEMS_SEPARABLE_HPP

#include <perigee/lib/objective.hpp>
#include <perigee/lib/problem.hpp>

#include <functional>
#include <utility>
#include <vector>

namespace perigee::problems {

/// phi(t), phi'(t), phi''(t).
struct ScalarJet {
  double value = 0.0;
  double first = 0.0;
  double second = 0.0;
};

using Profile = std::function<ScalarJet(double)>;

class Separable final : public Objective {
 public:
  /// `dimension` >= 1; `profile` must be pure.
  Separable(Index dimension, Profile profile) : dimension_(dimension), profile_(std::move(profile)) {}
  Index dimension() const override { return dimension_; }
  double value_and_gradient(ConstVectorView x, VectorView gradient) const override;
  double value(ConstVectorView x) const override;
  void hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const override;
  bool has_exact_hessian_vector_product() const override { return true; }

 private:
  Index dimension_;
  Profile profile_;
};

/// The zeros of `slope` at which it changes sign between neighbours of the ascending `grid`, each bisected to the last
/// bit; a zero on the grid counts once. Zeros between grid points that come in pairs are missed.
std::vector<double> sign_changes(const std::function<double(double)>& slope, const std::vector<double>& grid);

/// least, ..., greatest in `cells` >= 1 equal steps.
std::vector<double> even_grid(double least, double greatest, int cells);

/// The most points that problems list where their number grows exponentially with the dimension.
inline constexpr double most_listed_points = 243.0;  // 3^5

/// The stationary points of a separable function made of those of its profile, `zeros`: all combinations if there are
/// at most `most_listed_points`, otherwise those with equal coordinates.
std::vector<StationaryPoint> separable_points(Index dimension, const Profile& profile,
                                              const std::vector<double>& zeros);

/// Whether `separable_points` of `zeros` many zeros lists all combinations.
bool lists_all_combinations(Index dimension, std::size_t zeros);

/// The vector (t, ..., t).
Vector constant_vector(Index dimension, double t);

}  // namespace perigee::problems

#endif
