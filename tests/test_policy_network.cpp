// Policy networks: the data they are trained on, their derivatives, and that training them works.
#include "support/catch.hpp"
#include "support/encoders.hpp"
#include "support/temporary_folder.hpp"

#include <perigee/lib/data/labelled_samples.hpp>
#include <perigee/lib/data/synthetic_images.hpp>
#include <perigee/lib/derivative_check.hpp>
#include <perigee/lib/problems/policy_network.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/solvers/stochastic_gradient_descent.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

using namespace perigee;
using namespace perigee::data;
using namespace perigee::problems;
using namespace perigee::test;
using transforms::PolicyTransform;

namespace {

struct Case {
  const char* name;
  PolicyNetworkOptions options;
};

std::vector<Case> cases() {
  return {{"softmax reward", {.hidden = 5, .loss = PolicyNetworkLoss::reward}},
          {"softmax cross-entropy", {.hidden = 5, .loss = PolicyNetworkLoss::cross_entropy}},
          {"escort reward", {.hidden = 5, .head = PolicyTransform::escort(4.0), .loss = PolicyNetworkLoss::reward}},
          {"escort cross-entropy",
           {.hidden = 5, .head = PolicyTransform::escort(2.0), .loss = PolicyNetworkLoss::cross_entropy}}};
}

std::shared_ptr<const LabelledSamples> synthetic(Index count) {
  return std::make_shared<LabelledSamples>(synthetic_images(count, 3));
}

Vector weights_of(const PolicyNetwork& network, std::uint64_t seed = 4) {
  RandomEngine engine = RandomSource(seed).engine("weights");
  Vector w = network.random_weights(engine);
  w.view().array() += 0.01;  // biases other than 0
  return w;
}

// The definition, sample by sample and unit by unit, without matrices.
double slow_value(const LabelledSamples& samples, const PolicyNetworkOptions& options, const Vector& w) {
  const Index d = samples.feature_count, h = options.hidden, k = samples.class_count;
  double sum = 0.0;
  for (Index i = 0; i < samples.count(); ++i) {
    std::vector<double> a, weight;
    for (Index u = 0; u < h; ++u) {
      double z = w[h * d + u];
      for (Index j = 0; j < d; ++j) {
        z += w[u * d + j] * static_cast<double>(samples.features[static_cast<std::size_t>(i * d + j)]);
      }
      a.push_back(z > 0.0 ? z : 0.0);
    }
    for (Index c = 0; c < k; ++c) {
      double o = w[h * (d + 1) + k * h + c];
      for (Index u = 0; u < h; ++u) o += w[h * (d + 1) + c * h + u] * a[static_cast<std::size_t>(u)];
      weight.push_back(options.head.name() == "softmax" ? std::exp(o)
                                                        : std::pow(std::abs(o), options.head.parameter()));
    }
    const double pi =
        weight[samples.labels[static_cast<std::size_t>(i)]] / std::accumulate(weight.begin(), weight.end(), 0.0);
    sum += options.loss == PolicyNetworkLoss::reward ? 1.0 - pi : -std::log(pi);
  }
  return sum / static_cast<double>(samples.count());
}

}  // namespace

TEST_CASE("the loss is that of the definition, over several blocks") {
  const auto samples = synthetic(600);  // three blocks, the last one not full
  for (const Case& c : cases()) {
    INFO(c.name);
    const PolicyNetwork network(samples, c.options);
    CHECK(network.dimension() == 5 * 65 + 10 * 6);
    CHECK(network.term_count() == 600);
    const Vector w = weights_of(network);
    Vector gradient(w.size());
    const double expected = slow_value(*samples, c.options, w);
    CHECK(network.value(w) == Approx(expected).epsilon(1e-12));
    CHECK(network.value_and_gradient(w, gradient) == Approx(expected).epsilon(1e-12));
  }
}

TEST_CASE("derivatives of all heads and losses are those of the values") {
  // Taylor slopes 2 and 3, and symmetric products: see derivative_check.hpp. Few samples, so that kinks are rare.
  for (const Case& c : cases()) {
    const PolicyNetwork network(synthetic(12), c.options);
    int passed = 0;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      const DerivativeReport report =
          check_derivatives(network, weights_of(network, seed), RandomSource(seed), {.largest_step = 1e-2});
      INFO(c.name << ", seed " << seed << ": " << report.text());
      CHECK(report.outcome() != CheckOutcome::failed);
      passed += report.outcome() == CheckOutcome::passed ? 1 : 0;
    }
    INFO(c.name);
    CHECK(passed >= 4);
  }
}

TEST_CASE("a batch is the mean of its terms, and all terms are the objective") {
  const auto samples = synthetic(300);
  for (const Case& c : cases()) {
    INFO(c.name);
    const PolicyNetwork network(samples, c.options);
    const Vector w = weights_of(network);
    const Index n = w.size();
    const std::vector<Index> terms{7, 299, 7, 0, 123};
    Vector sum(n), batch(n);
    double value = 0.0;
    for (const Index term : terms) value += network.add_term(term, w, sum);
    CHECK(network.batch_value_and_gradient(terms, w, batch) == Approx(value / 5.0).epsilon(1e-12));
    CHECK((5.0 * batch.view() - sum.view()).norm() <= 1e-11 * sum.view().norm());

    std::vector<Index> all(300);
    std::iota(all.begin(), all.end(), Index{0});
    Vector whole(n), of_all(n);
    CHECK(network.batch_value_and_gradient(all, w, of_all) == Approx(network.value_and_gradient(w, whole)));
    CHECK((of_all.view() - whole.view()).norm() <= 1e-12 * whole.view().norm());
    CHECK(std::isnan(network.batch_value_and_gradient({}, w, batch)));
  }
}

TEST_CASE("near a corner the loss keeps its digits") {
  // One sample, and weights so large that pi(right class) is 1 - 9 exp(-50): with biases b alone, o = b.
  auto samples = std::make_shared<LabelledSamples>();
  *samples = {.feature_count = 1, .class_count = 10, .features = {0.5F}, .labels = {3}};
  for (const PolicyNetworkLoss loss : {PolicyNetworkLoss::reward, PolicyNetworkLoss::cross_entropy}) {
    const PolicyNetwork network(samples, {.hidden = 1, .loss = loss});
    Vector w(network.dimension());
    w[w.size() - 10 + 3] = 50.0;
    Vector gradient(w.size());
    const double wrong = 9.0 * std::exp(-50.0);
    CHECK(network.value_and_gradient(w, gradient) == Approx(wrong).epsilon(1e-12));
    CHECK(gradient[w.size() - 10 + 3] == Approx(-wrong).epsilon(1e-12));
    CHECK(gradient[w.size() - 1] == Approx(std::exp(-50.0)).epsilon(1e-12));
  }
}

TEST_CASE("the first weights follow He et al. (2015)") {
  const PolicyNetwork network(synthetic(1), {.hidden = 500});
  RandomEngine engine = RandomSource(8).engine("weights");
  const Vector w = network.random_weights(engine);
  // Variance 2/64 of 32000 weights: the mean square is within 5 sqrt(2/32000) = 4% with probability above 1 - 1e-6.
  CHECK(w.view().head(32000).squaredNorm() / 32000.0 == Approx(2.0 / 64.0).epsilon(0.04));
  CHECK(w.view().segment(32000, 500).norm() == 0.0);
  // Variance 2/500 of 5000 weights: within 5 sqrt(2/5000) = 10%.
  CHECK(w.view().segment(32500, 5000).squaredNorm() / 5000.0 == Approx(2.0 / 500.0).epsilon(0.1));
  CHECK(w.view().tail(10).norm() == 0.0);
}

TEST_CASE("stochastic gradient descent learns the synthetic images; the softmax loses classes to its reward") {
  // Mei et al. (2020), section 6: trained by reward, a softmax policy falls into gravity wells, here classes of which
  // not one image is recognized; an escort policy does not, nor does a softmax trained by cross-entropy. Guessing errs
  // on 90%. Fixed seeds; measured on images not seen: 1 to 5 classes lost, errors of the others 0.02 to 0.05.
  const LabelledSamples all = synthetic_images(1500, 3);
  const auto training = std::make_shared<LabelledSamples>(part_of(all, 0, 1000));
  const LabelledSamples test = part_of(all, 1000, 500);
  const auto trained = [&](PolicyNetworkOptions options, double learning_rate, std::uint64_t seed) {
    options.hidden = 32;
    const PolicyNetwork network(training, options);
    RandomEngine engine = RandomSource(seed).engine("weights");
    const Vector start = network.random_weights(engine);
    CHECK(network.classify(test, start).error_rate > 0.6);
    const StochasticGradientDescent solver({.learning_rate = learning_rate, .batch = {.size = 50}});
    const RunResult result = run(network, solver, start, {.stop = max_iterations(600)});
    CHECK(network.value(result.x) < 0.7 * network.value(start));
    return network.classify(test, result.x);
  };
  for (std::uint64_t seed = 4; seed < 8; ++seed) {
    INFO(seed);
    const Classification softmax_reward = trained({}, 0.3, seed);
    CHECK(softmax_reward.error_rate > 0.2);
    CHECK(softmax_reward.worst_class_error == 1.0);
    const Classification escort_reward = trained({.head = PolicyTransform::escort(4.0)}, 0.3, seed);
    CHECK(escort_reward.error_rate < 0.09);
    CHECK(escort_reward.worst_class_error < 0.5);
    CHECK(trained({.loss = PolicyNetworkLoss::cross_entropy}, 0.3, seed).error_rate < 0.09);
  }
  // The escort's cross-entropy has poles, so its steps must be small and luck is needed: one seed is claimed.
  const Classification escort =
      trained({.head = PolicyTransform::escort(2.0), .loss = PolicyNetworkLoss::cross_entropy}, 0.03, 4);
  CHECK(escort.error_rate < 0.09);
}

TEST_CASE("synthetic images are fixed by the seed, and more of them begin with the fewer") {
  const LabelledSamples few = synthetic_images(20, 5), many = synthetic_images(40, 5);
  CHECK(few.count() == 20);
  CHECK(few.feature_count == 64);
  CHECK(std::equal(few.features.begin(), few.features.end(), many.features.begin()));
  CHECK(few.features != synthetic_images(20, 6).features);
  for (const float shade : many.features) {
    if (!(shade >= 0.0F && shade <= 1.0F)) FAIL(shade);
  }
  for (Index i = 0; i < 40; ++i) CHECK(many.labels[static_cast<std::size_t>(i)] == i % 10);
  CHECK_THROWS_WITH(synthetic_images(0, 1), "synthetic_images: count must be >= 1, got 0");
  CHECK_THROWS_WITH(part_of(few, 15, 6),
                    "part_of: samples [first, first + count) must be some of 20, got first 15, count 6");
}

TEST_CASE("labelled samples from IDX folders, NPZ and CSV files") {
  const TemporaryFolder folder;
  const std::string pixels("\x00\xff\x33\x66\x99\xcc", 6);  // 0, 1, 0.2, 0.4, 0.6, 0.8
  const std::vector<float> shades{0.0F, 1.0F, 0.2F, 0.4F, 0.6F, 0.8F};
  folder.write("train-images-idx3-ubyte.gz", deflated(idx_file(8, {3, 1, 2}, pixels), 31));
  folder.write("train-labels-idx1-ubyte", idx_file(8, {3}, std::string("\x02\x00\x01", 3)));
  const LabelledSamples images = read_labelled_samples(folder.path());
  CHECK(images.feature_count == 2);
  CHECK(images.class_count == 3);
  CHECK(images.features == shades);
  CHECK(images.labels == std::vector<std::uint16_t>{2, 0, 1});
  // Nothing says what is missing better than the package's name and the path.
  CHECK_THROWS_WITH(read_labelled_samples(folder.path(), DataPart::test),
                    Catch::Matchers::Contains("t10k-images-idx3-ubyte: there is no such data set; install Debian's "
                                              "package dataset-fashion-mnist and pass "
                                              "/usr/share/datasets/fashion-mnist"));
  folder.write("train-labels-idx1-ubyte", idx_file(8, {2}, std::string("\x02\x00", 2)));
  CHECK_THROWS_WITH(read_labelled_samples(folder.path()),
                    Catch::Matchers::EndsWith("expected a label for each of 3 samples, got 2"));

  const auto npy = [](const std::string& type, const std::string& shape, const std::string& elements) {
    return npy_file("{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + "}", elements);
  };
  const auto archive = folder.write(
      "a.npz",
      zip_file({{"x_train.npy", npy("|u1", "(3, 2)", pixels), true},
                {"y_train.npy", npy("|u1", "(3,)", std::string("\x02\x00\x01", 3)), false},
                {"x_test.npy", npy("<f8", "(1, 2)", packed(2.0, Endian::little) + packed(-4.0, Endian::little)), false},
                {"y_test.npy", npy("<i8", "(1,)", packed(std::uint64_t{1}, 8, Endian::little)), false}}));
  CHECK(read_labelled_samples(archive).features == shades);
  CHECK(read_labelled_samples(archive, DataPart::test).features == std::vector<float>{0.5F, -1.0F});

  const auto named = folder.write("a.csv", "label,u,v\n1,0,10\n0,5,2.5\n");
  CHECK(read_labelled_samples(named).features == std::vector<float>{0.0F, 1.0F, 0.5F, 0.25F});
  CHECK(read_labelled_samples(named).labels == std::vector<std::uint16_t>{1, 0});
  CHECK(read_labelled_samples(folder.write("b.csv", "0,0.5,3\n0.25,1,4\n")).labels == std::vector<std::uint16_t>{3, 4});
  CHECK_THROWS_WITH(read_labelled_samples(folder.write("c.csv", "1,2\n3,0.5\n")),
                    Catch::Matchers::EndsWith("c.csv: row 2: expected a label in 0, 1, ..., 65535, got 0.5"));
}

TEST_CASE("policy-network by name: parameters, and errors that say what to do") {
  const Problem problem = make("policy-network", {{"head", "escort"}, {"objective", "cross-entropy"}, {"p", "2"}});
  const auto* network = dynamic_cast<const PolicyNetwork*>(problem.objective.get());
  REQUIRE(network != nullptr);
  CHECK(network->term_count() == 200);
  CHECK(network->options().head.parameter() == 2.0);
  CHECK_THROWS_WITH(make("policy-network", {{"head", "sparsemax"}}),
                    "policy-network: head must be softmax or escort, got 'sparsemax'");
  CHECK_THROWS_WITH(make("policy-network", {{"p", "2"}}),
                    "policy-network: p must be left out for a softmax head, got 2");
  CHECK_THROWS_WITH(make("policy-network", {{"data", "/no/such/folder"}}),
                    Catch::Matchers::StartsWith("/no/such/folder: there is no such data set; install Debian's package "
                                                "dataset-fashion-mnist and pass /usr/share/datasets/fashion-mnist"));
  const TemporaryFolder folder;
  const std::string path = folder.write("a.csv", "label,u\n0,1\n1,2\n").string();
  CHECK(dynamic_cast<const FiniteSum&>(*make("policy-network", {{"data", path}}).objective).term_count() == 2);
  CHECK_THROWS_WITH(make("policy-network", {{"data", path}, {"samples", "3"}}),
                    "policy-network: samples must be <= 2 with this data, got 3");
}

TEST_CASE("Fashion-MNIST, where it is installed") {
  if (!std::filesystem::exists(std::filesystem::path(fashion_mnist_folder) / "t10k-images-idx3-ubyte.gz")) {
    WARN("skipped: the package dataset-fashion-mnist is not installed");
    return;
  }
  const LabelledSamples test = read_labelled_samples(fashion_mnist_folder, DataPart::test);
  CHECK(test.count() == 10000);
  CHECK(test.feature_count == 784);
  // 1000 images of every class, and the mean shade 73.15 (of 255), as the data set is described.
  std::vector<int> of_class(10);
  for (const std::uint16_t label : test.labels) ++of_class.at(label);
  CHECK(of_class == std::vector<int>(10, 1000));
  double sum = 0.0;
  for (const float shade : test.features) sum += static_cast<double>(shade);
  CHECK(255.0 * sum / 7840000.0 == Approx(73.15).margin(0.01));
}
