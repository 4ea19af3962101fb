#include <perigee/lib/oracle.hpp>
#include <perigee/lib/three_term_lanczos.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace perigee {

ThreeTermLanczos::ThreeTermLanczos(Index dimension)
    : Lanczos(dimension), before_(dimension), now_(dimension), product_(dimension) {}

// The proven factor, but for the constants of the dot products, which the worst case makes proportional to n.
double ThreeTermLanczos::rounding_growth() const { return std::pow(static_cast<double>(largest_block()), 2.5); }

void ThreeTermLanczos::draw_start(RandomEngine& engine) {
  fill_standard_normal(engine, now_);
  now_.view() /= std::max(euclidean_norm(now_), std::numeric_limits<double>::min());
}

void ThreeTermLanczos::start_block(RandomEngine& engine) {
  open_block();
  starts_.resize(block_count() - 1, engine);
  starts_.push_back(engine);
  draw_start(engine);
}

// product_ is beta_{k+1} v_{k+1}: the vectors move on by one.
void ThreeTermLanczos::advance(double coupling) {
  std::swap(before_, now_);
  std::swap(now_, product_);
  if (coupling > 0.0) now_.view() /= coupling;
}

bool ThreeTermLanczos::extend(const SymmetricOperator& hessian) {
  hessian(now_, product_);
  const double product_norm = euclidean_norm(product_);
  if (!std::isfinite(product_norm)) return false;
  product_norm_ = std::max(product_norm_, product_norm);
  const bool is_first = block_starts_.back() == diagonal_.size();
  if (!is_first) {
    asymmetry_ = std::max(asymmetry_, std::abs(before_.view().dot(product_.view()) - last_coupling()));
    product_.view() -= last_coupling() * before_.view();
  }
  const double alpha = now_.view().dot(product_.view());
  product_.view() -= alpha * now_.view();
  append_row(alpha, euclidean_norm(product_));
  advance(couplings_.back());
  return true;
}

Index ThreeTermLanczos::combine_again(const SymmetricOperator& hessian, std::span<const double> coefficients,
                                      VectorView result) {
  Index products = 0;
  result.setZero();
  for (std::size_t b = 0; b < block_count(); ++b) {
    const TridiagonalMatrix rows = block(b);
    const std::span<const double> weights = coefficients.subspan(block_start(b), rows.diagonal.size());
    if (std::all_of(weights.begin(), weights.end(), [](double weight) { return weight == 0.0; })) continue;
    RandomEngine engine = starts_[b];
    draw_start(engine);
    for (std::size_t j = 0; j < weights.size(); ++j) {
      result += weights[j] * now_.view();
      if (j + 1 == weights.size()) break;
      hessian(now_, product_);
      ++products;
      if (j > 0) product_.view() -= rows.couplings[j - 1] * before_.view();
      product_.view() -= rows.diagonal[j] * now_.view();
      advance(rows.couplings[j]);
    }
  }
  return products;
}

}  // namespace perigee
