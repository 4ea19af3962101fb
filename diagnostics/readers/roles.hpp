// Which column of a log is what: by the mapping, else by the names that training loops use.
// Internal to the readers.
#ifndef PERIGEE_DIAGNOSTICS_READERS_ROLES_HPP
#define PERIGEE_DIAGNOSTICS_READERS_ROLES_HPP

#include <perigee/diagnostics/readers/table.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace perigee::readers {

/// Positions of the columns in the table.
struct Roles {
  std::optional<std::size_t> iteration;
  std::optional<std::size_t> value;
  std::optional<std::size_t> reward;  // never beside a value
  std::optional<std::size_t> gradient_norm;
  std::optional<std::size_t> step_size;
  std::optional<std::size_t> step_norm;
  // Whole numbers; rows that do not say repeat the last one. Guessed only if they vary, or a small batch is beside
  // them.
  std::optional<std::size_t> batch_size;
  std::optional<std::size_t> small_batch_gradient_norm;  // beside a gradient norm of more terms
  std::optional<std::size_t> small_batch_size;
  std::vector<std::size_t> probabilities;  // in the order of the actions
  std::vector<std::size_t> parameters;     // x, in the order of its coordinates
  std::vector<bool> mapped;                // a column: whether the mapping names it
  bool operator==(const Roles&) const = default;
};

/// Columns that are not numbers get no role; where the mapping, or a name that leaves no doubt, wants one for
/// them, it is an error. Notes say what was not obvious.
Roles assign_roles(const Table& table, const std::vector<std::pair<std::string, std::string>>& mapping,
                   std::vector<std::string>& notes);

/// Whether the numbers can be batch sizes.
bool counts_terms(const TableColumn& column);

/// The batch sizes of rows one after the other: what a row does not say is that of the row before, at the beginning the
/// first there is.
class BatchSizes {
 public:
  explicit BatchSizes(const std::vector<double>& values);
  std::uint32_t next(double value);

 private:
  std::uint32_t last_ = 0;
};

}  // namespace perigee::readers

#endif
