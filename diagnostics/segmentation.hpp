// Where does a curve change its course? Optimal segmentation of the whole curve into straight pieces of
// z = log excess over u = log time (series.hpp), and the trend of each piece.
//
// The records are gathered into at most 200 nodes, equally spaced in u (medians of z, so that spikes do not count),
// with the noise sigma_j of a node from the second differences around it (median absolute deviation), corrected for the
// serial correlation of the records, at least 1%.
// The pieces, lines or levels, minimize sum_j ((z_j - piece)/sigma_j)^2 + 2 log(number of nodes) times the number of
// parameters: three for a line (one for where it ends), two for a level, so that a stretch that stands still ends where
// it does, not where a slight slope suits the noise best (Killick, Fearnhead and Eckley 2012; Truong, Oudre and
// Vayatis 2020). Solved exactly by dynamic programming.
#ifndef PERIGEE_DIAGNOSTICS_SEGMENTATION_HPP
#define PERIGEE_DIAGNOSTICS_SEGMENTATION_HPP

#include <perigee/diagnostics/series.hpp>
#include <perigee/diagnostics/trend.hpp>

#include <vector>

namespace perigee {

struct Segment {
  std::size_t first = 0;  // points of the series
  std::size_t last = 0;   // included
  TrendTest test;
};

/// The pieces, in order, without gaps; neighbours of one trend are joined. Empty if there are fewer than 12 points.
/// O(n + nodes^2).
std::vector<Segment> segment_curve(const std::vector<double>& log_time, const std::vector<double>& log_excess,
                                   double tolerance = PlateauOptions{}.exponent);

}  // namespace perigee

#endif
