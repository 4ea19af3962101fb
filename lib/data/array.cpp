#include <perigee/lib/data/array.hpp>

#include <cstring>

namespace perigee::data {

namespace {

template <class Element>
void convert(const std::uint8_t* bytes, VectorView out) {
  for (Index i = 0; i < out.size(); ++i) {
    Element element;  // copied, because the bytes of a file need not be aligned
    std::memcpy(&element, bytes + static_cast<std::size_t>(i) * sizeof element, sizeof element);
    out[i] = static_cast<double>(element);
  }
}

}  // namespace

std::string_view name_of(ElementType type) {
  switch (type) {
    case ElementType::boolean:
      return "bool";
    case ElementType::int8:
      return "int8";
    case ElementType::int16:
      return "int16";
    case ElementType::int32:
      return "int32";
    case ElementType::int64:
      return "int64";
    case ElementType::uint8:
      return "uint8";
    case ElementType::uint16:
      return "uint16";
    case ElementType::uint32:
      return "uint32";
    case ElementType::uint64:
      return "uint64";
    case ElementType::float32:
      return "float32";
    case ElementType::float64:
      return "float64";
  }
  return "unknown";
}

std::size_t size_of(ElementType type) {
  switch (type) {
    case ElementType::boolean:
    case ElementType::int8:
    case ElementType::uint8:
      return 1;
    case ElementType::int16:
    case ElementType::uint16:
      return 2;
    case ElementType::int32:
    case ElementType::uint32:
    case ElementType::float32:
      return 4;
    case ElementType::int64:
    case ElementType::uint64:
    case ElementType::float64:
      return 8;
  }
  return 1;
}

bool is_integer(ElementType type) { return type != ElementType::float32 && type != ElementType::float64; }

double Array::operator[](Index i) const {
  double element = 0.0;
  copy_to(i, VectorView(&element, 1));
  return element;
}

void Array::copy_to(Index first, VectorView out) const {
  const std::uint8_t* from = bytes.data() + static_cast<std::size_t>(first) * size_of(type);
  switch (type) {
    case ElementType::boolean:
    case ElementType::uint8:
      return convert<std::uint8_t>(from, out);
    case ElementType::int8:
      return convert<std::int8_t>(from, out);
    case ElementType::int16:
      return convert<std::int16_t>(from, out);
    case ElementType::int32:
      return convert<std::int32_t>(from, out);
    case ElementType::int64:
      return convert<std::int64_t>(from, out);
    case ElementType::uint16:
      return convert<std::uint16_t>(from, out);
    case ElementType::uint32:
      return convert<std::uint32_t>(from, out);
    case ElementType::uint64:
      return convert<std::uint64_t>(from, out);
    case ElementType::float32:
      return convert<float>(from, out);
    case ElementType::float64:
      return convert<double>(from, out);
  }
}

std::vector<double> Array::values() const {
  std::vector<double> all(static_cast<std::size_t>(size()));
  copy_to(0, all);
  return all;
}

}  // namespace perigee::data
