// A run from the event files of one folder, or from one file: a column a tag.
//
// A program that is started again writes another file into the same folder. The files are taken in the order of their
// first event, and where a later one has a tag from step s on, what earlier ones have of it from s on is left out, for
// that is what the program did before it went back.
#include <perigee/diagnostics/readers/event_file.hpp>
#include <perigee/diagnostics/readers/table.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <unordered_map>
#include <utility>

namespace perigee::readers {

namespace {

struct Point {
  std::int64_t step;
  double value;
  std::uint32_t tag;
};

struct Tag {
  std::string name;
  bool has_scalars = false;
  std::optional<std::int64_t> last_step{};  // the greatest that counts so far
};

class EventRun {
 public:
  explicit EventRun(std::string file) { table_.file = std::move(file); }

  void note(std::string sentence) { table_.notes.push_back(std::move(sentence)); }

  // The points of one file, and the time of its first event (infinite: it has none).
  std::vector<Point> read(const std::filesystem::path& path, double& first_time) {
    std::vector<Point> points;
    first_time = std::numeric_limits<double>::infinity();
    const std::optional<std::uint64_t> cut = read_event_file(path, [&](const EventScalar& scalar) {
      if (std::isinf(first_time) && !std::isnan(scalar.wall_time)) first_time = scalar.wall_time;
      const std::uint32_t tag = position_of(scalar, path);
      if (!scalar.value) return;
      tags_[tag].has_scalars = true;
      points.push_back({scalar.step, *scalar.value, tag});
    });
    if (cut) {
      table_.notes.push_back("'" + path.filename().string() + "' ends within a record, at byte " +
                             std::to_string(*cut) + ": it is still being written, or was cut off.");
    }
    return points;
  }

  // Adds them behind what there is; where a tag goes back to an earlier step, the later points count.
  void append(const std::vector<Point>& points, const std::string& name) {
    std::unordered_map<std::uint32_t, std::int64_t> first_steps;
    for (const Point& point : points) first_steps.try_emplace(point.tag, point.step);
    const bool goes_back = std::any_of(first_steps.begin(), first_steps.end(), [this](const auto& first) {
      const std::optional<std::int64_t>& last = tags_[first.first].last_step;
      return last && first.second <= *last;
    });
    if (goes_back) {
      std::int64_t step = std::numeric_limits<std::int64_t>::max();
      const auto is_replaced = [&](const Point& point) {
        const auto first = first_steps.find(point.tag);
        if (first == first_steps.end() || point.step < first->second) return false;
        step = std::min(step, first->second);
        return true;
      };
      const std::size_t count = points_.size();
      points_.erase(std::remove_if(points_.begin(), points_.end(), is_replaced), points_.end());
      for (const auto& [tag, first] : first_steps) tags_[tag].last_step = first;
      const std::size_t replaced = count - points_.size();
      table_.notes.push_back("'" + name + "' starts again at step " + std::to_string(step) +
                             ": from there on it counts, and " + std::to_string(replaced) +
                             (replaced == 1 ? " point of earlier files is" : " points of earlier files are") +
                             " left out.");
    }
    for (const Point& point : points) {
      std::optional<std::int64_t>& last = tags_[point.tag].last_step;
      last = std::max(last.value_or(point.step), point.step);
    }
    points_.insert(points_.end(), points.begin(), points.end());
  }

  // Points of one step make one row, unless a tag has one there already: then a new row begins, as after a restart
  // within a file.
  Table take_table() {
    table_.unit = RowUnit::row;
    std::vector<std::size_t> columns(tags_.size(), 0);
    table_.columns.push_back({.name = "step", .content = Content::numbers});
    std::vector<std::string> others;
    for (std::size_t tag = 0; tag < tags_.size(); ++tag) {
      if (!tags_[tag].has_scalars) {
        if (!tags_[tag].name.starts_with("_hparams_")) others.push_back(tags_[tag].name);
        continue;
      }
      columns[tag] = table_.columns.size();
      table_.columns.push_back({.name = tags_[tag].name, .content = Content::numbers});
    }
    if (table_.columns.size() == 1) {
      throw ReadError(table_.file + ": expected scalars in the events, got none" +
                      (others.empty() ? "" : " (there are " + shown_list(others) + ")"));
    }
    if (!others.empty()) {
      table_.notes.push_back("Left out, because they are no scalars: " + shown_list(others) + ".");
    }
    std::unordered_map<std::int64_t, std::size_t> row_of;
    std::vector<std::size_t> last_row(tags_.size(), std::numeric_limits<std::size_t>::max());  // of a tag
    for (const Point& point : points_) add(point, columns[point.tag], row_of, last_row[point.tag]);
    points_.clear();
    return std::move(table_);
  }

 private:
  // Writers put the same tags in the same order at every step, so the one after the last is tried first.
  std::uint32_t position_of(const EventScalar& scalar, const std::filesystem::path& path) {
    last_position_ = last_position_ + 1 < tags_.size() ? last_position_ + 1 : 0;
    if (tags_.empty() || tags_[last_position_].name != scalar.tag) last_position_ = look_up(scalar, path);
    return last_position_;
  }

  std::uint32_t look_up(const EventScalar& scalar, const std::filesystem::path& path) {
    const auto [found, is_new] =
        positions_.try_emplace(std::string(scalar.tag), static_cast<std::uint32_t>(tags_.size()));
    if (is_new) {
      const auto fail = [&](const std::string& message) {
        throw ReadError(path.string() + ": byte " + std::to_string(scalar.offset) + ": " + message);
      };
      if (const char* complaint = what_is_wrong_with_name(scalar.tag)) {
        fail(std::string(complaint) + ", got " + shown(scalar.tag));
      }
      if (tags_.size() + 1 == greatest_column_count) {
        fail("expected at most " + std::to_string(greatest_column_count - 1) + " different tags, got more");
      }
      tags_.push_back({.name = std::string(scalar.tag)});
    }
    return found->second;
  }

  void add(const Point& point, std::size_t column, std::unordered_map<std::int64_t, std::size_t>& row_of,
           std::size_t& last_row) {
    auto [found, is_new] = row_of.try_emplace(point.step, table_.lines.size());
    // A column can only be added to behind its last row.
    const bool is_free = is_new || last_row == std::numeric_limits<std::size_t>::max() || last_row < found->second;
    if (!is_free) found->second = table_.lines.size();
    const std::size_t row = found->second;
    if (row == table_.lines.size()) {
      if (row + 1 > greatest_cell_count / table_.columns.size()) {
        throw ReadError(table_.file + ": expected at most " + std::to_string(greatest_cell_count) +
                        " fields (steps times tags), got more");
      }
      table_.columns.front().put(row, static_cast<double>(point.step), row);
      table_.lines.push_back(row);
    }
    table_.columns[column].put(row, point.value, row);
    last_row = row;
  }

  Table table_;
  std::vector<Tag> tags_;
  std::unordered_map<std::string, std::uint32_t> positions_;
  std::uint32_t last_position_ = 0;  // that position_of gave last
  std::vector<Point> points_;
};

}  // namespace

Table read_event_files(const std::filesystem::path& run, std::vector<std::filesystem::path> paths) {
  EventRun events(run.string());
  std::sort(paths.begin(), paths.end());
  struct File {
    std::string name;
    double first_time = 0.0;
    std::vector<Point> points{};
  };
  std::vector<File> files;
  for (const std::filesystem::path& path : paths) {
    File file{.name = path.filename().string()};
    file.points = events.read(path, file.first_time);
    files.push_back(std::move(file));
  }
  std::stable_sort(files.begin(), files.end(),
                   [](const File& a, const File& b) { return a.first_time < b.first_time; });
  if (files.size() > 1) {
    std::vector<std::string> names;
    for (const File& file : files) names.push_back(file.name);
    events.note("Read as one run: " + shown_list(names) + ".");
  }
  for (File& file : files) {
    events.append(file.points, file.name);
    std::vector<Point>().swap(file.points);
  }
  return events.take_table();
}

}  // namespace perigee::readers
