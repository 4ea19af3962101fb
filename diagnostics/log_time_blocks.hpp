// Curves averaged over blocks of equal length in log time: what a slope on logarithmic axes is fitted to.
#ifndef PERIGEE_DIAGNOSTICS_LOG_TIME_BLOCKS_HPP
#define PERIGEE_DIAGNOSTICS_LOG_TIME_BLOCKS_HPP

#include <cstddef>
#include <span>
#include <vector>

namespace perigee {

struct LogTimeBlocks {
  std::vector<double> log_time;            // mean of log t over each block
  std::vector<std::vector<double>> means;  // of each curve
  std::size_t size() const { return log_time.size(); }
};

/// Means of `curves` at `time` > 0 (increasing, of the same length) over blocks of equal length in log t from `first`
/// to `last`, at most 24; empty blocks are left out, points before `first` too. O(n).
LogTimeBlocks log_time_blocks(std::span<const double> time, std::span<const std::vector<double>> curves, double first,
                              double last);

}  // namespace perigee

#endif
