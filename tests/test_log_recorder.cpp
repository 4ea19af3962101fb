// What a foreign loop logged is what read_run gives back, whenever it is asked, and whatever the loop does.
#include <perigee/diagnostics/log_recorder.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <cmath>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

using namespace perigee;
using perigee::test::TemporaryFolder;

namespace {

StepRecord row(Index iteration, double value) {
  StepRecord record;
  record.iteration = iteration;
  record.kind = iteration == 0 ? StepKind::initial : StepKind::step;
  record.value = value;
  return record;
}

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("rows, columns that come later, and points come back as they were logged") {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "run.sqlite";
  Trajectory description;
  description.problem = "digits";
  description.lower_bound = 0.0;
  {
    LogRecorder recorder(path, {.description = description, .rows_per_commit = 7});
    for (Index k = 0; k < 100; ++k) {
      const double first = static_cast<double>(k);
      if (k < 40) {
        recorder.log(row(3 * k, 1.0 / (1.0 + first)));
      } else {
        const Index column = recorder.column("lr");
        REQUIRE(column == 0);
        recorder.log(row(3 * k, 1.0 / (1.0 + first)), std::vector<double>{0.5 * first});
      }
      recorder.keep({first, -first});
    }
    recorder.finish({EndClass::budget, "epochs", "all epochs done"});
    CHECK(message_of([&] { recorder.log(row(1000, 0.0)); }).find("after it was closed") != std::string::npos);
  }
  const Trajectory run = read_run(path);
  CHECK(run.problem == "digits");
  CHECK(run.lower_bound == 0.0);
  REQUIRE(run.records.size() == 100);
  REQUIRE(run.columns.size() == 1);
  CHECK(run.columns[0].name == "lr");
  for (std::size_t i = 0; i < 100; ++i) {
    CHECK(run.records[i].iteration == static_cast<Index>(3 * i));
    CHECK(run.records[i].value == 1.0 / (1.0 + static_cast<double>(i)));
    if (i < 40) CHECK(std::isnan(run.columns[0].values[i]));
    if (i >= 40) CHECK(run.columns[0].values[i] == 0.5 * static_cast<double>(i));
  }
  // Snapshots: at least a factor 1.2 apart, the first and the last among them, each the point of its own iteration.
  REQUIRE(run.snapshots.size() >= 3);
  CHECK(run.snapshots.front().iteration == 0);
  CHECK(run.snapshots.back().iteration == 297);
  for (const Snapshot& snapshot : run.snapshots) {
    CHECK(snapshot.x ==
          Vector{static_cast<double>(snapshot.iteration / 3), -static_cast<double>(snapshot.iteration / 3)});
  }
  REQUIRE(run.end.has_value());
  CHECK(run.end->id == "epochs");
}

TEST_CASE("a run in flight reads whole after a commit, its last point included, and goes on as if nothing had been") {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "run.sqlite";
  LogRecorder recorder(path);
  for (Index k = 0; k <= 50; ++k) {
    recorder.log(row(k, 1.0));
    recorder.keep({static_cast<double>(k)});
  }
  recorder.commit();
  const Trajectory seen = read_run(path);
  CHECK(seen.records.size() == 51);
  CHECK(seen.snapshots.back().iteration == 50);
  CHECK_FALSE(seen.end.has_value());
  for (Index k = 51; k <= 52; ++k) {
    recorder.log(row(k, 1.0));
    recorder.keep({static_cast<double>(k)});
  }
  recorder.commit();
  const Trajectory later = read_run(path);
  REQUIRE(later.snapshots.size() == seen.snapshots.size());  // 50 gave way to 52: neither is one of the rule's
  CHECK(later.snapshots.back().iteration == 52);
}

TEST_CASE("a loop that was started again from iteration 60 replaces what it had done after it") {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "run.sqlite";
  {
    LogRecorder first(path);
    (void)first.column("lr");
    for (Index k = 0; k < 100; ++k) first.log(row(k, 1.0), std::vector<double>{0.1});
  }
  {
    LogRecorder second(path, {.mode = StoreMode::resume});
    CHECK(second.last_iteration() == 99);
    CHECK(second.column("lr") == 0);
    for (Index k = 60; k < 80; ++k) second.log(row(k, 2.0), std::vector<double>{0.2});
  }
  const Trajectory run = read_run(path);
  REQUIRE(run.records.size() == 80);
  for (std::size_t i = 0; i < 80; ++i) {
    CHECK(run.records[i].value == (i < 60 ? 1.0 : 2.0));
    CHECK(run.columns[0].values[i] == (i < 60 ? 0.1 : 0.2));
  }
}

TEST_CASE("what cannot be recorded is refused, and the file stays readable") {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "run.sqlite";
  {
    LogRecorder recorder(path);
    recorder.log(row(5, 1.0));
    CHECK(message_of([&] { recorder.log(row(5, 1.0)); }) == "LogRecorder: iterations must increase, got 5 after 5");
    CHECK(message_of([&] { recorder.log(row(6, 1.0), std::vector<double>{1.0}); }) ==
          "LogRecorder: a row has at most a value a column, got 1 for 0");
    recorder.keep({1.0, 2.0});
    recorder.log(row(7, 1.0));
    CHECK(message_of([&] { recorder.keep({1.0}); }) == "LogRecorder: points must have one length, got 1 after 2");
    CHECK(message_of([&] { LogRecorder second(path, {.mode = StoreMode::overwrite}); }) != "");  // it is being recorded
  }
  CHECK(read_run(path).records.size() == 2);
  CHECK(message_of([&] { LogRecorder again(path); }).find("exists already") != std::string::npos);
  {
    LogRecorder anew(path, {.mode = StoreMode::overwrite});
    anew.log(row(0, 3.0));
  }
  CHECK(read_run(path).records.size() == 1);

  const std::filesystem::path other = folder.path() / "notes.txt";
  std::ofstream(other) << "not a run\n";
  CHECK(message_of([&] { LogRecorder over(other, {.mode = StoreMode::overwrite}); }) != "");
  CHECK(std::filesystem::file_size(other) == 10);
}
