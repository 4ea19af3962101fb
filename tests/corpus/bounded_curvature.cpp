// f(x) = sum_i w_i phi(b_i'(x - c)), b_i the rows of a rotation: phi has phi(0) = phi'(0) = 0 and phi'' largest at 0.
//
//   converge, cut, tiny-step, wrong-gradient   as for quadratics (quadratics.cpp)
//   solver-*      twelve methods, each to the minimum
//   limit-cycle   eta = q 2/L, q > 1: near the minimum the top component grows, far away the curvature is too small to
//                 keep it growing; it ends in the cycle of period 2 between -z and z with eta w phi'(z) = 2 z
//   steep         curvature that spans three decades, eta = 1/L: a valley
//   stalls        gradient steps by Armijo's rule on values with a large constant: no decrease is to be seen at the end
#include "construction.hpp"
#include "solver_runs.hpp"
#include "support/dense_algebra.hpp"

#include <perigee/lib/line_search.hpp>

#include <cmath>

namespace perigee::corpus {

namespace {

struct Function {
  double (*value)(double t);
  double (*slope)(double t);
};

double log_cosh(double t) { return std::abs(t) + std::log1p(std::exp(-2.0 * std::abs(t))) - std::log(2.0); }
double tanh_of(double t) { return std::tanh(t); }
double pseudo_huber(double t) { return t * t / (1.0 + std::sqrt(1.0 + t * t)); }
double pseudo_huber_slope(double t) { return t / std::sqrt(1.0 + t * t); }
double cauchy(double t) { return 0.5 * std::log1p(t * t); }
double cauchy_slope(double t) { return t / (1.0 + t * t); }
double arctangent(double t) { return t * std::atan(t) - 0.5 * std::log1p(t * t); }
double arctangent_slope(double t) { return std::atan(t); }
double welsch(double t) { return -std::expm1(-0.5 * t * t); }
double welsch_slope(double t) { return t * std::exp(-0.5 * t * t); }
double cosine(double t) { return 2.0 * std::sin(0.5 * t) * std::sin(0.5 * t); }
double cosine_slope(double t) { return std::sin(t); }

constexpr double reach = 0.5;  // |b_i'(x - c)| at the start: within it every phi here is convex

class Treatments {
 public:
  Treatments(std::string family, Function function, Collector& collector)
      : family_(std::move(family)), function_(function), collector_(collector) {}

  void all() {
    int variant = 0;
    for (const double kappa : {4.0, 20.0}) {
      for (const Recording recording :
           {Recording::objective, Recording::gradients, Recording::values, Recording::printed}) {
        ++variant;
        add("converge", variant, recording, kappa, [&](const Landscape& landscape, CorpusRun& run) {
          run.trajectory = descend(*run.objective, 1.0, landscape.start,
                                   gradient_tolerance(1e-9) | max_iterations(static_cast<Index>(kappa * 40.0)));
          if (recording == Recording::values) run.trajectory.optimal_value = 0.0;
          const bool judged = recording == Recording::objective;
          run.label = judged ? "converged-minimum" : no_trouble;
          if (judged) run.must = {run.label};
        });
        add("cut", variant, recording, kappa, [&](const Landscape& landscape, CorpusRun& run) {
          run.trajectory = descend(*run.objective, 0.8, landscape.start,
                                   max_iterations(kappa < 5.0 ? 12 : static_cast<Index>(2.0 * kappa)));
          run.label = "budget-exhausted";
          if (recording == Recording::values) run.also_right = {no_trouble};  // what is left cannot be seen
          if (run.trajectory.records.back().gradient_norm < 1e-4) run.void_reason = "converged";
        });
      }
    }
    variant = 0;
    for (const double excess : {1.02, 1.1, 1.25}) {
      for (const Recording recording : {Recording::objective, Recording::log}) {
        add("limit-cycle", ++variant, recording, 8.0, [&](const Landscape& landscape, CorpusRun& run) {
          run.trajectory = descend(*run.objective, 2.0 * excess, landscape.start, max_iterations(800));
          run.label = "step-too-large";
          run.must = {run.label};
          run.may = {"plateau"};
          if (run.trajectory.records.back().gradient_norm < 1e-3) run.void_reason = "no cycle";
        });
      }
    }
    variant = 0;
    for (const double product : {3e-4, 3e-3}) {
      for (const Recording recording : {Recording::objective, Recording::log}) {
        add("tiny-step", ++variant, recording, 4.0, [&](const Landscape& landscape, CorpusRun& run) {
          run.trajectory = descend(*run.objective, product, landscape.start, max_iterations(500));
          run.label = "step-too-small";
          run.must = {run.label};
          run.may = {"plateau"};
        });
      }
    }
    variant = 0;
    for (const double kappa : {2e3, 2e4}) {
      add("steep", ++variant, Recording::objective, kappa, [&](const Landscape& landscape, CorpusRun& run) {
        run.trajectory = descend(*run.objective, 1.0, landscape.start, max_iterations(1500));
        run.label = "ill-conditioned-valley";
        run.must = {run.label};
        run.may = {"plateau"};
        if (ends_stationary(run.trajectory)) run.void_reason = "stationary";
      });
    }
    variant = 0;
    for (const auto& [method, solver] : many_solvers(1.0)) {
      const Recording recordings[] = {Recording::objective, Recording::gradients, Recording::printed};
      const Recording recording = recordings[++variant % 3];
      add("solver-" + method, variant, recording, 10.0,
          [&, chosen = solver](const Landscape& landscape, CorpusRun& run) {
            run.trajectory = record(*run.objective, *chosen, landscape.start,
                                    {.stop = gradient_tolerance(1e-8) | max_iterations(3000)});
            run.trajectory.optimal_value = 0.0;
            if (!ends_stationary(run.trajectory)) run.void_reason = "not stationary";
            run.label = no_trouble;
            if (recording == Recording::objective) {
              run.label = "converged-minimum";
              run.must = {run.label};
            }
          });
    }
    for (const int component : {0, 1}) {
      add("wrong-gradient", component, Recording::objective, 4.0, [&](const Landscape& landscape, CorpusRun& run) {
        const ObjectivePointer right = run.objective;
        run.objective = objective_of(
            landscape.start.size(), [right](ConstVectorView x) { return right->value(x); },
            [right, component](ConstVectorView x, VectorView g) {
              right->value_and_gradient(x, g);
              g[component] *= component == 0 ? 0.5 : -1.0;
            });
        run.trajectory = descend(*run.objective, 0.2, landscape.start, max_iterations(30));
        run.label = "derivative-mismatch";
        run.must = {run.label};
        run.may = {any_finding};
      });
    }
    variant = 0;
    for (const double offset : {1e9, 1e12}) {
      for (const Recording recording : {Recording::objective, Recording::log}) {
        add("stalls", ++variant, recording, 8.0, [&](const Landscape& landscape, CorpusRun& run) {
          const ObjectivePointer low = run.objective;
          run.objective = objective_of(
              landscape.start.size(), [low, offset](ConstVectorView x) { return offset + low->value(x); },
              [low](ConstVectorView x, VectorView g) { low->value_and_gradient(x, g); });
          run.trajectory = record(*run.objective, GradientDescent({.line_search = line_searches::armijo()}),
                                  landscape.start, {.stop = max_iterations(500)});
          run.label = "line-search-stall";
          run.must = {run.label};
          run.may = {"rounding-floor", "plateau"};
          if (recording == Recording::objective) {  // the gradient is small beside 1e-6 (1 + |f|)
            run.must.insert("converged-minimum");
            run.also_right = {"converged-minimum"};
          }
          const std::optional<End>& end = run.trajectory.end;
          if (!end || end->end_class != EndClass::breakdown) run.void_reason = "no stall";
        });
      }
    }
  }

 private:
  struct Landscape {
    Vector start;
  };

  // Weights log-spaced from 1/kappa to 1, so that L = 1.
  void add(const std::string& treatment, int variant, Recording recording, double kappa,
           const std::function<void(const Landscape&, CorpusRun&)>& make) {
    const RunName name{family_, treatment, std::to_string(variant), recording};
    collector_.add(name, [this, name, recording, kappa, &make] {
      constexpr Index n = 5;
      RandomEngine engine = engine_of(name);
      Eigen::MatrixXd gaussian(n, n);
      fill_standard_normal(engine, VectorView(gaussian.data(), n * n));
      const Eigen::MatrixXd rows = test::orthogonal_factor(gaussian);
      const Vector centre = random_direction(engine, n);
      Eigen::VectorXd weights(n), t(n);
      for (Index i = 0; i < n; ++i) {
        weights[i] = std::pow(kappa, -static_cast<double>(i) / static_cast<double>(n - 1));
        t[i] = (uniform_unit(engine) < 0.5 ? -1.0 : 1.0) * reach * (0.5 + 0.5 * uniform_unit(engine));
      }
      Landscape landscape{centre};
      landscape.start.view() += rows.transpose() * t;
      const auto value = [rows, weights, centre, phi = function_.value](ConstVectorView x) {
        const Eigen::VectorXd z = rows * (x - centre.view());
        return weights.dot(z.unaryExpr(phi));
      };
      const auto gradient = [rows, weights, centre, slope = function_.slope](ConstVectorView x, VectorView g) {
        const Eigen::VectorXd z = rows * (x - centre.view());
        g = rows.transpose() * weights.cwiseProduct(z.unaryExpr(slope));
      };
      CorpusRun run;
      run.objective = objective_of(n, value, gradient);
      make(landscape, run);
      return finished(recording, std::move(run));
    });
  }

  std::string family_;
  Function function_;
  Collector& collector_;
};

Family family_of(const std::string& name, const Function& function) {
  return {name, "bounded curvature", [function](const std::string& family, Collector& collector) {
            Treatments(family, function, collector).all();
          }};
}

}  // namespace

std::vector<Family> bounded_curvature() {
  return {family_of("arctangent", {arctangent, arctangent_slope}),
          family_of("cauchy-loss", {cauchy, cauchy_slope}),
          family_of("cosine-bowl", {cosine, cosine_slope}),
          family_of("log-cosh", {log_cosh, tanh_of}),
          family_of("pseudo-huber-sum", {pseudo_huber, pseudo_huber_slope}),
          family_of("welsch-loss", {welsch, welsch_slope})};
}

}  // namespace perigee::corpus
