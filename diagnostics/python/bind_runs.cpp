// Solvers, runs and what was recorded of them.
#include <perigee/diagnostics/python/bindings.hpp>
#include <perigee/diagnostics/python/callbacks.hpp>

#include <perigee/diagnostics/compare/recorded_run.hpp>
#include <perigee/diagnostics/store.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/oracle.hpp>
#include <perigee/lib/recorder.hpp>
#include <perigee/solvers/guided/all_solvers.hpp>

#include <pybind11/stl.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
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

struct Limits {
  std::uint64_t budget;
  std::optional<Index> iterations;
  std::optional<double> seconds;
  double gradient_tolerance;
  py::object callback;
};

StopRule stop_rule(const Limits& limits, const Solver& solver) {
  StopRule stop;
  if (!solver.ends_itself()) stop = gradient_tolerance(limits.gradient_tolerance);
  stop = stop | max_gradients(limits.budget);
  if (limits.iterations) stop = stop | max_iterations(*limits.iterations);
  if (limits.seconds) stop = stop | max_seconds(*limits.seconds);
  if (!limits.callback.is_none()) stop = stop | asked(limits.callback);
  return stop;
}

// What a configuration says of x0: all of it, or enough to tell it from another.
std::string text_of_point(ConstVectorView x) {
  constexpr Index short_enough = 16;
  if (x.size() > short_enough) {
    return std::to_string(x.size()) + " numbers of norm " + format_exact(euclidean_norm(x));
  }
  std::string text;
  for (Index i = 0; i < x.size(); ++i) text += (i > 0 ? "," : "") + format_exact(x[i]);
  return text;
}

// A run that is about to begin.
struct PreparedRun {
  std::shared_ptr<const Problem> problem;
  NamedChoice problem_choice;  // empty for an objective of the caller's own
  NamedChoice solver_choice;
  std::unique_ptr<Solver> solver;
  ConstVectorView start;
  std::string start_text;
  std::uint64_t seed;
  Limits limits;
};

RunResult run_observed(const PreparedRun& prepared, Observer& recorder, std::span<const std::uint8_t> state = {}) {
  InterruptionObserver interruption;
  const StopRule stop = stop_rule(prepared.limits, *prepared.solver);
  const py::gil_scoped_release released;
  return run(
      *prepared.problem->objective, *prepared.solver, prepared.start,
      {.stop = stop, .random = RandomSource(prepared.seed), .observers = {&recorder, &interruption}, .state = state});
}

std::pair<RunResult, Trajectory> run_in_memory(const PreparedRun& prepared) {
  Recorder recorder({}, probe_of(*prepared.problem));
  RunResult result = run_observed(prepared, recorder);
  annotate(recorder.trajectory(), *prepared.problem, *prepared.solver);
  return {std::move(result), std::move(recorder.trajectory())};
}

// The trajectory is all that the file has, from before a resume too.
std::pair<RunResult, Trajectory> run_into_store(const PreparedRun& prepared, const std::string& path, StoreMode mode) {
  Trajectory description;
  annotate(description, *prepared.problem, *prepared.solver);
  const RunDescription words{.problem = prepared.problem_choice,
                             .objective = prepared.problem->name,
                             .solver = prepared.solver_choice,
                             .start = prepared.start_text,
                             .seed = prepared.seed,
                             .gradient_tolerance = prepared.limits.gradient_tolerance,
                             .budget = prepared.limits.budget};
  auto store =
      std::make_unique<StoreRecorder>(path, StoreOptions{.mode = mode,
                                                         .configuration = configuration_of(words, *prepared.solver),
                                                         .description = std::move(description),
                                                         .probe = probe_of(*prepared.problem)});
  if (const std::optional<End>& finished = store->finished(); finished && finished->end_class != EndClass::budget) {
    throw StoreError(path + ": the run has ended already: " + finished->message);
  }
  RunResult result = run_observed(prepared, *store, store->state());
  store.reset();
  const py::gil_scoped_release released;
  return {std::move(result), read_run(path)};
}

ResultHandle minimize(const py::object& target, const py::object& x0, const py::object& solver, std::uint64_t budget,
                      std::uint64_t seed, std::optional<Index> iterations, std::optional<double> seconds,
                      double gradient_tolerance, const std::string& start, const py::object& callback,
                      const py::object& store, const std::string& store_mode) {
  if (!x0.is_none() && !start.empty()) throw std::invalid_argument("minimize: give x0 or start, got both");
  const StoreMode mode = store_mode_of(store_mode, "minimize: store_mode");
  const std::shared_ptr<const Problem> problem = problem_of(target, x0, start);
  const NamedChoice choice = choice_of(solver);
  const Array given = x0.is_none() ? Array(0) : x0.cast<Array>();
  const ConstVectorView point = !x0.is_none()    ? view_of(given, "minimize: x0", problem->objective->dimension())
                                : !start.empty() ? start_of(*problem, start).view()
                                                 : problem->starts.at(0).x.view();
  const bool is_registered = py::isinstance<ProblemHandle>(target);
  const PreparedRun prepared{
      .problem = problem,
      .problem_choice = is_registered ? target.cast<const ProblemHandle&>().choice : NamedChoice{},
      .solver_choice = choice,
      .solver = all_solvers::make(choice.name, choice.assignments, *problem),
      .start = point,
      .start_text = !x0.is_none()   ? text_of_point(point)
                    : start.empty() ? problem->starts.at(0).name
                                    : start,
      .seed = seed,
      .limits = {budget, iterations, seconds, gradient_tolerance, callback}};
  auto [result, trajectory] =
      store.is_none()
          ? run_in_memory(prepared)
          : run_into_store(prepared, py::module_::import("os").attr("fspath")(store).cast<std::string>(), mode);
  return {std::move(result), std::make_shared<const Trajectory>(std::move(trajectory)),
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
             py::arg("start") = "", py::arg("callback") = py::none(), py::arg("store") = py::none(),
             py::arg("store_mode") = "create",
             R"(Minimizes a Problem, an Objective, or a callable x -> (value, gradient), and records the run.

x0 may be left out for a Problem, whose `start` (its first, if none is named) is taken then. `budget` counts gradients;
`iterations` and `seconds` may end the run sooner, and so may callback(iteration, value, gradient_norm) by returning
True. `gradient_tolerance` ends the methods that do not end themselves. Ctrl-C raises KeyboardInterrupt.

`store`: a file into which the run is recorded while it goes on, as `perigee run --store` does: `perigee watch` follows
it, `perigee diagnose` reads it. `store_mode`: "create" (the file must not exist), "overwrite", or "resume": the run in
it, cut off or ended by its budget, goes on bit for bit with the same arguments (another budget is allowed).)");
}

}  // namespace perigee::python
