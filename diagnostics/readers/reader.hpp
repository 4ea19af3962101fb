// Trajectories from files: our own recorded runs, and the logs of anybody's training loop.
//
// CSV, JSONL, NumPy's arrays, TensorBoard's event files and recorded runs (SQLite) are told apart by their first bytes.
// Which column is the loss, which the gradient norm, and so on, is guessed from the names, can be said with a mapping,
// and is reported. What a file may look like, and which names are known, is in docs/formats.md.
#ifndef PERIGEE_DIAGNOSTICS_READERS_READER_HPP
#define PERIGEE_DIAGNOSTICS_READERS_READER_HPP

#include <perigee/lib/data/read_error.hpp>
#include <perigee/lib/trajectory.hpp>

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace perigee {

/// Whether the program that writes the file has finished.
enum class Writer {
  finished,
  at_work,  // the last line of a text log counts only when it is ended
};

struct ReadOptions {
  std::string format = "auto";  // "auto", "csv" (also tab- or semicolon-separated), "jsonl", "npz" (also one .npy),
                                // "tensorboard", "wandb" or "sqlite"
  /// (role, column) pairs that go before any guess. Roles: iteration (or step), value (or loss), reward,
  /// gradient_norm (or grad_norm), step_size (or lr), step_norm, and probability, which may come several times.
  std::vector<std::pair<std::string, std::string>> mapping{};
  Writer writer = Writer::finished;
  /// Called again and again while a long text log or a recorded run is read; what it throws ends the reading.
  std::function<void()> while_reading{};
};

/// What a column of the file is taken for.
struct ColumnUse {
  std::string
      role;  // "iteration", "value", "reward", "gradient_norm", "step_size", "step_norm", "probability", "extra"
  std::string column;  // its name in the file
  std::string reason;  // "mapped", "guessed from its name", "no other role", "recorded by Perigee"
};

struct ReadResult {
  Trajectory trajectory;
  std::string format;              // "csv", "jsonl", "npz", "tensorboard", "wandb" or "sqlite"
  std::vector<ColumnUse> columns;  // in the order of the file
  std::vector<std::string> notes;  // what was left out, reordered or assumed; a sentence each
};

/// Reads a trajectory from a file, or from the folder of a run's event files. The records are in increasing order of
/// iteration; oracle counts stay 0, and a field that the file does not have is NaN. The value of a reward is its
/// negative, so that less is better. Linear in the size of the file; keeps every number once beside the records. Throws
/// ReadError if the file cannot be read as what it is, std::invalid_argument for an unknown format.
ReadResult read_trajectory(const std::filesystem::path& path, const ReadOptions& options = {});

}  // namespace perigee

#endif
