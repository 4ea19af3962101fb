// The extension module perigee._core; perigee/__init__.py is what people import.
#include <perigee/diagnostics/python/bindings.hpp>

#include <perigee/diagnostics/readers/reader.hpp>
#include <perigee/diagnostics/store.hpp>
#include <perigee/lib/version.hpp>

PYBIND11_MODULE(_core, module) {
  namespace py = pybind11;
  module.doc() = "The compiled part of perigee.";
  module.attr("__version__") = perigee::version();
  // std::invalid_argument becomes ValueError by itself.
  py::register_exception<perigee::StoreError>(module, "StoreError", PyExc_OSError);
  py::register_exception<perigee::ReadError>(module, "ReadError", PyExc_ValueError);
  perigee::python::bind_problems(module);
  perigee::python::bind_runs(module);
  perigee::python::bind_recorder(module);
  perigee::python::bind_diagnoses(module);
}
