// What a line search costs, in evaluations and in time, and what of the time is its own.
//
// Three fixed sets of searches, the same for every method:
//
//     functions         the six one-dimensional functions of More and Thuente (1994), tables I to VI, each from the
//                       first trials 1e-3, 0.1, 10 and 1000
//     rosenbrock n = 2  the chained Rosenbrock function from 32 points spread over [-2, 2]^n, along -g, first trial
//     and 1000          1/||g||_2
//
// Floor: phi at the same alphas, recorded beforehand, one after the other without any decision in between and, as a
// search gets it, through a virtual call. So (time - floor)/trials is what a search adds to an evaluation.
// Reported per search. `trials` is the mean number of evaluations of a search, beside the one at alpha = 0 that
// everybody has already; `failed` counts the searches of the set that did not end with success.
// The searches have their default options, and strong-wolfe-0.1 the curvature 0.1 of gradient descent.

#include <benchmark/benchmark.h>

#include <perigee/lib/captured_line.hpp>
#include <perigee/lib/line_search.hpp>
#include <perigee/lib/random.hpp>

#include <cmath>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace {

using perigee::LineFunction;
using perigee::LineValue;

struct Search {
  std::unique_ptr<LineFunction> phi;
  LineValue at_zero;
  double first_trial;
};

template <class Phi>
class Function final : public LineFunction {
 public:
  explicit Function(Phi phi) : phi_(phi) {}
  LineValue evaluate(double alpha) override { return phi_(alpha); }

 private:
  Phi phi_;
};

template <class Phi>
void add_function(std::vector<Search>& searches, const Phi& phi) {
  for (const double first_trial : {1e-3, 1e-1, 1e1, 1e3}) {
    searches.push_back({std::make_unique<Function<Phi>>(phi), phi(0.0), first_trial});
  }
}

// Function (5.4), of Yanai, Ozawa and Kaneko (1981).
auto yanai(double first, double second) {
  const double weight_first = std::sqrt(1.0 + first * first) - first;
  const double weight_second = std::sqrt(1.0 + second * second) - second;
  return [=](double a) -> LineValue {
    const double to_one = std::sqrt((1.0 - a) * (1.0 - a) + second * second);
    const double to_zero = std::sqrt(a * a + first * first);
    return {weight_first * to_one + weight_second * to_zero,
            -weight_first * (1.0 - a) / to_one + weight_second * a / to_zero};
  };
}

std::vector<Search> functions() {
  std::vector<Search> searches;
  add_function(searches, [](double a) -> LineValue {
    const double square = a * a + 2.0;
    return {-a / square, (a * a - 2.0) / (square * square)};
  });
  add_function(searches, [](double a) -> LineValue {
    const double c = a + 0.004;
    const double cube = c * c * c;
    return {cube * c * (c - 2.0), cube * (5.0 * c - 8.0)};
  });
  add_function(searches, [](double a) -> LineValue {
    const double b = 0.01;
    const double frequency = 39.0 * 3.141592653589793 / 2.0;
    const double off = a - 1.0;
    const double base = std::abs(off) >= b ? std::abs(off) : off * off / (2.0 * b) + b / 2.0;
    const double slope = off <= -b ? -1.0 : off >= b ? 1.0 : off / b;
    return {base + (1.0 - b) / frequency * std::sin(frequency * a), slope + (1.0 - b) * std::cos(frequency * a)};
  });
  add_function(searches, yanai(1e-3, 1e-3));
  add_function(searches, yanai(1e-2, 1e-3));
  add_function(searches, yanai(1e-3, 1e-2));
  return searches;
}

// Chained Rosenbrock along a line: the point, f, its gradient and the slope, as a solver has to compute them.
class RosenbrockLine final : public LineFunction {
 public:
  RosenbrockLine(std::vector<double> x, std::vector<double> direction)
      : x_(std::move(x)), direction_(std::move(direction)), trial_(x_.size()), gradient_(x_.size()) {}

  LineValue evaluate(double alpha) override {
    for (std::size_t i = 0; i < x_.size(); ++i) trial_[i] = x_[i] + alpha * direction_[i];
    const double value = value_and_gradient(trial_, gradient_);
    double slope = 0.0;
    for (std::size_t i = 0; i < x_.size(); ++i) slope += gradient_[i] * direction_[i];
    return {value, slope};
  }

  static double value_and_gradient(const std::vector<double>& x, std::vector<double>& gradient) {
    double sum = 0.0;
    double from_previous = 0.0;
    for (std::size_t i = 0; i + 1 < x.size(); ++i) {
      const double off_parabola = x[i + 1] - x[i] * x[i];
      const double from_one = 1.0 - x[i];
      sum += 100.0 * off_parabola * off_parabola + from_one * from_one;
      gradient[i] = from_previous - 400.0 * x[i] * off_parabola - 2.0 * from_one;
      from_previous = 200.0 * off_parabola;
    }
    gradient.back() = from_previous;
    return sum;
  }

 private:
  std::vector<double> x_;
  std::vector<double> direction_;
  std::vector<double> trial_;
  std::vector<double> gradient_;
};

std::vector<Search> rosenbrock(std::size_t n) {
  constexpr std::uint64_t point_count = 32;
  std::vector<Search> searches;
  for (std::uint64_t point = 0; point < point_count; ++point) {
    perigee::RandomEngine engine = perigee::RandomSource(11).engine("start", point);
    std::vector<double> x(n);
    for (double& coordinate : x) coordinate = 4.0 * perigee::uniform_unit(engine) - 2.0;
    std::vector<double> direction(n);
    RosenbrockLine::value_and_gradient(x, direction);
    double squared = 0.0;
    for (double& component : direction) {
      squared += component * component;
      component = -component;
    }
    auto line = std::make_unique<RosenbrockLine>(std::move(x), std::move(direction));
    const LineValue at_zero = line->evaluate(0.0);
    searches.push_back({std::move(line), at_zero, 1.0 / std::sqrt(squared)});
  }
  return searches;
}

std::vector<Search> searches_of(const std::string& set) {
  return set == "functions" ? functions() : rosenbrock(set == "rosenbrock-2" ? 2 : 1000);
}

void search(benchmark::State& state, const std::string& method, const std::string& set) {
  const std::vector<Search> searches = searches_of(set);
  const perigee::line_searches::Pointer line_search = perigee::line_searches::parse(method);
  double trials = 0.0;
  double failed = 0.0;
  for (const Search& each : searches) {
    const perigee::LineSearchResult result = line_search->search(*each.phi, each.at_zero, each.first_trial);
    trials += result.trials;
    failed += result.status == perigee::LineSearchStatus::success ? 0.0 : 1.0;
  }
  std::size_t next = 0;
  for (auto _ : state) {
    const Search& each = searches[next];
    benchmark::DoNotOptimize(line_search->search(*each.phi, each.at_zero, each.first_trial).step);
    next = next + 1 == searches.size() ? 0 : next + 1;
  }
  state.counters["trials"] = trials / static_cast<double>(searches.size());
  state.counters["failed"] = failed;
}

void floor_of(benchmark::State& state, const std::string& method, const std::string& set) {
  const std::vector<Search> searches = searches_of(set);
  const perigee::line_searches::Pointer line_search = perigee::line_searches::parse(method);
  std::vector<std::vector<double>> alphas;
  for (const Search& each : searches) {
    perigee::LineRecorder recorder(*each.phi, each.at_zero);
    line_search->search(recorder, each.at_zero, each.first_trial);
    alphas.emplace_back();
    for (std::size_t i = 1; i < recorder.samples().size(); ++i) alphas.back().push_back(recorder.samples()[i].alpha);
  }
  std::size_t next = 0;
  for (auto _ : state) {
    for (const double alpha : alphas[next]) benchmark::DoNotOptimize(searches[next].phi->evaluate(alpha));
    next = next + 1 == searches.size() ? 0 : next + 1;
  }
}

[[maybe_unused]] const bool are_registered = [] {
  for (const std::string set : {"functions", "rosenbrock-2", "rosenbrock-1000"}) {
    for (const std::string method :
         {"armijo", "strong-wolfe", "strong-wolfe(curvature=0.1)", "more-thuente", "hager-zhang", "exact"}) {
      const std::string name = method + "/" + set;
      benchmark::RegisterBenchmark(("floor/" + name).c_str(), floor_of, method, set);
      benchmark::RegisterBenchmark(("search/" + name).c_str(), search, method, set);
    }
  }
  return true;
}();

}  // namespace
