// An n-dimensional array of numbers as it came from a file.
#ifndef PERIGEE_LIB_DATA_ARRAY_HPP
#define PERIGEE_LIB_DATA_ARRAY_HPP

#include <perigee/lib/vector.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace perigee::data {

enum class ElementType { boolean, int8, int16, int32, int64, uint8, uint16, uint32, uint64, float32, float64 };

/// "bool", "int8", ..., "float64", as NumPy calls them.
std::string_view name_of(ElementType type);
/// Bytes an element: 1, 2, 4 or 8.
std::size_t size_of(ElementType type);
/// Neither of float32 and float64.
bool is_integer(ElementType type);

/// Elements in row-major order (the last index runs fastest), of the type they have in the file: 8 bits an image's
/// pixel, not 64. A plain value; the readers make it.
struct Array {
  ElementType type = ElementType::float64;
  std::vector<Index> shape{};         // lengths >= 0; empty: one number
  std::vector<std::uint8_t> bytes{};  // size() elements of `type`, in the byte order of this machine

  /// The number of elements, the product of the shape.
  Index size() const { return static_cast<Index>(bytes.size() / size_of(type)); }
  /// The length of the first axis; 1 without axes.
  Index row_count() const { return shape.empty() ? 1 : shape.front(); }
  /// The elements of one index of the first axis.
  Index row_size() const { return row_count() == 0 ? 0 : size() / row_count(); }

  /// Element i of [0, size()) as a double: exact, but for integers beyond 2^53, which are rounded.
  double operator[](Index i) const;
  /// Writes the `out.size()` elements from element `first` on; first + out.size() <= size().
  void copy_to(Index first, VectorView out) const;
  /// All elements.
  std::vector<double> values() const;
};

}  // namespace perigee::data

#endif
