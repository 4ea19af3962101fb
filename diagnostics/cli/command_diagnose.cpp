// `perigee diagnose`: a report on any trajectory.
#include <perigee/diagnostics/cli/configured_run.hpp>
#include <perigee/diagnostics/cli/output.hpp>
#include <perigee/diagnostics/cli/report_on.hpp>
#include <perigee/diagnostics/compare/metastability.hpp>
#include <perigee/diagnostics/compare/recorded_run.hpp>
#include <perigee/diagnostics/diagnose.hpp>
#include <perigee/diagnostics/readers/folder.hpp>
#include <perigee/diagnostics/readers/reader.hpp>
#include <perigee/diagnostics/render_json.hpp>
#include <perigee/lib/parameters.hpp>
#include <perigee/lib/problems/registry.hpp>

#include <algorithm>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace perigee::cli {

namespace {

// Runs are put together where they are of one problem with the same parameters; a run of ours has them in its file.
RunCourse course_with_parameters(const Report& report) {
  RunCourse course = course_of(report.trajectory, report.diagnosis);
  if (report.source.kind != "sqlite") return course;
  std::string parameters;
  for (const auto& [key, value] : read_configuration(report.source.path).entries) {
    if (key.starts_with("problem.")) parameters += (parameters.empty() ? "" : ", ") + key.substr(8) + '=' + value;
  }
  if (!parameters.empty()) course.problem += '(' + parameters + ')';
  return course;
}

// One of the runs that the command was asked about.
struct Input {
  std::string path;
  bool is_named = true;  // by the user, and not found in a folder: then it must be readable
};

std::vector<Input> inputs_of(const std::vector<std::string>& paths) {
  std::vector<Input> inputs;
  for (const std::string& path : paths) {
    const std::vector<std::filesystem::path> runs = runs_in(path);
    for (const std::filesystem::path& run : runs) inputs.push_back({run.string(), runs.size() == 1});
  }
  return inputs;
}

void print_summaries(const std::vector<std::pair<std::string, std::string>>& summaries) {
  std::cout << "\nAll " << summaries.size() << " runs\n";
  for (const auto& [path, summary] : summaries) std::cout << "  " << path << '\n' << paragraph(summary, 4);
}

}  // namespace

int diagnose_command(const DiagnoseCommandOptions& options) {
  check_output_options(options.output);
  const DiagnoseOptions diagnose_options = diagnose_options_of(options.output);
  const std::vector<Input> inputs = inputs_of(options.paths);
  ReadOptions read_options;
  read_options.format = options.format;
  for (const std::string& assignment : options.mapping) read_options.mapping.push_back(parse_assignment(assignment));
  Known known{.problem = {}, .lower_bound = options.lower_bound, .transform = options.transform};
  if (!options.problem.empty()) {
    const NamedChoice choice = parse_choice(options.problem);
    known.problem = problems::make(choice.name, choice.assignments);
  }
  const bool are_several = inputs.size() > 1;
  const bool has_text = options.output.json_path != "-";
  std::vector<Report> reports;  // kept only for the page that shows them all
  std::vector<RunCourse> courses;
  std::vector<std::string> documents;
  std::vector<std::pair<std::string, std::string>> summaries;
  int exit_code = exit_done;
  for (const Input& input : inputs) {
    try {
      Report report = report_on(input.path, read_options, known, diagnose_options, options.output);
      if (are_several) {
        if (has_text) {
          std::cout << (summaries.empty() ? "" : "\n") << input.path << "\n\n";
          print_text(report);
        }
        if (!options.output.json_path.empty()) documents.push_back(render_json(report));
        courses.push_back(course_with_parameters(report));
        exit_code = std::max(exit_code, exit_code_of(report.diagnosis, options.output));
      } else {
        exit_code = print_report(report, options.output);
      }
      summaries.emplace_back(input.path, report.diagnosis.summary);
      if (!options.output.report_path.empty()) reports.push_back(std::move(report));
    } catch (const ReadError& error) {
      if (input.is_named) throw;
      std::cerr << "perigee: left out: " << error.what() << '\n';
    }
  }
  if (summaries.empty())
    throw std::runtime_error(options.paths.front() + ": expected a log that can be read, got none");
  const std::vector<Together> together = read_together_by_problem(courses);
  if (are_several) {
    if (has_text) print_summaries(summaries);
    for (const Together& one : together) {
      if (has_text) print_text(one);
    }
    if (!options.output.json_path.empty()) write_json(render_json(documents, together), options.output);
  }
  if (!reports.empty()) write_report_file(reports, options.output, together);
  return exit_code;
}

}  // namespace perigee::cli
