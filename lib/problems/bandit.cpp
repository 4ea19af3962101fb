#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/bandit.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace perigee::problems {

Arms::Arms(const std::string& who, std::vector<double> rewards) : rewards_(std::move(rewards)) {
  if (rewards_.empty()) throw std::invalid_argument(who + ": there must be at least one arm, got none");
  for (const double reward : rewards_) {
    if (!std::isfinite(reward)) {
      throw std::invalid_argument(who + ": rewards must be finite, got " + format_number(reward));
    }
  }
  best_ = std::max_element(rewards_.begin(), rewards_.end()) - rewards_.begin();
  for (const double reward : rewards_) regrets_.push_back(this->reward(best_) - reward);
}

double Arms::gap() const { return count() == 1 ? 0.0 : regret(corner_arm(*this)); }

double Arms::range() const { return reward(best_) - *std::min_element(rewards_.begin(), rewards_.end()); }

std::vector<double> gap_rewards(Index arms, double gap, double base) {
  std::vector<double> rewards(static_cast<std::size_t>(arms), base);
  if (!rewards.empty()) rewards.front() = base + gap;
  return rewards;
}

Index corner_arm(const Arms& arms) {
  Index corner = arms.best();
  for (Index a = 0; a < arms.count(); ++a) {
    if (a == arms.best()) continue;
    if (corner == arms.best() || arms.reward(a) > arms.reward(corner)) corner = a;
  }
  return corner;
}

Vector even_policy(const Arms& arms, double probability) {
  const Index count = arms.count();
  Vector pi(count);
  if (count == 1) {
    pi[0] = 1.0;
    return pi;
  }
  if (!(probability > 0.0 && probability < 1.0)) {
    throw std::invalid_argument("even_policy: the probability of the best of several arms must be in (0, 1), got " +
                                format_number(probability));
  }
  pi.view().setConstant((1.0 - probability) / static_cast<double>(count - 1));
  pi[arms.best()] = probability;
  return pi;
}

Vector corner_policy(const Arms& arms, double probability, double remainder) {
  const Index count = arms.count();
  if (count <= 2) return even_policy(arms, probability);
  if (!(probability > 0.0 && remainder > 0.0 && probability + remainder < 1.0)) {
    throw std::invalid_argument(
        "corner_policy: the probability of the best arm and the remainder must be > 0 and sum to less than 1, got " +
        format_number(probability) + " and " + format_number(remainder));
  }
  Vector pi(count);
  pi.view().setConstant(remainder / static_cast<double>(count - 2));
  pi[arms.best()] = probability;
  pi[corner_arm(arms)] = 1.0 - probability - remainder;
  return pi;
}

std::vector<ParameterDescription> bandit_parameters() {
  return {{.name = "arms",
           .kind = ParameterKind::integer,
           .default_value = "6",
           .least = 1,
           .greatest = 1e7,
           .summary = "K, the number of arms"},
          {.name = "reward_gap",
           .default_value = "0.5",
           .least = 0,
           .greatest = 1e6,
           .summary = "Delta: the rewards are (base + gap, base, ..., base), unless `rewards` is given"},
          {.name = "base_reward",
           .default_value = "0.25",
           .least = -1e6,
           .greatest = 1e6,
           .summary = "the reward of every arm but the first, unless `rewards` is given"},
          {.name = "rewards",
           .kind = ParameterKind::text,
           .default_value = "",
           .summary = "the rewards of all arms, as in 0.2,0.9,1 (commas or semicolons); empty: the gap family"},
          {.name = "initial_probability",
           .default_value = "0.001",
           .least = 1e-300,
           .greatest = 1,
           .summary = "pi(a*) of the first policy, below 1 (unused with a single arm)"},
          {.name = "start",
           .kind = ParameterKind::text,
           .default_value = "corner",
           .summary = "where the rest of the first policy lies: corner (on the next best arm) or even"},
          {.name = "remainder",
           .default_value = "0.001",
           .least = 1e-300,
           .greatest = 1,
           .summary = "what the other arms share at a corner (unused with two arms)"}};
}

ParameterDescription escort_power_parameter() {
  return {
      .name = "p", .default_value = "2", .least = 1, .greatest = 1000, .summary = "the power of the escort transform"};
}

namespace {

std::vector<double> parse_rewards(const std::string& who, const std::string& text) {
  std::vector<double> rewards;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find_first_of(",;", begin), text.size());
    const std::string field = text.substr(begin, end - begin);
    const std::size_t first = field.find_first_not_of(' ');
    const std::size_t last = field.find_last_not_of(' ');
    const auto number = parse_number(first == std::string::npos ? "" : field.substr(first, last - first + 1));
    if (!number || !std::isfinite(*number)) {
      throw std::invalid_argument(who + ": rewards must be finite numbers separated by commas or semicolons, got '" +
                                  field + "' as number " + std::to_string(rewards.size() + 1));
    }
    rewards.push_back(*number);
    begin = end + 1;
  }
  return rewards;
}

}  // namespace

Arms arms_of(const std::string& who, const Parameters& parameters) {
  const Index count = parameters.integer("arms");
  if (!parameters.has("rewards")) {
    return {who, gap_rewards(count, parameters.real("reward_gap"), parameters.real("base_reward"))};
  }
  std::vector<double> rewards = parse_rewards(who, parameters.text("rewards"));
  const bool arms_as_by_default = parameters.text("arms") == bandit_parameters().front().default_value;
  if (!arms_as_by_default && count != static_cast<Index>(rewards.size())) {
    throw std::invalid_argument(who + ": arms must be left out or equal the number of rewards, " +
                                std::to_string(rewards.size()) + ", got " + std::to_string(count));
  }
  return {who, std::move(rewards)};
}

std::vector<StartPoint> start_policies(const std::string& who, const Parameters& parameters, const Arms& arms) {
  const std::string& chosen = parameters.text("start");
  if (chosen != "corner" && chosen != "even") {
    throw std::invalid_argument(who + ": start must be corner or even, got '" + chosen + "'");
  }
  const double probability = parameters.real("initial_probability");
  const double remainder = parameters.real("remainder");
  const bool several = arms.count() > 1;
  if (several && !(probability < 1.0)) {
    throw std::invalid_argument(who + ": initial_probability must be < 1 with several arms, got " +
                                format_number(probability));
  }
  const bool corner_possible = arms.count() <= 2 || probability + remainder < 1.0;
  if (chosen == "corner" && !corner_possible) {
    throw std::invalid_argument(who + ": initial_probability + remainder must be < 1, got " +
                                format_number(probability + remainder));
  }
  std::vector<StartPoint> starts;
  if (corner_possible) starts.push_back({"corner", corner_policy(arms, probability, remainder)});
  starts.push_back({"even", even_policy(arms, probability)});
  if (chosen == "even" && corner_possible) std::swap(starts[0], starts[1]);
  starts.push_back({"uniform", even_policy(arms, 1.0 / static_cast<double>(arms.count()))});
  return starts;
}

}  // namespace perigee::problems
