#include <perigee/diagnostics/readers/protobuf.hpp>

#include <perigee/lib/data/byte_source.hpp>

#include <bit>

namespace perigee::readers {

double ProtobufField::as_double() const { return std::bit_cast<double>(value); }

float ProtobufField::as_float() const { return std::bit_cast<float>(static_cast<std::uint32_t>(value)); }

void ProtobufReader::fail(const std::string& message) const {
  throw ReadError(file_ + ": byte " + std::to_string(offset_ + at_) + ": " + message);
}

std::uint64_t ProtobufReader::varint() {
  std::uint64_t number = 0;
  for (int shift = 0; shift < 70; shift += 7) {
    if (at_end()) fail("expected a number, got the end of the message");
    const std::uint8_t byte = bytes_[at_++];
    number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;  // of the tenth byte one bit is left
    if (byte < 0x80) return number;
  }
  fail("expected a number of at most ten bytes, got a longer one");
}

std::uint64_t ProtobufReader::fixed(std::size_t size) {
  if (size > bytes_.size() - at_) {
    fail("expected a number of " + std::to_string(size) + " bytes, got the end of the message");
  }
  const std::uint64_t number = data::little_endian(bytes_.subspan(at_, size));
  at_ += size;
  return number;
}

bool ProtobufReader::next(ProtobufField& field) {
  if (at_end()) return false;
  const std::size_t begin = at_;
  const std::uint64_t tag = varint();
  const auto type = static_cast<WireType>(tag & 7);
  field = {};
  field.number = static_cast<std::uint32_t>(tag >> 3);
  field.type = type;
  if (tag >> 3 == 0 || tag >> 32 != 0) {
    at_ = begin;
    fail("expected the number of a field, got " + std::to_string(tag >> 3));
  }
  switch (type) {
    case WireType::varint:
      field.value = varint();
      return true;
    case WireType::fixed64:
      field.value = fixed(8);
      return true;
    case WireType::fixed32:
      field.value = fixed(4);
      return true;
    case WireType::bytes: {
      const std::uint64_t size = varint();
      if (size > bytes_.size() - at_) {
        fail("expected a field of " + std::to_string(size) + " bytes, got " + std::to_string(bytes_.size() - at_) +
             " before the end of the message");
      }
      field.bytes = bytes_.subspan(at_, static_cast<std::size_t>(size));
      at_ += static_cast<std::size_t>(size);
      return true;
    }
  }
  at_ = begin;
  fail("expected a field of wire type 0, 1, 2 or 5, got " + std::to_string(tag & 7));
}

ProtobufReader ProtobufReader::inside(const ProtobufField& field) const {
  return {field.bytes, offset_ + static_cast<std::uint64_t>(field.bytes.data() - bytes_.data()), file_};
}

}  // namespace perigee::readers
