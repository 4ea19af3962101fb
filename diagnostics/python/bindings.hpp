// What the parts of the extension module share: the C++ side of its classes, and who binds what.
#ifndef PERIGEE_DIAGNOSTICS_PYTHON_BINDINGS_HPP
#define PERIGEE_DIAGNOSTICS_PYTHON_BINDINGS_HPP

#include <perigee/diagnostics/compare/named_choice.hpp>
#include <perigee/diagnostics/report.hpp>
#include <perigee/diagnostics/store.hpp>
#include <perigee/lib/objective.hpp>
#include <perigee/lib/problem.hpp>
#include <perigee/lib/run.hpp>

#include <pybind11/pybind11.h>

#include <memory>
#include <string>
#include <vector>

namespace perigee::python {

/// perigee.Objective: shared with every problem, run and diagnosis made of it.
struct ObjectiveHandle {
  std::shared_ptr<const Objective> objective;
  std::string name;
};

/// perigee.Problem
struct ProblemHandle {
  std::shared_ptr<const Problem> problem;
  NamedChoice choice;
};

/// perigee.Solver: a recipe, made for each problem anew, because defaults depend on it.
struct SolverHandle {
  NamedChoice choice;
};

/// perigee.Trajectory: never changed once it is made, so that arrays may look into it.
struct TrajectoryHandle {
  std::shared_ptr<const Trajectory> trajectory;
};

/// perigee.Result
struct ResultHandle {
  RunResult run;
  std::shared_ptr<const Trajectory> trajectory;
  ObjectiveHandle objective;
  std::uint64_t seed = 0;
};

/// perigee.Diagnosis
struct DiagnosisHandle {
  Report report;
  std::shared_ptr<const Objective> objective;  // nullptr: none
  std::uint64_t seed = 0;
  bool has_landscape = false;  // looked around already, or with nothing to look at
};

/// Keyword arguments as the registries take them: numbers, texts, schedules, and lists of numbers. A name may be cut
/// short to a beginning that no other parameter has; an underscore at its end goes.
Parameters::Assignments assignments_of(const pybind11::kwargs& arguments,
                                       const std::vector<ParameterDescription>& parameters);

/// "create", "overwrite" or "resume". Throws std::invalid_argument "who must be ..." for anything else.
StoreMode store_mode_of(const std::string& mode, const char* who);

void bind_problems(pybind11::module_& module);
void bind_runs(pybind11::module_& module);
void bind_recorder(pybind11::module_& module);
void bind_diagnoses(pybind11::module_& module);

}  // namespace perigee::python

#endif
