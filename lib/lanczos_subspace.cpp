#include <perigee/lib/lanczos_subspace.hpp>

#include <perigee/lib/state.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace perigee {

LanczosSubspace::LanczosSubspace(Index dimension) : Lanczos(dimension), remainder_(dimension) {}

void LanczosSubspace::start(ConstVectorView direction, double norm) {
  clear();
  open_block();
  locked_ = 0;
  remainder_.view() = direction;
  remainder_norm_ = norm;
}

void LanczosSubspace::start_block(RandomEngine& engine) {
  open_block();
  locked_ = std::min(locked_, diagonal_.size());
  remainder_norm_ = 0.0;
  while (!(remainder_norm_ > 1e-8)) {  // a vector that lay in the span would leave nothing but rounding
    fill_standard_normal(engine, remainder_);
    remainder_.view() /= std::max(euclidean_norm(remainder_), std::numeric_limits<double>::min());
    for (int pass = 0; pass < 2; ++pass) {
      for (std::size_t j = 0; j < diagonal_.size(); ++j) remove_component(j);
    }
    remainder_norm_ = euclidean_norm(remainder_);
  }
}

// Of the errors E of k products ||E|| <= 3 sqrt(k) max_j ||e_j||: the coefficients that reorthogonalization drops are
// at most ||e_i|| + ||e_j|| each, and E is symmetric.
double LanczosSubspace::product_error_growth() const { return 3.0 * std::sqrt(static_cast<double>(size())); }

double LanczosSubspace::rounding_growth() const { return static_cast<double>(size()); }

Index LanczosSubspace::start_dimension(std::size_t block) const {
  return dimension_ - static_cast<Index>(block_start(block));
}

bool LanczosSubspace::is_closed() const {
  return size() == dimension_ || (!couplings_.empty() && couplings_.back() <= rounding());
}

bool LanczosSubspace::extend(const SymmetricOperator& hessian) {
  const std::size_t last = diagonal_.size();
  if (vectors_.size() == last) vectors_.emplace_back(dimension_);
  vectors_[last].view() = remainder_.view() / remainder_norm_;
  // The product goes to a remainder that is still needed if it turns out not to be finite: v_{k+1} keeps it.
  hessian(vectors_[last], remainder_);
  const double product_norm = euclidean_norm(remainder_);
  if (!std::isfinite(product_norm)) {
    remainder_.view() = remainder_norm_ * vectors_[last].view();
    return false;
  }
  product_norm_ = std::max(product_norm_, product_norm);

  double alpha = 0.0;
  double excess = 0.0;
  for (std::size_t j = 0; j <= last; ++j) {
    const double coefficient = remove_component(j);
    if (j == last) {
      alpha = coefficient;
    } else if (j >= locked_) {
      // For a symmetric operator this is the coupling next to the diagonal and 0 elsewhere.
      excess = std::hypot(excess, coefficient - (j + 1 == last ? last_coupling() : 0.0));
    }
  }
  for (std::size_t j = 0; j <= last; ++j) remove_component(j);
  asymmetry_ = std::max(asymmetry_, excess);
  remainder_norm_ = euclidean_norm(remainder_);
  append_row(alpha, remainder_norm_);
  return true;
}

bool LanczosSubspace::append(Oracle& oracle, ConstVectorView x, ConstVectorView direction, double least_share) {
  const std::size_t last = diagonal_.size();
  if (vectors_.size() == last) vectors_.emplace_back(dimension_);
  const double whole = euclidean_norm(direction);
  remainder_.view() = direction;
  for (int pass = 0; pass < 2; ++pass) {
    for (std::size_t j = 0; j < last; ++j) remove_component(j);
  }
  const double outside = euclidean_norm(remainder_.view());
  if (!(outside > least_share * whole)) return true;
  vectors_[last].view() = remainder_.view() / outside;
  oracle.hessian_vector_product(x, vectors_[last].view(), remainder_.view());
  const double product_norm = euclidean_norm(remainder_.view());
  if (!std::isfinite(product_norm)) return false;
  product_norm_ = std::max(product_norm_, product_norm);
  diagonal_.push_back(vectors_[last].view().dot(remainder_.view()));
  double coupling = vectors_[last - 1].view().dot(remainder_.view());
  if (coupling < 0.0) {
    coupling = -coupling;
    vectors_[last].view() *= -1.0;
  }
  couplings_.back() = coupling;
  for (std::size_t j = 0; j <= last; ++j) remove_component(j);
  couplings_.push_back(euclidean_norm(remainder_.view()));
  return true;
}

void LanczosSubspace::compress(std::span<const double> combinations, std::span<const double> diagonal,
                               std::span<const double> couplings, double closing, std::size_t locked) {
  const std::size_t old_size = diagonal_.size();
  const std::size_t new_size = diagonal.size();
  // A few rows at a time: the combinations of these overwrite them.
  constexpr Index rows_at_once = 64;
  std::vector<double> rows(old_size * rows_at_once);
  for (Index first = 0; first < dimension_; first += rows_at_once) {
    const Index count = std::min(rows_at_once, dimension_ - first);
    for (std::size_t j = 0; j < old_size; ++j) {
      VectorView(rows.data() + j * rows_at_once, count) = vectors_[j].view().segment(first, count);
    }
    for (std::size_t i = 0; i < new_size; ++i) {
      VectorView target(vectors_[i].data() + first, count);
      target.setZero();
      for (std::size_t j = 0; j < old_size; ++j) {
        target += combinations[i * old_size + j] * ConstVectorView(rows.data() + j * rows_at_once, count);
      }
    }
  }
  const double product_norm = product_norm_;
  const double asymmetry = asymmetry_;
  clear();
  product_norm_ = product_norm;
  asymmetry_ = asymmetry;
  open_block();
  for (std::size_t i = 0; i < new_size; ++i) append_row(diagonal[i], i + 1 < new_size ? couplings[i] : closing);
  locked_ = locked;
}

double LanczosSubspace::remove_component(std::size_t j) {
  const double coefficient = vectors_[j].view().dot(remainder_.view());
  remainder_.view() -= coefficient * vectors_[j].view();
  return coefficient;
}

void LanczosSubspace::combine(std::span<const double> coefficients, VectorView result) const {
  result.setZero();
  for (std::size_t j = 0; j < coefficients.size(); ++j) result += coefficients[j] * vectors_[j].view();
}

Index LanczosSubspace::combine_again(const SymmetricOperator&, std::span<const double> coefficients,
                                     VectorView result) {
  combine(coefficients, result);
  return 0;
}

void LanczosSubspace::project(ConstVectorView vector, std::span<double> coefficients) const {
  for (std::size_t j = 0; j < coefficients.size(); ++j) coefficients[j] = vectors_[j].view().dot(vector);
}

void LanczosSubspace::save(StateWriter& writer) const {
  writer.write(static_cast<std::uint64_t>(diagonal_.size()));
  for (std::size_t j = 0; j < diagonal_.size(); ++j) writer.write(vectors_[j].view());
  writer.write(ConstVectorView(diagonal_));
  writer.write(ConstVectorView(couplings_));
  writer.write(product_norm_);
}

void LanczosSubspace::load(StateReader& reader) {
  std::uint64_t count = 0;
  reader.read(count);
  if (count > static_cast<std::uint64_t>(dimension_)) {
    throw std::invalid_argument("LanczosSubspace: a saved basis must have at most " + std::to_string(dimension_) +
                                " vectors, got " + std::to_string(count));
  }
  const auto size = static_cast<std::size_t>(count);
  clear();
  open_block();
  while (vectors_.size() < size) vectors_.emplace_back(dimension_);
  diagonal_.resize(size);
  couplings_.resize(size);
  for (std::size_t j = 0; j < size; ++j) reader.read(vectors_[j].view());
  reader.read(VectorView(diagonal_));
  reader.read(VectorView(couplings_));
  reader.read(product_norm_);
}

}  // namespace perigee
