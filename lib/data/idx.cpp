#include <perigee/lib/data/idx.hpp>

#include <perigee/lib/data/byte_source.hpp>

#include <array>
#include <optional>

namespace perigee::data {

namespace {

std::optional<ElementType> type_of_code(std::uint8_t code) {
  switch (code) {
    case 0x08:
      return ElementType::uint8;
    case 0x09:
      return ElementType::int8;
    case 0x0b:
      return ElementType::int16;
    case 0x0c:
      return ElementType::int32;
    case 0x0d:
      return ElementType::float32;
    case 0x0e:
      return ElementType::float64;
    default:
      return std::nullopt;
  }
}

}  // namespace

Array read_idx(const std::filesystem::path& path) {
  const std::unique_ptr<ByteSource> source = open_maybe_compressed(path);
  std::array<std::uint8_t, 4> magic{};
  source->read_exactly(magic, "an IDX header");
  const auto fail_at = [&](int offset, const std::string& message) {
    throw ReadError(source->name() + ": byte " + std::to_string(offset) + ": " + message);
  };
  if (magic[0] != 0 || magic[1] != 0) {
    fail_at(0, "expected the two zeros that an IDX file begins with, got " + std::to_string(magic[0]) + " and " +
                   std::to_string(magic[1]));
  }
  const std::optional<ElementType> type = type_of_code(magic[2]);
  if (!type) fail_at(2, "expected an element type of 8, 9, 11, 12, 13 or 14, got " + std::to_string(magic[2]));

  Array array{.type = *type};
  for (int axis = 0; axis < magic[3]; ++axis) {
    std::array<std::uint8_t, 4> length{};
    source->read_exactly(length, "the length of an axis");
    array.shape.push_back(static_cast<Index>(big_endian(length)));
  }
  array.bytes = source->read_claimed(byte_count_of(*source, array.shape, array.type), "elements");
  source->expect_end();
  make_native(array.bytes, size_of(array.type), ByteOrder::big);
  return array;
}

}  // namespace perigee::data
