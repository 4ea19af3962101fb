// Objectives made of Python callables, and what every call into Python needs.
//
// A callable sees x as a NumPy array over the solver's own memory: nothing is copied. That memory is the solver's again
// when the call returns, so an array that the callable kept (in a list, in a closure) is an error that says so; keep
// x.copy() instead. The interpreter's lock is held during a callable and at no other time.
#ifndef PERIGEE_DIAGNOSTICS_PYTHON_CALLBACKS_HPP
#define PERIGEE_DIAGNOSTICS_PYTHON_CALLBACKS_HPP

#include <perigee/lib/objective.hpp>

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <chrono>
#include <memory>
#include <string>

namespace perigee::python {

namespace py = pybind11;

/// What is passed to NumPy as contiguous doubles; other arrays and lists are converted, right ones are not copied.
using Array = py::array_t<double, py::array::c_style | py::array::forcecast>;

/// The view of an array with one axis. Throws std::invalid_argument "who: ..." if it has another number of axes or,
/// where `length` is not negative, another length.
ConstVectorView view_of(const Array& array, const char* who, Index length = -1);

/// An array over memory that `owner` keeps alive; cannot be written to. `stride`: bytes from one number to the next.
py::array array_over(const double* data, Index length, const py::handle& owner, Index stride = sizeof(double));

/// f and its derivatives by callables:
///
///     value_and_gradient(x) -> (float, array of shape (n,))     or, in its place,
///     value_and_gradient_into(x, gradient) -> float             which writes all of `gradient`
///     value(x) -> float                                         optional
///     hessian_vector_product(x, v) -> array of shape (n,)       optional
///
/// May be called from any thread. Exceptions of a callable pass through. Throws py::value_error where a callable
/// returns something else, or kept an argument.
struct Callables {
  py::object value_and_gradient = py::none();
  py::object value_and_gradient_into = py::none();
  py::object value = py::none();
  py::object hessian_vector_product = py::none();
};

std::shared_ptr<const Objective> make_objective(Index dimension, Callables callables);

/// Calls Python's signal handlers, 20 times a second at most: Ctrl-C becomes the exception KeyboardInterrupt, thrown
/// from `look`. To be used without the interpreter's lock.
class Interruption {
 public:
  void look() {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return;
    next_ = now + std::chrono::milliseconds(50);
    ask();
  }

 private:
  static void ask();
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace perigee::python

#endif
