// The best value of a run so far over its cost, thinned to a bounded number of points.
//
// A point is an iterate that was better than all before it. Costs are dealt into bins of eight an octave (factors from
// 1.067 to 1.125), and of each bin the last point is kept: what is read off a trace is a cost at which the value had
// really been reached, at most one bin later than it was reached first. The start is always kept.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_VALUE_TRACE_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_VALUE_TRACE_HPP

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace perigee {

struct TracePoint {
  double cost = 0.0;   // C of campaign_options.hpp
  double value = 0.0;  // f, less than at every point before
};

/// Costs increase, values decrease. At most 10 + 8 log2(last cost/first cost) points.
using ValueTrace = std::vector<TracePoint>;

/// Takes in the next iterate. Costs must not decrease; values that are no improvement (NaN among them) are passed over.
void extend(ValueTrace& trace, double cost, double value);

/// The cost of the first point with a value <= `value`; NaN: there is none.
double cost_to_reach(const ValueTrace& trace, double value);

/// Equal bit for bit.
bool same_trace(const ValueTrace& a, const ValueTrace& b);

/// As bytes (cost, value, cost, ...: little-endian doubles), and back. Reading throws std::invalid_argument unless they
/// are a whole number of points.
std::vector<std::uint8_t> bytes_of(const ValueTrace& trace);
ValueTrace trace_of(std::span<const std::uint8_t> bytes);

}  // namespace perigee

#endif
