#include <perigee/lib/data/line_reader.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace perigee::data {

namespace {

constexpr std::size_t greatest_chunk = std::size_t{1} << 18;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

// Length of the UTF-8 sequence at the front of the text; 0: it is none. Overlong forms and surrogates are none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  if (lead == 0xe0 && byte(1) < 0xa0) return 0;
  if (lead == 0xed && byte(1) > 0x9f) return 0;
  if (lead == 0xf0 && byte(1) < 0x90) return 0;
  if (lead == 0xf4 && byte(1) > 0x8f) return 0;
  return length;
}

bool is_control(char character) {
  const auto byte = static_cast<unsigned char>(character);
  return byte < 0x20 || byte == 0x7f;
}

}  // namespace

LineReader::LineReader(const std::filesystem::path& path) : name_(path.string()) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) throw ReadError(name_ + ": is a folder, not a file");
  file_.reset(std::fopen(path.c_str(), "rb"));
  if (!file_) throw ReadError(name_ + ": cannot be opened: " + std::generic_category().message(errno));
  fill();
}

bool LineReader::fill() {
  if (at_end_of_file_) return false;
  if (while_reading_) while_reading_();
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  const std::size_t chunk = next_chunk_;
  next_chunk_ = std::min(2 * chunk, greatest_chunk);
  if (buffer_.size() < end_ + chunk) buffer_.resize(std::max(end_ + chunk, 2 * buffer_.size()));
  std::size_t count = 0;
  for (;;) {
    count += std::fread(buffer_.data() + end_ + count, 1, chunk - count, file_.get());
    if (count == chunk || std::ferror(file_.get()) == 0) break;
    if (errno != EINTR) throw ReadError(name_ + ": cannot be read: " + std::generic_category().message(errno));
    // A signal came while a pipe was silent: whoever handles it may want to end the reading.
    std::clearerr(file_.get());
    if (while_reading_) while_reading_();
  }
  end_ += count;
  at_end_of_file_ = count == 0;
  return count > 0;
}

bool LineReader::next_line(std::string_view& line) {
  if (line_number_ == 0 && beginning().starts_with(byte_order_mark)) begin_ = byte_order_mark.size();
  std::size_t searched = 0;  // bytes known to hold no line end
  const char* newline = nullptr;
  for (;;) {
    if (end_ > begin_) {
      const char* from = buffer_.data() + begin_ + searched;
      newline = static_cast<const char*>(std::memchr(from, '\n', end_ - begin_ - searched));
    }
    if (newline != nullptr) break;
    searched = end_ - begin_;
    if (searched > greatest_line_length) {
      ++line_number_;
      fail("expected lines of at most " + std::to_string(greatest_line_length) + " bytes, got a longer one");
    }
    if (!fill()) break;
  }
  if (newline == nullptr && (begin_ == end_ || leaves_out_unterminated_)) return false;
  ++line_number_;
  line_is_unterminated_ = newline == nullptr;
  const char* first = buffer_.data() + begin_;
  const char* last = newline != nullptr ? newline : buffer_.data() + end_;
  begin_ = static_cast<std::size_t>(last - buffer_.data()) + (newline != nullptr ? 1 : 0);
  if (last != first && last[-1] == '\r') --last;
  line = {first, static_cast<std::size_t>(last - first)};
  if (!line.empty() && std::memchr(line.data(), '\0', line.size()) != nullptr) {
    fail("expected text, got a binary file (a NUL byte)");
  }
  return true;
}

void LineReader::fail(const std::string& message) const { fail({}, message); }

void LineReader::fail(std::string_view field, const std::string& message) const {
  throw ReadError(message_at(name_, line_number_, field, message));
}

std::string message_at(const std::string& file, std::uint64_t line, std::string_view field,
                       const std::string& message) {
  std::string text = file + ":" + (line > 0 ? std::to_string(line) + ":" : "") + " ";
  if (!field.empty()) text += "field " + shown(field) + ": ";
  return text + message;
}

std::string shown(std::string_view text) {
  constexpr std::size_t greatest = 40;
  constexpr char digits[] = "0123456789abcdef";
  std::string result = "'";
  std::size_t i = 0;
  while (i < text.size() && i < greatest) {
    const std::size_t length = utf8_length(text.substr(i));
    if (length == 0 || is_control(text[i])) {
      const auto byte = static_cast<unsigned char>(text[i]);
      result += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
      ++i;
    } else {
      result += text.substr(i, length);
      i += length;
    }
  }
  return result + (i < text.size() ? "...'" : "'");
}

std::string shown_list(const std::vector<std::string>& names) {
  constexpr std::size_t greatest = 20;
  std::string result;
  for (std::size_t i = 0; i < std::min(names.size(), greatest); ++i) result += (i > 0 ? ", " : "") + shown(names[i]);
  if (names.size() > greatest) result += " and " + std::to_string(names.size() - greatest) + " more";
  return result;
}

const char* what_is_wrong_with_name(std::string_view name) {
  for (std::size_t i = 0; i < name.size();) {
    const std::size_t length = utf8_length(name.substr(i));
    if (length == 0) return "expected UTF-8 text in a column name";
    if (is_control(name[i])) return "expected no control character in a column name";
    i += length;
  }
  return nullptr;
}

}  // namespace perigee::data
