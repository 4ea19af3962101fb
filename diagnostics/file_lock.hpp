// A lock on a file name that dies with its process.
// Internal to the diagnostics library.
//
// It is flock(2) on a file of its own, PATH-lock: SQLite holds POSIX locks on the database, and those are
// dropped when any other descriptor of the same file is closed.
#ifndef PERIGEE_DIAGNOSTICS_FILE_LOCK_HPP
#define PERIGEE_DIAGNOSTICS_FILE_LOCK_HPP

#include <filesystem>
#include <string>

namespace perigee {

class FileLock {
 public:
  /// Throws StoreError at once if somebody else, in this process or another, holds the lock.
  explicit FileLock(const std::filesystem::path& path);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  std::string path_;
  int descriptor_ = -1;
};

}  // namespace perigee

#endif
