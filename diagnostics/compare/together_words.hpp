// What several runs show together, in words. Internal to metastability.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_TOGETHER_WORDS_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_TOGETHER_WORDS_HPP

#include <perigee/diagnostics/together.hpp>

#include <string>
#include <vector>

namespace perigee {

/// What the words need beside the numbers that are kept.
struct TogetherContext {
  double optimal_value = not_measured;  // f*
  double usual_range = 0.0;             // of the runs, from their start to the best end
  double best_fall = 0.0;               // what the best run would still lose in as much time again
};

/// One sentence or two an entry, each a paragraph of its own; every number in them is one of `together`.
std::vector<std::string> together_words(const Together& together, const TogetherContext& context);

}  // namespace perigee

#endif
