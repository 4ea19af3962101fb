#include "support/catch.hpp"

#include <perigee/diagnostics/store.hpp>
#include <perigee/lib/functional.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/solvers/gradient_descent.hpp>

#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <random>
#include <sstream>
#include <string>
#include <thread>

using namespace perigee;

namespace {

// A folder that goes with the test.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "perigee-store-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all, ignored);
    std::filesystem::remove_all(path_, ignored);
  }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// A method that plays back given records: the store must not care where they come from.
class Player final : public Stepper {
 public:
  explicit Player(std::vector<StepRecord> records) : records_(std::move(records)), evaluation_(1) { load(0); }
  StepStatus step() override {
    if (next_ == records_.size()) return StepStatus::ended;
    load(next_);
    return StepStatus::advanced;
  }
  const Evaluation& current() const override { return evaluation_; }
  void save_state(StateWriter&) const override {}
  void load_state(StateReader&) override {}

 private:
  void load(std::size_t position) {
    record_ = records_[position];
    next_ = position + 1;
    const auto objective = functional(
        1, [value = record_.value](ConstVectorView) { return value; },
        [slope = record_.gradient_norm](ConstVectorView, VectorView g) { g[0] = slope; });
    Oracle oracle(objective);
    oracle.evaluate(evaluation_);
  }
  std::vector<StepRecord> records_;
  std::size_t next_ = 0;
  Evaluation evaluation_;
};

bool same_bits(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

bool same_bits(const StepRecord& a, const StepRecord& b) {
  return a.iteration == b.iteration && a.kind == b.kind && a.batch_size == b.batch_size &&
         same_bits(a.value, b.value) && same_bits(a.gradient_norm, b.gradient_norm) &&
         same_bits(a.step_norm, b.step_norm) && same_bits(a.step_size, b.step_size) &&
         same_bits(a.curvature, b.curvature) && a.counts == b.counts;
}

bool same_bits(const std::vector<double>& a, const std::vector<double>& b, std::size_t count) {
  return std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(count), b.begin(),
                    [](double x, double y) { return same_bits(x, y); });
}

// Whether `part` is the beginning of `whole`, bit for bit.
bool is_prefix(const Trajectory& part, const Trajectory& whole) {
  if (part.records.size() > whole.records.size() || part.columns.size() != whole.columns.size()) return false;
  for (std::size_t i = 0; i < part.records.size(); ++i) {
    if (!same_bits(part.records[i], whole.records[i])) return false;
  }
  for (std::size_t i = 0; i < part.columns.size(); ++i) {
    if (part.columns[i].name != whole.columns[i].name) return false;
    if (part.columns[i].values.size() != part.records.size()) return false;
    if (!same_bits(part.columns[i].values, whole.columns[i].values, part.records.size())) return false;
  }
  if (part.snapshots.size() > whole.snapshots.size()) return false;
  for (std::size_t i = 0; i < part.snapshots.size(); ++i) {
    if (part.snapshots[i].iteration != whole.snapshots[i].iteration) return false;
    if (!(part.snapshots[i].x == whole.snapshots[i].x)) return false;
  }
  return true;
}

bool same_run(const Trajectory& a, const Trajectory& b) {
  return a.records.size() == b.records.size() && a.snapshots.size() == b.snapshots.size() && is_prefix(a, b) &&
         a.end == b.end && a.problem == b.problem && a.solver == b.solver && a.settings == b.settings;
}

// The message of the StoreError that `action` throws; empty: none.
template <class Action>
std::string store_error(Action action) {
  try {
    action();
  } catch (const StoreError& error) {
    return error.what();
  }
  return {};
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string contents(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

// One number of a file by a query of our own, past the library.
std::int64_t query(const std::filesystem::path& path, const std::string& text) {
  sqlite3* database = nullptr;
  sqlite3_stmt* statement = nullptr;
  REQUIRE(sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
  REQUIRE(sqlite3_prepare_v2(database, text.c_str(), -1, &statement, nullptr) == SQLITE_OK);
  REQUIRE(sqlite3_step(statement) == SQLITE_ROW);
  const std::int64_t result = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return result;
}

void execute(const std::filesystem::path& path, const std::string& text) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
  REQUIRE(sqlite3_exec(database, text.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(database);
}

struct Descent {
  Problem problem = problems::make("rosenbrock");
  GradientDescent solver{{.learning_rate = schedules::constant(1e-3)}};

  StoreOptions options(StoreMode mode) const {
    StoreOptions result{.mode = mode,
                        .configuration = {{{"problem", "rosenbrock"}, {"seed", "7"}, {"budget", "2500"}}},
                        .probe = {{"x", "y"}, [](ConstVectorView x, VectorView values) { values = x; }}};
    annotate(result.description, problem, solver);
    return result;
  }
  RunResult go(std::vector<Observer*> observers, Index iterations, std::span<const std::uint8_t> state = {}) const {
    return run(*problem.objective, solver, problem.starts[0].x,
               {.stop = max_iterations(iterations), .observers = std::move(observers), .state = state});
  }
};

}  // namespace

TEST_CASE("a recorded run reads back as what a Recorder keeps, bit for bit") {
  const Folder folder;
  const Descent descent;
  Recorder memory({}, descent.options(StoreMode::create).probe);
  {
    StoreRecorder store(folder / "run.sqlite", descent.options(StoreMode::create));
    CHECK(store.state().empty());
    CHECK_FALSE(store.finished());
    descent.go({&memory, &store}, 2500);
    REQUIRE(store.finished());
    CHECK(store.finished()->id == "max-iterations");
  }
  annotate(memory.trajectory(), descent.problem, descent.solver);
  const Trajectory stored = read_run(folder / "run.sqlite");
  CHECK(stored.records.size() == 2501);
  CHECK(same_run(stored, memory.trajectory()));
  CHECK(stored.optimal_value == memory.trajectory().optimal_value);
  CHECK(stored.lower_bound == memory.trajectory().lower_bound);
  CHECK(read_configuration(folder / "run.sqlite") == descent.options(StoreMode::create).configuration);
  // One file is left, whole by itself.
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
  CHECK(query(folder / "run.sqlite", "SELECT count(*) FROM named_columns WHERE \"y\" IS NOT NULL") == 2501);
}

TEST_CASE("every double survives: NaN of any bits, infinities, denormals, negative zero") {
  const double infinity = std::numeric_limits<double>::infinity();
  const double negative_nan = std::bit_cast<double>(std::uint64_t{0xfff8000000000000});
  const double payload_nan = std::bit_cast<double>(std::uint64_t{0x7ff800000000abcd});
  const std::vector<double> numbers{not_measured, negative_nan, payload_nan, infinity, -infinity, -0.0, 0.0,
                                    5e-324,       -2.2e-308,    0.1,         1e308,    3.0,       -7.0, 1e18};
  std::vector<StepRecord> records;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto at = [&](std::size_t shift) { return numbers[(i + shift) % numbers.size()]; };
    StepRecord record;
    record.iteration = static_cast<Index>(3 * i);
    record.value = at(0);
    record.gradient_norm = at(1);
    record.step_norm = at(2);
    record.step_size = at(3);
    record.curvature = at(4);
    record.kind = static_cast<StepKind>(i % 4);
    record.batch_size = i == 0 ? 0xffffffffu : static_cast<std::uint32_t>(i);
    record.counts = {i, 2 * i, std::numeric_limits<std::uint64_t>::max() - i};
    records.push_back(record);
  }
  Trajectory description;
  description.policy = PolicyInformation{{"a", "b"}, {not_measured, negative_nan, 2.5}, Index{1}, "escort"};
  description.settings = {{"name", ""}, {"text", "'; DROP TABLE steps; --"}, {"utf-8", "\xc3\xa9"}};
  description.optimal_value = -infinity;

  const Folder folder;
  Player player(records);
  {
    std::size_t shown = 0;
    StoreOptions options{.description = description,
                         .probe = {{"a\"b", "iteration"}, [&](ConstVectorView, VectorView values) {
                                     values[0] = numbers[shown];
                                     values[1] = numbers[numbers.size() - 1 - shown++];
                                   }}};
    StoreRecorder store(folder / "run.sqlite", options);
    do store.observe(records.front(), player);
    while (player.step() == StepStatus::advanced);
    store.finish({EndClass::breakdown, "id", "message"}, player);
  }
  const Trajectory stored = read_run(folder / "run.sqlite");
  REQUIRE(stored.records.size() == records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    INFO("row " << i);
    CHECK(same_bits(stored.records[i], records[i]));
    CHECK(same_bits(stored.columns[0].values[i], numbers[i]));
    CHECK(same_bits(stored.columns[1].values[i], numbers[numbers.size() - 1 - i]));
  }
  REQUIRE(stored.policy);
  CHECK(stored.policy->probability_columns == description.policy->probability_columns);
  CHECK(same_bits(stored.policy->rewards, description.policy->rewards, 3));
  CHECK(stored.policy->optimal_action == description.policy->optimal_action);
  CHECK(stored.policy->transform == "escort");
  CHECK(stored.settings == description.settings);
  CHECK(stored.optimal_value == description.optimal_value);
  CHECK_FALSE(stored.lower_bound);
  CHECK(stored.end == End{EndClass::breakdown, "id", "message"});

  // In the file, a value that was measured as NaN is text, and a step size that was not measured is NULL.
  CHECK(query(folder / "run.sqlite", "SELECT count(*) FROM steps WHERE value IS NULL") == 0);
  CHECK(query(folder / "run.sqlite", "SELECT count(*) FROM steps WHERE typeof(value) = 'text'") == 3);
  CHECK(query(folder / "run.sqlite", "SELECT count(*) FROM steps WHERE step_size IS NULL") == 1);
}

TEST_CASE("a run cut off, resumed and given a greater budget is the uninterrupted run") {
  const Folder folder;
  const Descent descent;
  const std::filesystem::path path = folder / "run.sqlite";
  {
    StoreRecorder store(folder / "whole.sqlite", descent.options(StoreMode::create));
    descent.go({&store}, 2500);
  }
  {
    StoreRecorder store(path, descent.options(StoreMode::create));
    descent.go({&store}, 1700);  // ends by budget, in between two commits
  }
  StoreOptions raised = descent.options(StoreMode::resume);
  raised.configuration.entries[2].second = "100000";  // "budget" may change
  {
    StoreRecorder store(path, raised);
    REQUIRE(store.finished());
    CHECK(store.finished()->end_class == EndClass::budget);
    // To look is not to change.
  }
  CHECK(read_run(path).records.size() == 1701);
  CHECK(read_run(path).end);
  CHECK(read_configuration(path) == raised.configuration);
  {
    StoreRecorder store(path, raised);
    descent.go({&store}, 2500, store.state());
  }
  CHECK(same_run(read_run(path), read_run(folder / "whole.sqlite")));

  SECTION("a run that does not continue from the checkpoint is refused") {
    StoreRecorder store(path, raised);
    CHECK_THROWS_AS(descent.go({&store}, 3000), std::invalid_argument);
    CHECK(read_run(path).records.size() == 2501);
  }
}

TEST_CASE("an exception in the objective loses no row") {
  const Folder folder;
  struct Failing final : Objective {
    Index dimension() const override { return 1; }
    double value_and_gradient(ConstVectorView x, VectorView g) const override {
      if (std::abs(x[0]) < 1e-3) throw std::runtime_error("the objective gave up");
      g[0] = 2.0 * x[0];
      return x[0] * x[0];
    }
  } const failing;
  const GradientDescent solver({.learning_rate = schedules::constant(0.01)});
  Recorder memory;
  {
    StoreRecorder store(folder / "run.sqlite", {.seconds_per_commit = 3600.0});
    CHECK_THROWS_AS(run(failing, solver, {1.0}, {.observers = {&memory, &store}}), std::runtime_error);
  }
  const Trajectory stored = read_run(folder / "run.sqlite");
  CHECK(stored.records.size() > 300);
  CHECK(stored.records.size() == memory.trajectory().records.size());
  CHECK_FALSE(stored.end);
}

TEST_CASE("what a file must be, and what the message says if it is not") {
  const Folder folder;
  const Descent descent;
  const std::filesystem::path path = folder / "run.sqlite";
  const auto open = [&](const StoreOptions& options) { return [&] { StoreRecorder store(path, options); }; };
  {
    StoreRecorder store(path, descent.options(StoreMode::create));
    descent.go({&store}, 100);
  }
  const std::string whole = contents(path);

  SECTION("it exists already") {
    const std::string message = store_error(open(descent.options(StoreMode::create)));
    CHECK(contains(message, path.string() + ": exists already"));
    CHECK(contents(path) == whole);
  }
  SECTION("another configuration: the message shows the entries that differ and no others") {
    StoreOptions other = descent.options(StoreMode::resume);
    other.configuration = {{{"problem", "rosenbrock"}, {"seed", "8"}, {"noise", "0.1"}}};
    CHECK(store_error(open(other)) == path.string() +
                                          ": holds a run of another configuration: seed: the file has '7', this run "
                                          "'8'; noise: the file has none, this run '0.1'");
  }
  SECTION("other columns") {
    StoreOptions other = descent.options(StoreMode::resume);
    other.probe = {};
    CHECK(contains(store_error(open(other)), "holds a run with other columns"));
  }
  SECTION("two writers, in one process or two") {
    StoreRecorder first(path, descent.options(StoreMode::resume));
    CHECK(contains(store_error(open(descent.options(StoreMode::resume))),
                   "is being recorded into by process " + std::to_string(::getpid())));
    CHECK(read_run(path).records.size() == 101);  // readers are welcome
  }
  SECTION("not a database") {
    std::ofstream(path) << "iteration,value\n0,1\n" << std::string(5000, 'x');
    CHECK(contains(store_error(open(descent.options(StoreMode::resume))), "not a run recorded by Perigee"));
    CHECK(contains(store_error([&] { read_run(path); }), "not a run recorded by Perigee"));
  }
  SECTION("an empty file is no run to read, but one to begin") {
    std::ofstream(path, std::ios::trunc).close();
    CHECK(contains(store_error([&] { read_run(path); }), "not a run recorded by Perigee"));
    CHECK(store_error(open(descent.options(StoreMode::resume))).empty());
    CHECK(read_run(path).records.empty());
  }
  SECTION("somebody else's database stays as it is") {
    std::filesystem::remove(path);
    execute(path, "CREATE TABLE steps(iteration INTEGER); INSERT INTO steps VALUES(1)");
    const std::string before = contents(path);
    CHECK(contains(store_error(open(descent.options(StoreMode::resume))), "not a run recorded by Perigee"));
    CHECK(contains(store_error([&] { read_run(path); }), "not a run recorded by Perigee"));
    CHECK(contents(path) == before);
  }
  SECTION("another schema version") {
    execute(path, "PRAGMA user_version = 99");
    CHECK(contains(store_error([&] { read_run(path); }), "schema version must be 2, got 99"));
  }
  SECTION("a wrong type in a row") {
    execute(path, "UPDATE steps SET value = 'NaN 0x3ff0000000000000' WHERE iteration = 5");
    CHECK(contains(store_error([&] { read_run(path); }), "damaged: steps.value must be a number"));
  }
  SECTION("truncated: an error at every length, or what was whole") {
    for (std::size_t length = 1; length < whole.size(); length += 509) {
      INFO("length " << length);
      std::ofstream(path, std::ios::binary | std::ios::trunc) << whole.substr(0, length);
      CHECK(contains(store_error([&] { read_run(path); }), path.string() + ": "));
    }
  }
  SECTION("a missing file, a folder") {
    CHECK(contains(store_error([&] { read_run(folder / "none"); }), "there is no such file"));
    CHECK(contains(store_error([&] { read_run(folder.path()); }), "is not a regular file"));
    CHECK(contains(store_error([&] { StoreRecorder store(folder / "no/run.sqlite", {}); }), "cannot be recorded into"));
    CHECK_FALSE(store_error([&] { StoreRecorder store(folder.path(), {.mode = StoreMode::resume}); }).empty());
  }
}

TEST_CASE("bad options are refused") {
  const Folder folder;
  const std::filesystem::path path = folder / "run.sqlite";
  const auto refuses = [&](const StoreOptions& options) {
    CHECK_THROWS_AS(StoreRecorder(path, options), std::invalid_argument);
    CHECK_FALSE(std::filesystem::exists(path));
  };
  refuses({.rows_per_commit = 0});
  refuses({.seconds_per_commit = not_measured});
  refuses({.configuration = {{{"a", "1"}, {"a", "1"}}}});
  refuses({.snapshots = {.at_most = 1}});
  refuses({.probe = {std::vector<std::string>(1001, "p"), [](ConstVectorView, VectorView) {}}});
}

TEST_CASE("a file whose log is left behind can be read where nothing may be written") {
  Folder folder;
  const Descent descent;
  const std::filesystem::path path = folder / "run.sqlite";
  {
    // What a kill leaves behind: the file and its log, copied while the run is being recorded.
    StoreOptions options = descent.options(StoreMode::create);
    options.rows_per_commit = 100;
    StoreRecorder store(folder / "live.sqlite", options);
    Oracle oracle(*descent.problem.objective);
    const auto stepper = descent.solver.start(oracle, descent.problem.starts[0].x, RandomSource{0});
    const StepRecord first = stepper->record();
    store.observe(first, *stepper);
    for (int k = 1; k < 150; ++k) {
      stepper->step();
      store.observe(first, *stepper);
    }
    std::filesystem::copy_file(folder / "live.sqlite", path);
    std::filesystem::copy_file(folder / "live.sqlite-wal", folder / "run.sqlite-wal");
  }
  std::filesystem::permissions(folder.path(), static_cast<std::filesystem::perms>(0555));
  const std::string before = contents(path);
  const pid_t child = ::fork();
  if (child == 0) {
    // The superuser may write everywhere: become somebody who may not.
    if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) ::_exit(3);
    try {
      ::_exit(read_run(path).records.size() >= 100 ? 0 : 1);
    } catch (const StoreError& error) {
      std::fprintf(stderr, "%s\n", error.what());
      ::_exit(2);
    }
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(contents(path) == before);
  CHECK_FALSE(std::filesystem::exists(folder / "run.sqlite-shm"));
}

// Found by the kill test: SQLite changes the header in a transaction of the old kind when a run begins or ends, and
// a kill then leaves a journal that a reader without the right to write cannot roll back.
TEST_CASE("a file with a rollback journal left behind can be read") {
  const Folder folder;
  const Descent descent;
  const std::filesystem::path path = folder / "run.sqlite";
  {
    StoreRecorder store(path, descent.options(StoreMode::create));
    descent.go({&store}, 300);
  }
  const pid_t child = ::fork();
  if (child == 0) {
    // Dies in the middle of a transaction whose pages have reached the file.
    sqlite3* database = nullptr;
    const int code = sqlite3_open(path.c_str(), &database) +
                     sqlite3_exec(database,
                                  "PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN; UPDATE steps SET value = 7; "
                                  "UPDATE columns SET c0 = 7",
                                  nullptr, nullptr, nullptr);
    ::_exit(code);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WEXITSTATUS(status) == 0);
  REQUIRE(std::filesystem::exists(folder / "run.sqlite-journal"));
  const std::string before = contents(path);
  const Trajectory stored = read_run(path);
  CHECK(stored.records.size() == 301);
  CHECK(stored.records[200].value != 7.0);
  CHECK(stored.columns[0].values[200] != 7.0);
  CHECK(contents(path) == before);
  StoreRecorder store(path, descent.options(StoreMode::resume));
  CHECK(read_run(path).records[200].value == stored.records[200].value);
}

namespace {

pid_t start_writer(const std::filesystem::path& path, const std::string& iterations, const std::string& rows) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::execl(PERIGEE_STORE_WRITER, "store_writer", path.c_str(), iterations.c_str(), rows.c_str(),
            static_cast<char*>(nullptr));
    ::_exit(127);
  }
  REQUIRE(child > 0);
  return child;
}

// Waits for the writer; whether it ended by itself, with exit code 0 (anything else fails the test).
bool finished_by_itself(pid_t writer) {
  int status = 0;
  REQUIRE(::waitpid(writer, &status, 0) == writer);
  if (WIFSIGNALED(status)) {
    REQUIRE(WTERMSIG(status) == SIGKILL);
    return false;
  }
  REQUIRE(WEXITSTATUS(status) == 0);
  return true;
}

}  // namespace

// PERIGEE_KILLS=50 in the environment for more of them.
TEST_CASE("kill -9 at random moments loses no committed row, and every resume is bit-identical") {
  const char* wish = std::getenv("PERIGEE_KILLS");
  const int kills_wanted = wish != nullptr ? std::atoi(wish) : 10;
  const std::string iterations = "150000";
  const Folder folder;
  const auto started = std::chrono::steady_clock::now();
  REQUIRE(finished_by_itself(start_writer(folder / "whole.sqlite", iterations, "1000")));
  const auto whole_time =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - started);
  const Trajectory whole = read_run(folder / "whole.sqlite");
  REQUIRE(whole.records.size() == 150001);
  {
    // The uninterrupted file is itself what the same run in memory gives.
    Recorder memory;
    const Problem problem = problems::make("rosenbrock");
    const GradientDescent solver({.learning_rate = schedules::cosine(1e-3, 1e-4, 100000)});
    run(*problem.objective, solver, problem.starts[0].x, {.stop = max_iterations(2000), .observers = {&memory}});
    memory.trajectory().columns = whole.columns;
    for (Column& column : memory.trajectory().columns) column.values.resize(2001);
    memory.trajectory().snapshots.pop_back();  // the last point of the short run
    REQUIRE(is_prefix(memory.trajectory(), whole));
  }

  std::mt19937 random(20240229);
  // Moments anywhere in the first fifth of a run from where the last kill left it, on however slow a machine.
  std::uniform_int_distribution<long> microseconds(500, std::max<long>(40000, whole_time.count() / 5));
  std::uniform_int_distribution<int> rows(1, 2000);
  std::filesystem::path path = folder / "killed.sqlite";
  int kills = 0;
  int kills_in_the_run = 0;  // after the first commit and before the end
  std::size_t committed = 0;
  while (kills < kills_wanted) {
    const pid_t writer = start_writer(path, iterations, std::to_string(rows(random)));
    std::this_thread::sleep_for(std::chrono::microseconds(microseconds(random)));
    ::kill(writer, SIGKILL);
    if (finished_by_itself(writer)) {
      REQUIRE(same_run(read_run(path), whole));
      path = folder / ("killed" + std::to_string(kills) + ".sqlite");
      committed = 0;
      continue;
    }
    ++kills;
    if (!std::filesystem::exists(path)) continue;
    Trajectory left;
    const std::string message = store_error([&] { left = read_run(path); });
    if (!message.empty()) {
      INFO(message);
      REQUIRE(committed == 0);  // killed before the first commit: a file without tables
      REQUIRE(contains(message, "not a run recorded by Perigee"));
      continue;
    }
    INFO("kill " << kills << " leaves " << left.records.size() << " rows after " << committed);
    REQUIRE(is_prefix(left, whole));
    REQUIRE(left.records.size() >= committed);
    if (left.records.size() > committed) ++kills_in_the_run;
    committed = left.records.size();
  }
  while (!finished_by_itself(start_writer(path, iterations, "1000"))) {
  }
  CHECK(same_run(read_run(path), whole));
  CHECK(kills_in_the_run >= kills_wanted / 4);
}
