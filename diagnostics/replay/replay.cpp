#include <perigee/diagnostics/replay/replay.hpp>

#include <perigee/diagnostics/compare/parallel.hpp>
#include <perigee/diagnostics/compare/statistics/wilson.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/run.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>

namespace perigee {

namespace {

constexpr double never = std::numeric_limits<double>::infinity();
constexpr double least_budget = 1000.0;
constexpr double greatest_budget = 100000.0;
constexpr double unknown_budget = 10000.0;

// A run and its last point, by which two runs are told apart.
struct Played {
  ReplayRun run;
  Vector x;
};

Played play(const Strategy& strategy, const Fork& fork, double budget, const RandomSource& random) {
  Vector start = strategy.start;
  if (strategy.radius > 0.0) {
    Vector offset(start.size());
    RandomEngine engine = random.engine("replay-perturbation");
    fill_uniform_ball(engine, strategy.radius, offset.view());
    start.view() += offset.view();
  }
  const double target = fork.level - fork.departure;
  const auto true_value = [&](const StepRecord& record, ConstVectorView x) {
    return record.batch_size == 0 ? record.value : strategy.objective->value(x);
  };
  double value = not_measured;
  const StopRule stop([&](const Progress& progress) -> std::optional<End> {
    value = true_value(progress.current, progress.x);
    const double cost = cost_of(progress.current.counts);
    if (cost <= budget && value < target) return End{EndClass::convergence, "left", ""};
    if (cost >= budget) return End{EndClass::budget, "budget", ""};
    return std::nullopt;
  });
  // A method whose steps call no oracle would never spend its budget.
  const auto steps = static_cast<Index>(10.0 * budget);
  const RunResult result = run(*strategy.objective, *strategy.solver, start.view(),
                               {.stop = stop | max_iterations(steps), .random = random});
  Played played{{.iterations = static_cast<double>(result.iterations), .cost = cost_of(result.counts), .value = value},
                result.x};
  ReplayRun& run = played.run;
  if (result.end.id != "left") run.value = strategy.objective->value(result.x.view());
  // A method may end itself at the very iterate that has left.
  const bool has_left = result.end.id == "left" || (run.cost <= budget && run.value < target);
  switch (result.end.end_class) {
    case EndClass::convergence:
      run.end = ReplayEnd::ended;
      break;
    case EndClass::budget:
      run.end = result.end.id == "budget" || result.end.id == "max-iterations" ? ReplayEnd::budget : ReplayEnd::ended;
      break;
    case EndClass::breakdown:
      run.end = ReplayEnd::broke_down;
      break;
  }
  if (has_left) run.end = ReplayEnd::left;
  return played;
}

bool are_the_same(const Played& a, const Played& b) {
  return a.run == b.run && std::equal(a.x.begin(), a.x.end(), b.x.begin(), b.x.end());
}

double chosen_budget(const ReplayOptions& options, const Fork& fork) {
  if (options.budget > 0.0) return options.budget;
  if (!std::isfinite(fork.recorded_cost)) return unknown_budget;
  return std::clamp(2.0 * fork.recorded_cost, least_budget, greatest_budget);
}

void summarize(ReplayRow& row) {
  std::vector<double> iterations;
  std::vector<double> costs;
  for (const ReplayRun& run : row.runs) {
    const bool has_left = run.end == ReplayEnd::left;
    row.left += has_left ? 1 : 0;
    iterations.push_back(has_left ? run.iterations : never);
    costs.push_back(has_left ? run.cost : never);
  }
  if (row.is_deterministic) {
    row.share_low = row.share_high = static_cast<double>(row.left);
    row.iterations = {iterations[0], iterations[0], iterations[0], 1.0};
    row.cost = {costs[0], costs[0], costs[0], 1.0};
    return;
  }
  const auto [low, high] = statistics::wilson_interval(row.left, static_cast<Index>(row.runs.size()));
  row.share_low = low;
  row.share_high = high;
  row.iterations = median_interval(std::move(iterations));
  row.cost = median_interval(std::move(costs));
}

std::vector<Strategy> make_strategies(const Problem& problem, const NamedChoice& baseline, const Fork& fork,
                                      const ReplayOptions& options, std::vector<std::string>& left_out) {
  std::vector<Strategy> strategies;
  if (!options.strategies.empty()) {
    for (const NamedChoice& choice : options.strategies) {
      strategies.push_back(make_strategy(choice, problem, baseline, fork));
    }
    return strategies;
  }
  for (const NamedChoice& choice : default_strategies(problem, baseline, fork)) {
    try {
      strategies.push_back(make_strategy(choice, problem, baseline, fork));
    } catch (const std::invalid_argument& reason) {
      if (choice.name == "baseline") throw;
      left_out.push_back(text_of(choice) + ": " + reason.what());
    }
  }
  return strategies;
}

}  // namespace

std::string_view name_of(ReplayEnd end) {
  switch (end) {
    case ReplayEnd::left:
      return "left";
    case ReplayEnd::budget:
      return "budget";
    case ReplayEnd::ended:
      return "ended";
    case ReplayEnd::broke_down:
      return "broke-down";
  }
  return "";
}

ReplayResult replay(const Problem& problem, const NamedChoice& baseline, const Fork& fork,
                    const ReplayOptions& options) {
  if (options.seeds < 1) {
    throw std::invalid_argument("replay: seeds must be >= 1, got " + std::to_string(options.seeds));
  }
  if (options.threads < 1) throw std::invalid_argument("replay: threads must be >= 1");
  if (!(options.budget == 0.0 || (options.budget >= 1.0 && options.budget <= 1e12))) {
    throw std::invalid_argument("replay: budget must be 0 or in [1, 1e12], got " + format_number(options.budget));
  }
  ReplayResult result;
  result.problem = problem.name;
  result.baseline = text_of(baseline);
  result.fork = fork;
  result.budget = chosen_budget(options, fork);
  result.seeds = options.seeds;
  result.seed = options.seed;
  result.learning_rate = reference_step(problem, baseline);
  const std::vector<Strategy> strategies = make_strategies(problem, baseline, fork, options, result.left_out);

  // Every run has its own slot, so the order in which threads finish cannot matter.
  const auto seeds = static_cast<std::size_t>(options.seeds);
  const std::size_t first_runs = std::min<std::size_t>(2, seeds);
  std::vector<std::vector<Played>> played(strategies.size(), std::vector<Played>(seeds));
  const auto play_all = [&](const std::vector<std::pair<std::size_t, std::size_t>>& jobs) {
    for_each_index(jobs.size(), options.threads, [&](std::size_t job) {
      const auto& [strategy, seed] = jobs[job];
      played[strategy][seed] = play(strategies[strategy], fork, result.budget, RandomSource(options.seed, seed));
    });
  };
  std::vector<std::pair<std::size_t, std::size_t>> jobs;
  for (std::size_t s = 0; s < strategies.size(); ++s) {
    for (std::size_t k = 0; k < first_runs; ++k) jobs.emplace_back(s, k);
  }
  play_all(jobs);
  jobs.clear();
  for (std::size_t s = 0; s < strategies.size(); ++s) {
    ReplayRow row{.strategy = strategies[s].name};
    row.is_deterministic = seeds > 1 && are_the_same(played[s][0], played[s][1]);
    result.rows.push_back(std::move(row));
    for (std::size_t k = first_runs; k < seeds && !result.rows[s].is_deterministic; ++k) jobs.emplace_back(s, k);
  }
  play_all(jobs);
  for (std::size_t s = 0; s < strategies.size(); ++s) {
    const std::size_t runs = result.rows[s].is_deterministic ? 1 : seeds;
    for (std::size_t k = 0; k < runs; ++k) result.rows[s].runs.push_back(played[s][k].run);
    summarize(result.rows[s]);
  }
  return result;
}

const ReplayRow* cheapest(const ReplayResult& result) {
  const ReplayRow* best = nullptr;
  for (const ReplayRow& row : result.rows) {
    if (std::isfinite(row.cost.median) && (best == nullptr || row.cost.median < best->cost.median)) best = &row;
  }
  return best;
}

}  // namespace perigee
