#include <perigee/lib/data/separated_rows.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace perigee::data {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

char guess_separator(std::string_view row) {
  constexpr std::array<char, 3> candidates{',', ';', '\t'};
  std::array<std::size_t, 3> counts{};
  bool in_quotes = false;
  for (const char character : row) {
    if (character == '"') in_quotes = !in_quotes;
    if (in_quotes) continue;
    for (std::size_t i = 0; i < candidates.size(); ++i) counts[i] += character == candidates[i] ? 1 : 0;
  }
  return candidates[static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin())];
}

const std::vector<std::string_view>& SeparatedRows::split(std::string_view line) {
  fields_.clear();
  line_number_ = input_.line_number();
  if (line.find('"') == std::string_view::npos) {
    split_plain(line);
  } else {
    split_quoted(line);
  }
  return fields_;
}

void SeparatedRows::fail(std::string_view field, const std::string& message) const {
  throw ReadError(message_at(input_.name(), line_number_, field, message));
}

void SeparatedRows::split_plain(std::string_view line) {
  for (;;) {
    const std::size_t length = line.find(separator_);
    fields_.push_back(trimmed(line.substr(0, length)));
    if (length == std::string_view::npos) return;
    line.remove_prefix(length + 1);
  }
}

void SeparatedRows::split_quoted(std::string_view first_line) {
  text_.assign(first_line);
  std::vector<std::pair<std::size_t, std::size_t>> places;  // views would move with the text
  std::string unquoted;
  std::size_t at = 0;
  for (;;) {
    const std::size_t begin = unquoted.size();
    while (at < text_.size() && text_[at] == ' ') ++at;
    if (at < text_.size() && text_[at] == '"') {
      at = append_quoted(at + 1, unquoted);
    } else {
      const std::size_t end = std::min(text_.find(separator_, at), text_.size());
      unquoted += trimmed(std::string_view(text_).substr(at, end - at));
      at = end;
    }
    places.emplace_back(begin, unquoted.size() - begin);
    if (at == text_.size()) break;
    ++at;
  }
  unquoted_ = std::move(unquoted);
  for (const auto& [begin, length] : places) fields_.push_back(std::string_view(unquoted_).substr(begin, length));
}

// Appends the quoted field whose text begins at `at`; returns where the separator or the end follows it.
std::size_t SeparatedRows::append_quoted(std::size_t at, std::string& unquoted) {
  for (;;) {
    const std::size_t quote = text_.find('"', at);
    if (quote == std::string::npos) {
      unquoted.append(text_, at);
      std::string_view line;
      if (text_.size() > greatest_line_length || !input_.next_line(line)) {
        fail({}, "expected a closing quote, got none");
      }
      at = text_.size();
      text_ += '\n';
      text_ += line;
      continue;
    }
    unquoted.append(text_, at, quote - at);
    at = quote + 1;
    if (at < text_.size() && text_[at] == '"') {
      unquoted += '"';
      ++at;
      continue;
    }
    while (at < text_.size() && text_[at] == ' ') ++at;
    if (at < text_.size() && text_[at] != separator_) {
      fail({}, "expected a separator after a closing quote, got " + shown(std::string_view(text_).substr(at, 1)));
    }
    return at;
  }
}

}  // namespace perigee::data
