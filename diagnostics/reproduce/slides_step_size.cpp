// The slides' step sizes on quadratics and convex functions: alpha* = g'g/g'Hg is the exact line search, 1/lambda along
// an eigenvector, and descent with alpha <= 1/L stays below ||x_0 - x*||^2/(2 alpha k).
#include <perigee/diagnostics/compare/parallel.hpp>
#include <perigee/diagnostics/reproduce/pictures.hpp>
#include <perigee/diagnostics/reproduce/slides.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/line_search.hpp>
#include <perigee/lib/random.hpp>
#include <perigee/lib/vector.hpp>

#include <algorithm>
#include <cmath>

namespace perigee::reproduce {
namespace {

constexpr Index dimension = 8;

// sum_i lambda_i x_i^2/2, lambda in [0.01, 10]: in its own eigenvectors, as every quadratic is.
struct Quadratic {
  std::vector<double> lambda;
  Vector start = Vector(dimension);
  explicit Quadratic(RandomEngine engine) {
    for (Index i = 0; i < dimension; ++i) lambda.push_back(0.01 * std::pow(1000.0, uniform_unit(engine)));
    fill_standard_normal(engine, start);
  }
  double value(const Vector& x) const {
    double sum = 0.0;
    for (Index i = 0; i < dimension; ++i) sum += 0.5 * lambda[static_cast<std::size_t>(i)] * x[i] * x[i];
    return sum;
  }
  Vector gradient(const Vector& x) const {
    Vector g(dimension);
    for (Index i = 0; i < dimension; ++i) g[i] = lambda[static_cast<std::size_t>(i)] * x[i];
    return g;
  }
  double best_step(const Vector& g) const {
    double curved = 0.0;
    for (Index i = 0; i < dimension; ++i) curved += lambda[static_cast<std::size_t>(i)] * g[i] * g[i];
    return g.view().squaredNorm() / curved;
  }
};

class Along final : public LineFunction {
 public:
  Along(const Quadratic& quadratic, const Vector& x, const Vector& g) : quadratic_(quadratic), x_(x), g_(g) {}
  LineValue evaluate(double alpha) override {
    Vector at = x_;
    at.view() -= alpha * g_.view();
    return {quadratic_.value(at), -quadratic_.gradient(at).view().dot(g_.view())};
  }

 private:
  const Quadratic& quadratic_;
  const Vector& x_;
  const Vector& g_;
};

struct Case {
  double line_search_error = 0.0;  // |alpha of the exact search/alpha* - 1|
  double eigen_error = 0.0;        // |alpha* lambda - 1| with g along an eigenvector
  double bound_ratio = 0.0;        // max_k (f(x_k) - f*) 2 alpha k/||x_0 - x*||^2 on the quadratic, alpha = 1/L
  double huber_ratio = 0.0;        // the same on sqrt(1 + x^2) - 1, L = 1
};

Case examine(RandomEngine engine) {
  const Quadratic quadratic(engine);
  Case result;
  const Vector gradient = quadratic.gradient(quadratic.start);
  const double best = quadratic.best_step(gradient);
  Along along(quadratic, quadratic.start, gradient);
  const LineSearchResult found = line_searches::exact()->search(along, along.evaluate(0.0), 1.0);
  result.line_search_error = std::abs(found.step / best - 1.0);
  for (Index i = 0; i < dimension; ++i) {
    Vector direction(dimension);
    direction[i] = 1.0;
    result.eigen_error =
        std::max(result.eigen_error,
                 std::abs(quadratic.best_step(direction) * quadratic.lambda[static_cast<std::size_t>(i)] - 1.0));
  }
  const double rate = 1.0 / *std::max_element(quadratic.lambda.begin(), quadratic.lambda.end());
  const double distance = quadratic.start.view().squaredNorm();
  Vector x = quadratic.start;
  double y = 20.0 * quadratic.start[0];
  const double huber_distance = y * y;
  for (int k = 1; k <= 1000; ++k) {
    x.view() -= rate * quadratic.gradient(x).view();
    result.bound_ratio = std::max(result.bound_ratio, quadratic.value(x) * 2.0 * rate * k / distance);
    y -= y / std::sqrt(1.0 + y * y);
    const double value = y * y / (1.0 + std::sqrt(1.0 + y * y));
    result.huber_ratio = std::max(result.huber_ratio, value * 2.0 * k / huber_distance);
  }
  return result;
}

// The picture: f = 10 x_1^2 + x_2^2/2 from (0.5, 3) with three rules.
std::vector<double> course(int rule) {
  double x = 0.5;
  double y = 3.0;
  std::vector<double> values;
  for (int k = 0; k <= 100; ++k) {
    values.push_back(10.0 * x * x + 0.5 * y * y);
    const double g = 20.0 * x;
    const double curved = 20.0 * g * g + y * y;
    const double rate = rule == 0 ? 0.005 : rule == 1 ? 0.11 : rule == 2 ? 0.05 : (g * g + y * y) / curved;
    x -= rate * g;
    y -= rate * y;
  }
  return values;
}

Result run(const Options& options) {
  const std::size_t count = sized<std::size_t>(options, 10000, 500);
  const RandomSource random(options.seed);
  std::vector<Case> cases(count);
  for_each_index(count, options.threads, [&](std::size_t i) { cases[i] = examine(random.engine("step-size", i)); });
  Case worst;
  for (const Case& each : cases) {
    worst.line_search_error = std::max(worst.line_search_error, each.line_search_error);
    worst.eigen_error = std::max(worst.eigen_error, each.eigen_error);
    worst.bound_ratio = std::max(worst.bound_ratio, each.bound_ratio);
    worst.huber_ratio = std::max(worst.huber_ratio, each.huber_ratio);
  }
  const std::vector<double> small = course(0);
  const std::vector<double> large = course(1);
  const std::vector<double> safe = course(2);
  const std::vector<double> exact = course(3);
  Result result{.set_up =
                    std::to_string(count) +
                    " random convex quadratics of 8 variables with eigenvalues from 0.01 to 10, and sqrt(1 + x^2) - 1 "
                    "from as many starts; f = 10 x_1^2 + x_2^2/2 from (0.5, 3) for the picture."};
  result.choices = {"The slides state no step sizes for their picture: 0.005, 0.11, 1/L = 0.05 and alpha*."};
  const double bound = std::max(worst.bound_ratio, worst.huber_ratio);
  result.claims = {
      {.id = "optimal-step",
       .printed = "alpha* = g'g/g'Hg is the optimal step along the gradient of a quadratic.",
       .measured =
           "The library's exact line search finds it to " + format_number(worst.line_search_error, 2) + " relative.",
       .value = worst.line_search_error,
       .lower = 0.0,
       .upper = worst.line_search_error,
       .verdict = verdict_if(worst.line_search_error < 1e-6)},
      {.id = "eigenvectors",
       .printed = "alpha* = 1/lambda_max or 1/lambda_min where g is along that eigenvector.",
       .measured = "To " + format_number(worst.eigen_error, 2) + " relative, for every eigenvector.",
       .value = worst.eigen_error,
       .lower = 0.0,
       .upper = worst.eigen_error,
       .verdict = verdict_if(worst.eigen_error < 1e-14)},
      {.id = "rate",
       .printed = "On convex functions with alpha <= 1/L: f(x_k) - f* <= ||x_0 - x*||^2/(2 alpha k).",
       .measured = "At every one of 1000 steps: at most " + format_number(worst.bound_ratio, 3) +
                   " of the bound on the quadratics, " + format_number(worst.huber_ratio, 3) +
                   " on the other function.",
       .value = bound,
       .lower = 0.0,
       .upper = bound,
       .verdict = verdict_if(bound <= 1.0)},
      {.id = "step-sizes",
       .printed = "Too small a step is slow, too large a one jumps around, an adapted one is better.",
       .measured = "Values after 100 steps of 0.005, 0.11, 1/L and alpha*: " + format_number(small.back(), 3) + ", " +
                   format_number(large.back(), 3) + ", " + format_number(safe.back(), 3) + ", " +
                   format_number(exact.back(), 3) + ".",
       .value = exact.back(),
       .verdict =
           verdict_if(exact.back() < safe.back() && safe.back() < small.back() && large.back() > large.front())}};
  Table table{.name = "courses", .columns = {"k", "small", "large", "one_over_l", "optimal"}, .rows = {}};
  std::vector<double> times;
  for (std::size_t k = 0; k < small.size(); ++k) {
    times.push_back(static_cast<double>(k));
    table.rows.push_back({times.back(), small[k], large[k], safe[k], exact[k]});
  }
  Chart chart = chart_over(times, "Step sizes on 10 x\xE2\x82\x81\xC2\xB2 + x\xE2\x82\x82\xC2\xB2/2", "f", "k",
                           Axes::logarithmic_value);
  chart.series = {{.label = "0.005, too small", .values = small, .style = 0},
                  {.label = "0.11, above 2/L", .values = large, .style = 1},
                  {.label = "1/L", .values = safe, .style = 2},
                  {.label = "\xCE\xB1* = g'g/g'Hg", .values = exact, .style = 3}};
  result.tables = {std::move(table)};
  result.pictures = {
      {.name = "",
       .svg = svg_document("Fixed and optimal step sizes", "The slides' ill-conditioned quadratic from (0.5, 3).",
                           {chart_panel(chart)})}};
  return result;
}

}  // namespace

Reproduction slides_step_size() {
  return {.name = "slides-step-size",
          .source = "slides, step size and weaknesses of gradient descent",
          .claim = "alpha* = g'g/g'Hg is the exact line search, and convex descent is below ||x_0 - x*||^2/(2 alpha k)",
          .run = run};
}

}  // namespace perigee::reproduce
