// A log to which a program appended after it had been started again from an earlier step, as against rows that are only
// out of order.
//
// The rows are taken in the order of the file. Where the step falls back to s, the rows that follow in increasing order
// are a new stretch, and the rows from s on that were kept so far are what it may replace. It does (a restart) if it
// goes over the same ground again: at least 3 of its rows lie between the first and the last of those, or as far as it
// has come itself, and at least half as many as there are of them. A row or a block that came late lies before them.
// Where most falls are no restarts the rows are shuffled, and nothing is one.
// Internal to the readers.
#ifndef PERIGEE_DIAGNOSTICS_READERS_RESTARTS_HPP
#define PERIGEE_DIAGNOSTICS_READERS_RESTARTS_HPP

#include <cstddef>
#include <vector>

namespace perigee::readers {

struct Restart {
  std::size_t position = 0;  // in `steps`, of the first row after it
  double step = 0.0;         // of that row
};

/// The restarts in a list of steps, none of them NaN, in the order of the list. O(n log n).
std::vector<Restart> find_restarts(const std::vector<double>& steps);

}  // namespace perigee::readers

#endif
