// Where Markov decision processes come from: random ones, and files.
#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/markov_decision_process.hpp>
#include <perigee/lib/random.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <istream>
#include <numeric>
#include <optional>
#include <stdexcept>

namespace perigee::problems {

MarkovDecisionProcess random_process(Index states, Index actions, Index branching, double discount,
                                     std::uint64_t seed) {
  if (!(branching >= 1 && branching <= states)) {
    throw std::invalid_argument("random_process: branching must be in [1, states = " + std::to_string(states) +
                                "], got " + std::to_string(branching));
  }
  MarkovDecisionProcessOptions options{.states = states, .actions = actions, .discount = discount};
  options.initial.assign(static_cast<std::size_t>(states), 1.0 / static_cast<double>(states));
  RandomEngine engine = RandomSource(seed).engine("markov-decision-process");
  std::vector<Index> order(static_cast<std::size_t>(states));
  for (Index pair = 0; pair < states * actions; ++pair) {
    options.rewards.push_back(uniform_unit(engine));
    std::iota(order.begin(), order.end(), Index{0});
    std::vector<Transition> transitions;
    double sum = 0.0;
    for (Index i = 0; i < branching; ++i) {
      const auto rest = static_cast<double>(states - i);
      const Index chosen = i + static_cast<Index>(uniform_unit(engine) * rest);
      std::swap(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(chosen)]);
      // Exponential variables over their sum are uniform on the simplex.
      const double weight = -std::log1p(-uniform_unit(engine));
      transitions.push_back({order[static_cast<std::size_t>(i)], weight});
      sum += weight;
    }
    for (Transition& transition : transitions) transition.probability /= sum;
    options.successors.push_back(std::move(transitions));
  }
  return MarkovDecisionProcess(std::move(options));
}

namespace {

struct Line {
  Index state;
  Index action;
  Transition transition;
  double reward;
};

// Nothing if the text is not five numbers, the first three of them whole and >= 0.
std::optional<Line> parse_line(const std::string& text) {
  std::array<double, 5> numbers{};
  std::size_t begin = 0;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::size_t first = text.find_first_not_of(" \t\r", begin);
    const std::size_t last = text.find_last_not_of(" \t\r", end - 1);
    if (first >= end || last == std::string::npos || last < first) return {};
    const std::optional<double> number = parse_number(text.substr(first, last - first + 1));
    if (!number || !std::isfinite(*number)) return {};
    if (i < 3 && !(*number >= 0.0 && *number < 1e6 && std::floor(*number) == *number)) return {};
    if ((end == text.size()) != (i + 1 == numbers.size())) return {};
    numbers[i] = *number;
    begin = end + 1;
  }
  return Line{static_cast<Index>(numbers[0]),
              static_cast<Index>(numbers[1]),
              {static_cast<Index>(numbers[2]), numbers[3]},
              numbers[4]};
}

}  // namespace

MarkovDecisionProcess read_process(std::istream& lines, const std::string& source, double discount) {
  std::vector<Line> all;
  std::string text;
  MarkovDecisionProcessOptions options{.discount = discount};
  for (Index number = 1; std::getline(lines, text); ++number) {
    const std::size_t first = text.find_first_not_of(" \t\r");
    if (first == std::string::npos || text[first] == '#') continue;
    const std::optional<Line> line = parse_line(text);
    if (!line) {
      throw std::invalid_argument(source + ", line " + std::to_string(number) +
                                  ": must be state,action,next,probability,reward, got '" + text + "'");
    }
    options.states = std::max({options.states, line->state + 1, line->transition.next + 1});
    options.actions = std::max(options.actions, line->action + 1);
    all.push_back(*line);
  }
  const auto pairs = static_cast<std::size_t>(options.states * options.actions);
  if (pairs > all.size()) {
    throw std::invalid_argument(source + ": every pair of " + std::to_string(options.states) + " states and " +
                                std::to_string(options.actions) + " actions must have a line, got " +
                                std::to_string(all.size()) + " lines");
  }
  options.rewards.assign(pairs, 0.0);
  options.successors.resize(pairs);
  for (const Line& line : all) {
    const auto pair = static_cast<std::size_t>(line.state * options.actions + line.action);
    options.successors[pair].push_back(line.transition);
    options.rewards[pair] += line.transition.probability * line.reward;
  }
  options.initial.assign(static_cast<std::size_t>(options.states), 1.0 / static_cast<double>(options.states));
  try {
    return MarkovDecisionProcess(std::move(options));
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(source + ": " + error.what());
  }
}

}  // namespace perigee::problems
