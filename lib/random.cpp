#include <perigee/lib/random.hpp>

#include <bit>
#include <boost/random/normal_distribution.hpp>
#include <boost/random/uniform_01.hpp>
#include <cmath>

namespace perigee {

namespace {

// One step of splitmix64 (Steele, Lea and Flood 2014): advances `state`, returns a mixed word.
std::uint64_t splitmix64(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15ULL;
  std::uint64_t word = state;
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9ULL;
  word = (word ^ (word >> 27)) * 0x94d049bb133111ebULL;
  return word ^ (word >> 31);
}

// FNV-1a, 64 bits: a name for the purpose that depends on nothing but its letters.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char letter : text) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3ULL;
  return hash;
}

}  // namespace

RandomEngine::RandomEngine(std::uint64_t key) : state_{} {
  for (std::uint64_t& word : state_) word = splitmix64(key);
}

RandomEngine::result_type RandomEngine::operator()() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

RandomEngine RandomSource::engine(std::string_view purpose, std::uint64_t counter) const {
  // Chained mixing: each part of the name passes through splitmix64 with all parts before it.
  std::uint64_t key = seed_;
  for (const std::uint64_t part : {hash_of(purpose), run_, counter}) key = splitmix64(key) ^ part;
  return RandomEngine(splitmix64(key));
}

void fill_standard_normal(RandomEngine& engine, VectorView out) {
  boost::random::normal_distribution<double> normal;
  for (double& element : out) element = normal(engine);
}

double uniform_unit(RandomEngine& engine) { return boost::random::uniform_01<double>()(engine); }

void fill_uniform_ball(RandomEngine& engine, double radius, VectorView out) {
  const Index n = out.size();
  if (n == 0) return;
  double norm = 0.0;
  while (norm == 0.0) {
    fill_standard_normal(engine, out);
    norm = out.norm();
  }
  out *= radius * std::pow(uniform_unit(engine), 1.0 / static_cast<double>(n)) / norm;
}

}  // namespace perigee
