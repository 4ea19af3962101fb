// How many starts in a ball around a saddle are stuck, against the dimension and the radius: the table of
// docs/theory/escape.md, as Markdown. Share of stuck starts with 95% Wilson intervals, the law of the slab, the bound
// that a bent region keeps, and the widest stuck interval along the escape direction.
// Usage: bench_stuck_region [starts for each line, default 40000]

#include "support/stuck_region.hpp"

#include <perigee/diagnostics/compare/statistics/wilson.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

using namespace perigee;
using namespace perigee::test;

std::string share_text(Index stuck, Index draws) {
  const auto interval = statistics::wilson_interval(stuck, draws);
  char text[64];
  std::snprintf(text, sizeof text, "%.4f [%.4f, %.4f]", static_cast<double>(stuck) / static_cast<double>(draws),
                interval.lower, interval.upper);
  return text;
}

}  // namespace

int main(int argument_count, char** arguments) {
  const Index draws = argument_count > 1 ? std::atol(arguments[1]) : 40000;
  if (draws < 1) {
    std::fprintf(stderr, "%s: starts must be >= 1, got '%s'\n", arguments[0], arguments[1]);
    return 2;
  }
  const Release straight;
  const Release bent{.coupling = 0.5};
  const double w = exact_half_width(straight);
  std::printf("gamma = %g, F = %g, T = %td, eta = 1/l = 1: exact width 2w = %.6f; %td starts a line\n\n",
              straight.gamma, straight.amount, straight.steps, 2.0 * w, draws);
  std::printf("| $d$ | $r$ | quadratic: share stuck | law (5) | width | bent: share stuck | bound (7) | width |\n");
  std::printf("|---|---|---|---|---|---|---|---|\n");
  std::uint64_t seed = 0;  // another for every entry, so that the entries are independent
  for (const double radius : {0.03, 0.1, 0.3}) {
    for (const Index d : {2, 5, 10, 20, 50}) {
      const StuckCount slab = count_stuck(straight, d, radius, draws, 20, ++seed);
      const StuckCount band = count_stuck(bent, d, radius, draws, 200, ++seed);
      std::printf("| %td | %g | %s | %.4f | %.5f | %s | %.4f | %.5f |\n", d, radius,
                  share_text(slab.stuck, draws).c_str(), slab_share(d, w / radius), slab.largest_width,
                  share_text(band.stuck, draws).c_str(),
                  std::min(1.0, section_of_ball(d) * band.largest_width / radius), band.largest_width);
    }
  }
  return 0;
}
