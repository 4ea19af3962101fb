// Minibatches: which terms of a finite sum an iteration sees, as a pure function of (seed, iteration).
#ifndef PERIGEE_SOLVERS_MINIBATCH_HPP
#define PERIGEE_SOLVERS_MINIBATCH_HPP

#include <perigee/lib/finite_sum.hpp>
#include <perigee/lib/oracle.hpp>
#include <perigee/lib/random.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace perigee {

enum class Sampling {
  without_replacement,  // epochs: each term once an epoch, in a fresh random order; the last batch takes what is left
  with_replacement,     // b independent uniform draws an iteration
};

/// "without-replacement" or "with-replacement".
std::string_view name_of(Sampling sampling);
/// The sampling of that name. Throws std::invalid_argument if there is none.
Sampling sampling_of(std::string_view name);

/// What a stochastic method sees of its objective in one iteration.
struct Minibatch {
  Index size = 0;  // b, terms in a batch; 0: the whole objective, which then need not be a finite sum
  Sampling sampling = Sampling::without_replacement;
};

/// Throws std::invalid_argument unless 0 <= size < 2^32. `who` is named in the message.
void check(const Minibatch& batch, const char* who);

/// The pairs ("batch_size", ...), ("sampling", ...) of Solver::settings.
std::vector<std::pair<std::string, std::string>> settings_of(const Minibatch& batch);

/// Draws the batches. Stream "minibatch", counter k, with replacement; stream "epoch", counter of the epoch, without.
class MinibatchSampler {
 public:
  /// For N >= 1 terms; 1 <= batch.size <= N.
  MinibatchSampler(Index term_count, const Minibatch& batch, const RandomSource& random);

  /// The terms of iteration k >= 0, whatever was asked for before; valid until the next call.
  /// O(b), and O(N) where an epoch begins.
  std::span<const Index> batch(Index iteration);

 private:
  void shuffle(Index epoch);

  Minibatch batch_;
  RandomSource random_;
  Index batches_in_epoch_;     // ceil(N/b)
  Index term_count_;           // N
  Index shuffled_epoch_ = -1;  // the epoch whose order is in terms_
  std::vector<Index> terms_;   // an epoch's order, or one batch
};

/// An oracle that shows iteration k the batch of iteration k.
class MinibatchOracle {
 public:
  /// Throws std::invalid_argument if batches are asked for and the objective is no finite sum, or has fewer terms than
  /// one batch. `who` is named in the message.
  MinibatchOracle(Oracle& oracle, const Minibatch& batch, const RandomSource& random, const char* who);

  /// Value and gradient at the point that `at` holds, of the terms of iteration k. One gradient call.
  /// Returns the number of terms; 0: the whole objective.
  std::uint32_t evaluate(Evaluation& at, Index iteration);

 private:
  Oracle& oracle_;
  const FiniteSum* sum_;  // nullptr: no batches
  MinibatchSampler sampler_;
};

}  // namespace perigee

#endif
