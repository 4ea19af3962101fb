// Fewer samples for a picture, without losing what a picture is looked at for: the extremes.
#ifndef PERIGEE_DIAGNOSTICS_REPORT_DOWNSAMPLE_HPP
#define PERIGEE_DIAGNOSTICS_REPORT_DOWNSAMPLE_HPP

#include <cstddef>
#include <vector>

namespace perigee {

/// Which samples of several aligned series to draw: at most `limit` positions, in order, common to all series.
/// The positions are cut into buckets, half of them equally long, half of them equally long in log(1 + position),
/// so that the picture holds on a linear and on a logarithmic time axis. Of each bucket the smallest and the
/// largest finite value of each series and its first infinite one are kept; so are the first and the last position.
/// Every global extreme of every series therefore survives. All positions if there are no more than `limit`.
/// Throws std::invalid_argument if the series differ in length, or limit < 6 * (number of series) + 2 (two buckets).
/// Cost: linear in the number of samples.
std::vector<std::size_t> select_samples(const std::vector<std::vector<double>>& series, std::size_t limit);

}  // namespace perigee

#endif
