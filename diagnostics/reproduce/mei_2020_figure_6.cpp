// Mei et al. (2020), figure 6: networks that classify images, as softmax and escort policies, trained by reward (a, b)
// and by cross-entropy (c, d) with minibatches.
//
// The full sample is Fashion-MNIST in MNIST's split; the quick one is made of synthetic images, so it needs no data set
// and its figures are its own.
#include <perigee/diagnostics/compare/parallel.hpp>
#include <perigee/diagnostics/reproduce/mei_2020.hpp>
#include <perigee/diagnostics/reproduce/pictures.hpp>
#include <perigee/diagnostics/reproduce/sample.hpp>
#include <perigee/lib/data/synthetic_images.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/policy_network.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/solvers/stochastic_gradient_descent.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <memory>

namespace perigee::reproduce {
namespace {

using data::LabelledSamples;
using problems::Classification;
using problems::PolicyNetwork;
using problems::PolicyNetworkLoss;
using problems::PolicyNetworkOptions;
using transforms::PolicyTransform;

constexpr std::size_t method_count = 4;
constexpr std::array<double, 6> learning_rates{0.01, 0.03, 0.1, 0.3, 1.0, 3.0};
constexpr double lost = 0.95;  // a class of which a larger share is mistaken counts as lost

struct Method {
  const char* column;
  const char* label;
  PolicyTransform head;
  PolicyNetworkLoss loss;
};

// Each softmax is followed by the escort that it is compared with.
const std::array<Method, method_count>& methods() {
  static const std::array<Method, method_count> all{
      {{"softmax_reward", "softmax", PolicyTransform::softmax(), PolicyNetworkLoss::reward},
       {"escort_reward", "escort, p = 4", PolicyTransform::escort(4.0), PolicyNetworkLoss::reward},
       {"softmax_cross_entropy", "softmax", PolicyTransform::softmax(), PolicyNetworkLoss::cross_entropy},
       {"escort_cross_entropy", "escort, p = 2", PolicyTransform::escort(2.0), PolicyNetworkLoss::cross_entropy}}};
  return all;
}

struct Experiment {
  std::shared_ptr<const LabelledSamples> training;
  LabelledSamples validation;
  LabelledSamples test;
  Index hidden;
  Index batch;
  Index tuning_epochs;
  Index epochs;
  std::size_t seeds;
  std::string name;
};

Experiment experiment_of(const Options& options) {
  if (options.sample == SampleSize::quick) {
    const LabelledSamples all = data::synthetic_images(1700, options.seed);
    return {.training = std::make_shared<LabelledSamples>(part_of(all, 0, 1000)),
            .validation = part_of(all, 1000, 200),
            .test = part_of(all, 1200, 500),
            .hidden = 32,
            .batch = 50,
            .tuning_epochs = 10,
            .epochs = 30,
            .seeds = 2,
            .name = "synthetic images"};
  }
  const LabelledSamples all = data::read_labelled_samples(data::fashion_mnist_folder);
  return {.training = std::make_shared<LabelledSamples>(part_of(all, 0, 55000)),
          .validation = part_of(all, 55000, 5000),
          .test = data::read_labelled_samples(data::fashion_mnist_folder, data::DataPart::test),
          .hidden = 64,
          .batch = 100,
          .tuning_epochs = 2,
          .epochs = 12,
          .seeds = 2,
          .name = "Fashion-MNIST"};
}

PolicyNetwork network_of(const Experiment& experiment, const Method& method) {
  return PolicyNetwork(experiment.training,
                       PolicyNetworkOptions{.hidden = experiment.hidden, .head = method.head, .loss = method.loss});
}

// After an epoch; before the first one too.
struct Epoch {
  Classification training;
  Classification test;
};

class EpochObserver final : public Observer {
 public:
  EpochObserver(const PolicyNetwork& network, const Experiment& experiment, Index batches)
      : network_(network), experiment_(experiment), batches_(batches) {}
  void observe(const StepRecord&, const Stepper& stepper) override {
    if (stepper.record().iteration % batches_ != 0) return;
    const ConstVectorView w = stepper.current().x();
    epochs_.push_back({network_.classify(*experiment_.training, w), network_.classify(experiment_.test, w)});
  }
  const std::vector<Epoch>& epochs() const { return epochs_; }

 private:
  const PolicyNetwork& network_;
  const Experiment& experiment_;
  Index batches_;
  std::vector<Epoch> epochs_;
};

Index batches_in_epoch(const Experiment& experiment) {
  return (experiment.training->count() + experiment.batch - 1) / experiment.batch;
}

RunResult train(const Experiment& experiment, const PolicyNetwork& network, double learning_rate, Index epochs,
                const RandomSource& random, std::vector<Observer*> observers) {
  RandomEngine engine = random.engine("network-weights");
  const Vector start = network.random_weights(engine);
  const StochasticGradientDescent solver({.learning_rate = learning_rate, .batch = {.size = experiment.batch}});
  return perigee::run(network, solver, start,
                      {.stop = max_iterations(epochs * batches_in_epoch(experiment)),
                       .random = random,
                       .observers = std::move(observers)});
}

// The objective on the validation set after the tuning epochs; infinite if the run did not get there. Tuning is run 0
// of the seed, the runs shown are the later ones.
double tuned_loss(const Options& options, const Experiment& experiment, const Method& method, double learning_rate) {
  const PolicyNetwork network = network_of(experiment, method);
  const RunResult result =
      train(experiment, network, learning_rate, experiment.tuning_epochs, RandomSource(options.seed, 0), {});
  const double loss = network.classify(experiment.validation, result.x).loss;
  return result.end.end_class == EndClass::budget && std::isfinite(loss) ? loss
                                                                         : std::numeric_limits<double>::infinity();
}

using Curve = std::vector<Epoch>;
using Curves = std::array<std::vector<Curve>, method_count>;  // by method and seed

std::vector<double> last_of(const std::vector<Curve>& curves, double (*of)(const Epoch&)) {
  std::vector<double> values;
  for (const Curve& curve : curves) values.push_back(of(curve.back()));
  return values;
}

double training_loss(const Epoch& epoch) { return epoch.training.loss; }
double test_error(const Epoch& epoch) { return epoch.test.error_rate; }
double worst_class(const Epoch& epoch) { return epoch.training.worst_class_error; }

std::string list_of(const std::vector<double>& values) {
  std::string text;
  for (const double value : values) text += (text.empty() ? "" : ", ") + format_number(value, 3);
  return text;
}

// For each seed, the first epoch after which the escort's training objective is at or below the softmax's last one.
std::string catching_up(const std::vector<Curve>& softmax, const std::vector<Curve>& escort) {
  std::string text = " The escort reaches the softmax's last training objective after epoch ";
  for (std::size_t seed = 0; seed < softmax.size(); ++seed) {
    const double target = training_loss(softmax[seed].back());
    const auto found = std::find_if(escort[seed].begin(), escort[seed].end(),
                                    [target](const Epoch& epoch) { return training_loss(epoch) <= target; });
    text += (seed == 0 ? "" : ", ") +
            (found == escort[seed].end() ? "(never)" : std::to_string(found - escort[seed].begin()));
  }
  return text + ".";
}

// That the escort ends lower than the softmax of the same seed: in every run, in some, or in none.
Claim comparison(std::string id, std::string printed, const char* quantity, const std::vector<Curve>& softmax,
                 const std::vector<Curve>& escort, double (*of)(const Epoch&), const std::string& remark = "") {
  const std::vector<double> of_softmax = last_of(softmax, of), of_escort = last_of(escort, of);
  std::vector<double> differences;
  for (std::size_t i = 0; i < of_softmax.size(); ++i) differences.push_back(of_softmax[i] - of_escort[i]);
  const auto better = std::count_if(differences.begin(), differences.end(), [](double d) { return d > 0.0; });
  Claim claim{.id = std::move(id),
              .printed = std::move(printed),
              .measured = std::string(quantity) + " after the last epoch, run by run: softmax " + list_of(of_softmax) +
                          "; escort " + list_of(of_escort) + "." + remark,
              .value = mean_of(differences).mean,
              .lower = *std::min_element(differences.begin(), differences.end()),
              .upper = *std::max_element(differences.begin(), differences.end())};
  if (better == static_cast<std::ptrdiff_t>(differences.size())) {
    claim.verdict = Verdict::holds;
  } else {
    claim.verdict = better > 0 ? Verdict::holds_with_care : Verdict::does_not_hold;
    claim.care = "The escort ends lower in " + std::to_string(better) + " of " + std::to_string(differences.size()) +
                 " runs, each method at its tuned learning rate.";
  }
  return claim;
}

// That the softmax loses classes to its gravity wells, and the escort does not.
Claim wells(const std::vector<Curve>& softmax, const std::vector<Curve>& escort) {
  const auto epochs_with_loss = [](const std::vector<Curve>& curves) {
    std::vector<double> counts;
    for (const Curve& curve : curves) {
      counts.push_back(static_cast<double>(
          std::count_if(curve.begin() + 1, curve.end(), [](const Epoch& epoch) { return worst_class(epoch) > lost; })));
    }
    return counts;
  };
  const std::vector<double> of_softmax = epochs_with_loss(softmax), of_escort = epochs_with_loss(escort);
  std::vector<double> differences;
  for (std::size_t i = 0; i < of_softmax.size(); ++i) differences.push_back(of_softmax[i] - of_escort[i]);
  const auto all_positive = [](const std::vector<double>& values) {
    return std::all_of(values.begin(), values.end(), [](double value) { return value > 0.0; });
  };
  const auto all_zero = [](const std::vector<double>& values) {
    return std::all_of(values.begin(), values.end(), [](double value) { return value == 0.0; });
  };
  Claim claim{.id = "reward-wells",
              .printed = "With rewards the softmax has plateaus due to gravity wells; the escort with p = 4 has none.",
              .measured =
                  "Epochs after which some class is lost (over 95% of its training images mistaken), run by "
                  "run: softmax " +
                  list_of(of_softmax) + "; escort " + list_of(of_escort) + ". The worst class's error at the " +
                  "end: softmax " + list_of(last_of(softmax, worst_class)) + "; escort " +
                  list_of(last_of(escort, worst_class)) + ".",
              .value = mean_of(differences).mean,
              .lower = *std::min_element(differences.begin(), differences.end()),
              .upper = *std::max_element(differences.begin(), differences.end())};
  if (all_positive(of_softmax) && all_zero(of_escort)) {
    claim.verdict = Verdict::holds;
  } else if (all_positive(differences)) {
    claim.verdict = Verdict::holds_with_care;
    claim.care = "The escort loses classes too, but for fewer epochs.";
  } else {
    claim.care = "Not in every run does the softmax lose classes for longer than the escort.";
  }
  return claim;
}

Table table_of(const Curves& curves) {
  Table table{.name = "epochs", .columns = {"run", "epoch"}, .rows = {}};
  for (const Method& method : methods()) {
    for (const char* quantity : {"_training_loss", "_training_error", "_test_error", "_worst_class_error"}) {
      table.columns.push_back(std::string(method.column) + quantity);
    }
  }
  for (std::size_t seed = 0; seed < curves[0].size(); ++seed) {
    std::size_t length = 0;
    for (const std::vector<Curve>& of_method : curves) length = std::max(length, of_method[seed].size());
    for (std::size_t epoch = 0; epoch < length; ++epoch) {
      std::vector<double> row{static_cast<double>(seed + 1), static_cast<double>(epoch)};
      for (const std::vector<Curve>& of_method : curves) {
        const bool is_there = epoch < of_method[seed].size();
        const Epoch at = is_there ? of_method[seed][epoch] : Epoch{};
        for (const double value :
             {at.training.loss, at.training.error_rate, at.test.error_rate, at.training.worst_class_error}) {
          row.push_back(is_there ? value : not_measured);
        }
      }
      table.rows.push_back(std::move(row));
    }
  }
  return table;
}

SvgPanel panel_of(const Curves& curves, std::size_t first_method, const char* title, const char* quantity, Axes axes,
                  Index epochs, double (*of)(const Epoch&)) {
  std::vector<double> times;
  for (Index epoch = 0; epoch <= epochs; ++epoch) times.push_back(static_cast<double>(epoch));
  Chart chart = chart_over(std::move(times), title, quantity, "epoch", axes);
  for (std::size_t method = first_method; method < first_method + 2; ++method) {
    for (std::size_t seed = 0; seed < curves[method].size(); ++seed) {
      ChartSeries series{.label = std::string(methods()[method].label) + ", run " + std::to_string(seed + 1),
                         .values = {},
                         .style = static_cast<int>(seed) + (method == first_method ? 0 : 8)};
      for (const Epoch& epoch : curves[method][seed]) series.values.push_back(of(epoch));
      series.values.resize(chart.iterations.size(), not_measured);
      chart.series.push_back(std::move(series));
    }
  }
  return chart_panel(chart);
}

Result run(const Options& options) {
  const Experiment experiment = experiment_of(options);
  std::array<std::array<double, learning_rates.size()>, method_count> tuning{};
  for_each_index(method_count * learning_rates.size(), options.threads, [&](std::size_t i) {
    const std::size_t method = i / learning_rates.size(), rate = i % learning_rates.size();
    tuning[method][rate] = tuned_loss(options, experiment, methods()[method], learning_rates[rate]);
  });
  Result result;
  Table tuned{.name = "tuning", .columns = {"learning_rate"}, .rows = {}};
  for (const double rate : learning_rates) tuned.rows.push_back({rate});
  std::array<double, method_count> best{};
  std::vector<double> chosen;
  for (std::size_t method = 0; method < method_count; ++method) {
    const auto& losses = tuning[method];
    best[method] =
        learning_rates[static_cast<std::size_t>(std::min_element(losses.begin(), losses.end()) - losses.begin())];
    chosen.push_back(best[method]);
    tuned.columns.push_back(std::string(methods()[method].column) + "_validation_loss");
    for (std::size_t rate = 0; rate < learning_rates.size(); ++rate) tuned.rows[rate].push_back(losses[rate]);
  }

  Curves curves;
  for (std::vector<Curve>& of_method : curves) of_method.resize(experiment.seeds);
  for_each_index(method_count * experiment.seeds, options.threads, [&](std::size_t i) {
    const std::size_t method = i / experiment.seeds, seed = i % experiment.seeds;
    const PolicyNetwork network = network_of(experiment, methods()[method]);
    EpochObserver observer(network, experiment, batches_in_epoch(experiment));
    train(experiment, network, best[method], experiment.epochs, RandomSource(options.seed, seed + 1), {&observer});
    curves[method][seed] = observer.epochs();
  });

  result.set_up = experiment.name + ": " + std::to_string(experiment.training->count()) + " images for training, " +
                  std::to_string(experiment.validation.count()) + " for validation, " +
                  std::to_string(experiment.test.count()) + " for tests; one hidden layer of " +
                  std::to_string(experiment.hidden) + " rectified units, batches of " +
                  std::to_string(experiment.batch) + ", constant learning rates, " + std::to_string(experiment.epochs) +
                  " epochs, " + std::to_string(experiment.seeds) + " runs each.";
  result.choices = {
      "The images are MNIST's in the paper; here those of " + experiment.name + ", and " +
          std::to_string(experiment.hidden) + " hidden units in place of 512, for time.",
      "The learning rates are not stated: of 0.01, 0.03, 0.1, 0.3, 1 and 3 the one with the lowest objective on the "
      "validation images after " +
          std::to_string(experiment.tuning_epochs) + " epochs of a run of its own: " + list_of(chosen) +
          " for softmax and escort by reward, softmax and escort by cross-entropy.",
      "The first weights, the batch size and the number of epochs are not stated: He et al. (2015), and as above.",
      "Whether gradients are cut is not stated: they are not. An escort's cross-entropy has a pole where the right "
      "output crosses zero, so some of its steps are very long."};
  result.claims = {
      wells(curves[0], curves[1]),
      comparison("reward-training", "With rewards the escort with p = 4 converges quickly and to a lower objective.",
                 "Training objective 1 - pi(right class)", curves[0], curves[1], training_loss,
                 catching_up(curves[0], curves[1])),
      comparison("reward-test", "Its test error is smaller too.", "Test error", curves[0], curves[1], test_error),
      comparison("cross-entropy-training",
                 "With cross-entropy the escort with p = 2 is faster to the same training objective.",
                 "Training objective -log pi(right class)", curves[2], curves[3], training_loss,
                 catching_up(curves[2], curves[3])),
      comparison("cross-entropy-test", "Its test error is smaller than the softmax's.", "Test error", curves[2],
                 curves[3], test_error)};
  result.tables = {table_of(curves), std::move(tuned)};
  const Index epochs = experiment.epochs;
  result.pictures = {
      {.name = "",
       .svg = svg_document(
           "Image classifiers as softmax and escort policies",
           "Mei et al. (2020), figure 6, on " + experiment.name + ". Solid: softmax; dashed: escort.",
           {panel_of(curves, 0, "(a) reward: training", "1 - \xCF\x80(right class)", Axes::linear, epochs,
                     training_loss),
            panel_of(curves, 0, "(b) reward: test", "test error", Axes::linear, epochs, test_error),
            panel_of(curves, 2, "(c) cross-entropy: training", "-log \xCF\x80(right class)", Axes::logarithmic_value,
                     epochs, training_loss),
            panel_of(curves, 2, "(d) cross-entropy: test", "test error", Axes::linear, epochs, test_error)})}};
  return result;
}

}  // namespace

Reproduction mei_2020_figure_6() {
  return {.name = "mei-2020-figure-6",
          .source = "Mei et al. (2020), figure 6a-d",
          .claim = "networks that classify images are trained faster as escort policies than as softmax policies",
          .run = run};
}

}  // namespace perigee::reproduce
