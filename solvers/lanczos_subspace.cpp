#include <perigee/solvers/lanczos_subspace.hpp>

#include <perigee/lib/state.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace perigee {

namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

bool is_positive_definite(const TridiagonalMatrix& matrix, double shift) {
  double pivot = 1.0;
  for (std::size_t j = 0; j < matrix.diagonal.size(); ++j) {
    const double coupling = j == 0 ? 0.0 : matrix.couplings[j - 1];
    pivot = matrix.diagonal[j] + shift - coupling * (coupling / pivot);
    if (!(pivot > 0.0)) return false;
  }
  return true;
}

double largest_element(const TridiagonalMatrix& matrix) {
  double largest = 0.0;
  for (std::size_t j = 0; j < matrix.diagonal.size(); ++j) {
    largest = std::max(largest, std::abs(matrix.diagonal[j]));
    if (j > 0) largest = std::max(largest, matrix.couplings[j - 1]);
  }
  return largest;
}

double norm(std::span<const double> y) { return euclidean_norm({y.data(), static_cast<Index>(y.size())}); }

}  // namespace

LanczosSubspace::LanczosSubspace(Index dimension) : dimension_(dimension), remainder_(dimension) {}

void LanczosSubspace::start(ConstVectorView direction, double norm) {
  diagonal_.clear();
  couplings_.clear();
  product_norm_ = asymmetry_ = 0.0;
  if (vectors_.empty()) vectors_.emplace_back(dimension_);
  vectors_.front().view() = direction / norm;
}

double LanczosSubspace::rounding() const {
  return product_norm_ * (1e-13 + 10.0 * static_cast<double>(size()) * epsilon);
}

bool LanczosSubspace::is_closed() const {
  return size() == dimension_ || (!couplings_.empty() && couplings_.back() <= rounding());
}

bool LanczosSubspace::extend(Oracle& oracle, ConstVectorView x) {
  const std::size_t last = diagonal_.size();
  if (last > 0) {
    if (vectors_.size() == last) vectors_.emplace_back(dimension_);
    vectors_[last].view() = remainder_.view() / couplings_.back();
  }
  // The product goes to a remainder that is still needed if it turns out not to be finite: v_{k+1} keeps it.
  oracle.hessian_vector_product(x, vectors_[last].view(), remainder_.view());
  const double product_norm = euclidean_norm(remainder_.view());
  if (!std::isfinite(product_norm)) {
    if (last > 0) remainder_.view() = couplings_.back() * vectors_[last].view();
    return false;
  }
  product_norm_ = std::max(product_norm_, product_norm);

  double alpha = 0.0;
  double excess = 0.0;
  for (std::size_t j = 0; j <= last; ++j) {
    const double coefficient = remove_component(j);
    if (j == last) {
      alpha = coefficient;
    } else {
      // For a symmetric operator this is the coupling next to the diagonal and 0 elsewhere.
      excess = std::hypot(excess, coefficient - (j + 1 == last ? couplings_.back() : 0.0));
    }
  }
  for (std::size_t j = 0; j <= last; ++j) remove_component(j);
  asymmetry_ = std::max(asymmetry_, excess);
  diagonal_.push_back(alpha);
  couplings_.push_back(euclidean_norm(remainder_.view()));
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

double LanczosSubspace::remove_component(std::size_t j) {
  const double coefficient = vectors_[j].view().dot(remainder_.view());
  remainder_.view() -= coefficient * vectors_[j].view();
  return coefficient;
}

void LanczosSubspace::combine(std::span<const double> coefficients, VectorView result) const {
  result.setZero();
  for (std::size_t j = 0; j < coefficients.size(); ++j) result += coefficients[j] * vectors_[j].view();
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
  while (vectors_.size() < size) vectors_.emplace_back(dimension_);
  diagonal_.resize(size);
  couplings_.resize(size);
  for (std::size_t j = 0; j < size; ++j) reader.read(vectors_[j].view());
  reader.read(VectorView(diagonal_));
  reader.read(VectorView(couplings_));
  reader.read(product_norm_);
}

bool TridiagonalFactor::factor(const TridiagonalMatrix& matrix, double shift) {
  const std::size_t k = matrix.diagonal.size();
  pivots_.resize(k);
  factors_.resize(k);
  for (std::size_t j = 0; j < k; ++j) {
    const double coupling = j == 0 ? 0.0 : matrix.couplings[j - 1];
    if (j > 0) factors_[j - 1] = coupling / pivots_[j - 1];
    pivots_[j] = matrix.diagonal[j] + shift - (j == 0 ? 0.0 : coupling * factors_[j - 1]);
    if (!(pivots_[j] > 0.0)) return false;
  }
  return true;
}

void TridiagonalFactor::solve(std::span<double> y) const {
  for (std::size_t j = 1; j < y.size(); ++j) y[j] -= factors_[j - 1] * y[j - 1];
  for (std::size_t j = 0; j < y.size(); ++j) y[j] /= pivots_[j];
  for (std::size_t j = y.size() - 1; j > 0; --j) y[j - 1] -= factors_[j - 1] * y[j];
}

double TridiagonalFactor::inverse_form(std::span<const double> y) const {
  double element = 0.0;
  double sum = 0.0;
  for (std::size_t j = 0; j < y.size(); ++j) {
    element = y[j] - (j == 0 ? 0.0 : factors_[j - 1] * element);
    sum += element * (element / pivots_[j]);
  }
  return sum;
}

double smallest_eigenvalue(const TridiagonalMatrix& matrix) {
  // Gershgorin's discs from below, the smallest diagonal element (a Rayleigh quotient) from above.
  double low = std::numeric_limits<double>::infinity();
  double high = low;
  const std::size_t k = matrix.diagonal.size();
  for (std::size_t j = 0; j < k; ++j) {
    const double radius = (j > 0 ? matrix.couplings[j - 1] : 0.0) + (j + 1 < k ? matrix.couplings[j] : 0.0);
    low = std::min(low, matrix.diagonal[j] - radius);
    high = std::min(high, matrix.diagonal[j]);
  }
  const double resolution = 0.25 * epsilon * largest_element(matrix);
  while (high - low > resolution) {
    const double middle = low + 0.5 * (high - low);
    if (middle <= low || middle >= high) break;
    (is_positive_definite(matrix, -middle) ? low : high) = middle;
  }
  return high;
}

void smallest_eigenvector(const TridiagonalMatrix& matrix, double value, TridiagonalFactor& factor,
                          std::span<double> vector) {
  for (std::size_t j = 0; j < vector.size(); ++j) vector[j] = j % 2 == 0 ? 1.0 : -1.0;
  double offset = 4.0 * epsilon * largest_element(matrix);
  bool is_factored = offset > 0.0 && factor.factor(matrix, offset - value);
  for (int widening = 0; !is_factored && offset > 0.0 && widening < 20; ++widening) {
    offset *= 4.0;
    is_factored = factor.factor(matrix, offset - value);
  }
  // Each solution is dominated by the eigenvalues within a few offsets of the smallest; three leave nothing else.
  for (int iteration = 0; iteration < 3 && is_factored; ++iteration) {
    factor.solve(vector);
    const double length = norm(vector);
    for (double& element : vector) element /= length;
  }
  const double length = norm(vector);
  for (double& element : vector) element /= length;
}

}  // namespace perigee
