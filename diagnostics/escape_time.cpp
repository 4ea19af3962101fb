#include <perigee/diagnostics/escape_time.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace perigee {

namespace {

constexpr double largest_change = 0.03;  // of any log probability, in one step
constexpr int most_steps = 100000;
constexpr double same_reward = 1e-12;  // rounding

// r_a - J, to all digits near a vertex.
double advantage(const std::vector<double>& probabilities, const std::vector<double>& rewards, std::size_t a) {
  double sum = 0.0;
  for (std::size_t b = 0; b < rewards.size(); ++b) sum += probabilities[b] * (rewards[a] - rewards[b]);
  return sum;
}

void softmax(const std::vector<double>& logits, std::vector<double>& probabilities) {
  const double largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0.0;
  for (std::size_t a = 0; a < logits.size(); ++a) sum += probabilities[a] = std::exp(logits[a] - largest);
  for (double& probability : probabilities) probability /= sum;
}

// The flow at unit learning rate.
class Flow {
 public:
  explicit Flow(const std::vector<double>& rewards) : rewards_(rewards), probabilities_(rewards.size()) {}
  void operator()(const std::vector<double>& logits, std::vector<double>& velocity) {
    softmax(logits, probabilities_);
    for (std::size_t a = 0; a < rewards_.size(); ++a) {
      velocity[a] = probabilities_[a] * advantage(probabilities_, rewards_, a);
    }
  }

 private:
  const std::vector<double>& rewards_;
  std::vector<double> probabilities_;
};

}  // namespace

double suboptimality(const std::vector<double>& probabilities, const std::vector<double>& rewards) {
  const double best = *std::max_element(rewards.begin(), rewards.end());
  double sum = 0.0;
  for (std::size_t a = 0; a < rewards.size(); ++a) sum += probabilities[a] * (best - rewards[a]);
  return sum;
}

double optimal_probability(const std::vector<double>& probabilities, const std::vector<double>& rewards) {
  const double best = *std::max_element(rewards.begin(), rewards.end());
  double sum = 0.0;
  for (std::size_t a = 0; a < rewards.size(); ++a) sum += best - rewards[a] <= same_reward ? probabilities[a] : 0.0;
  return sum;
}

double inverse_probability_speed(const std::vector<double>& probabilities, const std::vector<double>& rewards,
                                 double learning_rate) {
  const double best = *std::max_element(rewards.begin(), rewards.end());
  double drift = 0.0;
  double speed = 0.0;
  for (std::size_t a = 0; a < rewards.size(); ++a) {
    drift += probabilities[a] * probabilities[a] * advantage(probabilities, rewards, a);
  }
  for (std::size_t a = 0; a < rewards.size(); ++a) {
    if (best - rewards[a] > same_reward) continue;
    speed += probabilities[a] * (probabilities[a] * advantage(probabilities, rewards, a) - drift);
  }
  const double optimal = optimal_probability(probabilities, rewards);
  return -learning_rate * speed / (optimal * optimal);
}

double softmax_escape_time(const std::vector<double>& start, const std::vector<double>& rewards, double learning_rate,
                           double threshold) {
  const double never = std::numeric_limits<double>::infinity();
  const std::size_t arms = rewards.size();
  std::vector<double> logits(arms);
  for (std::size_t a = 0; a < arms; ++a) logits[a] = std::log(start[a]);
  std::vector<double> probabilities(arms);
  std::vector<double> trial(arms);
  std::vector<double> k1(arms), k2(arms), k3(arms), k4(arms);
  Flow flow(rewards);

  softmax(logits, probabilities);
  double excess = suboptimality(probabilities, rewards);
  double time = 0.0;
  for (int step = 0; step < most_steps; ++step) {
    if (excess < threshold) return time / learning_rate;
    flow(logits, k1);
    const auto [slowest, fastest] = std::minmax_element(k1.begin(), k1.end());
    const double speed = *fastest - *slowest;  // bounds d log pi_a/dt
    if (!(speed > 0.0)) return never;
    const double h = largest_change / speed;
    const auto shift = [&](const std::vector<double>& k, double by) {
      for (std::size_t a = 0; a < arms; ++a) trial[a] = logits[a] + by * k[a];
    };
    shift(k1, 0.5 * h);
    flow(trial, k2);
    shift(k2, 0.5 * h);
    flow(trial, k3);
    shift(k3, h);
    flow(trial, k4);
    for (std::size_t a = 0; a < arms; ++a) logits[a] += h / 6.0 * (k1[a] + 2.0 * k2[a] + 2.0 * k3[a] + k4[a]);

    softmax(logits, probabilities);
    const double before = excess;
    excess = suboptimality(probabilities, rewards);
    // The last step ends between two points: take the crossing, linear in between.
    time += excess < threshold ? h * (before - threshold) / (before - excess) : h;
  }
  return never;
}

}  // namespace perigee
