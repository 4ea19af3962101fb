// Logs written into a test as text, and what came of them.
#ifndef PERIGEE_TESTS_SUPPORT_LOG_TEXT_HPP
#define PERIGEE_TESTS_SUPPORT_LOG_TEXT_HPP

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <perigee/diagnostics/readers/reader.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace perigee::test {

/// A file of that name and text, which goes with the test.
class LogFile {
 public:
  explicit LogFile(const std::string& text, const std::string& name = "log.csv") : name_(name) { write(text); }
  void write(const std::string& text) const { folder_.write(name_, text); }
  std::filesystem::path path() const { return folder_.path() / name_; }

 private:
  TemporaryFolder folder_;
  std::string name_;
};

inline ReadResult read(const std::string& text, const ReadOptions& options = {}) {
  return read_trajectory(LogFile(text).path(), options);
}

// The message of the ReadError without the folder: "log.csv:3: field ..."; empty: none was thrown.
inline std::string error_of(const std::string& text, const ReadOptions& options = {}) {
  const LogFile file(text);
  try {
    read_trajectory(file.path(), options);
  } catch (const ReadError& error) {
    const std::string message = error.what();
    const std::string prefix = file.path().parent_path().string() + "/";
    REQUIRE(message.rfind(prefix, 0) == 0);
    return message.substr(prefix.size());
  }
  return {};
}

inline std::vector<double> values_of(const Trajectory& trajectory, double StepRecord::*field = &StepRecord::value) {
  std::vector<double> values;
  for (const StepRecord& record : trajectory.records) values.push_back(record.*field);
  return values;
}

inline std::vector<Index> iterations_of(const Trajectory& trajectory) {
  std::vector<Index> iterations;
  for (const StepRecord& record : trajectory.records) iterations.push_back(record.iteration);
  return iterations;
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

inline bool has_note(const ReadResult& result, const std::string& part) {
  for (const std::string& note : result.notes) {
    if (contains(note, part)) return true;
  }
  return false;
}

inline std::string role_of(const ReadResult& result, const std::string& column) {
  for (const ColumnUse& use : result.columns) {
    if (use.column == column) return use.role;
  }
  return {};
}

}  // namespace perigee::test

#endif
