// A log too long to be kept: its rows pass through the table in portions, and stay as means over blocks
// (condenser.hpp).
//
// The first 131072 rows (fewer where there are many columns: 2^24 fields) are read as any log is. A log that has more
// goes on in one pass if what these rows say of it holds to its end: which column is what (none of them parameters, of
// which snapshots are to be kept), and steps that do not fall. Otherwise NotInOnePass is thrown, and the log has to be
// read as a whole. Internal to the readers.
#ifndef PERIGEE_DIAGNOSTICS_READERS_LONG_LOG_HPP
#define PERIGEE_DIAGNOSTICS_READERS_LONG_LOG_HPP

#include <perigee/diagnostics/online/condenser.hpp>
#include <perigee/diagnostics/readers/roles.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace perigee::readers {

struct NotInOnePass {
  std::string reason;  // "its steps are not in order"
};

using Mapping = std::vector<std::pair<std::string, std::string>>;

class LongLog {
 public:
  explicit LongLog(const Mapping& mapping) : mapping_(mapping) {}

  /// Whether rows should be taken out of the table before it grows.
  bool is_full(const Table& table) const;
  /// Takes out all rows but those of the last step. Throws NotInOnePass.
  void take(Table& table);
  bool has_taken() const { return condenser_.has_value(); }
  /// What the rows taken and those left in the table are, after at least one `take`. Throws NotInOnePass, ReadError.
  ReadResult finish(Table& table);

 private:
  void begin(const Table& table);
  std::size_t rows_to_take(const Table& table) const;
  void pass_on();

  const Mapping& mapping_;
  Roles roles_;
  std::vector<Content> contents_;  // of the columns, in the first portion
  std::optional<BatchSizes> batch_sizes_;
  std::vector<std::size_t> kept_columns_;  // beside the roles
  std::vector<std::string> notes_;
  std::optional<Condenser> condenser_;
  Index rows_taken_ = 0;
  Index rows_without_step_ = 0;
  Index rows_repeating_ = 0;
  double last_step_ = -1.0;      // of the rows taken
  Index last_passed_ = -1;       // to the condenser, an iteration
  StepRecord pending_;           // its rows may not be all there yet
  std::vector<double> numbers_;  // beside it
};

/// The same of a log that was read as a whole.
void condense(ReadResult& result);

}  // namespace perigee::readers

#endif
