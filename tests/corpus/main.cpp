// The command of the calibration corpus.
//
//     perigee_corpus                            the first two thirds: tables and failures
//     perigee_corpus --held-out                 all three; the held-out third is refused otherwise
//     perigee_corpus --run NAME                 one run: its label and its diagnosis
//     perigee_corpus --list                     the families with their classes and thirds
//     perigee_corpus --check-construction       which runs did not do what they were made for; diagnoses nothing
//     --only TEXT                               runs whose name contains TEXT
//     --sample N                                about N of the runs, always the same ones
//     --no-delays                               leaves the delays of detection unmeasured
//     --jobs J                                  threads (default: 2)
//     --json FILE, --page FILE                  the outcome as JSON; into the page docs/calibration.md
//     --least-right N, --most-alarms N          exit code 1 if fewer verdicts are right, or more findings false
//
// Thresholds are those of the library. They were to be frozen before anybody looked at the held-out third.
#include "report.hpp"

#include <perigee/diagnostics/diagnose.hpp>
#include <perigee/diagnostics/render_text.hpp>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <mutex>
#include <sstream>
#include <thread>

namespace {

using namespace perigee;
using namespace perigee::corpus;

struct Command {
  std::map<std::string, std::string> values;
  bool has(const std::string& option) const { return values.count(option) > 0; }
  std::string text(const std::string& option) const { return has(option) ? values.at(option) : ""; }
  std::size_t number(const std::string& option, std::size_t otherwise) const {
    return has(option) ? static_cast<std::size_t>(std::stoul(values.at(option))) : otherwise;
  }
};

Command read_command(int count, char** words) {
  const std::set<std::string> flags{"--held-out", "--list", "--check-construction", "--no-delays"};
  const std::set<std::string> options{"--run",  "--only", "--sample",      "--jobs",
                                      "--json", "--page", "--least-right", "--most-alarms"};
  Command command;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    if (flags.count(word) > 0) {
      command.values[word] = "";
    } else if (options.count(word) > 0 && i + 1 < count) {
      command.values[word] = words[++i];
    } else {
      throw std::invalid_argument("perigee_corpus: options are those of the head of main.cpp, got " + word);
    }
  }
  return command;
}

std::uint64_t hash_of(const std::string& text) {  // FNV-1a
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char letter : text) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3u;
  return hash;
}

constexpr std::uint64_t runs_to_look_at = 1300;  // about, for the share that a sample takes

class Scoring final : public Collector {
 public:
  explicit Scoring(const Command& command) : command_(command) {}

  void add(const RunName& name, const std::function<CorpusRun()>& make) override {
    const std::string text = name.text();
    if (command_.has("--run") && text != command_.text("--run")) return;
    if (command_.has("--only") && text.find(command_.text("--only")) == std::string::npos) return;
    if (command_.has("--sample") && hash_of(text) / 7 % runs_to_look_at >= command_.number("--sample", 0)) {
      return;
    }
    const CorpusRun run = make();
    if (!run.void_reason.empty()) {
      voids_.push_back(text + ": " + run.void_reason);
      if (!command_.has("--run")) return;
    }
    if (command_.has("--check-construction")) {
      ++made_[run.label];
      return;
    }
    if (command_.has("--run")) print(name, run);
    scores_.push_back(
        score(name, run, command_.has("--sample") || command_.has("--no-delays") ? Delays::leave : Delays::measure));
  }

  const std::vector<Score>& scores() const { return scores_; }
  const std::vector<std::string>& voids() const { return voids_; }
  const std::map<std::string, std::size_t>& made() const { return made_; }

 private:
  static void print(const RunName& name, const CorpusRun& run) {
    const Diagnosis diagnosis = diagnose(run.trajectory, run.objective.get());
    std::cout << name.text() << "\nlabel " << run.label << "; due:";
    for (const std::string& id : run.must) std::cout << ' ' << id;
    std::cout << "; allowed:";
    for (const std::string& id : run.may) std::cout << ' ' << id;
    std::cout << "\n" << run.void_reason << "\n" << diagnosis.summary << "\n\n";
    for (const Finding& finding : diagnosis.findings) {
      std::cout << finding.id << " [" << finding.first << ", " << finding.last << "] " << name_of(finding.severity)
                << ", " << name_of(finding.certainty) << ": " << finding.message << "\n";
      for (const Evidence& item : finding.evidence) std::cout << "    " << item.name << " = " << item.value << "\n";
    }
    for (const std::string& limit : diagnosis.limits) std::cout << "limit: " << limit << "\n";
    const std::vector<StepRecord>& records = run.trajectory.records;
    for (std::size_t i = 0; i < records.size(); i += std::max<std::size_t>(1, records.size() / 24)) {
      const StepRecord& record = records[i];
      std::cout << record.iteration << "  f " << record.value << "  |g| " << record.gradient_norm << "  step "
                << record.step_size << "  curvature " << record.curvature << "\n";
    }
  }

  const Command& command_;
  std::vector<Score> scores_;
  std::vector<std::string> voids_;
  std::map<std::string, std::size_t> made_;
};

struct Outcome {
  std::vector<Score> scores[2];  // looked at, held out
  std::vector<std::string> voids;
  std::map<std::string, std::size_t> made[3];  // label -> runs, of each third; construction only
};

bool is_wanted(const Family& family, const Command& command) {
  return family.third < 2 || command.has("--held-out") || command.has("--check-construction");
}

Outcome carry_out(const Command& command) {
  std::vector<Scoring> parts(families().size(), Scoring(command));
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < parts.size(); i = next++) {
      const Family& family = families()[i];
      if (is_wanted(family, command)) family.add_runs(family.name, parts[i]);
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t j = 1; j < command.number("--jobs", 2); ++j) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  Outcome outcome;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Family& family = families()[i];
    std::vector<Score>& scores = outcome.scores[family.third == 2 ? 1 : 0];
    scores.insert(scores.end(), parts[i].scores().begin(), parts[i].scores().end());
    outcome.voids.insert(outcome.voids.end(), parts[i].voids().begin(), parts[i].voids().end());
    for (const auto& [label, count] : parts[i].made()) outcome.made[family.third][label] += count;
  }
  return outcome;
}

void write(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  if (!file) throw std::runtime_error("perigee_corpus: cannot write " + path);
}

std::string read(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

void print_construction(const Outcome& outcome) {
  for (const std::string& text : outcome.voids) std::cout << "void: " << text << "\n";
  for (int third = 0; third < 3; ++third) {
    std::size_t total = 0;
    std::cout << "third " << third + 1 << ":";
    for (const auto& [label, count] : outcome.made[third]) {
      std::cout << "  " << label << " " << count;
      total += count;
    }
    std::cout << "  in all " << total << "\n";
  }
}

int report(const Outcome& outcome, const Command& command) {
  const char* sections[] = {"looked-at", "held-out"};
  std::string page = command.has("--page") ? read(command.text("--page")) : "";
  std::string json;
  std::size_t right = 0;
  std::size_t alarms = 0;
  for (int part = 0; part < 2; ++part) {
    const std::vector<Score>& scores = outcome.scores[part];
    if (scores.empty()) continue;
    const Summary summary = summarize(scores);
    right += summary.right;
    alarms += summary.false_alarms;
    std::cout << sections[part] << "\n\n" << tables_of(summary, Style::terminal) << "\n" << failures_of(scores) << "\n";
    json += (json.empty() ? "{\"" : ",\"") + std::string(sections[part]) + "\": " + json_of(summary, scores);
    if (!page.empty()) page = with_section(page, sections[part], tables_of(summary, Style::markdown));
  }
  if (command.has("--json")) write(command.text("--json"), json + "}\n");
  if (command.has("--page")) write(command.text("--page"), page);
  std::cout << outcome.voids.size() << " runs did not do what they were made for and are not in the corpus.\n";
  if (right < command.number("--least-right", 0) || alarms > command.number("--most-alarms", 1000000)) {
    std::cout << "regression: " << right << " verdicts right, " << alarms << " false alarms\n";
    return 1;
  }
  return 0;
}

}  // namespace

int main(int count, char** words) {
  try {
    const Command command = read_command(count, words);
    if (command.has("--list")) {
      for (const Family& family : families()) {
        std::cout << family.third + 1 << "  " << family.kind << "  " << family.name << "\n";
      }
      return 0;
    }
    for (const char* option : {"--run", "--only"}) {
      for (const Family& family : families()) {
        if (command.text(option).starts_with(family.name + "/") && !is_wanted(family, command)) {
          std::cerr << "perigee_corpus: " << family.name << " is held out; --held-out shows it\n";
          return 2;
        }
      }
    }
    const Outcome outcome = carry_out(command);
    if (command.has("--check-construction")) {
      print_construction(outcome);
      return 0;
    }
    return report(outcome, command);
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 2;
  }
}
