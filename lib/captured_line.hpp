// Line-search cases that can be kept: what a search asked along one direction, as text, and the same line again.
//
//     perigee::LineRecorder recorder(phi, at_zero);           // wherever a LineFunction is searched
//     search->search(recorder, at_zero, 1.0);
//     std::string report = perigee::text_of(recorder.samples());
//     ...
//     perigee::ReplayedLine line(perigee::parse_line_samples(report));
//     search->search(line, line.at_zero(), 1.0);              // the same trials, without the objective
#ifndef PERIGEE_LIB_CAPTURED_LINE_HPP
#define PERIGEE_LIB_CAPTURED_LINE_HPP

#include <perigee/lib/format.hpp>
#include <perigee/lib/line_search.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace perigee {

/// phi and phi' at one alpha.
struct LineSample {
  double alpha;
  LineValue at;
};

/// Passes every call on to `line` and keeps the answer. The line must outlive the recorder.
class LineRecorder final : public LineFunction {
 public:
  LineRecorder(LineFunction& line, LineValue at_zero) : line_(line), samples_{{0.0, at_zero}} {}
  LineValue evaluate(double alpha) override {
    const LineValue at = line_.evaluate(alpha);
    samples_.push_back({alpha, at});
    return at;
  }
  /// alpha = 0 first, then the trials in the order made.
  const std::vector<LineSample>& samples() const { return samples_; }

 private:
  LineFunction& line_;
  std::vector<LineSample> samples_;
};

/// One line a sample, "alpha phi phi'", each number the shortest text that reads back as the same double.
inline std::string text_of(const std::vector<LineSample>& samples) {
  std::string text;
  for (const LineSample& sample : samples) {
    text +=
        format_exact(sample.alpha) + " " + format_exact(sample.at.value) + " " + format_exact(sample.at.slope) + "\n";
  }
  return text;
}

/// Reads back what text_of wrote; nan and inf are legal values of phi and phi'.
/// Throws std::invalid_argument, naming the line, if one does not hold three numbers.
inline std::vector<LineSample> parse_line_samples(const std::string& text) {
  std::vector<LineSample> samples;
  std::istringstream lines(text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    std::istringstream fields(line);
    std::vector<double> values;
    bool readable = true;
    for (std::string field; fields >> field;) {
      const auto value = parse_number(field);
      readable = readable && value.has_value();
      values.push_back(value.value_or(0.0));
    }
    if (values.empty() && readable) continue;
    if (!readable || values.size() != 3) {
      throw std::invalid_argument("parse_line_samples: line " + std::to_string(number) +
                                  " must hold alpha, phi and phi', got '" + line + "'");
    }
    samples.push_back({values[0], {values[1], values[2]}});
  }
  return samples;
}

/// phi known at samples only. At a sample it returns the sample, bit for bit; between two finite ones the cubic with
/// their values and slopes; beyond the last, and beside a sample that is not finite, NaN: unknown. A search that
/// behaves as when it was recorded asks for the samples and nothing else; `strayed()` tells whether it did not.
class ReplayedLine final : public LineFunction {
 public:
  /// Samples in any order. Throws std::invalid_argument without a finite sample at 0, or with alpha < 0 or NaN.
  explicit ReplayedLine(std::vector<LineSample> samples) : samples_(std::move(samples)) {
    for (const LineSample& sample : samples_) {
      if (!(sample.alpha >= 0.0)) {
        throw std::invalid_argument("ReplayedLine: alpha must be >= 0, got " + format_number(sample.alpha));
      }
    }
    std::stable_sort(samples_.begin(), samples_.end(),
                     [](const LineSample& a, const LineSample& b) { return a.alpha < b.alpha; });
    if (samples_.empty() || samples_.front().alpha != 0.0 || !is_finite(samples_.front())) {
      throw std::invalid_argument("ReplayedLine: a finite sample at alpha = 0 is needed");
    }
  }

  LineValue at_zero() const { return samples_.front().at; }
  /// Whether a call asked for an alpha that is not a sample.
  bool strayed() const { return strayed_; }

  /// O(log samples).
  LineValue evaluate(double alpha) override {
    const auto next = std::lower_bound(samples_.begin(), samples_.end(), alpha,
                                       [](const LineSample& sample, double at) { return sample.alpha < at; });
    if (next != samples_.end() && next->alpha == alpha) return next->at;
    strayed_ = true;
    if (next == samples_.begin() || next == samples_.end() || !is_finite(*next) || !is_finite(*(next - 1))) {
      return {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN()};
    }
    return hermite(*(next - 1), *next, alpha);
  }

 private:
  static bool is_finite(const LineSample& sample) {
    return std::isfinite(sample.at.value) && std::isfinite(sample.at.slope);
  }

  // The cubic through a and b in t = (alpha - a)/(b - a).
  static LineValue hermite(const LineSample& a, const LineSample& b, double alpha) {
    const double width = b.alpha - a.alpha;
    const double t = (alpha - a.alpha) / width;
    const double rise = (b.at.value - a.at.value) / width;
    const double quadratic = 3.0 * rise - 2.0 * a.at.slope - b.at.slope;
    const double cubic = a.at.slope + b.at.slope - 2.0 * rise;
    return {a.at.value + width * t * (a.at.slope + t * (quadratic + t * cubic)),
            a.at.slope + t * (2.0 * quadratic + t * 3.0 * cubic)};
  }

  std::vector<LineSample> samples_;
  bool strayed_ = false;
};

}  // namespace perigee

#endif
