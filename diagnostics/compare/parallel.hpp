// Independent jobs over threads.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_PARALLEL_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_PARALLEL_HPP

#include <cstddef>
#include <functional>

namespace perigee {

/// Calls job(0), ..., job(count - 1), each once, on `threads` >= 1 threads, the caller's included, in any order; a
/// job writes to a place of its own, so that results do not depend on the number of threads. Returns when all are
/// done. An exception of a job is thrown on after that (one of them, if there are several).
void for_each_index(std::size_t count, unsigned threads, const std::function<void(std::size_t)>& job);

}  // namespace perigee

#endif
