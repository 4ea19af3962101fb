// One hidden layer of ReLUs that learns another one, in expectation over x ~ N(0, I_n).
//
//     f(W) = E (sum_i max(0, w_i'x) - sum_j max(0, v_j'x))^2/2
//          = sum_ij phi(w_i, w_j)/2 - sum_ij phi(w_i, v_j) + sum_ij phi(v_i, v_j)/2,   v_j = e_j, j = 1, ..., n
//     phi(w, v) = E max(0, w'x) max(0, v'x) = |w| |v| (sin t + (pi - t) cos t)/(2 pi),   t the angle between w and v
//     d phi/dw  = (|v| sin t w/|w| + (pi - t) v)/(2 pi)
//
// Cho and Saul (2009), "Kernel methods for deep learning", for phi; Safran and Shamir (2018), "Spurious local minima
// are common in two-layer ReLU neural networks", for the landscape: false minima exist for 6 <= k = n <= 20. f is twice
// differentiable where no w_i is 0 (there the gradient is NaN). With unit vectors a along w and b along v, p = (b - cos
// t a)/sin t and q = (a - cos t b)/sin t, the second derivatives of phi are
//
//     by w and w: |v| sin t/(2 pi |w|) (I - a a' + p p'),   by w and v: ((pi - t) I + sin t (a b' + p q'))/(2 pi)
//
// where for parallel vectors the terms with sin t vanish. All w_i = c (1, ..., 1)/sqrt(n) with
// c = (n sin t + (pi - t) sqrt(n))/(pi k), cos t = 1/sqrt(n), is stationary by symmetry.
#ifndef PERIGEE_LIB_PROBLEMS_RELU_TEACHER_STUDENT_HPP
#define PERIGEE_LIB_PROBLEMS_RELU_TEACHER_STUDENT_HPP

#include <perigee/lib/objective.hpp>
#include <perigee/lib/problems/registry.hpp>

namespace perigee::problems {

/// k students of n elements, row by row, against n teachers e_1, ..., e_n. A gradient costs O((k + n) k n).
class ReluTeacherStudent final : public Objective {
 public:
  /// students k >= 1, teachers n >= 1. Throws std::invalid_argument otherwise.
  ReluTeacherStudent(Index students, Index teachers);
  Index dimension() const override { return students_ * teachers_; }
  double value_and_gradient(ConstVectorView x, VectorView gradient) const override;
  void hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const override;
  bool has_exact_hessian_vector_product() const override { return true; }

 private:
  Index students_;         // k
  Index teachers_;         // n
  Vector units_;           // the teachers, n x n
  double teacher_energy_;  // sum_ij phi(v_i, v_j)/2
};

Entry relu_teacher_student();  // "relu-teacher-student"

}  // namespace perigee::problems

#endif
