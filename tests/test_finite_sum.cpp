#include "support/catch.hpp"

#include <perigee/lib/finite_sum.hpp>
#include <perigee/lib/oracle.hpp>
#include <perigee/lib/stop.hpp>
#include <perigee/solvers/minibatch.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <vector>

using namespace perigee;

namespace {

// f_i(x) = (i + 1) x_0^2 + i x_1
auto ramp(Index terms) {
  return functional_sum(2, terms, [](Index i, ConstVectorView x, VectorView g) {
    const auto weight = static_cast<double>(i);
    g[0] += 2.0 * (weight + 1.0) * x[0];
    g[1] += weight;
    return (weight + 1.0) * x[0] * x[0] + weight * x[1];
  });
}

std::vector<Index> terms_of(MinibatchSampler& sampler, Index iteration) {
  const std::span<const Index> terms = sampler.batch(iteration);
  return {terms.begin(), terms.end()};
}

}  // namespace

TEST_CASE("a finite sum and its batches are means, of value and gradient alike") {
  // By hand: the mean of i over 0 ... 4 is 2, over {1, 3, 3} it is 7/3.
  const auto sum = ramp(5);
  const Vector x{3.0, -2.0};
  Vector gradient{NAN, NAN};  // what was there must not matter
  CHECK(sum.value_and_gradient(x, gradient) == Approx(3.0 * 9.0 - 2.0 * 2.0));
  CHECK(gradient[0] == Approx(18.0));
  CHECK(gradient[1] == Approx(2.0));
  CHECK(sum.value(x) == Approx(23.0));

  gradient = Vector{NAN, NAN};
  const std::vector<Index> terms{3, 1, 3};
  CHECK(sum.batch_value_and_gradient(terms, x, gradient) == Approx(10.0 / 3.0 * 9.0 - 7.0 / 3.0 * 2.0));
  CHECK(gradient[0] == Approx(20.0));
  CHECK(gradient[1] == Approx(7.0 / 3.0));

  CHECK(std::isnan(sum.batch_value_and_gradient({}, x, gradient)));
  CHECK(std::isnan(gradient[1]));
  CHECK_THROWS_AS(ramp(0), std::invalid_argument);
}

TEST_CASE("a batch of every term is the whole objective, and the mean of all batches of one term too") {
  const auto sum = ramp(7);
  const Vector x{0.3, 1.7};
  Vector whole(2);
  const double value = sum.value_and_gradient(x, whole);
  std::vector<Index> every(7);
  std::iota(every.begin(), every.end(), Index{0});
  Vector gradient(2);
  CHECK(sum.batch_value_and_gradient(every, x, gradient) == value);
  CHECK(gradient == whole);
  double mean = 0.0;
  Vector mean_gradient(2);
  for (const Index term : every) {
    mean += sum.batch_value_and_gradient(std::vector<Index>{term}, x, gradient) / 7.0;
    mean_gradient.view() += gradient.view() / 7.0;
  }
  CHECK(mean == Approx(value));
  CHECK((mean_gradient.view() - whole.view()).norm() < 1e-14);
}

TEST_CASE("an oracle counts a batch as one gradient call, and refuses the terms of another objective") {
  const auto sum = ramp(5);
  const auto other = ramp(5);
  Oracle oracle(sum);
  Evaluation at(2);
  at.propose() = Vector{3.0, -2.0}.view();
  oracle.evaluate_batch(sum, std::vector<Index>{1, 3}, at);
  CHECK(oracle.counts() == OracleCounts{.gradients = 1});
  CHECK(at.value() == Approx(3.0 * 9.0 - 2.0 * 2.0));
  CHECK(at.gradient_norm() == Approx(std::hypot(18.0, 2.0)));
  CHECK_THROWS_AS(oracle.evaluate_batch(other, std::vector<Index>{1}, at), std::invalid_argument);
  CHECK(oracle.counts() == OracleCounts{.gradients = 1});
}

TEST_CASE("criteria on the point do not fire on what a minibatch shows") {
  const StepRecord first;
  StepRecord record;
  record.value = record.gradient_norm = 0.0;
  const Vector x;
  const StopRule rule = gradient_tolerance(1.0) | value_target(1.0);
  CHECK(rule({first, record, x, not_measured}).has_value());
  record.batch_size = 4;
  CHECK_FALSE(rule({first, record, x, not_measured}).has_value());
}

TEST_CASE("without replacement every epoch shows each term once, the last batch what is left") {
  for (const Index size : {1, 3, 4, 10}) {
    MinibatchSampler sampler(10, {.size = size}, RandomSource(1));
    const Index batches = (10 + size - 1) / size;
    std::vector<Index> last_epoch;
    for (Index epoch = 0; epoch < 5; ++epoch) {
      std::vector<Index> seen;
      for (Index i = 0; i < batches; ++i) {
        const std::vector<Index> terms = terms_of(sampler, epoch * batches + i);
        CHECK(static_cast<Index>(terms.size()) == (i + 1 < batches ? size : 10 - size * (batches - 1)));
        seen.insert(seen.end(), terms.begin(), terms.end());
      }
      CHECK(seen != last_epoch);  // 1/10! for each of them by chance
      last_epoch = seen;
      std::sort(seen.begin(), seen.end());
      for (Index i = 0; i < 10; ++i) CHECK(seen[static_cast<std::size_t>(i)] == i);
    }
  }
}

TEST_CASE("a batch depends on seed, run and iteration alone, not on what was drawn before") {
  for (const Sampling sampling : {Sampling::without_replacement, Sampling::with_replacement}) {
    const Minibatch batch{.size = 4, .sampling = sampling};
    MinibatchSampler forward(11, batch, RandomSource(7));
    std::vector<std::vector<Index>> shown;
    for (Index k = 0; k < 20; ++k) shown.push_back(terms_of(forward, k));
    MinibatchSampler backward(11, batch, RandomSource(7));
    for (Index k = 19; k >= 0; --k) CHECK(terms_of(backward, k) == shown[static_cast<std::size_t>(k)]);
    MinibatchSampler another_seed(11, batch, RandomSource(8));
    MinibatchSampler another_run(11, batch, RandomSource(7, 1));
    CHECK(terms_of(another_seed, 0) != shown[0]);
    CHECK(terms_of(another_run, 0) != shown[0]);
  }
}

TEST_CASE("draws with replacement are uniform, and shuffles put every term everywhere equally often") {
  // Pearson's statistic with 9 degrees of freedom exceeds 45 with probability 9e-7.
  MinibatchSampler draws(10, {.size = 5, .sampling = Sampling::with_replacement}, RandomSource(2));
  std::vector<double> counts(10, 0.0);
  for (Index k = 0; k < 20000; ++k) {
    for (const Index term : draws.batch(k)) counts[static_cast<std::size_t>(term)] += 1.0;
  }
  double statistic = 0.0;
  for (const double count : counts) statistic += (count - 10000.0) * (count - 10000.0) / 10000.0;
  CHECK(statistic < 45.0);

  // 25 binomial counts of mean 4000 and deviation sqrt(3200); one of them 6 deviations off: 5e-8.
  MinibatchSampler shuffles(5, {.size = 5}, RandomSource(3));
  std::vector<double> table(25, 0.0);
  for (Index epoch = 0; epoch < 20000; ++epoch) {
    std::size_t place = 0;
    for (const Index term : shuffles.batch(epoch)) table[5 * place++ + static_cast<std::size_t>(term)] += 1.0;
  }
  for (const double count : table) CHECK(std::abs(count - 4000.0) < 6.0 * std::sqrt(3200.0));
}

TEST_CASE("names of samplings are read back") {
  for (const Sampling sampling : {Sampling::without_replacement, Sampling::with_replacement}) {
    CHECK(sampling_of(name_of(sampling)) == sampling);
  }
  CHECK_THROWS_AS(sampling_of("sometimes"), std::invalid_argument);
}
