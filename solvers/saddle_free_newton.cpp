#include <perigee/solvers/saddle_free_newton.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/state.hpp>
#include <perigee/lib/tridiagonal.hpp>
#include <perigee/solvers/parameter_checks.hpp>
#include <perigee/solvers/second_order_entry.hpp>
#include <perigee/solvers/second_order_stepper.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace perigee {

namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();
// The previous step is worth a product only if the space lacks this share of it.
constexpr double least_new_share = 1e-3;

double norm(const std::vector<double>& y) { return euclidean_norm(ConstVectorView(y)); }

class SaddleFreeStepper final : public SecondOrderStepper {
 public:
  SaddleFreeStepper(Oracle& oracle, ConstVectorView x0, const RandomSource& random,
                    const SaddleFreeNewtonOptions& options)
      : SecondOrderStepper(oracle, x0, random, options.criterion, options.acceptance_ratio),
        options_(options),
        jump_(options.initial_jump),
        complement_(oracle.dimension()),
        previous_step_(oracle.dimension()) {}

 protected:
  const char* tag() const override { return "saddle-free-newton"; }

  Trial propose() override {
    if (steps_left_ == 0) {
      if (!make_basis()) return {not_measured, not_measured};
    } else if (!has_coordinates_) {
      project_gradient();
    }
    const Evaluation& at = pair_.current();
    bool has_best = false;  // and then it is the rung before
    double best_value = 0.0;
    for (int rung = least_rung_;; ++rung) {
      const Trial trial = step_at(rung);
      pair_.candidate().propose() = at.x() + step_storage();
      const bool has_moved = pair_.candidate().x() != at.x();
      const double value = has_moved ? oracle_.value(pair_.candidate().x()) : not_measured;
      if (has_best && !(value < best_value)) return step_at(rung - 1);
      if (!std::isfinite(value)) return trial;
      const double decrease = at.value() - value;
      if (std::abs(decrease) <= 1e3 * epsilon * std::abs(at.value())) return trial;  // values can say no more
      if (has_best || decrease >= options_.acceptance_ratio * trial.predicted) {
        has_best = true;
        best_value = value;
      }
    }
  }

  Trial propose_along_curvature() override {
    steps_left_ = 0;  // the probe has used the basis
    is_jump_ = true;
    const double slope = direction().dot(pair_.current().gradient());
    step_storage() = (slope > 0.0 ? -jump_ : jump_) * direction();
    return {jump_ * (std::abs(slope) - 0.5 * jump_ * direction_curvature()), jump_};
  }

  void adapt(const Judgement& judgement) override {
    if (!is_jump_) {
      least_rung_ = rung_ + 1;  // of no consequence where the step is accepted
    } else if (!(judgement.ratio >= 0.25)) {
      jump_ *= 0.25;
    } else if (judgement.ratio > 0.75) {
      jump_ *= 2.0;
    }
  }

  void forget_model() override {
    previous_step_.view() = step_storage();
    has_previous_step_ = true;
    if (steps_left_ > 0) --steps_left_;
    has_coordinates_ = false;
    is_jump_ = false;
    least_rung_ = 0;
  }

  double reach() const override { return jump_; }
  void set_reach(double reach) override { jump_ = reach; }
  std::string reach_text() const override {
    return is_jump_ ? "jump length " + format_number(jump_) : "damping " + format_number(damping(rung_));
  }

  void save_model(StateWriter& writer) const override {
    writer.write(static_cast<std::uint64_t>(has_previous_step_ ? 1 : 0));
    writer.write(previous_step_.view());
    writer.write(static_cast<std::int64_t>(steps_left_));
    if (steps_left_ > 0) subspace_.save(writer);
  }

  void load_model(StateReader& reader) override {
    std::uint64_t has_previous_step = 0;
    reader.read(has_previous_step);
    has_previous_step_ = has_previous_step != 0;
    reader.read(previous_step_.view());
    std::int64_t steps_left = 0;
    reader.read(steps_left);
    steps_left_ = steps_left;
    if (steps_left_ == 0) return;
    subspace_.load(reader);
    solve_eigenproblem();
  }

 private:
  // V, T and its eigenpairs at the current iterate, and V'g. False: a product is not finite.
  bool make_basis() {
    const Evaluation& at = pair_.current();
    const Index greatest =
        options_.subspace_dimension - (has_previous_step_ && options_.subspace_dimension > 1 ? 1 : 0);
    subspace_.start(at.gradient(), at.gradient_norm());
    Index next_look = 1;
    bool is_enough = false;
    while (!is_enough && subspace_.size() < greatest) {
      if (!subspace_.extend(oracle_, at.x())) return false;
      const bool is_closed = subspace_.is_closed();
      if (!is_closed && subspace_.size() < next_look && subspace_.size() < greatest) continue;
      next_look += 1 + next_look / 5;
      solve_eigenproblem();
      is_enough = is_closed || holds_step();
    }
    if (!is_enough && greatest < options_.subspace_dimension) {
      if (!subspace_.append(oracle_, at.x(), previous_step_, least_new_share)) return false;
      solve_eigenproblem();
    }
    coordinates_.assign(eigensolver_.pairs().values.size(), 0.0);
    coordinates_.front() = at.gradient_norm();
    has_complement_ = false;
    has_coordinates_ = true;
    steps_left_ = options_.steps_per_basis;
    return true;
  }

  void solve_eigenproblem() {
    const TridiagonalMatrix matrix = subspace_.matrix();
    const TridiagonalEigenpairs& pairs = eigensolver_.solve(matrix.diagonal, matrix.couplings);
    largest_ = std::max(std::abs(pairs.values.front()), std::abs(pairs.values.back()));
  }

  // What the eigenvectors of a Krylov space lack of the step lies along v_{k+1}.
  bool holds_step() {
    coordinates_.assign(eigensolver_.pairs().values.size(), 0.0);
    coordinates_.front() = pair_.current().gradient_norm();
    find_coefficients(0.0);
    const double residual = subspace_.matrix().couplings.back() * std::abs(coefficients_.back());
    return residual <= std::min(options_.inner_accuracy, norm(coefficients_)) * pair_.current().gradient_norm();
  }

  // V'g and (I - V V')g for a basis of an earlier iterate.
  void project_gradient() {
    const ConstVectorView gradient = pair_.current().gradient();
    coordinates_.resize(eigensolver_.pairs().values.size());
    subspace_.project(gradient, coordinates_);
    subspace_.combine(coordinates_, complement_);
    complement_.view() = gradient - complement_.view();
    has_complement_ = true;
    has_coordinates_ = true;
  }

  // Where H vanishes on the space, a step of length 1 is on the grid.
  double damping(int rung) const {
    if (rung == 0 && largest_ > 0.0) return 0.0;
    return (largest_ > 0.0 ? largest_ : pair_.current().gradient_norm()) * std::pow(10.0, rung - 9);
  }

  // coefficients = -(|T| + lambda I)^{-1} V'g; returns the decrease that the Taylor model says, with
  // theta g^2/(|theta| + lambda)^2/2 taken off g^2/(|theta| + lambda) for each eigenvector.
  double find_coefficients(double lambda) {
    const TridiagonalEigenpairs& pairs = eigensolver_.pairs();
    const std::size_t k = pairs.values.size();
    // Eigenvalues below the rounding of T have no digits left.
    const double least = std::max(subspace_.rounding(), std::numeric_limits<double>::min());
    coefficients_.assign(k, 0.0);
    double predicted = 0.0;
    for (std::size_t i = 0; i < k; ++i) {
      double along = 0.0;
      for (std::size_t j = 0; j < k; ++j) along += pairs.component(j, i) * coordinates_[j];
      const double denominator = std::max(std::abs(pairs.values[i]), least) + lambda;
      const double length = along / denominator;
      predicted += along * length * (1.0 - 0.5 * pairs.values[i] / denominator);
      for (std::size_t j = 0; j < k; ++j) coefficients_[j] -= length * pairs.component(j, i);
    }
    return predicted;
  }

  Trial step_at(int rung) {
    rung_ = rung;
    const double lambda = damping(rung);
    double predicted = find_coefficients(lambda);
    VectorView s = step_storage();
    subspace_.combine(coefficients_, s);
    if (has_complement_) {
      const double denominator = std::max(largest_ + lambda, std::numeric_limits<double>::min());
      s -= complement_.view() / denominator;
      predicted += complement_.view().squaredNorm() / denominator * (1.0 - 0.5 * largest_ / denominator);
    }
    return {predicted, euclidean_norm(s)};
  }

  SaddleFreeNewtonOptions options_;
  TridiagonalEigensolver eigensolver_;
  double largest_ = 0.0;  // max_i |Theta_i|
  double jump_;           // t
  Vector complement_;     // (I - V V')g
  Vector previous_step_;
  std::vector<double> coordinates_;   // V'g
  std::vector<double> coefficients_;  // of the step in V
  Index steps_left_ = 0;              // that V and T still serve
  int least_rung_ = 0;                // of the damping grid
  int rung_ = 0;
  bool has_previous_step_ = false;
  bool has_coordinates_ = false;  // of the current gradient
  bool has_complement_ = false;
  bool is_jump_ = false;
};

}  // namespace

SaddleFreeNewton::SaddleFreeNewton(SaddleFreeNewtonOptions options) : options_(options) {
  const ParameterChecks require{"SaddleFreeNewton"};
  require.that(options_.subspace_dimension >= 1, "subspace_dimension must be >= 1",
               static_cast<double>(options_.subspace_dimension));
  require.that(options_.steps_per_basis >= 1, "steps_per_basis must be >= 1",
               static_cast<double>(options_.steps_per_basis));
  require.that(options_.inner_accuracy > 0.0 && options_.inner_accuracy < 1.0, "inner_accuracy must be in (0, 1)",
               options_.inner_accuracy);
  require.that(options_.acceptance_ratio > 0.0 && options_.acceptance_ratio < 0.5,
               "acceptance_ratio must be in (0, 1/2)", options_.acceptance_ratio);
  require.positive("initial_jump", options_.initial_jump);
  check(options_.criterion, "SaddleFreeNewton");
}

std::vector<std::pair<std::string, std::string>> SaddleFreeNewton::settings() const {
  std::vector<std::pair<std::string, std::string>> all{
      {"subspace_dimension", std::to_string(options_.subspace_dimension)},
      {"steps_per_basis", std::to_string(options_.steps_per_basis)},
      {"inner_accuracy", format_exact(options_.inner_accuracy)},
      {"acceptance_ratio", format_exact(options_.acceptance_ratio)},
      {"initial_jump", format_exact(options_.initial_jump)}};
  for (auto& setting : settings_of(options_.criterion)) all.push_back(std::move(setting));
  return all;
}

std::unique_ptr<Stepper> SaddleFreeNewton::start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const {
  return std::make_unique<SaddleFreeStepper>(oracle, x0, random, options_);
}

}  // namespace perigee

namespace perigee::solvers {

Entry saddle_free_newton() {
  std::vector<ParameterDescription> parameters{
      count("subspace_dimension", "50", "k: largest dimension of a step's space"),
      count("steps_per_basis", "1", "m: steps that one space and its eigenvalues serve"),
      positive("inner_accuracy", "0.1", "kappa in (0, 1): how well the space must hold the step"),
      positive("acceptance_ratio", "0.1", "in (0, 1/2): accept where the decrease is this share of the model's"),
      positive("initial_jump", "1", "length of the first step along negative curvature, in units of x")};
  for (ParameterDescription& description : second_order_parameters()) parameters.push_back(std::move(description));
  return {.name = "saddle-free-newton",
          .family = "second-order",
          .summary = "Newton steps with |H| in the place of H on Krylov spaces, and negative curvature by Lanczos",
          .parameters = std::move(parameters),
          .make = [](const Parameters& given, const Problem&) -> std::unique_ptr<Solver> {
            return std::make_unique<SaddleFreeNewton>(
                SaddleFreeNewtonOptions{.subspace_dimension = given.integer("subspace_dimension"),
                                        .steps_per_basis = given.integer("steps_per_basis"),
                                        .inner_accuracy = given.real("inner_accuracy"),
                                        .acceptance_ratio = given.real("acceptance_ratio"),
                                        .initial_jump = given.real("initial_jump"),
                                        .criterion = second_order_criterion(given)});
          }};
}

}  // namespace perigee::solvers
