// Bytes from a plain file, a stretch of one, or a compressed one: in order, with an offset for messages, and with a
// bound on how many can still come, so that a header that promises more is refused before memory is taken.
// Internal to the readers of binary files.
#ifndef PERIGEE_LIB_DATA_BYTE_SOURCE_HPP
#define PERIGEE_LIB_DATA_BYTE_SOURCE_HPP

#include <perigee/lib/data/array.hpp>
#include <perigee/lib/data/read_error.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace perigee::data {

/// Reading goes on until there is no more; whatever is wrong throws ReadError.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  /// Fills `out` from the front; returns how many bytes came, fewer only at the end.
  virtual std::size_t read(std::span<std::uint8_t> out) = 0;
  /// At most so many bytes can still come.
  virtual std::uint64_t bound() const = 0;
  /// Of the next byte, counted from 0; after decompression.
  virtual std::uint64_t offset() const = 0;
  /// The file, and the entry within it: "weights.npz(w.npy)".
  virtual const std::string& name() const = 0;

  /// Throws ReadError "NAME: byte OFFSET: MESSAGE"; the offset is that of the next byte.
  [[noreturn]] void fail(const std::string& message) const;
  /// Exactly as many bytes as `out` has; `what` they are is said where the file ends first.
  void read_exactly(std::span<std::uint8_t> out, const char* what);
  /// The same as a new array of bytes, for counts that the file claims: refused before memory is taken if more than
  /// bound(), and taken as the bytes come.
  std::vector<std::uint8_t> read_claimed(std::uint64_t count, const char* what);
  /// Throws ReadError unless nothing is left.
  void expect_end();
};

/// A file, or `size` bytes of it from `begin` on. `name` stands for it in messages.
/// Throws ReadError if it cannot be opened.
std::unique_ptr<ByteSource> open_file(const std::filesystem::path& path);
std::unique_ptr<ByteSource> open_stretch(const std::filesystem::path& path, std::string name, std::uint64_t begin,
                                         std::uint64_t size);

enum class Compression {
  gzip,     // RFC 1952, members one after the other
  deflate,  // RFC 1951, as inside ZIP archives
};

/// The most bytes that a compressed source gives: 2 GiB. A deflated byte can stand for 1032.
inline constexpr std::uint64_t greatest_decompressed_size = std::uint64_t{1} << 31;

/// The decompressed bytes of another source; checksums of gzip are verified.
/// Throws ReadError if Perigee was built without zlib.
std::unique_ptr<ByteSource> decompressed(std::unique_ptr<ByteSource> source, Compression compression);

/// The file, decompressed if its first bytes are those of gzip.
std::unique_ptr<ByteSource> open_maybe_compressed(const std::filesystem::path& path);

/// A number of 2, 4 or 8 bytes.
std::uint64_t little_endian(std::span<const std::uint8_t> bytes);
std::uint64_t big_endian(std::span<const std::uint8_t> bytes);

enum class ByteOrder { little, big };
/// Turns elements of that order into elements of this machine's order.
void make_native(std::span<std::uint8_t> elements, std::size_t element_size, ByteOrder order);

/// The product of the lengths times the size of an element. Throws ReadError through the source if it is beyond what a
/// vector can hold.
std::uint64_t byte_count_of(const ByteSource& source, const std::vector<Index>& shape, ElementType type);

}  // namespace perigee::data

#endif
