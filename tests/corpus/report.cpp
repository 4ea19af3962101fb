#include "report.hpp"

#include <perigee/diagnostics/compare/statistics/wilson.hpp>
#include <perigee/lib/format.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace perigee::corpus {

namespace {

using statistics::Interval;

// Wilson's interval at 95%.
Interval interval_of(std::size_t count, std::size_t total) {
  if (total == 0) return {0.0, 1.0};
  return statistics::wilson_interval(static_cast<Index>(count), static_cast<Index>(total));
}

using Table = std::vector<std::vector<std::string>>;  // the first row is the head

std::string text_of(const Table& table, Style style) {
  std::vector<std::size_t> widths(table.front().size(), 3);
  for (const auto& row : table) {
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], row[c].size());
  }
  const bool is_markdown = style == Style::markdown;
  std::string text;
  const auto add_row = [&](const std::vector<std::string>& row) {
    for (std::size_t c = 0; c < row.size(); ++c) {
      const std::string space(widths[c] - row[c].size(), ' ');
      text += is_markdown ? (c == 0 ? "| " : " | ") : (c == 0 ? "" : "  ");
      text += c == 0 ? row[c] + space : space + row[c];
    }
    text += is_markdown ? " |\n" : "\n";
  };
  add_row(table.front());
  if (is_markdown) {
    for (std::size_t c = 0; c < widths.size(); ++c) {
      text += (c == 0 ? "|" : "|") + std::string(widths[c] + 1, '-') + (c == 0 ? "-" : ":");
    }
    text += "|\n";
  }
  for (std::size_t r = 1; r < table.size(); ++r) add_row(table[r]);
  return text;
}

std::string percent(double share) { return format_number(100.0 * share, 3) + "%"; }

std::string share_text(std::size_t count, std::size_t total) {
  if (total == 0) return "-";
  const Interval interval = interval_of(count, total);
  return percent(static_cast<double>(count) / static_cast<double>(total)) + " [" + percent(interval.lower) + ", " +
         percent(interval.upper) + "]";
}

double quantile(const std::vector<double>& sorted, double share) {
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

Table confusion_table(const Summary& summary) {
  Table table{{"truth", "runs", "right", "verdicts that differ from the label"}};
  for (const auto& [label, verdicts] : summary.confusion) {
    std::size_t total = 0;
    std::string others;
    for (const auto& [verdict, count] : verdicts) {
      total += count;
      if (verdict != label) others += (others.empty() ? "" : ", ") + verdict + " " + std::to_string(count);
    }
    const auto own = verdicts.find(label);
    table.push_back({label, std::to_string(total), std::to_string(own == verdicts.end() ? 0 : own->second), others});
  }
  return table;
}

Table finding_table(const Summary& summary) {
  Table table{{"finding", "due", "recall", "absent", "false alarms", "falsely proven"}};
  for (const auto& [id, rates] : summary.findings) {
    table.push_back({id, std::to_string(rates.due), share_text(rates.made, rates.due), std::to_string(rates.absent),
                     share_text(rates.alarms, rates.absent), std::to_string(rates.false_proofs)});
  }
  return table;
}

Table delay_table(const Summary& summary) {
  Table table{{"finding", "runs", "median", "90%", "median share", "90% share"}};
  for (const auto& [label, delays] : summary.delays) {
    const std::vector<double>& shares = summary.delay_shares.at(label);
    table.push_back({label, std::to_string(delays.size()), format_number(quantile(delays, 0.5), 3),
                     format_number(quantile(delays, 0.9), 3), percent(quantile(shares, 0.5)),
                     percent(quantile(shares, 0.9))});
  }
  return table;
}

std::string joined(const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& item : list) text += (text.empty() ? "" : ",") + item;
  return text;
}

}  // namespace

std::string tables_of(const Summary& summary, Style style) {
  const Table totals{
      {"quantity", "count", "share with Wilson's interval at 95%"},
      {"runs", std::to_string(summary.runs), ""},
      {"decided", std::to_string(summary.decided), share_text(summary.decided, summary.runs)},
      {"right, of those decided", std::to_string(summary.right), share_text(summary.right, summary.decided)},
      {"undetermined", std::to_string(summary.runs - summary.decided),
       share_text(summary.runs - summary.decided, summary.runs)},
      {"undetermined though the record suffices", std::to_string(summary.undetermined_where_decidable),
       share_text(summary.undetermined_where_decidable, summary.runs)},
      {"false alarms", std::to_string(summary.false_alarms), ""},
      {"falsely proven", std::to_string(summary.false_proofs), ""},
  };
  std::string text = text_of(totals, style) + "\n" + text_of(confusion_table(summary), style) + "\n" +
                     text_of(finding_table(summary), style);
  if (!summary.delays.empty()) text += "\n" + text_of(delay_table(summary), style);
  return text;
}

std::string failures_of(const std::vector<Score>& scores) {
  std::string text;
  for (const Score& score : scores) {
    if (!score.is_failure()) continue;
    text += score.name + "  label " + score.label + ", verdict " + score.verdict;
    if (score.is_decided() && !score.is_right) text += " (wrong)";
    if (!score.missed.empty()) text += ", missed " + joined(score.missed);
    if (!score.false_alarms.empty()) text += ", false " + joined(score.false_alarms);
    if (!score.false_proofs.empty()) text += ", FALSELY PROVEN " + joined(score.false_proofs);
    text += "  (perigee_corpus --run " + score.name + ")\n";
  }
  return text;
}

std::string json_of(const Summary& summary, const std::vector<Score>& scores) {
  nlohmann::ordered_json json{{"runs", summary.runs},
                              {"decided", summary.decided},
                              {"right", summary.right},
                              {"undetermined_where_decidable", summary.undetermined_where_decidable},
                              {"false_alarms", summary.false_alarms},
                              {"false_proofs", summary.false_proofs}};
  for (const auto& [id, rates] : summary.findings) {
    const Interval recall = interval_of(rates.made, rates.due);
    const Interval alarms = interval_of(rates.alarms, rates.absent);
    json["findings"][id] = {{"due", rates.due},
                            {"made", rates.made},
                            {"recall_interval", {recall.lower, recall.upper}},
                            {"absent", rates.absent},
                            {"false_alarms", rates.alarms},
                            {"false_alarm_interval", {alarms.lower, alarms.upper}},
                            {"false_proofs", rates.false_proofs}};
  }
  json["confusion"] = summary.confusion;
  json["delays"] = summary.delays;
  json["failures"] = nlohmann::ordered_json::array();
  for (const Score& score : scores) {
    if (!score.is_failure()) continue;
    json["failures"].push_back({{"run", score.name},
                                {"label", score.label},
                                {"verdict", score.verdict},
                                {"right", score.is_right},
                                {"missed", score.missed},
                                {"false_alarms", score.false_alarms},
                                {"false_proofs", score.false_proofs},
                                {"command", "perigee_corpus --run " + score.name}});
  }
  return json.dump(2) + "\n";
}

std::string with_section(const std::string& page, const std::string& section, const std::string& text) {
  const std::string begin = "<!-- " + section + " -->\n";
  const std::string end = "<!-- end of " + section + " -->";
  const std::size_t first = page.find(begin);
  const std::size_t last = page.find(end);
  if (first == std::string::npos || last == std::string::npos) {
    throw std::invalid_argument("with_section: the page must have the markers of " + section);
  }
  return page.substr(0, first) + begin + "\n" + text + "\n" + page.substr(last);
}

}  // namespace perigee::corpus
