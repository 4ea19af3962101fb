// A campaign as one SQLite file: its configuration, who worked on it, and one row a run.
//
// Rows are keyed by the run's place in the grid and committed in groups, so that a file killed at any moment holds
// whole rows only, and the same command started again runs what is missing. The tables are described in
// docs/formats.md.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_CAMPAIGN_STORE_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_CAMPAIGN_STORE_HPP

#include <perigee/diagnostics/compare/run_rows.hpp>
#include <perigee/diagnostics/store.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace perigee {

/// One process that wrote into the file: what identifies the machine, and no result depends on.
using Provenance = std::vector<std::pair<std::string, std::string>>;

/// This process: host's processor, operating system, threads, time of day (UTC).
Provenance provenance_of_this_process(unsigned threads);

class CampaignStore final : public RunRows {
 public:
  /// Opens or creates the file of this configuration, and locks it against other writers until destruction; notes
  /// `provenance`. Throws StoreError if another process writes into it, if it is no campaign, or one of another
  /// configuration: the message shows what differs.
  CampaignStore(const std::filesystem::path& path, const RunConfiguration& configuration, const Provenance& provenance);

  /// Reads a file that there is, finished or not. Throws StoreError.
  explicit CampaignStore(const std::filesystem::path& path);

  ~CampaignStore() override;

  const RunConfiguration& configuration() const;

  /// The processes that wrote into the file, in their order, this one included.
  std::vector<Provenance> writers() const;

  /// Throws StoreError if the file cannot be written or has a row of one of these runs. Committed on return.
  void append(std::span<const RunRow> rows) override;
  std::vector<bool> present(Index count) override;
  using RunRows::for_each;
  void for_each(Index first, Index last, const std::function<void(const RunRow&)>& see, RowDetail detail) override;

  /// Adds the rows and the provenance of another file of the same configuration. A run that both have must have the
  /// same result in both, and keeps the row that is here where it was ended by the clock. Throws StoreError otherwise,
  /// with nothing added. Returns the number of rows added.
  Index merge(const std::filesystem::path& other);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace perigee

#endif
