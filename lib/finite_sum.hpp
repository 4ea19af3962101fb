// Means of many terms, f(x) = (1/N) sum_i f_i(x), of which a few can be evaluated alone.
#ifndef PERIGEE_LIB_FINITE_SUM_HPP
#define PERIGEE_LIB_FINITE_SUM_HPP

#include <perigee/lib/objective.hpp>

#include <span>
#include <utility>

namespace perigee {

/// An objective that is the mean, never the sum, of N terms. Batches are means too, so that a learning rate means the
/// same for every batch size. Which terms make a batch is the solver's choice; the objective remains pure.
class FiniteSum : public Objective {
 public:
  /// N >= 1.
  virtual Index term_count() const = 0;

  /// Returns f_i(x), i = `term` in [0, N), and adds grad f_i(x) to `gradient` (length n).
  virtual double add_term(Index term, ConstVectorView x, VectorView gradient) const = 0;

  /// (1/b) sum of f_i(x) over the b >= 1 given terms, each counted as often as it is named, and the gradient of that
  /// mean written to `gradient` (length n, every element overwritten). No terms: NaN.
  /// Default: `add_term` for one after the other. To be overridden where many terms at once are cheaper.
  virtual double batch_value_and_gradient(std::span<const Index> terms, ConstVectorView x, VectorView gradient) const;

  /// The mean over all N terms. Default: `add_term` for one after the other.
  double value_and_gradient(ConstVectorView x, VectorView gradient) const override;
};

namespace detail {
template <class AddTerm>
class FunctionalSum final : public FiniteSum {
 public:
  FunctionalSum(Index dimension, Index term_count, AddTerm add_term)
      : dimension_(dimension), term_count_(term_count), add_term_(std::move(add_term)) {}
  Index dimension() const override { return dimension_; }
  Index term_count() const override { return term_count_; }
  double add_term(Index term, ConstVectorView x, VectorView gradient) const override {
    return add_term_(term, x, gradient);
  }

 private:
  Index dimension_;
  Index term_count_;
  AddTerm add_term_;
};

void check_term_count(Index term_count);
}  // namespace detail

/// A finite sum of n variables and N terms made of one callable, `add_term(i, x, gradient) -> double`, which returns
/// f_i(x) and adds grad f_i(x) to `gradient`. It must be pure; it is copied into the objective.
/// Throws std::invalid_argument if N < 1.
template <class AddTerm>
auto functional_sum(Index dimension, Index term_count, AddTerm add_term) {
  detail::check_term_count(term_count);
  return detail::FunctionalSum<AddTerm>(dimension, term_count, std::move(add_term));
}

}  // namespace perigee

#endif
