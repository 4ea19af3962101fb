#include <perigee/diagnostics/compare/run_rows.hpp>

#include <algorithm>

namespace perigee {

void RowsInMemory::append(std::span<const RunRow> rows) {
  for (const RunRow& row : rows) {
    const auto place = static_cast<std::size_t>(row.run);
    if (rows_.size() <= place) rows_.resize(std::max(place + 1, 2 * rows_.size()));
    rows_[place] = row;
  }
}

std::vector<bool> RowsInMemory::present(Index count) {
  std::vector<bool> there(static_cast<std::size_t>(count), false);
  for (std::size_t i = 0; i < std::min(there.size(), rows_.size()); ++i) there[i] = rows_[i].has_value();
  return there;
}

void RowsInMemory::for_each(Index first, Index last, const std::function<void(const RunRow&)>& see, RowDetail) {
  const std::size_t end = std::min(static_cast<std::size_t>(last), rows_.size());
  for (auto i = static_cast<std::size_t>(first); i < end; ++i) {
    if (rows_[i]) see(*rows_[i]);
  }
}

}  // namespace perigee
