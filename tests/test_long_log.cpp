#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <perigee/diagnostics/diagnose.hpp>
#include <perigee/diagnostics/online/condenser.hpp>
#include <perigee/diagnostics/readers/reader.hpp>
#include <perigee/lib/format.hpp>

#include <bit>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

using namespace perigee;

namespace {

constexpr Index rows_kept = 131072;  // what docs/formats.md says

struct Row {
  std::string step;
  std::string loss;
  std::string accuracy;
};

// Numbers of seven digits, as a training loop prints them.
Row plain_row(Index k) {
  return {std::to_string(k), format_number(1.0 / std::sqrt(1.0 + static_cast<double>(k)), 7),
          k % 100 == 0 ? format_number(0.5 + 1e-7 * static_cast<double>(k), 7) : ""};
}

class Log {
 public:
  Log(const std::string& name, Index rows, const std::function<Row(Index)>& row_at) : path_(folder_.path() / name) {
    std::ofstream file(path_, std::ios::binary);
    const bool is_csv = name.ends_with(".csv");
    if (is_csv) file << "step,loss,accuracy\n";
    for (Index k = 0; k < rows; ++k) {
      const Row row = row_at(k);
      if (is_csv) {
        file << row.step << ',' << row.loss << ',' << row.accuracy << '\n';
        continue;
      }
      const auto word = [](const std::string& text) { return text.empty() ? "null" : text; };
      file << "{\"step\": " << word(row.step) << ", \"loss\": " << word(row.loss)
           << ", \"accuracy\": " << word(row.accuracy) << "}\n";
    }
  }
  void append(const std::string& text) const { std::ofstream(path_, std::ios::binary | std::ios::app) << text; }
  ReadResult read(const ReadOptions& options = {}) const { return read_trajectory(path_, options); }
  const std::filesystem::path& path() const { return path_; }

 private:
  test::TemporaryFolder folder_;
  std::filesystem::path path_;
};

StepRecord record_of(Index iteration, const std::string& loss) {
  StepRecord record;
  record.iteration = iteration;
  record.kind = iteration == 0 ? StepKind::initial : StepKind::step;
  if (!loss.empty()) record.value = *parse_number(loss);
  return record;
}

// The twin: every row at once.
Trajectory expected_of(Index rows, const std::function<Row(Index)>& row_at) {
  Condenser condenser({}, 1);
  for (Index k = 0; k < rows; ++k) {
    const Row row = row_at(k);
    const double accuracy = row.accuracy.empty() ? not_measured : *parse_number(row.accuracy);
    condenser.add(record_of(k, row.loss), std::vector<double>{accuracy});
  }
  Trajectory trajectory;
  trajectory.columns.push_back({"accuracy", {}});
  condenser.write_to(trajectory);
  return trajectory;
}

bool same_bits(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

bool same(const Trajectory& a, const Trajectory& b) {
  if (a.records.size() != b.records.size() || a.columns.size() != b.columns.size()) return false;
  for (std::size_t i = 0; i < a.records.size(); ++i) {
    if (a.records[i].iteration != b.records[i].iteration || a.records[i].kind != b.records[i].kind) return false;
    if (!same_bits(a.records[i].value, b.records[i].value)) return false;
    for (std::size_t c = 0; c < a.columns.size(); ++c) {
      const double x = a.columns[c].values[i];
      const double y = b.columns[c].values[i];
      if (x != y && !(std::isnan(x) && std::isnan(y))) return false;
    }
  }
  return true;
}

bool has_note(const ReadResult& result, const std::string& part) {
  for (const std::string& note : result.notes) {
    if (note.find(part) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("up to 131072 rows a log is kept row by row; one row more, and it is condensed") {
  const ReadResult kept = Log("log.csv", rows_kept, plain_row).read();
  CHECK_FALSE(kept.trajectory.condensation);
  CHECK(kept.trajectory.records.size() == static_cast<std::size_t>(rows_kept));
  CHECK(kept.notes.empty());
  const ReadResult condensed = Log("log.csv", rows_kept + 1, plain_row).read();
  REQUIRE(condensed.trajectory.condensation);
  CHECK(condensed.trajectory.condensation->rows == rows_kept + 1);
  CHECK(has_note(condensed, "131073 rows in "));
}

TEST_CASE("a long log read in one pass, as CSV or as JSONL, is what all of its rows at once would be condensed to") {
  const Index rows = 400000;
  const Trajectory expected = expected_of(rows, plain_row);
  for (const char* name : {"log.csv", "log.jsonl"}) {
    const ReadResult result = Log(name, rows, plain_row).read();
    CAPTURE(name);
    CHECK(same(result.trajectory, expected));
    CHECK(result.trajectory.records.back().iteration == rows - 1);
    CHECK_FALSE(has_note(result, "read as a whole"));
    REQUIRE(result.columns.size() == 3);
    CHECK(result.columns[1].role == "value");
    CHECK(result.columns[2].role == "extra");
    CHECK(has_note(result, "400000 rows in " + std::to_string(expected.records.size()) +
                               " records: the first 8192 one by one, then means over up to 4 rows"));
  }
}

TEST_CASE("rows of one step are joined, and rows without one left out, wherever the portions end") {
  // Three rows a step: a training row, one without the loss, one without a step.
  const auto row_at = [](Index k) -> Row {
    const Row plain = plain_row(k / 3);
    if (k % 3 == 0) return {plain.step, plain.loss, ""};
    if (k % 3 == 1) return {plain.step, "", plain.accuracy};
    return {"", "17", ""};
  };
  const ReadResult result = Log("log.csv", 450000, row_at).read();
  CHECK(same(result.trajectory, expected_of(150000, plain_row)));
  CHECK(has_note(result, "'step' left out"));
  CHECK(has_note(result, "repeat an iteration"));
}

TEST_CASE("without a column of steps the rows are counted, through all portions") {
  const auto row_at = [](Index k) -> Row { return {"", plain_row(k).loss, plain_row(k).accuracy}; };
  const ReadResult result = Log("log.csv", 200000, row_at).read();
  CHECK(same(result.trajectory, expected_of(200000, plain_row)));
  CHECK(has_note(result, "the rows are counted from 0"));
}

TEST_CASE("a log whose steps fall far behind its beginning is read as a whole, sorted, and condensed then") {
  const auto row_at = [](Index k) { return plain_row(k == 150000 ? 150001 : k == 150001 ? 150000 : k); };
  const ReadResult result = Log("log.csv", 200000, row_at).read();
  CHECK(has_note(result, "read as a whole, not in one pass, because its steps are not in increasing order"));
  CHECK(same(result.trajectory, expected_of(200000, plain_row)));
}

TEST_CASE("a column that only fills after the first portion gets the role that all rows give it") {
  const auto row_at = [](Index k) -> Row { return {plain_row(k).step, plain_row(k).loss, k < 140000 ? "" : "0.5"}; };
  const ReadResult result = Log("log.csv", 200000, row_at).read();
  CHECK(has_note(result, "because its later rows show other columns than its first ones"));
  REQUIRE(result.trajectory.columns.size() == 1);
  CHECK(result.trajectory.columns[0].values.back() == 0.5);
  CHECK(std::isnan(result.trajectory.columns[0].values.front()));
}

TEST_CASE(
    "a batch size that varied in the first portion keeps its role where it stands still, and the log its one pass") {
  const test::TemporaryFolder folder;
  std::ostringstream log;
  log << "step,loss,batch_size\n";
  for (Index k = 0; k < 200000; ++k) log << k << ",1," << (k < 50000 ? 16 : 64) << '\n';
  const ReadResult result = read_trajectory(folder.write("log.csv", log.str()));
  CHECK_FALSE(has_note(result, "read as a whole"));
  CHECK(result.trajectory.records.front().batch_size == 16);
  CHECK(result.trajectory.records.back().batch_size == 64);
}

TEST_CASE("a line that is cut off at the end of a long log is left out, right after a portion as anywhere") {
  for (const Index rows : {rows_kept + 1, rows_kept + 16384, rows_kept + 16385, rows_kept + 20000}) {
    const Log log("log.csv", rows, plain_row);
    log.append("999999,0.0");
    const ReadResult result = log.read();
    CAPTURE(rows);
    CHECK(has_note(result, "The file ends within a line"));
    CHECK(same(result.trajectory, expected_of(rows, plain_row)));
  }
}

TEST_CASE("what is wrong in a long log is found in its line, however late") {
  const auto error_of = [](const std::string& name, const std::function<Row(Index)>& row_at) -> std::string {
    const Log log(name, 200000, row_at);
    try {
      log.read();
    } catch (const ReadError& error) {
      return std::string(error.what()).substr(log.path().parent_path().string().size() + 1);
    }
    return {};
  };
  const auto with = [](const std::string& step, const std::string& loss) {
    return [=](Index k) { return k == 180000 ? Row{step, loss, ""} : plain_row(k); };
  };
  CHECK(error_of("log.csv", with("180000", "high")) == "log.csv:180002: field 'loss': expected a number, got 'high'");
  CHECK(error_of("log.csv", with("180000.5", "1")) ==
        "log.csv:180002: field 'step': expected a whole number from 0 to 2^53 as iteration, got '180000.5'");
  CHECK(error_of("log.jsonl", with("180000, \"step\": 180000", "1")) ==
        "log.jsonl:180001: field 'step': expected every name once in an object, got it twice");
}

TEST_CASE("a single row that is not finite is told with its own step") {
  const auto row_at = [](Index k) { return k == 177777 ? Row{"177777", "inf", ""} : plain_row(k); };
  const Diagnosis diagnosis = diagnose(Log("log.csv", 200000, row_at).read().trajectory);
  const Finding* finding = find_finding(diagnosis, "non-finite");
  REQUIRE(finding != nullptr);
  CHECK(finding->first == 177777);
  CHECK(finding->certainty == Certainty::proven);
}
