// Quadratics, f(x) = f* + 1/2 (x - c)'A(x - c), eigenvalues of A in [m, L]: what every step size does is known.
//
//   converge     eta = 1/L for kappa ln(1e10) steps: the minimum
//   cut          the same, ended after a few kappa steps: nothing but the budget (or nothing, where no End is recorded)
//   diverge      eta > 2/L: every step multiplies the top component by 1 - eta L < -1
//   overflow     the same until the numbers end
//   period-two   eta = 2/L: the top component changes sign for ever
//   tiny-step    eta L <= 5e-3 and kappa <= 10: 1/L would be hundreds of times as fast
//   valley       eta L near 1 and kappa >= 1e3, fewer than kappa steps; or exact line searches from Akaike's start
//   solver-*     twelve methods, each to the minimum
//   many         60 variables: the certificates of the end point are probabilistic
//   falling      noise as in hover, ended while the excess is still far above the floor; or a step that shrinks like
//   1/k hover        noise added to every gradient, for 50 relaxation times 1/(eta m): the noise floor minibatch    the
//   same, from the terms of a finite sum far-away     the minimizer so far from 0 that eta grad f is below half a unit
//   in the last place of x offset       f* so large that the values stand still to the last bit while the iterate still
//   moves wrong-gradient, leaves-domain, log-of-nan   as they say
#include "construction.hpp"
#include "solver_runs.hpp"
#include "support/dense_algebra.hpp"

#include <perigee/lib/finite_sum.hpp>
#include <perigee/lib/line_search.hpp>
#include <perigee/solvers/heavy_ball.hpp>
#include <perigee/solvers/stochastic_gradient_descent.hpp>

#include <cmath>
#include <limits>
#include <numbers>

namespace perigee::corpus {

namespace {

using Matrix = Eigen::MatrixXd;

// A symmetric matrix of the family's shape; its eigenvalues are mapped to [m, L] afterwards.
using Shape = std::function<Matrix(Index n, RandomEngine& engine)>;

Matrix random_rotation(Index n, RandomEngine& engine) {
  Matrix gaussian(n, n);
  fill_standard_normal(engine, VectorView(gaussian.data(), n * n));
  return test::orthogonal_factor(gaussian);
}

Matrix circulant(Index n, RandomEngine&) {
  Matrix matrix = 2.0 * Matrix::Identity(n, n);
  for (Index i = 0; i < n; ++i) {
    matrix(i, (i + 1) % n) -= 1.0;
    matrix((i + 1) % n, i) -= 1.0;
  }
  return matrix;
}
Matrix correlated(Index n, RandomEngine&) { return Matrix::Identity(n, n) + Matrix::Ones(n, n); }
Matrix diagonal(Index n, RandomEngine&) {
  Matrix matrix = Matrix::Zero(n, n);
  for (Index i = 0; i < n; ++i) matrix(i, i) = std::pow(1e3, static_cast<double>(i) / static_cast<double>(n - 1));
  return matrix;
}
Matrix laplacian(Index n, RandomEngine&) {
  Matrix matrix = 2.0 * Matrix::Identity(n, n);
  for (Index i = 0; i + 1 < n; ++i) matrix(i, i + 1) = matrix(i + 1, i) = -1.0;
  return matrix;
}
Matrix rotated(Index n, RandomEngine& engine) {
  const Matrix q = random_rotation(n, engine);
  return q * Eigen::VectorXd::LinSpaced(n, 1.0, static_cast<double>(n)).asDiagonal() * q.transpose();
}
Matrix toeplitz(Index n, RandomEngine&) {
  Matrix matrix(n, n);
  for (Index i = 0; i < n; ++i) {
    for (Index j = 0; j < n; ++j) matrix(i, j) = std::pow(0.8, std::abs(static_cast<double>(i - j)));
  }
  return matrix;
}

struct Bowl {
  Matrix a;
  Eigen::VectorXd eigenvalues;  // ascending
  Matrix eigenvectors;
  Eigen::VectorXd centre;
  double offset = 0.0;
  Index n() const { return a.rows(); }
  double top() const { return eigenvalues[n() - 1]; }
  double bottom() const { return eigenvalues[0]; }
  // c + the combination of eigenvectors
  Vector point(const Eigen::VectorXd& coordinates) const {
    Vector x(n());
    x.view() = centre + eigenvectors * coordinates;
    return x;
  }
  ObjectivePointer objective() const {
    return objective_of(
        n(),
        [matrix = a, c = centre, f = offset](ConstVectorView x) { return f + 0.5 * (x - c).dot(matrix * (x - c)); },
        [matrix = a, c = centre](ConstVectorView x, VectorView g) { g = matrix * (x - c); });
  }
};

// Eigenvalues mapped affinely to [L/kappa, L].
Bowl bowl_of(const Shape& shape, Index n, double top, double kappa, RandomEngine& engine) {
  const auto [values, vectors] = test::symmetric_eigenpairs(shape(n, engine));
  const double low = values[0];
  const double range = values[n - 1] - low;
  Bowl bowl;
  bowl.eigenvectors = vectors;
  const double bottom = top / kappa;
  bowl.eigenvalues = ((values.array() - low) / range * (top - bottom) + bottom).matrix();
  bowl.a = bowl.eigenvectors * bowl.eigenvalues.asDiagonal() * bowl.eigenvectors.transpose();
  bowl.centre.resize(n);
  fill_standard_normal(engine, VectorView(bowl.centre.data(), n));
  return bowl;
}

Eigen::VectorXd normal_vector(Index n, RandomEngine& engine) {
  Eigen::VectorXd z(n);
  fill_standard_normal(engine, VectorView(z.data(), n));
  // None of the components that a label relies on may be missing by chance.
  for (Index i = 0; i < n; ++i) z[i] += z[i] < 0.0 ? -0.5 : 0.5;
  return z;
}

// What the tool should read off alike from all of them.
constexpr Recording every_recording[] = {Recording::objective, Recording::log, Recording::gradients, Recording::values,
                                         Recording::printed};

class Treatments {
 public:
  Treatments(std::string family, Shape shape, Collector& collector)
      : family_(std::move(family)), shape_(std::move(shape)), collector_(collector) {}

  void all() {
    converge();
    cut();
    diverge();
    period_two();
    tiny_step();
    valley();
    hover();
    minibatch();
    far_away();
    offset();
    wrong_gradient();
    leaves_domain();
    log_of_nan();
    log_with_gaps();
    many_methods();
    many_variables();
    falling();
  }

 private:
  struct Made {
    Bowl bowl;
    RandomEngine engine;
  };
  void add(const std::string& treatment, const std::string& variant, Recording recording, Index n, double top,
           double kappa, const std::function<CorpusRun(Bowl&, RandomEngine&)>& make) {
    const RunName name{family_, treatment, variant, recording};
    collector_.add(name, [this, name, recording, n, top, kappa, &make] {
      RandomEngine engine = engine_of(name);
      Bowl bowl = bowl_of(shape_, n, top, kappa, engine);
      return finished(recording, make(bowl, engine));
    });
  }

  void converge() {
    int variant = 0;
    for (const double kappa : {3.0, 30.0}) {
      for (const Recording recording : every_recording) {
        ++variant;
        const bool knows_optimum = recording == Recording::values || kappa == 3.0;
        add("converge", std::to_string(variant), recording, kappa == 3.0 ? 4 : 10, 2.0, kappa,
            [&](Bowl& bowl, RandomEngine& engine) {
              bowl.offset = 1.0;
              const auto steps = static_cast<Index>(std::ceil(kappa * std::log(1e10)));
              CorpusRun run;
              run.objective = bowl.objective();
              run.trajectory = descend(*run.objective, 1.0 / bowl.top(), bowl.point(normal_vector(bowl.n(), engine)),
                                       gradient_tolerance(1e-9) | max_iterations(steps));
              if (knows_optimum) run.trajectory.optimal_value = 1.0;
              run.label = no_trouble;
              if (recording == Recording::objective) {
                run.label = "converged-minimum";
                run.must = {"converged-minimum"};
              }
              return run;
            });
      }
    }
  }

  void cut() {
    int variant = 0;
    for (const double kappa : {2.0, 10.0, 30.0}) {
      for (const Recording recording : every_recording) {
        const bool ends = ++variant % 2 == 0;
        add("cut", std::to_string(variant), recording, 8, 0.5, kappa, [&](Bowl& bowl, RandomEngine& engine) {
          CorpusRun run;
          run.objective = bowl.objective();
          const auto steps = static_cast<Index>(kappa < 5.0 ? 8 : 1.2 * kappa);
          run.trajectory = descend(*run.objective, 1.0 / bowl.top(), bowl.point(normal_vector(bowl.n(), engine)),
                                   max_iterations(steps));
          run.trajectory.optimal_value = 0.0;
          run.label = "budget-exhausted";
          if (recording == Recording::values) run.also_right = {no_trouble};  // what is left cannot be seen
          if (!ends) {
            run.trajectory.end.reset();
            run.label = no_trouble;
          }
          if (run.trajectory.records.back().gradient_norm < 1e-4) run.void_reason = "converged";
          return run;
        });
      }
    }
  }

  void diverge() {
    int variant = 0;
    for (const double product : {2.02, 2.1, 3.0, 6.0}) {
      for (const Recording recording : every_recording) {
        ++variant;
        add("diverge", std::to_string(variant), recording, 6, 4.0, 20.0, [&](Bowl& bowl, RandomEngine& engine) {
          CorpusRun run;
          run.objective = bowl.objective();
          const auto steps = static_cast<Index>(std::ceil(std::log(1e10) / std::log(product - 1.0)));
          run.trajectory = descend(*run.objective, product / bowl.top(), bowl.point(normal_vector(bowl.n(), engine)),
                                   max_iterations(steps));
          run.label = "divergence";
          run.must = {"divergence"};
          run.may = {"step-too-large"};
          return run;
        });
      }
    }
    for (const Recording recording : {Recording::objective, Recording::gradients}) {
      add("diverge-momentum", "1", recording, 6, 4.0, 20.0, [&](Bowl& bowl, RandomEngine& engine) {
        CorpusRun run;
        run.objective = bowl.objective();
        const HeavyBall solver({.learning_rate = 4.2 / bowl.top(), .momentum = 0.9});  // stable below 3.8/L
        run.trajectory =
            record(*run.objective, solver, bowl.point(normal_vector(bowl.n(), engine)), {.stop = max_iterations(60)});
        run.label = "divergence";
        run.must = {"divergence"};
        run.may = {"step-too-large"};
        return run;
      });
    }
    for (const Recording recording : {Recording::objective, Recording::log, Recording::values}) {
      add("overflow", "1", recording, 6, 4.0, 20.0, [&](Bowl& bowl, RandomEngine& engine) {
        CorpusRun run;
        run.objective = bowl.objective();
        run.trajectory = descend(*run.objective, 4.0 / bowl.top(), bowl.point(normal_vector(bowl.n(), engine)),
                                 max_iterations(20000));
        run.label = "divergence";
        run.also_right = {"non-finite"};
        run.must = {"divergence", "non-finite"};
        run.may = {"step-too-large"};
        return run;
      });
    }
  }

  void period_two() {
    int variant = 0;
    for (const double amplitude : {0.3, 1.0, 3.0}) {
      for (const Recording recording : {Recording::objective, Recording::log, Recording::values}) {
        ++variant;
        add("period-two", std::to_string(variant), recording, 5, 3.0, 20.0, [&](Bowl& bowl, RandomEngine& engine) {
          CorpusRun run;
          run.objective = bowl.objective();
          Eigen::VectorXd z = normal_vector(bowl.n(), engine);
          z[bowl.n() - 1] = amplitude;
          run.trajectory = descend(*run.objective, 2.0 / bowl.top(), bowl.point(z), max_iterations(600));
          run.trajectory.optimal_value = 0.0;
          run.label = "step-too-large";
          run.must = {"step-too-large"};
          run.may = {"plateau"};
          if (recording == Recording::values) {  // a level curve above the known optimum
            run.label = "plateau";
            run.also_right = {"step-too-large"};
            run.must = {"plateau"};
            run.may = {"step-too-large"};
          }
          return run;
        });
      }
    }
  }

  void tiny_step() {
    int variant = 0;
    for (const double product : {1e-4, 1e-3, 5e-3}) {
      for (const double kappa : {2.0, 10.0}) {
        for (const Recording recording : {Recording::objective, Recording::log}) {
          ++variant;
          add("tiny-step", std::to_string(variant), recording, 6, 8.0, kappa, [&](Bowl& bowl, RandomEngine& engine) {
            CorpusRun run;
            run.objective = bowl.objective();
            run.trajectory = descend(*run.objective, product / bowl.top(), bowl.point(normal_vector(bowl.n(), engine)),
                                     max_iterations(600));
            run.label = "step-too-small";
            run.must = {"step-too-small"};
            run.may = {"plateau"};
            return run;
          });
        }
      }
    }
  }

  void valley() {
    int variant = 0;
    for (const double kappa : {1e3, 1e4, 1e5}) {
      for (const double product : {0.5, 1.5}) {
        add("valley", std::to_string(++variant), Recording::objective, 6, 1.0, kappa,
            [&](Bowl& bowl, RandomEngine& engine) {
              CorpusRun run;
              run.objective = bowl.objective();
              const Vector start = bowl.point(10.0 * normal_vector(bowl.n(), engine));
              run.trajectory = descend(*run.objective, product, start, max_iterations(kappa < 2e3 ? 800 : 2000));
              label_valley(run);
              return run;
            });
      }
    }
    for (const double kappa : {300.0, 3000.0}) {
      add("zig-zag", std::to_string(++variant), Recording::objective, 6, 1.0, kappa, [&](Bowl& bowl, RandomEngine&) {
        CorpusRun run;
        run.objective = bowl.objective();
        Eigen::VectorXd z = Eigen::VectorXd::Zero(bowl.n());
        z[0] = kappa;
        z[bowl.n() - 1] = 1.0;
        run.trajectory = record(*run.objective, GradientDescent({.line_search = line_searches::exact()}), bowl.point(z),
                                {.stop = max_iterations(200)});
        label_valley(run);
        return run;
      });
    }
    add("valley", std::to_string(++variant), Recording::log, 6, 1.0, 1e4, [&](Bowl& bowl, RandomEngine& engine) {
      CorpusRun run;
      run.objective = bowl.objective();
      run.trajectory =
          descend(*run.objective, 1.0, bowl.point(10.0 * normal_vector(bowl.n(), engine)), max_iterations(2000));
      // The steps meet the curvature along the floor only; that across it may have faded.
      run.label = not_to_be_told;
      run.also_right = {"ill-conditioned-valley", "budget-exhausted"};
      run.may = {"ill-conditioned-valley", "plateau"};
      return run;
    });
  }
  static void label_valley(CorpusRun& run) {
    run.label = "ill-conditioned-valley";
    run.must = {"ill-conditioned-valley"};
    run.may = {"plateau"};
    if (ends_stationary(run.trajectory)) run.void_reason = "stationary";
  }

  // The floor's excess is about eta r^2/4 (n terms of r^2/n each); the start is 1e3 times as high.
  void hover() {
    int variant = 0;
    for (const double kappa : {1.0001, 10.0, 30.0}) {
      for (const Recording recording :
           {Recording::objective, Recording::objective, Recording::log, Recording::values}) {
        ++variant;
        add("hover", std::to_string(variant), recording, variant % 2 == 0 ? 5 : 20, 1.0, kappa,
            [&](Bowl& bowl, RandomEngine& engine) {
              const double step = kappa < 20.0 ? 0.1 : 0.5;
              const auto steps = std::max<Index>(2000, static_cast<Index>(60.0 * kappa / step));
              CorpusRun run;
              run.objective = bowl.objective();
              const StochasticGradientDescent solver(
                  {.learning_rate = schedules::constant(step), .noise = {.scale = 0.1}});
              const Vector start = bowl.point(2.0 * normal_vector(bowl.n(), engine));
              run.trajectory = record(*run.objective, solver, start,
                                      {.stop = max_iterations(steps),
                                       .snapshots = {.every = steps / 200, .log_spacing = 0.0},
                                       .seed = static_cast<std::uint64_t>(variant)});
              run.trajectory.optimal_value = 0.0;
              label_floor(recording, run);
              return run;
            });
      }
    }
  }

  void minibatch() {
    int variant = 0;
    for (const Recording recording :
         {Recording::objective, Recording::objective, Recording::log, Recording::objective, Recording::objective}) {
      ++variant;
      // The last two: twice as many variables, and curvatures over two decades.
      add("minibatch", std::to_string(variant), recording, variant > 3 ? 30 : 8, 1.0, variant > 3 ? 100.0 : 10.0,
          [&](Bowl& bowl, RandomEngine& engine) {
            constexpr Index terms = 64;
            Matrix tilts(bowl.n(), terms);  // f_i = f + t_i'(x - c), sum of t_i = 0
            fill_standard_normal(engine, VectorView(tilts.data(), bowl.n() * terms));
            tilts = tilts.colwise() - tilts.rowwise().mean();
            const auto add_term = [matrix = bowl.a, c = bowl.centre, tilts](Index i, ConstVectorView x, VectorView g) {
              const Eigen::VectorXd image = matrix * (x - c);
              g += image + 0.1 * tilts.col(i);
              return 0.5 * (x - c).dot(image) + 0.1 * tilts.col(i).dot(x - c);
            };
            using Sum = decltype(functional_sum(bowl.n(), terms, add_term));
            CorpusRun run;
            run.objective = std::make_shared<Sum>(bowl.n(), terms, add_term);
            const StochasticGradientDescent solver({.learning_rate = schedules::constant(0.1),
                                                    .momentum = variant == 2   ? 0.5
                                                                : variant == 5 ? 0.9
                                                                               : 0.0,
                                                    .batch = {.size = variant == 4 ? 16 : 4}});
            run.trajectory = record(*run.objective, solver, bowl.point(2.0 * normal_vector(bowl.n(), engine)),
                                    {.stop = max_iterations(variant > 3 ? 60000 : 6000),
                                     .snapshots = {.every = variant > 3 ? 300 : 30, .log_spacing = 0.0},
                                     .seed = 7});
            run.trajectory.optimal_value = 0.0;
            label_floor(recording, run);
            return run;
          });
    }
  }
  static void label_floor(Recording recording, CorpusRun& run) {
    run.label = "noise-floor";
    run.must = {"noise-floor"};
    run.may = {"plateau"};
    if (recording != Recording::values) return;
    // Nothing says that there is noise in the gradients; the curve hovers above the known optimum.
    run.label = not_to_be_told;
    run.also_right = {"plateau", "noise-floor", "budget-exhausted"};
    run.must = {};
    run.may = {"plateau", "noise-floor"};
  }

  void far_away() {
    int variant = 0;
    for (const double centre : {1e9, 1e11}) {
      for (const Recording recording :
           {Recording::objective, Recording::log, Recording::gradients, Recording::values}) {
        ++variant;
        add("far-away", std::to_string(variant), recording, 4, 1.0, 3.0, [&](Bowl& bowl, RandomEngine& engine) {
          const double unit = centre * std::numeric_limits<double>::epsilon();
          const double step = 0.01;
          bowl.centre = Eigen::VectorXd::Constant(bowl.n(), centre);
          bowl.offset = std::numbers::pi;
          CorpusRun run;
          run.objective = bowl.objective();
          run.trajectory =
              descend(*run.objective, step, bowl.point(3e3 * unit / step * normal_vector(bowl.n(), engine)),
                      max_iterations(4000));
          run.label = "rounding-floor";
          run.must = {"rounding-floor"};
          run.may = {"step-too-small", "plateau"};
          const std::vector<StepRecord>& records = run.trajectory.records;
          if (records[records.size() - 30].value != records.back().value) run.void_reason = "still moves";
          if (recording == Recording::objective && ends_stationary(run.trajectory)) {
            run.must.insert("converged-minimum");
            run.also_right = {"converged-minimum"};
          }
          return run;
        });
      }
    }
  }

  void offset() {
    int variant = 0;
    for (const double offset : {1e8, 3e11}) {
      for (const Recording recording : {Recording::objective, Recording::values}) {
        add("offset", std::to_string(++variant), recording, 6, 1.0, 5.0, [&](Bowl& bowl, RandomEngine& engine) {
          bowl.offset = offset / std::numbers::pi;
          CorpusRun run;
          run.objective = bowl.objective();
          run.trajectory =
              descend(*run.objective, 0.5, bowl.point(normal_vector(bowl.n(), engine)), max_iterations(300));
          run.label = recording == Recording::objective ? "converged-minimum" : "rounding-floor";
          run.must = {run.label};
          run.may = {"rounding-floor", "plateau"};
          return run;
        });
      }
    }
  }

  void wrong_gradient() {
    struct Error {
      const char* name;
      std::function<void(ConstVectorView x, VectorView g)> make;
    };
    const Error errors[] = {
        {"factor", [](ConstVectorView, VectorView g) { g *= 2.0; }},
        {"component", [](ConstVectorView, VectorView g) { g[1] *= 1.2; }},
        {"slight", [](ConstVectorView, VectorView g) { g[0] *= 1.001; }},
        {"sign", [](ConstVectorView, VectorView g) { g[2] = -g[2]; }},
        {"constant", [](ConstVectorView, VectorView g) { g.array() += 0.1; }},
        {"swapped", [](ConstVectorView, VectorView g) { std::swap(g[0], g[1]); }},
        {"decay", [](ConstVectorView x, VectorView g) { g += 0.01 * x; }},
    };
    for (const Error& error : errors) {
      add("wrong-gradient", error.name, Recording::objective, 5, 1.0, 10.0, [&](Bowl& bowl, RandomEngine& engine) {
        const ObjectivePointer right = bowl.objective();
        CorpusRun run;
        run.objective = objective_of(
            bowl.n(), [right](ConstVectorView x) { return right->value(x); },
            [right, make = error.make](ConstVectorView x, VectorView g) {
              right->value_and_gradient(x, g);
              make(x, g);
            });
        run.trajectory = descend(*run.objective, 0.2, bowl.point(normal_vector(bowl.n(), engine)), max_iterations(40));
        run.label = "derivative-mismatch";
        run.must = {"derivative-mismatch"};
        run.may = {any_finding};  // of such a run nothing else can be trusted
        return run;
      });
    }
  }

  void leaves_domain() {
    int variant = 0;
    for (const Recording recording : {Recording::objective, Recording::log, Recording::gradients, Recording::values}) {
      add("leaves-domain", std::to_string(++variant), recording, 4, 1.0, 5.0, [&](Bowl& bowl, RandomEngine& engine) {
        const ObjectivePointer inside = bowl.objective();
        const Eigen::VectorXd centre = bowl.centre;
        const auto value = [inside, centre](ConstVectorView x) {
          return (x - centre).norm() > 100.0 ? not_measured : inside->value(x);
        };
        CorpusRun run;
        run.objective = objective_of(bowl.n(), value,
                                     [inside](ConstVectorView x, VectorView g) { inside->value_and_gradient(x, g); });
        run.trajectory = descend(*run.objective, 2.4, bowl.point(normal_vector(bowl.n(), engine)), max_iterations(200));
        run.label = "non-finite";
        run.also_right = {"divergence"};  // which led out of the domain
        run.must = {"non-finite"};
        run.may = {"divergence", "step-too-large"};
        return run;
      });
    }
  }

  void log_of_nan() {
    int variant = 0;
    for (const Recording recording : {Recording::log, Recording::gradients, Recording::values}) {
      add("log-of-nan", std::to_string(++variant), recording, 4, 1.0, 30.0, [&](Bowl& bowl, RandomEngine& engine) {
        CorpusRun run;
        run.objective = bowl.objective();
        run.trajectory = descend(*run.objective, 0.5, bowl.point(normal_vector(bowl.n(), engine)), max_iterations(120));
        run.trajectory.end.reset();
        const Index bad = 60 + 10 * variant;
        for (StepRecord& record : run.trajectory.records) {
          if (record.iteration < bad) continue;
          record.value = record.gradient_norm = not_measured;
        }
        run.label = "non-finite";
        run.must = {"non-finite"};
        run.onset = bad;
        return run;
      });
    }
  }

  void log_with_gaps() {
    int variant = 0;
    for (const Recording recording : {Recording::log, Recording::gradients}) {
      for (const Index kept : {2, 10}) {
        add("log-with-gaps", std::to_string(++variant), recording, 4, 1.0, 30.0, [&](Bowl& bowl, RandomEngine& engine) {
          CorpusRun run;
          run.objective = bowl.objective();
          run.trajectory =
              descend(*run.objective, 0.5, bowl.point(normal_vector(bowl.n(), engine)), max_iterations(120));
          run.trajectory.end.reset();
          for (StepRecord& record : run.trajectory.records) {
            if (record.iteration % kept != 0) record.gradient_norm = not_measured;
            if (record.iteration % 17 == 16) record.value = not_measured;
          }
          run.label = no_trouble;
          return run;
        });
      }
    }
  }

  void many_methods() {
    int variant = 0;
    for (const double top : {1.0, 50.0}) {
      for (const auto& [method, solver] : many_solvers(top)) {
        const Recording recording = every_recording[++variant % 5];
        add("solver-" + method, std::to_string(variant), recording, 6, top, 20.0,
            [&, chosen = solver](Bowl& bowl, RandomEngine& engine) {
              bowl.offset = 2.0;
              CorpusRun run;
              run.objective = bowl.objective();
              run.trajectory = record(*run.objective, *chosen, bowl.point(normal_vector(bowl.n(), engine)),
                                      {.stop = gradient_tolerance(1e-8) | max_iterations(3000)});
              run.trajectory.optimal_value = 2.0;
              if (!ends_stationary(run.trajectory)) run.void_reason = "not stationary";
              run.label = no_trouble;
              if (recording == Recording::objective) {
                run.label = "converged-minimum";
                run.must = {run.label};
              }
              return run;
            });
      }
    }
  }

  void many_variables() {
    for (int variant = 1; variant <= 2; ++variant) {
      add("many", std::to_string(variant), Recording::objective, 60, 1.0, variant == 1 ? 10.0 : 100.0,
          [&](Bowl& bowl, RandomEngine& engine) {
            CorpusRun run;
            run.objective = bowl.objective();
            run.trajectory = descend(*run.objective, 1.0, bowl.point(normal_vector(bowl.n(), engine)),
                                     gradient_tolerance(1e-9) | max_iterations(4000));
            run.label = "converged-minimum";
            run.must = {run.label};
            return run;
          });
    }
  }

  void falling() {
    int variant = 0;
    for (const Recording recording : {Recording::objective, Recording::log, Recording::values, Recording::printed}) {
      for (const bool shrinks : {false, true}) {
        add("falling", std::to_string(++variant), recording, 10, 1.0, 5.0, [&](Bowl& bowl, RandomEngine& engine) {
          const Schedule rate = shrinks ? schedules::robbins_monro(10.0, 50.0) : schedules::constant(0.005);
          CorpusRun run;
          run.objective = bowl.objective();
          const StochasticGradientDescent solver({.learning_rate = rate, .noise = {.scale = shrinks ? 1.0 : 0.1}});
          run.trajectory = record(*run.objective, solver, bowl.point(10.0 * normal_vector(bowl.n(), engine)),
                                  {.stop = max_iterations(2000),
                                   .snapshots = {.every = 10, .log_spacing = 0.0},
                                   .seed = static_cast<std::uint64_t>(variant)});
          run.trajectory.optimal_value = 0.0;
          run.label = "budget-exhausted";
          run.also_right = {no_trouble};
          if (shrinks) {  // the excess is that of a floor that sinks with the step
            run.may = {"noise-floor"};
            run.also_right.insert("noise-floor");
          }
          return run;
        });
      }
    }
  }

  std::string family_;
  Shape shape_;
  Collector& collector_;
};

Family family_of(const std::string& name, const Shape& shape) {
  return {name, "quadratic",
          [shape](const std::string& family, Collector& collector) { Treatments(family, shape, collector).all(); }};
}

}  // namespace

std::vector<Family> quadratics() {
  return {family_of("circulant-quadratic", circulant), family_of("correlated-quadratic", correlated),
          family_of("diagonal-quadratic", diagonal),   family_of("laplacian-quadratic", laplacian),
          family_of("rotated-quadratic", rotated),     family_of("toeplitz-quadratic", toeplitz)};
}

}  // namespace perigee::corpus
