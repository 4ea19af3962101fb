#include <perigee/diagnostics/store.hpp>

#include <perigee/diagnostics/run_file.hpp>
#include <perigee/lib/run.hpp>

#include <cmath>
#include <limits>

namespace perigee {

using sqlite::Statement;
using sqlite::WhenNan;

struct StoreRecorder::Implementation {
  Implementation(const std::filesystem::path& path, StoreOptions given)
      : options((sqlite::check_store_options(given), std::move(given))),
        file(path, options, options.probe.names),
        put_checkpoint(file.database(), "INSERT OR REPLACE INTO checkpoint VALUES(1, ?, ?)"),
        probed(static_cast<Index>(options.probe.names.size())) {
    finished = sqlite::read_end(file.database());
    Statement checkpoint(file.database(), "SELECT iteration, state FROM checkpoint");
    if (!checkpoint.next()) return;
    last_iteration = checkpoint.integer(0, "checkpoint.iteration");
    const std::span<const std::uint8_t> bytes = checkpoint.blob(1, "checkpoint.state");
    state.assign(bytes.begin(), bytes.end());
  }

  // Before the first change: what comes after the checkpoint goes, and so does the End.
  void begin_writing() {
    file.begin_transaction();
    if (writing) return;
    file.remove_after(last_iteration);
    writing = true;
  }

  void write_columns(Index iteration, ConstVectorView x) {
    if (options.probe.names.empty()) return;
    options.probe.measure(x, probed);
    file.write_columns(iteration, probed);
  }

  void write_checkpoint(const Stepper& stepper) {
    const std::vector<std::uint8_t> bytes = save_run(first, stepper);
    put_checkpoint.bind(1, static_cast<std::int64_t>(stepper.record().iteration));
    put_checkpoint.bind(2, std::span<const std::uint8_t>(bytes));
    put_checkpoint.run();
  }

  // All of them anew: they are few, and a resumed run may decide otherwise from the checkpoint on.
  void write_decisions(const Stepper& stepper) {
    if (stepper.decisions().size() == decisions_written) return;
    file.database().execute("DELETE FROM decisions");
    Statement insert(file.database(), "INSERT INTO decisions VALUES(?, ?, ?, ?)");
    std::int64_t position = 0;
    for (const Decision& decision : stepper.decisions()) {
      insert.bind(1, position++);
      insert.bind(2, static_cast<std::int64_t>(decision.iteration));
      insert.bind(3, std::string_view(decision.remedy));
      insert.bind(4, std::string_view(decision.reason));
      insert.run();
    }
    decisions_written = stepper.decisions().size();
  }

  StoreOptions options;
  sqlite::RunFile file;
  Statement put_checkpoint;
  Vector probed;
  std::vector<std::uint8_t> state;
  std::optional<End> finished;
  StepRecord first;
  std::size_t decisions_written = std::numeric_limits<std::size_t>::max();  // unknown before the first write
  bool writing = false;
  bool row_complete = true;   // false while a row is half written, and for good after a failure
  Index last_iteration = -1;  // of the last row
};

StoreRecorder::StoreRecorder(const std::filesystem::path& path, StoreOptions options)
    : implementation_(std::make_unique<Implementation>(path, std::move(options))) {}

StoreRecorder::~StoreRecorder() {
  try {
    // Rows beyond the checkpoint show what came last; a resume computes them again.
    if (implementation_->row_complete && implementation_->file.database().in_transaction())
      implementation_->file.commit();
  } catch (const StoreError&) {
    // A destructor cannot report it; the file is as of the last commit.
  }
}

std::span<const std::uint8_t> StoreRecorder::state() const { return implementation_->state; }

const std::optional<End>& StoreRecorder::finished() const { return implementation_->finished; }

void StoreRecorder::observe(const StepRecord& first, const Stepper& stepper) {
  Implementation& to = *implementation_;
  const StepRecord& record = stepper.record();
  if (record.iteration <= to.last_iteration) {
    throw std::invalid_argument("StoreRecorder: iterate must follow the recorded " + std::to_string(to.last_iteration) +
                                " (pass state() as RunOptions::state), got iteration " +
                                std::to_string(record.iteration));
  }
  to.row_complete = false;
  to.begin_writing();
  to.first = first;
  // The stepper's evaluation says whether a NaN was measured.
  const auto when_nan = [](double measured) {
    return std::isnan(measured) ? WhenNan::measured : WhenNan::not_measured;
  };
  to.file.write_step(record, when_nan(stepper.current().value()), when_nan(stepper.current().gradient_norm()));
  to.write_columns(record.iteration, stepper.current().x());
  if (keeps_snapshot(to.options.snapshots, record, to.file.last_snapshot(), to.file.snapshot_count())) {
    to.file.write_snapshot(record.iteration, "rule", stepper.current().x());
  }
  to.last_iteration = record.iteration;
  to.finished.reset();
  if (to.file.complete_row()) {
    to.write_decisions(stepper);
    to.write_checkpoint(stepper);
    to.file.commit();
  }
  to.row_complete = true;
}

void StoreRecorder::finish(const End& end, const Stepper& stepper) {
  Implementation& to = *implementation_;
  to.row_complete = false;
  to.begin_writing();
  const Index iteration = stepper.record().iteration;
  if (to.file.last_snapshot() != iteration) to.file.write_snapshot(iteration, "end", stepper.current().x());
  // A method that ended itself may have left the state of the last iterate, from which a run could go on.
  const bool ended_itself = stepper.end() == end;
  if (to.file.rows_since_commit() > 0 && !ended_itself) to.write_checkpoint(stepper);
  to.write_decisions(stepper);
  to.file.write_end(end);
  to.file.close();
  to.finished = end;
  to.row_complete = true;
  to.writing = false;  // whoever runs on must clear the End again
}

}  // namespace perigee
