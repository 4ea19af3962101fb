// What every reader must survive: any bytes at all. Each target turns bytes into a file in memory, reads it, and aborts
// if the reader throws anything but ReadError, or makes a trajectory that is none. Shared by the fuzzers and by the
// test that mutates the seeds (tests/test_damaged_files.cpp).
//
// Checksums would keep mutated bytes out of what lies behind them, so for event files and archives an input whose first
// byte is odd is not the file itself but a list of records or entries, which are put into a sound file.
#ifndef PERIGEE_TESTS_FUZZ_TARGETS_HPP
#define PERIGEE_TESTS_FUZZ_TARGETS_HPP

#include "support/encoders.hpp"
#include "support/event_encoder.hpp"

#include <perigee/diagnostics/readers/table.hpp>

#include <sys/mman.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace perigee::fuzz {

// One file without a disk behind it, written anew for each input.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(::memfd_create("perigee-fuzz", MFD_CLOEXEC)) {
    if (descriptor_ < 0) std::abort();
    path_ = "/proc/self/fd/" + std::to_string(descriptor_);
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  const std::filesystem::path& path_of(std::string_view bytes) const {
    if (::ftruncate(descriptor_, 0) != 0) std::abort();
    if (::pwrite(descriptor_, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) std::abort();
    return path_;
  }

 private:
  int descriptor_;
  std::filesystem::path path_;
};

inline const std::filesystem::path& file_of(std::string_view bytes) {
  static const MemoryFile file;
  return file.path_of(bytes);
}

[[noreturn]] inline void fail(const char* what) {
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

enum class Outcome { readable, refused };

// Why this is no trajectory: iterations must increase, columns be as long as the records, snapshots of one length and
// in order. Null: it is one.
inline const char* unsoundness_of(const Trajectory& trajectory) {
  if (trajectory.records.empty()) return "no records";
  for (std::size_t k = 1; k < trajectory.records.size(); ++k) {
    if (trajectory.records[k - 1].iteration >= trajectory.records[k].iteration) return "iterations do not increase";
  }
  for (const Column& column : trajectory.columns) {
    if (column.values.size() != trajectory.records.size()) return "a column of another length than the records";
  }
  for (std::size_t k = 1; k < trajectory.snapshots.size(); ++k) {
    if (trajectory.snapshots[k - 1].iteration >= trajectory.snapshots[k].iteration) return "snapshots out of order";
    if (trajectory.snapshots[k - 1].x.size() != trajectory.snapshots[k].x.size()) return "snapshots of two lengths";
  }
  return nullptr;
}

template <class Read>
Outcome outcome_of(const Read& read) {
  try {
    readers::Table table = read();
    const Trajectory trajectory = readers::assemble(table, {}).trajectory;
    if (const char* const reason = unsoundness_of(trajectory)) fail(reason);
    return Outcome::readable;
  } catch (const ReadError&) {
    return Outcome::refused;
  }
}

inline Outcome csv(std::string_view bytes) {
  return outcome_of([&] {
    readers::Input input(file_of(bytes));
    return readers::read_csv(input, nullptr);
  });
}

inline Outcome jsonl(std::string_view bytes) {
  return outcome_of([&] {
    readers::Input input(file_of(bytes));
    return readers::read_jsonl(input, nullptr);
  });
}

// Pieces of the bytes: a length (two bytes, little-endian) and as many bytes, or what is left of them.
inline std::vector<std::string> pieces_of(std::string_view bytes) {
  std::vector<std::string> pieces;
  while (bytes.size() >= 2) {
    const auto length =
        static_cast<std::size_t>(static_cast<unsigned char>(bytes[0]) + 256 * static_cast<unsigned char>(bytes[1]));
    pieces.emplace_back(bytes.substr(2, length));
    bytes.remove_prefix(std::min(bytes.size(), 2 + length));
  }
  return pieces;
}

inline std::string piece(const std::string& bytes) {
  return test::packed(bytes.size(), 2, test::Endian::little) + bytes;
}

inline bool is_list(std::string_view bytes) { return !bytes.empty() && (bytes.front() & 1) != 0; }

inline Outcome event_file(std::string_view bytes) {
  if (bytes.empty()) return Outcome::refused;
  std::string file(bytes.substr(1));
  if (is_list(bytes)) {
    file.clear();
    for (const std::string& record : pieces_of(bytes.substr(1))) file += test::tf_record(record);
  }
  return outcome_of([&] {
    const std::filesystem::path& path = file_of(file);
    return readers::read_event_files(path, {path});
  });
}

inline Outcome wandb(std::string_view bytes) {
  if (bytes.empty()) return Outcome::refused;
  const std::string file = is_list(bytes) ? test::wandb_file(pieces_of(bytes.substr(1))) : std::string(bytes.substr(1));
  return outcome_of([&] { return readers::read_wandb(file_of(file)); });
}

// An entry of the list: a byte that chooses a name, and the array.
inline Outcome arrays(std::string_view bytes) {
  if (bytes.empty()) return Outcome::refused;
  std::string file(bytes.substr(1));
  if (is_list(bytes)) {
    constexpr const char* names[] = {"step",  "loss", "x",         "parameters", "x_steps", "probs",
                                     "grads", "p",    "grad_norm", "reward",     "other",   "iteration"};
    std::vector<test::ZipEntry> entries;
    for (const std::string& entry : pieces_of(bytes.substr(1))) {
      if (entry.empty()) continue;
      const auto choice = static_cast<unsigned char>(entry.front());
      const std::string name = names[choice % 12];
      entries.push_back({(choice >= 128 ? name + std::to_string(entries.size()) : name) + ".npy", entry.substr(1),
                         choice % 128 >= 64});
    }
    file = test::zip_file(entries);
  }
  return outcome_of([&] { return readers::read_arrays(file_of(file)); });
}

}  // namespace perigee::fuzz

#endif
