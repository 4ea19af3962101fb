#include "fuzz/seeds.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <perigee/diagnostics/store.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/solvers/gradient_descent.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

using namespace perigee;
using namespace perigee::fuzz;

namespace {

std::string mutated(std::string bytes, std::mt19937& random, const std::string& alphabet) {
  const auto below = [&random](std::size_t n) { return static_cast<std::size_t>(random()) % n; };
  for (std::size_t edits = 1 + below(3); edits > 0; --edits) {
    const std::size_t at = below(bytes.size() + 1);
    switch (below(5)) {
      case 0:
        bytes.insert(at, 1, alphabet[below(alphabet.size())]);
        break;
      case 1:
        bytes.erase(at, 1 + below(3));
        break;
      case 2:
        bytes.resize(at);
        break;
      case 3:
        bytes.insert(at, bytes.substr(below(bytes.size() + 1), below(40)));
        break;
      default:
        if (at < bytes.size()) bytes[at] = static_cast<char>(random());
    }
    if (bytes.empty()) bytes = "x";
  }
  return bytes;
}

// The bytes of a small recorded run.
std::string recorded_run(const std::filesystem::path& path) {
  {
    const Problem problem = problems::make("rosenbrock");
    const GradientDescent solver({.learning_rate = schedules::constant(1e-3)});
    StoreOptions options{.probe = {{"x"}, [](ConstVectorView x, VectorView values) { values[0] = x[0]; }}};
    annotate(options.description, problem, solver);
    StoreRecorder recorder(path, options);
    run(*problem.objective, solver, problem.starts[0].x, {.stop = max_iterations(20), .observers = {&recorder}});
  }
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

// The fuzzers' targets under seeded mutations of their seeds; PERIGEE_MUTATIONS in the environment for more of them.
TEST_CASE("damaged files are read or refused, and never anything else") {
  const char* const wish = std::getenv("PERIGEE_MUTATIONS");
  const int mutation_count = wish != nullptr ? std::atoi(wish) : 4000;
  const std::string alphabet =
      "\"\\{}[]():,;\t\n\r #.-+eE019naifNul/\xef\xbb\xbf\xff\x1b\x80\x7f" + std::string(1, '\0');
  for (const Target& target : all_targets()) {
    INFO(target.name);
    for (const std::string& seed : target.seeds) CHECK(target.run(seed) == Outcome::readable);
    std::mt19937 random(7);
    int readable = 0;
    for (int i = 0; i < mutation_count; ++i) {
      const std::string& seed = target.seeds[random() % target.seeds.size()];
      readable += target.run(mutated(seed, random, alphabet)) == Outcome::readable ? 1 : 0;
    }
    // Mutations that reach both ends of the readers.
    CHECK(readable > mutation_count / 50);
    CHECK(mutation_count - readable > mutation_count / 50);
  }
}

// A database is damaged by overwriting, within its pages: a file cut or moved is refused by SQLite itself.
TEST_CASE("damaged recorded runs are read or refused, and never anything else") {
  const char* const wish = std::getenv("PERIGEE_MUTATIONS");
  const int mutation_count = wish != nullptr ? std::atoi(wish) : 1000;
  const test::TemporaryFolder folder;
  const std::string sound = recorded_run(folder.path() / "run.sqlite");
  std::mt19937 random(13);
  int readable = 0;
  for (int i = 0; i < mutation_count; ++i) {
    std::string bytes = sound;
    for (std::size_t edits = 1 + random() % 8; edits > 0; --edits) {
      // Most bytes are zeros of half-filled pages: those that are not are hit.
      std::size_t at = random() % bytes.size();
      while (at + 1 < bytes.size() && bytes[at] == 0) ++at;
      bytes[at] = static_cast<char>(random());
    }
    folder.write("damaged.sqlite", bytes);
    try {
      const Trajectory trajectory = read_trajectory(folder.path() / "damaged.sqlite", {.format = "sqlite"}).trajectory;
      if (const char* const reason = unsoundness_of(trajectory)) FAIL("mutation " << i << ": " << reason);
      ++readable;
    } catch (const ReadError&) {
    }
  }
  CHECK(readable > mutation_count / 50);
  CHECK(mutation_count - readable > mutation_count / 50);
}

// SQLite trusts the order of a page's cells. Leaves of tables: type 13, the number of cells at byte 3, then at byte 8
// the offsets of the cells in the order of their keys (https://www.sqlite.org/fileformat.html, 1.6).
TEST_CASE("a recorded run whose pages hold their rows out of order is refused") {
  const test::TemporaryFolder folder;
  std::string bytes = recorded_run(folder.path() / "run.sqlite");
  const std::size_t page_size = static_cast<unsigned char>(bytes[16]) * 256U + static_cast<unsigned char>(bytes[17]);
  int swapped = 0;
  for (std::size_t page = page_size; page < bytes.size(); page += page_size) {
    if (bytes[page] != 13 || bytes[page + 3] != 0 || bytes[page + 4] != 21) continue;  // iterations 0 to 20
    std::swap_ranges(&bytes[page + 8], &bytes[page + 10], &bytes[page + 10]);
    ++swapped;
  }
  REQUIRE(swapped > 0);
  folder.write("damaged.sqlite", bytes);
  CHECK_THROWS_WITH(read_trajectory(folder.path() / "damaged.sqlite", {.format = "sqlite"}),
                    Catch::Contains("must increase, got 0 after 1"));
}
