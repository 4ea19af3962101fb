// Where runs start, by text.
//
//     first             the problem's first start; so is an empty name, as in "+1e-4"
//     saddle            the start of that name
//     random            drawn by the problem's own law from the seed
//     saddle+1e-4       the same point, moved by 1e-4 in a direction drawn from the seed, uniform on the sphere
//     standard*10       ten times the point
//
// Exact saddles, their neighbourhoods on all scales and far starts are different questions; a comparison answers each
// on its own.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_START_TEXT_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_START_TEXT_HPP

#include <perigee/lib/problem.hpp>

#include <cstdint>
#include <string>

namespace perigee {

/// Throws std::invalid_argument if the problem has no such start, or a number is missing, not finite or not > 0.
class StartText {
 public:
  StartText(const Problem& problem, const std::string& text);

  /// x_0 under that seed: the same for every solver. From any thread.
  Vector at(std::uint64_t seed) const;

  /// The point before it is moved; empty for random starts.
  const Vector& base() const { return base_; }

  /// How far it is moved; 0 for fixed and random starts.
  double distance() const { return distance_; }

  /// Whether all seeds start at the same point.
  bool is_fixed() const { return base_.size() > 0 && distance_ == 0.0; }

 private:
  const Problem* problem_;  // not owned
  Vector base_;
  double distance_ = 0.0;
};

}  // namespace perigee

#endif
