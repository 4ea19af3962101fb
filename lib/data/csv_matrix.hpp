// A matrix of numbers from separated values, with or without a line of names.
#ifndef PERIGEE_LIB_DATA_CSV_MATRIX_HPP
#define PERIGEE_LIB_DATA_CSV_MATRIX_HPP

#include <perigee/lib/data/read_error.hpp>
#include <perigee/lib/vector.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace perigee::data {

struct CsvMatrix {
  Index row_count = 0;
  Index column_count = 0;
  std::vector<double> values{};             // row_count x column_count, row-major
  std::vector<std::string> column_names{};  // empty: the file has none
};

/// Reads a file of at least one row in which every field is a number and every row has equally many. The separator is
/// a comma, a semicolon or a tab, whichever the first line has most of; quotes, line ends and numbers as in
/// docs/formats.md. Blank lines are skipped, and lines before the first row that begin with '#'. The first line is one
/// of names if any of its fields is no number. An empty field is an error: a matrix has no gaps.
/// Throws ReadError with line and column. Memory: 8 bytes a field, at most 2^28 fields.
CsvMatrix read_csv_matrix(const std::filesystem::path& path);

}  // namespace perigee::data

#endif
