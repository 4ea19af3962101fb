// Writers of the binary formats that the readers read, from the formats' descriptions and independent of the readers.
#ifndef PERIGEE_TESTS_SUPPORT_ENCODERS_HPP
#define PERIGEE_TESTS_SUPPORT_ENCODERS_HPP

#include <zlib.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace perigee::test {

enum class Endian { little, big };

/// The lowest `size` bytes of a number.
inline std::string packed(std::uint64_t number, int size, Endian order) {
  std::string bytes;
  for (int i = 0; i < size; ++i) {
    const int shift = 8 * (order == Endian::little ? i : size - 1 - i);
    bytes += static_cast<char>(number >> shift & 0xff);
  }
  return bytes;
}
inline std::string packed(double number, Endian order) {
  return packed(std::bit_cast<std::uint64_t>(number), 8, order);
}
inline std::string packed(float number, Endian order) { return packed(std::bit_cast<std::uint32_t>(number), 4, order); }

inline std::string idx_file(int type_code, const std::vector<std::uint64_t>& lengths, const std::string& elements) {
  std::string file = std::string(2, '\0') + static_cast<char>(type_code) + static_cast<char>(lengths.size());
  for (const std::uint64_t length : lengths) file += packed(length, 4, Endian::big);
  return file + elements;
}

inline std::string npy_file(const std::string& header, const std::string& elements, int version = 1) {
  return "\x93NUMPY" + std::string{static_cast<char>(version), '\0'} +
         packed(header.size(), version == 1 ? 2 : 4, Endian::little) + header + elements;
}

/// Compressed by zlib: window_bits 31 for gzip, -15 for a raw stream.
inline std::string deflated(const std::string& bytes, int window_bits) {
  z_stream stream{};
  if (deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("zlib");
  std::string result(deflateBound(&stream, bytes.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = static_cast<uInt>(result.size());
  const int status = deflate(&stream, Z_FINISH);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  if (status != Z_STREAM_END) throw std::runtime_error("zlib");
  return result;
}

struct ZipEntry {
  std::string name;
  std::string content;
  bool is_deflated = false;
};

enum class ZipSizes { in_32_bits, in_64_bits };

/// A ZIP archive; with 64-bit sizes those of the directory's entries and of its end stand in the ZIP64 records.
inline std::string zip_file(const std::vector<ZipEntry>& entries, ZipSizes sizes = ZipSizes::in_32_bits) {
  const auto number = [](std::uint64_t value, int size) { return packed(value, size, Endian::little); };
  const bool is_64 = sizes == ZipSizes::in_64_bits;
  std::string file, directory;
  for (const ZipEntry& entry : entries) {
    const std::string stored = entry.is_deflated ? deflated(entry.content, -15) : entry.content;
    const std::uint64_t checksum =
        crc32(0, reinterpret_cast<const Bytef*>(entry.content.data()), static_cast<uInt>(entry.content.size()));
    const std::string common =
        number(20, 2) + number(0, 2) + number(entry.is_deflated ? 8 : 0, 2) + number(0, 4) + number(checksum, 4);
    const std::string plain_sizes = number(stored.size(), 4) + number(entry.content.size(), 4);
    const std::uint64_t place = file.size();
    const std::string extra = is_64 ? number(1, 2) + number(24, 2) + number(entry.content.size(), 8) +
                                          number(stored.size(), 8) + number(place, 8)
                                    : "";
    directory += "PK\x01\x02" + number(20, 2) + common + (is_64 ? std::string(8, '\xff') : plain_sizes) +
                 number(entry.name.size(), 2) + number(extra.size(), 2) + number(0, 2) + number(0, 2) + number(0, 2) +
                 number(0, 4) + (is_64 ? std::string(4, '\xff') : number(place, 4)) + entry.name + extra;
    file += "PK\x03\x04" + common + plain_sizes + number(entry.name.size(), 2) + number(0, 2) + entry.name + stored;
  }
  const std::uint64_t begin = file.size();
  file += directory;
  if (is_64) {
    const std::uint64_t end = file.size();
    file += "PK\x06\x06" + number(44, 8) + number(45, 2) + number(45, 2) + number(0, 4) + number(0, 4) +
            number(entries.size(), 8) + number(entries.size(), 8) + number(directory.size(), 8) + number(begin, 8);
    file += "PK\x06\x07" + number(0, 4) + number(end, 8) + number(1, 4);
  }
  return file + "PK\x05\x06" + number(0, 4) + number(entries.size(), 2) + number(entries.size(), 2) +
         (is_64 ? std::string(8, '\xff') : number(directory.size(), 4) + number(begin, 4)) + number(0, 2);
}

}  // namespace perigee::test

#endif
