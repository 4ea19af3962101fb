#include <perigee/diagnostics/readers/event_file.hpp>

#include <perigee/diagnostics/readers/protobuf.hpp>
#include <perigee/lib/data/byte_source.hpp>
#include <perigee/lib/data/crc32.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

namespace perigee::readers {

namespace {

constexpr std::size_t header_size = 12;
constexpr std::uint64_t greatest_record_size = std::uint64_t{1} << 31;  // protocol buffers end there

// DataType of types.proto, as far as one is a real number.
enum class TensorType : std::uint64_t {
  float32 = 1,
  float64 = 2,
  int32 = 3,
  uint8 = 4,
  int16 = 5,
  int8 = 6,
  int64 = 9,
  boolean = 10,
  bfloat16 = 14,
  uint16 = 17,
  float16 = 19,
  uint32 = 22,
  uint64 = 23,
};

// IEEE 754 binary16: sign, 5 bits of exponent (bias 15), 10 of fraction.
double from_half(std::uint64_t bits) {
  const auto fraction = static_cast<double>(bits & 0x3ff);
  const auto exponent = static_cast<int>(bits >> 10 & 0x1f);
  double magnitude = std::ldexp(fraction, -24);
  if (exponent == 31) {
    magnitude = fraction == 0.0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  } else if (exponent > 0) {
    magnitude = std::ldexp(1024.0 + fraction, exponent - 25);
  }
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

double from_float(std::uint64_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits)); }

struct Element {
  std::size_t size;                // bytes in tensor_content
  double (*value)(std::uint64_t);  // of its bits there
  std::uint32_t field;             // of TensorProto for single values
  WireType wire;                   // of one of them there
};

std::optional<Element> element_of(std::uint64_t type) {
  switch (static_cast<TensorType>(type)) {
    case TensorType::float32:
      return Element{4, from_float, 5, WireType::fixed32};
    case TensorType::float64:
      return Element{8, [](std::uint64_t bits) { return std::bit_cast<double>(bits); }, 6, WireType::fixed64};
    case TensorType::int32:
      return Element{4, [](std::uint64_t bits) { return static_cast<double>(static_cast<std::int32_t>(bits)); }, 7,
                     WireType::varint};
    case TensorType::int16:
      return Element{2, [](std::uint64_t bits) { return static_cast<double>(static_cast<std::int16_t>(bits)); }, 7,
                     WireType::varint};
    case TensorType::int8:
      return Element{1, [](std::uint64_t bits) { return static_cast<double>(static_cast<std::int8_t>(bits)); }, 7,
                     WireType::varint};
    case TensorType::uint8:
      return Element{1, [](std::uint64_t bits) { return static_cast<double>(bits & 0xff); }, 7, WireType::varint};
    case TensorType::uint16:
      return Element{2, [](std::uint64_t bits) { return static_cast<double>(bits & 0xffff); }, 7, WireType::varint};
    case TensorType::int64:
      return Element{8, [](std::uint64_t bits) { return static_cast<double>(static_cast<std::int64_t>(bits)); }, 10,
                     WireType::varint};
    case TensorType::boolean:
      return Element{1, [](std::uint64_t bits) { return bits != 0 ? 1.0 : 0.0; }, 11, WireType::varint};
    case TensorType::float16:
      return Element{2, from_half, 13, WireType::varint};
    case TensorType::bfloat16:
      return Element{2, [](std::uint64_t bits) { return from_float((bits & 0xffff) << 16); }, 13, WireType::varint};
    case TensorType::uint32:
      return Element{4, [](std::uint64_t bits) { return static_cast<double>(bits & 0xffffffff); }, 16,
                     WireType::varint};
    case TensorType::uint64:
      return Element{8, [](std::uint64_t bits) { return static_cast<double>(bits); }, 17, WireType::varint};
  }
  return std::nullopt;
}

// Whether the lengths in a TensorShapeProto (2 dim { 1 size }, 3 unknown_rank) make one element.
bool is_one_element(ProtobufReader shape) {
  for (ProtobufField field; shape.next(field);) {
    if (field.is(3, WireType::varint) && field.value != 0) return false;
    if (!field.is(2, WireType::bytes)) continue;
    std::uint64_t length = 0;
    ProtobufReader dimension = shape.inside(field);
    for (ProtobufField inner; dimension.next(inner);) {
      if (inner.is(1, WireType::varint)) length = inner.value;
    }
    if (length != 1) return false;
  }
  return true;
}

// The single element of a TensorProto: 1 dtype, 2 tensor_shape, 4 tensor_content, and a field for each type, packed or
// not. Nothing: it has none or several, or is no number.
std::optional<double> scalar_of(const ProtobufReader& tensor) {
  std::uint64_t type = 0;
  ProtobufReader first_pass = tensor;
  for (ProtobufField field; first_pass.next(field);) {
    if (field.is(1, WireType::varint)) type = field.value;
    if (field.is(2, WireType::bytes) && !is_one_element(first_pass.inside(field))) return std::nullopt;
  }
  const std::optional<Element> element = element_of(type);
  if (!element) return std::nullopt;
  std::optional<double> value;
  std::size_t count = 0;
  const auto take = [&](std::uint64_t bits) {
    value = element->value(bits);
    ++count;
  };
  ProtobufReader second_pass = tensor;
  for (ProtobufField field; second_pass.next(field);) {
    if (field.is(4, WireType::bytes) && !field.bytes.empty()) {
      if (field.bytes.size() != element->size) return std::nullopt;
      take(data::little_endian(field.bytes));
    } else if (field.is(element->field, element->wire)) {
      take(field.value);
    } else if (field.is(element->field, WireType::bytes)) {
      ProtobufReader packed = second_pass.inside(field);
      while (!packed.at_end() && count < 2) {
        take(element->wire == WireType::varint ? packed.varint()
                                               : packed.fixed(element->wire == WireType::fixed32 ? 4 : 8));
      }
    }
  }
  return count == 1 ? value : std::nullopt;
}

void read_summary_value(ProtobufReader&& message, EventScalar& scalar,
                        const std::function<void(const EventScalar&)>& take) {
  scalar.tag = {};
  scalar.value.reset();
  for (ProtobufField field; message.next(field);) {
    if (field.is(1, WireType::bytes)) {
      scalar.tag = field.text();
    } else if (field.is(2, WireType::fixed32)) {
      scalar.value = field.as_float();
    } else if (field.is(8, WireType::bytes)) {
      scalar.value = scalar_of(message.inside(field));
    }
  }
  take(scalar);
}

void read_event(const ProtobufReader& event, std::uint64_t offset,
                const std::function<void(const EventScalar&)>& take) {
  EventScalar scalar{.offset = offset};
  // Fields come in any order, so what holds for all values is read first.
  ProtobufReader first_pass = event;
  for (ProtobufField field; first_pass.next(field);) {
    if (field.is(1, WireType::fixed64)) scalar.wall_time = field.as_double();
    if (field.is(2, WireType::varint)) scalar.step = static_cast<std::int64_t>(field.value);
  }
  ProtobufReader second_pass = event;
  for (ProtobufField field; second_pass.next(field);) {
    if (!field.is(5, WireType::bytes)) continue;
    ProtobufReader summary = second_pass.inside(field);
    for (ProtobufField value; summary.next(value);) {
      if (value.is(1, WireType::bytes)) read_summary_value(summary.inside(value), scalar, take);
    }
  }
}

// The masked form that is stored, so that the checksum of bytes that hold checksums stays one.
std::uint32_t masked_checksum(std::span<const std::uint8_t> bytes) {
  data::Crc32c sum;
  sum.add(bytes);
  return ((sum.value() >> 15) | (sum.value() << 17)) + 0xa282ead8U;
}

bool has_right_checksum(std::span<const std::uint8_t> header) {
  return masked_checksum(header.first(8)) == data::little_endian(header.subspan(8, 4));
}

}  // namespace

bool is_event_file(std::string_view beginning) {
  return beginning.size() >= header_size &&
         has_right_checksum({reinterpret_cast<const std::uint8_t*>(beginning.data()), header_size});
}

std::optional<std::uint64_t> read_event_file(const std::filesystem::path& path,
                                             const std::function<void(const EventScalar&)>& take) {
  const std::unique_ptr<data::ByteSource> source = data::open_file(path);
  const std::string& name = source->name();
  for (;;) {
    const std::uint64_t begin = source->offset();
    const auto fail = [&name](std::uint64_t offset, const std::string& message) {
      throw ReadError(name + ": byte " + std::to_string(offset) + ": " + message);
    };
    std::array<std::uint8_t, header_size> header{};
    const std::size_t header_count = source->read(header);
    if (header_count == 0) return std::nullopt;
    if (header_count < header_size) return begin;
    if (!has_right_checksum(header)) {
      fail(begin, begin == 0 ? "expected a record of an event file, got a length of another checksum"
                             : "expected a record, got a length of another checksum: the file is damaged");
    }
    const std::uint64_t size = data::little_endian(std::span(header).first(8));
    if (size > greatest_record_size) {
      fail(begin, "expected records of at most 2 GiB, got " + std::to_string(size) + " bytes");
    }
    if (source->bound() < size + 4) return begin;
    const std::vector<std::uint8_t> bytes = source->read_claimed(size, "a record");
    std::array<std::uint8_t, 4> checksum{};
    source->read_exactly(checksum, "a checksum");
    if (masked_checksum(bytes) != data::little_endian(checksum)) {
      fail(begin + header_size, "expected a record of " + std::to_string(size) +
                                    " bytes with its checksum, got another checksum: the file is damaged");
    }
    read_event(ProtobufReader(bytes, begin + header_size, name), begin, take);
  }
}

}  // namespace perigee::readers
