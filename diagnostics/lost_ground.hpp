// Did the run lose what it had reached? A curve that ends well above where it had been before.
//
// The values are gathered into medians over at most 40 blocks of equally many records. The run lost ground if the last
// median e lies above the best one b
//  - by at least a tenth of what had been gained until then, first median less b;
//  - by six standard errors of a median, 1.25 sigma sqrt((1 + rho)/((1 - rho) m)) for m records of noise sigma with
//    correlation rho (series.hpp);
// and the medians were nearer to b than to e for a tenth of the run on end: the dip of an oscillation was never held.
// Why it did, values do not tell: a step that became too long, a bad batch, other data.
#ifndef PERIGEE_DIAGNOSTICS_LOST_GROUND_HPP
#define PERIGEE_DIAGNOSTICS_LOST_GROUND_HPP

#include <perigee/diagnostics/detector_options.hpp>
#include <perigee/diagnostics/series.hpp>

#include <optional>
#include <string>

namespace perigee {

struct LostGround {
  double best = 0.0;         // b
  Index best_iteration = 0;  // in the middle of its block
  Index rise = 0;            // from here on the medians are nearer to e than to b
  double end = 0.0;          // e
  double gained = 0.0;       // first median less b; less than a tenth of the rise: the value rose from the beginning
  bool had_gained() const { return gained > 0.1 * (end - best); }
};

/// Nothing for fewer than 20 values. O(n).
std::optional<LostGround> find_lost_ground(const Series& values, const LostGroundOptions& options = {});

/// What happened and what to do about it, a sentence each.
std::string course_of(const LostGround& lost);
std::string way_back(const LostGround& lost);

}  // namespace perigee

#endif
