// When a run has escaped from the saddle that it started at, or beside.
//
//     f(x_k) <= f_s - fraction (f_s - f*)   and   ||x_k - x_s|| > R,
//     R = times * (distance of the start from x_s), but at least d/10 and at most d/2,
//
// with d the distance from x_s to the nearest other stationary point that the problem knows (none: no bounds). The
// value alone may be low enough at the start already, where the start is beside the saddle; the distance alone is
// reached on the way back to it. On the octopus R is at most the 2 tau at which Du et al. (2017) count a saddle as
// left.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_ESCAPE_RULE_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_ESCAPE_RULE_HPP

#include <perigee/diagnostics/compare/campaign_options.hpp>
#include <perigee/diagnostics/compare/start_text.hpp>
#include <perigee/lib/problem.hpp>
#include <perigee/lib/trajectory.hpp>

namespace perigee {

struct EscapeRule {
  double value = not_measured;  // NaN: there is no saddle to escape from
  Vector saddle{};              // x_s
  double distance = 0.0;        // R
};

/// The rule of a start. It is beside a saddle (or a maximum, or a degenerate point above f*) if its point is within a
/// thousandth of d of it, or of 1 + ||x_s|| where d is not known; the offset by which a start is moved adds to its
/// distance. Nothing to escape from where f* is not known.
EscapeRule escape_rule(const Problem& problem, const StartText& start, const CampaignOptions& options);

/// Whether the value and the point are past the rule.
bool has_escaped(const EscapeRule& rule, double value, ConstVectorView x);

}  // namespace perigee

#endif
