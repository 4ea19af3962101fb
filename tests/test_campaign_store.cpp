#include "support/catch.hpp"
#include "support/small_campaign.hpp"

#include <perigee/diagnostics/compare/campaign_runner.hpp>
#include <perigee/diagnostics/compare/campaign_store.hpp>

#include <sqlite3.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <thread>

using namespace perigee;

namespace {

// A folder that goes with the test.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "perigee-campaign-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::vector<RunRow> all_rows(RunRows& from, Index count) {
  std::vector<RunRow> rows;
  from.for_each(0, count, [&](const RunRow& row) { rows.push_back(row); });
  return rows;
}

bool same_rows(const std::vector<RunRow>& a, const std::vector<RunRow>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_result);
}

const Campaign& campaign() {
  static const Campaign made(test::small_campaign());
  return made;
}

const std::vector<RunRow>& expected_rows() {
  static const std::vector<RunRow> rows = [] {
    RowsInMemory memory;
    run_campaign(campaign(), memory, {});
    return all_rows(memory, campaign().size());
  }();
  return rows;
}

// The message of the StoreError that `action` throws; empty: none.
template <class Action>
std::string store_error(Action action) {
  try {
    action();
  } catch (const StoreError& error) {
    return error.what();
  }
  return {};
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// One text of a file by a query of our own, past the library.
std::string query(const std::filesystem::path& path, const std::string& text) {
  sqlite3* database = nullptr;
  sqlite3_stmt* statement = nullptr;
  REQUIRE(sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
  REQUIRE(sqlite3_prepare_v2(database, text.c_str(), -1, &statement, nullptr) == SQLITE_OK);
  REQUIRE(sqlite3_step(statement) == SQLITE_ROW);
  const auto* result = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
  std::string copy = result != nullptr ? result : "NULL";
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return copy;
}

void execute(const std::filesystem::path& path, const std::string& text) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
  REQUIRE(sqlite3_exec(database, text.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(database);
}

// campaign_writer on the file; returns its process.
::pid_t start_writer(const std::filesystem::path& path, const std::string& threads, const std::string& shard) {
  const ::pid_t process = ::fork();
  REQUIRE(process >= 0);
  if (process == 0) {
    ::execl(PERIGEE_CAMPAIGN_WRITER, "campaign_writer", path.c_str(), threads.c_str(), shard.c_str(),
            static_cast<char*>(nullptr));
    ::_exit(127);
  }
  return process;
}

int status_of(::pid_t process) {
  int status = 0;
  REQUIRE(::waitpid(process, &status, 0) == process);
  return status;
}

}  // namespace

TEST_CASE("a stored campaign reads back bit for bit, with its configuration and who made it") {
  const Folder folder;
  {
    CampaignStore store(folder / "c.sqlite", campaign().configuration(), provenance_of_this_process(2));
    run_campaign(campaign(), store, {.threads = 2});
    CHECK(same_rows(all_rows(store, campaign().size()), expected_rows()));
  }
  CampaignStore store(folder / "c.sqlite");
  CHECK(same_rows(all_rows(store, campaign().size()), expected_rows()));
  CHECK(store.configuration() == campaign().configuration());
  CHECK(entries_of(options_of(store.configuration().entries)) == entries_of(campaign().options()));
  // One file is left, whole by itself.
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
  CHECK(query(folder / "c.sqlite", "SELECT value FROM writers WHERE name = 'threads'") == "2");
  CHECK(query(folder / "c.sqlite", "SELECT count(*) FROM writers WHERE name = 'processor' AND value <> ''") == "1");
  // The view names what the number stands for.
  const RunRow& row = expected_rows()[330];
  CHECK(query(folder / "c.sqlite",
              "SELECT problem || ' ' || start || ' ' || solver || ' ' || seed FROM named_runs"
              " WHERE run = 330") == "octopus(dimension=4) random perturbed-gradient-descent 5");
  CHECK(query(folder / "c.sqlite", "SELECT iterations FROM named_runs WHERE run = 330") ==
        std::to_string(row.iterations));
}

TEST_CASE("a campaign killed at any moment goes on, and ends as if it had never been killed") {
  // 20 kills on each of two files, one of one thread and one of two, at moments uniform over the time it takes.
  const Folder folder;
  std::mt19937 random(5);
  for (const std::string threads : {"1", "2"}) {
    const std::filesystem::path path = folder / ("c" + threads + ".sqlite");
    const auto started = std::chrono::steady_clock::now();
    REQUIRE(status_of(start_writer(folder / ("whole" + threads), threads, "1/1")) == 0);
    const auto taken = std::chrono::steady_clock::now() - started;
    int killed = 0;
    for (int attempt = 0; attempt < 20; ++attempt) {
      const ::pid_t process = start_writer(path, threads, "1/1");
      const double part = static_cast<double>(random()) / static_cast<double>(std::mt19937::max());
      std::this_thread::sleep_for(part * taken);
      ::kill(process, SIGKILL);
      const int status = status_of(process);
      killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL ? 1 : 0;
      if (!std::filesystem::exists(path)) continue;
      // What is there is right, and whole; or nothing is there yet.
      const std::string refusal = store_error([&] {
        CampaignStore store(path);
        for (const RunRow& row : all_rows(store, campaign().size())) {
          CHECK(same_result(row, expected_rows()[static_cast<std::size_t>(row.run)]));
        }
      });
      INFO(refusal);
      CHECK((refusal.empty() || contains(refusal, "application id 0")));
    }
    CHECK(killed > 0);
    REQUIRE(status_of(start_writer(path, threads, "1/1")) == 0);
    CampaignStore store(path);
    CHECK(same_rows(all_rows(store, campaign().size()), expected_rows()));
  }
}

TEST_CASE("shards, one of them killed on its way, merge into the same campaign") {
  const Folder folder;
  const ::pid_t victim = start_writer(folder / "2.sqlite", "1", "2/2");
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  ::kill(victim, SIGKILL);
  (void)status_of(victim);
  const ::pid_t first = start_writer(folder / "1.sqlite", "1", "1/2");
  const ::pid_t second = start_writer(folder / "2.sqlite", "2", "2/2");
  REQUIRE(status_of(first) == 0);
  REQUIRE(status_of(second) == 0);
  CampaignStore store(folder / "all.sqlite", campaign().configuration(), {});
  CHECK(store.merge(folder / "1.sqlite") == 300);
  CHECK(store.merge(folder / "2.sqlite") == 300);
  CHECK(store.merge(folder / "2.sqlite") == 0);  // what is there already agrees
  CHECK(same_rows(all_rows(store, campaign().size()), expected_rows()));
}

TEST_CASE("another configuration is refused, and the message shows what differs") {
  const Folder folder;
  { const CampaignStore store(folder / "c.sqlite", campaign().configuration(), {}); }
  CampaignOptions options = test::small_campaign();
  options.budget = 1600.0;
  options.solvers[1] = parse_choice("perturbed-gradient-descent(tolerance=0.5)");
  const Campaign other(options);
  const std::string refusal =
      store_error([&] { CampaignStore(folder / "c.sqlite", other.configuration(), Provenance{}); });
  CHECK(contains(refusal, "c.sqlite: holds a campaign of another configuration"));
  CHECK(contains(refusal, "budget: the file has '1500', this run '1600'"));
  CHECK(contains(refusal, "perturbed-gradient-descent(tolerance=0.5)"));
  CHECK_FALSE(contains(refusal, "seeds"));
  // Nor is it merged.
  { const CampaignStore store(folder / "other.sqlite", other.configuration(), {}); }
  CampaignStore store(folder / "c.sqlite", campaign().configuration(), {});
  CHECK(contains(store_error([&] { store.merge(folder / "other.sqlite"); }), "budget"));
}

TEST_CASE("one writer at a time; readers may look on") {
  const Folder folder;
  CampaignStore writer(folder / "c.sqlite", campaign().configuration(), {});
  const std::string refusal =
      store_error([&] { CampaignStore(folder / "c.sqlite", campaign().configuration(), Provenance{}); });
  CHECK(contains(refusal, "is being recorded into by process " + std::to_string(::getpid())));
  writer.append(std::span(expected_rows()).first(10));
  CampaignStore reader(folder / "c.sqlite");
  CHECK(all_rows(reader, campaign().size()).size() == 10);
  CHECK_FALSE(store_error([&] { writer.append(std::span(expected_rows()).first(1)); }).empty());  // it has its row
  writer.append(std::span(expected_rows()).subspan(10, 1));  // and goes on after that
  CHECK(all_rows(reader, campaign().size()).size() == 11);
}

TEST_CASE("merging refuses rows that contradict, and adds nothing then") {
  const Folder folder;
  {
    CampaignStore one(folder / "1.sqlite", campaign().configuration(), {});
    one.append(std::span(expected_rows()).first(5));
    CampaignStore two(folder / "2.sqlite", campaign().configuration(), {});
    two.append(std::span(expected_rows()).first(8));
  }
  execute(folder / "2.sqlite", "UPDATE runs SET cost = cost + 1 WHERE run = 3");
  CampaignStore one(folder / "1.sqlite", campaign().configuration(), {});
  CHECK(contains(store_error([&] { one.merge(folder / "2.sqlite"); }), "run 3 differs"));
  CHECK(all_rows(one, campaign().size()).size() == 5);
}

TEST_CASE("files that are no campaign are refused by name") {
  const Folder folder;
  std::ofstream(folder / "text.sqlite")
      << "this is no database, and long enough not to be taken for an empty one ......";
  CHECK(contains(store_error([&] { CampaignStore(folder / "text.sqlite"); }), "text.sqlite: "));
  execute(folder / "other.sqlite", "CREATE TABLE t(x)");
  CHECK(contains(store_error([&] { CampaignStore(folder / "other.sqlite"); }), "not a campaign of Perigee"));
  CHECK(contains(store_error([&] { CampaignStore(folder / "other.sqlite", campaign().configuration(), Provenance{}); }),
                 "not a campaign of Perigee"));
  { const CampaignStore store(folder / "c.sqlite", campaign().configuration(), {}); }
  execute(folder / "c.sqlite", "PRAGMA user_version = 99");
  CHECK(contains(store_error([&] { CampaignStore(folder / "c.sqlite"); }), "schema version must be 2, got 99"));
}
