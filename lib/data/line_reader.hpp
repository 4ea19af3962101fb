// A text file line by line, in bounded memory, and the words for what is wrong in it.
#ifndef PERIGEE_LIB_DATA_LINE_READER_HPP
#define PERIGEE_LIB_DATA_LINE_READER_HPP

#include <perigee/lib/data/read_error.hpp>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace perigee::data {

inline constexpr std::size_t greatest_line_length = std::size_t{16} << 20;  // in bytes; also of a quoted CSV row

/// The lines of a file. A byte order mark is skipped; "\n" and "\r\n" end a line, and neither is part of it.
/// Everything throws ReadError with file and line.
class LineReader {
 public:
  explicit LineReader(const std::filesystem::path& path);

  /// From now on a last line without line end counts as not there: its writer is still at it, and half a number reads
  /// as another number.
  void leave_out_unterminated() { leaves_out_unterminated_ = true; }

  /// Calls it before every piece of the file that is read, of up to a few megabytes; it may throw.
  void call_while_reading(std::function<void()> call) { while_reading_ = std::move(call); }

  /// The first bytes of the file, as they are. Only before the first line is read.
  std::string_view beginning() const { return {buffer_.data(), end_}; }

  /// The next line, valid until the next call. False: there is none.
  /// Throws if it is longer than greatest_line_length or holds a NUL byte, as binary files do.
  bool next_line(std::string_view& line);

  std::uint64_t line_number() const { return line_number_; }  // of the line read last; 0: none yet
  /// Whether the line read last ends the file without a line end: the writer may have been cut off within it.
  bool line_is_unterminated() const { return line_is_unterminated_; }
  const std::string& name() const { return name_; }

  /// "FILE:LINE: message", and with a field "FILE:LINE: field 'NAME': message".
  [[noreturn]] void fail(const std::string& message) const;
  [[noreturn]] void fail(std::string_view field, const std::string& message) const;

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  bool fill();

  std::string name_;
  std::function<void()> while_reading_;
  std::unique_ptr<std::FILE, Close> file_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  // of the bytes not yet given out
  std::size_t end_ = 0;
  std::size_t next_chunk_ = std::size_t{1}
                            << 13;  // bytes to read next: few of a small file, and twice as many each time
  bool at_end_of_file_ = false;
  bool line_is_unterminated_ = false;
  bool leaves_out_unterminated_ = false;
  std::uint64_t line_number_ = 0;
};

/// The text in single quotes for a message: cut after 40 bytes, anything that is not plain text as `\xHH`.
std::string shown(std::string_view text);

/// The names in a list for a message: 'a', 'b', 'c'; after 20 names, how many more there are.
std::string shown_list(const std::vector<std::string>& names);

std::string message_at(const std::string& file, std::uint64_t line, std::string_view field, const std::string& message);

/// Why the text cannot be the name of a column: not UTF-8, or control characters; nullptr: it can.
const char* what_is_wrong_with_name(std::string_view name);

}  // namespace perigee::data

#endif
