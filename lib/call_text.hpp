// Text of the form name or name(key=value, key=value): how values are written on the command line.
#ifndef PERIGEE_LIB_CALL_TEXT_HPP
#define PERIGEE_LIB_CALL_TEXT_HPP

#include <perigee/lib/vector.hpp>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace perigee {

class CallText {
 public:
  /// Throws std::invalid_argument if the text has another form or names a key twice.
  explicit CallText(const std::string& text);

  const std::string& name() const { return name_; }
  /// The (key, value) pairs in the order written.
  const std::vector<std::pair<std::string, std::string>>& arguments() const { return arguments_; }
  /// Throws std::invalid_argument if a key is given that is not among `keys`.
  void expect(std::initializer_list<std::string_view> keys) const;
  /// The value as a double, or as an integer; throws std::invalid_argument if absent (and without
  /// fallback) or not one.
  double number(std::string_view key, std::optional<double> fallback = {}) const;
  Index count(std::string_view key, std::optional<Index> fallback = {}) const;

 private:
  std::string name_;
  std::vector<std::pair<std::string, std::string>> arguments_;
};

}  // namespace perigee

#endif
