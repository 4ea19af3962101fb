// `perigee watch` and `perigee doctor` as their user meets them. What watch reports in the end is what diagnose says of
// the same file: the comparison is with that command.
#include "support/catch.hpp"
#include "support/command.hpp"

#include <algorithm>
#include <chrono>
#include <future>
#include <thread>

using namespace command_line;

namespace {

void append(const fs::path& path, const std::string& text) { std::ofstream(path, std::ios::app) << text; }

std::string rows(int first, int last) {
  std::string text;
  for (int k = first; k < last; ++k) text += std::to_string(k) + "," + std::to_string(1.0 / (k + 1)) + "\n";
  return text;
}

void wait_a_little() { std::this_thread::sleep_for(std::chrono::milliseconds(300)); }

}  // namespace

TEST_CASE("watch follows a log that grows, is cut and begins again, and ends when it is idle") {
  const Folder folder;
  const fs::path log = folder.path / "run.csv";
  const std::string arguments = "watch " + quoted(log.string()) + " --until-idle 1 --interval 0.1";
  std::future<Outcome> watched = std::async(std::launch::async, [&] { return perigee(arguments); });
  wait_a_little();
  append(log, "step,loss\n" + rows(0, 60) + "60,0.");  // the writer is in the middle of a line
  wait_a_little();
  append(log, "0163\n" + rows(61, 120));
  wait_a_little();
  std::ofstream(log) << "step,loss\n";  // a new run in the same file
  wait_a_little();
  append(log, rows(0, 40));
  const Outcome outcome = watched.get();
  INFO(outcome.errors);
  CHECK(outcome.exit_code == 0);
  CHECK(contains(outcome.errors, "waiting for "));
  CHECK(contains(outcome.errors, "iteration "));
  CHECK_FALSE(contains(outcome.errors, "value 0  "));  // 60,0. was never read as a value
  CHECK_FALSE(contains(outcome.errors, "\033"));
  CHECK(outcome.output == perigee("diagnose " + quoted(log.string())).output);
}

TEST_CASE("watch ends with the process that writes, and with a recorded run that has its end") {
  const Folder folder;
  const std::string log = quoted(folder.file("run.csv", "step,loss\n" + rows(0, 50)));
  const Outcome outcome = perigee("watch " + log + " --interval 0.1 --fail-on non-finite --pid $(sh -c 'echo $$')");
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.output == perigee("diagnose " + log).output);
  append(folder.path / "run.csv", "50,nan\n51,nan\n");
  CHECK(perigee("watch " + log + " --until-idle 0.3 --fail-on non-finite").exit_code == 1);
  const std::string store = quoted((folder.path / "run.sqlite").string());
  REQUIRE(perigee("run capped-saddle --out " + store).exit_code == 0);
  const Outcome recorded = perigee("watch " + store);
  CHECK(recorded.exit_code == 0);
  CHECK(contains(recorded.output, "(proven)"));  // the file names its problem, whose curvature was asked for
  CHECK(recorded.output == perigee("diagnose " + store).output);
}

TEST_CASE("watch refuses in the end what cannot be read") {
  const Outcome missing = perigee("watch /nonexistent.csv --until-idle 0.2");
  CHECK(missing.exit_code == 2);
  CHECK(contains(missing.errors, "/nonexistent.csv"));
  CHECK(missing.output.empty());
}

TEST_CASE("doctor examines a problem of the registry in one screen") {
  const Outcome outcome = perigee("doctor rosenbrock");
  INFO(outcome.output << outcome.errors);
  CHECK(outcome.exit_code == 0);
  for (const char* topic :
       {"repeatability:", "derivatives:", "domain:", "noise:", "curvature:", "scaling:", "step size:"}) {
    CHECK(contains(outcome.output, std::string("\n") + topic));
  }
  CHECK(std::count(outcome.output.begin(), outcome.output.end(), '\n') <= 24);
  CHECK(perigee("doctor rosenbrock").output == outcome.output);
  CHECK(perigee("doctor rosenbrok").exit_code == 2);
}
