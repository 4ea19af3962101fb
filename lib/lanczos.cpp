#include <perigee/lib/lanczos.hpp>

#include <cmath>
#include <limits>

namespace perigee {

TridiagonalMatrix Lanczos::block(std::size_t block) const {
  const std::size_t first = block_starts_[block];
  const std::size_t last = block + 1 < block_starts_.size() ? block_starts_[block + 1] : diagonal_.size();
  return {std::span(diagonal_).subspan(first, last - first), std::span(couplings_).subspan(first, last - first)};
}

double Lanczos::rounding() const {
  return product_norm_ * (1e-13 + 10.0 * rounding_growth() * std::numeric_limits<double>::epsilon());
}

void Lanczos::clear() {
  diagonal_.clear();
  couplings_.clear();
  block_starts_.clear();
  product_norm_ = asymmetry_ = neglected_coupling_ = 0.0;
}

void Lanczos::begin(RandomEngine& engine) {
  clear();
  start_block(engine);
}

void Lanczos::open_block() {
  if (!couplings_.empty()) {
    neglected_coupling_ = std::hypot(neglected_coupling_, couplings_.back());
    couplings_.back() = 0.0;
  }
  block_starts_.push_back(diagonal_.size());
}

void Lanczos::append_row(double alpha, double coupling) {
  diagonal_.push_back(alpha);
  couplings_.push_back(coupling);
}

}  // namespace perigee
