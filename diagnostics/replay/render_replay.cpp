#include <perigee/diagnostics/replay/render_replay.hpp>

#include <perigee/diagnostics/render_html.hpp>
#include <perigee/diagnostics/report/markup.hpp>
#include <perigee/diagnostics/report/svg_plot.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/version.hpp>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

namespace perigee {

namespace {

using Json = nlohmann::ordered_json;

std::string number_of(double value) { return std::isinf(value) ? "never" : format_number(value, 4); }

std::string interval_text(const ReplayRow& row, const MedianInterval& interval) {
  if (std::isinf(interval.median) && std::isinf(interval.lower)) return "not within the budget";
  std::string text = std::isinf(interval.median) ? "not in half" : number_of(interval.median);
  if (row.is_deterministic || interval.coverage == 0.0) return text;
  return text + " [" + number_of(interval.lower) + ", " + number_of(interval.upper) + "]";
}

std::string share_text(const ReplayRow& row) {
  if (row.is_deterministic) return "no draws";
  return "[" + format_number(row.share_low, 2) + ", " + format_number(row.share_high, 2) + "]";
}

Index count_of(const ReplayRow& row, ReplayEnd end) {
  return static_cast<Index>(
      std::count_if(row.runs.begin(), row.runs.end(), [&](const ReplayRun& run) { return run.end == end; }));
}

// What became of the runs that did not leave.
std::string others_text(const ReplayRow& row) {
  std::string text;
  const auto add = [&](Index count, const char* what) {
    if (count > 0) text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + what;
  };
  add(count_of(row, ReplayEnd::budget), "out of budget");
  add(count_of(row, ReplayEnd::ended), "ended there");
  add(count_of(row, ReplayEnd::broke_down), "broke down");
  return text;
}

std::string where_text(const ReplayResult& result) {
  const Fork& fork = result.fork;
  std::string text = "Forked at iteration " + std::to_string(fork.iteration) + " of " + result.baseline + " on " +
                     result.problem + ", value " + format_number(fork.level);
  if (fork.phase) {
    text += ", in a slow phase (" + fork.phase->finding + ", iterations " + std::to_string(fork.phase->first) + " to " +
            std::to_string(fork.phase->last) + (fork.phase->is_end ? ", where the run ended)" : ")");
  }
  return text + ".\n";
}

std::string answer_text(const ReplayResult& result) {
  std::size_t always = 0;
  std::size_t none = 0;
  for (const ReplayRow& row : result.rows) {
    always += row.left == static_cast<Index>(row.runs.size()) ? 1 : 0;
    none += row.left == 0 ? 1 : 0;
  }
  std::string text = std::to_string(always) + " of " + std::to_string(result.rows.size()) +
                     " strategies left in every run, " + std::to_string(none) + " in none";
  const ReplayRow* best = cheapest(result);
  if (best != nullptr) {
    text += "; the cheapest was " + best->strategy + " (median cost " + number_of(best->cost.median) + ")";
  }
  text += ". ";
  text += std::isfinite(result.fork.recorded_cost)
              ? "The recorded run itself left after " + format_number(result.fork.recorded_iterations) +
                    " iterations, at cost " + format_number(result.fork.recorded_cost, 4) + ".\n"
              : "The recorded run itself did not leave.\n";
  return text;
}

std::string table_text(const ReplayResult& result) {
  std::vector<std::vector<std::string>> cells{
      {"strategy", "left", "95% interval", "median iterations", "median cost", "the others"}};
  for (const ReplayRow& row : result.rows) {
    const std::string share =
        row.is_deterministic ? "no draws"
                             : "[" + format_number(row.share_low, 2) + ", " + format_number(row.share_high, 2) + "]";
    cells.push_back({row.strategy, std::to_string(row.left) + "/" + std::to_string(row.runs.size()), share_text(row),
                     interval_text(row, row.iterations), interval_text(row, row.cost), others_text(row)});
  }
  std::vector<std::size_t> widths(cells[0].size(), 0);
  for (const auto& row : cells) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : cells) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

std::string legend_text(const ReplayResult& result) {
  return "left: value below " + format_number(result.fork.level) + " - " + format_number(result.fork.departure, 4) +
         " (the departure: " + result.fork.departure_rule + ") within cost " + format_number(result.budget) +
         ".\ncost = gradients + 2 Hessian-vector products + values/3. Share left with its 95% Wilson interval; medians "
         "over\nall runs, those that did not leave counting as infinite, with 95% intervals from order statistics. "
         "Seeds 0 to " +
         std::to_string(result.seeds - 1) + ",\nthe same for all; strategies that draw nothing run once. Step " +
         number_of(result.learning_rate) + " unless they say otherwise.\n";
}

// The runs that left as dots over the logarithm of their cost, the median as a line. Places are percentages.
std::string costs_picture(const ReplayRow& row, double budget) {
  const double range = std::log(std::max(budget, 2.0));
  const auto place = [&](double cost) {
    return svg_coordinate(2.0 + 96.0 * std::clamp(std::log(std::max(cost, 1.0)) / range, 0.0, 1.0)) + "%";
  };
  std::string dots;
  for (const ReplayRun& run : row.runs) {
    if (run.end != ReplayEnd::left) continue;
    dots += "<circle class=\"snapshot\" fill-opacity=\"0.5\" cx=\"" + place(run.cost) + "\" cy=\"9\" r=\"3.5\"/>";
  }
  if (std::isfinite(row.cost.median)) {
    const std::string x = place(row.cost.median);
    dots += "<line class=\"level\" x1=\"" + x + "\" x2=\"" + x + "\" y1=\"1\" y2=\"17\"/>";
  }
  return "<svg width=\"220\" height=\"18\" role=\"img\" aria-label=\"" +
         markup::escape("costs of the " + std::to_string(row.left) +
                        " runs that left: " + interval_text(row, row.cost)) +
         "\"><line class=\"grid\" x1=\"2%\" x2=\"98%\" y1=\"9\" y2=\"9\"/>" + dots + "</svg>";
}

Json json_number(double value) {
  if (std::isnan(value)) return nullptr;
  if (std::isinf(value)) return value > 0.0 ? "Infinity" : "-Infinity";
  return value;
}

Json json_of(const MedianInterval& interval) {
  return {{"median", json_number(interval.median)},
          {"lower", json_number(interval.lower)},
          {"upper", json_number(interval.upper)},
          {"coverage", interval.coverage}};
}

Json json_of(const ReplayRow& row) {
  Json runs = Json::array();
  for (const ReplayRun& run : row.runs) {
    runs.push_back({{"end", name_of(run.end)},
                    {"iterations", run.iterations},
                    {"cost", run.cost},
                    {"value", json_number(run.value)}});
  }
  const Json share = row.is_deterministic ? Json() : Json::array({row.share_low, row.share_high});
  return {{"strategy", row.strategy},  {"deterministic", row.is_deterministic},
          {"left", row.left},          {"runs", row.runs.size()},
          {"share_interval", share},   {"iterations", json_of(row.iterations)},
          {"cost", json_of(row.cost)}, {"outcomes", std::move(runs)}};
}

Json json_of(const Fork& fork) {
  Json phase = nullptr;
  if (fork.phase) {
    phase = {{"finding", fork.phase->finding},
             {"first", fork.phase->first},
             {"last", fork.phase->last},
             {"is_end", fork.phase->is_end}};
  }
  return {{"iteration", fork.iteration},
          {"value", json_number(fork.level)},
          {"departure", json_number(fork.departure)},
          {"departure_rule", fork.departure_rule},
          {"phase", std::move(phase)},
          {"recorded_iterations", json_number(fork.recorded_iterations)},
          {"recorded_cost", json_number(fork.recorded_cost)}};
}

}  // namespace

std::string render_text(const ReplayResult& result) {
  std::string text = where_text(result) + answer_text(result) + '\n' + table_text(result) + '\n' + legend_text(result);
  for (const std::string& reason : result.left_out) text += "not tried: " + reason + '\n';
  return text;
}

std::string render_html(const ReplayResult& result) {
  const auto cell = [](const std::string& text) { return "<td>" + markup::escape(text) + "</td>"; };
  std::string rows;
  for (const ReplayRow& row : result.rows) {
    rows += "<tr><th scope=\"row\">" + markup::escape(row.strategy) + "</th>" +
            cell(std::to_string(row.left) + "/" + std::to_string(row.runs.size())) + cell(share_text(row)) +
            cell(interval_text(row, row.iterations)) + cell(interval_text(row, row.cost)) + "<td>" +
            costs_picture(row, result.budget) + "</td>" + cell(others_text(row)) + "</tr>\n";
  }
  std::string notes;
  for (const std::string& reason : result.left_out) notes += "<p>Not tried: " + markup::escape(reason) + "</p>\n";
  return html_page("Replay of " + result.baseline + " on " + result.problem,
                   "<section class=\"verdict\"><p>" + markup::escape(answer_text(result)) +
                       "</p></section>\n<section><p class=\"prose\">" + markup::escape(where_text(result)) +
                       "</p>\n<div class=\"wide-table\"><table><thead><tr><th scope=\"col\">Strategy</th><th "
                       "scope=\"col\">Left</th><th scope=\"col\">95% interval</th><th scope=\"col\">Median "
                       "iterations</th><th scope=\"col\">Median cost</th><th scope=\"col\">Costs, 1 to " +
                       markup::escape(format_number(result.budget)) +
                       ", logarithmic</th><th scope=\"col\">The others</th></tr></thead>\n<tbody>\n" + rows +
                       "</tbody></table></div>\n<p class=\"caption\">" + markup::escape(legend_text(result)) +
                       "</p>\n" + notes + "</section>\n");
}

std::string render_json(const ReplayResult& result) {
  Json rows = Json::array();
  for (const ReplayRow& row : result.rows) rows.push_back(json_of(row));
  const ReplayRow* best = cheapest(result);
  const Json document = {{"schema_version", 1},
                         {"perigee_version", version()},
                         {"problem", result.problem},
                         {"baseline", result.baseline},
                         {"learning_rate", json_number(result.learning_rate)},
                         {"fork", json_of(result.fork)},
                         {"budget", result.budget},
                         {"seeds", result.seeds},
                         {"seed", result.seed},
                         {"cheapest", best == nullptr ? Json() : Json(best->strategy)},
                         {"strategies", std::move(rows)},
                         {"left_out", result.left_out}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace perigee
