// Bytes a second through the readers of logs: one log of 1e5 rows with step, loss, gradient norm and learning rate, in
// each format; and one of 4e5 rows as CSV, which is condensed as it is read.
//
// A reader is timed from the path of a file, which is in the page cache, to the trajectory. Floors, in the same binary,
// from the same bytes in memory to a vector of doubles for each column:
//
//     from_chars         (CSV, JSONL) std::from_chars where a number stands, its length believed; names and separators
//                        are stepped over without a look
//     memory_copy        (NPZ, event files) memcpy of all bytes
//     zlib_crc32         (NPZ, stored) the copy, and zlib's checksum of it
//     zlib_inflate       (NPZ, deflated) zlib's decompression alone
//     trusting_walk      (event files) every length and field is believed to be where the writer puts it, no checksum
//                        looked at
//
// bytes_per_second counts the bytes of the file.

#include "support/event_encoder.hpp"
#include "support/temporary_folder.hpp"

#include <benchmark/benchmark.h>

#include <perigee/diagnostics/readers/reader.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/random.hpp>

#include <zlib.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace perigee;

constexpr std::size_t row_count = 100000;
constexpr std::size_t long_row_count = 400000;
constexpr std::array<std::string_view, 4> names{"step", "loss", "grad_norm", "lr"};

constexpr std::string_view csv_header = "step,loss,grad_norm,lr\n";

using Columns = std::array<std::vector<double>, 4>;

Columns columns_of(std::size_t rows) {
  Columns columns;
  RandomEngine engine = RandomSource(3).engine("log");
  std::vector<double> draws(2 * rows);
  fill_standard_normal(engine, {draws.data(), static_cast<Index>(draws.size())});
  for (std::size_t row = 0; row < rows; ++row) {
    const double loss = 1.0 / std::sqrt(1.0 + 1e-3 * static_cast<double>(row));
    columns[0].push_back(static_cast<double>(row));
    columns[1].push_back(loss * std::exp(0.05 * draws[2 * row]));
    columns[2].push_back(std::sqrt(loss) * std::exp(0.2 * draws[2 * row + 1]));
    columns[3].push_back(0.01);
  }
  return columns;
}

// Numbers as training loops print them: 7 digits, whole ones whole.
std::string number(const Columns& columns, std::size_t column, std::size_t row) {
  return column == 0 ? std::to_string(row) : format_number(columns[column][row], 7);
}

std::string csv(std::size_t rows) {
  const Columns columns = columns_of(rows);
  std::string text(csv_header);
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t i = 0; i < names.size(); ++i)
      text += number(columns, i, row) + (i + 1 < names.size() ? ',' : '\n');
  }
  return text;
}

std::string jsonl() {
  const Columns columns = columns_of(row_count);
  std::string text;
  for (std::size_t row = 0; row < row_count; ++row) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      text += std::string(i == 0 ? "{\"" : ", \"") + std::string(names[i]) + "\": " + number(columns, i, row);
    }
    text += "}\n";
  }
  return text;
}

std::string npz(bool is_deflated) {
  const Columns columns = columns_of(row_count);
  std::vector<test::ZipEntry> entries;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string header =
        "{'descr': '<f8', 'fortran_order': False, 'shape': (" + std::to_string(row_count) + ",), }\n";
    const std::string elements(reinterpret_cast<const char*>(columns[i].data()), columns[i].size() * sizeof(double));
    entries.push_back({std::string(names[i]) + ".npy", test::npy_file(header, elements), is_deflated});
  }
  return test::zip_file(entries);
}

// One event a step with three values, as TensorBoard's writer for PyTorch does not, but Keras and JAX do.
std::string events() {
  const Columns columns = columns_of(row_count);
  std::string bytes = test::version_event(1.0);
  for (std::size_t row = 0; row < row_count; ++row) {
    std::string values;
    for (std::size_t i = 1; i < names.size(); ++i) {
      values += test::simple_value(std::string(names[i]), static_cast<float>(columns[i][row]));
    }
    bytes += test::event(2.0 + 0.01 * static_cast<double>(row), static_cast<std::int64_t>(row), values);
  }
  return bytes;
}

struct Log {
  const char* file;
  std::string bytes;
  std::size_t rows;
};

// Made once for all benchmarks of the format.
const Log& csv_log() {
  static const Log log{"log.csv", csv(row_count), row_count};
  return log;
}
const Log& long_csv_log() {
  static const Log log{"long.csv", csv(long_row_count), long_row_count};
  return log;
}
const Log& jsonl_log() {
  static const Log log{"log.jsonl", jsonl(), row_count};
  return log;
}
const Log& npz_log() {
  static const Log log{"log.npz", npz(false), row_count};
  return log;
}
const Log& deflated_npz_log() {
  static const Log log{"deflated.npz", npz(true), row_count};
  return log;
}
const Log& event_log() {
  static const Log log{"events.out.tfevents.1", events(), row_count};
  return log;
}

void count_bytes(benchmark::State& state, const Log& log) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(log.bytes.size()));
}

void reader(benchmark::State& state, const Log& (*log_of)()) {
  const Log& log = log_of();
  const test::TemporaryFolder folder;
  const std::filesystem::path path = folder.write(log.file, log.bytes);
  for (auto _ : state) benchmark::DoNotOptimize(read_trajectory(path).trajectory.records.data());
  count_bytes(state, log);
}

// The first number begins at `first`; number i of a row begins skipped[i] bytes behind the end of the one before it.
void from_chars(benchmark::State& state, const Log& (*log_of)(), std::size_t first,
                const std::array<std::size_t, 4>& skipped) {
  const Log& log = log_of();
  for (auto _ : state) {
    std::array<std::vector<double>, 4> columns;
    const char* at = log.bytes.data() + first;
    const char* const end = log.bytes.data() + log.bytes.size();
    for (std::size_t row = 0; row < log.rows; ++row) {
      for (std::size_t i = 0; i < columns.size(); ++i) {
        double value = 0.0;
        if (row + i > 0) at += skipped[i];
        at = std::from_chars(at, end, value).ptr;
        columns[i].push_back(value);
      }
    }
    if (columns[0].back() + 1.0 != static_cast<double>(log.rows) || columns[3].back() != 0.01) {
      throw std::logic_error("the floor does not read the log");
    }
    benchmark::DoNotOptimize(columns.back().data());
  }
  count_bytes(state, log);
}

void csv_from_chars(benchmark::State& state) { from_chars(state, csv_log, csv_header.size(), {1, 1, 1, 1}); }
void long_csv_from_chars(benchmark::State& state) { from_chars(state, long_csv_log, csv_header.size(), {1, 1, 1, 1}); }
void jsonl_from_chars(benchmark::State& state) {
  constexpr std::string_view line_end = "}\n";
  std::array<std::size_t, 4> skipped{};
  for (std::size_t i = 0; i < names.size(); ++i) skipped[i] = std::string_view(", \"\": ").size() + names[i].size();
  const std::size_t first = skipped[0] - 1;  // '{' in place of ", "
  skipped[0] = first + line_end.size();
  from_chars(state, jsonl_log, first, skipped);
}

void copy_of(benchmark::State& state, const Log& log) {
  std::vector<char> copy(log.bytes.size());
  for (auto _ : state) {
    std::memcpy(copy.data(), log.bytes.data(), log.bytes.size());
    benchmark::DoNotOptimize(copy.data());
    benchmark::ClobberMemory();
  }
  count_bytes(state, log);
}
void npz_memory_copy(benchmark::State& state) { copy_of(state, npz_log()); }
void events_memory_copy(benchmark::State& state) { copy_of(state, event_log()); }

const Bytef* bytes_of(const std::string& text) { return reinterpret_cast<const Bytef*>(text.data()); }

void npz_zlib_crc32(benchmark::State& state) {
  const Log& log = npz_log();
  std::vector<char> copy(log.bytes.size());
  for (auto _ : state) {
    std::memcpy(copy.data(), log.bytes.data(), log.bytes.size());
    benchmark::DoNotOptimize(copy.data());
    benchmark::DoNotOptimize(crc32(0, bytes_of(log.bytes), static_cast<uInt>(log.bytes.size())));
  }
  count_bytes(state, log);
}

void deflated_npz_zlib_inflate(benchmark::State& state) {
  const Log& log = deflated_npz_log();
  const Columns columns = columns_of(log.rows);
  std::vector<std::string> streams;
  for (const std::vector<double>& column : columns) {
    const std::string elements(reinterpret_cast<const char*>(column.data()), column.size() * sizeof(double));
    streams.push_back(test::deflated(elements, -15));
  }
  std::vector<double> out(log.rows);
  for (auto _ : state) {
    for (std::string& stream_bytes : streams) {
      z_stream stream{};
      inflateInit2(&stream, -15);
      stream.next_in = reinterpret_cast<Bytef*>(stream_bytes.data());
      stream.avail_in = static_cast<uInt>(stream_bytes.size());
      stream.next_out = reinterpret_cast<Bytef*>(out.data());
      stream.avail_out = static_cast<uInt>(out.size() * sizeof(double));
      const int status = inflate(&stream, Z_FINISH);
      inflateEnd(&stream);
      if (status != Z_STREAM_END) throw std::logic_error("the floor does not read the archive");
      benchmark::DoNotOptimize(out.data());
    }
  }
  count_bytes(state, log);
}

void events_trusting_walk(benchmark::State& state) {
  const Log& log = event_log();
  constexpr std::size_t before_record = 12;
  constexpr std::size_t after_record = 4;
  constexpr std::size_t size_of_time = 9;  // key and double
  for (auto _ : state) {
    std::array<std::vector<double>, 4> columns;
    const char* at = log.bytes.data();
    const char* const end = at + log.bytes.size();
    for (bool is_version = true; at != end; is_version = false) {
      std::uint64_t size = 0;
      std::memcpy(&size, at, sizeof size);
      const char* field = at + before_record + size_of_time;
      at += before_record + size + after_record;
      if (is_version) continue;
      std::uint64_t step = 0;
      if (*field == 0x10) {  // the step 0 is not written
        int shift = 0;
        for (++field;; ++field, shift += 7) {
          const auto byte = static_cast<unsigned char>(*field);
          step |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
          if (byte < 0x80) break;
        }
        ++field;
      }
      field += 2;  // key and length of the summary
      columns[0].push_back(static_cast<double>(step));
      for (std::size_t i = 1; i < columns.size(); ++i) {
        field += 5 + names[i].size();  // keys and lengths of the value and its tag, key of the number
        float value = 0.0F;
        std::memcpy(&value, field, sizeof value);
        field += sizeof value;
        columns[i].push_back(static_cast<double>(value));
      }
    }
    if (columns[0].back() + 1.0 != static_cast<double>(log.rows) || columns[3].back() != static_cast<double>(0.01F)) {
      throw std::logic_error("the floor does not read the events");
    }
    benchmark::DoNotOptimize(columns.back().data());
  }
  count_bytes(state, log);
}

BENCHMARK(csv_from_chars)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(reader, csv, csv_log)->Unit(benchmark::kMillisecond);
BENCHMARK(long_csv_from_chars)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(reader, long_csv, long_csv_log)->Unit(benchmark::kMillisecond);
BENCHMARK(jsonl_from_chars)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(reader, jsonl, jsonl_log)->Unit(benchmark::kMillisecond);
BENCHMARK(npz_memory_copy)->Unit(benchmark::kMillisecond);
BENCHMARK(npz_zlib_crc32)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(reader, npz, npz_log)->Unit(benchmark::kMillisecond);
BENCHMARK(deflated_npz_zlib_inflate)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(reader, deflated_npz, deflated_npz_log)->Unit(benchmark::kMillisecond);
BENCHMARK(events_memory_copy)->Unit(benchmark::kMillisecond);
BENCHMARK(events_trusting_walk)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(reader, events, event_log)->Unit(benchmark::kMillisecond);

}  // namespace
