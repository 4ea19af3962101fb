// Solvers, runs and what was recorded of them.
#include <perigee/diagnostics/python/bindings.hpp>
#include <perigee/diagnostics/python/callbacks.hpp>

#include <perigee/lib/recorder.hpp>
#include <perigee/solvers/guided/all_solvers.hpp>

#include <pybind11/stl.h>

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <utility>

namespace perigee::python {

namespace {

// --- what was recorded ----------------------------------------------------------------------------------------------

struct Field {
  const char* name;
  const char* format;
  std::size_t offset;
  const char* meaning;
};

constexpr std::size_t counts = offsetof(StepRecord, counts);
constexpr Field fields[] = {
    {"iteration", "i8", offsetof(StepRecord, iteration), "k; 0 is the start."},
    {"kind", "u4", offsetof(StepRecord, kind), "0 initial, 1 step, 2 perturbation, 3 jump."},
    {"batch_size", "u4", offsetof(StepRecord, batch_size), "Terms in the gradient; 0: the whole objective."},
    {"value", "f8", offsetof(StepRecord, value), "f(x_k)."},
    {"gradient_norm", "f8", offsetof(StepRecord, gradient_norm), "||grad f(x_k)||_2."},
    {"step_norm", "f8", offsetof(StepRecord, step_norm), "||x_k - x_{k-1}||_2."},
    {"step_size", "f8", offsetof(StepRecord, step_size), "The learning rate of the step."},
    {"curvature", "f8", offsetof(StepRecord, curvature), "Along the step."},
    {"values", "u8", counts + offsetof(OracleCounts, values), "Evaluations of f alone so far."},
    {"gradients", "u8", counts + offsetof(OracleCounts, gradients), "Evaluations of f and its gradient so far."},
    {"hessian_vector_products", "u8", counts + offsetof(OracleCounts, hessian_vector_products), "So far."},
};

// The records themselves: NumPy reads the array of structures where it lies.
py::array records_of(const py::object& self) {
  py::list names, formats, offsets;
  for (const Field& field : fields) {
    names.append(field.name);
    formats.append(field.format);
    offsets.append(field.offset);
  }
  const std::vector<StepRecord>& records = self.cast<const TrajectoryHandle&>().trajectory->records;
  const auto size = static_cast<py::ssize_t>(sizeof(StepRecord));
  py::array array(py::dtype(names, formats, offsets, size), {static_cast<py::ssize_t>(records.size())}, {size},
                  records.data(), self);
  py::detail::array_proxy(array.ptr())->flags &= ~py::detail::npy_api::NPY_ARRAY_WRITEABLE_;
  return array;
}

py::list snapshots_of(const py::object& self) {
  py::list list;
  for (const Snapshot& snapshot : self.cast<const TrajectoryHandle&>().trajectory->snapshots) {
    list.append(py::make_tuple(snapshot.iteration, array_over(snapshot.x.data(), snapshot.x.size(), self)));
  }
  return list;
}

py::dict columns_of(const py::object& self) {
  py::dict columns;
  for (const Column& column : self.cast<const TrajectoryHandle&>().trajectory->columns) {
    columns[py::str(column.name)] = array_over(column.values.data(), static_cast<Index>(column.values.size()), self);
  }
  return columns;
}

py::list as_dicts(const std::vector<Decision>& decisions) {
  using namespace py::literals;
  py::list list;
  for (const Decision& decision : decisions) {
    list.append(
        py::dict("iteration"_a = decision.iteration, "remedy"_a = decision.remedy, "reason"_a = decision.reason));
  }
  return list;
}

void bind_trajectory(py::module_& module) {
  py::class_<End>(module, "End", "Why a run ended.")
      .def_property_readonly(
          "kind", [](const End& self) { return std::string(name_of(self.end_class)); },
          R"("convergence", "budget" or "breakdown".)")
      .def_readonly("id", &End::id)
      .def_readonly("message", &End::message)
      .def("__str__", [](const End& self) { return self.message; })
      .def("__repr__", [](const End& self) { return "<perigee.End " + self.id + ">"; });

  py::class_<TrajectoryHandle> trajectory(module, "Trajectory", R"(A recorded run.

Its arrays are read-only views of the recorded memory, and keep it alive; NaN means not measured.)");
  trajectory
      .def_property_readonly("records", &records_of,
                             "A structured array, one record an iteration: pandas.DataFrame(trajectory.records).")
      .def_property_readonly("snapshots", &snapshots_of, "Pairs of the iteration and x.")
      .def_property_readonly("columns", &columns_of, "The extra columns by name, aligned with the records.")
      .def_property_readonly("problem", [](const TrajectoryHandle& self) { return self.trajectory->problem; })
      .def_property_readonly("solver", [](const TrajectoryHandle& self) { return self.trajectory->solver; })
      .def_property_readonly(
          "settings",
          [](const TrajectoryHandle& self) {
            py::dict settings;
            for (const auto& [name, value] : self.trajectory->settings) settings[py::str(name)] = value;
            return settings;
          },
          "The options of the solver, as text.")
      .def_property_readonly(
          "end", [](const TrajectoryHandle& self) { return self.trajectory->end; }, "Why it ended; None: unknown.")
      .def("__len__", [](const TrajectoryHandle& self) { return self.trajectory->records.size(); })
      .def("__repr__", [](const TrajectoryHandle& self) {
        return "<perigee.Trajectory of " + std::to_string(self.trajectory->records.size()) + " records>";
      });
  for (const Field& field : fields) {
    trajectory.def_property_readonly(
        field.name, [name = field.name](const py::object& self) -> py::object { return records_of(self)[name]; },
        field.meaning);
  }
}

// --- running --------------------------------------------------------------------------------------------------------

// Ctrl-C ends the run with KeyboardInterrupt.
class InterruptionObserver final : public Observer {
 public:
  void observe(const StepRecord&, const Stepper&) override { interruption_.look(); }

 private:
  Interruption interruption_;
};

// Problem, Objective or callable; the last two become problems of which only a start is known.
std::shared_ptr<const Problem> problem_of(const py::object& target, const py::object& x0, const std::string& start) {
  if (py::isinstance<ProblemHandle>(target)) return target.cast<const ProblemHandle&>().problem;
  if (!start.empty())
    throw std::invalid_argument("minimize: only a Problem has named starts, got start='" + start + "'");
  if (x0.is_none()) throw std::invalid_argument("minimize: x0 must be given, unless the objective is a Problem");
  const Array point = x0.cast<Array>();
  auto problem = std::make_shared<Problem>();
  if (py::isinstance<ObjectiveHandle>(target)) {
    const auto& handle = target.cast<const ObjectiveHandle&>();
    problem->name = handle.name;
    problem->objective = handle.objective;
  } else {
    Callables callables;
    callables.value_and_gradient = target;
    problem->objective = make_objective(view_of(point, "minimize: x0").size(), std::move(callables));
    if (py::hasattr(target, "__name__")) problem->name = py::str(target.attr("__name__"));
  }
  problem->starts.push_back({"given", Vector(view_of(point, "minimize: x0", problem->objective->dimension()))});
  return problem;
}

NamedChoice choice_of(const py::object& solver) {
  if (py::isinstance<SolverHandle>(solver)) return solver.cast<const SolverHandle&>().choice;
  if (py::isinstance<py::str>(solver)) return parse_choice(solver.cast<std::string>());
  throw py::type_error("minimize: solver must be a Solver or its name, got " +
                       std::string(py::str(py::type::of(solver))));
}

// callback(iteration, value, gradient_norm); True ends the run.
StopRule asked(const py::object& callback) {
  const auto held = std::make_shared<py::object>(callback);
  // The last copy of the rule goes where the lock is held: at the end of `minimize`.
  return StopRule([held](const Progress& progress) -> std::optional<End> {
    const py::gil_scoped_acquire acquired;
    const StepRecord& record = progress.current;
    const py::object answer = (*held)(record.iteration, record.value, record.gradient_norm);
    if (PyObject_IsTrue(answer.ptr()) != 1) return std::nullopt;
    return End{EndClass::budget, "callback",
               "the callback ended the run at iteration " + std::to_string(record.iteration)};
  });
}

struct MinimizeArguments {
  std::uint64_t budget;
  std::optional<Index> iterations;
  std::optional<double> seconds;
  double gradient_tolerance;
  py::object callback;
};

StopRule stop_rule(const MinimizeArguments& arguments, const Solver& solver) {
  StopRule stop;
  if (!solver.ends_itself()) stop = gradient_tolerance(arguments.gradient_tolerance);
  stop = stop | max_gradients(arguments.budget);
  if (arguments.iterations) stop = stop | max_iterations(*arguments.iterations);
  if (arguments.seconds) stop = stop | max_seconds(*arguments.seconds);
  if (!arguments.callback.is_none()) stop = stop | asked(arguments.callback);
  return stop;
}

ResultHandle minimize(const py::object& target, const py::object& x0, const py::object& solver, std::uint64_t budget,
                      std::uint64_t seed, std::optional<Index> iterations, std::optional<double> seconds,
                      double gradient_tolerance, const std::string& start, const py::object& callback) {
  const std::shared_ptr<const Problem> problem = problem_of(target, x0, start);
  const NamedChoice choice = choice_of(solver);
  const std::unique_ptr<Solver> method = all_solvers::make(choice.name, choice.assignments, *problem);
  const MinimizeArguments arguments{budget, iterations, seconds, gradient_tolerance, callback};
  const StopRule stop = stop_rule(arguments, *method);

  if (!x0.is_none() && !start.empty()) throw std::invalid_argument("minimize: give x0 or start, got both");
  const Array given = x0.is_none() ? Array(0) : x0.cast<Array>();
  const ConstVectorView point = !x0.is_none()    ? view_of(given, "minimize: x0", problem->objective->dimension())
                                : !start.empty() ? start_of(*problem, start).view()
                                                 : problem->starts.at(0).x.view();

  Recorder recorder({}, probe_of(*problem));
  InterruptionObserver interruption;
  const auto finished = [&] {
    const py::gil_scoped_release released;
    return run(*problem->objective, *method, point,
               {.stop = stop, .random = RandomSource(seed), .observers = {&recorder, &interruption}});
  }();
  annotate(recorder.trajectory(), *problem, *method);
  return {finished, std::make_shared<const Trajectory>(std::move(recorder.trajectory())),
          ObjectiveHandle{problem->objective, problem->name}, seed};
}

void bind_solver(py::module_& module) {
  py::class_<SolverHandle>(module, "Solver", "A method and its parameters, checked when it is made.")
      .def(py::init([](const std::string& name, const py::kwargs& arguments) {
             const solvers::Entry entry = all_solvers::entry_named(name);
             SolverHandle handle{{name, assignments_of(arguments, entry.parameters)}};
             (void)Parameters(name, entry.parameters, handle.choice.assignments);
             return handle;
           }),
           py::arg("name"), "The registered solver of that name; keyword arguments are its parameters.")
      .def_property_readonly("name", [](const SolverHandle& self) { return self.choice.name; })
      .def(
          "settings",
          [](const SolverHandle& self, const ProblemHandle& problem) {
            py::dict settings;
            for (const auto& [name, value] :
                 all_solvers::make(self.choice.name, self.choice.assignments, *problem.problem)->settings()) {
              settings[py::str(name)] = value;
            }
            return settings;
          },
          py::arg("problem"), "Every option as it is for this problem, as text.")
      .def("__repr__", [](const SolverHandle& self) { return "<perigee.Solver " + text_of(self.choice) + ">"; });
}

void bind_result(py::module_& module) {
  py::class_<ResultHandle>(module, "Result", "A finished run.")
      .def_property_readonly(
          "x",
          [](const py::object& self) {
            const Vector& x = self.cast<const ResultHandle&>().run.x;
            return array_over(x.data(), x.size(), self);
          },
          "The last accepted iterate, a read-only view.")
      .def_property_readonly(
          "value", [](const ResultHandle& self) { return self.run.value; }, "f(x).")
      .def_property_readonly(
          "gradient_norm", [](const ResultHandle& self) { return self.run.gradient_norm; }, "||grad f(x)||_2.")
      .def_property_readonly("iterations", [](const ResultHandle& self) { return self.run.iterations; })
      .def_property_readonly(
          "end", [](const ResultHandle& self) { return self.run.end; }, "Why the run ended.")
      .def_property_readonly(
          "counts",
          [](const ResultHandle& self) {
            using namespace py::literals;
            const OracleCounts& calls = self.run.counts;
            return py::dict("values"_a = calls.values, "gradients"_a = calls.gradients,
                            "hessian_vector_products"_a = calls.hessian_vector_products);
          },
          "Calls made to the objective.")
      .def_property_readonly(
          "decisions", [](const ResultHandle& self) { return as_dicts(self.run.decisions); },
          "Of a method that decides: dicts of iteration, remedy and reason.")
      .def_property_readonly("trajectory", [](const ResultHandle& self) { return TrajectoryHandle{self.trajectory}; })
      .def_property_readonly("objective", [](const ResultHandle& self) { return self.objective; })
      .def_readonly("seed", &ResultHandle::seed)
      .def("__repr__", [](const ResultHandle& self) { return "<perigee.Result: " + self.run.end.message + ">"; });
}

}  // namespace

void bind_runs(py::module_& module) {
  bind_trajectory(module);
  bind_solver(module);
  bind_result(module);
  module.def("minimize", &minimize, py::arg("objective"), py::arg("x0") = py::none(), py::kw_only(),
             py::arg("solver") = "guided", py::arg("budget") = 10000, py::arg("seed") = 0,
             py::arg("iterations") = py::none(), py::arg("seconds") = py::none(), py::arg("gradient_tolerance") = 1e-8,
             py::arg("start") = "", py::arg("callback") = py::none(),
             R"(Minimizes a Problem, an Objective, or a callable x -> (value, gradient), and records the run.

x0 may be left out for a Problem, whose `start` (its first, if none is named) is taken then. `budget` counts gradients;
`iterations` and `seconds` may end the run sooner, and so may callback(iteration, value, gradient_norm) by returning
True. `gradient_tolerance` ends the methods that do not end themselves. Ctrl-C raises KeyboardInterrupt.)");
}

}  // namespace perigee::python
