// Random draws from explicit streams: every stream is named by (seed, purpose, run, counter).
//
// The same name gives the same draws on every machine, for any number of threads and after a resume,
// because nothing is carried over from one stream to the next. The engine is xoshiro256** (Blackman and
// Vigna 2021, "Scrambled linear pseudorandom number generators", ACM TOMS 47(4)), seeded by splitmix64;
// it starts in nanoseconds, so each iteration can have a stream of its own.
#ifndef PERIGEE_LIB_RANDOM_HPP
#define PERIGEE_LIB_RANDOM_HPP

#include <perigee/lib/vector.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace perigee {

/// A uniform random bit generator of 64-bit words (satisfies std::uniform_random_bit_generator).
class RandomEngine {
 public:
  using result_type = std::uint64_t;
  /// State made of splitmix64(key), four words.
  explicit RandomEngine(std::uint64_t key);
  /// State as given; not all four words may be zero.
  explicit RandomEngine(const std::array<std::uint64_t, 4>& state) : state_(state) {}
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return ~result_type{0}; }
  result_type operator()();

 private:
  std::array<std::uint64_t, 4> state_;
};

/// Names the streams of one run. A value: copying it copies the name, not a position.
class RandomSource {
 public:
  /// `run` tells apart the runs of one ensemble that share a seed.
  explicit RandomSource(std::uint64_t seed, std::uint64_t run = 0) : seed_(seed), run_(run) {}

  std::uint64_t seed() const { return seed_; }
  std::uint64_t run() const { return run_; }

  /// The engine of stream (seed, purpose, run, counter). Purposes are words: "perturbation", "minibatch".
  RandomEngine engine(std::string_view purpose, std::uint64_t counter = 0) const;

 private:
  std::uint64_t seed_;
  std::uint64_t run_;
};

/// Fills `out` with independent draws of N(0, 1) (Boost's ziggurat; same bits from every compiler).
void fill_standard_normal(RandomEngine& engine, VectorView out);

/// One draw of U[0, 1).
double uniform_unit(RandomEngine& engine);

/// Fills `out` with a point uniform in the ball of radius `radius` >= 0 around 0:
/// radius u^(1/n) z/||z||, z ~ N(0, I), u ~ U(0, 1).
void fill_uniform_ball(RandomEngine& engine, double radius, VectorView out);

}  // namespace perigee

#endif
