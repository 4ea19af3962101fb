#include <perigee/diagnostics/lost_ground.hpp>

#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace perigee {

namespace {

constexpr std::size_t fewest_values = 20;
constexpr std::size_t most_blocks = 40;
constexpr std::size_t fewest_in_block = 4;

}  // namespace

std::optional<LostGround> find_lost_ground(const Series& values, const LostGroundOptions& options) {
  const std::size_t n = values.size();
  if (n < fewest_values) return std::nullopt;
  const std::size_t blocks = std::min(most_blocks, n / fewest_in_block);
  const auto begin_of = [&](std::size_t block) { return block * n / blocks; };
  std::vector<double> medians;
  for (std::size_t block = 0; block < blocks; ++block) {
    const auto first = values.value.begin() + static_cast<std::ptrdiff_t>(begin_of(block));
    const auto end = values.value.begin() + static_cast<std::ptrdiff_t>(begin_of(block + 1));
    medians.push_back(median_of({first, end}));
  }
  const auto best = static_cast<std::size_t>(std::min_element(medians.begin(), medians.end()) - medians.begin());
  const RecordNoise noise = noise_of(values.value);
  const double records = static_cast<double>(n) / static_cast<double>(blocks);
  const double error =
      1.2533 * noise.deviation * std::sqrt((1.0 + noise.correlation) / ((1.0 - noise.correlation) * records));
  LostGround lost;
  lost.best = medians[best];
  lost.end = medians.back();
  const double risen = lost.end - lost.best;
  lost.gained = medians.front() - lost.best;
  if (!(risen >= options.share * lost.gained) ||
      !(risen > options.deviations * error + 1e-6 * (1.0 + std::abs(lost.best)))) {
    return std::nullopt;
  }
  // A dip of an oscillation was never held.
  const double middle = 0.5 * (lost.best + lost.end);
  std::size_t held_from = best;
  std::size_t held_to = best;
  while (held_from > 0 && medians[held_from - 1] <= middle) --held_from;
  while (medians[held_to + 1] <= middle) ++held_to;  // the last one lies above
  if (static_cast<double>(held_to + 1 - held_from) < options.held * static_cast<double>(blocks)) return std::nullopt;
  std::size_t rise = blocks - 1;
  while (rise > best + 1 && medians[rise - 1] > middle) --rise;
  lost.best_iteration = static_cast<Index>(values.time[(begin_of(best) + begin_of(best + 1)) / 2]);
  lost.rise = static_cast<Index>(values.time[begin_of(rise)]);
  return lost;
}

std::string course_of(const LostGround& lost) {
  if (!lost.had_gained()) {
    return "The value rose: from about " + format_number(lost.best, 4) + " at iteration " +
           std::to_string(lost.best_iteration) + ", below which it hardly ever was, to about " +
           format_number(lost.end, 4) + " at the end.";
  }
  return "The run lost what it had gained: the value was down to about " + format_number(lost.best, 4) +
         " at iteration " + std::to_string(lost.best_iteration) + ", rose at about iteration " +
         std::to_string(lost.rise) + " and ended near " + format_number(lost.end, 4) + ".";
}

std::string way_back(const LostGround& lost) {
  if (!lost.had_gained()) return "Check the sign of the objective and its gradient, or take a shorter step.";
  return "Go back to the parameters of about iteration " + std::to_string(lost.best_iteration) +
         " and go on from there with a shorter step or clipped gradients; look also at the data that came when it "
         "rose.";
}

}  // namespace perigee
