// ZIP archives, as far as NPZ files are ones: APPNOTE.TXT 6.3.9, whose section numbers are cited.
#include <perigee/lib/data/npy.hpp>

#include <perigee/lib/data/crc32.hpp>
#include <perigee/lib/data/line_reader.hpp>
#include <perigee/lib/data/npy_source.hpp>

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace perigee::data {

namespace {

constexpr std::uint32_t local_header_mark = 0x04034b50;    // 4.3.7
constexpr std::uint32_t directory_mark = 0x02014b50;       // 4.3.12
constexpr std::uint32_t end_64_mark = 0x06064b50;          // 4.3.14
constexpr std::uint32_t end_64_locator_mark = 0x07064b50;  // 4.3.15
constexpr std::uint32_t end_mark = 0x06054b50;             // 4.3.16
constexpr std::uint64_t end_size = 22, end_64_locator_size = 20, end_64_size = 56, local_header_size = 30,
                        directory_entry_size = 46, greatest_comment = 0xffff;
constexpr std::uint64_t is_in_64_bits = 0xffffffff;  // a size or offset that stands in the extra field instead

// An entry's bytes, which must be of the size and the checksum that the directory says.
class CheckedEntry final : public ByteSource {
 public:
  CheckedEntry(std::unique_ptr<ByteSource> source, std::uint64_t size, std::uint32_t checksum)
      : source_(std::move(source)), size_(size), checksum_(checksum) {}

  std::size_t read(std::span<std::uint8_t> out) override {
    const std::size_t count = source_->read(out);
    sum_.add(out.first(count));
    if (source_->offset() > size_ || (count < out.size() && source_->offset() < size_)) {
      fail("expected an entry of " + std::to_string(size_) + " bytes, as in the directory, got " +
           (source_->offset() > size_ ? "more" : "fewer"));
    }
    if (count < out.size() && sum_.value() != checksum_) {
      fail("expected an entry of checksum " + std::to_string(checksum_) + ", as in the directory, got " +
           std::to_string(sum_.value()));
    }
    return count;
  }
  std::uint64_t bound() const override { return std::min(source_->bound(), size_ - source_->offset()); }
  std::uint64_t offset() const override { return source_->offset(); }
  const std::string& name() const override { return source_->name(); }

 private:
  std::unique_ptr<ByteSource> source_;
  std::uint64_t size_;
  std::uint32_t checksum_;
  Crc32 sum_;  // 4.4.7
};

// A record of fixed layout, by the offsets of its fields.
class Record {
 public:
  explicit Record(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  std::uint64_t field(std::size_t offset, std::size_t size) const {
    return little_endian(bytes_.subspan(offset, size));
  }
  std::uint64_t mark() const { return field(0, 4); }

 private:
  std::span<const std::uint8_t> bytes_;
};

[[noreturn]] void fail_at(const std::filesystem::path& path, std::uint64_t offset, const std::string& message) {
  throw ReadError(path.string() + ": byte " + std::to_string(offset) + ": " + message);
}

std::vector<std::uint8_t> stretch_of(const std::filesystem::path& path, std::uint64_t begin, std::uint64_t size,
                                     const char* what) {
  const std::unique_ptr<ByteSource> source = open_stretch(path, path.string(), begin, size);
  if (source->bound() < size) {
    fail_at(path, begin, "expected " + std::to_string(size) + " bytes of " + what + ", got the end of the file");
  }
  return source->read_claimed(size, what);
}

// Where the directory stands.
struct Directory {
  std::uint64_t begin;
  std::uint64_t size;
};

Directory find_directory(const std::filesystem::path& path) {
  const std::uint64_t file_size = open_file(path)->bound();
  if (file_size < end_size)
    fail_at(path, 0, "expected a ZIP archive, got a file of " + std::to_string(file_size) + " bytes");
  const std::uint64_t tail_size = std::min(file_size, end_size + greatest_comment);
  const std::uint64_t tail_begin = file_size - tail_size;
  const std::vector<std::uint8_t> tail = stretch_of(path, tail_begin, tail_size, "the end of the archive");
  for (std::uint64_t at = tail_size - end_size + 1; at-- > 0;) {
    const Record end(std::span<const std::uint8_t>(tail).subspan(at, end_size));
    if (end.mark() != end_mark || at + end_size + end.field(20, 2) != tail_size) continue;
    const std::uint64_t place = tail_begin + at;
    if (end.field(4, 2) != 0 && end.field(4, 2) != 0xffff) fail_at(path, place, "expected an archive of one volume");
    Directory directory{end.field(16, 4), end.field(12, 4)};
    if (place >= end_64_locator_size) {
      const std::vector<std::uint8_t> bytes =
          stretch_of(path, place - end_64_locator_size, end_64_locator_size, "a locator");
      if (const Record locator(bytes); locator.mark() == end_64_locator_mark) {
        const std::uint64_t end_64 = locator.field(8, 8);
        if (end_64 > file_size) fail_at(path, place - end_64_locator_size + 8, "expected a place inside the file");
        const std::vector<std::uint8_t> record = stretch_of(path, end_64, end_64_size, "the directory's place");
        if (Record(record).mark() != end_64_mark) fail_at(path, end_64, "expected the place of the directory");
        directory = {Record(record).field(48, 8), Record(record).field(40, 8)};
      }
    }
    if (directory.begin > place || directory.size > place - directory.begin) {
      fail_at(path, place,
              "expected a directory inside the file, got one of " + std::to_string(directory.size) + " bytes at byte " +
                  std::to_string(directory.begin));
    }
    return directory;
  }
  fail_at(path, tail_begin, "expected a ZIP archive such as an .npz file, got no end of its directory");
}

// Sizes and place of an entry, by the fields of the directory and, where these are full, by the extra field of 64-bit
// sizes (4.5.3).
struct Extent {
  std::uint64_t size, compressed, header;
};

Extent extent_of(const std::filesystem::path& path, std::uint64_t place, const Record& entry,
                 std::span<const std::uint8_t> extra) {
  Extent extent{entry.field(24, 4), entry.field(20, 4), entry.field(42, 4)};
  while (extra.size() >= 4) {
    const std::uint64_t id = little_endian(extra.first(2));
    const auto length = static_cast<std::size_t>(little_endian(extra.subspan(2, 2)));
    if (length > extra.size() - 4) fail_at(path, place, "expected extra fields within their entry");
    std::span<const std::uint8_t> content = extra.subspan(4, length);
    if (id == 1) {
      for (std::uint64_t* const number : {&extent.size, &extent.compressed, &extent.header}) {
        if (*number != is_in_64_bits) continue;
        if (content.size() < 8) fail_at(path, place, "expected 64-bit sizes in the extra field");
        *number = little_endian(content.first(8));
        content = content.subspan(8);
      }
    }
    extra = extra.subspan(4 + length);
  }
  return extent;
}

}  // namespace

NpzFile::NpzFile(const std::filesystem::path& path) : path_(path) {
  const Directory directory = find_directory(path);
  const std::vector<std::uint8_t> bytes = stretch_of(path, directory.begin, directory.size, "the directory");
  std::span<const std::uint8_t> rest(bytes);
  std::unordered_set<std::string> known;
  while (!rest.empty()) {
    const std::uint64_t place = directory.begin + (bytes.size() - rest.size());
    const auto take = [&](std::uint64_t size) {
      if (size > rest.size()) fail_at(path, place, "expected an entry within the directory, got its end");
      const std::span<const std::uint8_t> taken = rest.first(static_cast<std::size_t>(size));
      rest = rest.subspan(static_cast<std::size_t>(size));
      return taken;
    };
    const Record entry(take(directory_entry_size));
    if (entry.mark() != directory_mark) fail_at(path, place, "expected an entry of the directory");
    const std::span<const std::uint8_t> name_bytes = take(entry.field(28, 2));
    const std::span<const std::uint8_t> extra = take(entry.field(30, 2));
    take(entry.field(32, 2));  // the comment
    std::string name(name_bytes.begin(), name_bytes.end());
    if (!name.ends_with(".npy")) continue;
    name.resize(name.size() - 4);
    if (!known.insert(name).second) fail_at(path, place, "expected every name once, got " + shown(name) + " twice");
    const std::uint64_t method = entry.field(10, 2);
    if (method != 0 && method != 8) {
      fail_at(path, place, "expected entries stored or deflated, got method " + std::to_string(method));
    }
    const Extent extent = extent_of(path, place, entry, extra);
    if (extent.header > directory.begin || extent.compressed > directory.begin - extent.header) {
      fail_at(path, place,
              "expected an entry before the directory, got " + std::to_string(extent.compressed) + " bytes at byte " +
                  std::to_string(extent.header));
    }
    names_.push_back(std::move(name));
    entries_.push_back({.header = extent.header,
                        .compressed = extent.compressed,
                        .size = extent.size,
                        .checksum = static_cast<std::uint32_t>(entry.field(16, 4)),
                        .is_deflated = method == 8,
                        .is_encrypted = (entry.field(8, 2) & 1) != 0});
  }
}

bool NpzFile::has(std::string_view name) const { return std::find(names_.begin(), names_.end(), name) != names_.end(); }

Array NpzFile::read(std::string_view name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end()) {
    throw ReadError(path_.string() + ": expected an array " + shown(name) + ", got " +
                    (names_.empty() ? "none" : shown_list(names_)));
  }
  const Entry& entry = entries_[static_cast<std::size_t>(found - names_.begin())];
  if (entry.is_encrypted) fail_at(path_, entry.header, "expected no encryption, got an encrypted entry");
  const std::vector<std::uint8_t> bytes = stretch_of(path_, entry.header, local_header_size, "an entry's header");
  const Record header(bytes);
  if (header.mark() != local_header_mark) fail_at(path_, entry.header, "expected the header of an entry");
  const std::uint64_t begin = entry.header + local_header_size + header.field(26, 2) + header.field(28, 2);
  std::unique_ptr<ByteSource> source =
      open_stretch(path_, path_.string() + "(" + std::string(name) + ".npy)", begin, entry.compressed);
  if (entry.is_deflated) source = decompressed(std::move(source), Compression::deflate);
  CheckedEntry checked(std::move(source), entry.size, entry.checksum);
  return read_npy(checked);
}

}  // namespace perigee::data
