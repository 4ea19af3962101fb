#include <perigee/lib/data/npy.hpp>

#include <perigee/lib/data/line_reader.hpp>
#include <perigee/lib/data/npy_source.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace perigee::data {

namespace {

constexpr std::size_t greatest_header_length = std::size_t{1} << 16;  // in bytes; NumPy's are below 200
constexpr std::size_t greatest_axis_count = 64;                       // NumPy's limit, from 2.0 on

struct NpyHeader {
  ElementType type = ElementType::float64;
  ByteOrder order = ByteOrder::little;
  bool is_fortran_order = false;
  std::vector<Index> shape{};
};

// Reads the literal of a Python dictionary, as far as NPY headers have one.
class HeaderParser {
 public:
  HeaderParser(const ByteSource& source, std::string_view text, std::size_t first_byte)
      : source_(source), text_(text), first_byte_(first_byte) {}

  NpyHeader parse() {
    NpyHeader header;
    bool has_type = false, has_order = false, has_shape = false;
    expect('{', "a dictionary");
    while (!accept('}')) {
      const std::string_view key = quoted("a key in quotes");
      expect(':', "a colon after the key");
      if (key == "descr" && !std::exchange(has_type, true)) {
        take_type(header);
      } else if (key == "fortran_order" && !std::exchange(has_order, true)) {
        header.is_fortran_order = truth();
      } else if (key == "shape" && !std::exchange(has_shape, true)) {
        header.shape = tuple();
      } else {
        fail("expected 'descr', 'fortran_order' and 'shape' once each in the header, got " + shown(key));
      }
      if (!accept(',')) {
        expect('}', "a comma or the end of the dictionary");
        break;
      }
    }
    skip_spaces();
    if (at_ != text_.size()) fail("expected the end of the header, got " + shown(text_.substr(at_)));
    if (!has_type || !has_order || !has_shape) {
      fail("expected 'descr', 'fortran_order' and 'shape' in the header, got " + shown(text_));
    }
    return header;
  }

 private:
  [[noreturn]] void fail(const std::string& message) const {
    throw ReadError(source_.name() + ": byte " + std::to_string(first_byte_ + at_) + ": " + message);
  }
  [[noreturn]] void fail_element(const std::string& message) const {
    throw ElementError(source_.name() + ": byte " + std::to_string(first_byte_ + at_) + ": " + message);
  }
  void skip_spaces() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }
  bool accept(char character) {
    skip_spaces();
    if (at_ == text_.size() || text_[at_] != character) return false;
    ++at_;
    return true;
  }
  void expect(char character, const char* what) {
    if (!accept(character)) fail(std::string("expected ") + what + ", got " + shown(text_.substr(at_)));
  }

  std::string_view quoted(const char* what) {
    skip_spaces();
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    const std::size_t end = quote == '\'' || quote == '"' ? text_.find(quote, at_ + 1) : std::string_view::npos;
    if (end == std::string_view::npos) fail(std::string("expected ") + what + ", got " + shown(text_.substr(at_)));
    const std::string_view content = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return content;
  }

  bool truth() {
    skip_spaces();
    for (const bool value : {true, false}) {
      const std::string_view word = value ? "True" : "False";
      if (text_.substr(at_).starts_with(word)) {
        at_ += word.size();
        return value;
      }
    }
    fail("expected True or False, got " + shown(text_.substr(at_)));
  }

  std::vector<Index> tuple() {
    std::vector<Index> lengths;
    expect('(', "a tuple of lengths");
    while (!accept(')')) {
      skip_spaces();
      Index length = -1;
      const char* const first = text_.data() + at_;
      const auto [last, error] = std::from_chars(first, text_.data() + text_.size(), length);
      if (error != std::errc{} || length < 0) {
        fail("expected a length of at least 0 and below 2^63, got " + shown(text_.substr(at_)));
      }
      at_ += static_cast<std::size_t>(last - first);
      if (at_ < text_.size() && text_[at_] == 'L') ++at_;  // a long integer of Python 2
      lengths.push_back(length);
      if (lengths.size() > greatest_axis_count) fail("expected at most 64 axes, got more");
      if (!accept(',')) {
        expect(')', "a comma or the end of the tuple");
        break;
      }
    }
    return lengths;
  }

  void take_type(NpyHeader& header) {
    skip_spaces();
    if (at_ < text_.size() && text_[at_] == '[') fail_element("expected an array of numbers, got one of records");
    const std::size_t begin = at_;
    const std::string_view description = quoted("an element type in quotes");
    constexpr std::array<std::pair<std::string_view, ElementType>, 11> types{{{"b1", ElementType::boolean},
                                                                              {"i1", ElementType::int8},
                                                                              {"i2", ElementType::int16},
                                                                              {"i4", ElementType::int32},
                                                                              {"i8", ElementType::int64},
                                                                              {"u1", ElementType::uint8},
                                                                              {"u2", ElementType::uint16},
                                                                              {"u4", ElementType::uint32},
                                                                              {"u8", ElementType::uint64},
                                                                              {"f4", ElementType::float32},
                                                                              {"f8", ElementType::float64}}};
    const char order = description.empty() ? '\0' : description.front();
    const auto found = std::find_if(types.begin(), types.end(), [&](const auto& candidate) {
      return !description.empty() && candidate.first == description.substr(1);
    });
    // '|' says that the order does not matter, so it must not.
    const bool has_order = order == '<' || order == '>' || (order == '|' && description.ends_with('1'));
    if (found == types.end() || !has_order) {
      at_ = begin;
      fail_element("expected an element type such as '<f8', '>f4', '<i8' or '|u1', got " + shown(description));
    }
    header.type = found->second;
    header.order = order == '>' ? ByteOrder::big : ByteOrder::little;
  }

  const ByteSource& source_;
  std::string_view text_;
  std::size_t first_byte_;
  std::size_t at_ = 0;
};

NpyHeader read_header(ByteSource& source) {
  std::array<std::uint8_t, 8> magic{};
  source.read_exactly(magic, "an NPY header");
  constexpr std::array<std::uint8_t, 6> expected{0x93, 'N', 'U', 'M', 'P', 'Y'};
  if (!std::equal(expected.begin(), expected.end(), magic.begin())) {
    throw ReadError(source.name() + ": byte 0: expected the mark of an NPY array, \\x93NUMPY, got " +
                    shown({reinterpret_cast<const char*>(magic.data()), 6}));
  }
  const int major = magic[6];
  if (major < 1 || major > 3) {
    throw ReadError(source.name() + ": byte 6: expected NPY version 1, 2 or 3, got " + std::to_string(major));
  }
  std::array<std::uint8_t, 4> length_bytes{};
  source.read_exactly(std::span(length_bytes).first(major == 1 ? 2 : 4), "the length of the header");
  const auto length = static_cast<std::size_t>(little_endian(length_bytes));  // unused bytes are 0
  if (length > greatest_header_length) {
    source.fail("expected a header of at most " + std::to_string(greatest_header_length) + " bytes, got " +
                std::to_string(length));
  }
  const auto first_byte = static_cast<std::size_t>(source.offset());
  const std::vector<std::uint8_t> bytes = source.read_claimed(length, "the header");
  return HeaderParser(source, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}, first_byte).parse();
}

// Elements with the first index running fastest, in the order with the last index running fastest.
std::vector<std::uint8_t> row_major(const std::vector<std::uint8_t>& column_major, const std::vector<Index>& shape,
                                    std::size_t element_size) {
  std::vector<std::uint8_t> result(column_major.size());
  std::vector<Index> index(shape.size(), 0);
  std::vector<std::size_t> stride(shape.size(), element_size);  // in column_major, in bytes
  for (std::size_t axis = 1; axis < shape.size(); ++axis) {
    stride[axis] = stride[axis - 1] * static_cast<std::size_t>(shape[axis - 1]);
  }
  std::size_t from = 0;
  for (std::size_t to = 0; to < result.size(); to += element_size) {
    std::copy_n(column_major.data() + from, element_size, result.data() + to);
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      from += stride[axis];
      if (++index[axis] < shape[axis]) break;
      from -= stride[axis] * static_cast<std::size_t>(shape[axis]);
      index[axis] = 0;
    }
  }
  return result;
}

}  // namespace

Array read_npy(ByteSource& source) {
  NpyHeader header = read_header(source);
  Array array{.type = header.type, .shape = std::move(header.shape)};
  array.bytes = source.read_claimed(byte_count_of(source, array.shape, array.type), "elements");
  source.expect_end();
  make_native(array.bytes, size_of(array.type), header.order);
  if (header.is_fortran_order && array.shape.size() > 1) {
    array.bytes = row_major(array.bytes, array.shape, size_of(array.type));
  }
  return array;
}

Array read_npy(const std::filesystem::path& path) { return read_npy(*open_file(path)); }

}  // namespace perigee::data
