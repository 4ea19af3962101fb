// The wire format of protocol buffers (protobuf.dev, "Encoding"): a message is a list of fields, each a tag (number * 8
// + wire type) and a value. Enough to take known fields out of a message and to step over all others; no schema.
// Internal to the readers.
#ifndef PERIGEE_DIAGNOSTICS_READERS_PROTOBUF_HPP
#define PERIGEE_DIAGNOSTICS_READERS_PROTOBUF_HPP

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace perigee::readers {

enum class WireType : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

struct ProtobufField {
  std::uint32_t number = 0;
  WireType type = WireType::varint;
  std::uint64_t value = 0;              // of varint, fixed64, fixed32: the bits
  std::span<const std::uint8_t> bytes;  // of bytes

  bool is(std::uint32_t wanted_number, WireType wanted_type) const {
    return number == wanted_number && type == wanted_type;
  }
  std::string_view text() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
  double as_double() const;  // of fixed64
  float as_float() const;    // of fixed32
};

/// The fields of one message, or the numbers of one packed field.
class ProtobufReader {
 public:
  /// `bytes` begin at `offset` of `file`, for messages; `file` must outlive this.
  ProtobufReader(std::span<const std::uint8_t> bytes, std::uint64_t offset, const std::string& file)
      : bytes_(bytes), offset_(offset), file_(file) {}

  bool at_end() const { return at_ == bytes_.size(); }
  /// The next field; false: there is none. Throws ReadError at the byte where the message is not one.
  bool next(ProtobufField& field);
  /// A reader of the bytes of the field that next() gave last.
  ProtobufReader inside(const ProtobufField& field) const;

  std::uint64_t varint();
  std::uint64_t fixed(std::size_t size);  // little-endian

 private:
  [[noreturn]] void fail(const std::string& message) const;

  std::span<const std::uint8_t> bytes_;
  std::uint64_t offset_;
  const std::string& file_;
  std::size_t at_ = 0;
};

}  // namespace perigee::readers

#endif
