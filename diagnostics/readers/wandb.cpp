// The history of a run in a .wandb file, as Weights & Biases keeps one beside each run.
//
// The file begins with ":W&B", 0xbee1 and version 0 (7 bytes), and goes on as a log of LevelDB (doc/log_format.md
// there): blocks of 32768 bytes, counted from the beginning of the file, of records that do not cross them,
//     checksum: 4 bytes | length: 2 | type: 1, whole, 2 first, 3 middle, 4 last part: 1 | data     (little-endian),
// zeros where fewer than 7 bytes are left in a block; but the checksum is the CRC-32 of type and data, not masked. The
// data are Records (wandb_internal.proto): 2 history { 1 item { 1 key or 2 nested_key..., 16 value_json }, 2 step { 1 }
// }.
#include <perigee/diagnostics/readers/log_number.hpp>
#include <perigee/diagnostics/readers/protobuf.hpp>
#include <perigee/diagnostics/readers/table.hpp>

#include <perigee/lib/data/byte_source.hpp>
#include <perigee/lib/data/crc32.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

namespace perigee::readers {

namespace {

constexpr std::size_t file_header_size = 7, record_header_size = 7, block_size = 32768;
constexpr std::size_t greatest_record_size = std::size_t{1} << 30;
enum Part : std::uint8_t { nothing = 0, whole = 1, first = 2, middle = 3, last = 4 };

class HistoryReader {
 public:
  explicit HistoryReader(const std::filesystem::path& path) : source_(data::open_file(path)) {
    table_.file = path.string();
    table_.unit = RowUnit::row;
  }

  Table read() {
    std::array<std::uint8_t, file_header_size> header{};
    source_->read_exactly(header, "a header");
    constexpr std::array<std::uint8_t, file_header_size> expected{':', 'W', '&', 'B', 0xe1, 0xbe, 0};
    if (header != expected) {
      throw ReadError(table_.file + ": byte 0: expected a .wandb file of version 0, got another beginning");
    }
    std::uint64_t begin = source_->offset();
    while (next_record()) {
      read_record(ProtobufReader(record_, begin, table_.file));
      begin = source_->offset();
    }
    if (is_cut_) {
      table_.notes.push_back("The file ends within a record, at byte " + std::to_string(begin) +
                             ": it is still being written, or was cut off.");
    }
    if (table_.lines.empty()) throw ReadError(table_.file + ": expected history in the records, got none");
    return std::move(table_);
  }

 private:
  [[noreturn]] void fail(std::uint64_t offset, const std::string& message) const {
    throw ReadError(table_.file + ": byte " + std::to_string(offset) + ": " + message);
  }

  // Puts the parts of the next record together; false: the file ends before there is all of it.
  bool next_record() {
    record_.clear();
    for (bool is_open = false;;) {
      const auto left = static_cast<std::size_t>(block_size - source_->offset() % block_size);
      std::array<std::uint8_t, record_header_size> header{};
      if (left < record_header_size) {
        if (source_->read(std::span(header).first(left)) < left) return false;
        continue;
      }
      const std::uint64_t place = source_->offset();
      const std::size_t count = source_->read(header);
      is_cut_ = count > 0 || is_open;
      if (count < record_header_size) return false;
      const std::uint64_t checksum = data::little_endian(std::span(header).first(4));
      const auto length = static_cast<std::size_t>(data::little_endian(std::span(header).subspan(4, 2)));
      const std::uint8_t part = header[6];
      if (part == nothing && length == 0 && checksum == 0) return false;  // space kept for what was never written
      if (length > left - record_header_size) {
        fail(place, "expected a record within its block of 32768 bytes, got one of " + std::to_string(length));
      }
      if (source_->bound() < length) return false;
      const std::vector<std::uint8_t> bytes = source_->read_claimed(length, "a record");
      data::Crc32 sum;
      sum.add(std::span(header).subspan(6, 1));
      sum.add(bytes);
      if (sum.value() != checksum) fail(place, "expected a record with its checksum, got another: the file is damaged");
      const bool continues = part == middle || part == last;
      if (part < whole || part > last || continues != is_open) {
        fail(place, "expected " + std::string(is_open ? "the next part of a record" : "the beginning of a record") +
                        ", got one of type " + std::to_string(part));
      }
      if (record_.size() + bytes.size() > greatest_record_size) {
        fail(place, "expected records of at most 1 GiB, got a longer one");
      }
      record_.insert(record_.end(), bytes.begin(), bytes.end());
      is_cut_ = false;
      if (part == whole || part == last) return true;
      is_open = true;
    }
  }

  void read_record(ProtobufReader record) {
    for (ProtobufField field; record.next(field);) {
      if (field.is(2, WireType::bytes)) read_history(record.inside(field));
    }
  }

  void read_history(ProtobufReader history) {
    const std::size_t row = table_.lines.size();
    if (row + 1 > greatest_cell_count / (table_.columns.size() + 1)) {
      throw ReadError(table_.file + ": expected at most " + std::to_string(greatest_cell_count) +
                      " fields in a file, got more");
    }
    std::optional<std::uint64_t> step;
    for (ProtobufField field; history.next(field);) {
      if (field.is(1, WireType::bytes)) read_item(history.inside(field), row);
      if (!field.is(2, WireType::bytes)) continue;
      ProtobufReader inside = history.inside(field);
      step = 0;  // which is not written out
      for (ProtobufField number; inside.next(number);) {
        if (number.is(1, WireType::varint)) step = number.value;
      }
    }
    if (step) put("_step", row, static_cast<double>(static_cast<std::int64_t>(*step)));
    table_.lines.push_back(row);
  }

  void read_item(ProtobufReader item, std::size_t row) {
    std::string key;
    std::string_view value;
    for (ProtobufField field; item.next(field);) {
      if (field.is(1, WireType::bytes)) key = field.text();
      if (field.is(2, WireType::bytes)) key += (key.empty() ? "" : "/") + std::string(field.text());
      if (field.is(16, WireType::bytes)) value = field.text();
    }
    if (value == "null") return;
    if (value == "true" || value == "false") return put(key, row, value == "true" ? 1.0 : 0.0);
    const bool is_text = value.size() >= 2 && value.front() == '"' && value.back() == '"';
    const std::optional<double> number = parse_log_number(is_text ? value.substr(1, value.size() - 2) : value);
    if (number && !(is_text && std::isfinite(*number))) return put(key, row, *number);
    TableColumn& column = column_of(key);
    if (column.content != Content::nothing) return;
    column.content = is_text ? Content::text : Content::lists;
    column.sample = value.substr(0, 80);
    column.sample_line = row;
  }

  void put(const std::string& key, std::size_t row, double number) {
    TableColumn& column = column_of(key);
    column.content = Content::numbers;
    if (column.values.size() > row) {
      column.values[row] = number;
    } else {
      column.put(row, number, row);
    }
  }

  TableColumn& column_of(const std::string& key) {
    const auto [found, is_new] = positions_.try_emplace(key, table_.columns.size());
    if (is_new) {
      if (const char* complaint = what_is_wrong_with_name(key)) {
        throw ReadError(table_.file + ": " + complaint + ", got " + shown(key));
      }
      if (table_.columns.size() == greatest_column_count) {
        throw ReadError(table_.file + ": expected at most " + std::to_string(greatest_column_count) +
                        " different names, got more");
      }
      table_.columns.push_back({.name = key});
    }
    return table_.columns[found->second];
  }

  Table table_;
  std::unique_ptr<data::ByteSource> source_;
  std::vector<std::uint8_t> record_;
  bool is_cut_ = false;
  std::unordered_map<std::string, std::size_t> positions_;
};

}  // namespace

Table read_wandb(const std::filesystem::path& path) { return HistoryReader(path).read(); }

}  // namespace perigee::readers
