// Recorders of other people's training loops.
#include <perigee/diagnostics/python/bindings.hpp>
#include <perigee/diagnostics/python/callbacks.hpp>

#include <perigee/diagnostics/log_recorder.hpp>

#include <pybind11/stl.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace perigee::python {

namespace {

double number_or_missing(const py::handle& value) {
  if (value.is_none()) return not_measured;
  const double number = PyFloat_AsDouble(value.ptr());  // whatever has __float__: NumPy's and PyTorch's scalars, too
  if (number == -1.0 && PyErr_Occurred() != nullptr) throw py::error_already_set();
  return number;
}

class PythonRecorder {
 public:
  PythonRecorder(const std::string& path, const std::string& mode, Trajectory description,
                 std::vector<std::string> classes)
      : description_(std::move(description)), classes_(std::move(classes)) {
    LogOptions options;
    options.mode = store_mode_of(mode, "Recorder: mode");
    options.description = description_;
    recorder_ = std::make_unique<LogRecorder>(path, std::move(options));
    next_ = recorder_->last_iteration() + 1;
  }

  void log(const py::object& step, const py::object& loss, const py::object& grad_norm, const py::object& lr,
           const py::object& step_norm, const py::object& batch_size, const py::object& parameters,
           const py::object& probabilities, const py::kwargs& columns) {
    StepRecord record;
    record.iteration = step.is_none() ? next_ : step.cast<Index>();
    record.kind = record.iteration == 0 ? StepKind::initial : StepKind::step;
    record.value = number_or_missing(loss);
    record.gradient_norm = number_or_missing(grad_norm);
    record.step_size = number_or_missing(lr);
    record.step_norm = number_or_missing(step_norm);
    if (!batch_size.is_none()) record.batch_size = batch_size.cast<std::uint32_t>();
    // Everything is converted before the first row is touched: a bad argument leaves no half of a row.
    const Array point = parameters.is_none() ? Array(0) : parameters.cast<Array>();
    std::fill(extra_.begin(), extra_.end(), not_measured);
    if (!probabilities.is_none()) put_probabilities(probabilities.cast<Array>());
    for (const auto& [name, value] : columns) put(name, number_or_missing(value));
    recorder_->log(record, extra_);
    next_ = record.iteration + 1;
    if (!parameters.is_none()) recorder_->keep({point.data(), point.size()});
  }

  void commit() { recorder_->commit(); }

  void close() { recorder_->close(); }

  void finish(const std::string& kind, const std::string& id, const std::string& message) {
    for (const EndClass end_class : {EndClass::convergence, EndClass::budget, EndClass::breakdown}) {
      if (name_of(end_class) == kind) return recorder_->finish({end_class, id, message});
    }
    throw std::invalid_argument("Recorder.finish: kind must be 'convergence', 'budget' or 'breakdown', got '" + kind +
                                "'");
  }

  std::string path() const { return recorder_->path().string(); }

 private:
  void put(const py::handle& name, double value) {
    // Keyword names are interned strings: the same object for the same name, step after step.
    for (const auto& [known, position] : positions_) {
      if (known.is(name)) return put(position, value);
    }
    const Index position = recorder_->column(name.cast<std::string>());
    positions_.emplace_back(py::reinterpret_borrow<py::object>(name), position);
    put(position, value);
  }

  void put(Index position, double value) {
    if (position >= static_cast<Index>(extra_.size()))
      extra_.resize(static_cast<std::size_t>(position) + 1, not_measured);
    extra_[static_cast<std::size_t>(position)] = value;
  }

  // A column an action or class; the first call says how many there are.
  void put_probabilities(const Array& probabilities) {
    const ConstVectorView values =
        view_of(probabilities, "Recorder.log: probabilities",
                probability_positions_.empty() ? -1 : static_cast<Index>(probability_positions_.size()));
    if (probability_positions_.empty()) name_probabilities(values.size());
    for (Index i = 0; i < values.size(); ++i) put(probability_positions_[static_cast<std::size_t>(i)], values[i]);
  }

  void name_probabilities(Index count) {
    if (!classes_.empty() && static_cast<Index>(classes_.size()) != count) {
      throw std::invalid_argument("Recorder.log: there must be a probability for each of the " +
                                  std::to_string(classes_.size()) + " classes, got " + std::to_string(count));
    }
    PolicyInformation policy = description_.policy.value_or(PolicyInformation{});
    if (!policy.rewards.empty() && static_cast<Index>(policy.rewards.size()) != count) {
      throw std::invalid_argument("Recorder.log: there must be a probability for each of the " +
                                  std::to_string(policy.rewards.size()) + " rewards, got " + std::to_string(count));
    }
    for (Index i = 0; i < count; ++i) {
      policy.probability_columns.push_back(classes_.empty()
                                               ? (policy.rewards.empty() ? "p_class_" : "pi_") + std::to_string(i)
                                               : classes_[static_cast<std::size_t>(i)]);
      probability_positions_.push_back(recorder_->column(policy.probability_columns.back()));
    }
    description_.policy = policy;
    recorder_->describe(description_);
  }

  Trajectory description_;
  std::vector<std::string> classes_;
  std::unique_ptr<LogRecorder> recorder_;
  Index next_ = 0;
  std::vector<double> extra_;
  std::vector<std::pair<py::object, Index>> positions_;
  std::vector<Index> probability_positions_;
};

}  // namespace

StoreMode store_mode_of(const std::string& mode, const char* who) {
  if (mode == "create") return StoreMode::create;
  if (mode == "overwrite") return StoreMode::overwrite;
  if (mode == "resume") return StoreMode::resume;
  throw std::invalid_argument(std::string(who) + " must be 'create', 'overwrite' or 'resume', got '" + mode + "'");
}

void bind_recorder(py::module_& module) {
  py::class_<PythonRecorder>(module, "Recorder", R"(Records a training loop of yours into an SQLite file:

    with perigee.Recorder("run.sqlite") as recorder:
        for step, batch in enumerate(batches):
            ...
            recorder.log(step=step, loss=loss, grad_norm=grad_norm)

`mode`: "create" (the file must not exist), "overwrite", or "resume" (append; what the file has from the first step
logged on is replaced). `lower_bound`: a value that the loss cannot go below, 0 for most. `classes`: names of the
probabilities. `rewards`, `optimal_action`, `transform` ("softmax", "escort"): where the probabilities are those of a
policy over actions.)")
      .def(py::init([](const py::object& path, const std::string& mode, const std::string& problem,
                       const std::string& solver, std::optional<double> lower_bound, std::vector<std::string> classes,
                       std::vector<double> rewards, std::optional<Index> optimal_action, std::string transform,
                       const py::dict& settings) {
             Trajectory description;
             description.problem = problem;
             description.solver = solver;
             description.lower_bound = lower_bound;
             for (const auto& [name, value] : settings) {
               description.settings.emplace_back(py::str(name), py::str(value));
             }
             if (!rewards.empty() || optimal_action || !transform.empty()) {
               description.policy = PolicyInformation{{}, std::move(rewards), optimal_action, std::move(transform)};
             }
             const std::string name = py::module_::import("os").attr("fspath")(path).cast<std::string>();
             return std::make_unique<PythonRecorder>(name, mode, std::move(description), std::move(classes));
           }),
           py::arg("path"), py::kw_only(), py::arg("mode") = "create", py::arg("problem") = "", py::arg("solver") = "",
           py::arg("lower_bound") = py::none(), py::arg("classes") = std::vector<std::string>{},
           py::arg("rewards") = std::vector<double>{}, py::arg("optimal_action") = py::none(),
           py::arg("transform") = "", py::arg("settings") = py::dict())
      .def("log", &PythonRecorder::log, py::arg("step") = py::none(), py::kw_only(), py::arg("loss") = py::none(),
           py::arg("grad_norm") = py::none(), py::arg("lr") = py::none(), py::arg("step_norm") = py::none(),
           py::arg("batch_size") = py::none(), py::arg("parameters") = py::none(),
           py::arg("probabilities") = py::none(),
           R"(One row. Steps increase; left out, they are counted. None: not measured.

`grad_norm` is ||gradient||_2 of the loss logged; `batch_size` the number of examples in both, 0 or None for all of
them. `parameters` is the point (one axis) at which the loss was taken: it is copied once, and some are kept
(log-spaced, and the last). `probabilities`: one number an action, or for each class the mean probability of its right
answer. Every other keyword is a column of that name.)")
      .def("commit", &PythonRecorder::commit, "Writes what is still in memory: others see every row then.")
      .def("finish", &PythonRecorder::finish, py::arg("kind") = "budget", py::arg("id") = "finished",
           py::arg("message") = "the recorded loop ended",
           R"(Says why the loop ended: kind "convergence", "budget" or "breakdown"; and closes.)")
      .def("close", &PythonRecorder::close,
           "Writes everything. Nothing can be logged after it. Leaving the `with` block does this.")
      .def_property_readonly("path", &PythonRecorder::path)
      .def("__enter__", [](const py::object& self) { return self; })
      .def("__exit__", [](PythonRecorder& self, const py::args&) { self.close(); })
      .def("__repr__", [](const PythonRecorder& self) { return "<perigee.Recorder '" + self.path() + "'>"; });
}

}  // namespace perigee::python
