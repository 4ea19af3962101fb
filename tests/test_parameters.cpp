#include "support/catch.hpp"

#include <perigee/lib/call_text.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/parameters.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>

using namespace perigee;

namespace {
std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

std::vector<ParameterDescription> descriptions() {
  return {{.name = "arms", .kind = ParameterKind::integer, .default_value = "6", .least = 1, .greatest = 1e6},
          {.name = "reward_gap", .default_value = "0.5", .least = 0, .greatest = 1},
          {.name = "label", .kind = ParameterKind::text}};
}
}  // namespace

TEST_CASE("parameters take defaults and assignments") {
  const Parameters parameters("bandit", descriptions(), {{"arms", "10"}});
  CHECK(parameters.integer("arms") == 10);
  CHECK(parameters.real("reward_gap") == 0.5);
  CHECK_FALSE(parameters.has("label"));
  CHECK(parameters.is_changed("arms"));
  CHECK_FALSE(parameters.is_changed("reward_gap"));
}

TEST_CASE("wrong parameters are refused with what was wrong and what is right") {
  const auto refused = [](const Parameters::Assignments& assignments) {
    return message_of([&] { Parameters("bandit", descriptions(), assignments); });
  };
  CHECK(refused({{"reward_gpa", "0.1"}}) ==
        "bandit: no parameter 'reward_gpa'; did you mean 'reward_gap'? (it takes arms, reward_gap, label)");
  CHECK(refused({{"arms", "2.5"}}) == "bandit: arms must be a whole number, got '2.5'");
  CHECK(refused({{"arms", "many"}}) == "bandit: arms must be a whole number, got 'many'");
  CHECK(refused({{"arms", "0"}}) == "bandit: arms must be in [1, 1e+06], got 0");
  CHECK(refused({{"reward_gap", "nan"}}) == "bandit: reward_gap must be a number, got 'nan'");
  CHECK(refused({{"arms", "2"}, {"arms", "3"}}) == "bandit: arms is given twice");
  CHECK(message_of([] { parse_assignment("arms"); }) == "expected key=value, got 'arms'");
}

TEST_CASE("text reads as a number only if all of it is one") {
  CHECK(parse_number("1e-3") == 1e-3);
  CHECK(parse_number("+2") == 2.0);
  CHECK(parse_number("-inf") == -std::numeric_limits<double>::infinity());
  CHECK(parse_number("Infinity") == std::numeric_limits<double>::infinity());
  CHECK(std::isnan(*parse_number("NaN")));
  CHECK(parse_number("1e999") == std::numeric_limits<double>::infinity());
  CHECK(parse_number("-1e-999") == 0.0);
  CHECK(parse_number("5e-324") == std::numeric_limits<double>::denorm_min());
  for (const char* text : {"", "+", "-", "--1", "+-1", "1 ", " 1", "1,5", "0x10", "1e", "nanny", "one"}) {
    INFO("'" << text << "'");
    CHECK_FALSE(parse_number(text).has_value());
  }
}

TEST_CASE("exact text reads back as the same double") {
  for (const double value : {0.1, 1.0 / 3.0, 5e-324, 1.7976931348623157e308, -0.0, 123456789.0}) {
    CHECK(parse_number(format_exact(value)) == value);
  }
  CHECK(std::signbit(*parse_number(format_exact(-0.0))));
  CHECK(format_number(0.25) == "0.25");
  CHECK(format_number(1.0 / 3.0, 3) == "0.333");
  CHECK(format_count(15948.2) == "15900");
  CHECK(format_count(0.012345, 2) == "0.012");
  CHECK(format_count(1.0 / 0.0) == "inf");
}
