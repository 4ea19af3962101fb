#include <perigee/diagnostics/cli/mpi/campaign_ranks.hpp>

#include <perigee/diagnostics/cli/commands.hpp>
#include <perigee/diagnostics/compare/campaign_jobs.hpp>
#include <perigee/diagnostics/configuration_difference.hpp>
#include <perigee/lib/state.hpp>

#include <mpi.h>

#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>

namespace perigee::cli {

namespace {

constexpr int from_worker = 1;  // its configuration first, then the rows of its last job
constexpr int from_owner = 2;   // a job; an empty one: there is no more
static_assert(sizeof(Index) == 8);

bool was_launched() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK"}) {
    if (std::getenv(name) != nullptr) return true;
  }
  return false;
}

void send_bytes(std::span<const std::uint8_t> bytes, int to, int tag) {
  MPI_Send(bytes.data(), static_cast<int>(bytes.size()), MPI_BYTE, to, tag, MPI_COMM_WORLD);
}

std::vector<std::uint8_t> receive_bytes(int from, int tag, int& sender) {
  MPI_Status status;
  MPI_Probe(from, tag, MPI_COMM_WORLD, &status);
  int count = 0;
  MPI_Get_count(&status, MPI_BYTE, &count);
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(count));
  sender = status.MPI_SOURCE;
  MPI_Recv(bytes.data(), count, MPI_BYTE, sender, tag, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  return bytes;
}

void write_row(StateWriter& writer, const RunRow& row) {
  writer.write(static_cast<std::int64_t>(row.run));
  writer.write(static_cast<std::uint64_t>(row.end_class));
  writer.write(std::string_view(row.end_id));
  writer.write(static_cast<std::int64_t>(row.iterations));
  writer.write(row.counts);
  writer.write(static_cast<std::int64_t>(row.kicks));
  for (const double number :
       {row.cost, row.seconds, row.value, row.gradient_norm, row.escape_iteration, row.escape_cost}) {
    writer.write(number);
  }
  for (const double hit : row.hits) writer.write(hit);
  writer.write(std::string_view(row.point));
  writer.write(std::string_view(row.findings));
  writer.write(static_cast<std::uint64_t>(row.trace.size()));
  for (const TracePoint& point : row.trace) {
    writer.write(point.cost);
    writer.write(point.value);
  }
}

RunRow read_row(StateReader& reader, std::size_t targets) {
  RunRow row;
  std::int64_t integer = 0;
  std::uint64_t end_class = 0;
  reader.read(integer);
  row.run = static_cast<Index>(integer);
  reader.read(end_class);
  row.end_class = static_cast<EndClass>(end_class);
  reader.read(row.end_id);
  reader.read(integer);
  row.iterations = static_cast<Index>(integer);
  reader.read(row.counts);
  reader.read(integer);
  row.kicks = static_cast<Index>(integer);
  for (double* number :
       {&row.cost, &row.seconds, &row.value, &row.gradient_norm, &row.escape_iteration, &row.escape_cost}) {
    reader.read(*number);
  }
  row.hits.resize(targets);
  for (double& hit : row.hits) reader.read(hit);
  reader.read(row.point);
  reader.read(row.findings);
  std::uint64_t points = 0;
  reader.read(points);
  row.trace.resize(points);
  for (TracePoint& point : row.trace) {
    reader.read(point.cost);
    reader.read(point.value);
  }
  return row;
}

void write_configuration(StateWriter& writer, const RunConfiguration& configuration) {
  writer.write(static_cast<std::uint64_t>(configuration.entries.size()));
  for (const auto& [name, value] : configuration.entries) {
    writer.write(std::string_view(name));
    writer.write(std::string_view(value));
  }
}

RunConfiguration read_configuration(StateReader& reader) {
  std::uint64_t count = 0;
  reader.read(count);
  RunConfiguration configuration;
  for (std::uint64_t i = 0; i < count; ++i) {
    configuration.entries.emplace_back();
    reader.read(configuration.entries.back().first);
    reader.read(configuration.entries.back().second);
  }
  return configuration;
}

}  // namespace

CampaignRanks::CampaignRanks() {
  if (!was_launched()) return;
  MPI_Init(nullptr, nullptr);
  joined_ = true;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
  MPI_Comm_size(MPI_COMM_WORLD, &size_);
}

CampaignRanks::~CampaignRanks() {
  if (joined_) MPI_Finalize();
}

void CampaignRanks::abort(const char* reason) {
  if (size_ == 1) return;
  std::cerr << "perigee: rank " << rank_ << ": " << reason << std::endl;
  MPI_Abort(MPI_COMM_WORLD, exit_usage);
}

CampaignProgress CampaignRanks::run(const Campaign& campaign, RunRows& rows, const RunnerOptions& options) {
  if (size_ == 1) return run_campaign(campaign, rows, options);
  const RunConfiguration configuration = campaign.configuration();
  const std::size_t targets = campaign.options().targets.size();
  CampaignJobs jobs(campaign, rows.present(campaign.size()), options.shard);
  RowCollector collector(rows, jobs.progress(), options);
  std::vector<bool> known(static_cast<std::size_t>(size_), false);
  for (int working = size_ - 1; working > 0;) {
    int sender = 0;
    const std::vector<std::uint8_t> bytes = receive_bytes(MPI_ANY_SOURCE, from_worker, sender);
    StateReader reader(bytes);
    if (!known[static_cast<std::size_t>(sender)]) {
      const std::string difference = configuration_difference(configuration, read_configuration(reader));
      if (!difference.empty()) {
        throw std::runtime_error("rank " + std::to_string(sender) + " has another campaign: " + difference);
      }
      known[static_cast<std::size_t>(sender)] = true;
    }
    std::vector<RunRow> finished;
    while (!reader.at_end()) finished.push_back(read_row(reader, targets));
    collector.take(std::move(finished));
    const bool cancelled = options.cancelled && options.cancelled();
    const std::vector<Index> job = cancelled ? std::vector<Index>() : jobs.take();
    MPI_Send(job.data(), static_cast<int>(job.size()), MPI_INT64_T, sender, from_owner, MPI_COMM_WORLD);
    if (job.empty()) --working;
  }
  return collector.finish();
}

void CampaignRanks::work(const Campaign& campaign) {
  StateWriter introduction;
  write_configuration(introduction, campaign.configuration());
  send_bytes(introduction.bytes(), 0, from_worker);
  for (;;) {
    MPI_Status status;
    MPI_Probe(0, from_owner, MPI_COMM_WORLD, &status);
    int count = 0;
    MPI_Get_count(&status, MPI_INT64_T, &count);
    std::vector<Index> job(static_cast<std::size_t>(count));
    MPI_Recv(job.data(), count, MPI_INT64_T, 0, from_owner, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    if (job.empty()) return;
    StateWriter writer;
    for (const RunRow& row : campaign.run_many(job)) write_row(writer, row);
    send_bytes(writer.bytes(), 0, from_worker);
  }
}

}  // namespace perigee::cli
