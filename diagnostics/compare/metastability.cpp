#include <perigee/diagnostics/compare/metastability.hpp>

#include <perigee/diagnostics/compare/statistics/exponential_rate.hpp>
#include <perigee/diagnostics/compare/statistics/restart_cost.hpp>
#include <perigee/diagnostics/compare/statistics/wilson.hpp>
#include <perigee/diagnostics/compare/together_words.hpp>
#include <perigee/diagnostics/noise_floor.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

namespace perigee {

namespace {

using statistics::CensoredTime;
using statistics::Outcome;

constexpr std::size_t most_points = 4096;
constexpr double passages_in_stay = 3.0;
constexpr double rejection_level = 0.05;
constexpr Index most_simulated = 2'000'000;  // times, for that test
constexpr Index fewest_departures = 5;       // for a test of the law of their times

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The stays at one level that say something about leaving it.
struct LevelTimes {
  std::vector<CensoredTime> times;
  std::vector<double> limits;
  std::set<std::size_t> curves;
  bool all_arrive = true;  // at the best level, those that left
};

double shortest_stay(const LevelReading& reading, std::size_t level) {
  std::vector<double> passages;
  for (const Stay& stay : reading.stays) {
    if (stay.level == level && !std::isnan(stay.passage)) passages.push_back(stay.passage);
  }
  const double usual = passages.empty() ? 0.0 : median_of(std::move(passages));
  return passages_in_stay * std::max(usual, reading.spacing);
}

LevelTimes times_at(const LevelReading& reading, std::size_t level, double shortest,
                    std::span<const RunCourse* const> courses) {
  LevelTimes result;
  for (std::size_t i = 0; i < reading.stays.size(); ++i) {
    const Stay& stay = reading.stays[i];
    const bool is_last = std::isnan(stay.passage);
    const double time = stay.end - stay.begin - shortest;
    if (stay.level != level || !(time > 0.0) || (is_last && courses[stay.curve]->is_at_rest)) continue;
    const bool has_left = !is_last && stay.next < level;
    result.times.push_back({time, has_left ? Outcome::event : Outcome::censored});
    const double until_end = courses[stay.curve]->values.time.back() - stay.begin - shortest;
    result.limits.push_back(has_left ? std::max(time, until_end) : time);
    result.curves.insert(stay.curve);
    if (!has_left) continue;
    bool arrives = false;
    for (std::size_t k = i; k < reading.stays.size() && reading.stays[k].curve == stay.curve; ++k) {
      arrives = arrives || reading.stays[k].level == 0;
    }
    result.all_arrive = result.all_arrive && arrives;
  }
  return result;
}

// When each run was first at the best level.
std::vector<CensoredTime> arrivals(const LevelReading& reading, std::span<const RunCourse* const> courses) {
  std::vector<CensoredTime> times;
  for (const RunCourse* course : courses) {
    times.push_back({course->values.time.back() - course->values.time.front(), Outcome::censored});
  }
  // What ended there had arrived at the end at the latest.
  for (const std::size_t end : reading.levels.front().ends) times[end].outcome = Outcome::event;
  for (const Stay& stay : reading.stays) {
    if (stay.level != 0) continue;
    CensoredTime& arrival = times[stay.curve];
    arrival.outcome = Outcome::event;
    arrival.time = std::min(arrival.time, std::max(0.0, stay.begin - courses[stay.curve]->values.time.front()));
  }
  return times;
}

RestartAdvice advice_for(const TogetherLevel& level, const BoundedNumber& restart, bool all_arrive) {
  if (level.ends.empty() || !std::isfinite(restart.value)) return RestartAdvice::none;
  if (level.at_rest == static_cast<Index>(level.ends.size())) return RestartAdvice::restart;
  if (std::isnan(level.remaining.lower)) return RestartAdvice::none;
  if (restart.upper < level.remaining.lower && level.leaving != LeavingRate::rising) return RestartAdvice::restart;
  const bool may_wait = all_arrive && level.left > 0 && level.leaving != LeavingRate::falling;
  if (may_wait && level.remaining.upper < restart.lower) return RestartAdvice::wait;
  return RestartAdvice::undecided;
}

void read_rate(const LevelTimes& times, double spacing, const RandomSource& random, TogetherLevel& level) {
  const statistics::ExponentialRate rate = statistics::exponential_rate(times.times);
  level.total_time = rate.total_time;
  level.rate = {rate.rate, rate.interval.lower, rate.interval.upper};
  level.remaining = {1.0 / rate.rate, 1.0 / rate.interval.upper, 1.0 / rate.interval.lower};
  if (rate.events < fewest_departures) return;
  const auto stays = static_cast<Index>(times.times.size());
  const statistics::ExponentialityTest test = statistics::exponentiality_test(
      times.times, times.limits, random,
      {.resamples = std::clamp<Index>(most_simulated / stays, 99, 999), .spacing = spacing});
  level.exponential_p = test.p_value;
  level.leaving = test.p_value > rejection_level ? LeavingRate::constant
                  : test.mean_time_on_test > 0.5 ? LeavingRate::rising
                                                 : LeavingRate::falling;
}

TogetherLevel level_of(const LevelReading& reading, std::size_t place, std::span<const RunCourse* const> courses,
                       const std::vector<Index>& places) {
  const ValueLevel& read = reading.levels[place];
  TogetherLevel level;
  level.value = read.value;
  level.lowest = read.lowest;
  level.highest = read.highest;
  for (const std::size_t end : read.ends) {
    level.ends.push_back(places[end]);
    level.at_rest += courses[end]->is_at_rest ? 1 : 0;
  }
  return level;
}

bool is_one_method(std::span<const RunCourse> courses) {
  return std::all_of(courses.begin(), courses.end(),
                     [&courses](const RunCourse& course) { return course.method == courses.front().method; });
}

}  // namespace

RunCourse course_of(const Trajectory& trajectory, const Diagnosis& diagnosis) {
  RunCourse course;
  course.problem = trajectory.problem;
  course.method = trajectory.solver;
  for (const auto& [name, value] : trajectory.settings) {
    if (!is_one_of(name, {"seed", "start"})) course.method += '\n' + name + '=' + value;
  }
  course.optimal_value = trajectory.optimal_value;
  const Series values = value_series(trajectory);
  course.values = block_medians(values, (values.size() + most_points - 1) / most_points);
  course.is_broken = values.empty() || !std::isfinite(trajectory.records.back().value);
  for (const char* id : {"divergence", "non-finite"}) {
    course.is_broken = course.is_broken || find_finding(diagnosis, id) != nullptr;
  }
  for (const Phase& phase : diagnosis.phases) {
    if (!is_one_of(phase.kind, {"plateau", "gravity-well", "saddle-passage", "noise-floor"})) continue;
    course.standstills.push_back({static_cast<double>(phase.first), static_cast<double>(phase.last)});
  }
  course.is_at_rest = !diagnosis.phases.empty() && !has_noise(trajectory) &&
                      is_one_of(diagnosis.phases.back().kind, {"converged", "rounding-floor", "stuck"});
  return course;
}

Together read_together(std::span<const RunCourse> courses, const RandomSource& random) {
  Together together;
  std::vector<const RunCourse*> sound;
  std::vector<Index> places;  // of the sound ones
  std::vector<Curve> curves;
  for (std::size_t i = 0; i < courses.size(); ++i) {
    together.runs.push_back(static_cast<Index>(i));
    if (courses[i].is_broken) {
      ++together.broken;
      continue;
    }
    sound.push_back(&courses[i]);
    places.push_back(static_cast<Index>(i));
    curves.push_back({&courses[i].values, courses[i].standstills});
  }
  if (courses.empty()) return together;
  together.problem = courses.front().problem;
  together.is_one_method = is_one_method(courses);
  const LevelReading reading = read_levels(curves);
  together.moving = static_cast<Index>(reading.moving.size());
  const auto runs = static_cast<Index>(courses.size());
  const bool has_rates = together.is_one_method && runs >= fewest_runs_for_rates;
  if (has_rates && reading.levels.size() > 1 && reading.has_stays) {
    std::vector<CensoredTime> times = arrivals(reading, sound);
    // A run that broke down would not have arrived with a greater budget either (statistics/censored.hpp).
    const double longest = std::max_element(times.begin(), times.end(), [](const auto& a, const auto& b) {
                             return a.time < b.time;
                           })->time;
    times.resize(courses.size(), {longest, Outcome::censored});
    const statistics::RestartCost cost = statistics::restart_cost(times);
    const statistics::Interval interval = statistics::restart_cost_interval(times, random);
    together.restart_cost = {cost.cost, interval.lower, interval.upper};
    together.restart_cutoff = cost.cutoff;
  }
  for (std::size_t j = 0; j < reading.levels.size(); ++j) {
    TogetherLevel level = level_of(reading, j, sound, places);
    if (has_rates) {
      const auto ends = static_cast<Index>(level.ends.size());
      const statistics::Interval share = statistics::wilson_interval(ends, runs);
      level.share = {static_cast<double>(ends) / static_cast<double>(runs), share.lower, share.upper};
    }
    if (j > 0 && reading.has_stays) {
      level.shortest_stay = shortest_stay(reading, j);
      const LevelTimes times = times_at(reading, j, level.shortest_stay, sound);
      level.stays = static_cast<Index>(times.times.size());
      for (const CensoredTime& time : times.times) level.left += time.outcome == Outcome::event ? 1 : 0;
      if (has_rates && static_cast<Index>(times.curves.size()) >= fewest_runs_for_rates) {
        read_rate(times, reading.spacing, random, level);
      }
      level.advice = advice_for(level, together.restart_cost, times.all_arrive);
    }
    together.levels.push_back(std::move(level));
  }
  const std::optional<double>& optimum = courses.front().optimal_value;
  together.sentences = together_words(together, {.optimal_value = optimum.value_or(not_measured),
                                                 .usual_range = reading.usual_range,
                                                 .best_fall = reading.best_fall});
  return together;
}

std::vector<Together> read_together_by_problem(std::span<const RunCourse> courses, const RandomSource& random) {
  std::vector<std::pair<std::string, std::vector<std::size_t>>> groups;
  for (std::size_t i = 0; i < courses.size(); ++i) {
    auto group =
        std::find_if(groups.begin(), groups.end(), [&](const auto& one) { return one.first == courses[i].problem; });
    if (group == groups.end()) group = groups.insert(groups.end(), {courses[i].problem, {}});
    group->second.push_back(i);
  }
  std::vector<Together> all;
  for (const auto& [problem, members] : groups) {
    if (members.size() < 2) continue;
    std::vector<RunCourse> chosen;
    for (const std::size_t member : members) chosen.push_back(courses[member]);
    Together together = read_together(chosen, random);
    const auto replace = [&members = members](Index& place) {
      place = static_cast<Index>(members[static_cast<std::size_t>(place)]);
    };
    std::for_each(together.runs.begin(), together.runs.end(), replace);
    for (TogetherLevel& level : together.levels) std::for_each(level.ends.begin(), level.ends.end(), replace);
    all.push_back(std::move(together));
  }
  return all;
}

}  // namespace perigee
