// `perigee compare`: a campaign, kept in a file or not, and its summary.
#include <perigee/diagnostics/cli/campaign_output.hpp>
#include <perigee/diagnostics/cli/mpi/campaign_ranks.hpp>
#include <perigee/diagnostics/cli/output.hpp>
#include <perigee/diagnostics/cli/tuning_output.hpp>
#include <perigee/diagnostics/compare/campaign_runner.hpp>
#include <perigee/diagnostics/compare/campaign_store.hpp>
#include <perigee/diagnostics/compare/new_targets.hpp>
#include <perigee/diagnostics/compare/relative_targets.hpp>
#include <perigee/diagnostics/compare/report/render_comparison.hpp>
#include <perigee/diagnostics/compare/suites.hpp>
#include <perigee/diagnostics/compare/tuning.hpp>

#include <unistd.h>

#include <iostream>
#include <memory>
#include <set>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace perigee::cli {

namespace {

std::vector<std::string> all_of(const std::vector<std::string>& lists) {
  std::vector<std::string> all;
  for (const std::string& list : lists) {
    for (std::string& part : split_choices(list)) all.push_back(std::move(part));
  }
  return all;
}

std::vector<NamedChoice> choices_of(const std::vector<std::string>& lists, const char* option) {
  std::vector<NamedChoice> choices;
  std::set<std::string> texts;
  for (const std::string& text : all_of(lists)) {
    choices.push_back(parse_choice(text));
    if (texts.insert(text_of(choices.back())).second) continue;
    throw std::invalid_argument(std::string("compare: ") + option + " must differ, got " + text + " twice");
  }
  if (choices.empty()) throw std::invalid_argument(std::string("compare: ") + option + " must be given, got none");
  return choices;
}

std::vector<CampaignCase> cases_of(const CompareCommandOptions& command) {
  const std::vector<std::string> starts =
      command.starts.empty() ? std::vector<std::string>{"first"} : all_of(command.starts);
  std::vector<CampaignCase> cases;
  const SuitePart part = suite_part_of(!command.part.empty()     ? command.part
                                       : command.mode == "tuned" ? "held-out"
                                                                 : "all");
  for (const std::string& suite : all_of(command.suites)) add_cases(cases, suite_cases(suite, part));
  for (const std::string& text : all_of(command.problems)) add_cases(cases, parse_cases(text, starts));
  if (cases.empty()) throw std::invalid_argument("compare: --problems or --suite must be given, got none");
  return cases;
}

CampaignOptions campaign_options(const CompareCommandOptions& command) {
  CampaignOptions options;
  options.cases = cases_of(command);
  options.solvers = choices_of(command.solvers, "--solvers");
  if (command.mode == "theory") options = theory_campaign(std::move(options));
  options.seeds = static_cast<Index>(command.seeds);
  options.first_seed = static_cast<Index>(command.first_seed);
  options.budget = command.budget;
  if (command.seconds > 0.0) options.seconds = command.seconds;
  if (!command.weights.empty()) options.weights = {command.weights[0], command.weights[1], command.weights[2]};
  options.targets = command.targets;
  options.traces = command.keeps_traces ? Traces::kept : Traces::none;
  options.judgement = judgement_of(command.judgement);
  if ((command.mode == "tuned") != !command.tuning_path.empty()) {
    throw std::invalid_argument("compare: --mode tuned and --tuning must be given together, got one of them");
  }
  if (command.mode != "tuned") return options;
  CampaignStore tuning(command.tuning_path);
  return tuned_campaign(std::move(options), options_of(tuning.configuration().entries), tuning);
}

// Rows done and wanted on standard error, if that is a terminal.
class RowProgress {
 public:
  void operator()(const CampaignProgress& progress) {
    if (!line_.on_terminal()) return;
    line_.show(std::to_string(progress.done) + " of " + std::to_string(progress.wanted) + " runs");
  }
  void clear() { line_.erase(); }

 private:
  StatusLine line_;
};

void write_to(const std::string& path, const std::string& content) {
  if (path == "-") {
    std::cout << content;
  } else if (!path.empty()) {
    write_file(path, content);
  }
}

unsigned threads_of(const CompareCommandOptions& command) {
  return command.threads > 0 ? command.threads : std::max(1U, std::thread::hardware_concurrency());
}

// What was asked for; the table unless standard output is taken.
void write_summary(const CompareCommandOptions& command, const RunConfiguration& configuration,
                   const CampaignOptions& campaign, RunRows& all_rows, const std::vector<Provenance>& writers) {
  RelativeTargets rows(campaign, all_rows);
  const ReportDetail detail = !command.report_path.empty() ? ReportDetail::runs
                              : !command.json_path.empty() ? ReportDetail::curves
                                                           : ReportDetail::table;
  const ComparisonReport report =
      compare_runs(configuration, campaign, rows, writers, {.detail = detail, .threads = threads_of(command)});
  if (!command.csv_path.empty()) {
    std::ostringstream csv;
    write_campaign_csv(csv, campaign, rows);
    write_to(command.csv_path, csv.str());
  }
  if (!command.json_path.empty()) write_to(command.json_path, campaign_json(report));
  if (!command.report_path.empty()) {
    write_file(command.report_path, render_html(report));
    std::cerr << "report: " << command.report_path << '\n';
  }
  if (command.json_path != "-" && command.csv_path != "-") std::cout << campaign_table(report);
  std::cout.flush();
  if (!std::cout) throw std::runtime_error("standard output: cannot write");
}

// What tuning has chosen for the first target; a campaign that is not finished has not chosen.
void write_tuning(const CompareCommandOptions& command, const RunConfiguration& configuration,
                  const CampaignOptions& campaign, RunRows& rows, const std::vector<Provenance>&) {
  const std::vector<bool> present = rows.present(run_count(campaign));
  if (std::count(present.begin(), present.end(), true) < wanted_count(campaign)) return;
  const std::vector<TunedSolver> tuned = tuned_solvers(campaign, rows);
  if (!command.json_path.empty()) write_to(command.json_path, tuning_json(configuration, tuned));
  if (command.json_path != "-") std::cout << tuning_text(campaign, tuned);
}

using Summarize = void (*)(const CompareCommandOptions&, const RunConfiguration&, const CampaignOptions&, RunRows&,
                           const std::vector<Provenance>&);

int compare_over(CampaignRanks& ranks, const CompareCommandOptions& command, const CampaignOptions& options,
                 Summarize summarize) {
  const Shard shard = parse_shard(command.shard);
  if (command.store_path.empty() && shard.count > 1) {
    throw std::invalid_argument("compare: --shard must come with --store, or its runs are lost, got none");
  }
  const Campaign campaign(options);
  if (ranks.rank() > 0) {
    ranks.work(campaign);
    return exit_done;
  }
  const RunConfiguration configuration = campaign.configuration();
  const unsigned threads = threads_of(command);
  Provenance provenance = provenance_of_this_process(threads);
  if (ranks.size() > 1) provenance.emplace_back("ranks", std::to_string(ranks.size()));
  std::vector<Provenance> writers{provenance};
  std::unique_ptr<RunRows> rows;
  if (command.store_path.empty()) {
    rows = std::make_unique<RowsInMemory>();
  } else {
    auto store = std::make_unique<CampaignStore>(command.store_path, configuration, provenance);
    writers = store->writers();
    rows = std::move(store);
  }
  RowProgress progress;
  const CampaignProgress reached =
      ranks.run(campaign, *rows,
                {.threads = threads, .shard = shard, .cancelled = interruption(), .progressed = std::ref(progress)});
  progress.clear();
  if (reached.done < reached.wanted) {
    std::cerr << "interrupted after " << reached.done << " of " << reached.wanted << " runs"
              << (command.store_path.empty() ? "" : "; the same command goes on from there") << '\n';
  }
  summarize(command, configuration, campaign.options(), *rows, writers);
  return exit_done;
}

}  // namespace

int compare_command(const CompareCommandOptions& command) {
  CampaignRanks ranks;
  try {
    return compare_over(ranks, command, campaign_options(command), write_summary);
  } catch (const std::exception& error) {
    ranks.abort(error.what());
    throw;
  }
}

int compare_tune_command(const CompareCommandOptions& given) {
  CampaignRanks ranks;
  try {
    CompareCommandOptions command = given;
    if (command.part.empty()) command.part = "training";
    if (command.mode != "default") {
      throw std::invalid_argument("compare tune: --mode must not be given, got " + command.mode);
    }
    if (!command.report_path.empty()) {
      throw std::invalid_argument("compare tune: --report is of `compare` and `compare show`, got " +
                                  command.report_path);
    }
    return compare_over(
        ranks, command,
        tuning_campaign(campaign_options(command), static_cast<Index>(command.configurations), command.tuning_seed),
        write_tuning);
  } catch (const std::exception& error) {
    ranks.abort(error.what());
    throw;
  }
}

int compare_merge_command(const CompareCommandOptions& command) {
  const RunConfiguration configuration = CampaignStore(command.files.front()).configuration();
  CampaignStore store(command.store_path, configuration, {});
  for (const std::string& file : command.files) {
    std::cout << file << ": " << store.merge(file) << " runs added\n";
  }
  const CampaignOptions campaign = options_of(configuration.entries);
  const std::vector<bool> present = store.present(run_count(campaign));
  std::cout << command.store_path << ": " << std::count(present.begin(), present.end(), true) << " of "
            << wanted_count(campaign) << " runs\n";
  return exit_done;
}

int compare_show_command(const CompareCommandOptions& command) {
  CampaignStore store(command.files.front());
  const CampaignOptions campaign = options_of(store.configuration().entries);
  if (command.shown_targets.empty() || command.shown_targets == campaign.targets) {
    write_summary(command, store.configuration(), campaign, store, store.writers());
    return exit_done;
  }
  NewTargets rows(campaign, command.shown_targets, store);
  write_summary(command, store.configuration(), rows.options(), rows, store.writers());
  return exit_done;
}

}  // namespace perigee::cli
