// `perigee compare`: a table of success rates and costs.
#include <perigee/diagnostics/cli/output.hpp>
#include <perigee/lib/format.hpp>

#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

namespace perigee::cli {

namespace {

std::string reached(double median) { return std::isinf(median) ? "not reached" : format_number(median); }

// JSON has no infinity: null says that fewer than half of the runs reached the target.
nlohmann::ordered_json json_of(double median) {
  return std::isinf(median) ? nlohmann::ordered_json() : nlohmann::ordered_json(median);
}

void print_table(const std::vector<ComparisonRow>& rows, const CompareOptions& options) {
  std::vector<std::vector<std::string>> cells{
      {"problem", "solver", "solved", "95% interval", "median gradients", "median cost"}};
  for (const ComparisonRow& row : rows) {
    cells.push_back({row.problem, row.solver, std::to_string(row.successes) + "/" + std::to_string(row.runs),
                     "[" + format_number(row.success_low, 2) + ", " + format_number(row.success_high, 2) + "]",
                     reached(row.median_gradients), reached(row.median_cost)});
  }
  std::vector<std::size_t> widths(cells[0].size(), 0);
  for (const auto& row : cells) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const auto& row : cells) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      std::cout << row[i] << (i + 1 < row.size() ? std::string(widths[i] - row[i].size() + 2, ' ') : "\n");
    }
  }
  std::cout << "solved: f <= f* + " << format_number(options.target) << " (f(x0) - f*) within " << options.budget
            << " gradients. Medians over all runs, failures counting as infinite;\ncost = gradients + 2 Hessian-vector "
               "products + values/3.\n";
}

}  // namespace

int compare_command(const CompareCommandOptions& command) {
  CompareOptions options;
  for (const std::string& text : command.problems) options.problems.push_back(parse_choice(text));
  for (const std::string& text : command.solvers) options.solvers.push_back(parse_choice(text));
  options.seeds = static_cast<Index>(command.seeds);
  options.budget = command.budget;
  options.target = command.target;
  options.start = command.start;
  options.threads = command.jobs > 0 ? command.jobs : std::max(1U, std::thread::hardware_concurrency());
  const std::vector<ComparisonRow> rows = compare(options);
  if (!command.as_json) {
    print_table(rows, options);
    return exit_done;
  }
  nlohmann::ordered_json document = nlohmann::ordered_json::array();
  for (const ComparisonRow& row : rows) {
    document.push_back({{"problem", row.problem},
                        {"solver", row.solver},
                        {"runs", row.runs},
                        {"successes", row.successes},
                        {"success_interval", {row.success_low, row.success_high}},
                        {"median_gradients", json_of(row.median_gradients)},
                        {"median_cost", json_of(row.median_cost)}});
  }
  std::cout << document.dump(2) << '\n';
  return exit_done;
}

}  // namespace perigee::cli
