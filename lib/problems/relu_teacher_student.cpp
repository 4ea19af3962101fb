#include <perigee/lib/problems/classification.hpp>
#include <perigee/lib/problems/generated.hpp>
#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/problems/relu_teacher_student.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <string>
#include <vector>

namespace perigee::problems {

namespace {

constexpr double pi = std::numbers::pi;
constexpr double turn = 2.0 * std::numbers::pi;

// Two vectors by lengths and angle.
struct Pair {
  ConstVectorView w, v;
  double w_norm, v_norm, sine, cosine, angle;

  Pair(ConstVectorView first, ConstVectorView second)
      : w(first),
        v(second),
        w_norm(w.norm()),
        v_norm(v.norm()),
        sine(0.0),
        cosine(w.dot(v) / (w_norm * v_norm)),
        angle(0.0) {
    sine = (v / v_norm - cosine / w_norm * w).norm();  // exact near 0 too, where sqrt(1 - cosine^2) is not
    angle = std::atan2(sine, cosine);
  }

  double value() const { return w_norm * v_norm * (sine + (pi - angle) * cosine) / turn; }

  void add_slope(double factor, VectorView out) const {  // factor d phi/dw
    out += factor / turn * (v_norm * sine / w_norm * w + (pi - angle) * v);
  }

  // factor (d^2 phi/dw dw) dw
  void add_own_curvature(double factor, ConstVectorView dw, VectorView out) const {
    if (!(sine > 0.0)) return;
    const double along = w.dot(dw) / (w_norm * w_norm);
    const double across = (v.dot(dw) / v_norm - cosine * w_norm * along) / sine;  // p'dw
    const double weight = factor * v_norm * sine / (turn * w_norm);
    out += weight * (dw - along * w + across / sine * (v / v_norm - cosine / w_norm * w));
  }

  // factor (d^2 phi/dw dv) dv
  void add_mixed_curvature(double factor, ConstVectorView dv, VectorView out) const {
    out += factor * (pi - angle) / turn * dv;
    if (!(sine > 0.0)) return;
    const double along = v.dot(dv) / v_norm;                             // b'dv
    const double across = (w.dot(dv) / w_norm - cosine * along) / sine;  // q'dv
    out += factor / turn * (sine * along / w_norm * w + across * (v / v_norm - cosine / w_norm * w));
  }
};

ConstVectorView row_of(ConstVectorView x, Index row, Index length) { return {x.data() + row * length, length}; }
VectorView row_of(VectorView x, Index row, Index length) { return {x.data() + row * length, length}; }

}  // namespace

ReluTeacherStudent::ReluTeacherStudent(Index students, Index teachers)
    : students_(students), teachers_(teachers), teacher_energy_(0.0) {
  if (students < 1) {
    throw std::invalid_argument("ReluTeacherStudent: students must be >= 1, got " + std::to_string(students));
  }
  if (teachers < 1) {
    throw std::invalid_argument("ReluTeacherStudent: teachers must be >= 1, got " + std::to_string(teachers));
  }
  units_ = Vector(teachers * teachers);
  for (Index j = 0; j < teachers; ++j) units_[j * teachers + j] = 1.0;
  // phi(e_i, e_i) = 1/2, phi(e_i, e_j) = 1/(2 pi)
  const auto n = static_cast<double>(teachers);
  teacher_energy_ = 0.5 * (0.5 * n + n * (n - 1.0) / turn);
}

double ReluTeacherStudent::value_and_gradient(ConstVectorView x, VectorView gradient) const {
  const Index n = teachers_;
  gradient.setZero();
  double value = teacher_energy_;
  for (Index i = 0; i < students_; ++i) {
    const ConstVectorView w = row_of(x, i, n);
    const VectorView slope = row_of(gradient, i, n);
    for (Index j = 0; j < students_; ++j) {
      const Pair pair(w, row_of(x, j, n));
      value += 0.5 * pair.value();
      pair.add_slope(1.0, slope);
    }
    for (Index j = 0; j < n; ++j) {
      const Pair pair(w, row_of(units_, j, n));
      value -= pair.value();
      pair.add_slope(-1.0, slope);
    }
  }
  return value;
}

void ReluTeacherStudent::hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const {
  const Index n = teachers_;
  product.setZero();
  for (Index i = 0; i < students_; ++i) {
    const ConstVectorView w = row_of(x, i, n);
    const ConstVectorView dw = row_of(v, i, n);
    VectorView out = row_of(product, i, n);
    for (Index j = 0; j < students_; ++j) {
      if (j == i) {
        out += 0.5 * dw;  // phi(w, w) = |w|^2/2
        continue;
      }
      const Pair pair(w, row_of(x, j, n));
      pair.add_own_curvature(1.0, dw, out);
      pair.add_mixed_curvature(1.0, row_of(v, j, n), out);
    }
    for (Index j = 0; j < n; ++j) Pair(w, row_of(units_, j, n)).add_own_curvature(-1.0, dw, out);
  }
}

namespace {

Problem make_relu_teacher_student(const Parameters& parameters) {
  const Index k = parameters.integer("students");
  const Index n = parameters.integer("teachers");
  Problem problem;
  problem.name = "relu-teacher-student";
  problem.summary = "k ReLU neurons that learn n others, in expectation over normal inputs";
  problem.why_hard = "equal neurons stay equal, and from six teachers on there are false minima";
  problem.objective = std::make_shared<ReluTeacherStudent>(k, n);
  const double deviation = 1.0 / std::sqrt(static_cast<double>(n));
  const Vector standard = normal_values(random_source_of(parameters), "start", k * n, deviation);
  const double cosine = deviation;
  const double angle = std::acos(cosine);
  const double length =
      (static_cast<double>(n) * std::sin(angle) + (pi - angle) / deviation) / (pi * static_cast<double>(k));
  Vector equal(k * n);
  equal.view().setConstant(length * deviation);
  problem.starts = {{"standard", standard}, {"equal-neurons", equal}};
  std::vector<Vector> known{equal};
  if (k >= n) {
    Vector teachers(k * n);  // surplus students share the last teacher, which keeps the sum of ReLUs
    for (Index i = 0; i < k; ++i) {
      const Index j = std::min(i, n - 1);
      teachers[i * n + j] = j < n - 1 ? 1.0 : 1.0 / static_cast<double>(k - n + 1);
    }
    problem.starts.push_back({"teachers", teachers});
    known.push_back(teachers);
    problem.optimal_value = 0.0;
  }
  list_classified(problem, known);
  known.push_back(standard);
  problem.suggested_step = step_by_curvature(*problem.objective, known) / 2.0;
  problem.random_start = normal_start(k * n, deviation);
  return problem;
}

}  // namespace

Entry relu_teacher_student() {
  return {.name = "relu-teacher-student",
          .family = "structured",
          .summary = "ReLU neurons that learn ReLU neurons, in closed form (Safran and Shamir 2018)",
          .parameters = {integer_parameter("students", "4", 1, 300, "k"),
                         integer_parameter("teachers", "4", 1, 300, "n, also the number of inputs: v_j = e_j"),
                         seed_parameter()},
          .make = make_relu_teacher_student};
}

}  // namespace perigee::problems
