// The command as its user meets it: exit codes, where output goes, and what messages name.
#include "support/catch.hpp"
#include "support/command.hpp"
#include "support/json_schema.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <nlohmann/json.hpp>

using namespace command_line;

TEST_CASE("list shows everything, and as JSON with the promised fields") {
  const Outcome text = perigee("list problems");
  CHECK(text.exit_code == 0);
  CHECK(contains(text.output, "octopus"));
  CHECK(text.errors.empty());
  const nlohmann::json all = nlohmann::json::parse(perigee("list --json").output);
  REQUIRE(all.is_array());
  CHECK(all.size() > 30);
  for (const auto& item : all) {
    for (const char* field : {"kind", "name", "family", "summary", "parameters"}) CHECK(item.contains(field));
  }
}

TEST_CASE("a run prints its report, and only JSON where JSON is asked for") {
  const Outcome text = perigee("run capped-saddle --start saddle");
  CHECK(text.exit_code == 0);
  CHECK(contains(text.output, "strict-saddle"));
  CHECK(contains(text.output, "proven"));
  const Outcome json = perigee("run capped-saddle --start saddle --json -");
  const nlohmann::json document = nlohmann::json::parse(json.output);
  CHECK(document["schema_version"] == 2);
  CHECK(document["problem"] == "capped-saddle");
  CHECK(document["findings"][0]["id"] == "strict-saddle");
  CHECK(document["findings"][0]["certainty"] == "proven");
}

TEST_CASE("a run says how it goes where that is asked for, on standard error, and leaves the report as it is") {
  const std::string run = "run octopus --set dimension=3 --budget 2000";
  const Outcome silent = perigee(run);
  CHECK(silent.errors.empty());  // no terminal here
  const Outcome outcome = perigee(run + " --progress");
  CHECK(outcome.output == silent.output);
  // One line at the end at least: iteration, value, gradient norm and words; no control characters.
  CHECK(outcome.errors.rfind("iteration ", 0) == 0);
  CHECK(contains(outcome.errors, "  value "));
  CHECK(contains(outcome.errors, "  gradient norm "));
  CHECK(outcome.errors.back() == '\n');
  CHECK_FALSE(contains(outcome.errors, "\033"));
}

TEST_CASE("the option --fail-on decides the exit code") {
  CHECK(perigee("run capped-saddle --start saddle --fail-on strict-saddle").exit_code == 1);
  CHECK(perigee("run capped-saddle --start saddle --fail-on divergence,plateau").exit_code == 0);
  const Outcome misspelt = perigee("run capped-saddle --fail-on strict-sadle");
  CHECK(misspelt.exit_code == 2);
  CHECK(contains(misspelt.errors, "did you mean 'strict-saddle'?"));
}

TEST_CASE("a numerical breakdown has its own exit code and still reports") {
  const Outcome outcome = perigee("run rosenbrock --set learning_rate=1");
  CHECK(outcome.exit_code == 3);
  CHECK(contains(outcome.output, "non-finite"));
}

TEST_CASE("options that may be repeated leave the next argument alone") {
  CHECK(perigee("run --set dimension=4 octopus --budget 50").exit_code == 0);
  CHECK(perigee("run octopus --set dimension=4 --set tau=2 --budget 50").exit_code == 0);
  CHECK(perigee("run --fail-on divergence octopus --budget 50").exit_code == 0);
}

TEST_CASE("bad usage is refused with what was wrong and what is right") {
  const auto refused = [](const std::string& arguments, const std::string& expected) {
    const Outcome outcome = perigee(arguments);
    INFO(arguments << "\n" << outcome.errors);
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.output.empty());
    CHECK(contains(outcome.errors, expected));
  };
  refused("", "subcommand");
  refused("rnu octopus", "");
  refused("run octopuss", "did you mean 'octopus'?");
  refused("run octopus --solver gradient-decent", "did you mean 'gradient-descent'?");
  refused("run octopus --set dimensoin=5", "did you mean 'dimension'?");
  refused("run softmax-bandit --set gap=0.2", "did you mean 'reward_gap'?");
  refused("run octopus --set dimension=0", "dimension must be in");
  refused("run octopus --set dimension", "key=value");
  refused("run octopus --start nowhere", "it has");
  refused("run octopus --start 1,2,3", "has dimension 10");
  refused("run capped-saddle --start 1,x", "no start '1,x'");
  refused("run capped-saddle --start 1,e", "--start: expected a number, got 'e'");
  refused("run octopus --resume", "--out");
  refused("diagnose", "");
  refused("diagnose /nonexistent.csv", "/nonexistent.csv");
  refused("compare --problem octopus", "--solver");
  refused("compare --problem octopus --solvers adam,adam", "must differ, got adam twice");
  refused("compare --problem octopus --solvers adam --seeds 0", "--seeds: must be > 0, got 0\n");
  refused("compare --problem octopus --solvers adam --seconds -1", "--seconds: must be >= 0, got -1\n");
}

TEST_CASE("inputs that are no logs are refused with file, line and field") {
  const Folder folder;
  const auto refused = [&](const std::string& name, const std::string& content, const std::vector<std::string>& parts,
                           const std::string& more = "") {
    const std::string path = folder.file(name, content);
    const Outcome outcome = perigee("diagnose " + quoted(path) + " " + more);
    INFO(name << "\n" << outcome.errors);
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.output.empty());
    CHECK(contains(outcome.errors, path));
    for (const std::string& part : parts) CHECK(contains(outcome.errors, part));
  };
  refused("missing.csv", "step,loss\n0,1\n1,0.5\n", {"'train_loss'", "'step', 'loss'"}, "--map loss=train_loss");
  refused("ragged.csv", "step,loss,lr\n0,1,0.1\n1,0.5\n", {":3:"});
  refused("text.csv", "step,loss\n0,1\n1,much\n", {":3:", "'loss'", "'much'"});
  refused("empty.csv", "", {});
  refused("header-only.csv", "step,loss\n", {});
  refused("binary.csv", std::string("\x00\x01\x02\xff\x00junk\x00", 11), {});
  refused("bad.jsonl", "{\"step\": 0, \"loss\": 1}\n{\"step\": 1, \"loss\": }\n", {":2:"});
}

TEST_CASE("inputs that are unusual but legal are read") {
  const Folder folder;
  std::string wide = "step,loss";
  for (int i = 0; i < 198; ++i) wide += ",extra" + std::to_string(i);
  std::string rows = wide + "\n";
  for (int k = 0; k < 50; ++k) {
    rows += std::to_string(k) + "," + std::to_string(1.0 / (k + 1));
    for (int i = 0; i < 198; ++i) rows += ",0";
    rows += "\n";
  }
  const std::vector<std::pair<std::string, std::string>> files{
      {"wide.csv", rows},
      {"crlf.csv", "step,loss\r\n0,1\r\n1,0.5\r\n2,0.25\r\n"},
      {"bom.csv", "\xEF\xBB\xBFstep,loss\n0,1\n1,0.5\n"},
      {"nan.csv", "step,loss\n0,1\n1,2\n2,NaN\n3,nan\n"},
      {"infinity.jsonl",
       "{\"step\": 0, \"loss\": 1}\n{\"step\": 1, \"loss\": Infinity}\n{\"step\": 2, \"loss\": NaN}\n"}};
  for (const auto& [name, content] : files) {
    const Outcome outcome = perigee("diagnose " + quoted(folder.file(name, content)) + " --json -");
    INFO(name << "\n" << outcome.errors);
    CHECK(outcome.exit_code == 0);
    const nlohmann::json document = nlohmann::json::parse(outcome.output);
    const bool broken = name == "nan.csv" || name == "infinity.jsonl";
    bool reported = false;
    for (const auto& finding : document["findings"]) reported = reported || finding["id"] == "non-finite";
    CHECK(reported == broken);
  }
}

TEST_CASE("a folder of logs gets a report each and a line each") {
  const Folder folder;
  folder.file("a.csv", "step,loss\n0,1\n1,0.5\n");
  folder.file("b.jsonl", "{\"step\": 0, \"loss\": 1}\n{\"step\": 1, \"loss\": NaN}\n");
  folder.file("c.csv", "step,loss\n0,x\n");
  const Outcome outcome = perigee("diagnose " + quoted(folder.path.string()));
  CHECK(outcome.exit_code == 0);
  CHECK(contains(outcome.errors, "left out: "));
  CHECK(contains(outcome.errors, "c.csv:2: field 'loss': expected a number, got 'x'"));
  const std::size_t summaries = outcome.output.find("All 2 runs\n");
  std::istringstream lines(outcome.output);
  for (std::string line; std::getline(lines, line);) CHECK((line.size() <= 80 || contains(line, folder.path.string())));
  REQUIRE(summaries != std::string::npos);
  CHECK(contains(outcome.output.substr(summaries), "a.csv\n"));
  CHECK(contains(outcome.output.substr(summaries), "b.jsonl\n"));
  CHECK(perigee("diagnose " + quoted(folder.path.string()) + " --fail-on non-finite").exit_code == 1);
  // As JSON: one object with both.
  const std::string file = (folder.path / "both.json").string();
  CHECK(perigee("diagnose " + quoted(folder.path.string()) + " --json " + quoted(file)).exit_code == 0);
  const nlohmann::json both = nlohmann::json::parse(read(file));
  CHECK(both["runs"].size() == 2);
  CHECK(both["together"][0]["broken"] == 1);
  CHECK(both == nlohmann::json::parse(perigee("diagnose --json - " + quoted(folder.path.string())).output));

  const Folder empty;
  CHECK(perigee("diagnose " + quoted(empty.path.string())).exit_code == 2);
  empty.file("bad.csv", "step,loss\n0,x\n");
  CHECK(perigee("diagnose " + quoted(empty.path.string())).exit_code == 2);
}

TEST_CASE("recorded runs are put together problem by problem, parameters included") {
  const Folder folder;
  for (int i = 0; i < 6; ++i) {
    const std::string store = quoted((folder.path / (std::to_string(i) + ".sqlite")).string());
    const std::string tilt = i == 5 ? "0.3" : "0.2";
    CHECK(perigee("run tilted-well --solver gradient-descent --start random --seed " + std::to_string(i) +
                  " --set tilt=" + tilt + " --budget 200 --out " + store)
              .exit_code == 0);
  }
  const nlohmann::json document =
      nlohmann::json::parse(perigee("diagnose --json - " + quoted(folder.path.string())).output);
  REQUIRE(document["runs"].size() == 6);
  // The sixth is alone with its problem.
  REQUIRE(document["together"].size() == 1);
  CHECK(document["together"][0]["problem"] == "tilted-well(tilt=0.2)");
  CHECK(document["together"][0]["runs"] == nlohmann::json({0, 1, 2, 3, 4}));
  CHECK(document["together"][0]["is_one_method"] == true);
}

TEST_CASE("a recorded run is resumed, reported on, and guarded against another configuration") {
  const Folder folder;
  const std::string store = quoted((folder.path / "run.sqlite").string());
  const std::string whole = quoted((folder.path / "whole.sqlite").string());
  CHECK(perigee("run octopus --solver perturbed-gradient-descent --seed 3 --budget 100 --out " + store).exit_code == 0);
  const Outcome again = perigee("run octopus --solver perturbed-gradient-descent --seed 3 --budget 100 --out " + store);
  CHECK(again.exit_code == 2);
  const Outcome other =
      perigee("run octopus --solver perturbed-gradient-descent --seed 4 --budget 100 --resume --out " + store);
  CHECK(other.exit_code == 2);
  CHECK(contains(other.errors, "seed"));
  const Outcome resumed = perigee(
      "run octopus --solver perturbed-gradient-descent --seed 3 --budget 2000 --resume --json - --out " + store);
  CHECK(resumed.exit_code == 0);
  const Outcome uninterrupted =
      perigee("run octopus --solver perturbed-gradient-descent --seed 3 --budget 2000 --json - --out " + whole);
  nlohmann::json a = nlohmann::json::parse(resumed.output);
  nlohmann::json b = nlohmann::json::parse(uninterrupted.output);
  CHECK(a["run"] == b["run"]);
  CHECK(a["findings"] == b["findings"]);
  // From the file alone, with the objective made anew from its configuration.
  const nlohmann::json read = nlohmann::json::parse(perigee("diagnose --json - " + store).output);
  CHECK(read["findings"] == a["findings"]);
  CHECK(read["stationary_points"] == a["stationary_points"]);
}

TEST_CASE("the report file is whole or not there") {
  const Folder folder;
  const fs::path report = folder.path / "report.html";
  CHECK(perigee("run capped-saddle --report " + quoted(report.string())).exit_code == 0);
  CHECK(contains(read(report), "</html>"));
  CHECK(perigee("run capped-saddle --report /nonexistent/report.html").exit_code == 2);
  for (const auto& entry : fs::directory_iterator(folder.path)) CHECK(entry.path() == report);
}

TEST_CASE("the report is Markdown where its name says so, and one page for several runs") {
  const Folder folder;
  const std::string report = (folder.path / "report.md").string();
  CHECK(perigee("run capped-saddle --report " + quoted(report)).exit_code == 0);
  CHECK(contains(read(report), "## Perigee report\n"));
  CHECK(contains(read(report), "| information | `converged-minimum` proven |"));
  const std::string first = quoted(folder.file("first.csv", "step,loss\n0,1\n1,0.5\n2,0.3\n"));
  const std::string second = quoted(folder.file("second.csv", "step,loss\n0,2\n1,0.7\n2,0.4\n"));
  const std::string page = (folder.path / "both.html").string();
  const Outcome both = perigee("diagnose " + first + ' ' + second + " --report " + quoted(page));
  CHECK(both.exit_code == 0);
  CHECK(contains(read(page), "<h1>2 runs</h1>"));
  CHECK(contains(read(page), "id=\"chart-run-2-value\""));
  CHECK(contains(both.output, "first.csv"));
  CHECK(contains(both.output, "second.csv"));
  // What they show together is the last paragraph, and a section of the page.
  CHECK(both.output.find("Together\n  2 runs: ") > both.output.find("All 2 runs"));
  CHECK(contains(read(page), "<p>2 runs: "));
  // The curvature at snapshots needs the objective, which a run of ours has.
  const std::string whole = (folder.path / "saddle.html").string();
  CHECK(perigee("run capped-saddle --report " + quoted(whole)).exit_code == 0);
  CHECK(contains(read(whole), "Spectrum at snapshots"));
  CHECK_FALSE(contains(read(page), "Spectrum at snapshots"));
}

TEST_CASE("compare tunes on training problems and refuses to be judged by them") {
  const Folder folder;
  const std::string store = " --store " + quoted((folder.path / "tuning.sqlite").string());
  const std::string tune =
      "compare tune --problems rosenbrock,capped-saddle --solvers adam,limited-memory-bfgs --seeds 2 "
      "--configurations 5 --budget 200" +
      store;
  const Outcome tuned = perigee(tune);
  CHECK(tuned.exit_code == 0);
  CHECK(contains(tuned.output, "of 5 settings"));
  const nlohmann::json document = nlohmann::json::parse(perigee(tune + " --json -").output);  // from the file
  REQUIRE(document["tuned"].size() == 2);
  CHECK(document["tuned"][0]["mean_cost_chosen"] <= document["tuned"][0]["mean_cost_as_given"]);

  const std::string judge = "compare --solvers adam,limited-memory-bfgs --budget 200 --seeds 1 --mode tuned --tuning " +
                            quoted((folder.path / "tuning.sqlite").string());
  const nlohmann::json judged = nlohmann::json::parse(perigee(judge + " --problems beale --json -").output);
  CHECK(judged["configuration"]["solver 0"] == document["tuned"][0]["chosen"]);
  CHECK(judged["configuration"]["first_seed"] == "2");
  CHECK(contains(perigee(judge + " --problems rosenbrock").errors, "others than those tuned on"));
  CHECK(contains(perigee("compare --problems beale --solvers adam --mode tuned").errors, "together"));
  CHECK(contains(perigee("compare --problems capped-saddle --solvers gradient-descent --seeds 1 --mode theory").output,
                 "learning_rate=theory"));
}

TEST_CASE("compare prints a table and JSON") {
  const std::string arguments =
      "compare --problem octopus --solver gradient-descent --solver perturbed-gradient-descent --seeds 3 --budget 2000";
  const Outcome table = perigee(arguments);
  CHECK(table.exit_code == 0);
  CHECK(contains(table.output, "perturbed-gradient-descent solved 100%"));
  CHECK(contains(table.output, "not reached"));
  CHECK(contains(table.output, "3/3"));
  const nlohmann::json document = nlohmann::json::parse(perigee(arguments + " --json -").output);
  const nlohmann::json& groups = document["targets"][0]["groups"];
  REQUIRE(groups.size() == 2);
  CHECK(groups[0]["median_cost"].is_null());
  CHECK(groups[1]["successes"] == 3);
  CHECK(document["configuration"]["budget"] == "2000");
  const nlohmann::json rules = json_schema::load("campaign.schema.json");
  CHECK(json_schema::violation(document, rules, rules, "") == "");
  nlohmann::json broken = document;
  broken["targets"][0]["groups"][0].erase("survival");
  CHECK_FALSE(json_schema::violation(broken, rules, rules, "").empty());
  // A problem with a start of its own, and a suite: no start is asked of it.
  const Outcome own = perigee(
      "compare --problems beale@saddle,octopus --starts origin --solvers \"heavy-ball(learning_rate=1e-4)\""
      " --seeds 1 --budget 10");
  CHECK(contains(own.output, "beale    saddle  heavy-ball"));
  CHECK(contains(own.output, "octopus  origin  heavy-ball"));
  const Outcome suite =
      perigee("compare --suite minimal --part training --solvers limited-memory-bfgs --seeds 1 --budget 10");
  CHECK(contains(suite.output, "xor-network"));
  CHECK_FALSE(contains(suite.output, "zhang-li-saddle"));
  CHECK(contains(perigee("list suites").output, "zhang-li-saddle@near-saddle  held-out"));
  CHECK(contains(perigee("compare --suite maximal --solvers adam").errors, "there are minimal, policy"));
  // A solver that does not fit one of two cases: said in every form.
  const std::string partly = "compare --problems simplex-divergence,octopus --solvers mirror-descent,adam --budget 50";
  const Outcome fits = perigee(partly);
  CHECK(contains(fits.output, "mirror-descent is not applicable to 1 of 2 cases, which count as not solved: "));
  CHECK(contains(fits.output, "octopus             first  mirror-descent  not applicable"));
  const nlohmann::json half = nlohmann::json::parse(perigee(partly + " --json -").output)["targets"][0]["groups"];
  CHECK(half[0]["not_applicable"].is_null());
  CHECK(half[0]["single_run"] == true);
  CHECK(half[0]["runs"] == 1);
  CHECK(contains(half[2]["not_applicable"].get<std::string>(), "simplex"));
  CHECK(contains(perigee(partly + " --csv -").output, "octopus,first,mirror-descent,,not-applicable,"));
  const Outcome clock =
      perigee("compare --problems rosenbrock --solvers \"heavy-ball(learning_rate=1e-6)\" --seconds 1e-6");
  CHECK(contains(clock.output, "1 run was ended by the clock after 1e-06 s: not solved here, and not reproducible."));
  // Without a known optimum: refused, or measured against the best that was found.
  const std::string unknown = "compare --problems random-field --solvers limited-memory-bfgs,adam --budget 300";
  CHECK(contains(perigee(unknown).errors, "must be known, or traces be kept"));
  const Outcome relative = perigee(unknown + " --traces");
  CHECK(contains(relative.output, "random-field  first  limited-memory-bfgs  1/1"));
  CHECK(contains(relative.output, "stands the best value that any run of the case found"));
  // Lists, shorter: the same campaign.
  CHECK(perigee("compare --problems octopus --solvers gradient-descent,perturbed-gradient-descent --seeds 3"
                " --budget 2000 --threads 2")
            .output == table.output);
}

TEST_CASE("compare writes a page, the same from the store") {
  const Folder folder;
  const auto file = [&](const char* name) { return (folder.path / name).string(); };
  const Outcome made = perigee(
      "compare --problems capped-saddle --starts saddle+1e-2,saddle+1e-3,saddle+1e-4 --solvers gradient-descent,guided"
      " --seeds 3 --budget 500 --store " +
      quoted(file("c.sqlite")) + " --report " + quoted(file("made.html")));
  CHECK(made.exit_code == 0);
  CHECK(contains(made.errors, "report: " + file("made.html")));
  CHECK(contains(made.output, "left saddle, median"));
  CHECK(contains(made.output, "capped-saddle from saddle+*"));
  const std::string page = read(folder.path / "made.html");
  CHECK(contains(page, "Leaving saddles</h2>"));
  const Outcome shown = perigee("compare show " + quoted(file("c.sqlite")) + " --report " + quoted(file("shown.html")) +
                                " --json " + quoted(file("shown.json")));
  CHECK(shown.output == made.output);
  CHECK(read(folder.path / "shown.html") == page);
  const nlohmann::json document = nlohmann::json::parse(read(folder.path / "shown.json"));
  const nlohmann::json rules = json_schema::load("campaign.schema.json");
  CHECK(json_schema::violation(document, rules, rules, "") == "");
  CHECK(document["writers"].size() == 1);
  CHECK(document["scalings"][0]["quantity"] == "iterations to escape");
  CHECK(document["targets"][0]["groups"][0]["escape_survival"]["share"].back() == 0.0);
  CHECK(perigee("compare show " + quoted(file("c.sqlite")) + " --report /nowhere/at/all.html").exit_code != 0);
}

TEST_CASE("a stored campaign goes on, is shown again, and is put together from shards") {
  const Folder folder;
  const auto file = [&](const char* name) { return quoted((folder.path / name).string()); };
  const std::string arguments =
      "compare --problems capped-saddle,\"octopus(dimension=3, tau=2)\" --starts +1e-2"
      " --solvers heavy-ball,perturbed-gradient-descent --seeds 4 --budget 800";
  const Outcome whole = perigee(arguments + " --store " + file("whole.sqlite") + " --csv " + file("whole.csv"));
  CHECK(whole.exit_code == 0);
  CHECK(contains(whole.output, "octopus(dimension=3, tau=2)"));
  const std::string csv = read(folder.path / "whole.csv");
  CHECK(std::count(csv.begin(), csv.end(), '\n') == 1 + 2 * 2 * 4);
  CHECK(contains(csv, "\"octopus(dimension=3, tau=2)\",+1e-2,heavy-ball,0,"));
  // Nothing is left to do: the summary of the same rows.
  CHECK(perigee(arguments + " --store " + file("whole.sqlite")).output == whole.output);
  CHECK(perigee("compare show " + file("whole.sqlite")).output == whole.output);

  CHECK(perigee(arguments + " --shard 1/2 --store " + file("1.sqlite")).exit_code == 0);
  CHECK(contains(perigee(arguments + " --shard 2/2 --store " + file("2.sqlite")).output, "8 runs are missing"));
  const Outcome merged =
      perigee("compare merge " + file("1.sqlite") + " " + file("2.sqlite") + " --store " + file("all.sqlite"));
  CHECK(merged.exit_code == 0);
  CHECK(contains(merged.output, "16 of 16 runs"));
  CHECK(perigee("compare show " + file("all.sqlite")).output == whole.output);

  const Outcome other = perigee(arguments + "0 --store " + file("whole.sqlite"));
  CHECK(other.exit_code == 2);
  CHECK(contains(other.errors, "budget: the file has '800', this run '8000'"));
  CHECK(contains(perigee(arguments + " --shard 1/2").errors, "--store"));
  CHECK(contains(perigee(arguments + " --store " + file("x.sqlite") + " --shard 3/2").errors, "shard must be i/n"));
}

TEST_CASE("a campaign is interrupted in the middle of a run, whose row is not there") {
  // One run that takes far longer than the second after which the signal comes: were its end waited for, it would be
  // there, and nothing would be said.
  const Folder folder;
  const std::string store = quoted((folder.path / "slow.sqlite").string());
  const Outcome cut =
      started("timeout -s TERM 1 " + std::string(PERIGEE_COMMAND) +
              " compare --problems rosenbrock --solvers \"heavy-ball(learning_rate=1e-13)\" --budget 1e12"
              " --store " +
              store);
  CHECK(contains(cut.errors, "interrupted after 0 of 1 runs; the same command goes on from there"));
  CHECK(contains(perigee("compare show " + store).output, "No run of this campaign"));
}

TEST_CASE("a campaign that kept traces is shown for other targets") {
  const Folder folder;
  const std::string store = quoted((folder.path / "traces.sqlite").string());
  const std::string campaign =
      "compare --problems rosenbrock,capped-saddle --starts +1e-2 --solvers limited-memory-bfgs,adam --seeds 3"
      " --budget 300 --targets 1e-4";
  CHECK(perigee(campaign + " --traces --store " + store).exit_code == 0);
  const Outcome shown = perigee("compare show " + store + " --targets 1e-1,1e-2 --csv -");
  CHECK(shown.exit_code == 0);
  CHECK(contains(shown.output, ",cost_to_0.1,cost_to_0.01\n"));
  CHECK(contains(perigee("compare show " + store + " --targets 0.5").output, "read off traces"));
  CHECK_FALSE(contains(perigee("compare show " + store + " --targets 1e-4").output, "read off traces"));
  const Outcome below = perigee("compare show " + store + " --targets 1e-5");
  CHECK(below.exit_code == 2);
  CHECK(contains(below.errors, "must be >= 0.0001"));
  const std::string without = quoted((folder.path / "without.sqlite").string());
  CHECK(perigee(campaign + " --store " + without).exit_code == 0);
  CHECK(contains(perigee("compare show " + without + " --targets 0.5").errors, "run it again with --traces"));
}

TEST_CASE("a reproduction writes data, picture and verdict, and says where") {
  const Folder folder;
  const std::string out = (folder.path / "figures").string();
  const Outcome one = perigee("reproduce mei-2020-proposition-1 --quick --jobs 1 --out " + quoted(out));
  CHECK(one.exit_code == 0);
  CHECK(contains(one.output, "mei-2020-proposition-1: holds"));
  CHECK(contains(one.errors, "mei-2020-proposition-1.json"));
  const nlohmann::json document = nlohmann::json::parse(read(fs::path(out) / "mei-2020-proposition-1.json"));
  CHECK(document["sample"] == "quick");
  CHECK(document["claims"].size() == 3);
  CHECK(contains(read(fs::path(out) / "mei-2020-proposition-1.svg"), "<svg"));
  CHECK(contains(read(fs::path(out) / "mei-2020-proposition-1-witnesses.csv"), "p,margin"));
  // The same figures on any number of threads.
  CHECK(perigee("reproduce mei-2020-proposition-1 --quick --jobs 3 --out " + quoted(out)).output == one.output);

  CHECK(perigee("reproduce").output == perigee("list reproductions").output);
  const Outcome wrong = perigee("reproduce mei-2020-figure-9");
  CHECK(wrong.exit_code == 2);
  CHECK(contains(wrong.errors, "did you mean"));
}

TEST_CASE("replay forks a recorded run, or a fresh one, and says who leaves") {
  const Folder folder;
  const std::string path = (folder.path / "run.sqlite").string();
  // A solver made with a parameter that its settings do not name: the fork must still be of the same solver.
  REQUIRE(perigee("run capped-saddle --solver perturbed-gradient-descent --set scale=2 --start saddle --out " +
                  quoted(path))
              .exit_code == 0);
  const Outcome stored = perigee("replay " + quoted(path) + " --with baseline --with gradient-descent --seeds 5");
  INFO(stored.errors);
  CHECK(stored.exit_code == 0);
  CHECK(stored.errors.empty());
  CHECK(contains(stored.output, "perturbed-gradient-descent(scale=2)"));
  const std::string fresh =
      "replay --problem capped-saddle --start saddle --with baseline "
      "--with \"perturbation(radius=0.01)\" --seeds 5 --json -";
  const nlohmann::json document = nlohmann::json::parse(perigee(fresh).output);
  CHECK(document["strategies"][0]["left"] == 0);
  CHECK(document["strategies"][1]["left"] == 5);
  CHECK(perigee(fresh + " --jobs 1").output == perigee(fresh + " --jobs 3").output);
}

TEST_CASE("replay refuses what it cannot fork") {
  const Folder folder;
  const auto refused = [](const std::string& arguments, const std::string& expected) {
    const Outcome outcome = perigee(arguments);
    INFO(arguments << "\n" << outcome.errors);
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.output.empty());
    CHECK(contains(outcome.errors, expected));
  };
  refused("replay", "give either a recorded run or --problem");
  refused("replay " + quoted((folder.path / "none.sqlite").string()), "there is no such file");
  refused("replay --problem capped-saddle --start saddle --with perturbatoin", "did you mean 'perturbation'?");
  refused("replay --problem rosenbrock --run-budget 3", "say which iteration to fork");
  // A run of a user's own objective names no problem of the registry.
  const std::string path = (folder.path / "own.sqlite").string();
  REQUIRE(perigee("run capped-saddle --budget 5 --out " + quoted(path)).exit_code == 0);
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
  CHECK(sqlite3_exec(database, "UPDATE configuration SET value = 'my-own' WHERE name = 'problem'", nullptr, nullptr,
                     nullptr) == SQLITE_OK);
  CHECK(sqlite3_changes(database) == 1);
  sqlite3_close(database);
  refused("replay " + quoted(path), "the objective of this run is not known");
}

TEST_CASE("logs of SciPy's optimizers that report success in a trap: the report names the trap, or what it takes to") {
  const fs::path folder = fs::path(PERIGEE_TEST_DATA) / "traps";
  int saddles = 0;
  int wells = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".csv") continue;
    const bool is_well = contains(entry.path().filename().string(), "well");
    (is_well ? wells : saddles) += 1;
    const std::string file = quoted(entry.path().string());
    const Outcome outcome =
        perigee("diagnose " + file + " --json - --problem " + (is_well ? "'softmax-bandit(arms=3)'" : "capped-saddle"));
    INFO(entry.path() << "\n" << outcome.errors << outcome.output);
    const nlohmann::json document = nlohmann::json::parse(outcome.output);
    CHECK(document["findings"][0]["id"] == (is_well ? "gravity-well" : "strict-saddle"));
    CHECK(document["findings"][0]["certainty"] == (is_well ? "likely" : "proven"));
    CHECK(document["findings"][0]["severity"] == "problem");
    // Of values, gradients and parameters alone neither is known, and the report claims neither and says what to log.
    const nlohmann::json bare = nlohmann::json::parse(perigee("diagnose " + file + " --json -").output);
    for (const auto& finding : bare["findings"]) {
      CHECK(finding["id"] != "gravity-well");
      CHECK(finding["id"] != "strict-saddle");
      CHECK(finding["id"] != "converged-minimum");
    }
    CHECK(contains(bare["limits"].dump(),
                   is_well ? "cannot be told without the rewards" : "diagnose with the objective"));
  }
  CHECK(saddles == 8);
  CHECK(wells == 5);
  const Outcome misfit =
      perigee("diagnose " + quoted((folder / "scipy-cg-saddle.csv").string()) + " --problem octopus");
  CHECK(misfit.exit_code == 2);
  CHECK(contains(misfit.errors, "dimension of the snapshots, got 10 and 2"));
}

TEST_CASE("what the user knows of a log and the log does not say: a bound of the value, what made the probabilities") {
  // 0.3 + 1/(1 + k): what is left above 0.3 falls like 1/k, whereas the value itself seems to level off.
  const Folder folder;
  std::string rows = "step,loss\n";
  for (int k = 0; k < 2000; ++k) rows += std::to_string(k) + ',' + std::to_string(0.3 + 1.0 / (1 + k)) + '\n';
  const std::string log = quoted(folder.file("bounded.csv", rows));
  CHECK(!contains(perigee("diagnose " + log).output, "sublinearly"));
  CHECK(contains(perigee("diagnose " + log + " --lower-bound 0.3").output, "sublinearly, like t^-0.99"));
  const Outcome refused = perigee("diagnose " + log + " --transform softmax");
  CHECK(refused.exit_code == 2);
  CHECK(contains(refused.errors, "--transform needs recorded probabilities"));

  const std::string classes = quoted(std::string(PERIGEE_TEST_DATA) + "/logs/digits-softmax-reward-0.csv");
  CHECK(contains(perigee("diagnose " + classes).output, "--transform softmax"));
  CHECK(contains(perigee("diagnose " + classes + " --transform softmax").output, "[i] softmax-damping (likely)"));
}

TEST_CASE("thresholds are listed, set on the command line, echoed in the report, and refused where they are none") {
  const Outcome list = perigee("list thresholds");
  CHECK(list.exit_code == 0);
  CHECK(contains(list.output, "plateau.exponent"));
  CHECK(contains(list.output, "default 0.1"));
  const std::string log = quoted(std::string(PERIGEE_TEST_DATA) + "/logs/digits-softmax-reward-3.csv");
  // By |p| < 0.01 instead of 0.1 the end of this log, p in [0.014, 0.034], is a descent.
  const Outcome strict = perigee("diagnose " + log + " --threshold plateau.exponent=0.01 --threshold rate.bend=0.4");
  CHECK(strict.exit_code == 0);
  CHECK(contains(strict.output, "plateau.exponent = 0.01 (0.1 by default)"));
  CHECK(contains(strict.output, "rate.bend = 0.4 (0.3 by default)"));
  CHECK_FALSE(contains(strict.output, "gravity-well"));
  const Outcome usual = perigee("diagnose " + log);
  CHECK(contains(usual.output, "gravity-well"));
  CHECK_FALSE(contains(usual.output, "by default"));
  const nlohmann::json document =
      nlohmann::json::parse(perigee("diagnose " + log + " --json - --threshold plateau.exponent=0.01").output);
  CHECK(document["thresholds"]["plateau.exponent"] == 0.01);
  CHECK(document["thresholds"].size() > 50);
  for (const char* wrong :
       {"plateau.exponents=1", "plateau.exponent=many", "plateau.exponent=-1", "plateau.exponent"}) {
    const Outcome refused = perigee("diagnose " + log + " --threshold " + wrong);
    CHECK(refused.exit_code == 2);
    CHECK(refused.output.empty());
    CHECK(contains(refused.errors, "plateau.exponent"));
  }
}
