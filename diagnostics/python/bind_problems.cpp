// Objectives, problems and schedules.
#include <perigee/diagnostics/python/bindings.hpp>
#include <perigee/diagnostics/python/callbacks.hpp>

#include <perigee/lib/derivative_check.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/schedule.hpp>
#include <perigee/solvers/guided/all_solvers.hpp>

#include <pybind11/stl.h>

#include <stdexcept>
#include <utility>

namespace perigee::python {

namespace {

std::string text_of(const py::handle& value) {
  if (py::isinstance<Schedule>(value)) return value.cast<const Schedule&>().text();
  if (py::isinstance<py::str>(value)) return value.cast<std::string>();
  if (py::isinstance<py::int_>(value)) return py::str(value);
  if (py::isinstance<py::sequence>(value) || py::isinstance<py::array>(value)) {
    std::string text;
    for (const py::handle& element : value) text += (text.empty() ? "" : ",") + text_of(element);
    return text;
  }
  const double number = PyFloat_AsDouble(value.ptr());
  if (number == -1.0 && PyErr_Occurred() != nullptr) throw py::error_already_set();
  return format_exact(number);
}

std::string full_name(std::string name, const std::vector<ParameterDescription>& parameters) {
  if (name.ends_with('_')) name.pop_back();  // `lambda_`: Python has a use for the word itself
  std::string found;
  for (const ParameterDescription& parameter : parameters) {
    if (parameter.name == name) return name;
    if (!parameter.name.starts_with(name)) continue;
    if (!found.empty()) return name;  // several: it is reported as unknown
    found = parameter.name;
  }
  return found.empty() ? name : found;
}

py::list parameters_as_dicts(const std::vector<ParameterDescription>& parameters) {
  py::list list;
  for (const ParameterDescription& parameter : parameters) {
    const char* const kind = parameter.kind == ParameterKind::integer ? "integer"
                             : parameter.kind == ParameterKind::real  ? "real"
                                                                      : "text";
    using namespace py::literals;
    list.append(py::dict("name"_a = parameter.name, "kind"_a = kind, "default"_a = parameter.default_value,
                         "range"_a = range_text(parameter), "summary"_a = parameter.summary));
  }
  return list;
}

template <class Entries>
py::list entries_as_dicts(const Entries& entries) {
  py::list list;
  for (const auto& entry : entries) {
    using namespace py::literals;
    list.append(py::dict("name"_a = entry.name, "family"_a = entry.family, "summary"_a = entry.summary,
                         "parameters"_a = parameters_as_dicts(entry.parameters)));
  }
  return list;
}

py::dict checked_derivatives(const ObjectiveHandle& self, const Array& x, std::uint64_t seed) {
  const ConstVectorView point = view_of(x, "check_derivatives", self.objective->dimension());
  DerivativeReport report;
  {
    const py::gil_scoped_release released;
    report = check_derivatives(*self.objective, point, RandomSource(seed));
  }
  py::dict parts;
  for (const DerivativePart& part : report.parts) parts[py::str(part.name)] = std::string(name_of(part.outcome));
  using namespace py::literals;
  return py::dict("outcome"_a = std::string(name_of(report.outcome())), "parts"_a = parts, "text"_a = report.text());
}

void bind_objective(py::module_& module) {
  py::class_<ObjectiveHandle>(module, "Objective", R"(A function f: R^n -> R with its derivatives, made of callables.

x, v and gradient are NumPy arrays over the solver's own memory, valid during the call: keep x.copy(), not x.)")
      .def(py::init([](Index dimension, py::object value_and_gradient, py::object value_and_gradient_into,
                       py::object value, py::object hessian_vector_product, std::string name) {
             return ObjectiveHandle{
                 make_objective(dimension, {std::move(value_and_gradient), std::move(value_and_gradient_into),
                                            std::move(value), std::move(hessian_vector_product)}),
                 std::move(name)};
           }),
           py::arg("dimension"), py::arg("value_and_gradient") = py::none(), py::kw_only(),
           py::arg("value_and_gradient_into") = py::none(), py::arg("value") = py::none(),
           py::arg("hessian_vector_product") = py::none(), py::arg("name") = "",
           R"(value_and_gradient(x) -> (value, gradient), or in its place value_and_gradient_into(x, gradient) -> value,
which writes every element of `gradient` and saves a copy. value(x) and hessian_vector_product(x, v) -> H(x) v are
optional: without them a gradient too many is computed, and products are differences of two gradients.)")
      .def_property_readonly(
          "dimension", [](const ObjectiveHandle& self) { return self.objective->dimension(); }, "n, the length of x.")
      .def_readonly("name", &ObjectiveHandle::name, "What reports call it.")
      .def_property_readonly(
          "has_exact_hessian_vector_product",
          [](const ObjectiveHandle& self) { return self.objective->has_exact_hessian_vector_product(); },
          "False: products are differences of gradients.")
      .def(
          "value",
          [](const ObjectiveHandle& self, const Array& x) {
            const ConstVectorView point = view_of(x, "Objective.value", self.objective->dimension());
            const py::gil_scoped_release released;
            return self.objective->value(point);
          },
          py::arg("x"), "f(x).")
      .def(
          "value_and_gradient",
          [](const ObjectiveHandle& self, const Array& x) {
            const ConstVectorView point = view_of(x, "Objective.value_and_gradient", self.objective->dimension());
            py::array_t<double> gradient(point.size());
            const VectorView to(gradient.mutable_data(), point.size());
            double value = 0.0;
            {
              const py::gil_scoped_release released;
              value = self.objective->value_and_gradient(point, to);
            }
            return py::make_tuple(value, gradient);
          },
          py::arg("x"), "The pair of f(x) and grad f(x).")
      .def(
          "hessian_vector_product",
          [](const ObjectiveHandle& self, const Array& x, const Array& v) {
            const Index n = self.objective->dimension();
            const ConstVectorView point = view_of(x, "Objective.hessian_vector_product: x", n);
            const ConstVectorView direction = view_of(v, "Objective.hessian_vector_product: v", n);
            py::array_t<double> product(n);
            const VectorView to(product.mutable_data(), n);
            {
              const py::gil_scoped_release released;
              self.objective->hessian_vector_product(point, direction, to);
            }
            return product;
          },
          py::arg("x"), py::arg("v"), "H(x) v.")
      .def(
          "check_derivatives", &checked_derivatives, py::arg("x"), py::kw_only(), py::arg("seed") = 0,
          R"(Are the derivatives those of the values? By the slopes of Taylor errors at x, along five random directions:
a dict of "outcome" ("passed", "failed" or "undecided"), "parts" (likewise, by name) and "text".)")
      .def("__repr__", [](const ObjectiveHandle& self) {
        return "<perigee.Objective " + (self.name.empty() ? std::string() : "'" + self.name + "' ") + "of " +
               std::to_string(self.objective->dimension()) + " variables>";
      });
}

void bind_problem(py::module_& module) {
  const auto known = [](std::optional<double> Problem::*field) {
    return [field](const ProblemHandle& self) { return (*self.problem).*field; };
  };
  py::class_<ProblemHandle>(module, "Problem", "An objective together with what is known about it.")
      .def(py::init([](const std::string& name, const py::kwargs& arguments) {
             const problems::Entry& entry = problems::entry_named(name);
             NamedChoice choice{name, assignments_of(arguments, entry.parameters)};
             auto problem = std::make_shared<Problem>(problems::make(name, choice.assignments));
             return ProblemHandle{std::move(problem), std::move(choice)};
           }),
           py::arg("name"), "The registered problem of that name; keyword arguments are its parameters.")
      .def_property_readonly("name", [](const ProblemHandle& self) { return self.problem->name; })
      .def_property_readonly("summary", [](const ProblemHandle& self) { return self.problem->summary; })
      .def_property_readonly("why_hard", [](const ProblemHandle& self) { return self.problem->why_hard; })
      .def_property_readonly("dimension",
                             [](const ProblemHandle& self) { return self.problem->objective->dimension(); })
      .def_property_readonly("objective",
                             [](const ProblemHandle& self) {
                               return ObjectiveHandle{self.problem->objective, self.problem->name};
                             })
      .def_property_readonly("optimal_value", known(&Problem::optimal_value), "f*, or None.")
      .def_property_readonly("gradient_lipschitz", known(&Problem::gradient_lipschitz), "l, or None.")
      .def_property_readonly("hessian_lipschitz", known(&Problem::hessian_lipschitz), "rho, or None.")
      .def_property_readonly("suggested_step", known(&Problem::suggested_step), "A stable learning rate, or None.")
      .def_property_readonly(
          "starts",
          [](const py::object& self) {
            py::dict starts;
            for (const StartPoint& start : self.cast<const ProblemHandle&>().problem->starts) {
              starts[py::str(start.name)] = array_over(start.x.data(), start.x.size(), self);
            }
            return starts;
          },
          "Start points by name; the first is the default. Read-only views.")
      .def_property_readonly(
          "stationary_points",
          [](const py::object& self) {
            py::list points;
            for (const StationaryPoint& point : self.cast<const ProblemHandle&>().problem->stationary_points) {
              using namespace py::literals;
              points.append(py::dict("x"_a = array_over(point.x.data(), point.x.size(), self), "value"_a = point.value,
                                     "type"_a = std::string(name_of(point.type)), "index"_a = point.index));
            }
            return points;
          },
          "Those known: dicts of x, value, type and index.")
      .def("__repr__", [](const ProblemHandle& self) { return "<perigee.Problem " + text_of(self.choice) + ">"; });
}

void bind_schedule(py::module_& module) {
  py::class_<Schedule>(module, "Schedule", "A learning rate as a function of the iteration.")
      .def(py::init(&schedules::parse), py::arg("text"),
           "From text: a number, or name(key=value, ...), as in cosine(initial=0.1, final=0, iterations=500).")
      .def(
          "__call__", [](const Schedule& self, Index k) { return self(k, ConstVectorView(nullptr, 0)); },
          py::arg("iteration"), "The rate of the step from this iteration.")
      .def("__str__", &Schedule::text)
      .def("__repr__", [](const Schedule& self) { return "<perigee.Schedule " + self.text() + ">"; });
  py::module_ of = module.def_submodule("schedules", "The learning-rate schedules of the literature.");
  of.def("constant", &schedules::constant, py::arg("initial"), "a0");
  of.def("step_decay", &schedules::step_decay, py::arg("initial"), py::arg("factor"), py::arg("interval"),
         "a0 factor^floor(k / interval), factor in (0, 1]");
  of.def("exponential", &schedules::exponential, py::arg("initial"), py::arg("decay"), "a0 exp(-decay k)");
  of.def("inverse_time", &schedules::inverse_time, py::arg("initial"), py::arg("decay"), "a0 / (1 + decay k)");
  of.def("cosine", &schedules::cosine, py::arg("initial"), py::arg("final"), py::arg("iterations"),
         "Half a cosine from initial to final");
  of.def("warm_up_cosine", &schedules::warm_up_cosine, py::arg("initial"), py::arg("final"), py::arg("warm_up"),
         py::arg("iterations"), "A linear rise over warm_up iterations, then half a cosine");
  of.def("robbins_monro", &schedules::robbins_monro, py::arg("initial"), py::arg("offset"), "a0 / (k + offset)");
  of.def("logarithmic", &schedules::logarithmic, py::arg("scale"), py::arg("offset"), "scale / ln(k + offset)");
  of.def("iterated_logarithmic", &schedules::iterated_logarithmic, py::arg("scale"), py::arg("offset"),
         "scale / ln ln(k + offset)");
}

}  // namespace

Parameters::Assignments assignments_of(const py::kwargs& arguments,
                                       const std::vector<ParameterDescription>& parameters) {
  Parameters::Assignments assignments;
  for (const auto& [key, value] : arguments) {
    if (value.is_none()) continue;
    assignments.emplace_back(full_name(key.cast<std::string>(), parameters), text_of(value));
  }
  return assignments;
}

void bind_problems(py::module_& module) {
  bind_objective(module);
  bind_problem(module);
  bind_schedule(module);
  module.def("problem_entries", [] { return entries_as_dicts(problems::registry()); });
  module.def("solver_entries", [] { return entries_as_dicts(all_solvers::registry()); });
}

}  // namespace perigee::python
