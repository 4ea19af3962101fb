#include <perigee/diagnostics/gradient_course.hpp>

#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

namespace perigee {

namespace {

constexpr std::size_t most_blocks = 48;
constexpr double same_level = 1.25;  // factor
constexpr double excursion = 100.0;  // factor by which the norm grew on the way, to be worth a word

double median_between(const std::vector<double>& values, std::size_t first, std::size_t end) {
  const auto begin = values.begin();
  return median_of({begin + static_cast<std::ptrdiff_t>(first), begin + static_cast<std::ptrdiff_t>(end)});
}

Index level_since(const Series& norms, double level) {
  const std::size_t n = norms.size();
  const std::size_t blocks = std::min(most_blocks, n);
  std::size_t block = blocks;
  while (block > 0) {
    const double median = median_between(norms.value, (block - 1) * n / blocks, block * n / blocks);
    if (median > same_level * level || level > same_level * median) break;
    --block;
  }
  return static_cast<Index>(norms.time[std::min(n - 1, block * n / blocks)]);
}

}  // namespace

GradientCourse course_of_gradient(const Series& norms, double tolerance, double exponent) {
  GradientCourse course;
  const std::size_t n = norms.size();
  const std::size_t few = std::min(n, std::max<std::size_t>(5, n / 20));
  course.vanishes = norms.value.back() <= tolerance;
  course.level = median_between(norms.value, n - few, n);
  course.level_since = level_since(norms, course.level);
  std::size_t lowest = 0;
  course.low = course.high = norms.value.front();
  for (std::size_t i = 1; i < n; ++i) {
    if (norms.value[i] < norms.value[lowest]) lowest = i;
    if (norms.value[i] * course.low <= course.high * norms.value[lowest]) continue;
    course.low = norms.value[lowest];
    course.high = norms.value[i];
    course.low_iteration = static_cast<Index>(norms.time[lowest]);
    course.high_iteration = static_cast<Index>(norms.time[i]);
  }

  const std::vector<double> log_time = log_time_of(norms);
  const std::vector<double> log_norm = log_excess_of(norms, {0.0, BoundSource::nonnegative_loss});
  for (const double share : {0.5, 0.25}) {
    const double from = norms.time.front() + share * (norms.time.back() - norms.time.front());
    const auto place = std::lower_bound(norms.time.begin(), norms.time.end(), from);
    const auto first = static_cast<std::size_t>(place - norms.time.begin());
    course.trend = test_trend(std::span(log_time).subspan(first), std::span(log_norm).subspan(first), exponent).trend;
    if (course.trend != Trend::undetermined) break;
  }
  return course;
}

std::string words_of(const GradientCourse& course, const Series& norms, double tolerance) {
  const auto number = [](double value) { return format_number(value, 3); };
  const std::string extent = "The gradient norm went from " + number(norms.value.front()) + " to " +
                             number(norms.value.back()) + " over iterations " + format_number(norms.time.front()) +
                             " to " + format_number(norms.time.back());
  const std::string way = course.high > excursion * course.low
                              ? " On the way it grew from " + number(course.low) + " at iteration " +
                                    std::to_string(course.low_iteration) + " to " + number(course.high) +
                                    " at iteration " + std::to_string(course.high_iteration) +
                                    ", as it does on leaving a saddle point."
                              : "";
  if (course.vanishes) {
    return extent + " and vanishes there (at most " + number(tolerance) +
           "): the run came to a stationary point. Whether that is a minimum, a saddle or a maximum gradient norms do "
           "not tell." +
           way;
  }
  switch (course.trend) {
    case Trend::plateau:
      return "The gradient norm has stood near " + number(course.level) + " since about iteration " +
             std::to_string(course.level_since) +
             " and does not vanish: the run comes no closer to a stationary point." + way +
             " Steps that are too long, the noise of minibatches and a long slope all look like this; the loss would "
             "tell which.";
    case Trend::ascent:
      return extent +
             " and grows. A run that leaves a flat place looks like this, and so does one that begins to diverge; the "
             "loss would tell which.";
    case Trend::descent:
      return extent + " and still falls: the run comes closer to a stationary point." + way;
    case Trend::undetermined:
      break;
  }
  return extent + "; whether it still falls cannot be told from so few or so noisy numbers." + way;
}

}  // namespace perigee
