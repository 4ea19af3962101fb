// Logs of classifiers trained on the expected reward of the right class, 1 - mean p, by gradient descent on a linear
// softmax head: one column a class, the mean probability of the right answer over its examples.
//
//   lost      the data or the start make one class give way to another: at the end its mean probability is below 0.05,
//             below where it started and no higher than in the middle of the run, while the other classes are learnt
//   learnt    balanced classes, far apart, from an even start
#include "construction.hpp"

#include <Eigen/Core>

#include <cmath>

namespace perigee::corpus {

namespace {

struct Data {
  Eigen::MatrixXd inputs;    // one row an example
  std::vector<Index> label;  // of each
  Eigen::MatrixXd weights;   // at the start: classes x inputs
};

using Make = Data (*)(Index classes, RandomEngine& engine);

Data clusters(const std::vector<Index>& counts, const Eigen::MatrixXd& centres, double spread, RandomEngine& engine) {
  Data data;
  Index total = 0;
  for (const Index count : counts) total += count;
  data.inputs.resize(total, centres.cols() + 1);
  Index row = 0;
  for (std::size_t c = 0; c < counts.size(); ++c) {
    for (Index i = 0; i < counts[c]; ++i, ++row) {
      Vector noise(centres.cols());
      fill_standard_normal(engine, noise.view());
      data.inputs.row(row).head(centres.cols()) =
          centres.row(static_cast<Index>(c)) + spread * noise.view().transpose();
      data.inputs(row, centres.cols()) = 1.0;
      data.label.push_back(static_cast<Index>(c));
    }
  }
  data.weights = Eigen::MatrixXd::Zero(static_cast<Index>(counts.size()), centres.cols() + 1);
  return data;
}

Eigen::MatrixXd corners(Index classes) { return 3.0 * Eigen::MatrixXd::Identity(classes, classes); }

// A few examples of class 0 lie among the many of class 1.
Data imbalanced_pair(Index classes, RandomEngine& engine) {
  Eigen::MatrixXd centres = corners(classes);
  centres.row(0) = centres.row(1);
  std::vector<Index> counts(static_cast<std::size_t>(classes), 12);
  counts[0] = 3;
  return clusters(counts, centres, 0.2, engine);
}

// The head starts with a bias against class 0, and its examples resemble those of class 1.
Data biased_start(Index classes, RandomEngine& engine) {
  Eigen::MatrixXd centres = corners(classes);
  centres.row(0) = 0.8 * centres.row(1) + 0.2 * centres.row(0);
  Data data = clusters(std::vector<Index>(static_cast<std::size_t>(classes), 8), centres, 0.2, engine);
  data.weights(0, classes) = -5.0;
  return data;
}

// The examples of class 0 are scattered over the clusters of classes 1 and 2.
Data scattered_class(Index classes, RandomEngine& engine) {
  std::vector<Index> counts(static_cast<std::size_t>(classes), 12);
  counts[0] = 4;
  Data data = clusters(counts, corners(classes), 0.2, engine);
  for (Index i = 0; i < counts[0]; ++i) {
    data.inputs(i, 0) -= 3.0;
    data.inputs(i, 1 + i % 2) += 3.0;
  }
  return data;
}

Data balanced(Index classes, RandomEngine& engine) {
  return clusters(std::vector<Index>(static_cast<std::size_t>(classes), 8), corners(classes), 0.2, engine);
}

Trajectory train(Data data, double rate, Index steps) {
  const Index classes = data.weights.rows();
  const auto examples = static_cast<double>(data.inputs.rows());
  Trajectory trajectory;
  trajectory.policy = PolicyInformation{};
  for (Index c = 0; c < classes; ++c) {
    trajectory.columns.push_back({"p_class_" + std::to_string(c), {}});
    trajectory.policy->probability_columns.push_back(trajectory.columns.back().name);
  }
  std::vector<double> count(static_cast<std::size_t>(classes), 0.0);
  for (const Index label : data.label) count[static_cast<std::size_t>(label)] += 1.0;
  for (Index k = 0; k <= steps; ++k) {
    Eigen::MatrixXd p = data.inputs * data.weights.transpose();
    std::vector<double> right(static_cast<std::size_t>(classes), 0.0);
    double value = 0.0;
    for (Index i = 0; i < p.rows(); ++i) {
      const auto label = static_cast<std::size_t>(data.label[static_cast<std::size_t>(i)]);
      p.row(i).array() -= p.row(i).maxCoeff();
      p.row(i) = p.row(i).array().exp().matrix();
      p.row(i) /= p.row(i).sum();
      const double own = p(i, static_cast<Index>(label));
      value += (1.0 - own) / examples;
      right[label] += own / count[label];
      p.row(i) *= own / examples;  // d(1 - own)/d logits = own (p - e_label)
      p(i, static_cast<Index>(label)) -= own / examples;
    }
    const Eigen::MatrixXd gradient = p.transpose() * data.inputs;
    StepRecord record;
    record.iteration = k;
    record.kind = k == 0 ? StepKind::initial : StepKind::step;
    record.value = value;
    record.gradient_norm = gradient.norm();
    if (k > 0) record.step_size = rate;
    trajectory.records.push_back(record);
    for (std::size_t c = 0; c < right.size(); ++c) trajectory.columns[c].values.push_back(right[c]);
    data.weights -= rate * gradient;
  }
  return trajectory;
}

bool is_lost(const Column& column) {
  const std::vector<double>& p = column.values;
  return p.back() < 0.05 && p.back() < p.front() && p.back() <= p[p.size() / 2];
}

void add_runs(const std::string& family, Make make, Collector& collector) {
  int variant = 0;
  for (const Index classes : {4, 6, 10}) {
    for (int repetition = 0; repetition < 5; ++repetition) {
      ++variant;
      const RunName name{family, "lost", std::to_string(variant), Recording::log};
      collector.add(name, [&] {
        RandomEngine engine = engine_of(name);
        CorpusRun run;
        run.trajectory = train(make(classes, engine), 1.0, 1500);
        run.label = "gravity-well";
        run.must = {run.label};
        run.may = {"plateau", "budget-exhausted"};
        int lost = 0;
        for (const Column& column : run.trajectory.columns) {
          if (is_lost(column)) {
            ++lost;
          } else if (column.values.back() < 0.6) {
            run.void_reason = "another class is not learnt either";
          }
        }
        if (lost != 1) run.void_reason = "no class is lost, or several";
        return finished(Recording::log, std::move(run));
      });
      if (repetition > 1) continue;
      const RunName healthy{family, "learnt", std::to_string(variant), Recording::log};
      collector.add(healthy, [&] {
        RandomEngine engine = engine_of(healthy);
        CorpusRun run;
        run.trajectory = train(balanced(classes, engine), 0.5, 600);
        run.label = no_trouble;
        for (const Column& column : run.trajectory.columns) {
          if (column.values.back() < 0.8) run.void_reason = "not learnt";
        }
        return finished(Recording::log, std::move(run));
      });
    }
  }
}

Family family_of(const std::string& name, Make make) {
  return {name, "classifier",
          [make](const std::string& family, Collector& collector) { add_runs(family, make, collector); }};
}

}  // namespace

std::vector<Family> classifiers() {
  return {family_of("biased-start-classifier", biased_start), family_of("imbalanced-pair-classifier", imbalanced_pair),
          family_of("scattered-class-classifier", scattered_class)};
}

}  // namespace perigee::corpus
