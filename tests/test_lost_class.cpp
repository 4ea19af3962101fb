#include "support/catch.hpp"

#include <perigee/diagnostics/diagnose.hpp>
#include <perigee/diagnostics/lost_class.hpp>
#include <perigee/diagnostics/readers/reader.hpp>
#include <perigee/lib/functional.hpp>

#include <Eigen/Core>

using namespace perigee;

namespace {

Trajectory log_of(const std::string& file) {
  return read_trajectory(std::string(PERIGEE_TEST_DATA) + "/logs/" + file).trajectory;
}

constexpr Index length = 2000;  // in iterations

// A log whose classes are learnt but for the first, of which log p(t) is given; t in lengths of the log.
template <class LogProbability>
Trajectory log_with_class(LogProbability log_probability) {
  Trajectory log;
  log.policy = PolicyInformation{};
  for (int k = 0; k < 5; ++k) {
    log.columns.push_back({"p_class_" + std::to_string(k), {}});
    log.policy->probability_columns.push_back(log.columns.back().name);
  }
  for (Index i = 0; i <= length; i += 10) {
    const double t = static_cast<double>(i) / static_cast<double>(length);
    double loss = 0.0;
    for (std::size_t k = 0; k < 5; ++k) {
      const double p = k == 0 ? std::exp(log_probability(t)) : 1.0 - 0.8 * std::exp(-20.0 * t);
      log.columns[k].values.push_back(p);
      loss += (1.0 - p) / 5.0;
    }
    StepRecord record;
    record.iteration = i;
    record.value = loss;
    log.records.push_back(record);
  }
  return log;
}

// 1 - mean pi(right class) + (decay/2)||W||^2 of a linear softmax head W (classes x inputs, by rows).
struct Head {
  Eigen::MatrixXd inputs;  // one row an example
  std::vector<Index> label;
  double decay = 0.0;
  Index classes = 0;

  using Weights = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  Eigen::MatrixXd probabilities(ConstVectorView w) const {
    const Eigen::Map<const Weights> weights(w.data(), classes, inputs.cols());
    Eigen::MatrixXd p = inputs * weights.transpose();
    for (Index i = 0; i < p.rows(); ++i) {
      p.row(i) = (p.row(i).array() - p.row(i).maxCoeff()).exp().matrix();
      p.row(i) /= p.row(i).sum();
    }
    return p;
  }
  double value(ConstVectorView w) const {
    const Eigen::MatrixXd p = probabilities(w);
    double sum = 0.0;
    for (Index i = 0; i < p.rows(); ++i) sum += 1.0 - p(i, label[static_cast<std::size_t>(i)]);
    return sum / static_cast<double>(p.rows()) + 0.5 * decay * w.squaredNorm();
  }
  void gradient(ConstVectorView w, VectorView g) const {
    Eigen::MatrixXd p = probabilities(w);
    for (Index i = 0; i < p.rows(); ++i) {
      const Index right = label[static_cast<std::size_t>(i)];
      const double own = p(i, right);
      p.row(i) *= own;  // d(1 - own)/d logits = own (p - e_right)
      p(i, right) -= own;
    }
    const Weights slope = p.transpose() * inputs / static_cast<double>(p.rows());
    g = Eigen::Map<const Eigen::VectorXd>(slope.data(), slope.size()) + decay * w;
  }
};

}  // namespace

TEST_CASE("the log whose class 1 is never learnt says so; its healthy twin and the escort log do not") {
  const std::vector<LostClass> lost = find_lost_classes(log_of("digits-softmax-reward-3.csv"));
  REQUIRE(lost.size() == 1);
  CHECK(lost[0].index == 1);
  CHECK(lost[0].start_probability == Approx(0.06226).epsilon(1e-3));  // first line of the log
  CHECK(lost[0].final_probability < 1e-5);
  CHECK(lost[0].others_median > 0.99);
  const Diagnosis diagnosis = diagnose(log_of("digits-softmax-reward-3.csv"));
  REQUIRE(!diagnosis.findings.empty());
  CHECK(diagnosis.findings[0].id == "gravity-well");
  CHECK(diagnosis.findings[0].severity == Severity::problem);
  CHECK(diagnosis.findings[0].certainty == Certainty::likely);
  CHECK(diagnosis.findings[0].message.find("p_class_1 ") != std::string::npos);

  for (const char* file : {"digits-softmax-reward-0.csv", "digits-escort4-reward.jsonl", "digits-softmax-xent.csv",
                           "digits-softmax-xent-lr-too-large.csv"}) {
    CAPTURE(file);
    const Diagnosis other = diagnose(log_of(file));
    CHECK(find_finding(other, "gravity-well") == nullptr);
  }
}

TEST_CASE("a class that is late, but rising, is not lost") {
  Trajectory log = log_of("digits-softmax-reward-3.csv");
  for (Column& column : log.columns) {
    if (column.name != "p_class_1") continue;
    for (std::size_t i = 0; i < column.values.size(); ++i) {
      column.values[i] =
          0.05 * std::exp(-8.0 + 7.0 * static_cast<double>(i) / static_cast<double>(column.values.size()));
    }
  }
  CHECK(find_lost_classes(log).empty());
}

TEST_CASE("a probability that creeps from 1e-40 to 4e-40 is lost, and the time it would need is that of its line") {
  // log p rises along a line: it reaches log 0.05 after (log 0.05 - log 4e-40)/log 4 more lengths of the log.
  const Trajectory log = log_with_class([](double t) { return std::log(1e-40) + std::log(4.0) * t; });
  const std::vector<LostClass> lost = find_lost_classes(log);
  REQUIRE(lost.size() == 1);
  CHECK(lost[0].index == 0);
  CHECK(lost[0].trend > 1.64);
  const double exact = (std::log(0.05) - std::log(4e-40)) / std::log(4.0) * static_cast<double>(length);
  CHECK(lost[0].time_left == Approx(exact).epsilon(0.01));

  const Diagnosis diagnosis = diagnose(log);
  REQUIRE(!diagnosis.findings.empty());
  CHECK(diagnosis.findings[0].id == "gravity-well");
  CHECK(diagnosis.summary.find("rises too slowly to matter") != std::string::npos);
  CHECK(diagnosis.summary.find("does not rise") == std::string::npos);
}

TEST_CASE("in the well 1/p falls along a line: lost only if that line is long") {
  // 1/p = (1 - t/end)/p_0 has p = 0.05 at t = end (1 - p_0/0.05), and the log ends at t = 1.
  const double start = 1e-6;
  for (const double end : {1.05, 1.5, 3.0, 3.9, 4.1, 6.0, 20.0}) {
    const Trajectory log = log_with_class([&](double t) { return std::log(start) - std::log(1.0 - t / end); });
    const std::vector<LostClass> lost = find_lost_classes(log);
    CAPTURE(end);
    REQUIRE(lost.size() == (end > 4.0 ? 1 : 0));  // three lengths from the end
    if (!lost.empty()) {
      const double exact = (end * (1.0 - start / 0.05) - 1.0) * static_cast<double>(length);
      CHECK(lost[0].time_left == Approx(exact).epsilon(0.03));
    }
  }
}

TEST_CASE("a lost class that weight decay lifts is a well, with the objective at hand too") {
  // Two classes share an input, and the head starts with a bias of -92 against the first: p is e^-92 there. The decay
  // takes the bias back at the rate 1e-5 an iteration, so that p grows by a factor in every length of the run; its own
  // gradient is 1e-40. All curvature but the decay's has faded: the step looks far too small, which is not the trouble.
  Head head;
  head.classes = 4;
  head.decay = 1e-5;
  head.inputs = Eigen::MatrixXd::Zero(12, 5);
  head.inputs.col(4).setOnes();
  for (Index i = 0; i < 12; ++i) {
    head.label.push_back(i % 4);
    head.inputs(i, std::max<Index>(1, i % 4)) = 3.0;
  }
  const auto objective = functional(
      20, [&](ConstVectorView w) { return head.value(w); },
      [&](ConstVectorView w, VectorView g) { head.gradient(w, g); });
  Trajectory run;
  run.solver = "gradient-descent";
  run.policy = PolicyInformation{};
  for (Index k = 0; k < 4; ++k) {
    run.columns.push_back({"p_class_" + std::to_string(k), {}});
    run.policy->probability_columns.push_back(run.columns.back().name);
  }
  Vector w(20);
  w[4] = -92.0;
  Vector gradient(20);
  for (Index k = 0; k <= 6000; ++k) {
    StepRecord record;
    record.iteration = k;
    record.value = objective.value_and_gradient(w.view(), gradient.view());
    record.gradient_norm = gradient.view().norm();
    if (k > 0) record.step_size = 1.0;
    if (k % 10 == 0) {
      run.records.push_back(record);
      const Eigen::MatrixXd p = head.probabilities(w.view());
      for (Index c = 0; c < 4; ++c) {
        run.columns[static_cast<std::size_t>(c)].values.push_back((p(c, c) + p(c + 4, c) + p(c + 8, c)) / 3.0);
      }
    }
    if (k == 6000) run.snapshots.push_back({k, w});
    w.view() -= gradient.view();
  }
  const std::vector<double>& p = run.columns[0].values;
  REQUIRE(p.back() > p[p.size() / 2]);  // it does creep up

  for (const Objective* known : {static_cast<const Objective*>(nullptr), static_cast<const Objective*>(&objective)}) {
    const Diagnosis diagnosis = diagnose(run, known);
    CAPTURE(known != nullptr, diagnosis.summary);
    REQUIRE(diagnosis.principal >= 0);
    CHECK(diagnosis.findings[static_cast<std::size_t>(diagnosis.principal)].id == "gravity-well");
    CHECK(find_finding(diagnosis, "step-too-small") == nullptr);
  }
  DiagnoseOptions options;           // the run is the trap that it is said to be
  options.lost_class.horizon = 1e9;  // no rise is slow
  CHECK(find_finding(diagnose(run, &objective, options), "step-too-small") != nullptr);
}
