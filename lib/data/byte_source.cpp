#include <perigee/lib/data/byte_source.hpp>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdio>
#include <limits>
#include <system_error>
#include <utility>

namespace perigee::data {

namespace {

constexpr std::size_t chunk = std::size_t{1} << 20;

class FileSource final : public ByteSource {
 public:
  FileSource(const std::filesystem::path& path, std::string name, std::uint64_t begin, std::uint64_t size)
      : name_(std::move(name)), left_(size) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) throw ReadError(name_ + ": is a folder, not a file");
    file_.reset(std::fopen(path.c_str(), "rb"));
    if (!file_) throw ReadError(name_ + ": cannot be opened: " + std::generic_category().message(errno));
    const auto file_size = std::filesystem::file_size(path, error);
    if (error) throw ReadError(name_ + ": has no size: " + error.message());
    left_ = begin > file_size ? 0 : std::min<std::uint64_t>(size, file_size - begin);
    if (begin > 0 && ::fseeko(file_.get(), static_cast<off_t>(std::min<std::uint64_t>(begin, file_size)), SEEK_SET)) {
      throw ReadError(name_ + ": cannot be read: " + std::generic_category().message(errno));
    }
  }

  std::size_t read(std::span<std::uint8_t> out) override {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), left_));
    const std::size_t count = std::fread(out.data(), 1, wanted, file_.get());
    if (count < wanted && std::ferror(file_.get()) != 0) {
      throw ReadError(name_ + ": cannot be read: " + std::generic_category().message(errno));
    }
    left_ = count < wanted ? 0 : left_ - count;  // the file may have been cut since it was opened
    offset_ += count;
    return count;
  }
  std::uint64_t bound() const override { return left_; }
  std::uint64_t offset() const override { return offset_; }
  const std::string& name() const override { return name_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::string name_;
  std::unique_ptr<std::FILE, Close> file_;
  std::uint64_t left_;
  std::uint64_t offset_ = 0;
};

}  // namespace

void ByteSource::fail(const std::string& message) const {
  throw ReadError(name() + ": byte " + std::to_string(offset()) + ": " + message);
}

void ByteSource::read_exactly(std::span<std::uint8_t> out, const char* what) {
  const std::size_t count = read(out);
  if (count < out.size()) {
    fail("expected " + std::to_string(out.size()) + " bytes of " + what + ", got " + std::to_string(count) +
         " before the end");
  }
}

std::vector<std::uint8_t> ByteSource::read_claimed(std::uint64_t count, const char* what) {
  const auto fail_short = [&](std::uint64_t available) {
    fail("expected " + std::to_string(count) + " bytes of " + what + ", got at most " + std::to_string(available));
  };
  if (count > bound()) fail_short(bound());
  std::vector<std::uint8_t> bytes;
  while (bytes.size() < count) {
    const std::size_t begin = bytes.size();
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(count - begin, std::max(chunk, begin)));
    bytes.resize(begin + wanted);
    const std::size_t got = read(std::span(bytes).subspan(begin));
    if (got < wanted) fail_short(begin + got);
  }
  return bytes;
}

void ByteSource::expect_end() {
  std::uint8_t next = 0;
  const std::uint64_t end = offset();
  if (read({&next, 1}) == 0) return;
  throw ReadError(name() + ": byte " + std::to_string(end) + ": expected the end of the data, got more bytes");
}

std::unique_ptr<ByteSource> open_file(const std::filesystem::path& path) {
  return open_stretch(path, path.string(), 0, std::numeric_limits<std::uint64_t>::max());
}

std::unique_ptr<ByteSource> open_stretch(const std::filesystem::path& path, std::string name, std::uint64_t begin,
                                         std::uint64_t size) {
  return std::make_unique<FileSource>(path, std::move(name), begin, size);
}

std::unique_ptr<ByteSource> open_maybe_compressed(const std::filesystem::path& path) {
  std::uint8_t first[2] = {};
  const std::size_t count = open_file(path)->read(first);
  const bool is_gzip = count == 2 && first[0] == 0x1f && first[1] == 0x8b;
  return is_gzip ? decompressed(open_file(path), Compression::gzip) : open_file(path);
}

std::uint64_t little_endian(std::span<const std::uint8_t> bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) number = number << 8 | bytes[i];
  return number;
}

std::uint64_t big_endian(std::span<const std::uint8_t> bytes) {
  std::uint64_t number = 0;
  for (const std::uint8_t byte : bytes) number = number << 8 | byte;
  return number;
}

void make_native(std::span<std::uint8_t> elements, std::size_t element_size, ByteOrder order) {
  const ByteOrder native = std::endian::native == std::endian::little ? ByteOrder::little : ByteOrder::big;
  if (order == native || element_size == 1) return;
  for (std::size_t i = 0; i + element_size <= elements.size(); i += element_size) {
    std::reverse(elements.begin() + static_cast<std::ptrdiff_t>(i),
                 elements.begin() + static_cast<std::ptrdiff_t>(i + element_size));
  }
}

std::uint64_t byte_count_of(const ByteSource& source, const std::vector<Index>& shape, ElementType type) {
  constexpr auto greatest = static_cast<std::uint64_t>(std::numeric_limits<std::ptrdiff_t>::max());
  // A length of 0 makes everything empty, whatever the others claim.
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return 0;
  std::uint64_t count = size_of(type);
  for (const Index length : shape) {
    if (count > greatest / static_cast<std::uint64_t>(length)) {
      source.fail("expected an array that fits into memory, got lengths whose product is above 2^63");
    }
    count *= static_cast<std::uint64_t>(length);
  }
  return count;
}

}  // namespace perigee::data
