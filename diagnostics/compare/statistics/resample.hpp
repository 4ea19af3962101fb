// Drawing with replacement.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_RESAMPLE_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_RESAMPLE_HPP

#include <perigee/lib/random.hpp>

#include <algorithm>
#include <cstddef>

namespace perigee::statistics {

/// A place in 0, ..., count - 1 (count >= 1), each with probability 1/count up to 2^-53 count.
inline std::size_t uniform_place(RandomEngine& engine, std::size_t count) {
  return std::min(count - 1, static_cast<std::size_t>(uniform_unit(engine) * static_cast<double>(count)));
}

}  // namespace perigee::statistics

#endif
