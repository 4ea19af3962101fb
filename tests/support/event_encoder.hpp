// Writers of TensorBoard's event files and of .wandb files, from the formats' descriptions and independent of the
// readers: the checksum is computed bit by bit or by zlib, messages are put together field by field.
#ifndef PERIGEE_TESTS_SUPPORT_EVENT_ENCODER_HPP
#define PERIGEE_TESTS_SUPPORT_EVENT_ENCODER_HPP

#include "support/encoders.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace perigee::test {

inline std::uint32_t bitwise_crc32c(const std::string& bytes) {
  std::uint32_t remainder = 0xffffffff;
  for (const char byte : bytes) {
    remainder ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) remainder = (remainder >> 1) ^ (0x82f63b78U * (remainder & 1U));
  }
  return ~remainder;
}

inline std::string masked_crc(const std::string& bytes) {
  const std::uint32_t sum = bitwise_crc32c(bytes);
  return packed(((sum >> 15 | sum << 17) + 0xa282ead8U) & 0xffffffffU, 4, Endian::little);
}

inline std::string tf_record(const std::string& data) {
  const std::string length = packed(data.size(), 8, Endian::little);
  return length + masked_crc(length) + data + masked_crc(data);
}

inline std::string varint(std::uint64_t number) {
  std::string bytes;
  for (; number >= 0x80; number >>= 7) bytes += static_cast<char>(number % 0x80 + 0x80);
  return bytes + static_cast<char>(number);
}
inline std::string varint_field(int number, std::uint64_t value) {
  return varint(static_cast<std::uint64_t>(number) * 8) + varint(value);
}
inline std::string bytes_field(int number, const std::string& bytes) {
  return varint(static_cast<std::uint64_t>(number) * 8 + 2) + varint(bytes.size()) + bytes;
}
inline std::string double_field(int number, double value) {
  return varint(static_cast<std::uint64_t>(number) * 8 + 1) + packed(value, Endian::little);
}
inline std::string float_field(int number, float value) {
  return varint(static_cast<std::uint64_t>(number) * 8 + 5) + packed(value, Endian::little);
}

/// An event with the values of one summary, which simple_value and tensor_value make.
inline std::string event(double wall_time, std::int64_t step, const std::string& values) {
  return tf_record(double_field(1, wall_time) + (step == 0 ? "" : varint_field(2, static_cast<std::uint64_t>(step))) +
                   bytes_field(5, values));
}
inline std::string simple_value(const std::string& tag, float value) {
  return bytes_field(1, bytes_field(1, tag) + float_field(2, value));
}
/// `tensor`: the fields of a TensorProto.
inline std::string tensor_value(const std::string& tag, const std::string& tensor) {
  const std::string metadata = bytes_field(9, bytes_field(1, bytes_field(1, "scalars")));
  return bytes_field(1, bytes_field(1, tag) + bytes_field(8, tensor) + metadata);
}
inline std::string version_event(double wall_time) {
  return tf_record(double_field(1, wall_time) + bytes_field(3, "brain.Event:2"));
}

/// A record of the history in a .wandb file: keys and values as JSON.
inline std::string wandb_history(std::uint64_t step, const std::vector<std::pair<std::string, std::string>>& items) {
  std::string history;
  for (const auto& [key, value] : items) history += bytes_field(1, bytes_field(1, key) + bytes_field(16, value));
  return bytes_field(2, history + bytes_field(2, step == 0 ? "" : varint_field(1, step)));
}

/// A .wandb file: LevelDB's log format, with zlib's CRC-32 of type and data.
inline std::string wandb_file(const std::vector<std::string>& records) {
  constexpr std::size_t block = 32768;
  std::string file = std::string(":W&B\xe1\xbe", 6) + '\0';
  for (const std::string& record : records) {
    for (std::size_t at = 0; at < record.size() || at == 0;) {
      if (block - file.size() % block < 7) file.append(block - file.size() % block, '\0');
      const std::string part = record.substr(at, block - file.size() % block - 7);
      const bool is_first = at == 0, is_last = at + part.size() == record.size();
      const int type = is_first ? (is_last ? 1 : 2) : (is_last ? 4 : 3);
      const std::string checked = static_cast<char>(type) + part;
      const std::uint64_t sum =
          crc32(0, reinterpret_cast<const Bytef*>(checked.data()), static_cast<uInt>(checked.size()));
      file += packed(sum, 4, Endian::little) + packed(part.size(), 2, Endian::little) + checked;
      at += part.size();
      if (is_last) break;
    }
  }
  return file;
}

}  // namespace perigee::test

#endif
