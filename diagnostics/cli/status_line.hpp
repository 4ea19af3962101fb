// One line on standard error that says what is going on: in place on a terminal, a new line each time elsewhere.
#ifndef PERIGEE_DIAGNOSTICS_CLI_STATUS_LINE_HPP
#define PERIGEE_DIAGNOSTICS_CLI_STATUS_LINE_HPP

#include <string>

namespace perigee::cli {

/// Whether colours are wanted there: a terminal, and NO_COLOR not set or empty (https://no-color.org).
bool wants_color(int descriptor);

class StatusLine {
 public:
  StatusLine();
  ~StatusLine();
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;

  bool on_terminal() const { return on_terminal_; }
  /// In place of what was shown before; cut to the width of the terminal, with the sentence in bold.
  void show(std::string numbers, std::string sentence = {});
  /// Takes the line off the terminal, so that something else may be written.
  void erase();

 private:
  bool on_terminal_;
  bool has_color_;
  bool is_shown_ = false;
};

}  // namespace perigee::cli

#endif
