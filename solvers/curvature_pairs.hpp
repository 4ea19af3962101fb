// The pairs (s, y) of a limited-memory quasi-Newton method, and the product of their inverse Hessian with a gradient.
//
// Two-loop recursion, Nocedal and Wright (2006), algorithm 7.4, with H_0 = (s'y/y'y) I of the newest pair. At large n
// its cost is memory traffic, so each update of the vector in work also takes the inner product that comes next, in
// blocks that stay in the first-level cache: 4 m - 2 vectors of pairs are read, and the vector in work 2 m times
// instead of 4 m.
#ifndef PERIGEE_SOLVERS_CURVATURE_PAIRS_HPP
#define PERIGEE_SOLVERS_CURVATURE_PAIRS_HPP

#include <perigee/lib/oracle.hpp>
#include <perigee/lib/state.hpp>

#include <memory>
#include <vector>

namespace perigee {

class CurvaturePairs {
 public:
  /// Room for `memory` >= 1 pairs of vectors of length n; allocates here and never again.
  CurvaturePairs(Index dimension, Index memory);

  Index size() const { return size_; }
  void clear() { size_ = 0; }

  /// What was measured on the way from one point to the next.
  struct Measured {
    double step_norm;  // ||s||_2
    double curvature;  // s'y/s's; NaN where s's underflows
  };

  /// Takes s = to - from and y = the change of the gradient; keeps them, instead of the oldest pair if all places are
  /// taken, if s'y > 1e-10 ||s|| ||y||. Eight passes over vectors. Both points are evaluated.
  Measured update(const Evaluation& from, const Evaluation& to);

  /// direction = -H grad f(at); returns grad f(at)'direction. At least one pair; `at` is the point of the last
  /// update.
  double descend(const Evaluation& at, Vector& direction);

  void save(StateWriter& writer) const;
  /// Throws std::invalid_argument if the state has other sizes.
  void load(StateReader& reader);

 private:
  double* step(Index slot) const { return storage_.get() + 2 * slot * dimension_; }
  double* change(Index slot) const { return step(slot) + dimension_; }
  Index slot_of_age(Index age) const { return (newest_ + slots_ - age) % slots_; }  // age 0: the newest

  Index dimension_;
  Index memory_;
  Index slots_;                        // memory + 1: a pair is written before it is judged
  std::unique_ptr<double[]> storage_;  // slot by slot, s then y; not touched before it is needed
  std::vector<double> inverses_;       // 1/s'y, by slot
  std::vector<double> weights_;        // alpha of the recursion, by slot
  Index newest_ = 0;
  Index size_ = 0;
  double scale_ = 1.0;           // gamma = s'y/y'y of the newest pair
  double gradient_along_ = 0.0;  // s'grad f at the last point, s of the newest pair
};

}  // namespace perigee

#endif
