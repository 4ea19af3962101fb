// What the command tells of itself: version, manual page, completion. All come from the parser, so what --help lists is
// the independent list that each is held against.
#include "support/catch.hpp"
#include "support/command.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

using namespace command_line;

namespace {

const std::vector<std::string> commands{"list",   "run",       "diagnose",   "compare", "compare merge", "compare show",
                                        "replay", "reproduce", "completion", "watch",   "doctor"};

// The first words of the lines of a --help that begin with two dashes: "  --set KEY=VALUE ...", "  --store,--out ...".
std::set<std::string> options_in_help(const std::string& command) {
  std::set<std::string> options;
  std::istringstream lines(perigee(command + " --help").output);
  std::string line;
  while (std::getline(lines, line)) {
    const std::size_t first = line.find_first_not_of(' ');
    if (first == std::string::npos || line.compare(first, 1, "-") != 0) continue;
    std::istringstream names(line.substr(first, line.find(' ', first) - first));
    std::string name;
    while (std::getline(names, name, ',')) options.insert(name);
  }
  return options;
}

std::set<std::string> lines_of(const std::string& text) {
  std::set<std::string> lines;
  std::istringstream stream(text);
  std::string line;
  while (std::getline(stream, line)) lines.insert(line.substr(0, line.find('\t')));
  return lines;
}

std::string shell(const std::string& command, int* status = nullptr) {
  FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string output;
  std::array<char, 4096> buffer{};
  for (std::size_t n = 0; (n = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) output.append(buffer.data(), n);
  const int ended = pclose(pipe);
  if (status != nullptr) *status = WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
  return output;
}

bool has_program(const std::string& name) {
  int status = 0;
  shell("command -v " + name + " >/dev/null 2>&1", &status);
  return status == 0;
}

// What bash offers for these words, the last of which is being typed, through the script as it is installed.
std::set<std::string> offered_by_bash(const std::vector<std::string>& words) {
  const Folder folder;
  std::string script = "source <('" + std::string(PERIGEE_COMMAND) + "' completion bash)\nCOMP_WORDS=('" +
                       std::string(PERIGEE_COMMAND) + "'";
  for (const std::string& word : words) script += " '" + word + "'";
  script += ")\nCOMP_CWORD=" + std::to_string(words.size()) + "\n_perigee\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n";
  return lines_of(shell("bash " + quoted(folder.file("ask.sh", script))));
}

std::set<std::string> names_of(const std::string& kind) {
  std::set<std::string> names;
  for (const auto& item : nlohmann::json::parse(perigee("list " + kind + " --json").output)) {
    names.insert(item["name"].get<std::string>());
  }
  return names;
}

}  // namespace

TEST_CASE("the version is told in one line, and with --verbose also what is compiled in") {
  const Outcome brief = perigee("--version");
  CHECK(brief.exit_code == 0);
  CHECK(std::count(brief.output.begin(), brief.output.end(), '\n') == 1);
  CHECK(brief.output.rfind("perigee ", 0) == 0);
  const Outcome whole = perigee("--version --verbose");
  CHECK(whole.exit_code == 0);
  CHECK(perigee("--verbose --version").output == whole.output);
  CHECK(whole.output.rfind(brief.output, 0) == 0);
  for (const char* name : {"compiler", "language", "Eigen", "Boost", "zlib", "vector instructions", "SQLite",
                           "nlohmann-json", "report charts", "Ceres bridge", "MPI"}) {
    CHECK(contains(whole.output, "\n  " + std::string(name) + "  "));
  }
  // The target in use is the one that the environment asks for.
  CHECK(contains(shell("PERIGEE_SIMD_TARGET=scalar " + std::string(PERIGEE_COMMAND) + " --version --verbose 2>&1"),
                 "scalar"));
  CHECK(perigee("--verbose").exit_code == 2);
}

TEST_CASE("completion offers what --help lists, for every command") {
  for (const std::string& command : commands) {
    INFO(command);
    const std::set<std::string> expected = options_in_help(command);
    REQUIRE(expected.count("--help") == 1);
    CHECK(lines_of(perigee("__complete " + command + " -").output) == expected);
  }
  // And the commands themselves.
  std::set<std::string> first;
  for (const std::string& command : commands) first.insert(command.substr(0, command.find(' ')));
  const std::set<std::string> offered = lines_of(perigee("__complete ''").output);
  CHECK(std::includes(offered.begin(), offered.end(), first.begin(), first.end()));
  for (const std::string& command : offered) CHECK(perigee(command + " --help").exit_code == 0);
}

TEST_CASE("names are completed from what perigee list shows") {
  CHECK(lines_of(perigee("__complete run ''").output) == names_of("problems"));
  CHECK(lines_of(perigee("__complete run octopus --solver ''").output) == names_of("solvers"));
  CHECK(lines_of(perigee("__complete diagnose log.csv --fail-on ''").output) == names_of("findings"));
  CHECK(lines_of(perigee("__complete reproduce ''").output) == names_of("reproductions"));
  // After a comma, the next name; what was typed stays.
  CHECK(lines_of(perigee("__complete compare --solvers guided,heavy").output) ==
        std::set<std::string>{"guided,heavy-ball"});
  CHECK(lines_of(perigee("__complete compare --solvers=guided,heavy").output) ==
        std::set<std::string>{"--solvers=guided,heavy-ball"});
  CHECK(lines_of(perigee("__complete diagnose --format j").output) == std::set<std::string>{"jsonl"});
  CHECK(lines_of(perigee("__complete run octopus --set dim").output) == std::set<std::string>{"dimension="});
  CHECK(lines_of(perigee("__complete diagnose ''").output) == std::set<std::string>{":files"});
  CHECK(perigee("__complete run octopus --seed ''").output.empty());
  CHECK(perigee("__complete no-such-command --x").exit_code == 0);
}

TEST_CASE("the script for bash puts words together that bash takes apart") {
  if (!has_program("bash")) return;
  CHECK(offered_by_bash({"run", "octo"}) == std::set<std::string>{"octopus"});
  CHECK(offered_by_bash({"comp"}) == std::set<std::string>{"compare", "completion"});
  CHECK(offered_by_bash({"compare", "--solvers", "=", "guided,heavy"}) == std::set<std::string>{"guided,heavy-ball"});
  CHECK(offered_by_bash({"run", "octopus", "--set", "dim"}) == std::set<std::string>{"dimension="});
  const Folder folder;
  folder.file("training.csv", "");
  const std::set<std::string> files = offered_by_bash({"diagnose", (folder.path / "train").string()});
  CHECK(files == std::set<std::string>{(folder.path / "training.csv").string()});
}

TEST_CASE("the scripts for zsh and fish are sound, and fish offers what the command says") {
  const std::string command = PERIGEE_COMMAND;
  const Folder folder;
  int status = 0;
  if (has_program("zsh")) {
    shell("zsh -n " + quoted(folder.file("_perigee", perigee("completion zsh").output)) + " 2>&1", &status);
    CHECK(status == 0);
  }
  if (has_program("fish")) {
    const std::string script = folder.file("perigee.fish", perigee("completion fish").output);
    const std::string asked = "PATH=" + quoted(fs::path(command).parent_path().string()) + ":$PATH fish -c 'source " +
                              script + "; complete -C \"perigee run octo\"'";
    CHECK(lines_of(shell(asked, &status)) == std::set<std::string>{"octopus"});
    CHECK(status == 0);
  }
  CHECK(perigee("completion tcsh").exit_code == 2);
}

TEST_CASE("the manual page has every command and option, and no formatter complains of it") {
  const std::string page = perigee("--man").output;
  std::string plain;  // hyphens as they are typed
  for (std::size_t i = 0; i < page.size(); ++i) {
    if (page[i] == '\\' && i + 1 < page.size() && page[i + 1] == '-') continue;
    plain += page[i];
  }
  for (const std::string& command : commands) {
    INFO(command);
    const std::size_t section = plain.find(".SS \"perigee " + command + "\"\n");
    REQUIRE(section != std::string::npos);
    const std::string text = plain.substr(section, plain.find(".SS", section + 1) - section);
    for (const std::string& option : options_in_help(command)) {
      if (option != "--help" && option != "-h") CHECK(contains(text, "\\fB" + option + "\\fR"));
    }
  }
  CHECK(contains(plain, "the run broke down numerically"));
  CHECK(perigee("--man").output == page);
  if (!has_program("groff")) return;
  const Folder folder;
  CHECK(shell("groff -man -Tutf8 -ww -z " + quoted(folder.file("perigee.1", page)) + " 2>&1").empty());
}
