#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/asr_bandits.hpp>
#include <perigee/lib/random.hpp>
#include <perigee/lib/transforms/softmax.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace perigee::problems {

AsrBandits::AsrBandits(AsrBanditsOptions options) : options_(std::move(options)) {
  if (options_.gaps.empty()) throw std::invalid_argument("AsrBandits: there must be at least one state, got none");
  if (options_.levels.empty() || options_.levels.size() % asr_actions != 0) {
    throw std::invalid_argument("AsrBandits: levels must be three numbers for each time, got " +
                                std::to_string(options_.levels.size()));
  }
  for (const double gap : options_.gaps) {
    if (!(gap > 0.0 && std::isfinite(gap))) {
      throw std::invalid_argument("AsrBandits: gaps must be > 0 and finite, got " + format_number(gap));
    }
  }
  for (Index t = 0; t < term_count(); ++t) {
    for (Index s = 0; s < state_count(); ++s) {
      const double gap = actual_gap(t, s);
      if (!(gap >= 0.0 && std::isfinite(gap))) {
        throw std::invalid_argument("AsrBandits: action 0 must be the best at every time, got the gap " +
                                    format_number(gap) + " at time " + std::to_string(t));
      }
    }
  }
  // f_t is linear in the rewards, so its mean over time is a bandit with the mean rewards.
  const auto horizon = static_cast<double>(term_count());
  for (Index s = 0; s < state_count(); ++s) {
    std::vector<double> means(asr_actions, 0.0);
    for (Index t = 0; t < term_count(); ++t) {
      for (Index a = 0; a < asr_actions; ++a) means[static_cast<std::size_t>(a)] += reward(t, s, a) / horizon;
    }
    mean_bandits_.emplace_back(std::move(means));
  }
}

double AsrBandits::value_and_gradient(ConstVectorView theta, VectorView gradient) const {
  const auto states = static_cast<double>(state_count());
  double sum = 0.0;
  for (Index s = 0; s < state_count(); ++s) {
    const ConstVectorView here(theta.data() + asr_actions * s, asr_actions);
    sum += bandit_of(s).value_and_gradient(here, VectorView(gradient.data() + asr_actions * s, asr_actions));
  }
  gradient /= states;
  return sum / states;
}

void AsrBandits::hessian_vector_product(ConstVectorView theta, ConstVectorView v, VectorView product) const {
  for (Index s = 0; s < state_count(); ++s) {
    const Index first = asr_actions * s;
    bandit_of(s).hessian_vector_product(ConstVectorView(theta.data() + first, asr_actions),
                                        ConstVectorView(v.data() + first, asr_actions),
                                        VectorView(product.data() + first, asr_actions));
  }
  product /= static_cast<double>(state_count());
}

double AsrBandits::reward(Index time, Index state, Index action) const {
  const double level = options_.levels[static_cast<std::size_t>(asr_actions * time + action)];
  return action == 0 ? level + options_.gaps[static_cast<std::size_t>(state)] : level;
}

double AsrBandits::actual_gap(Index time, Index state) const {
  return reward(time, state, 0) - std::max(reward(time, state, 1), reward(time, state, 2));
}

void AsrBandits::policy(ConstVectorView theta, VectorView pi) const {
  for (Index first = 0; first < dimension(); first += asr_actions) {
    transforms::softmax(ConstVectorView(theta.data() + first, asr_actions), VectorView(pi.data() + first, asr_actions));
  }
}

double AsrBandits::add_term(Index time, ConstVectorView theta, VectorView gradient) const {
  const auto states = static_cast<double>(state_count());
  double sum = 0.0;
  std::array<double, asr_actions> pi{};
  for (Index s = 0; s < state_count(); ++s) {
    transforms::softmax(ConstVectorView(theta.data() + asr_actions * s, asr_actions), pi);
    const Index reference = std::max_element(pi.begin(), pi.end()) - pi.begin();
    // Relative to the most probable action, where the plain differences cancel.
    double shortfall = 0.0;
    for (Index a = 0; a < asr_actions; ++a) {
      const double probability = pi[static_cast<std::size_t>(a)];
      sum += probability * (reward(time, s, 0) - reward(time, s, a));
      shortfall += probability * (reward(time, s, reference) - reward(time, s, a));
    }
    for (Index a = 0; a < asr_actions; ++a) {
      gradient[asr_actions * s + a] +=
          pi[static_cast<std::size_t>(a)] * ((reward(time, s, reference) - reward(time, s, a)) - shortfall) / states;
    }
  }
  return sum / states;
}

std::vector<double> sinusoidal_levels(Index horizon, double level, double amplitude,
                                      const std::vector<double>& periods) {
  if (horizon < 1)
    throw std::invalid_argument("sinusoidal_levels: horizon must be >= 1, got " + std::to_string(horizon));
  if (!(amplitude >= 0.0)) {
    throw std::invalid_argument("sinusoidal_levels: amplitude must be >= 0, got " + format_number(amplitude));
  }
  std::vector<double> levels;
  for (Index t = 0; t < horizon; ++t) {
    for (const double period : periods) {
      if (!(period > 0.0)) {
        throw std::invalid_argument("sinusoidal_levels: periods must be > 0, got " + format_number(period));
      }
      const double phase = 2.0 * std::numbers::pi * static_cast<double>(t) / period;
      levels.push_back(level - 0.5 * amplitude * (1.0 + std::sin(phase)));
    }
  }
  return levels;
}

Trajectory follow_asr_bandits(const AsrBandits& bandits, ConstVectorView start, double learning_rate, Index steps) {
  if (start.size() != bandits.dimension()) {
    throw std::invalid_argument("follow_asr_bandits: start must have length " + std::to_string(bandits.dimension()) +
                                ", got " + std::to_string(start.size()));
  }
  if (!(learning_rate > 0.0 && std::isfinite(learning_rate))) {
    throw std::invalid_argument("follow_asr_bandits: learning_rate must be > 0 and finite, got " +
                                format_number(learning_rate));
  }
  if (steps < 0) throw std::invalid_argument("follow_asr_bandits: steps must be >= 0, got " + std::to_string(steps));
  const auto states = static_cast<double>(bandits.state_count());
  Trajectory trajectory;
  trajectory.problem = "asr-bandits";
  for (const char* name : {"pi_0", "pi_1", "pi_2", "gap", "escaped"}) {
    trajectory.columns.push_back({name, {}});
  }
  Vector theta(bandits.dimension()), gradient(bandits.dimension()), pi(bandits.dimension());
  theta.view() = start;
  for (Index k = 0; k <= steps; ++k) {
    const Index time = k % bandits.term_count();
    StepRecord record;
    record.iteration = k;
    record.kind = k == 0 ? StepKind::initial : StepKind::step;
    record.batch_size = 1;
    if (k > 0) {
      record.step_size = states * learning_rate;
      record.step_norm = record.step_size * gradient.view().norm();
      theta.view() -= record.step_size * gradient.view();
    }
    gradient.view().setZero();
    record.value = bandits.add_term(time, theta, gradient);
    record.gradient_norm = gradient.view().norm();
    record.counts.gradients = static_cast<decltype(record.counts.gradients)>(k + 1);
    trajectory.records.push_back(record);

    bandits.policy(theta, pi);
    std::array<double, 5> sums{};
    for (Index s = 0; s < bandits.state_count(); ++s) {
      const double gap = bandits.actual_gap(time, s);
      double regret = 0.0;
      for (Index a = 0; a < asr_actions; ++a) {
        const double probability = pi[asr_actions * s + a];
        sums[static_cast<std::size_t>(a)] += probability;
        regret += probability * (bandits.reward(time, s, 0) - bandits.reward(time, s, a));
      }
      sums[3] += gap;
      sums[4] += regret < 0.9 * gap ? 1.0 : 0.0;
    }
    for (std::size_t i = 0; i < sums.size(); ++i) trajectory.columns[i].values.push_back(sums[i] / states);
  }
  return trajectory;
}

namespace {

Problem make_asr_bandits(const Parameters& parameters) {
  AsrBanditsOptions options;
  const Index states = parameters.integer("states");
  const double least = parameters.real("least_gap");
  const double greatest = std::max(least, parameters.real("greatest_gap"));
  for (Index s = 0; s < states; ++s) {
    const double share = states == 1 ? 0.0 : static_cast<double>(s) / static_cast<double>(states - 1);
    options.gaps.push_back(least + share * (greatest - least));
  }
  const double amplitude = parameters.real("amplitude");
  options.levels = sinusoidal_levels(parameters.integer("horizon"), 0.5, amplitude, {50.0, 70.0, 110.0});
  const auto bandits = std::make_shared<AsrBandits>(std::move(options));
  Problem problem;
  problem.name = "asr-bandits";
  problem.summary = "softmax bandits in several states, with rewards that change in time; a term is a time";
  problem.why_hard =
      "the wells of softmax bandits, deeper the wider the first parameters are spread, in a landscape that moves";
  problem.objective = bandits;
  const RandomSource source(static_cast<std::uint64_t>(parameters.integer("instance")));
  const auto normal = [n = bandits->dimension()](double deviation) {
    return [n, deviation](RandomEngine& engine) {
      Vector theta(n);
      fill_standard_normal(engine, theta);
      theta.view() *= deviation;
      return theta;
    };
  };
  const double deviation = parameters.real("deviation");
  problem.random_start = normal(deviation);
  const auto add_start = [&](const char* name, double width) {
    RandomEngine engine = source.engine("first-parameters");  // the same draws, of different widths
    problem.starts.push_back({name, normal(width)(engine)});
  };
  add_start("normal", deviation);
  add_start("normal-high", 4.0);
  add_start("normal-low", 0.5);
  problem.starts.push_back({"uniform", Vector(bandits->dimension())});
  problem.optimal_value = 0.0;
  // Per state 5/2 (max r - min r), as for softmax-bandit, and the mean over the states.
  const double range = greatest + amplitude;
  problem.gradient_lipschitz = 2.5 * range / static_cast<double>(states);
  problem.suggested_step = 0.4 * static_cast<double>(states) / std::max(1.0, range);
  return problem;
}

}  // namespace

Entry asr_bandits() {
  return {.name = "asr-bandits",
          .family = "policies",
          .summary = "softmax bandits with rewards that change in time (Dou et al. 2022)",
          .parameters = {{.name = "states",
                          .kind = ParameterKind::integer,
                          .default_value = "10",
                          .least = 1,
                          .greatest = 1e5,
                          .summary = "S, each with three actions"},
                         {.name = "least_gap",
                          .default_value = "0.25",
                          .least = 1e-6,
                          .greatest = 1e6,
                          .summary = "Delta of the first state, at least amplitude"},
                         {.name = "greatest_gap",
                          .default_value = "0.45",
                          .least = 1e-6,
                          .greatest = 1e6,
                          .summary = "Delta of the last state; evenly spaced between"},
                         {.name = "amplitude",
                          .default_value = "0.2",
                          .least = 0,
                          .greatest = 1e6,
                          .summary = "b_i(t) swings between 0.5 - amplitude and 0.5, with periods 50, 70, 110"},
                         {.name = "horizon",
                          .kind = ParameterKind::integer,
                          .default_value = "770",
                          .least = 1,
                          .greatest = 1e6,
                          .summary = "number of times, which are the terms of the sum"},
                         {.name = "deviation",
                          .default_value = "4",
                          .least = 0,
                          .greatest = 1000,
                          .summary = "sigma: first parameters are N(0, sigma^2)"},
                         {.name = "instance",
                          .kind = ParameterKind::integer,
                          .default_value = "1",
                          .least = 0,
                          .greatest = 1e9,
                          .summary = "the seed of the first parameters"}},
          .make = make_asr_bandits};
}

}  // namespace perigee::problems
