// Arrays in NumPy's formats: NPY, one array, and NPZ, a ZIP archive of them by name.
//
// NPY (NumPy enhancement proposal 1): "\x93NUMPY", version 1.0, 2.0 or 3.0, the length of the header in 2 (4 from 2.0
// on) bytes, the header {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4)}, the elements. Read are bool, int8 to
// int64, uint8 to uint64, float32 and float64 of either byte order, in C or Fortran order; not complex numbers, text,
// records or Python objects.
// NPZ: entries stored or deflated, also with 64-bit sizes (APPNOTE.TXT 6.3.9, 4.3); checksums are verified. Not
// encrypted ones, nor archives of several volumes.
#ifndef PERIGEE_LIB_DATA_NPY_HPP
#define PERIGEE_LIB_DATA_NPY_HPP

#include <perigee/lib/data/array.hpp>
#include <perigee/lib/data/read_error.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace perigee::data {

/// The array is sound, but its elements are none of those that are read.
class ElementError : public ReadError {
 public:
  using ReadError::ReadError;
};

/// The array of an .npy file, which must hold exactly what the header says. Throws ReadError, with the offset,
/// otherwise (ElementError for elements of another type); a header that promises more than the file can hold is refused
/// before memory is taken.
Array read_npy(const std::filesystem::path& path);

/// The arrays of an .npz file. Opening it reads the directory only; each array is read when asked for.
class NpzFile {
 public:
  /// Throws ReadError if the file is no ZIP archive that can be read, or holds two arrays of one name.
  explicit NpzFile(const std::filesystem::path& path);

  /// The names without ".npy", in the order of the archive. Entries that are no .npy files are not among them.
  const std::vector<std::string>& names() const { return names_; }
  bool has(std::string_view name) const;
  /// Throws ReadError if there is none of that name, naming those there are, or if it cannot be read.
  Array read(std::string_view name) const;

 private:
  struct Entry {
    std::uint64_t header;      // where its local header begins
    std::uint64_t compressed;  // bytes
    std::uint64_t size;        // bytes, decompressed
    std::uint32_t checksum;    // CRC-32 of those
    bool is_deflated;
    bool is_encrypted;
  };
  std::filesystem::path path_;
  std::vector<std::string> names_;
  std::vector<Entry> entries_;  // of the names
};

}  // namespace perigee::data

#endif
