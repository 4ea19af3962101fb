// Reverse differentiation: arithmetic that writes down what it does, so that one sweep backwards gives the derivatives
// by all variables at once, at a small multiple of the cost of the function (Griewank and Walther 2008, section 3.2).
//
// With Scalar = double the sweep gives a gradient; with Scalar = Dual, started at x + v e, the derivative parts of the
// same sweep are H(x) v, forward over reverse. Both are exact up to rounding.
#ifndef PERIGEE_LIB_PROBLEMS_TAPE_HPP
#define PERIGEE_LIB_PROBLEMS_TAPE_HPP

#include <perigee/lib/dual.hpp>
#include <perigee/lib/vector.hpp>

#include <array>
#include <cmath>
#include <vector>

namespace perigee::problems {

/// The operations of one evaluation in their order, each with its derivatives by its one or two operands.
template <class Scalar>
class Tape {
 public:
  static constexpr Index constant = -1;  // the place of what depends on no variable

  struct Operation {
    std::array<Index, 2> operands;   // places, or `constant`
    std::array<Scalar, 2> partials;  // d result / d operand
    Scalar adjoint = Scalar(0.0);    // d f / d result, while sweeping
  };

  void reserve(Index operations) { operations_.reserve(static_cast<std::size_t>(operations)); }

  /// Writes an operation down; returns its place. A variable is an operation without operands.
  Index write(Index first = constant, Scalar first_partial = Scalar(0.0), Index second = constant,
              Scalar second_partial = Scalar(0.0)) {
    operations_.push_back({{first, second}, {first_partial, second_partial}});
    return static_cast<Index>(operations_.size()) - 1;
  }

  Scalar& adjoint(Index place) { return operations_[static_cast<std::size_t>(place)].adjoint; }

  /// Passes the adjoints set so far back to everything they depend on. Where nothing arrives nothing is passed on, so
  /// that an infinite partial of an unused operation does no harm.
  void sweep() {
    for (auto operation = operations_.rbegin(); operation != operations_.rend(); ++operation) {
      if (is_zero(operation->adjoint)) continue;
      for (std::size_t k = 0; k < 2; ++k) {
        if (operation->operands[k] != constant) {
          adjoint(operation->operands[k]) += operation->partials[k] * operation->adjoint;
        }
      }
    }
  }

 private:
  static bool is_zero(double x) { return x == 0.0; }
  static bool is_zero(const Dual& x) { return x.value == 0.0 && x.derivative == 0.0; }

  std::vector<Operation> operations_;
};

/// A number on a tape, or a constant beside it.
template <class Scalar>
class Variable {
 public:
  Variable(double constant) : value_(constant) {}
  Variable(Tape<Scalar>& tape, Scalar value) : Variable(&tape, value, tape.write()) {}

  const Scalar& value() const { return value_; }
  Index place() const { return place_; }

  Variable& operator+=(const Variable& other) { return *this = *this + other; }
  Variable& operator-=(const Variable& other) { return *this = *this - other; }
  Variable& operator*=(const Variable& other) { return *this = *this * other; }

  friend Variable operator-(const Variable& x) { return unary(x, -x.value_, Scalar(-1.0)); }
  friend Variable operator+(const Variable& x, const Variable& y) {
    return binary(x, y, x.value_ + y.value_, Scalar(1.0), Scalar(1.0));
  }
  friend Variable operator-(const Variable& x, const Variable& y) {
    return binary(x, y, x.value_ - y.value_, Scalar(1.0), Scalar(-1.0));
  }
  friend Variable operator*(const Variable& x, const Variable& y) {
    return binary(x, y, x.value_ * y.value_, y.value_, x.value_);
  }
  friend Variable operator/(const Variable& x, const Variable& y) {
    const Scalar quotient = x.value_ / y.value_;
    return binary(x, y, quotient, Scalar(1.0) / y.value_, -quotient / y.value_);
  }
  // Order is that of the values: a branch on x < y takes the branch that double takes.
  friend bool operator<(const Variable& x, const Variable& y) { return x.value_ < y.value_; }

  friend Variable exp(const Variable& x) {
    using std::exp;
    const Scalar value = exp(x.value_);
    return unary(x, value, value);
  }
  friend Variable sqrt(const Variable& x) {
    using std::sqrt;
    const Scalar value = sqrt(x.value_);
    return unary(x, value, 0.5 / value);
  }
  friend Variable sin(const Variable& x) {
    using std::cos, std::sin;
    return unary(x, sin(x.value_), cos(x.value_));
  }
  friend Variable cos(const Variable& x) {
    using std::cos, std::sin;
    return unary(x, cos(x.value_), -sin(x.value_));
  }
  /// At 0 the derivative of the right-hand side.
  friend Variable abs(const Variable& x) { return x.value_ < Scalar(0.0) ? -x : x; }
  friend Variable atan2(const Variable& y, const Variable& x) {
    using std::atan2;
    const Scalar square = x.value_ * x.value_ + y.value_ * y.value_;
    return binary(y, x, atan2(y.value_, x.value_), x.value_ / square, -y.value_ / square);
  }
  /// x^y for x >= 0; the derivative by y is 0 where x = 0.
  friend Variable pow(const Variable& x, const Variable& y) {
    using std::log, std::pow;
    const Scalar value = pow(x.value_, y.value_);
    const Scalar by_exponent = x.value_ == Scalar(0.0) ? Scalar(0.0) : log(x.value_) * value;
    return binary(x, y, value, y.value_ * pow(x.value_, y.value_ - 1.0), by_exponent);
  }

 private:
  Variable(Tape<Scalar>* tape, Scalar value, Index place) : value_(value), place_(place), tape_(tape) {}

  static Variable unary(const Variable& x, const Scalar& value, const Scalar& partial) {
    if (x.tape_ == nullptr) return {nullptr, value, Tape<Scalar>::constant};
    return {x.tape_, value, x.tape_->write(x.place_, partial)};
  }
  static Variable binary(const Variable& x, const Variable& y, const Scalar& value, const Scalar& x_partial,
                         const Scalar& y_partial) {
    Tape<Scalar>* tape = x.tape_ != nullptr ? x.tape_ : y.tape_;
    if (tape == nullptr) return {nullptr, value, Tape<Scalar>::constant};
    return {tape, value, tape->write(x.place_, x_partial, y.place_, y_partial)};
  }

  Scalar value_;
  Index place_ = Tape<Scalar>::constant;
  Tape<Scalar>* tape_ = nullptr;
};

}  // namespace perigee::problems

#endif
