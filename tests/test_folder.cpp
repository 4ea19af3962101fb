#include "support/catch.hpp"
#include "support/event_encoder.hpp"
#include "support/temporary_folder.hpp"

#include <perigee/diagnostics/readers/folder.hpp>

#include <filesystem>
#include <string>
#include <vector>

using namespace perigee;
using namespace perigee::test;

namespace {

std::vector<std::string> paths_in(const TemporaryFolder& folder) {
  std::vector<std::string> paths;
  for (const std::filesystem::path& path : runs_in(folder.path())) {
    paths.push_back(std::filesystem::relative(path, folder.path()).string());
  }
  return paths;
}

}  // namespace

TEST_CASE("the runs of a folder: every log, and event files by folder") {
  const TemporaryFolder folder;
  for (const char* name : {"a", "a/seed 1", "b", ".hidden", "empty"}) {
    std::filesystem::create_directory(folder.path() / name);
  }
  const std::string log = "step,loss\n0,2\n1,1\n";
  folder.write("b/run.CSV", log);
  folder.write("a/run.jsonl", "{\"step\": 0, \"loss\": 7}\n");
  folder.write("a/seed 1/events.out.tfevents.1", event(1.0, 0, simple_value("loss", 3.0F)));
  folder.write("a/seed 1/events.out.tfevents.2", event(2.0, 1, simple_value("loss", 4.0F)));
  folder.write("b/notes.txt", log);
  folder.write(".hidden/run.csv", log);
  folder.write("broken.csv", "step,loss\n0,x\n");
  // A link back up must not be followed for ever.
  std::filesystem::create_directory_symlink(folder.path(), folder.path() / "b/up");

  CHECK(paths_in(folder) == std::vector<std::string>{"a/run.jsonl", "a/seed 1", "b/run.CSV", "broken.csv"});
  const FolderReading reading = read_trajectories(folder.path());
  REQUIRE(reading.runs.size() == 3);
  CHECK(reading.runs[0].result.trajectory.records[0].value == 7.0);
  CHECK(reading.runs[1].result.format == "tensorboard");
  CHECK(reading.runs[1].result.trajectory.records.size() == 2);
  CHECK(reading.runs[2].path == folder.path() / "b/run.CSV");
  REQUIRE(reading.unreadable.size() == 1);
  CHECK(folder.without_path(reading.unreadable[0]) == "broken.csv:2: field 'loss': expected a number, got 'x'");
}

TEST_CASE("the runs of a folder: a file is one, and none is an error") {
  const TemporaryFolder folder;
  CHECK_THROWS_AS(runs_in(folder.path()), ReadError);
  const std::filesystem::path path = folder.write("any name", "step,loss\n0,2\n");
  CHECK(runs_in(path) == std::vector<std::filesystem::path>{path});
  CHECK(read_trajectories(path).runs.size() == 1);
  CHECK_THROWS_AS(read_trajectories(folder.path()), ReadError);
  folder.write("broken.csv", "step,loss\n0,x\n");
  CHECK_THROWS_AS(read_trajectories(folder.path()), ReadError);
}
