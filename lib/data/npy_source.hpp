// An NPY array from any source of bytes: a file, or an entry of an archive. Internal to the readers.
#ifndef PERIGEE_LIB_DATA_NPY_SOURCE_HPP
#define PERIGEE_LIB_DATA_NPY_SOURCE_HPP

#include <perigee/lib/data/byte_source.hpp>

namespace perigee::data {

/// Reads the array, and that nothing follows it. Throws ReadError through the source.
Array read_npy(ByteSource& source);

}  // namespace perigee::data

#endif
