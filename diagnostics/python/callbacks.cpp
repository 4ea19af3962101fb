#include <perigee/diagnostics/python/callbacks.hpp>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace perigee::python {

namespace {

std::string shape_text(const py::array& array) {
  std::string text = "(";
  for (py::ssize_t i = 0; i < array.ndim(); ++i) text += (i > 0 ? ", " : "") + std::to_string(array.shape(i));
  return text + (array.ndim() == 1 ? ",)" : ")");
}

void forbid_writing(py::array& array) {
  py::detail::array_proxy(array.ptr())->flags &= ~py::detail::npy_api::NPY_ARRAY_WRITEABLE_;
}

// An array over memory that is ours for the length of one call.
class Lent {
 public:
  Lent(ConstVectorView x, const char* name) : Lent(const_cast<double*>(x.data()), x.size(), name) {
    forbid_writing(array_);
  }
  Lent(VectorView x, const char* name) : Lent(x.data(), x.size(), name) {}

  const py::array& array() const { return array_; }

  /// To be called when the call is over and its result is gone.
  void take_back() {
    if (Py_REFCNT(array_.ptr()) == 1) return;
    give_memory_of_its_own();
    throw py::value_error(std::string("the callable kept a reference to ") + name_ +
                          ", whose memory changes with the next call: keep " + name_ + ".copy() instead");
  }

 private:
  // The base only says that the memory belongs to somebody else.
  Lent(double* data, Index length, const char* name) : name_(name), array_(length, data, py::none()) {}

  // Whoever holds this very array, and does not end with the exception, must not read what is gone.
  void give_memory_of_its_own() {
    auto* const array = py::detail::array_proxy(array_.ptr());
    const auto length = static_cast<std::size_t>(array_.size());
    auto copy = std::make_unique<double[]>(std::max<std::size_t>(length, 1));
    if (length > 0) std::memcpy(copy.get(), array->data, length * sizeof(double));
    py::capsule owner(copy.get(), [](void* memory) { delete[] static_cast<double*>(memory); });
    array->data = reinterpret_cast<char*>(copy.release());
    Py_XDECREF(array->base);
    array->base = owner.release().ptr();
  }

  const char* name_;
  py::array_t<double> array_;
};

double number_of(const py::handle& result, const char* who) {
  const double value = PyFloat_AsDouble(result.ptr());
  if (value == -1.0 && PyErr_Occurred() != nullptr) {
    PyErr_Clear();
    throw py::type_error(std::string(who) + " must return a number, got " + std::string(py::str(py::type::of(result))));
  }
  return value;
}

void copy_vector(const py::handle& result, const char* who, VectorView to) {
  const Array array = Array::ensure(result);
  if (!array) {
    PyErr_Clear();
    throw py::type_error(std::string(who) + " must be an array of numbers, got " +
                         std::string(py::str(py::type::of(result))));
  }
  if (array.ndim() != 1 || array.shape(0) != to.size()) {
    throw py::value_error(std::string(who) + " must have shape (" + std::to_string(to.size()) + ",), got " +
                          shape_text(array));
  }
  to = ConstVectorView(array.data(), to.size());
}

class PythonObjective final : public Objective {
 public:
  PythonObjective(Index dimension, Callables callables) : dimension_(dimension), callables_(std::move(callables)) {}

  ~PythonObjective() override {
    if (Py_IsInitialized() == 0) {  // the callables went with the interpreter
      for (py::object* callable : {&callables_.value_and_gradient, &callables_.value_and_gradient_into,
                                   &callables_.value, &callables_.hessian_vector_product}) {
        (void)callable->release();
      }
      return;
    }
    const py::gil_scoped_acquire held;
    callables_ = {};
  }

  Index dimension() const override { return dimension_; }

  double value(ConstVectorView x) const override {
    const py::gil_scoped_acquire held;
    if (callables_.value.is_none()) return Objective::value(x);
    Lent point(x, "x");
    const double value = number_of(callables_.value(point.array()), "value");
    point.take_back();
    return value;
  }

  double value_and_gradient(ConstVectorView x, VectorView gradient) const override {
    const py::gil_scoped_acquire held;
    Lent point(x, "x");
    const double value =
        callables_.value_and_gradient_into.is_none() ? by_result(point, gradient) : by_writing(point, gradient);
    point.take_back();
    return value;
  }

  void hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const override {
    const py::gil_scoped_acquire held;
    if (callables_.hessian_vector_product.is_none()) return Objective::hessian_vector_product(x, v, product);
    Lent point(x, "x");
    Lent direction(v, "v");
    copy_vector(callables_.hessian_vector_product(point.array(), direction.array()),
                "the result of hessian_vector_product", product);
    point.take_back();
    direction.take_back();
  }

  bool has_exact_hessian_vector_product() const override { return !callables_.hessian_vector_product.is_none(); }

 private:
  double by_result(const Lent& point, VectorView gradient) const {
    const py::object result = callables_.value_and_gradient(point.array());
    if (!py::isinstance<py::tuple>(result) || py::len(result) != 2) {
      throw py::type_error("value_and_gradient must return a pair (value, gradient), got " +
                           std::string(py::str(py::type::of(result))));
    }
    const py::tuple pair = py::reinterpret_borrow<py::tuple>(result);
    copy_vector(pair[1], "the gradient of value_and_gradient", gradient);
    return number_of(pair[0], "the value of value_and_gradient");
  }

  double by_writing(const Lent& point, VectorView gradient) const {
    Lent written(gradient, "gradient");
    const double value =
        number_of(callables_.value_and_gradient_into(point.array(), written.array()), "value_and_gradient_into");
    written.take_back();
    return value;
  }

  Index dimension_;
  Callables callables_;
};

}  // namespace

ConstVectorView view_of(const Array& array, const char* who, Index length) {
  if (array.ndim() != 1) {
    throw std::invalid_argument(std::string(who) + ": must have one axis, got shape " + shape_text(array));
  }
  if (length >= 0 && array.shape(0) != length) {
    throw std::invalid_argument(std::string(who) + ": must have length " + std::to_string(length) + ", got " +
                                std::to_string(array.shape(0)));
  }
  return {array.data(), array.shape(0)};
}

py::array array_over(const double* data, Index length, const py::handle& owner, Index stride) {
  py::array array(py::dtype::of<double>(), {length}, {stride}, data, owner);
  forbid_writing(array);
  return array;
}

std::shared_ptr<const Objective> make_objective(Index dimension, Callables callables) {
  if (dimension < 0) {
    throw std::invalid_argument("Objective: dimension must be >= 0, got " + std::to_string(dimension));
  }
  for (const py::object* callable : {&callables.value_and_gradient, &callables.value_and_gradient_into,
                                     &callables.value, &callables.hessian_vector_product}) {
    if (callable->is_none() || PyCallable_Check(callable->ptr()) != 0) continue;
    throw py::type_error("Objective: must be callable, got " + std::string(py::str(py::type::of(*callable))));
  }
  if (callables.value_and_gradient.is_none() == callables.value_and_gradient_into.is_none()) {
    throw std::invalid_argument(
        "Objective: exactly one of value_and_gradient and value_and_gradient_into must be given");
  }
  return std::make_shared<PythonObjective>(dimension, std::move(callables));
}

void Interruption::ask() {
  const py::gil_scoped_acquire held;
  if (PyErr_CheckSignals() != 0) throw py::error_already_set();
}

}  // namespace perigee::python
