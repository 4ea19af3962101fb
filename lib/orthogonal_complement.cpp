#include <perigee/lib/oracle.hpp>
#include <perigee/lib/orthogonal_complement.hpp>

#include <cmath>
#include <stdexcept>
#include <string>

namespace perigee {

namespace {

void reflect(ConstVectorView unit, VectorView x) {
  const double twice = 2.0 * unit.dot(x);
  x -= twice * unit;
}

}  // namespace

OrthogonalComplement::OrthogonalComplement(Index n, std::span<const Vector> directions, const char* who) : n_(n) {
  const auto refuse = [&](const std::string& rule) { throw std::invalid_argument(std::string(who) + ": " + rule); };
  for (const Vector& direction : directions) {
    if (direction.size() != n) {
      refuse("null directions have length " + std::to_string(n) + ", got " + std::to_string(direction.size()));
    }
    Vector rest(direction);
    const double whole = euclidean_norm(rest);
    if (!std::isfinite(whole)) refuse("null directions are finite, got one that is not");
    for (const Vector& unit : reflectors_) reflect(unit, rest);
    const Index row = static_cast<Index>(reflectors_.size());
    rest.view().head(row).setZero();
    const double length = euclidean_norm(rest);
    if (!(length > 1e-10 * whole)) {
      refuse("null directions are linearly independent and not 0, got number " + std::to_string(row + 1) +
             " in the span of those before");
    }
    rest[row] += std::copysign(length, rest[row]);
    rest.view() /= euclidean_norm(rest);
    reflectors_.push_back(rest);
  }
}

void OrthogonalComplement::lift(ConstVectorView y, VectorView x) const {
  const Index m = n_ - y.size();
  x.head(m).setZero();
  x.tail(y.size()) = y;
  for (std::size_t j = reflectors_.size(); j > 0; --j) reflect(reflectors_[j - 1], x);
}

void OrthogonalComplement::restrict_to(VectorView x, VectorView y) const {
  for (const Vector& unit : reflectors_) reflect(unit, x);
  y = x.tail(y.size());
}

}  // namespace perigee
