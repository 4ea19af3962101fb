// The `perigee` command: reads the command line and calls the command.
#include <perigee/diagnostics/cli/commands.hpp>
#include <perigee/diagnostics/cli/completion.hpp>
#include <perigee/diagnostics/cli/describe_app.hpp>
#include <perigee/diagnostics/cli/man_page.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/version.hpp>

#include <CLI/CLI.hpp>

#include <exception>
#include <iostream>
#include <string_view>

namespace {

using namespace perigee::cli;

// CLI11's own name the greatest number there is, with all its digits.
CLI::Validator positive() {
  return {[](std::string& text) {
            return perigee::parse_number(text).value_or(0.0) > 0.0 ? std::string() : "must be > 0, got " + text;
          },
          "POSITIVE"};
}

CLI::Validator not_negative() {
  return {[](std::string& text) {
            return perigee::parse_number(text).value_or(-1.0) >= 0.0 ? std::string() : "must be >= 0, got " + text;
          },
          "NONNEGATIVE"};
}

void add_output_options(CLI::App& command, OutputOptions& output) {
  command
      .add_option("--report", output.report_path,
                  "Write the report as one HTML file, or as Markdown where the name ends in .md")
      ->type_name("FILE");
  command.add_option("--json", output.json_path, "Write the diagnosis as JSON to this file, or - for standard output")
      ->type_name("FILE|-");
  command
      .add_option("--threshold", output.thresholds,
                  "Set a threshold of a detector, as in plateau.exponent=0.05 (see perigee list thresholds); repeat")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  command.add_option("--fail-on", output.fail_on, "Exit with 1 if one of these findings is made")
      ->delimiter(',')
      ->type_name("ID,...")
      ->allow_extra_args(false);
}

// What CLI11 calls a parse error is exit code 2 here; its own codes start at 100.
int parse_and_dispatch(int argument_count, char** arguments) {
  CLI::App app{"Nonconvex optimization that says what happened: runs, diagnoses and compares.", "perigee"};
  bool is_verbose = false;
  const CLI::Option* verbose = app.add_flag("--verbose", is_verbose, "With --version: also what is compiled in");
  app.set_version_flag("--version", [verbose] {
    return version_text(verbose->count() > 0 ? VersionDetail::build : VersionDetail::number);
  });
  // For the build, which installs what it writes; see CMakeLists.txt.
  app.add_flag_callback("--man",
                        [&app] {
                          std::cout << man_page(describe_app(app), perigee::version());
                          throw CLI::Success();
                        })
      ->group("");
  app.footer(
      "Exit status:\n  0  done\n  1  a finding named by --fail-on was made, or doctor found something wrong\n"
      "  2  bad usage or bad input\n  3  the run broke down numerically; its report is written all the same");
  app.require_subcommand(1);
  int exit_code = exit_done;

  ListOptions list;
  CLI::App* list_app = app.add_subcommand("list", "Show what there is, one line each");
  list_app
      ->add_option(
          "what", list.what,
          "problems, solvers, schedules, line-searches, suites, findings, thresholds or reproductions; default: all")
      ->check(CLI::IsMember(
          {"problems", "solvers", "schedules", "line-searches", "suites", "findings", "thresholds", "reproductions"}));
  list_app->add_flag("--json", list.as_json, "As a JSON array of objects");
  list_app->footer("Example:\n  perigee list problems");
  list_app->callback([&] { exit_code = list_command(list); });

  // Options that may be repeated take one value each: what follows is the next argument.
  RunCommandOptions run;
  CLI::App* run_app = app.add_subcommand("run", "Run a solver on a problem, record it, and diagnose it");
  run_app->add_option("problem", run.problem, "Name of the problem (see perigee list problems)")
      ->required()
      ->type_name("PROBLEM");
  run_app->add_option("--solver", run.solver, "Name of the solver (see perigee list solvers)")
      ->capture_default_str()
      ->type_name("SOLVER");
  run_app
      ->add_option("--set", run.assignments,
                   "Set a parameter of the problem or the solver; problem.KEY or solver.KEY where both have it")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  run_app->add_option("--start", run.start, "A start's name, random, or numbers separated by commas");
  run_app->add_option("--seed", run.seed, "Seed of every random draw")->capture_default_str();
  run_app->add_option("--budget", run.budget, "Gradient evaluations")->capture_default_str();
  run_app
      ->add_option("--gradient-tolerance", run.gradient_tolerance,
                   "Stop at this gradient norm, for solvers that do not end themselves")
      ->capture_default_str()
      ->check(not_negative());
  run_app->add_option("--out", run.store_path, "Record the run in this SQLite file")->type_name("FILE");
  run_app->add_flag("--resume", run.resume, "Continue the run recorded in --out")->needs("--out");
  run_app->add_flag("--progress", run.progress,
                    "Say now and then on standard error what the run is doing; on a terminal that is the default");
  add_output_options(*run_app, run.output);
  run_app->footer("Example:\n  perigee run octopus --solver perturbed-gradient-descent --seed 7 --report octopus.html");
  run_app->callback([&] { exit_code = run_command(run); });

  DiagnoseCommandOptions diagnose;
  CLI::App* diagnose_app = app.add_subcommand("diagnose", "Say what happened in a recorded run or a training log");
  diagnose_app
      ->add_option(
          "files", diagnose.paths,
          "Logs (CSV, TSV, JSONL, NPZ, .wandb, event files), runs recorded by perigee run --out, or folders of them")
      ->required()
      ->type_name("FILE");
  diagnose_app->add_option("--format", diagnose.format, "auto, csv, jsonl, npz, tensorboard, wandb or sqlite")
      ->check(CLI::IsMember({"auto", "csv", "jsonl", "npz", "tensorboard", "wandb", "sqlite"}))
      ->capture_default_str();
  diagnose_app->add_option("--map", diagnose.mapping, "Which column plays which role, as in loss=train_loss,step=epoch")
      ->delimiter(',')
      ->type_name("ROLE=COLUMN,...")
      ->allow_extra_args(false);
  add_output_options(*diagnose_app, diagnose.output);
  diagnose_app
      ->add_option("--problem", diagnose.problem,
                   "The problem that the log is a run of, as in \"octopus(dimension=5)\"; its end point can then be "
                   "judged, if the log has the parameters")
      ->type_name("PROBLEM");
  diagnose_app
      ->add_option("--lower-bound", diagnose.lower_bound,
                   "What the value cannot go below, as 0 for most losses: what is left of it can then be judged")
      ->type_name("NUMBER");
  diagnose_app
      ->add_option("--transform", diagnose.transform,
                   "What made the probabilities in the log: softmax, escort or direct")
      ->check(CLI::IsMember({"softmax", "escort", "direct"}));
  diagnose_app->footer("Example:\n  perigee diagnose training.csv --map loss=train/loss --report training.html");
  diagnose_app->callback([&] { exit_code = diagnose_command(diagnose); });

  WatchCommandOptions watch;
  CLI::App* watch_app = app.add_subcommand(
      "watch", "Follow a log while it is written: what the run is doing now, and its report at the end");
  watch_app->add_option("file", watch.path, "The log, or run recorded by perigee run --out; it need not be there yet")
      ->required()
      ->type_name("FILE");
  watch_app->add_option("--until-idle", watch.idle, "The run is over when the file has not changed for so many seconds")
      ->check(positive());
  watch_app->add_option("--pid", watch.process, "The run is over when this process has ended")->check(positive());
  watch_app->add_option("--interval", watch.interval, "Seconds between two looks at the file, at least")
      ->capture_default_str()
      ->check(positive());
  watch_app->add_option("--format", watch.format, "auto, csv, jsonl, npz, tensorboard, wandb or sqlite")
      ->check(CLI::IsMember({"auto", "csv", "jsonl", "npz", "tensorboard", "wandb", "sqlite"}))
      ->capture_default_str();
  watch_app->add_option("--map", watch.mapping, "Which column plays which role, as in loss=train_loss,step=epoch")
      ->delimiter(',')
      ->type_name("ROLE=COLUMN,...")
      ->allow_extra_args(false);
  add_output_options(*watch_app, watch.output);
  watch_app->footer("Example:\n  perigee watch training.csv --until-idle 60");
  watch_app->callback([&] { exit_code = watch_command(watch); });

  RunCommandOptions doctor;
  CLI::App* doctor_app = app.add_subcommand(
      "doctor", "Examine an objective before it is run: derivatives, noise, domain, scaling, step size");
  doctor_app->add_option("problem", doctor.problem, "Name of the problem (see perigee list problems)")
      ->required()
      ->type_name("PROBLEM");
  doctor_app->add_option("--set", doctor.assignments, "Set a parameter of the problem")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  doctor_app->add_option("--start", doctor.start, "Where to examine it: a start's name, random, or numbers");
  doctor_app->add_option("--seed", doctor.seed, "Seed of every random draw")->capture_default_str();
  doctor_app->footer("Example:\n  perigee doctor rosenbrock");
  doctor_app->callback([&] { exit_code = doctor_command(doctor); });

  CompareCommandOptions compare;
  CLI::App* compare_app = app.add_subcommand("compare", "Compare solvers on problems: a campaign of runs, summed up");
  compare_app
      ->add_option("--problems,--problem", compare.problems,
                   "Problems, as in octopus or \"octopus(dimension=5)\", separated by commas; may be repeated. "
                   "beale@saddle: from that start only")
      ->type_name("PROBLEM,...")
      ->allow_extra_args(false);
  compare_app
      ->add_option("--suite,--suites", compare.suites,
                   "Problems and starts by the name of a list of them (see perigee list suites)")
      ->type_name("SUITE,...")
      ->allow_extra_args(false);
  compare_app
      ->add_option("--part", compare.part,
                   "Which half of the suites: training, held-out or all; default: all, for tune training, with "
                   "--mode tuned held-out")
      ->check(CLI::IsMember({"training", "held-out", "all"}));
  compare_app->add_option("--solvers,--solver", compare.solvers, "Solvers, as the problems")
      ->type_name("SOLVER,...")
      ->allow_extra_args(false);
  compare_app
      ->add_option(
          "--starts,--start", compare.starts,
          "Starts of problems without an @: a name, random, NAME+1e-4 (moved at random), NAME*10; default: each "
          "problem's first start")
      ->type_name("START,...")
      ->allow_extra_args(false);
  compare_app
      ->add_option("--mode", compare.mode,
                   "How solvers are set: default; theory, from what is known of a problem; tuned, as --tuning says")
      ->capture_default_str()
      ->check(CLI::IsMember({"default", "theory", "tuned"}));
  compare_app->add_option("--tuning", compare.tuning_path, "Where perigee compare tune has kept its runs");
  compare_app
      ->add_option("--first-seed", compare.first_seed, "The first seed; with --mode tuned: after those of tuning")
      ->capture_default_str()
      ->check(not_negative());
  compare_app->add_option("--seeds", compare.seeds, "Runs of each problem, start and solver")
      ->capture_default_str()
      ->check(positive());
  compare_app->add_option("--budget", compare.budget, "Cost of each run: gradients + 2 products + values/3")
      ->capture_default_str()
      ->check(positive());
  compare_app
      ->add_option("--seconds", compare.seconds,
                   "Wall time of each run; 0: no limit. What it cuts off is not reproducible")
      ->capture_default_str()
      ->check(not_negative());
  compare_app->add_option("--weights", compare.weights, "What a value, a gradient and a product cost")
      ->delimiter(',')
      ->expected(3)
      ->type_name("V,G,H");
  compare_app
      ->add_option("--targets,--target", compare.targets, "tau, decreasing: solved where f <= f* + tau (f(x0) - f*)")
      ->delimiter(',')
      ->capture_default_str()
      ->type_name("TAU,...")
      ->allow_extra_args(false);
  compare_app->add_flag("--traces", compare.keeps_traces,
                        "Keep the best value so far over the cost of every run; problems whose optimal value is not "
                        "known are then measured against the best value that any run found");
  compare_app->add_option("--judge", compare.judgement, "What is asked of every end: none, point or diagnosis")
      ->capture_default_str()
      ->check(CLI::IsMember({"none", "point", "diagnosis"}));
  compare_app
      ->add_option("--store,--out", compare.store_path, "Keep the runs in this SQLite file, and run only what it lacks")
      ->type_name("FILE");
  compare_app->add_option("--shard", compare.shard, "Run part i of n only")->type_name("i/n")->capture_default_str();
  compare_app->add_option("--threads,--jobs", compare.threads, "Threads; 0: one a core")->capture_default_str();
  const auto add_exports = [&compare](CLI::App& command) {
    command.add_option("--json", compare.json_path, "Write the summary as JSON to this file, or - for standard output")
        ->type_name("FILE|-");
    command.add_option("--csv", compare.csv_path, "Write the runs as CSV, one line each, likewise")
        ->type_name("FILE|-");
    command.add_option("--report", compare.report_path, "Write the comparison as one HTML file that stands alone")
        ->type_name("FILE");
  };
  add_exports(*compare_app);
  compare_app->require_subcommand(0, 1);
  compare_app->footer(
      "Example:\n  perigee compare --problems octopus,beale --solvers gradient-descent,guided --store campaign.sqlite");
  CLI::App* tune_app = compare_app->add_subcommand(
      "tune", "Try settings of solvers on training problems, each under all seeds, and choose one for each solver");
  tune_app->fallthrough();
  tune_app->add_option("--configurations", compare.configurations, "Settings of each solver, the given one among them")
      ->capture_default_str()
      ->check(CLI::Range(2, 1000000));
  tune_app->add_option("--tuning-seed", compare.tuning_seed, "Seed of their draws")->capture_default_str();
  tune_app->footer(
      "Takes the options of perigee compare.\nExample:\n  perigee compare tune --suite minimal --solvers "
      "adam,heavy-ball --seeds 10 --store tuning.sqlite\n"
      "  perigee compare --suite minimal --solvers adam,heavy-ball --mode tuned --tuning tuning.sqlite");
  CLI::App* merge_app = compare_app->add_subcommand("merge", "Put the shards of a campaign together in one file");
  merge_app->add_option("files", compare.files, "The shards")->required()->type_name("FILE");
  merge_app->add_option("--store,--out", compare.store_path, "The file to put them in; made if need be")
      ->required()
      ->type_name("FILE");
  merge_app->footer("Example:\n  perigee compare merge shard-1.sqlite shard-2.sqlite --store campaign.sqlite");
  CLI::App* show_app = compare_app->add_subcommand("show", "Sum up a campaign that is there, finished or not");
  show_app->add_option("file", compare.files, "The campaign")->required()->expected(1)->type_name("FILE");
  show_app
      ->add_option("--targets,--target", compare.shown_targets,
                   "Other targets than those it was run for, read off its traces (compare --traces); default: its own")
      ->delimiter(',')
      ->type_name("TAU,...")
      ->allow_extra_args(false);
  add_exports(*show_app);
  show_app->footer("Example:\n  perigee compare show campaign.sqlite --csv runs.csv");
  compare_app->callback([&] {
    if (tune_app->parsed()) {
      exit_code = compare_tune_command(compare);
    } else if (merge_app->parsed()) {
      exit_code = compare_merge_command(compare);
    } else if (show_app->parsed()) {
      exit_code = compare_show_command(compare);
    } else {
      exit_code = compare_command(compare);
    }
  });

  ReplayCommandOptions replay;
  CLI::App* replay_app = app.add_subcommand(
      "replay", "Fork a run where it was slow, and see which other strategies leave, when, and at what cost");
  replay_app->add_option("run", replay.path, "A run recorded by perigee run --out; or make one with --problem")
      ->type_name("RUN.sqlite");
  replay_app->add_option("--problem", replay.run.problem, "Make a fresh run of this problem instead")
      ->type_name("PROBLEM")
      ->excludes("run");
  replay_app->add_option("--solver", replay.run.solver, "Solver of the fresh run")
      ->capture_default_str()
      ->type_name("SOLVER");
  replay_app->add_option("--set", replay.run.assignments, "Set a parameter of the fresh run's problem or solver")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  replay_app->add_option("--start", replay.run.start, "Start of the fresh run, as for perigee run");
  replay_app->add_option("--run-budget", replay.run.budget, "Gradient evaluations of the fresh run")
      ->capture_default_str();
  replay_app
      ->add_option("--from", replay.from,
                   "Fork at the last snapshot up to this iteration; default: the start "
                   "of the longest slow phase")
      ->check(not_negative());
  replay_app
      ->add_option("--with", replay.strategies,
                   "A strategy: baseline, \"step(factor=F)\", \"perturbation(radius=R)\", \"escort(p=P)\" or a solver, "
                   "as in \"langevin-dynamics(temperature=0.01)\"; repeat")
      ->type_name("STRATEGY")
      ->allow_extra_args(false);
  replay_app->add_option("--seeds", replay.seeds, "Runs of each strategy that draws")
      ->capture_default_str()
      ->check(positive());
  replay_app->add_option("--seed", replay.run.seed, "Seed of the fresh run and of the replay's draws")
      ->capture_default_str();
  replay_app
      ->add_option("--budget", replay.budget,
                   "Cost of each run, gradients + 2 Hessian-vector products + values/3; default: twice what the "
                   "recorded run spent")
      ->check(positive());
  replay_app->add_option("--departure", replay.departure, "How far below the fork the value counts as having left")
      ->check(positive());
  replay_app->add_option("--jobs", replay.jobs, "Threads; 0: one a core; results do not depend on it")
      ->capture_default_str();
  replay_app->add_option("--json", replay.json_path, "Write JSON to this file, or - for standard output")
      ->type_name("FILE|-");
  replay_app->add_option("--report", replay.report_path, "Write the table as one HTML file")->type_name("FILE");
  replay_app->footer("Example:\n  perigee replay --problem octopus --with baseline --with perturbed-gradient-descent");
  replay_app->callback([&] { exit_code = replay_command(replay); });

  ReproduceCommandOptions reproduce;
  CLI::App* reproduce_app =
      app.add_subcommand("reproduce", "Repeat a figure or a theorem of a paper: data, picture and verdict");
  reproduce_app->add_option("figure", reproduce.names, "Names (see perigee list reproductions), or all; none: the list")
      ->type_name("FIGURE");
  reproduce_app->add_option("--out", reproduce.folder, "Folder for the CSV, JSON and SVG files; made if need be")
      ->type_name("DIR")
      ->capture_default_str();
  reproduce_app->add_flag("--quick", reproduce.is_quick, "Smaller samples, for a first look");
  reproduce_app->add_option("--seed", reproduce.seed, "Seed of every random draw")->capture_default_str();
  reproduce_app->add_option("--jobs", reproduce.jobs, "Threads; 0: one a core; the figures do not depend on it")
      ->capture_default_str();
  reproduce_app->footer("Example:\n  perigee reproduce mei-2020-figure-2a --out figures");
  reproduce_app->callback([&] { exit_code = reproduce_command(reproduce); });

  std::string shell;
  CLI::App* completion_app = app.add_subcommand("completion", "Print a script that completes command lines in a shell");
  completion_app->add_option("shell", shell, "The shell")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  completion_app->footer("Example, for the shell at hand:\n  source <(perigee completion bash)");
  completion_app->callback([&] { std::cout << completion_script(shell); });

  // What these scripts ask: the words so far, the last of which is to be completed.
  if (argument_count > 1 && std::string_view(arguments[1]) == "__complete") {
    std::cout << text_of(complete(describe_app(app), {arguments + 2, arguments + argument_count}));
    return exit_done;
  }
  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::Success& done) {
    return app.exit(done);
  } catch (const CLI::ParseError& error) {
    app.exit(error, std::cerr, std::cerr);
    return exit_usage;
  }
  return exit_code;
}

}  // namespace

int main(int argument_count, char** arguments) {
  try {
    return parse_and_dispatch(argument_count, arguments);
  } catch (const std::exception& error) {
    std::cerr << "perigee: " << error.what() << '\n';
    return exit_usage;
  }
}
