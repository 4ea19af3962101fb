// IDX, NPY, NPZ and CSV files written by encoders of the tests' own, by NumPy, and damaged in every way.
#include "support/catch.hpp"
#include "support/encoders.hpp"
#include "support/temporary_folder.hpp"

#include <perigee/lib/data/csv_matrix.hpp>
#include <perigee/lib/data/idx.hpp>
#include <perigee/lib/data/npy.hpp>

#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

using namespace perigee;
using namespace perigee::data;
using namespace perigee::test;

namespace {

using Numbers = std::vector<double>;
using Shape = std::vector<Index>;

// The message of the ReadError, without the folder; empty: none was thrown.
std::string error_of(const TemporaryFolder& folder, const std::function<void()>& read) {
  try {
    read();
  } catch (const ReadError& error) {
    return folder.without_path(error.what());
  }
  return {};
}

std::string idx_error(const std::string& bytes) {
  const TemporaryFolder folder;
  const auto path = folder.write("a.idx", bytes);
  return error_of(folder, [&] { read_idx(path); });
}

std::string npy_error(const std::string& bytes) {
  const TemporaryFolder folder;
  const auto path = folder.write("a.npy", bytes);
  return error_of(folder, [&] { read_npy(path); });
}

std::string npz_error(const std::string& bytes) {
  const TemporaryFolder folder;
  const auto path = folder.write("a.npz", bytes);
  return error_of(folder, [&] { NpzFile(path).read("w"); });
}

std::string csv_error(const std::string& text) {
  const TemporaryFolder folder;
  const auto path = folder.write("a.csv", text);
  return error_of(folder, [&] { read_csv_matrix(path); });
}

Array npy_of(const std::string& header, const std::string& elements, int version = 1) {
  const TemporaryFolder folder;
  return read_npy(folder.write("a.npy", npy_file(header, elements, version)));
}

std::string header_of(const std::string& type, const std::string& shape, const char* order = "False") {
  return "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }         \n";
}

// 3 x 4 numbers, exact in every type: 0, 1, ..., 11.
std::string twelve(int size, Endian order) {
  std::string bytes;
  for (std::uint64_t i = 0; i < 12; ++i) bytes += packed(i, size, order);
  return bytes;
}
const Numbers twelve_numbers{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};

}  // namespace

TEST_CASE("IDX: every element type comes back, also compressed and in several members") {
  const TemporaryFolder folder;
  const auto read = [&](const std::string& bytes) { return read_idx(folder.write("a.idx", bytes)); };
  const std::string images =
      idx_file(8, {2, 2, 3}, std::string("\x00\x01\x7f\x80\xfe\xff", 6) + std::string(6, '\x05'));
  const Numbers pixels{0, 1, 127, 128, 254, 255, 5, 5, 5, 5, 5, 5};
  const Array array = read(images);
  CHECK(array.type == ElementType::uint8);
  CHECK(array.shape == Shape{2, 2, 3});
  CHECK(array.row_count() == 2);
  CHECK(array.row_size() == 6);
  CHECK(array.values() == pixels);
  CHECK(array[5] == 255.0);
  CHECK(read(deflated(images, 31)).values() == pixels);
  CHECK(read(deflated(images.substr(0, 9), 31) + deflated(images.substr(9), 31)).values() == pixels);

  CHECK(read(idx_file(9, {3}, "\x80\xff\x7f")).values() == Numbers{-128, -1, 127});
  CHECK(read(idx_file(0x0b, {2}, packed(0xff38, 2, Endian::big) + packed(300, 2, Endian::big))).values() ==
        Numbers{-200, 300});
  CHECK(read(idx_file(0x0c, {1}, packed(0x80000000, 4, Endian::big))).values() == Numbers{-2147483648.0});
  CHECK(read(idx_file(0x0d, {2}, packed(-0.5F, Endian::big) + packed(1e30F, Endian::big))).values() ==
        Numbers{-0.5, static_cast<double>(1e30F)});
  CHECK(read(idx_file(0x0e, {2}, packed(0.1, Endian::big) + packed(-1e300, Endian::big))).values() ==
        Numbers{0.1, -1e300});
  CHECK(read(idx_file(8, {0, 28, 28}, "")).size() == 0);
}

TEST_CASE("IDX: errors name the file, the byte and what was expected") {
  CHECK(idx_error("") == "a.idx: byte 0: expected 4 bytes of an IDX header, got 0 before the end");
  CHECK(idx_error("abcd") == "a.idx: byte 0: expected the two zeros that an IDX file begins with, got 97 and 98");
  CHECK(idx_error(idx_file(10, {1}, "x")) ==
        "a.idx: byte 2: expected an element type of 8, 9, 11, 12, 13 or 14, got 10");
  CHECK(idx_error(idx_file(8, {2, 3}, "12345")) == "a.idx: byte 12: expected 6 bytes of elements, got at most 5");
  CHECK(idx_error(idx_file(8, {2, 3}, "1234567")) == "a.idx: byte 18: expected the end of the data, got more bytes");
  // A header of 4 GiB in every direction takes no memory: refused by the size of the file, or by the product.
  CHECK(idx_error(idx_file(8, {0xffffffff}, "12345")) ==
        "a.idx: byte 8: expected 4294967295 bytes of elements, got at most 5");
  CHECK(idx_error(idx_file(14, {0xffffffff, 0xffffffff, 0xffffffff}, "12345")) ==
        "a.idx: byte 16: expected an array that fits into memory, got lengths whose product is above 2^63");
  // Deflate gives at most 1032 bytes for one: the same refusal in a compressed file.
  CHECK(idx_error(deflated(idx_file(8, {0xffffffff}, "12345"), 31)).find("expected 4294967295 bytes of elements") !=
        std::string::npos);
  const std::string whole = deflated(idx_file(8, {4}, "abcd"), 31);
  CHECK(idx_error(whole.substr(0, whole.size() - 3)) ==
        "a.idx: byte 12: expected more compressed data, got the end of the file");
  std::string wrong_checksum = whole;
  wrong_checksum[whole.size() - 6] ^= 1;
  CHECK(idx_error(wrong_checksum) ==
        "a.idx: byte 12: expected compressed data, got an error of zlib: incorrect data check");
  CHECK(idx_error(whole + "trailing") == "a.idx: byte 12: expected the end of the compressed data, got more bytes");
  const TemporaryFolder folder;
  CHECK(error_of(folder, [&] { read_idx(folder.path() / "none"); }) ==
        "none: cannot be opened: No such file or directory");
  CHECK(error_of(folder, [&] { read_idx(folder.path()); }).ends_with(": is a folder, not a file"));
}

TEST_CASE("NPY: types, byte orders, versions, and C and Fortran order") {
  for (const auto& [name, size] :
       {std::pair{"u1", 1}, {"i1", 1}, {"i2", 2}, {"u2", 2}, {"i4", 4}, {"u4", 4}, {"i8", 8}, {"u8", 8}}) {
    for (const Endian order : {Endian::little, Endian::big}) {
      const std::string type = (order == Endian::little ? "<" : ">") + std::string(name);
      INFO(type);
      const Array array = npy_of(header_of(type, "(3, 4)"), twelve(size, order));
      CHECK(array.shape == Shape{3, 4});
      CHECK(array.values() == twelve_numbers);
      CHECK(is_integer(array.type));
    }
  }
  CHECK(npy_of(header_of("|b1", "(2,)"), std::string("\x01\x00", 2)).values() == Numbers{1, 0});
  CHECK(npy_of(header_of("<i8", "()"), packed(~std::uint64_t{6}, 8, Endian::little)).values() == Numbers{-7});
  for (const int version : {1, 2, 3}) {
    const Array array =
        npy_of(header_of("<f8", "(2,)"), packed(0.1, Endian::little) + packed(-3.0, Endian::little), version);
    CHECK(array.type == ElementType::float64);
    CHECK(array.values() == Numbers{0.1, -3.0});
  }
  CHECK(npy_of(header_of(">f4", "(1L,)"), packed(0.25F, Endian::big)).values() == Numbers{0.25});
  // Fortran order: element (i, j, k) of 2 x 3 x 2 is at i + 2 j + 6 k of the file, and at 6 i + 2 j + k of ours.
  const Array fortran = npy_of(header_of("<i4", "(2, 3, 2)", "True"), twelve(4, Endian::little));
  for (Index i = 0; i < 2; ++i) {
    for (Index j = 0; j < 3; ++j) {
      for (Index k = 0; k < 2; ++k) CHECK(fortran[6 * i + 2 * j + k] == static_cast<double>(i + 2 * j + 6 * k));
    }
  }
  // Keys in another order, with double quotes and without the last comma.
  CHECK(npy_of("{\"shape\":(1,1),\"fortran_order\":True,\"descr\":\"<f8\"}", packed(2.0, Endian::little)).values() ==
        Numbers{2.0});
}

TEST_CASE("NPY: errors name the byte and what was expected") {
  const std::string one = packed(1.0, Endian::little);
  const auto error = [&](const std::string& header) { return npy_error(npy_file(header, one)); };
  CHECK(npy_error("no array at all") == "a.npy: byte 0: expected the mark of an NPY array, \\x93NUMPY, got 'no arr'");
  CHECK(npy_error(npy_file(header_of("<f8", "(1,)"), one, 4)) ==
        "a.npy: byte 6: expected NPY version 1, 2 or 3, got 4");
  CHECK(error(header_of("<c16", "(1,)")) ==
        "a.npy: byte 20: expected an element type such as '<f8', '>f4', '<i8' or '|u1', got '<c16'");
  CHECK(error(header_of("|i8", "(1,)")).find("got '|i8'") != std::string::npos);
  CHECK(error(header_of("<f8", "(-1,)")).find("expected a length of at least 0 and below 2^63, got '-1,)") !=
        std::string::npos);
  CHECK(error(header_of("<f8", "(1,)", "Maybe")).find("expected True or False, got 'Maybe") != std::string::npos);
  CHECK(error("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}")
            .find("expected an array of numbers, got one of records") != std::string::npos);
  CHECK(error("{'descr': '<f8', 'fortran_order': False}").find("expected 'descr', 'fortran_order' and 'shape' in") !=
        std::string::npos);
  CHECK(error("{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (1,)}").find("once each") !=
        std::string::npos);
  CHECK(error(header_of("<f8", "(1,)") + "x").find("expected the end of the header, got 'x'") != std::string::npos);
  CHECK(error(header_of("<f8", "(2,)")) == "a.npy: byte 77: expected 16 bytes of elements, got at most 8");
  CHECK(error(header_of("<f8", "(9223372036854775807,)")).find("whose product is above 2^63") != std::string::npos);
  CHECK(error(header_of("<f8", "(9223372036854775808,)")).find("below 2^63") != std::string::npos);
  CHECK(npy_error(npy_file(header_of("<f8", "(1,)"), one + "x")) ==
        "a.npy: byte 85: expected the end of the data, got more bytes");
  CHECK(npy_error("\x93NUMPY\x02" + std::string(1, '\0') + std::string(4, '\xff')) ==
        "a.npy: byte 12: expected a header of at most 65536 bytes, got 4294967295");
}

TEST_CASE("NPZ: archives that NumPy wrote") {
  for (const char* name : {"stored.npz", "deflated.npz"}) {
    INFO(name);
    const NpzFile file(std::string(PERIGEE_TEST_DATA "/arrays/") + name);
    CHECK(file.names() == std::vector<std::string>{"w", "f", "n", "z"});
    CHECK(file.read("w").shape == Shape{2, 3});
    CHECK(file.read("w").values() == Numbers{0, 0.25, 0.5, 0.75, 1, 1.25});
    CHECK(file.read("f").type == ElementType::float32);
    CHECK(file.read("f").values() == Numbers{0, 1, 2, 3, 4, 5});
    CHECK(file.read("n").shape.empty());
    CHECK(file.read("n").values() == Numbers{7});
    CHECK(file.read("z").shape == Shape{0, 3});
    CHECK(file.read("z").size() == 0);
  }
}

TEST_CASE("NPZ: stored, deflated and 64-bit entries; other files beside arrays") {
  const std::string matrix = npy_file(header_of("<i4", "(3, 4)"), twelve(4, Endian::little));
  for (const ZipSizes sizes : {ZipSizes::in_32_bits, ZipSizes::in_64_bits}) {
    const TemporaryFolder folder;
    const NpzFile file(folder.write(
        "a.npz", zip_file({{"w.npy", matrix, false}, {"notes.txt", "hello", false}, {"v.npy", matrix, true}}, sizes)));
    CHECK(file.names() == std::vector<std::string>{"w", "v"});
    CHECK(file.has("v"));
    CHECK_FALSE(file.has("notes"));
    CHECK(file.read("w").values() == twelve_numbers);
    CHECK(file.read("v").values() == twelve_numbers);
    CHECK(error_of(folder, [&] { file.read("x"); }) == "a.npz: expected an array 'x', got 'w', 'v'");
  }
  // A comment after the end of the directory.
  std::string commented = zip_file({{"w.npy", matrix, false}});
  commented[commented.size() - 2] = 5;
  CHECK(npz_error(commented + "hello").empty());
}

TEST_CASE("NPZ: errors name the byte and what was expected") {
  const std::string matrix = npy_file(header_of("<i4", "(3, 4)"), twelve(4, Endian::little));
  CHECK(npz_error("PK") == "a.npz: byte 0: expected a ZIP archive, got a file of 2 bytes");
  CHECK(npz_error(std::string(100, 'x')) ==
        "a.npz: byte 0: expected a ZIP archive such as an .npz file, got no end of its directory");
  CHECK(npz_error(zip_file({{"w.npy", matrix, false}, {"w.npy", matrix, false}}))
            .find("expected every name once, got 'w' twice") != std::string::npos);
  CHECK(npz_error(zip_file({{"w.npy", "not an array", true}})) ==
        "a.npz(w.npy): byte 0: expected the mark of an NPY array, \\x93NUMPY, got 'not an'");
  std::string damaged = zip_file({{"w.npy", matrix, false}});
  damaged[30 + 5 + matrix.size() - 1] ^= 1;  // the last element: only the checksum can tell
  CHECK(npz_error(damaged).find("a.npz(w.npy): byte 127: expected an entry of checksum ") == 0);
  std::string encrypted = zip_file({{"w.npy", matrix, false}});
  encrypted[encrypted.find("PK\x01\x02") + 8] = 1;
  CHECK(npz_error(encrypted) == "a.npz: byte 0: expected no encryption, got an encrypted entry");
  // A bomb: 64 MiB of zeros in 64 KiB, under a header that says 12 elements. The rest is never inflated.
  const std::string bomb = zip_file({{"w.npy", matrix + std::string(std::size_t{1} << 26, '\0'), true}});
  CHECK(bomb.size() < (std::size_t{1} << 17));
  CHECK(npz_error(bomb) == "a.npz(w.npy): byte 127: expected the end of the data, got more bytes");
}

TEST_CASE("whatever is done to a file, it is read or refused with a ReadError") {
  // Every file cut at every length, and with every byte changed in turn to three other values. That something else is
  // thrown, or that memory is touched that is not there (under the sanitizers), would show.
  const std::string matrix = npy_file(header_of("<i4", "(3, 4)", "True"), twelve(4, Endian::little));
  struct Sample {
    std::string name, bytes;
    std::function<void(const std::filesystem::path&)> read;
  };
  const auto idx = [](const std::filesystem::path& path) { read_idx(path); };
  const auto npy = [](const std::filesystem::path& path) { read_npy(path); };
  const auto npz = [](const std::filesystem::path& path) {
    const NpzFile file(path);
    for (const std::string& name : file.names()) file.read(name);
  };
  const auto csv = [](const std::filesystem::path& path) { read_csv_matrix(path); };
  const std::string elements = twelve(1, Endian::big);
  const std::vector<Sample> samples{
      {"a.idx", idx_file(8, {3, 4}, elements), idx},
      {"a.gz", deflated(idx_file(8, {3, 4}, elements), 31), idx},
      {"a.npy", matrix, npy},
      {"a.npz", zip_file({{"w.npy", matrix, false}, {"v.npy", matrix, true}}, ZipSizes::in_64_bits), npz},
      {"b.npz", zip_file({{"w.npy", matrix, true}}), npz},
      {"a.csv", "a,\"b\"\n1,2\n3,-4e5\n", csv}};
  const TemporaryFolder folder;
  for (const Sample& sample : samples) {
    INFO(sample.name);
    int refused = 0, read = 0;
    const auto attempt = [&](const std::string& bytes) {
      const auto path = folder.write(sample.name, bytes);
      try {
        sample.read(path);
        ++read;
      } catch (const ReadError& error) {
        ++refused;
        if (folder.without_path(error.what()).find(sample.name) != 0) FAIL(error.what());
      }
    };
    attempt(sample.bytes);
    CHECK(read == 1);
    const bool is_binary = sample.name != "a.csv";
    for (std::size_t length = 0; length < sample.bytes.size(); ++length) attempt(sample.bytes.substr(0, length));
    if (is_binary) CHECK(read == 1);  // no beginning of a binary file is a file
    for (std::size_t i = 0; i < sample.bytes.size(); ++i) {
      for (const int change : {1, 0x80, 0xff}) {
        std::string bytes = sample.bytes;
        bytes[i] = static_cast<char>(bytes[i] ^ change);
        attempt(bytes);
      }
    }
    CHECK(refused > static_cast<int>(sample.bytes.size()) / 2);
  }
}

TEST_CASE("a matrix from CSV: with and without names, any separator") {
  const TemporaryFolder folder;
  const auto read = [&](const std::string& text) { return read_csv_matrix(folder.write("a.csv", text)); };
  const CsvMatrix plain = read("1,2,3\n4,5,-6.5e1\n");
  CHECK(plain.row_count == 2);
  CHECK(plain.column_count == 3);
  CHECK(plain.column_names.empty());
  CHECK(plain.values == Numbers{1, 2, 3, 4, 5, -65});
  const CsvMatrix named = read("# remark\n\nlabel;\"pixel \"\"1\"\"\"\r\n 9 ; 0.5\r\n\r\n8;inf");
  CHECK(named.column_names == std::vector<std::string>{"label", "pixel \"1\""});
  CHECK(named.values == Numbers{9, 0.5, 8, std::numeric_limits<double>::infinity()});

  CHECK(csv_error("") == "a.csv: expected rows of numbers, got an empty file");
  CHECK(csv_error("a,b\n") == "a.csv:1: expected rows after the names, got none");
  CHECK(csv_error("a,b\n1,2\n3\n") == "a.csv:3: expected 2 fields as in the first line, got 1");
  CHECK(csv_error("a,b\n1,2\n3,x\n") == "a.csv:3: field 'b': expected a number, got 'x'");
  CHECK(csv_error("1,2\n3,\n") == "a.csv:2: field 'column 2': expected a number, got ''");
  CHECK(csv_error("1,\n3,4\n") == "a.csv:1: field 'column 2': expected a number, got ''");
}
