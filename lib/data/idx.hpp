// Arrays in the IDX format of the MNIST database (LeCun, Cortes and Burges 1998), plain or compressed by gzip.
//
//     0 0 | type: 08 uint8, 09 int8, 0B int16, 0C int32, 0D float32, 0E float64 | number of axes | their lengths, 4
//     bytes each | the elements, row-major;    all numbers big-endian
#ifndef PERIGEE_LIB_DATA_IDX_HPP
#define PERIGEE_LIB_DATA_IDX_HPP

#include <perigee/lib/data/array.hpp>
#include <perigee/lib/data/read_error.hpp>

#include <filesystem>

namespace perigee::data {

/// The array of the file; it must be of exactly the size that the header says. Memory stays within that of the
/// elements, and a header that promises more than the file can hold is refused first.
/// Throws ReadError, with the offset, if the file cannot be read as IDX.
Array read_idx(const std::filesystem::path& path);

}  // namespace perigee::data

#endif
