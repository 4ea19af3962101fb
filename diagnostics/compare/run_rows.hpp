// Where a campaign's rows go and come from: memory here, a file in campaign_store.hpp.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_RUN_ROWS_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_RUN_ROWS_HPP

#include <perigee/diagnostics/compare/run_row.hpp>

#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace perigee {

/// How much of a row is read. `scores` leaves out what no rate, time or test needs: iterations, values count, value,
/// gradient norm, kicks, findings and trace then are as in an empty row.
enum class RowDetail { everything, scores };

class RunRows {
 public:
  virtual ~RunRows() = default;

  /// Adds rows of runs that have none yet, in any order. By one thread at a time.
  virtual void append(std::span<const RunRow> rows) = 0;

  /// Which of the runs 0, ..., count - 1 have a row.
  virtual std::vector<bool> present(Index count) = 0;

  /// Shows the rows of the runs first, ..., last - 1 that there are, in order; at least as much of each as asked for.
  /// By several threads at a time, as long as none appends.
  virtual void for_each(Index first, Index last, const std::function<void(const RunRow&)>& see, RowDetail detail) = 0;

  /// Everything of them.
  void for_each(Index first, Index last, const std::function<void(const RunRow&)>& see) {
    for_each(first, last, see, RowDetail::everything);
  }
};

/// Rows in memory, for campaigns that are not to be continued.
class RowsInMemory final : public RunRows {
 public:
  void append(std::span<const RunRow> rows) override;
  std::vector<bool> present(Index count) override;
  using RunRows::for_each;
  void for_each(Index first, Index last, const std::function<void(const RunRow&)>& see, RowDetail detail) override;

 private:
  std::vector<std::optional<RunRow>> rows_;
};

}  // namespace perigee

#endif
