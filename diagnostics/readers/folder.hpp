// The runs of a folder: every log in it and in the folders below.
#ifndef PERIGEE_DIAGNOSTICS_READERS_FOLDER_HPP
#define PERIGEE_DIAGNOSTICS_READERS_FOLDER_HPP

#include <perigee/diagnostics/readers/reader.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace perigee {

/// What read_trajectory may be asked for: the files that end in .csv, .tsv, .jsonl, .ndjson, .npz, .wandb, .sqlite or
/// .db, in any case, and each folder that holds event files, as one run; in order of their paths. Hidden files and
/// folders are passed over, links to folders are not followed. A path that is no folder is the only one. Throws
/// ReadError if the folder cannot be read, holds no such file, or more than 10 000 of them.
std::vector<std::filesystem::path> runs_in(const std::filesystem::path& path);

struct PathAndReading {
  std::filesystem::path path;
  ReadResult result;
};

struct FolderReading {
  std::vector<PathAndReading> runs;
  std::vector<std::string> unreadable;  // what is wrong with the others, a message each
};

/// Reads every run of a folder, or one file. The runs are in memory at the same time.
/// Throws ReadError if there is none that can be read, with the first reason.
FolderReading read_trajectories(const std::filesystem::path& path, const ReadOptions& options = {});

}  // namespace perigee

#endif
