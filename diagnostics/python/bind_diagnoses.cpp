// Diagnoses and their reports.
#include <perigee/diagnostics/python/bindings.hpp>
#include <perigee/diagnostics/python/callbacks.hpp>

#include <perigee/diagnostics/compare/recorded_run.hpp>
#include <perigee/diagnostics/diagnose.hpp>
#include <perigee/diagnostics/readers/reader.hpp>
#include <perigee/diagnostics/render_html.hpp>
#include <perigee/diagnostics/render_json.hpp>
#include <perigee/diagnostics/render_markdown.hpp>
#include <perigee/diagnostics/render_text.hpp>
#include <perigee/diagnostics/thresholds.hpp>

#include <pybind11/stl.h>

#include <cmath>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace perigee::python {

namespace {

// --- the objective of a diagnosis

// Forwards, and lets Ctrl-C through.
class InterruptibleObjective final : public Objective {
 public:
  explicit InterruptibleObjective(const Objective& objective) : objective_(objective) {}
  Index dimension() const override { return objective_.dimension(); }
  double value(ConstVectorView x) const override {
    interruption_.look();
    return objective_.value(x);
  }
  double value_and_gradient(ConstVectorView x, VectorView gradient) const override {
    interruption_.look();
    return objective_.value_and_gradient(x, gradient);
  }
  void hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const override {
    interruption_.look();
    objective_.hessian_vector_product(x, v, product);
  }
  bool has_exact_hessian_vector_product() const override { return objective_.has_exact_hessian_vector_product(); }

 private:
  const Objective& objective_;
  mutable Interruption interruption_;
};

// Hessian-vector products and nothing else.
class ProductsOnly final : public Objective {
 public:
  ProductsOnly(Index dimension, const py::object& product) {
    Callables callables;
    callables.hessian_vector_product = product;
    callables.value_and_gradient = product;  // never called: see below
    products_ = make_objective(dimension, std::move(callables));
  }
  Index dimension() const override { return products_->dimension(); }
  double value_and_gradient(ConstVectorView, VectorView gradient) const override {
    gradient.setConstant(not_measured);
    return not_measured;
  }
  void hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const override {
    products_->hessian_vector_product(x, v, product);
  }
  bool has_exact_hessian_vector_product() const override { return true; }

 private:
  std::shared_ptr<const Objective> products_;
};

// --- reading and diagnosing

struct ReadRun {
  TrajectoryHandle trajectory;
  ReportSource source;
  std::shared_ptr<const Problem> problem;  // of a recorded run of ours, or nullptr
  std::uint64_t seed = 0;
};

ReadRun read(const std::string& path, const std::string& format,
             const std::vector<std::pair<std::string, std::string>>& mapping) {
  Interruption interruption;
  ReadResult result = [&] {
    const py::gil_scoped_release released;
    return read_trajectory(path, {.format = format, .mapping = mapping, .while_reading = [&] { interruption.look(); }});
  }();
  ReadRun run;
  run.source.kind = result.format;
  run.source.path = path;
  for (const ColumnUse& use : result.columns) run.source.columns.emplace_back(use.role, use.column);
  run.source.notes = std::move(result.notes);
  run.trajectory.trajectory = std::make_shared<const Trajectory>(std::move(result.trajectory));
  if (result.format == "sqlite") {
    const RunConfiguration configuration = read_configuration(path);
    if (std::optional<Problem> problem = perigee::problem_of(configuration)) {
      run.problem = std::make_shared<const Problem>(std::move(*problem));
    }
    run.seed = seed_of(configuration);
  }
  return run;
}

// What the caller knows of a run beyond its record.
struct Knowledge {
  std::optional<double> lower_bound;
  std::optional<double> optimal_value;
  std::vector<double> rewards;
  std::optional<Index> optimal_action;
  std::string transform;
};

Trajectory with_knowledge(Trajectory trajectory, const Knowledge& knowledge) {
  if (knowledge.optimal_value) trajectory.optimal_value = trajectory.lower_bound = knowledge.optimal_value;
  if (knowledge.lower_bound) trajectory.lower_bound = knowledge.lower_bound;
  const bool knows_policy = !knowledge.rewards.empty() || knowledge.optimal_action || !knowledge.transform.empty();
  if (!knows_policy) return trajectory;
  if (!trajectory.policy) {
    throw std::invalid_argument(
        "diagnose: rewards, optimal_action and transform need recorded probabilities, got none");
  }
  if (!knowledge.rewards.empty()) {
    if (knowledge.rewards.size() != trajectory.policy->probability_columns.size()) {
      throw std::invalid_argument("diagnose: there must be a reward for each of the " +
                                  std::to_string(trajectory.policy->probability_columns.size()) +
                                  " probabilities, got " + std::to_string(knowledge.rewards.size()));
    }
    trajectory.policy->rewards = knowledge.rewards;
  }
  if (knowledge.optimal_action) trajectory.policy->optimal_action = knowledge.optimal_action;
  if (!knowledge.transform.empty()) trajectory.policy->transform = knowledge.transform;
  return trajectory;
}

std::unique_ptr<DiagnosisHandle> diagnose_trajectory(const TrajectoryHandle& given, const ReportSource& source,
                                                     const std::optional<ObjectiveHandle>& objective,
                                                     const ProblemHandle* problem, const Knowledge& knowledge,
                                                     std::uint64_t seed, std::optional<double> gradient_tolerance,
                                                     const std::map<std::string, double>& thresholds) {
  DiagnoseOptions options;
  options.random = RandomSource(seed);
  if (gradient_tolerance) options.gradient_tolerance = *gradient_tolerance;
  for (const auto& [name, value] : thresholds) set_threshold(options, name, value);
  auto handle = std::make_unique<DiagnosisHandle>();
  handle->seed = seed;
  handle->report.source = source;
  Trajectory trajectory = *given.trajectory;
  if (problem != nullptr) {
    describe(*problem->problem, trajectory);
    handle->objective = problem->problem->objective;
  }
  if (objective) handle->objective = objective->objective;
  handle->has_landscape = handle->objective == nullptr;
  trajectory = with_knowledge(std::move(trajectory), knowledge);
  {
    const py::gil_scoped_release released;
    if (handle->objective == nullptr) {
      handle->report.diagnosis = diagnose(trajectory, nullptr, options);
    } else {
      const InterruptibleObjective interruptible(*handle->objective);
      handle->report.diagnosis = diagnose(trajectory, &interruptible, options);
    }
  }
  handle->report.trajectory = std::move(trajectory);
  return handle;
}

std::string classification_of(const StepRecord& record, const Spectrum& spectrum, double tolerance) {
  const bool is_small = record.batch_size == 0 && record.gradient_norm <= tolerance * (1.0 + std::abs(record.value));
  if (!is_small) return "not-stationary";
  return spectrum.verdict == CurvatureVerdict::negative ? "strict-saddle" : "undetermined";
}

// The curvature at the last snapshot and around the run, where values and gradients are only those recorded.
void look_at_curvature(DiagnosisHandle& self, const py::object& product, double gradient_tolerance) {
  const Trajectory& trajectory = self.report.trajectory;
  if (trajectory.snapshots.empty()) {
    throw std::invalid_argument("diagnose: hvp needs recorded parameters, got none");
  }
  const Snapshot& last = trajectory.snapshots.back();
  const ProductsOnly products(last.x.size(), product);
  const py::gil_scoped_release released;
  const InterruptibleObjective objective(products);
  const Spectrum spectrum = analyze_spectrum(
      last.x.size(), [&](ConstVectorView v, VectorView result) { objective.hessian_vector_product(last.x, v, result); },
      RandomSource(self.seed));
  JudgedPoint point;
  point.iteration = last.iteration;
  point.value = point.gradient_norm = not_measured;
  for (const StepRecord& record : trajectory.records) {
    if (record.iteration != last.iteration) continue;
    point.value = record.value;
    point.gradient_norm = record.gradient_norm;
    point.classification = classification_of(record, spectrum, gradient_tolerance);
  }
  point.lambda_min = spectrum.lambda_min;
  point.lambda_min_residual = spectrum.lambda_min_residual;
  point.lambda_min_lower_bound = spectrum.lower_bound;
  point.lambda_max = spectrum.lambda_max;
  if (spectrum.verdict == CurvatureVerdict::negative) point.index = spectrum.negative_ritz_values;
  point.products = spectrum.products;
  self.report.diagnosis.judged_points.push_back(point);
  self.report.diagnosis.limits.emplace_back(
      "Only Hessian-vector products were given: the curvature is measured, and values and gradients are those "
      "recorded. Diagnose with the objective for findings about the end point.");
  self.report.landscape =
      look_around(trajectory, self.report.diagnosis, objective, RandomSource(self.seed), {.plane_points = 0});
  self.has_landscape = true;
}

// The pictures of a page cost calls of the objective: they are made when a page is asked for.
std::string html_of(DiagnosisHandle& self) {
  const py::gil_scoped_release released;
  if (!self.has_landscape) {
    const InterruptibleObjective interruptible(*self.objective);
    self.report.landscape =
        look_around(self.report.trajectory, self.report.diagnosis, interruptible, RandomSource(self.seed));
    self.has_landscape = true;
  }
  return render_html(self.report);
}

// --- what a diagnosis is made of

py::dict evidence_of(const std::vector<Evidence>& evidence) {
  py::dict values;
  for (const Evidence& item : evidence) values[py::str(item.name)] = item.value;
  return values;
}

py::list table_of(const DiagnosisHandle& self) {
  py::list rows;
  for (const Finding& finding : self.report.diagnosis.findings) {
    using namespace py::literals;
    rows.append(py::dict("id"_a = finding.id, "first"_a = finding.first, "last"_a = finding.last,
                         "severity"_a = std::string(name_of(finding.severity)),
                         "certainty"_a = std::string(name_of(finding.certainty)), "message"_a = finding.message,
                         "recommendation"_a = finding.recommendation, "counterevidence"_a = finding.counterevidence,
                         "evidence"_a = evidence_of(finding.evidence)));
  }
  return rows;
}

void bind_findings(py::module_& module) {
  py::class_<Finding>(module, "Finding", "One thing that a diagnosis says, and what it rests on.")
      .def_readonly("id", &Finding::id, "As in docs/findings/.")
      .def_readonly("first", &Finding::first, "First iteration of the phase.")
      .def_readonly("last", &Finding::last, "Last iteration of the phase.")
      .def_property_readonly(
          "severity", [](const Finding& self) { return std::string(name_of(self.severity)); },
          R"("information", "warning" or "problem".)")
      .def_property_readonly(
          "certainty", [](const Finding& self) { return std::string(name_of(self.certainty)); },
          R"("proven", "likely" or "suspected".)")
      .def_property_readonly(
          "evidence", [](const Finding& self) { return evidence_of(self.evidence); },
          "Its numbers by name; NaN: not to be had.")
      .def_property_readonly(
          "units",
          [](const Finding& self) {
            py::dict units;
            for (const Evidence& item : self.evidence) units[py::str(item.name)] = item.unit;
            return units;
          },
          "Of the evidence.")
      .def_readonly("message", &Finding::message)
      .def_readonly("recommendation", &Finding::recommendation)
      .def_readonly("counterevidence", &Finding::counterevidence)
      .def("__str__", [](const Finding& self) { return self.message; })
      .def("__repr__", [](const Finding& self) {
        return "<perigee.Finding " + self.id + " [" + std::to_string(self.first) + ", " + std::to_string(self.last) +
               "], " + std::string(name_of(self.severity)) + ", " + std::string(name_of(self.certainty)) + ">";
      });
  py::class_<Phase>(module, "Phase", "A stretch of the run; the phases tile it.")
      .def_readonly("kind", &Phase::kind)
      .def_readonly("first", &Phase::first)
      .def_readonly("last", &Phase::last)
      .def_readonly("cause", &Phase::cause, "Id of the finding that explains it, or empty.")
      .def("__repr__", [](const Phase& self) {
        return "<perigee.Phase " + self.kind + " [" + std::to_string(self.first) + ", " + std::to_string(self.last) +
               "]>";
      });
  py::class_<JudgedPoint>(module, "JudgedPoint", "A point of the run, judged with the objective at hand.")
      .def_readonly("iteration", &JudgedPoint::iteration)
      .def_readonly("value", &JudgedPoint::value)
      .def_readonly("gradient_norm", &JudgedPoint::gradient_norm)
      .def_readonly("lambda_min", &JudgedPoint::lambda_min, "At least the smallest Hessian eigenvalue.")
      .def_readonly("lambda_min_residual", &JudgedPoint::lambda_min_residual)
      .def_readonly("lambda_min_lower_bound", &JudgedPoint::lambda_min_lower_bound)
      .def_readonly("lambda_max", &JudgedPoint::lambda_max, "At most the largest Hessian eigenvalue.")
      .def_readonly("index", &JudgedPoint::index, "Negative eigenvalues, at least; -1: not determined.")
      .def_readonly("classification", &JudgedPoint::classification)
      .def_property_readonly("certainty", [](const JudgedPoint& self) { return std::string(name_of(self.certainty)); })
      .def_readonly("products", &JudgedPoint::products, "Hessian-vector products spent.")
      .def("__repr__", [](const JudgedPoint& self) {
        return "<perigee.JudgedPoint " + self.classification + " at " + std::to_string(self.iteration) + ">";
      });
}

void bind_diagnosis(py::module_& module) {
  py::class_<DiagnosisHandle>(module, "Diagnosis", "What happened in a run, as far as can be told.")
      .def_property_readonly(
          "summary", [](const DiagnosisHandle& self) { return self.report.diagnosis.summary; }, "The verdict in words.")
      .def_property_readonly(
          "findings", [](const DiagnosisHandle& self) { return self.report.diagnosis.findings; }, "Most severe first.")
      .def_property_readonly(
          "verdict",
          [](const DiagnosisHandle& self) -> std::optional<Finding> {
            const Finding* const finding = principal_finding(self.report.diagnosis);
            return finding == nullptr ? std::nullopt : std::optional<Finding>(*finding);
          },
          "The finding that the summary tells, or None.")
      .def_property_readonly("phases", [](const DiagnosisHandle& self) { return self.report.diagnosis.phases; })
      .def_property_readonly("judged_points",
                             [](const DiagnosisHandle& self) { return self.report.diagnosis.judged_points; })
      .def_property_readonly(
          "limits", [](const DiagnosisHandle& self) { return self.report.diagnosis.limits; },
          "What could not be told, and what to record for it.")
      .def("__contains__", [](const DiagnosisHandle& self,
                              const std::string& id) { return find_finding(self.report.diagnosis, id) != nullptr; })
      .def(
          "__getitem__",
          [](const DiagnosisHandle& self, const std::string& id) {
            const Finding* const finding = find_finding(self.report.diagnosis, id);
            if (finding == nullptr) throw py::key_error(id);
            return *finding;
          },
          py::arg("id"), "The first finding of that id.")
      .def("table", &table_of, "A dict a finding: pandas.DataFrame(diagnosis.table()).")
      .def(
          "to_json", [](const DiagnosisHandle& self) { return render_json(self.report); },
          "The document of docs/json-schema.md.")
      .def("to_markdown", [](const DiagnosisHandle& self) { return render_markdown(self.report); })
      .def("to_html", &html_of,
           "The page. With an objective at hand its first use looks around the run: some hundred Hessian-vector "
           "products and 1681 values.")
      .def(
          "to_text",
          [](const DiagnosisHandle& self, Index width) {
            return render_text(self.report, {.color = TextColor::none, .width = width});
          },
          py::arg("width") = 80)
      .def("__str__", [](const DiagnosisHandle& self) { return render_text(self.report); })
      .def("__repr__",
           [](const DiagnosisHandle& self) { return "<perigee.Diagnosis: " + self.report.diagnosis.summary + ">"; });
}

}  // namespace

void bind_diagnoses(py::module_& module) {
  bind_findings(module);
  bind_diagnosis(module);
  py::class_<ReadRun>(module, "ReadRun")
      .def_readonly("trajectory", &ReadRun::trajectory)
      .def_property_readonly("notes", [](const ReadRun& self) { return self.source.notes; })
      .def_readonly("seed", &ReadRun::seed)
      .def_property_readonly("objective",
                             [](const ReadRun& self) -> std::optional<ObjectiveHandle> {
                               if (!self.problem) return std::nullopt;
                               return ObjectiveHandle{self.problem->objective, self.problem->name};
                             })
      .def_readonly("source", &ReadRun::source);
  py::class_<ReportSource>(module, "ReportSource")
      .def(py::init([] { return ReportSource{.kind = "run", .path = "", .columns = {}, .notes = {}}; }))
      .def_readwrite("path", &ReportSource::path);
  module.def("read", &read, py::arg("path"), py::arg("format") = "auto",
             py::arg("mapping") = std::vector<std::pair<std::string, std::string>>{});
  module.def(
      "diagnose_trajectory",
      [](const TrajectoryHandle& trajectory, const ReportSource& source,
         const std::optional<ObjectiveHandle>& objective, const ProblemHandle* problem,
         std::optional<double> lower_bound, std::optional<double> optimal_value, std::vector<double> rewards,
         std::optional<Index> optimal_action, std::string transform, std::uint64_t seed,
         std::optional<double> gradient_tolerance, const std::map<std::string, double>& thresholds) {
        return diagnose_trajectory(
            trajectory, source, objective, problem,
            {lower_bound, optimal_value, std::move(rewards), optimal_action, std::move(transform)}, seed,
            gradient_tolerance, thresholds);
      },
      py::arg("trajectory"), py::arg("source"), py::kw_only(), py::arg("objective"), py::arg("problem"),
      py::arg("lower_bound"), py::arg("optimal_value"), py::arg("rewards"), py::arg("optimal_action"),
      py::arg("transform"), py::arg("seed"), py::arg("gradient_tolerance"), py::arg("thresholds"));
  module.def("look_at_curvature", &look_at_curvature, py::arg("diagnosis"), py::arg("hvp"),
             py::arg("gradient_tolerance"));
  module.def("finding_descriptions", [] {
    py::dict descriptions;
    for (const FindingDescription& finding : perigee::finding_descriptions()) {
      descriptions[py::str(finding.id)] = finding.summary;
    }
    return descriptions;
  });
}

}  // namespace perigee::python
