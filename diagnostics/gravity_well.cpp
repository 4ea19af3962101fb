#include <perigee/diagnostics/gravity_well.hpp>

#include <perigee/diagnostics/escape_forecast.hpp>
#include <perigee/diagnostics/escape_time.hpp>
#include <perigee/diagnostics/lost_class.hpp>
#include <perigee/diagnostics/plateau.hpp>
#include <perigee/diagnostics/recorded_policies.hpp>
#include <perigee/diagnostics/series.hpp>
#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>
#include <optional>

namespace perigee {

namespace {

constexpr double same_reward = 1e-12;  // rounding

class WellSearch {
 public:
  WellSearch(const Trajectory& trajectory, const RecordedPolicies& policies, const GravityWellOptions& options)
      : trajectory_(trajectory), options_(options), rewards_(trajectory.policy->rewards), policies_(policies) {
    best_ = static_cast<std::size_t>(std::max_element(rewards_.begin(), rewards_.end()) - rewards_.begin());
  }

  std::vector<GravityWell> wells() const {
    std::vector<GravityWell> found;
    const std::size_t rows = policies_.record.size();
    for (std::size_t first = 0; first < rows;) {
      const std::optional<std::size_t> corner = corner_of(first);
      std::size_t end = first + 1;
      if (corner) {
        while (end < rows && is_same_corner(end, *corner)) ++end;
        if (const std::optional<GravityWell> well = judge(first, end, *corner)) found.push_back(*well);
      }
      first = end;
    }
    return found;
  }

 private:
  double gap(std::size_t arm) const { return rewards_[best_] - rewards_[arm]; }
  Index iteration(std::size_t row) const { return trajectory_.records[policies_.record[row]].iteration; }

  // The arm whose corner the policy of this row sits in, if any.
  std::optional<std::size_t> corner_of(std::size_t row) const {
    const std::vector<double>& pi = policies_.probabilities[row];
    std::optional<std::size_t> corner;
    for (std::size_t arm = 0; arm < pi.size(); ++arm) {
      if (gap(arm) > same_reward && (!corner || pi[arm] > pi[*corner])) corner = arm;
    }
    if (!corner || std::abs(suboptimality(pi, rewards_) - gap(*corner)) > options_.band * gap(*corner))
      return std::nullopt;
    return corner;
  }
  bool is_same_corner(std::size_t row, std::size_t corner) const {
    const std::optional<std::size_t> other = corner_of(row);
    return other && std::abs(rewards_[*other] - rewards_[corner]) <= same_reward;
  }
  // A method that says it has converged, or a log that just ends: how slow it is there need not show in what it did.
  // Only through a softmax is the corner slow for sure.
  bool stopped_by_itself() const {
    const std::optional<End>& stop = trajectory_.end;
    return trajectory_.policy->transform == "softmax" && (!stop || stop->end_class == EndClass::convergence);
  }
  // Arms may share the best reward; together they are the way out.
  double best_probability(std::size_t row) const { return optimal_probability(policies_.probabilities[row], rewards_); }

  std::optional<GravityWell> judge(std::size_t first, std::size_t end, std::size_t corner) const {
    const bool is_inside_at_end = end == policies_.record.size();
    GravityWell well;
    well.first = iteration(first);
    well.last = iteration(end - 1);
    const bool is_short =
        well.last - well.first < options_.iterations || static_cast<Index>(end - first) < options_.iterations;
    if (is_short && !(is_inside_at_end && stopped_by_itself())) return std::nullopt;
    std::size_t lowest = first;
    well.corner = static_cast<Index>(corner);
    for (std::size_t row = first; row < end; ++row) {
      if (best_probability(row) < best_probability(lowest)) lowest = row;
      for (std::size_t arm = 0; arm < rewards_.size(); ++arm) {
        const double probability = policies_.probabilities[row][arm];
        if (gap(arm) <= same_reward || probability <= well.corner_probability) continue;
        well.corner = static_cast<Index>(arm);
        well.corner_probability = probability;
      }
    }
    well.gap = gap(static_cast<std::size_t>(well.corner));
    well.start_probability = best_probability(first);
    well.lowest_probability = best_probability(lowest);
    well.lowest_iteration = iteration(lowest);
    if (well.lowest_probability > options_.probability) return std::nullopt;

    double slow = 0.0;
    for (std::size_t row = first; row + 1 < end; ++row) {
      if (best_probability(row) <= 2.0 * well.lowest_probability) {
        slow += static_cast<double>(iteration(row + 1) - iteration(row));
      }
    }
    well.slow_share = well.last > well.first ? slow / static_cast<double>(well.last - well.first) : not_measured;
    if (!is_short && well.slow_share < options_.slow_share) return std::nullopt;

    const std::string& transform = trajectory_.policy->transform;
    if (is_inside_at_end && transform == "escort" && best_probability(end - 1) >= well.start_probability) {
      return std::nullopt;
    }
    if (!is_inside_at_end) well.escape_time = static_cast<double>(iteration(end) - well.first);
    if (transform == "softmax") predict(first, end, well);
    return well;
  }

  void predict(std::size_t first, std::size_t end, GravityWell& well) const {
    well.coefficient = well.lowest_probability;
    std::vector<double> step_sizes;
    for (std::size_t row = first; row < end; ++row) {
      const double step_size = trajectory_.records[policies_.record[row]].step_size;
      if (step_size > 0.0) step_sizes.push_back(step_size);
    }
    const double eta = median_of(step_sizes);
    if (!std::isfinite(eta)) return;
    const double threshold = (1.0 - options_.band) * well.gap;
    const double arms = static_cast<double>(rewards_.size());
    const double unit = 1.0 / (eta * well.gap * well.start_probability);
    well.formula_lower = 0.5 * unit;
    well.formula_upper = (arms - 1.0) / arms * unit;
    well.predicted_escape_time = softmax_escape_time(policies_.probabilities[first], rewards_, eta, threshold);
    if (std::isnan(well.escape_time)) {
      well.predicted_remaining_time = softmax_escape_time(policies_.probabilities[end - 1], rewards_, eta, threshold);
    }
  }

  const Trajectory& trajectory_;
  const GravityWellOptions& options_;
  const std::vector<double>& rewards_;
  const RecordedPolicies& policies_;
  std::size_t best_ = 0;
};

Finding make_finding(const GravityWell& well, const std::string& corner_name, const std::string& transform,
                     const GravityWellOptions& options) {
  const bool is_inside = std::isnan(well.escape_time);
  Finding finding;
  finding.id = "gravity-well";
  finding.first = well.first;
  finding.last = well.last;
  finding.severity = is_inside ? Severity::problem : Severity::warning;
  finding.certainty = Certainty::likely;
  finding.evidence = {
      {"corner", static_cast<double>(well.corner), "action, counted from 0"},
      {"corner_probability", well.corner_probability, "1"},
      {"gap", well.gap, "reward"},
      {"optimal_probability_at_start", well.start_probability, "1"},
      {"optimal_probability_lowest", well.lowest_probability, "1", Comparison::at_most, options.probability},
      {"optimal_probability_lowest_at", static_cast<double>(well.lowest_iteration), "iterations"},
      {"lojasiewicz_coefficient", well.coefficient, "1"},
      {"slow_share", well.slow_share, "1", Comparison::at_least, options.slow_share},
      {"escape_time_measured", well.escape_time, "iterations"},
      {"escape_time_predicted", well.predicted_escape_time, "iterations"},
      {"escape_time_formula_lower", well.formula_lower, "iterations"},
      {"escape_time_formula_upper", well.formula_upper, "iterations"},
  };
  if (is_inside) {
    finding.evidence.push_back({"remaining_time_predicted", well.predicted_remaining_time, "iterations"});
  }
  finding.message = "The policy was held near the suboptimal action " + std::to_string(well.corner) + " (" +
                    corner_name + ", gap " + format_number(well.gap, 4) + "), where the best action has probability " +
                    format_number(well.lowest_probability, 3);
  if (is_inside) {
    finding.message += "; the run ended inside, after " + std::to_string(well.last - well.first) + " iterations";
  } else {
    finding.message += ", and left it after " + format_number(well.escape_time) + " iterations";
    if (std::isfinite(well.predicted_escape_time)) {
      finding.message += " (predicted " + format_number(well.predicted_escape_time, 4) + ")";
    }
  }
  finding.message += ".";
  const double inverse = 1.0 / well.start_probability;
  finding.recommendation =
      transform == "softmax"
          ? "Use an escort transform (p = 2), natural-policy-gradient or entropy regularization: the time to escape "
            "then grows with log(1/probability of the best action) instead of 1/probability" +
                (std::isfinite(inverse) ? ", " + format_number(std::log(inverse), 2) + " instead of " +
                                              format_number(std::round(inverse)) + " here."
                                        : std::string("."))
          : "Start from a policy that gives every action some probability, or regularize by entropy.";
  finding.counterevidence =
      "A probability of the best action that multiplies by a constant factor in equal times (its logarithm rising "
      "along a line), or a reward of action " +
      std::to_string(well.corner) + " that is not below the best one.";
  return finding;
}

// Columns that sum to 1 are a policy over actions; those of a log with one column a class do not.
void state_unknown_rewards(const Trajectory& trajectory, const RecordedPolicies& policies, Diagnosis& diagnosis) {
  if (policies.record.empty()) return;
  const std::vector<double>& last = policies.probabilities.back();
  double sum = 0.0;
  for (const double probability : last) sum += probability;
  const auto largest = std::max_element(last.begin(), last.end());
  if (std::abs(sum - 1.0) > 1e-6 || *largest < 0.9) return;
  const auto action = static_cast<std::size_t>(largest - last.begin());
  diagnosis.limits.push_back("The policy ended with probability " + format_number(*largest, 4) + " on " +
                             trajectory.policy->probability_columns[action] +
                             ". Whether that is the best action or a gravity well cannot be told without the rewards: "
                             "diagnose with the problem, or with the rewards of the actions.");
}

}  // namespace

std::vector<GravityWell> find_gravity_wells(const Trajectory& trajectory, const GravityWellOptions& options) {
  return find_gravity_wells(trajectory, recorded_policies(trajectory), options);
}

std::vector<GravityWell> find_gravity_wells(const Trajectory& trajectory, const RecordedPolicies& policies,
                                            const GravityWellOptions& options) {
  if (!trajectory.policy) return {};
  const PolicyInformation& policy = *trajectory.policy;
  if (policy.rewards.size() < 2 || policy.rewards.size() != policy.probability_columns.size()) return {};
  const auto is_finite = [](double reward) { return std::isfinite(reward); };
  if (!std::all_of(policy.rewards.begin(), policy.rewards.end(), is_finite)) return {};
  return WellSearch(trajectory, policies, options).wells();
}

void detect_gravity_well(const DiagnosisInput& input, Diagnosis& diagnosis) {
  if (!input.trajectory.policy) return;
  const PolicyInformation& policy = *input.trajectory.policy;
  const GravityWellOptions& options = input.options.gravity_well;
  const RecordedPolicies policies = recorded_policies(input.trajectory);
  for (const GravityWell& well : find_gravity_wells(input.trajectory, policies, options)) {
    const std::string& name = policy.probability_columns[static_cast<std::size_t>(well.corner)];
    diagnosis.findings.push_back(make_finding(well, name, policy.transform, options));
    Finding& finding = diagnosis.findings.back();
    const bool has_forecast = add_well_forecast(input.trajectory, policies, well, options.band, finding);
    if (!has_forecast && std::isfinite(well.predicted_remaining_time)) {
      finding.message += " The flow from there leaves after another " +
                         format_number(well.predicted_remaining_time, 4) + " iterations.";
    }
    explain_plateaus(diagnosis, well.first, well.last, "The gravity well explains it.");
  }
  if (policy.rewards.empty() && !policy.optimal_action) {
    detect_lost_classes(input, diagnosis);
    state_unknown_rewards(input.trajectory, policies, diagnosis);
  }
}

}  // namespace perigee
