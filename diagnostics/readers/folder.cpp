#include <perigee/diagnostics/readers/folder.hpp>

#include <perigee/diagnostics/readers/role_names.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <system_error>

namespace perigee {

namespace {

constexpr std::size_t greatest_run_count = 10000;

bool is_log(const std::filesystem::path& path) {
  constexpr std::array<std::string_view, 8> extensions{".csv", ".tsv",   ".jsonl",  ".ndjson",
                                                       ".npz", ".wandb", ".sqlite", ".db"};
  const std::string extension = readers::lower_case(path.extension().string());
  return std::find(extensions.begin(), extensions.end(), extension) != extensions.end();
}

}  // namespace

std::vector<std::filesystem::path> runs_in(const std::filesystem::path& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::is_directory(path, error)) return {path};
  std::set<fs::path> runs;
  fs::recursive_directory_iterator entry(path, error);
  while (!error && entry != fs::recursive_directory_iterator()) {
    const std::string name = entry->path().filename().string();
    std::error_code ignored;  // a file that vanished meanwhile is none
    if (name.starts_with('.')) {
      entry.disable_recursion_pending();
    } else if (entry->is_regular_file(ignored)) {
      if (name.find("tfevents") != std::string::npos) {
        runs.insert(entry->path().parent_path());
      } else if (is_log(entry->path())) {
        runs.insert(entry->path());
      }
    }
    if (runs.size() > greatest_run_count) {
      throw ReadError(path.string() + ": expected at most " + std::to_string(greatest_run_count) +
                      " runs in a folder, got more");
    }
    entry.increment(error);
  }
  if (error) throw ReadError(path.string() + ": cannot be read: " + error.message());
  if (runs.empty()) {
    throw ReadError(
        path.string() +
        ": expected logs (.csv, .tsv, .jsonl, .ndjson, .npz, .wandb, .sqlite, .db, or event files) in this folder, "
        "got none");
  }
  return {runs.begin(), runs.end()};
}

FolderReading read_trajectories(const std::filesystem::path& path, const ReadOptions& options) {
  FolderReading reading;
  for (const std::filesystem::path& run : runs_in(path)) {
    try {
      reading.runs.push_back({run, read_trajectory(run, options)});
    } catch (const ReadError& error) {
      reading.unreadable.emplace_back(error.what());
    }
  }
  if (reading.runs.empty()) throw ReadError(reading.unreadable.front());
  return reading;
}

}  // namespace perigee
