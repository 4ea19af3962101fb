#include <perigee/solvers/curvature_pairs.hpp>

#include <perigee/lib/trajectory.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace perigee {

namespace {

constexpr double least_cosine = 1e-10;  // of the angle between s and y
constexpr Index block = 512;            // elements: a handful of such blocks fit the first-level cache

// Calls work(first, length) over all blocks of n elements and adds up what it returns.
template <class Work>
double sum_over_blocks(Index n, Work work) {
  double sum = 0.0;
  for (Index first = 0; first < n; first += block) sum += work(first, std::min(block, n - first));
  return sum;
}

ConstVectorView part(const double* vector, Index first, Index length) { return {vector + first, length}; }
VectorView part(double* vector, Index first, Index length) { return {vector + first, length}; }

}  // namespace

CurvaturePairs::CurvaturePairs(Index dimension, Index memory)
    : dimension_(dimension),
      memory_(memory),
      slots_(memory + 1),
      storage_(std::make_unique_for_overwrite<double[]>(static_cast<std::size_t>(2 * slots_ * dimension))),
      inverses_(static_cast<std::size_t>(slots_)),
      weights_(static_cast<std::size_t>(slots_)) {}

CurvaturePairs::Measured CurvaturePairs::update(const Evaluation& from, const Evaluation& to) {
  const Index slot = size_ == 0 ? newest_ : (newest_ + 1) % slots_;
  double* s = step(slot);
  double* y = change(slot);
  double ss = 0.0;
  double yy = 0.0;
  double along = 0.0;
  const double sy = sum_over_blocks(dimension_, [&](Index first, Index length) {
    const ConstVectorView gradient = part(to.gradient().data(), first, length);
    VectorView s_part = part(s, first, length);
    VectorView y_part = part(y, first, length);
    s_part = part(to.x().data(), first, length) - part(from.x().data(), first, length);
    y_part = gradient - part(from.gradient().data(), first, length);
    ss += s_part.squaredNorm();
    yy += y_part.squaredNorm();
    along += s_part.dot(gradient);
    return s_part.dot(y_part);
  });
  if (std::isfinite(yy) && std::isfinite(ss) && sy > least_cosine * std::sqrt(ss) * std::sqrt(yy) &&
      std::isfinite(1.0 / sy)) {
    newest_ = slot;
    size_ = std::min(size_ + 1, memory_);
    inverses_[static_cast<std::size_t>(slot)] = 1.0 / sy;
    scale_ = sy / yy;
    gradient_along_ = along;
  } else if (size_ > 0) {
    gradient_along_ = ConstVectorView(step(newest_), dimension_).dot(to.gradient());
  }
  const bool in_range = ss > 1e-280 && ss < 1e280;
  return {in_range ? std::sqrt(ss) : euclidean_norm({s, dimension_}), ss > 0.0 ? sy / ss : not_measured};
}

double CurvaturePairs::descend(const Evaluation& at, Vector& direction) {
  double* q = direction.data();
  const double* gradient = at.gradient().data();
  const auto weight = [&](Index slot) -> double& { return weights_[static_cast<std::size_t>(slot)]; };
  const auto inverse = [&](Index slot) { return inverses_[static_cast<std::size_t>(slot)]; };

  // First loop, from the newest pair to the oldest: alpha_i = s_i'q/s_i'y_i, q -= alpha_i y_i; then q *= gamma.
  double product = -gradient_along_;  // s'q of the pair at hand; q starts as -grad f
  for (Index age = 0; age < size_; ++age) {
    const Index slot = slot_of_age(age);
    const bool is_oldest = age + 1 == size_;
    const double alpha = weight(slot) = inverse(slot) * product;
    const double* y = change(slot);
    const double* next = is_oldest ? y : step(slot_of_age(age + 1));
    const double factor = is_oldest ? scale_ : 1.0;
    const double* source = age == 0 ? gradient : q;
    const double sign = age == 0 ? -factor : factor;
    product = sum_over_blocks(dimension_, [&](Index first, Index length) {
      VectorView q_part = part(q, first, length);
      q_part = sign * part(source, first, length) - factor * alpha * part(y, first, length);
      return q_part.dot(part(next, first, length));
    });
  }
  // Second loop, back to the newest: q += (alpha_i - y_i'q/s_i'y_i) s_i; the last product is the slope.
  for (Index age = size_ - 1; age >= 0; --age) {
    const Index slot = slot_of_age(age);
    const double coefficient = weight(slot) - inverse(slot) * product;
    const double* s = step(slot);
    const double* next = age == 0 ? gradient : change(slot_of_age(age - 1));
    product = sum_over_blocks(dimension_, [&](Index first, Index length) {
      VectorView q_part = part(q, first, length);
      q_part += coefficient * part(s, first, length);
      return q_part.dot(part(next, first, length));
    });
  }
  return product;
}

void CurvaturePairs::save(StateWriter& writer) const {
  writer.write(static_cast<std::int64_t>(memory_));
  writer.write(static_cast<std::int64_t>(size_));
  writer.write(scale_);
  writer.write(gradient_along_);
  for (Index age = size_ - 1; age >= 0; --age) {
    const Index slot = slot_of_age(age);
    writer.write(inverses_[static_cast<std::size_t>(slot)]);
    writer.write(ConstVectorView(step(slot), 2 * dimension_));
  }
}

void CurvaturePairs::load(StateReader& reader) {
  std::int64_t memory = 0;
  std::int64_t size = 0;
  reader.read(memory);
  reader.read(size);
  if (memory != memory_ || size < 0 || size > memory_) {
    throw std::invalid_argument("limited-memory-bfgs: the state must be of memory " + std::to_string(memory_) +
                                ", got " + std::to_string(memory));
  }
  reader.read(scale_);
  reader.read(gradient_along_);
  size_ = static_cast<Index>(size);
  newest_ = std::max<Index>(size_ - 1, 0);
  for (Index slot = 0; slot < size_; ++slot) {
    reader.read(inverses_[static_cast<std::size_t>(slot)]);
    reader.read(VectorView(step(slot), 2 * dimension_));
  }
}

}  // namespace perigee
