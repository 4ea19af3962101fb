#include <perigee/diagnostics/compare/campaign_runner.hpp>
#include <perigee/diagnostics/compare/parallel.hpp>

#include <atomic>
#include <charconv>
#include <chrono>
#include <iterator>
#include <mutex>
#include <stdexcept>

namespace perigee {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t runs_in_lanes = 2048;      // a job of vector lanes; otherwise a job is one run
constexpr std::size_t rows_in_group = 4096;      // appended at once, at most
constexpr double seconds_between_groups = 0.25;  // at least as often, so that a kill loses little

// Rows from all threads, appended in groups. The lock is held while they are written: computing goes on meanwhile in
// whatever other threads have in hand.
class Collector {
 public:
  Collector(RunRows& to, CampaignProgress progress, const RunnerOptions& options)
      : to_(to), progress_(progress), options_(options), last_(Clock::now()) {}

  void take(std::vector<RunRow>&& rows) {
    const std::lock_guard lock(mutex_);
    waiting_.insert(waiting_.end(), std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
    const double waited = std::chrono::duration<double>(Clock::now() - last_).count();
    if (waiting_.size() >= rows_in_group || waited >= seconds_between_groups) append();
  }

  CampaignProgress finish() {
    const std::lock_guard lock(mutex_);
    append();
    return progress_;
  }

 private:
  void append() {
    if (waiting_.empty()) return;
    std::vector<RunRow> rows;
    rows.swap(waiting_);  // a failure must not try the same rows again
    to_.append(rows);
    progress_.done += static_cast<Index>(rows.size());
    last_ = Clock::now();
    if (options_.progressed) options_.progressed(progress_);
  }

  RunRows& to_;
  CampaignProgress progress_;
  const RunnerOptions& options_;
  Clock::time_point last_;
  std::vector<RunRow> waiting_;
  std::mutex mutex_;
};

// The next runs that one thread takes: one, or so many of a group that vector lanes are worth their while. Found as
// they are asked for, so that memory does not grow with the campaign by more than a bit a run.
class Jobs {
 public:
  Jobs(const Campaign& campaign, const std::vector<bool>& present, const Shard& shard)
      : campaign_(campaign), present_(present), shard_(shard), next_(shard.index - 1) {}

  std::vector<Index> take() {
    const std::lock_guard lock(mutex_);
    std::vector<Index> job;
    const Index seeds = campaign_.options().seeds;
    for (; next_ < campaign_.size(); next_ += shard_.count) {
      if (present_[static_cast<std::size_t>(next_)]) continue;
      if (!job.empty() && (job.front() / seeds != next_ / seeds || job.size() == runs_in_lanes)) return job;
      job.push_back(next_);
      if (campaign_.runs_in_lanes(job.front())) continue;
      next_ += shard_.count;
      return job;
    }
    return job;
  }

 private:
  const Campaign& campaign_;
  const std::vector<bool>& present_;
  Shard shard_;
  Index next_;
  std::mutex mutex_;
};

}  // namespace

Shard parse_shard(const std::string& text) {
  Shard shard;
  const char* const end = text.data() + text.size();
  const auto [slash, first_error] = std::from_chars(text.data(), end, shard.index);
  if (first_error == std::errc() && slash != end && *slash == '/') {
    const auto [rest, second_error] = std::from_chars(slash + 1, end, shard.count);
    if (second_error == std::errc() && rest == end && shard.index >= 1 && shard.index <= shard.count) return shard;
  }
  throw std::invalid_argument("shard must be i/n with 1 <= i <= n, got '" + text + "'");
}

CampaignProgress run_campaign(const Campaign& campaign, RunRows& rows, const RunnerOptions& options) {
  if (options.threads < 1) throw std::invalid_argument("run_campaign: threads must be >= 1, got 0");
  const std::vector<bool> present = rows.present(campaign.size());
  CampaignProgress progress;
  for (Index run = options.shard.index - 1; run < campaign.size(); run += options.shard.count) {
    ++progress.wanted;
    progress.done += present[static_cast<std::size_t>(run)] ? 1 : 0;
  }
  Jobs jobs(campaign, present, options.shard);
  Collector collector(rows, progress, options);
  std::atomic<bool> stopping{false};
  const auto work = [&](std::size_t) {
    try {
      while (!stopping && !(options.cancelled && options.cancelled())) {
        const std::vector<Index> job = jobs.take();
        if (job.empty()) return;
        collector.take(campaign.run_many(job));
      }
    } catch (...) {
      stopping = true;
      throw;
    }
  };
  try {
    for_each_index(options.threads, options.threads, work);
  } catch (...) {
    collector.finish();
    throw;
  }
  return collector.finish();
}

}  // namespace perigee
