#include <perigee/diagnostics/compare/campaign.hpp>

#include <perigee/diagnostics/compare/fixed_rate.hpp>
#include <perigee/diagnostics/compare/run_tracker.hpp>
#include <perigee/diagnostics/diagnose.hpp>
#include <perigee/diagnostics/stationary_point.hpp>
#include <perigee/lib/ensemble.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/lib/simd_target.hpp>
#include <perigee/lib/version.hpp>
#include <perigee/solvers/guided/all_solvers.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <stdexcept>

namespace perigee {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// Why something does not fit; empty: it does.
template <class Action>
std::string refusal_of(Action action) {
  try {
    action();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return {};
}

std::string settings_text(const Solver& solver) {
  std::string text;
  for (const auto& [name, value] : solver.settings()) text += (text.empty() ? "" : "; ") + name + "=" + value;
  return text;
}

}  // namespace

Campaign::Campaign(CampaignOptions options) : options_(std::move(options)) {
  check(options_);
  options_.relative_cases.clear();
  std::map<std::string, std::size_t> known;
  for (const NamedChoice& solver : options_.solvers) {
    // What is wrong for every problem is wrong now.
    const solvers::Entry entry = all_solvers::entry_named(solver.name);
    (void)Parameters(solver.name, entry.parameters, solver.assignments);
  }
  for (const CampaignCase& one : options_.cases) {
    const auto [place, is_new] = known.try_emplace(text_of(one.problem), problems_.size());
    if (is_new) add_problem(one.problem);
    problem_of_case_.push_back(place->second);
    const Problem& problem = *problems_[place->second];
    starts_.emplace_back(problem, one.start);
    if (!problem.optimal_value) options_.relative_cases.push_back(static_cast<Index>(problem_of_case_.size()) - 1);
    escapes_.push_back(escape_rule(problem, starts_.back(), options_));
  }
  note_groups();
}

void Campaign::add_problem(const NamedChoice& choice) {
  problems_.push_back(std::make_unique<Problem>(problems::make(choice.name, choice.assignments)));
  const Problem& problem = *problems_.back();
  if (!problem.optimal_value && options_.traces == Traces::none) {
    throw std::invalid_argument("compare: the optimal value of problem '" + problem.name +
                                "' must be known, or traces be kept (--traces), got neither");
  }
  for (const NamedChoice& solver : options_.solvers) {
    solvers_.emplace_back();
    refusals_.push_back(
        refusal_of([&] { solvers_.back() = all_solvers::make(solver.name, solver.assignments, problem); }));
  }
}

void Campaign::note_groups() {
  options_.notes.clear();
  const std::size_t solvers = options_.solvers.size();
  std::vector<bool> draws;
  for (const NamedChoice& solver : options_.solvers) {
    draws.push_back(all_solvers::entry_named(solver.name).randomness != solvers::Randomness::none);
  }
  std::vector<bool> fits(solvers, false);
  for (std::size_t group = 0; group < options_.cases.size() * solvers; ++group) {
    const StartText& start = starts_[group / solvers];
    const std::size_t made = problem_of_case_[group / solvers] * solvers + group % solvers;
    std::string refusal = refusals_[made];
    if (solvers_[made]) {
      refusal = refusal_of([&] {
        Oracle oracle(*problems_[problem_of_case_[group / solvers]]->objective);
        (void)solvers_[made]->start(oracle, start.at(0), RandomSource(0));
      });
    }
    if (!refusal.empty()) {
      options_.notes.push_back({static_cast<Index>(group), GroupKind::not_applicable, std::move(refusal)});
      continue;
    }
    fits[group % solvers] = true;
    if (start.is_fixed() && !draws[group % solvers]) {
      options_.notes.push_back({static_cast<Index>(group), GroupKind::single, {}});
    }
  }
  for (std::size_t s = 0; s < solvers; ++s) {
    if (fits[s]) continue;
    throw std::invalid_argument("compare: a solver must fit one case at least, got '" + text_of(options_.solvers[s]) +
                                "': " + note_of(options_, static_cast<Index>(s))->reason);
  }
}

const Problem& Campaign::problem_at(const RunPlace& place) const {
  return *problems_[problem_of_case_[static_cast<std::size_t>(place.case_index)]];
}

const Solver& Campaign::solver_at(const RunPlace& place) const {
  return *solvers_[problem_of_case_[static_cast<std::size_t>(place.case_index)] * options_.solvers.size() +
                   static_cast<std::size_t>(place.solver)];
}

const StartText& Campaign::start_at(const RunPlace& place) const {
  return starts_[static_cast<std::size_t>(place.case_index)];
}

RunConfiguration Campaign::configuration() const {
  RunConfiguration configuration;
  auto& entries = configuration.entries;
  entries.emplace_back("version", version());
  entries.emplace_back("compiler", __VERSION__);
  entries.emplace_back("simd_target", simd_target());
  for (auto& entry : entries_of(options_)) entries.push_back(std::move(entry));
  for (std::size_t i = 0; i < solvers_.size(); ++i) {
    if (!solvers_[i]) continue;
    const auto of_problem = std::find(problem_of_case_.begin(), problem_of_case_.end(), i / options_.solvers.size());
    const auto first_case = static_cast<std::size_t>(of_problem - problem_of_case_.begin());
    const std::string place = "settings of solver " + std::to_string(i % options_.solvers.size()) + " on " +
                              text_of(options_.cases[first_case].problem);
    entries.emplace_back(place, settings_text(*solvers_[i]));
  }
  return configuration;
}

std::vector<double> Campaign::target_values(const RunPlace& place, const Vector& x0) const {
  const Problem& problem = problem_at(place);
  const Vector& base = start_at(place).base();
  const double best = problem.optimal_value.value_or(not_measured);  // then no value is low enough
  const double height = problem.objective->value(base.size() > 0 ? base : x0) - best;
  std::vector<double> values;
  for (const double target : options_.targets) values.push_back(best + target * height);
  return values;
}

std::optional<RunRow> Campaign::run(Index run, const std::function<bool()>& cancelled) const {
  const RunPlace place = place_of(options_, run);
  const Problem& problem = problem_at(place);
  const Solver& solver = solver_at(place);
  const RandomSource random(static_cast<std::uint64_t>(place.seed));
  const Vector x0 = start_at(place).at(random.seed());
  RunTracker tracker(*problem.objective, options_.weights, target_values(place, x0),
                     escapes_[static_cast<std::size_t>(place.case_index)], options_.traces);
  Recorder recorder({}, probe_of(problem));
  std::vector<Observer*> observers{&tracker};
  if (options_.judgement == Judgement::diagnosis) observers.push_back(&recorder);

  const Clock::time_point started = Clock::now();
  const RunResult result = perigee::run(*problem.objective, solver, x0,
                                        {.stop = tracker.stop_rule(options_.budget, options_.seconds, cancelled),
                                         .random = random,
                                         .observers = observers});
  if (result.end.id == cancelled_id) return std::nullopt;
  RunRow row = tracker.row();
  row.seconds = seconds_since(started);
  row.run = run;
  row.end_class = result.end.end_class;
  row.end_id = result.end.id;
  row.counts = result.counts;  // with what a step that led nowhere has cost
  row.cost = cost_of(result.counts, options_.weights);

  if (options_.judgement != Judgement::none) {
    const PointJudgement judged = judge_point(*problem.objective, result.x, random);
    row.point = name_of(judged.point_class);
    if (judged.degeneracy != Degeneracy::none) row.point += "/" + std::string(name_of(judged.degeneracy));
  }
  if (options_.judgement == Judgement::diagnosis) {
    annotate(recorder.trajectory(), problem, solver);
    for (const Finding& finding :
         diagnose(recorder.trajectory(), problem.objective.get(), {.random = random}).findings) {
      row.findings += (row.findings.empty() ? "" : ",") + finding.id;
    }
  }
  return row;
}

bool Campaign::runs_in_lanes(Index run) const {
  const RunPlace place = place_of(options_, run);
  return options_.targets.size() == 1 && std::isinf(options_.seconds) && options_.traces == Traces::none &&
         options_.judgement == Judgement::none && start_at(place).base().size() > 0 &&
         fixed_rate(solver_at(place)).has_value();
}

std::vector<RunRow> Campaign::run_many(std::span<const Index> runs, const std::function<bool()>& cancelled) const {
  if (!runs.empty() && runs_in_lanes(runs.front())) return run_lanes(runs, cancelled);
  std::vector<RunRow> rows;
  rows.reserve(runs.size());
  for (const Index place : runs) {
    std::optional<RunRow> row = run(place, cancelled);
    if (!row) return rows;
    rows.push_back(*std::move(row));
  }
  return rows;
}

std::vector<RunRow> Campaign::run_lanes(std::span<const Index> runs, const std::function<bool()>& cancelled) const {
  const RunPlace group = place_of(options_, runs.front());
  const Problem& problem = problem_at(group);
  const StartText& start = start_at(group);
  // After k steps k + 1 gradients have been taken; the run goes on while they cost less than the budget.
  const double steps = std::ceil(options_.budget / options_.weights.gradient) - 1.0;
  const double target = target_values(group, start.base()).front();
  const Clock::time_point started = Clock::now();
  const EscapeRule& escape = escapes_[static_cast<std::size_t>(group.case_index)];
  const EnsembleResult result = run_ensemble(
      *problem.objective, static_cast<Index>(runs.size()),
      [&](Index i, VectorView x) {
        x = start.at(static_cast<std::uint64_t>(place_of(options_, runs[static_cast<std::size_t>(i)]).seed)).view();
      },
      {.learning_rate = *fixed_rate(solver_at(group)),
       .max_iterations = static_cast<Index>(steps),
       .escape_value = escape.value,
       .escape_from = {escape.saddle.begin(), escape.saddle.end()},
       .escape_distance = escape.distance,
       .stop_value = target,
       .cancelled = cancelled});
  const double seconds = seconds_since(started) / static_cast<double>(runs.size());

  std::vector<RunRow> rows;
  rows.reserve(runs.size());
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const RunSummary& summary = result.runs[i];
    if (summary.end == LaneEnd::running) continue;  // cancelled
    RunRow& row = rows.emplace_back();
    row.run = runs[i];
    row.iterations = summary.iterations;
    row.value = summary.value;
    row.gradient_norm = summary.gradient_norm;
    row.counts.gradients = static_cast<std::uint64_t>(summary.iterations) + 1;
    row.seconds = seconds;
    row.escape_iteration = summary.escape_time;
    row.escape_cost = options_.weights.gradient * (summary.escape_time + 1.0);
    row.hits = {not_measured};
    row.end_class = EndClass::budget;
    row.end_id = "cost-budget";
    if (summary.end == LaneEnd::stop_value) {
      row.end_class = EndClass::convergence;
      row.end_id = "value-target";
      row.hits = {cost_of(row.counts, options_.weights)};
    }
    if (summary.end == LaneEnd::non_finite) {
      row.end_class = EndClass::breakdown;
      row.end_id = "non-finite";
      // Where the start is finite, one more gradient was taken, at the point that was not.
      if (std::isfinite(summary.value) && std::isfinite(summary.gradient_norm)) ++row.counts.gradients;
    }
    row.cost = cost_of(row.counts, options_.weights);
  }
  return rows;
}

}  // namespace perigee
