// Vectors that may cross the boundary between the compiled library and its user.
//
// An owning Eigen object may not: Eigen allocates differently under different -march, and the user's
// flags are not the library's. So Perigee passes views (a pointer and a length, usable as Eigen
// expressions) and keeps its own storage (`Vector`).
#ifndef PERIGEE_LIB_VECTOR_HPP
#define PERIGEE_LIB_VECTOR_HPP

#include <Eigen/Core>
#include <cstddef>
#include <initializer_list>
#include <vector>

namespace perigee {

using Index = Eigen::Index;

namespace detail {
// Contiguous doubles: std::vector, std::array, std::span, Vector, or an Eigen vector with inner stride 1.
template <class Range>
concept ContiguousDoubles = requires(Range& range) {
  { range.data() } -> std::convertible_to<const double*>;
  range.size();
};
template <class Range>
concept WritableDoubles = ContiguousDoubles<Range> && requires(Range& range) {
  { range.data() } -> std::convertible_to<double*>;
};
}  // namespace detail

/// A read-only view of n doubles that is also an Eigen column-vector expression.
/// The viewed storage must outlive the view. Assigning to a view is not possible.
class ConstVectorView : public Eigen::Map<const Eigen::VectorXd> {
 public:
  using Base = Eigen::Map<const Eigen::VectorXd>;
  ConstVectorView(const double* data, Index size) : Base(data, size) {}
  /// Only for the length of a call: f.value({1.0, 2.0}).
  ConstVectorView(std::initializer_list<double> values) : Base(values.begin(), static_cast<Index>(values.size())) {}
  template <detail::ContiguousDoubles Range>
  ConstVectorView(const Range& range) : Base(range.data(), static_cast<Index>(range.size())) {}
};

/// A writable view of n doubles that is also an Eigen column-vector expression.
/// Assignment copies elements into the viewed storage; lengths must agree.
class VectorView : public Eigen::Map<Eigen::VectorXd> {
 public:
  using Base = Eigen::Map<Eigen::VectorXd>;
  VectorView(double* data, Index size) : Base(data, size) {}
  template <detail::WritableDoubles Range>
  VectorView(Range&& range) : Base(range.data(), static_cast<Index>(range.size())) {}
  VectorView(const VectorView&) = default;
  using Base::operator=;
  VectorView& operator=(const VectorView& other) {
    Base::operator=(other);
    return *this;
  }
};

/// n owned doubles. Safe across compiled boundaries; use `view()` for arithmetic.
class Vector {
 public:
  Vector() = default;
  explicit Vector(Index size) : values_(static_cast<std::size_t>(size), 0.0) {}
  Vector(std::initializer_list<double> values) : values_(values) {}
  Vector(ConstVectorView values) : values_(values.data(), values.data() + values.size()) {}

  Index size() const { return static_cast<Index>(values_.size()); }
  bool empty() const { return values_.empty(); }
  double* data() { return values_.data(); }
  const double* data() const { return values_.data(); }
  double& operator[](Index i) { return values_[static_cast<std::size_t>(i)]; }
  double operator[](Index i) const { return values_[static_cast<std::size_t>(i)]; }
  auto begin() const { return values_.begin(); }
  auto end() const { return values_.end(); }

  VectorView view() { return {data(), size()}; }
  ConstVectorView view() const { return {data(), size()}; }
  bool operator==(const Vector&) const = default;

 private:
  std::vector<double> values_;
};

}  // namespace perigee

#endif
