#include "fuzz/seeds.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <perigee/diagnostics/store.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/solvers/gradient_descent.hpp>

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
  const std::filesystem::path path = folder.path() / "run.sqlite";
  {
    const Problem problem = problems::make("rosenbrock");
    const GradientDescent solver({.learning_rate = schedules::constant(1e-3)});
    StoreOptions options{.probe = {{"x"}, [](ConstVectorView x, VectorView values) { values[0] = x[0]; }}};
    annotate(options.description, problem, solver);
    StoreRecorder recorder(path, options);
    run(*problem.objective, solver, problem.starts[0].x, {.stop = max_iterations(20), .observers = {&recorder}});
  }
  std::ifstream file(path, std::ios::binary);
  const std::string sound{std::istreambuf_iterator<char>(file), {}};
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
      bool is_sound = !trajectory.records.empty();
      for (std::size_t k = 1; k < trajectory.records.size(); ++k) {
        is_sound = is_sound && trajectory.records[k - 1].iteration < trajectory.records[k].iteration;
      }
      for (const Column& column : trajectory.columns) {
        is_sound = is_sound && column.values.size() == trajectory.records.size();
      }
      if (!is_sound) FAIL("unsound trajectory of mutation " << i);
      ++readable;
    } catch (const ReadError&) {
    }
  }
  CHECK(readable > mutation_count / 50);
  CHECK(mutation_count - readable > mutation_count / 50);
}
