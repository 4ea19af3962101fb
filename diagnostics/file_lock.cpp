#include <perigee/diagnostics/file_lock.hpp>

#include <perigee/diagnostics/store.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace perigee {

namespace {

std::string reason_of(int error) { return std::generic_category().message(error); }

// The process id that the owner wrote into the lock file.
std::string owner_of(int descriptor) {
  char digits[20];
  const ssize_t length = ::read(descriptor, digits, sizeof digits);
  return length > 0 ? "process " + std::string(digits, static_cast<std::size_t>(length)) : "another process";
}

bool is_still_there(int descriptor, const std::string& path) {
  struct stat ours {};
  struct stat there {};
  return ::fstat(descriptor, &ours) == 0 && ::stat(path.c_str(), &there) == 0 && ours.st_ino == there.st_ino &&
         ours.st_dev == there.st_dev;
}

}  // namespace

FileLock::FileLock(const std::filesystem::path& path) : path_(path.string() + "-lock") {
  for (;;) {
    descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor_ < 0) throw StoreError(path.string() + ": cannot be recorded into: " + reason_of(errno));
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
      const int error = errno;
      const std::string reason =
          error == EWOULDBLOCK ? "is being recorded into by " + owner_of(descriptor_) : reason_of(error);
      ::close(descriptor_);
      throw StoreError(path.string() + ": " + reason);
    }
    // Its last owner may have removed the file between our open and our lock: then this lock locks nothing.
    if (is_still_there(descriptor_, path_)) break;
    ::close(descriptor_);
  }
  // The content only serves the message above, so that a failure to write it does not matter.
  const std::string process = std::to_string(::getpid());
  if (::ftruncate(descriptor_, 0) == 0) (void)!::write(descriptor_, process.data(), process.size());
}

FileLock::~FileLock() {
  ::unlink(path_.c_str());
  ::close(descriptor_);
}

}  // namespace perigee
