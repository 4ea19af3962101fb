#include "support/catch.hpp"
#include "support/event_encoder.hpp"
#include "support/temporary_folder.hpp"

#include <perigee/diagnostics/readers/reader.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

using namespace perigee;
using namespace perigee::test;

namespace {

ReadResult read(const std::string& bytes) {
  const TemporaryFolder folder;
  return read_trajectory(folder.write("run.wandb", bytes));
}

std::string error_of(const std::string& bytes) {
  const TemporaryFolder folder;
  try {
    read_trajectory(folder.write("run.wandb", bytes), {.format = "wandb"});
  } catch (const ReadError& error) {
    return folder.without_path(error.what());
  }
  return {};
}

}  // namespace

TEST_CASE("wandb files: history is rows, keys are columns") {
  const std::string nested =
      bytes_field(2, bytes_field(1, bytes_field(2, "val") + bytes_field(2, "acc") + bytes_field(16, "0.75")) +
                         bytes_field(1, bytes_field(1, "_step") + bytes_field(16, "7")) +
                         bytes_field(1, bytes_field(1, "loss") + bytes_field(16, "\"NaN\"")));
  const ReadResult result = read(
      wandb_file({bytes_field(17, "a run"), wandb_history(0, {{"loss", "2.5"}, {"name", "\"x\""}, {"list", "[1]"}}),
                  wandb_history(5, {{"loss", "-Infinity"}, {"done", "true"}}), nested, bytes_field(18, "")}));
  CHECK(result.format == "wandb");
  REQUIRE(result.trajectory.records.size() == 3);
  CHECK(result.trajectory.records[0].iteration == 0);
  CHECK(result.trajectory.records[0].value == 2.5);
  CHECK(result.trajectory.records[1].iteration == 5);
  CHECK(result.trajectory.records[1].value == -std::numeric_limits<double>::infinity());
  CHECK(result.trajectory.records[2].iteration == 7);
  CHECK(std::isnan(result.trajectory.records[2].value));
  CHECK(result.trajectory.column("val/acc")->values[2] == 0.75);
  CHECK(result.trajectory.column("done")->values[1] == 1.0);
  CHECK(result.trajectory.column("name") == nullptr);
}

TEST_CASE("wandb files: records over several blocks, cut anywhere, damaged") {
  // The long text begins in the first block and ends in the third; behind it a header does not fit into its block.
  std::vector<std::string> records{wandb_history(0, {{"loss", "3"}}),
                                   wandb_history(1, {{"loss", "2"}, {"text", '"' + std::string(70000, 'x') + '"'}})};
  const std::size_t before = wandb_file(records).size();
  const std::string padding(32768 - before % 32768 - 7 - 4 - 3, 'p');
  records.push_back(bytes_field(13, padding));
  REQUIRE(32768 - wandb_file(records).size() % 32768 < 7);
  const std::size_t sound = wandb_file(records).size();
  records.push_back(wandb_history(2, {{"loss", "1"}}));
  const std::string file = wandb_file(records);
  const ReadResult result = read(file);
  REQUIRE(result.trajectory.records.size() == 3);
  CHECK(result.trajectory.records[1].value == 2.0);
  CHECK(result.trajectory.records[2].value == 1.0);
  for (std::size_t size = sound + 8; size < file.size(); ++size) {
    const ReadResult cut = read(file.substr(0, size));
    REQUIRE(cut.trajectory.records.size() == 2);
    REQUIRE(cut.notes.front().find("The file ends within a record") == 0);
  }
  std::string damaged = file;
  damaged[20] ^= 1;
  CHECK(error_of(damaged) ==
        "run.wandb: byte 7: expected a record with its checksum, got another: the file is damaged");
  CHECK(error_of(wandb_file({bytes_field(17, "")})) == "run.wandb: expected history in the records, got none");
  CHECK(error_of("step,loss\n0,1\n") ==
        "run.wandb: byte 0: expected a .wandb file of version 0, got another beginning");
  // A second part without a first.
  const std::string part("\x04", 1);
  const std::uint64_t sum = crc32(0, reinterpret_cast<const Bytef*>(part.data()), 1);
  CHECK(error_of(wandb_file({}) + packed(sum, 4, Endian::little) + std::string(2, '\0') + part) ==
        "run.wandb: byte 7: expected the beginning of a record, got one of type 4");
}
