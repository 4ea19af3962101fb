// Rows a second into and out of the SQLite files of recorded runs and of campaigns.
//
// Floors, in the same binary:
//
//     hand_written       a loop over one prepared INSERT of the same columns with the same values, all rows in one
//                        transaction, journal and synchronization as the library has them; for reading, a loop over
//                        one prepared SELECT that takes every column without looking at its type
//     bytes              write() of as many bytes as the finished file has, in pieces of 64 KiB, to a new file
//
// `log_recorder` gets its rows from a table in memory. `store_recorder` gets them from gradient descent on the
// two-dimensional Rosenbrock function and keeps checkpoints, so its row includes a step of the method (see
// iteration_overhead: some 25 ns). Campaign rows come in groups of 1000, a transaction each.
// Reported is CPU time for all rows, and items_per_second is rows a second. Files lie in the folder for temporary
// files; SQLite's synchronization with the disk shows in the wall time only.

#include "support/temporary_folder.hpp"

#include <benchmark/benchmark.h>

#include <perigee/diagnostics/compare/campaign_store.hpp>
#include <perigee/diagnostics/log_recorder.hpp>
#include <perigee/diagnostics/store.hpp>
#include <perigee/lib/functional.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/solvers/gradient_descent.hpp>

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace perigee;

constexpr Index row_count = 100000;
constexpr std::size_t rows_in_group = 1000;

void require(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}

// The least of SQLite: a connection and one statement, without a wrapper around either.
class Connection {
 public:
  explicit Connection(const std::filesystem::path& path) {
    require(sqlite3_open(path.c_str(), &handle_) == SQLITE_OK, "sqlite3_open");
  }
  ~Connection() { sqlite3_close(handle_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  void execute(const char* statements) {
    require(sqlite3_exec(handle_, statements, nullptr, nullptr, nullptr) == SQLITE_OK, statements);
  }
  sqlite3_stmt* prepare(const char* text) {
    sqlite3_stmt* statement = nullptr;
    require(sqlite3_prepare_v2(handle_, text, -1, &statement, nullptr) == SQLITE_OK, text);
    return statement;
  }

 private:
  sqlite3* handle_ = nullptr;
};

constexpr const char* journal =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000";

// Every iteration of the timing starts with a new file; the removal of the old one is not timed.
class File {
 public:
  const std::filesystem::path& fresh(benchmark::State& state) {
    state.PauseTiming();
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) std::filesystem::remove(path_.string() + suffix);
    state.ResumeTiming();
    return path_;
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  test::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_.path() / "rows.sqlite";
};

void report(benchmark::State& state, const File& file) {
  state.SetItemsProcessed(state.iterations() * row_count);
  state.counters["file_bytes"] = static_cast<double>(std::filesystem::file_size(file.path()));
}

void write_bytes(benchmark::State& state, File& file, std::size_t count) {
  const std::vector<char> piece(std::size_t{1} << 16, 'p');
  for (auto _ : state) {
    const int descriptor = ::open(file.fresh(state).c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    require(descriptor >= 0, "open");
    for (std::size_t left = count; left > 0;) {
      const auto written = ::write(descriptor, piece.data(), std::min(left, piece.size()));
      require(written > 0, "write");
      left -= static_cast<std::size_t>(written);
    }
    ::close(descriptor);
  }
  report(state, file);
}

// --- recorded runs ----------------------------------------------------------------------------------------------

StepRecord step(Index k) {
  StepRecord record;
  record.iteration = k;
  record.kind = k == 0 ? StepKind::initial : StepKind::step;
  record.value = 1.0 / (1.0 + static_cast<double>(k));
  record.gradient_norm = std::sqrt(record.value);
  record.step_size = 0.01;
  record.step_norm = 0.01 * record.gradient_norm;
  record.counts.gradients = static_cast<std::uint64_t>(k) + 1;
  return record;
}

std::vector<StepRecord> steps() {
  std::vector<StepRecord> all;
  for (Index k = 0; k < row_count; ++k) all.push_back(step(k));
  return all;
}

void log_rows(const std::filesystem::path& path, const std::vector<StepRecord>& all) {
  LogRecorder recorder(path);
  for (const StepRecord& record : all) recorder.log(record);
}

void run_hand_written_inserts(benchmark::State& state) {
  const std::vector<StepRecord> all = steps();
  File file;
  for (auto _ : state) {
    Connection connection(file.fresh(state));
    connection.execute(journal);
    connection.execute(
        "CREATE TABLE steps(iteration INTEGER PRIMARY KEY, kind TEXT NOT NULL, batch_size INTEGER NOT NULL, value,"
        " gradient_norm, step_norm, step_size, curvature, values_count INTEGER NOT NULL,"
        " gradients_count INTEGER NOT NULL, hvp_count INTEGER NOT NULL)");
    connection.execute("BEGIN");
    sqlite3_stmt* insert = connection.prepare("INSERT INTO steps VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    for (const StepRecord& record : all) {
      sqlite3_bind_int64(insert, 1, record.iteration);
      sqlite3_bind_text(insert, 2, record.iteration == 0 ? "initial" : "step", -1, SQLITE_STATIC);
      sqlite3_bind_int64(insert, 3, record.batch_size);
      sqlite3_bind_double(insert, 4, record.value);
      sqlite3_bind_double(insert, 5, record.gradient_norm);
      sqlite3_bind_double(insert, 6, record.step_norm);
      sqlite3_bind_double(insert, 7, record.step_size);
      sqlite3_bind_null(insert, 8);
      sqlite3_bind_int64(insert, 9, static_cast<sqlite3_int64>(record.counts.values));
      sqlite3_bind_int64(insert, 10, static_cast<sqlite3_int64>(record.counts.gradients));
      sqlite3_bind_int64(insert, 11, static_cast<sqlite3_int64>(record.counts.hessian_vector_products));
      require(sqlite3_step(insert) == SQLITE_DONE, "insert");
      sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    connection.execute("COMMIT");
  }
  report(state, file);
}

void run_bytes(benchmark::State& state) {
  File file;
  log_rows(file.path(), steps());
  write_bytes(state, file, std::filesystem::file_size(file.path()));
}

void run_log_recorder(benchmark::State& state) {
  const std::vector<StepRecord> all = steps();
  File file;
  for (auto _ : state) log_rows(file.fresh(state), all);
  report(state, file);
}

void run_store_recorder(benchmark::State& state) {
  const auto objective = functional(
      2,
      [](ConstVectorView x) {
        const double off_parabola = x[1] - x[0] * x[0];
        return 100.0 * off_parabola * off_parabola + (1.0 - x[0]) * (1.0 - x[0]);
      },
      [](ConstVectorView x, VectorView gradient) {
        const double off_parabola = x[1] - x[0] * x[0];
        gradient[0] = -400.0 * x[0] * off_parabola - 2.0 * (1.0 - x[0]);
        gradient[1] = 200.0 * off_parabola;
      });
  const GradientDescent solver({.learning_rate = 1e-4});
  const Vector start{-1.2, 1.0};
  File file;
  for (auto _ : state) {
    StoreRecorder recorder(file.fresh(state), {});
    run(objective, solver, start, {.stop = max_iterations(row_count - 1), .observers = {&recorder}});
  }
  report(state, file);
}

void run_hand_written_select(benchmark::State& state) {
  File file;
  log_rows(file.path(), steps());
  for (auto _ : state) {
    std::vector<StepRecord> all;
    Connection connection(file.path());
    sqlite3_stmt* select = connection.prepare("SELECT * FROM steps ORDER BY iteration");
    while (sqlite3_step(select) == SQLITE_ROW) {
      StepRecord record;
      record.iteration = sqlite3_column_int64(select, 0);
      record.kind = sqlite3_column_text(select, 1)[0] == 'i' ? StepKind::initial : StepKind::step;
      record.batch_size = static_cast<std::uint32_t>(sqlite3_column_int64(select, 2));
      record.value = sqlite3_column_double(select, 3);
      record.gradient_norm = sqlite3_column_double(select, 4);
      record.step_norm = sqlite3_column_double(select, 5);
      record.step_size = sqlite3_column_double(select, 6);
      record.curvature = sqlite3_column_double(select, 7);
      record.counts.values = static_cast<std::uint64_t>(sqlite3_column_int64(select, 8));
      record.counts.gradients = static_cast<std::uint64_t>(sqlite3_column_int64(select, 9));
      record.counts.hessian_vector_products = static_cast<std::uint64_t>(sqlite3_column_int64(select, 10));
      all.push_back(record);
    }
    sqlite3_finalize(select);
    require(all.size() == static_cast<std::size_t>(row_count), "rows");
  }
  report(state, file);
}

void run_read(benchmark::State& state) {
  File file;
  log_rows(file.path(), steps());
  for (auto _ : state) {
    require(read_run(file.path()).records.size() == static_cast<std::size_t>(row_count), "rows");
  }
  report(state, file);
}

// --- campaigns --------------------------------------------------------------------------------------------------

RunConfiguration campaign() {
  const CampaignOptions options{
      .cases = cases_of({{"rosenbrock", {}}}, {"random"}), .solvers = {{"gradient-descent", {}}}, .seeds = row_count};
  return {entries_of(options)};
}

std::vector<RunRow> run_rows() {
  std::vector<RunRow> rows(static_cast<std::size_t>(row_count));
  for (Index run = 0; run < row_count; ++run) {
    RunRow& row = rows[static_cast<std::size_t>(run)];
    row.run = run;
    row.end_class = EndClass::convergence;
    row.end_id = "value-target";
    row.iterations = 900 + run % 1000;
    row.counts.gradients = static_cast<std::uint64_t>(row.iterations) + 1;
    row.cost = static_cast<double>(row.counts.gradients);
    row.seconds = 1e-6 * row.cost;
    row.value = 1e-3 / (1.0 + static_cast<double>(run));
    row.gradient_norm = std::sqrt(row.value);
    row.hits = {row.cost};
  }
  return rows;
}

void append_rows(const std::filesystem::path& path, const std::vector<RunRow>& rows) {
  CampaignStore store(path, campaign(), {{"processor", "any"}});
  for (std::size_t i = 0; i < rows.size(); i += rows_in_group) store.append({&rows[i], rows_in_group});
}

void campaign_hand_written_inserts(benchmark::State& state) {
  const std::vector<RunRow> rows = run_rows();
  File file;
  for (auto _ : state) {
    Connection connection(file.fresh(state));
    connection.execute(journal);
    connection.execute(
        "CREATE TABLE runs(run INTEGER PRIMARY KEY, end_class TEXT NOT NULL, end_id TEXT NOT NULL,"
        " iterations INTEGER NOT NULL, values_count INTEGER NOT NULL, gradients_count INTEGER NOT NULL,"
        " hvp_count INTEGER NOT NULL, cost, seconds, value, gradient_norm, kicks INTEGER NOT NULL, escape_iteration,"
        " escape_cost, point TEXT, findings TEXT, trace BLOB, hit0)");
    connection.execute("BEGIN");
    sqlite3_stmt* insert =
        connection.prepare("INSERT INTO runs VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    for (const RunRow& row : rows) {
      sqlite3_bind_int64(insert, 1, row.run);
      sqlite3_bind_text(insert, 2, "convergence", -1, SQLITE_STATIC);
      sqlite3_bind_text(insert, 3, row.end_id.c_str(), -1, SQLITE_STATIC);
      sqlite3_bind_int64(insert, 4, row.iterations);
      sqlite3_bind_int64(insert, 5, static_cast<sqlite3_int64>(row.counts.values));
      sqlite3_bind_int64(insert, 6, static_cast<sqlite3_int64>(row.counts.gradients));
      sqlite3_bind_int64(insert, 7, static_cast<sqlite3_int64>(row.counts.hessian_vector_products));
      sqlite3_bind_double(insert, 8, row.cost);
      sqlite3_bind_double(insert, 9, row.seconds);
      sqlite3_bind_double(insert, 10, row.value);
      sqlite3_bind_double(insert, 11, row.gradient_norm);
      sqlite3_bind_int64(insert, 12, row.kicks);
      for (int place = 13; place <= 17; ++place) sqlite3_bind_null(insert, place);
      sqlite3_bind_double(insert, 18, row.hits[0]);
      require(sqlite3_step(insert) == SQLITE_DONE, "insert");
      sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    connection.execute("COMMIT");
  }
  report(state, file);
}

void campaign_bytes(benchmark::State& state) {
  File file;
  append_rows(file.path(), run_rows());
  write_bytes(state, file, std::filesystem::file_size(file.path()));
}

void campaign_append(benchmark::State& state) {
  const std::vector<RunRow> rows = run_rows();
  File file;
  for (auto _ : state) append_rows(file.fresh(state), rows);
  report(state, file);
}

void campaign_hand_written_select(benchmark::State& state) {
  File file;
  append_rows(file.path(), run_rows());
  for (auto _ : state) {
    double sum = 0.0;
    RunRow row;
    row.hits.resize(1);
    Connection connection(file.path());
    sqlite3_stmt* select = connection.prepare("SELECT * FROM runs ORDER BY run");
    while (sqlite3_step(select) == SQLITE_ROW) {
      row.run = sqlite3_column_int64(select, 0);
      row.end_class = sqlite3_column_text(select, 1)[0] == 'c' ? EndClass::convergence : EndClass::budget;
      row.end_id = reinterpret_cast<const char*>(sqlite3_column_text(select, 2));
      row.iterations = sqlite3_column_int64(select, 3);
      row.counts.values = static_cast<std::uint64_t>(sqlite3_column_int64(select, 4));
      row.counts.gradients = static_cast<std::uint64_t>(sqlite3_column_int64(select, 5));
      row.counts.hessian_vector_products = static_cast<std::uint64_t>(sqlite3_column_int64(select, 6));
      row.cost = sqlite3_column_double(select, 7);
      row.seconds = sqlite3_column_double(select, 8);
      row.value = sqlite3_column_double(select, 9);
      row.gradient_norm = sqlite3_column_double(select, 10);
      row.kicks = sqlite3_column_int64(select, 11);
      row.escape_iteration = sqlite3_column_double(select, 12);
      row.escape_cost = sqlite3_column_double(select, 13);
      row.hits[0] = sqlite3_column_double(select, 17);
      sum += row.cost;
    }
    sqlite3_finalize(select);
    benchmark::DoNotOptimize(sum);
  }
  report(state, file);
}

void campaign_read(benchmark::State& state) {
  File file;
  append_rows(file.path(), run_rows());
  for (auto _ : state) {
    double sum = 0.0;
    CampaignStore store(file.path());
    store.for_each(0, row_count, [&sum](const RunRow& row) { sum += row.cost; });
    benchmark::DoNotOptimize(sum);
  }
  report(state, file);
}

BENCHMARK(run_bytes)->Unit(benchmark::kMillisecond);
BENCHMARK(run_hand_written_inserts)->Unit(benchmark::kMillisecond);
BENCHMARK(run_log_recorder)->Unit(benchmark::kMillisecond);
BENCHMARK(run_store_recorder)->Unit(benchmark::kMillisecond);
BENCHMARK(run_hand_written_select)->Unit(benchmark::kMillisecond);
BENCHMARK(run_read)->Unit(benchmark::kMillisecond);
BENCHMARK(campaign_bytes)->Unit(benchmark::kMillisecond);
BENCHMARK(campaign_hand_written_inserts)->Unit(benchmark::kMillisecond);
BENCHMARK(campaign_append)->Unit(benchmark::kMillisecond);
BENCHMARK(campaign_hand_written_select)->Unit(benchmark::kMillisecond);
BENCHMARK(campaign_read)->Unit(benchmark::kMillisecond);

}  // namespace
