// At which levels do the curves of several runs stand, and from when to when?
//
// Levels. A run ends at the median of the last tenth of its values, with the standard error e of that median (noise and
// its correlation from noise_of of series.hpp) and a fall c: what the value would still lose in as much time as it has
// taken, at the slope of its last tenth. For f - f* ~ 1/t that is f - f* itself. Stretches on which a run stood still
// count as well, each with its median, and for c what the value drifted there. Sorted, two neighbours a < b are of one
// level (single linkage) if
//
//     b - a <= max(4 sqrt(e_a^2 + e_b^2), 1e-6 (1 + |b|), min(max(c_a, c_b), R/20)),
//
// R the median over the runs of first value minus best end. A level where no run ends counts if two runs at least, and
// a tenth of them, stood still there. An end above the best level with a fall of more than a quarter of the way to the
// next better level is on its way, and at no level.
//
// Stays. Around each level is a core, a quarter of the way to its neighbours; below the best one everything. A run is
// at the level whose core it was in last (Faradjian and Elber 2004; Schuette et al. 2011): excursions that come back
// are no departures. Where noise reaches as far, the values are first gathered into medians over blocks of equally many
// records. A stay ends when the run enters another core. Its passage is the time since it was last in its own: what
// merely passes through a core is there for about as long as it is between two.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_LEVEL_STAYS_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_LEVEL_STAYS_HPP

#include <perigee/diagnostics/series.hpp>

#include <span>
#include <vector>

namespace perigee {

/// From one iteration to another.
struct Stretch {
  double first = 0.0;
  double last = 0.0;
};

/// A curve, and where it stood still.
struct Curve {
  const Series* values = nullptr;  // at least one value
  std::span<const Stretch> standstills{};
};

struct ValueLevel {
  double value = not_measured;  // median of what is of this level
  double lowest = not_measured;
  double highest = not_measured;
  std::vector<std::size_t> ends;  // the curves that end here
};

struct Stay {
  std::size_t curve = 0;
  std::size_t level = 0;
  double begin = 0.0;  // in iterations
  double end = 0.0;
  double passage = not_measured;  // NaN: the curve ends in this stay
  std::size_t next = 0;           // level entered then
};

struct LevelReading {
  std::vector<ValueLevel> levels;   // from the best, the lowest value, on
  std::vector<std::size_t> moving;  // the curves that end at none
  double usual_range = 0.0;         // R
  double best_fall = 0.0;           // c of the best end
  bool has_stays = false;           // whether the noise leaves the levels apart
  double spacing = not_measured;    // of the points that the stays were read from, in iterations
  std::vector<Stay> stays;          // in order of the curves, then of time
};

/// The same curve as medians over blocks of `length` >= 1 neighbouring points, each at the middle of its block.
Series block_medians(const Series& series, std::size_t length);

/// O(n log n) in the points of all curves.
LevelReading read_levels(std::span<const Curve> curves);

}  // namespace perigee

#endif
