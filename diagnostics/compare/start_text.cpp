#include <perigee/diagnostics/compare/start_text.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/oracle.hpp>

#include <cmath>
#include <stdexcept>

namespace perigee {

namespace {

double positive_number(const std::string& text, std::size_t first) {
  const std::optional<double> number = parse_number(text.substr(first));
  if (number && *number > 0.0 && std::isfinite(*number)) return *number;
  throw std::invalid_argument("start: a number > 0 must follow + and *, got '" + text + "'");
}

}  // namespace

StartText::StartText(const Problem& problem, const std::string& text) : problem_(&problem) {
  if (text == "random") {
    if (problem.random_start) return;
    throw std::invalid_argument("start: problem '" + problem.name + "' has no random start");
  }
  const std::size_t mark = text.find_first_of("+*");
  const std::string name = text.substr(0, mark);
  base_ = name.empty() || name == "first" ? problem.starts.at(0).x : start_of(problem, name);
  if (mark == std::string::npos) return;
  const double number = positive_number(text, mark + 1);
  if (text[mark] == '+') distance_ = number;
  if (text[mark] == '*') base_.view() *= number;
}

Vector StartText::at(std::uint64_t seed) const {
  RandomEngine engine = RandomSource(seed).engine("start");
  if (base_.size() == 0) return problem_->random_start(engine);
  Vector x = base_;
  if (distance_ == 0.0) return x;
  Vector direction(x.size());
  fill_standard_normal(engine, direction);
  x.view() += distance_ / euclidean_norm(direction) * direction.view();
  return x;
}

}  // namespace perigee
