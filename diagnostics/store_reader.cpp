#include <perigee/diagnostics/sqlite_database.hpp>
#include <perigee/diagnostics/store.hpp>

#include <perigee/lib/format.hpp>

#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <system_error>

namespace perigee {

namespace {

using sqlite::Database;
using sqlite::OpenMode;
using sqlite::Statement;

// A folder of our own that goes with the scope.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "perigee-read-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw StoreError(name + ": cannot be created");
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

template <class Read>
auto read_from(const std::filesystem::path& file, OpenMode mode, const std::filesystem::path& shown_as,
               const Read& read) {
  Database database(file, mode, shown_as);
  sqlite::require_run(database);
  database.execute("BEGIN");  // all queries see one state of the file, should it be growing
  return read(database);
}

std::filesystem::path beside(const std::filesystem::path& path, const char* suffix) { return path.string() + suffix; }

// SQLite may have to write before it can read: the index of a log beside it, or the header that a kill during the
// change to or from a log left half changed (then there is a rollback journal).
bool may_need_writing(const std::filesystem::path& path) {
  return std::filesystem::exists(beside(path, "-journal")) ||
         ::access(std::filesystem::absolute(path).parent_path().c_str(), W_OK) != 0;
}

// What `read` makes of the open run. Where SQLite would have to write, it gets a copy to do so.
template <class Read>
auto with_run(const std::filesystem::path& path, const Read& read) {
  try {
    if (!std::filesystem::exists(path)) throw StoreError(path.string() + ": there is no such file");
    if (!std::filesystem::is_regular_file(path)) throw StoreError(path.string() + ": is not a regular file");
    try {
      return read_from(path, OpenMode::read, path, read);
    } catch (const StoreError&) {
      if (!may_need_writing(path)) throw;
    }
    const TemporaryFolder folder;
    const std::filesystem::path copy = folder.path() / "run.sqlite";
    std::filesystem::copy_file(path, copy);
    std::filesystem::permissions(copy, std::filesystem::perms::owner_write, std::filesystem::perm_options::add);
    for (const char* suffix : {"-wal", "-journal"}) {
      if (std::filesystem::exists(beside(path, suffix))) {
        std::filesystem::copy_file(beside(path, suffix), beside(copy, suffix));
      }
    }
    return read_from(copy, OpenMode::write, path, read);
  } catch (const std::filesystem::filesystem_error& error) {
    throw StoreError(path.string() + ": " + error.code().message());
  }
}

std::optional<std::string> meta_value(const Database& database, std::string_view key) {
  Statement row(database, "SELECT value FROM meta WHERE key = ?");
  row.bind(1, key);
  if (!row.next()) return std::nullopt;
  return std::string(row.text(0, "meta.value"));
}

std::optional<double> meta_number(const Database& database, std::string_view key) {
  const std::optional<std::string> text = meta_value(database, key);
  if (!text) return std::nullopt;
  const std::optional<double> number = parse_number(*text);
  if (!number) database.fail("damaged: meta." + std::string(key) + " must be a number, got '" + *text + "'");
  return number;
}

void read_description(const Database& database, Trajectory& trajectory) {
  trajectory.problem = meta_value(database, "problem").value_or("");
  trajectory.solver = meta_value(database, "solver").value_or("");
  trajectory.optimal_value = meta_number(database, "optimal_value");
  trajectory.lower_bound = meta_number(database, "lower_bound");
  Statement settings(database, "SELECT name, value FROM settings ORDER BY position");
  while (settings.next()) {
    trajectory.settings.emplace_back(settings.text(0, "settings.name"), settings.text(1, "settings.value"));
  }
  Statement decisions(database, "SELECT iteration, remedy, reason FROM decisions ORDER BY position");
  while (decisions.next()) {
    trajectory.decisions.push_back({static_cast<Index>(decisions.integer(0, "decisions.iteration")),
                                    std::string(decisions.text(1, "decisions.remedy")),
                                    std::string(decisions.text(2, "decisions.reason"))});
  }
  const std::optional<std::string> transform = meta_value(database, "policy_transform");
  if (!transform) return;
  PolicyInformation policy;
  policy.transform = *transform;
  if (const std::optional<double> action = meta_number(database, "policy_optimal_action")) {
    if (!(*action >= 0.0 && *action < 1e9)) database.fail("damaged: meta.policy_optimal_action is out of range");
    policy.optimal_action = static_cast<Index>(*action);
  }
  Statement actions(database, "SELECT probability_column, reward FROM policy ORDER BY action");
  while (actions.next()) {
    if (!actions.is_null(0)) policy.probability_columns.emplace_back(actions.text(0, "policy.probability_column"));
    if (!actions.is_null(1)) policy.rewards.push_back(actions.number(1, "policy.reward"));
  }
  trajectory.policy = std::move(policy);
}

// The key of a table is its order, which a damaged page may still break.
void check_order(const Database& database, const char* what, std::int64_t before, std::int64_t now) {
  if (now > before) return;
  database.fail("damaged: " + std::string(what) + " must increase, got " + std::to_string(now) + " after " +
                std::to_string(before));
}

// Says now and then that the reading goes on.
class Pulse {
 public:
  explicit Pulse(const std::function<void()>& call) : call_(call) {}
  void row() {
    if (call_ && ++rows_ % 4096 == 0) call_();
  }

 private:
  const std::function<void()>& call_;
  std::uint64_t rows_ = 0;
};

void read_steps(const Database& database, Pulse& pulse, Trajectory& trajectory) {
  Statement steps(database,
                  "SELECT iteration, kind, batch_size, value, gradient_norm, step_norm, step_size, curvature, "
                  "values_count, gradients_count, hvp_count FROM steps ORDER BY iteration");
  while (steps.next()) {
    pulse.row();
    StepRecord record;
    record.iteration = steps.integer(0, "steps.iteration");
    if (!trajectory.records.empty()) {
      check_order(database, "steps.iteration", trajectory.records.back().iteration, record.iteration);
    }
    const std::string_view kind_name = steps.text(1, "steps.kind");
    const std::optional<StepKind> kind = step_kind_of(kind_name);
    if (!kind) database.fail("damaged: '" + std::string(kind_name) + "' is not a kind of step");
    record.kind = *kind;
    const std::int64_t batch_size = steps.integer(2, "steps.batch_size");
    if (batch_size < 0 || batch_size > std::numeric_limits<std::uint32_t>::max()) {
      database.fail("damaged: steps.batch_size is out of range, got " + std::to_string(batch_size));
    }
    record.batch_size = static_cast<std::uint32_t>(batch_size);
    record.value = steps.number(3, "steps.value");
    record.gradient_norm = steps.number(4, "steps.gradient_norm");
    record.step_norm = steps.number(5, "steps.step_norm");
    record.step_size = steps.number(6, "steps.step_size");
    record.curvature = steps.number(7, "steps.curvature");
    record.counts.values = static_cast<std::uint64_t>(steps.integer(8, "steps.values_count"));
    record.counts.gradients = static_cast<std::uint64_t>(steps.integer(9, "steps.gradients_count"));
    record.counts.hessian_vector_products = static_cast<std::uint64_t>(steps.integer(10, "steps.hvp_count"));
    trajectory.records.push_back(record);
  }
}

void read_columns(const Database& database, Pulse& pulse, Trajectory& trajectory) {
  std::string query = "SELECT iteration";
  Statement names(database, "SELECT name FROM column_names ORDER BY position");
  while (names.next()) {
    query += ", c" + std::to_string(trajectory.columns.size());
    trajectory.columns.push_back({std::string(names.text(0, "column_names.name")),
                                  std::vector<double>(trajectory.records.size(), not_measured)});
  }
  if (trajectory.columns.empty()) return;
  Statement values(database, query + " FROM columns ORDER BY iteration");
  std::size_t row = 0;
  while (values.next()) {
    pulse.row();
    const Index iteration = values.integer(0, "columns.iteration");
    while (row < trajectory.records.size() && trajectory.records[row].iteration < iteration) ++row;
    if (row == trajectory.records.size()) break;
    if (trajectory.records[row].iteration != iteration) continue;
    for (std::size_t i = 0; i < trajectory.columns.size(); ++i) {
      trajectory.columns[i].values[row] = values.number(static_cast<int>(i) + 1, trajectory.columns[i].name.c_str());
    }
  }
}

void read_snapshots(const Database& database, Trajectory& trajectory) {
  Statement snapshots(database, "SELECT iteration, x FROM snapshots ORDER BY iteration");
  while (snapshots.next()) {
    const Index iteration = snapshots.integer(0, "snapshots.iteration");
    const std::span<const std::uint8_t> blob = snapshots.blob(1, "snapshots.x");
    if (blob.size() % sizeof(double) != 0) database.fail("damaged: snapshots.x must be a row of doubles");
    if (!trajectory.snapshots.empty()) {
      check_order(database, "snapshots.iteration", trajectory.snapshots.back().iteration, iteration);
      const auto length = static_cast<std::size_t>(trajectory.snapshots.back().x.size());
      if (blob.size() != length * sizeof(double)) database.fail("damaged: snapshots.x must all be of one length");
    }
    std::vector<std::uint8_t> bytes(blob.begin(), blob.end());
    if constexpr (std::endian::native == std::endian::big) {
      for (auto first = bytes.begin(); first != bytes.end(); first += sizeof(double)) {
        std::reverse(first, first + sizeof(double));
      }
    }
    Vector x(static_cast<Index>(bytes.size() / sizeof(double)));
    if (!bytes.empty()) std::memcpy(x.data(), bytes.data(), bytes.size());
    trajectory.snapshots.push_back({iteration, std::move(x)});
  }
}

}  // namespace

Trajectory read_run(const std::filesystem::path& path, const std::function<void()>& while_reading) {
  return with_run(path, [&](Database& database) {
    Pulse pulse(while_reading);
    Trajectory trajectory;
    read_description(database, trajectory);
    read_steps(database, pulse, trajectory);
    read_columns(database, pulse, trajectory);
    read_snapshots(database, trajectory);
    trajectory.end = sqlite::read_end(database);
    return trajectory;
  });
}

RunConfiguration read_configuration(const std::filesystem::path& path) {
  return with_run(path, [](Database& database) { return sqlite::read_configuration(database); });
}

}  // namespace perigee
