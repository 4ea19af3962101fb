#include <perigee/lib/problems/policy_network.hpp>

#include <perigee/lib/data/synthetic_images.hpp>
#include <perigee/lib/problems/generated.hpp>
#include <perigee/lib/problems/hidden_layer.hpp>
#include <perigee/lib/problems/registry.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

namespace perigee::problems {

namespace {

using hidden_layer::ConstTable;
using hidden_layer::Gradients;
using hidden_layer::Matrix;
using hidden_layer::Weights;

constexpr Index block_size = 256;  // samples at once: the features of MNIST's are 1.6 MB, which fits into a cache

// A few samples, as rows of doubles.
struct Block {
  // `sample_of(i)` is the i-th of `count`.
  template <class SampleOf>
  Block(const data::LabelledSamples& samples, Index count, const SampleOf& sample_of)
      : features(count, samples.feature_count) {
    labels.reserve(static_cast<std::size_t>(count));
    for (Index i = 0; i < count; ++i) {
      const Index sample = sample_of(i);
      const float* row = samples.features.data() + sample * samples.feature_count;
      features.row(i) = Eigen::Map<const Eigen::RowVectorXf>(row, samples.feature_count).cast<double>();
      labels.push_back(samples.labels[static_cast<std::size_t>(sample)]);
    }
  }
  ConstTable table() const { return {features.data(), features.rows(), features.cols()}; }
  Matrix features;
  std::vector<Index> labels;
};

// Calls `take` with a block of samples after the other.
template <class SampleOf, class Take>
void for_blocks(const data::LabelledSamples& samples, Index count, const SampleOf& sample_of, const Take& take) {
  for (Index begin = 0; begin < count; begin += block_size) {
    take(Block(samples, std::min(block_size, count - begin), [&](Index i) { return sample_of(begin + i); }));
  }
}

Index identity(Index i) { return i; }

// One sample's term as a function of its outputs o, with derivatives. The buffers are of K numbers each.
class Term {
 public:
  Term(const PolicyNetworkOptions& options, Index classes)
      : options_(options), pi_(classes), score_(classes), pi_change_(classes), score_change_(classes) {}

  double value(ConstVectorView o, Index label) {
    options_.head.probabilities(o, pi_);
    const double wrong = sum_of_others(pi_, label);
    if (options_.loss == PolicyNetworkLoss::reward) return wrong;
    if (wrong < 0.5) return -std::log1p(-wrong);
    options_.head.log_probabilities(o, score_);
    return -score_[label];
  }

  double value_and_gradient(ConstVectorView o, Index label, VectorView gradient) {
    const double result = value(o, label);
    options_.head.scores(o, score_);
    const bool is_reward = options_.loss == PolicyNetworkLoss::reward;
    gradient = is_reward ? pi_[label] * score_.view() : 1.0 * score_.view();
    gradient[label] = -sum_of_others(pi_, label) * (is_reward ? score_[label] : options_.head.log_slope(o[label]));
    return result;
  }

  // The gradient by o, and its change where o changes by v.
  void gradient_and_change(ConstVectorView o, Index label, ConstVectorView v, VectorView gradient, VectorView change) {
    value_and_gradient(o, label, gradient);
    options_.head.change(o, pi_, score_, v, pi_change_, score_change_);
    const double wrong = sum_of_others(pi_, label);
    const double wrong_change = sum_of_others(pi_change_, label);
    if (options_.loss == PolicyNetworkLoss::reward) {
      change = score_change_.view() * pi_[label] + score_.view() * pi_change_[label];
      change[label] = -score_change_[label] * wrong - score_[label] * wrong_change;
    } else {
      change = score_change_.view();
      change[label] =
          -options_.head.log_curvature(o[label]) * v[label] * wrong - options_.head.log_slope(o[label]) * wrong_change;
    }
  }

 private:
  static double sum_of_others(const Vector& numbers, Index label) {
    double sum = 0.0;
    for (Index a = 0; a < numbers.size(); ++a) sum += a == label ? 0.0 : numbers[a];
    return sum;
  }
  const PolicyNetworkOptions& options_;
  Vector pi_, score_, pi_change_, score_change_;
};

ConstVectorView row_of(const Matrix& table, Index row) { return {table.data() + row * table.cols(), table.cols()}; }
VectorView row_of(Matrix& table, Index row) { return {table.data() + row * table.cols(), table.cols()}; }

// The sum of the terms over `count` samples, and its gradient times `factor`, added to `gradient`.
template <class SampleOf>
double add_terms(const data::LabelledSamples& samples, const PolicyNetworkOptions& options, Index count,
                 const SampleOf& sample_of, ConstVectorView w, double factor, VectorView gradient) {
  const Weights weights(w.data(), samples.feature_count, options.hidden, samples.class_count);
  Gradients result(gradient.data(), samples.feature_count, options.hidden, samples.class_count);
  Term term(options, samples.class_count);
  double sum = 0.0;
  for_blocks(samples, count, sample_of, [&](const Block& block) {
    const Matrix activations = activations_of(block.table(), weights);
    const Matrix outputs = outputs_of(activations, weights);
    Matrix back(outputs.rows(), outputs.cols());
    for (Index i = 0; i < outputs.rows(); ++i) {
      const Index label = block.labels[static_cast<std::size_t>(i)];
      sum += term.value_and_gradient(row_of(outputs, i), label, row_of(back, i));
    }
    back *= factor;
    add_gradient(block.table(), activations, weights, back, result);
  });
  return sum;
}

}  // namespace

PolicyNetwork::PolicyNetwork(std::shared_ptr<const data::LabelledSamples> samples, const PolicyNetworkOptions& options)
    : samples_(std::move(samples)), options_(options) {
  if (!samples_ || samples_->count() < 1 || samples_->feature_count < 1) {
    throw std::invalid_argument("PolicyNetwork: samples must be at least one, of at least one feature, got none");
  }
  if (options.hidden < 1) {
    throw std::invalid_argument("PolicyNetwork: hidden must be >= 1, got " + std::to_string(options.hidden));
  }
}

Index PolicyNetwork::dimension() const {
  return hidden_layer::weight_count(samples_->feature_count, options_.hidden, samples_->class_count);
}

double PolicyNetwork::add_term(Index term, ConstVectorView w, VectorView gradient) const {
  return add_terms(
      *samples_, options_, 1, [&](Index) { return term; }, w, 1.0, gradient);
}

double PolicyNetwork::batch_value_and_gradient(std::span<const Index> terms, ConstVectorView w,
                                               VectorView gradient) const {
  gradient.setZero();
  const auto count = static_cast<double>(terms.size());  // none: 0/0 is NaN, and the gradient 0
  const auto term_at = [&](Index i) { return terms[static_cast<std::size_t>(i)]; };
  return add_terms(*samples_, options_, static_cast<Index>(terms.size()), term_at, w, 1.0 / count, gradient) / count;
}

double PolicyNetwork::value_and_gradient(ConstVectorView w, VectorView gradient) const {
  gradient.setZero();
  const auto count = static_cast<double>(term_count());
  return add_terms(*samples_, options_, term_count(), identity, w, 1.0 / count, gradient) / count;
}

double PolicyNetwork::value(ConstVectorView w) const { return classify(*samples_, w).loss; }

void PolicyNetwork::hessian_vector_product(ConstVectorView w, ConstVectorView v, VectorView product) const {
  const Index features = samples_->feature_count;
  const Index classes = samples_->class_count;
  const Weights weights(w.data(), features, options_.hidden, classes);
  const Weights along(v.data(), features, options_.hidden, classes);
  product.setZero();
  Gradients result(product.data(), features, options_.hidden, classes);
  Term term(options_, classes);
  for_blocks(*samples_, term_count(), identity, [&](const Block& block) {
    const Matrix activations = activations_of(block.table(), weights);
    const Matrix outputs = outputs_of(activations, weights);
    const Matrix activation_changes = activation_changes_of(block.table(), activations, along);
    const Matrix changes = output_changes_of(activations, activation_changes, weights, along);
    Matrix back(outputs.rows(), outputs.cols()), back_change(outputs.rows(), outputs.cols());
    for (Index i = 0; i < outputs.rows(); ++i) {
      term.gradient_and_change(row_of(outputs, i), block.labels[static_cast<std::size_t>(i)], row_of(changes, i),
                               row_of(back, i), row_of(back_change, i));
    }
    add_gradient_change(block.table(), activations, activation_changes, weights, along, back, back_change, result);
  });
  product /= static_cast<double>(term_count());
}

void PolicyNetwork::outputs(Index sample, ConstVectorView w, VectorView o) const {
  const Weights weights(w.data(), samples_->feature_count, options_.hidden, samples_->class_count);
  const Block block(*samples_, 1, [&](Index) { return sample; });
  o = outputs_of(activations_of(block.table(), weights), weights).row(0).transpose();
}

Classification PolicyNetwork::classify(const data::LabelledSamples& samples, ConstVectorView w) const {
  const Index classes = samples_->class_count;
  if (samples.feature_count != samples_->feature_count || samples.class_count > classes) {
    throw std::invalid_argument("PolicyNetwork: samples must have " + std::to_string(samples_->feature_count) +
                                " features and at most " + std::to_string(classes) + " classes, got " +
                                std::to_string(samples.feature_count) + " and " + std::to_string(samples.class_count));
  }
  const Weights weights(w.data(), samples_->feature_count, options_.hidden, classes);
  Term term(options_, classes);
  Vector pi(classes), of_class(classes), errors(classes);
  double loss = 0.0;
  for_blocks(samples, samples.count(), identity, [&](const Block& block) {
    const Matrix outputs = outputs_of(activations_of(block.table(), weights), weights);
    for (Index i = 0; i < outputs.rows(); ++i) {
      const Index label = block.labels[static_cast<std::size_t>(i)];
      loss += term.value(row_of(outputs, i), label);
      options_.head.probabilities(row_of(outputs, i), pi);
      const Index chosen = std::max_element(pi.begin(), pi.end()) - pi.begin();
      of_class[label] += 1.0;
      errors[label] += chosen == label ? 0.0 : 1.0;
    }
  });
  Classification result{.loss = loss / static_cast<double>(samples.count()),
                        .error_rate = errors.view().sum() / static_cast<double>(samples.count()),
                        .worst_class_error = 0.0};
  for (Index c = 0; c < classes; ++c) {
    if (of_class[c] > 0.0) result.worst_class_error = std::max(result.worst_class_error, errors[c] / of_class[c]);
  }
  return result;
}

Vector PolicyNetwork::random_weights(RandomEngine& engine) const {
  const Index features = samples_->feature_count;
  Vector w(dimension());
  VectorView first(w.data(), options_.hidden * features);
  VectorView second(w.data() + options_.hidden * (features + 1), samples_->class_count * options_.hidden);
  fill_standard_normal(engine, first);
  fill_standard_normal(engine, second);
  first *= std::sqrt(2.0 / static_cast<double>(features));
  second *= std::sqrt(2.0 / static_cast<double>(options_.hidden));
  return w;
}

namespace {

template <class Choice>
Choice chosen(const Parameters& parameters, const char* name, const char* first_name, Choice first,
              const char* second_name, Choice second) {
  const std::string& text = parameters.text(name);
  if (text == first_name) return first;
  if (text == second_name) return second;
  throw std::invalid_argument(std::string("policy-network: ") + name + " must be " + first_name + " or " + second_name +
                              ", got '" + text + "'");
}

std::shared_ptr<const data::LabelledSamples> samples_of(const Parameters& parameters) {
  const std::string& source = parameters.text("data");
  const bool has_count = parameters.has("samples");
  if (source == "synthetic") {
    const Index count = has_count ? parameters.integer("samples") : 200;
    return std::make_shared<data::LabelledSamples>(
        data::synthetic_images(count, static_cast<std::uint64_t>(parameters.integer("seed"))));
  }
  auto all = std::make_shared<data::LabelledSamples>(
      data::read_labelled_samples(source == "fashion-mnist" ? data::fashion_mnist_folder : source));
  if (!has_count || parameters.integer("samples") == all->count()) return all;
  if (parameters.integer("samples") > all->count()) {
    throw std::invalid_argument("policy-network: samples must be <= " + std::to_string(all->count()) +
                                " with this data, got " + std::to_string(parameters.integer("samples")));
  }
  return std::make_shared<data::LabelledSamples>(data::part_of(*all, 0, parameters.integer("samples")));
}

Problem make_policy_network(const Parameters& parameters) {
  using transforms::PolicyFamily;
  const PolicyFamily family =
      chosen(parameters, "head", "softmax", PolicyFamily::softmax, "escort", PolicyFamily::escort);
  if (family == PolicyFamily::softmax && parameters.is_changed("p")) {
    throw std::invalid_argument("policy-network: p must be left out for a softmax head, got " + parameters.text("p"));
  }
  const PolicyNetworkOptions options{.hidden = parameters.integer("hidden"),
                                     .head = family == PolicyFamily::softmax
                                                 ? transforms::PolicyTransform::softmax()
                                                 : transforms::PolicyTransform::escort(parameters.real("p")),
                                     .loss = chosen(parameters, "objective", "reward", PolicyNetworkLoss::reward,
                                                    "cross-entropy", PolicyNetworkLoss::cross_entropy)};
  const auto network = std::make_shared<PolicyNetwork>(samples_of(parameters), options);
  RandomEngine engine = random_source_of(parameters).engine("network-weights");
  Problem problem;
  problem.name = "policy-network";
  problem.summary = "a network of one hidden layer that classifies images, as a policy over the classes";
  problem.why_hard =
      "with rewards, a class whose probability has become small where it is right hardly moves the weights and may "
      "stay "
      "lost";
  problem.objective = network;
  problem.starts = {{"random-weights", network->random_weights(engine)}};
  problem.random_start = [network](RandomEngine& source) { return network->random_weights(source); };
  return problem;
}

}  // namespace

Entry policy_network() {
  const auto text = [](std::string name, std::string default_value, std::string summary) {
    return ParameterDescription{.name = std::move(name),
                                .kind = ParameterKind::text,
                                .default_value = std::move(default_value),
                                .summary = std::move(summary)};
  };
  return {.name = "policy-network",
          .family = "policies",
          .summary = "an image classifier as a policy, by reward or cross-entropy (Mei et al. 2020); a finite sum",
          .parameters = {text("data", "synthetic",
                              "synthetic, fashion-mnist, or the path of a folder with IDX files, an .npz or a .csv"),
                         text("head", "softmax", "from outputs to probabilities: softmax or escort"),
                         text("objective", "reward", "reward, 1 - pi(right class), or cross-entropy, -log of it"),
                         real_parameter("p", "4", 1, 1000, "the power of an escort head"),
                         integer_parameter("hidden", "16", 1, 1e5, "h, the number of rectified units"),
                         integer_parameter("samples", "", 1, 1e7,
                                           "N, the first so many images; default: 200 synthetic ones, all of a file"),
                         seed_parameter()},
          .make = make_policy_network};
}

}  // namespace perigee::problems
