#include <perigee/lib/lanczos.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace perigee {

TridiagonalMatrix Lanczos::block(std::size_t block) const {
  const std::size_t first = block_starts_[block];
  const std::size_t last = block + 1 < block_starts_.size() ? block_starts_[block + 1] : diagonal_.size();
  return {std::span(diagonal_).subspan(first, last - first), std::span(couplings_).subspan(first, last - first)};
}

Index Lanczos::largest_block() const {
  std::size_t largest = 0;
  for (std::size_t b = 0; b < block_count(); ++b) largest = std::max(largest, block(b).diagonal.size());
  return static_cast<Index>(largest);
}

double Lanczos::rounding() const {
  return product_norm_ * (1e-13 + 10.0 * rounding_growth() * std::numeric_limits<double>::epsilon());
}

void Lanczos::clear() {
  diagonal_.clear();
  couplings_.clear();
  block_starts_.clear();
  closing_couplings_.clear();
  product_norm_ = asymmetry_ = neglected_coupling_ = 0.0;
}

void Lanczos::begin(RandomEngine& engine) {
  clear();
  start_block(engine);
}

void Lanczos::open_block() {
  if (!couplings_.empty()) {
    closing_couplings_.push_back(couplings_.back());
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
