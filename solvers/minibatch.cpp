#include <perigee/solvers/minibatch.hpp>

#include <algorithm>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace perigee {

namespace {

// One draw uniform in {0, ..., count - 1}: words below 2^64 mod count are thrown away, so no remainder is favoured.
std::uint64_t uniform_below(RandomEngine& engine, std::uint64_t count) {
  const std::uint64_t surplus = (0 - count) % count;
  std::uint64_t word = engine();
  while (word < surplus) word = engine();
  return word % count;
}

const FiniteSum* sum_for(const Oracle& oracle, const Minibatch& batch, const char* who) {
  if (batch.size == 0) return nullptr;
  const auto* sum = dynamic_cast<const FiniteSum*>(&oracle.objective());
  if (sum == nullptr) {
    throw std::invalid_argument(std::string(who) +
                                ": batch size must be 0, because the objective is no finite sum; got " +
                                std::to_string(batch.size));
  }
  if (batch.size > sum->term_count()) {
    throw std::invalid_argument(std::string(who) + ": batch size must be <= the number of terms, " +
                                std::to_string(sum->term_count()) + ", got " + std::to_string(batch.size));
  }
  return sum;
}

}  // namespace

std::string_view name_of(Sampling sampling) {
  return sampling == Sampling::with_replacement ? "with-replacement" : "without-replacement";
}

Sampling sampling_of(std::string_view name) {
  for (const Sampling sampling : {Sampling::without_replacement, Sampling::with_replacement}) {
    if (name == name_of(sampling)) return sampling;
  }
  throw std::invalid_argument("sampling: must be without-replacement or with-replacement, got '" + std::string(name) +
                              "'");
}

void check(const Minibatch& batch, const char* who) {
  if (batch.size < 0 || batch.size > static_cast<Index>(std::numeric_limits<std::uint32_t>::max())) {
    throw std::invalid_argument(std::string(who) + ": batch size must be in [0, 2^32), got " +
                                std::to_string(batch.size));
  }
}

std::vector<std::pair<std::string, std::string>> settings_of(const Minibatch& batch) {
  return {{"batch_size", std::to_string(batch.size)}, {"sampling", std::string(name_of(batch.sampling))}};
}

MinibatchSampler::MinibatchSampler(Index term_count, const Minibatch& batch, const RandomSource& random)
    : batch_(batch),
      random_(random),
      batches_in_epoch_(batch.size > 0 ? (term_count + batch.size - 1) / batch.size : 0),
      term_count_(term_count),
      terms_(static_cast<std::size_t>(batch.sampling == Sampling::with_replacement ? batch.size : term_count)) {}

std::span<const Index> MinibatchSampler::batch(Index iteration) {
  if (batch_.sampling == Sampling::with_replacement) {
    RandomEngine engine = random_.engine("minibatch", static_cast<std::uint64_t>(iteration));
    for (Index& term : terms_) {
      term = static_cast<Index>(uniform_below(engine, static_cast<std::uint64_t>(term_count_)));
    }
    return terms_;
  }
  if (const Index epoch = iteration / batches_in_epoch_; epoch != shuffled_epoch_) shuffle(epoch);
  const Index first = iteration % batches_in_epoch_ * batch_.size;
  return std::span<const Index>(terms_).subspan(static_cast<std::size_t>(first),
                                                static_cast<std::size_t>(std::min(batch_.size, term_count_ - first)));
}

// Fisher and Yates's shuffle, always from the natural order: an epoch's order depends on its number alone.
void MinibatchSampler::shuffle(Index epoch) {
  RandomEngine engine = random_.engine("epoch", static_cast<std::uint64_t>(epoch));
  std::iota(terms_.begin(), terms_.end(), Index{0});
  for (std::size_t left = terms_.size(); left > 1; --left) {
    std::swap(terms_[left - 1], terms_[static_cast<std::size_t>(uniform_below(engine, left))]);
  }
  shuffled_epoch_ = epoch;
}

MinibatchOracle::MinibatchOracle(Oracle& oracle, const Minibatch& batch, const RandomSource& random, const char* who)
    : oracle_(oracle),
      sum_(sum_for(oracle, batch, who)),
      sampler_(sum_ != nullptr ? sum_->term_count() : 0, batch, random) {}

std::uint32_t MinibatchOracle::evaluate(Evaluation& at, Index iteration) {
  if (sum_ == nullptr) {
    oracle_.evaluate(at);
    return 0;
  }
  const std::span<const Index> terms = sampler_.batch(iteration);
  oracle_.evaluate_batch(*sum_, terms, at);
  return static_cast<std::uint32_t>(terms.size());
}

}  // namespace perigee
