#include <perigee/diagnostics/readers/reader.hpp>

#include <perigee/diagnostics/readers/event_file.hpp>
#include <perigee/diagnostics/readers/input.hpp>
#include <perigee/diagnostics/readers/long_log.hpp>
#include <perigee/diagnostics/readers/table.hpp>
#include <perigee/diagnostics/store.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>
#include <system_error>

namespace perigee {

namespace {

using namespace std::string_view_literals;

// What the first bytes say; a file that cannot be any of the formats is an error with a hint.
std::string detect_format(const readers::Input& input) {
  std::string_view text = input.beginning();
  const auto fail = [&input](const std::string& what) {
    throw ReadError(input.name() + ": expected CSV, JSONL, NPZ, an event file of TensorBoard or a recorded run, got " +
                    what);
  };
  if (text.starts_with("SQLite format 3\0"sv)) return "sqlite";
  if (text.starts_with("PK\x03\x04"sv) || text.starts_with("\x93NUMPY"sv)) return "npz";
  if (text.starts_with("\x1f\x8b"sv)) fail("a compressed file; decompress it first");
  if (text.starts_with("\xff\xfe"sv) || text.starts_with("\xfe\xff"sv)) fail("UTF-16 text; save it as UTF-8");
  if (readers::is_event_file(text)) return "tensorboard";
  if (text.starts_with(":W&B\xe1\xbe"sv)) return "wandb";
  if (text.starts_with("\xef\xbb\xbf"sv)) text.remove_prefix(3);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && text[first] == '{') return "jsonl";
  if (first != std::string_view::npos && text[first] == '[') fail("a JSON list; write one object a line instead");
  return "csv";
}

// What a recorded run has to offer, in the words of a log.
std::vector<ColumnUse> columns_of(const Trajectory& trajectory) {
  constexpr const char* reason = "recorded by Perigee";
  std::vector<ColumnUse> uses{{"iteration", "iteration", reason}};
  const auto add_if_measured = [&](const char* role, double StepRecord::*field) {
    for (const StepRecord& record : trajectory.records) {
      if (!std::isnan(record.*field)) {
        uses.push_back({role, role, reason});
        return;
      }
    }
  };
  add_if_measured("value", &StepRecord::value);
  add_if_measured("gradient_norm", &StepRecord::gradient_norm);
  add_if_measured("step_size", &StepRecord::step_size);
  add_if_measured("step_norm", &StepRecord::step_norm);
  for (const Column& column : trajectory.columns) {
    bool is_probability = false;
    if (trajectory.policy) {
      for (const std::string& name : trajectory.policy->probability_columns) is_probability |= name == column.name;
    }
    uses.push_back({is_probability ? "probability" : "extra", column.name, reason});
  }
  return uses;
}

ReadResult read_recorded_run(const std::filesystem::path& path, const ReadOptions& options) {
  if (!options.mapping.empty()) {
    throw ReadError(path.string() + ": expected no mapping for a recorded run, got '" + options.mapping.front().first +
                    "'");
  }
  try {
    ReadResult result;
    result.trajectory = read_run(path, options.while_reading);
    result.format = "sqlite";
    result.columns = columns_of(result.trajectory);
    if (result.trajectory.records.empty()) throw ReadError(path.string() + ": expected rows, got a run without any");
    if (!result.trajectory.end) {
      result.notes.emplace_back(
          "The run has no end: it is still being recorded, was cut off, or did not say why it ended.");
    }
    return result;
  } catch (const StoreError& error) {
    throw ReadError(error.what());
  }
}

std::vector<std::filesystem::path> event_files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  if (error) throw ReadError(folder.string() + ": cannot be read: " + error.message());
  for (; entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (entry->path().filename().string().find("tfevents") != std::string::npos) paths.push_back(entry->path());
  }
  if (error) throw ReadError(folder.string() + ": cannot be read: " + error.message());
  if (paths.empty()) {
    throw ReadError(folder.string() + ": expected event files (events.out.tfevents...) in this folder, got none");
  }
  return paths;
}

readers::Table read_table(readers::Input& input, const std::string& format, readers::LongLog* log) {
  return format == "csv" ? readers::read_csv(input, log) : readers::read_jsonl(input, log);
}

// In one pass, whatever its length; a log that does not permit that as a whole, from the start. What can be read only
// once, a pipe for one, is read as a whole at once.
ReadResult read_text_log(readers::Input& input, const std::filesystem::path& path, const std::string& format,
                         const ReadOptions& options) {
  std::error_code error;
  const bool can_start_again = std::filesystem::is_regular_file(path, error);
  std::string reason;
  if (options.writer == Writer::at_work) input.leave_out_unterminated();
  input.call_while_reading(options.while_reading);
  try {
    readers::LongLog log(options.mapping);
    readers::Table table = read_table(input, format, can_start_again ? &log : nullptr);
    return log.has_taken() ? log.finish(table) : readers::assemble(table, options.mapping);
  } catch (const readers::NotInOnePass& obstacle) {
    reason = obstacle.reason;
  }
  readers::Input again(path);
  if (options.writer == Writer::at_work) again.leave_out_unterminated();
  again.call_while_reading(options.while_reading);
  readers::Table table = read_table(again, format, nullptr);
  ReadResult result = readers::assemble(table, options.mapping);
  result.notes.push_back("The log was read as a whole, not in one pass, " + reason + ".");
  return result;
}

}  // namespace

ReadResult read_trajectory(const std::filesystem::path& path, const ReadOptions& options) {
  constexpr std::array formats{"auto", "csv", "jsonl", "npz", "tensorboard", "wandb", "sqlite"};
  if (std::find(formats.begin(), formats.end(), options.format) == formats.end()) {
    throw std::invalid_argument(
        "ReadOptions: format must be auto, csv, jsonl, npz, tensorboard, wandb or sqlite, got '" + options.format +
        "'");
  }
  std::error_code error;
  const bool is_folder = std::filesystem::is_directory(path, error);
  if (options.format == "sqlite") return read_recorded_run(path, options);
  std::string format = options.format;
  if (format == "auto" && is_folder) format = "tensorboard";
  std::optional<readers::Input> input;
  const auto is_opened_by_its_reader = [&format] {
    return format == "tensorboard" || format == "npz" || format == "wandb";
  };
  if (!is_opened_by_its_reader()) input.emplace(path);
  if (format == "auto") format = detect_format(*input);
  if (format == "sqlite") return read_recorded_run(path, options);
  ReadResult result;
  if (is_opened_by_its_reader()) {
    readers::Table table = format == "npz" ? readers::read_arrays(path)
                           : format == "wandb"
                               ? readers::read_wandb(path)
                               : readers::read_event_files(path, is_folder ? event_files_in(path) : std::vector{path});
    result = readers::assemble(table, options.mapping);
  } else {
    result = read_text_log(*input, path, format, options);
  }
  if (!result.trajectory.condensation) readers::condense(result);
  result.format = format;
  return result;
}

}  // namespace perigee
