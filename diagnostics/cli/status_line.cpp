#include <perigee/diagnostics/cli/status_line.hpp>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

namespace perigee::cli {

bool wants_color(int descriptor) {
  const char* const refused = std::getenv("NO_COLOR");
  return isatty(descriptor) != 0 && (refused == nullptr || *refused == '\0');
}

StatusLine::StatusLine() : on_terminal_(isatty(STDERR_FILENO) != 0), has_color_(wants_color(STDERR_FILENO)) {}

StatusLine::~StatusLine() { erase(); }

void StatusLine::show(std::string numbers, std::string sentence) {
  if (!on_terminal_) {
    std::cerr << numbers << sentence << std::endl;
    return;
  }
  winsize size{};
  const std::size_t columns = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
  // A line that wraps could not be taken back.
  numbers.resize(std::min(numbers.size(), columns - 1));
  sentence.resize(std::min(sentence.size(), columns - 1 - numbers.size()));
  std::cerr << "\r\033[K" << numbers << (has_color_ ? "\033[1m" + sentence + "\033[0m" : sentence) << std::flush;
  is_shown_ = true;
}

void StatusLine::erase() {
  if (is_shown_) std::cerr << "\r\033[K" << std::flush;
  is_shown_ = false;
}

}  // namespace perigee::cli
