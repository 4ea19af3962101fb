#include "support/catch.hpp"
#include "support/encoders.hpp"
#include "support/temporary_folder.hpp"

#include <perigee/diagnostics/readers/reader.hpp>

#include <cmath>
#include <vector>

using namespace perigee;
using namespace perigee::test;

namespace {

// A float64 array in C order.
std::string array(const std::string& shape, const std::vector<double>& elements) {
  std::string bytes;
  for (const double element : elements) bytes += packed(element, Endian::little);
  return npy_file("{'descr': '<f8', 'fortran_order': False, 'shape': " + shape + ", }\n", bytes);
}
std::string vector(const std::vector<double>& elements) {
  return array("(" + std::to_string(elements.size()) + ",)", elements);
}

using Entries = std::vector<std::pair<std::string, std::string>>;

std::string archive(const Entries& entries) {
  std::vector<ZipEntry> files;
  for (const auto& [name, content] : entries) files.push_back({name + ".npy", content});
  return zip_file(files);
}

ReadResult read(const Entries& entries, const ReadOptions& options = {}) {
  const TemporaryFolder folder;
  return read_trajectory(folder.write("run.npz", archive(entries)), options);
}

std::string error_of(const std::string& bytes) {
  const TemporaryFolder folder;
  try {
    read_trajectory(folder.write("run", bytes));
  } catch (const ReadError& error) {
    return folder.without_path(error.what());
  }
  return {};
}

bool has_note(const ReadResult& result, const std::string& part) {
  for (const std::string& note : result.notes) {
    if (note.find(part) != std::string::npos) return true;
  }
  return false;
}

std::vector<Index> iterations_of(const std::vector<Snapshot>& snapshots) {
  std::vector<Index> iterations;
  for (const Snapshot& snapshot : snapshots) iterations.push_back(snapshot.iteration);
  return iterations;
}

std::vector<double> numbers(int count, double first = 0.0) {
  std::vector<double> list;
  for (int i = 0; i < count; ++i) list.push_back(first + i);
  return list;
}

}  // namespace

TEST_CASE("npz: arrays of one length are columns, by their names") {
  const ReadResult result =
      read({{"step", vector({0, 5, 10})},
            {"Loss", array("(3, 1)", {3, 2, 1})},
            {"grad_norm", vector({0.3, 0.2, 0.1})},
            {"accuracy", vector({0.5, 0.6, 0.7})},
            {"seed", array("()", {7})},
            {"histogram", array("(2, 2)", {1, 2, 3, 4})},
            {"names", npy_file("{'descr': '<U5', 'fortran_order': False, 'shape': (1,), }\n", std::string(20, 'a'))}});
  CHECK(result.format == "npz");
  REQUIRE(result.trajectory.records.size() == 3);
  CHECK(result.trajectory.records[2].iteration == 10);
  CHECK(result.trajectory.records[2].value == 1.0);
  CHECK(result.trajectory.records[2].gradient_norm == 0.1);
  CHECK(result.trajectory.column("accuracy")->values[1] == 0.6);
  CHECK(result.trajectory.snapshots.empty());
  CHECK(has_note(result, "because no array of numbers: 'names'."));
  CHECK(has_note(result, "beside 3 rows, say what they are: 'seed ()', 'histogram (2, 2)'."));
  CHECK(read({{"a", vector({1, 2})}, {"i", vector({4, 6})}}, {.mapping = {{"loss", "a"}, {"step", "i"}}})
            .trajectory.records[1]
            .iteration == 6);
}

TEST_CASE("npz: parameters are snapshots") {
  const Entries run{{"step", vector({0, 5, 10, 15, 20})}, {"loss", vector({5, 4, 3, 2, 1})}};
  const auto with = [&run](const Entries& more) {
    Entries all = run;
    all.insert(all.end(), more.begin(), more.end());
    return read(all);
  };
  // A row a row.
  const ReadResult each = with({{"x", array("(5, 2)", numbers(10))}});
  CHECK(iterations_of(each.trajectory.snapshots) == std::vector<Index>{0, 5, 10, 15, 20});
  CHECK(each.trajectory.snapshots[3].x.view()[0] == 6.0);
  CHECK(each.trajectory.snapshots[3].x.view()[1] == 7.0);
  CHECK(each.notes.empty());
  // Steps of their own, not in order; several axes behind the first; Fortran order.
  const ReadResult own = with({{"theta", npy_file("{'descr': '<i4', 'fortran_order': True, 'shape': (2, 1, 2), }\n",
                                                  packed(1, 4, Endian::little) + packed(3, 4, Endian::little) +
                                                      packed(2, 4, Endian::little) + packed(4, 4, Endian::little))},
                               {"theta_steps", vector({20, 3})}});
  CHECK(iterations_of(own.trajectory.snapshots) == std::vector<Index>{3, 20});
  CHECK(own.trajectory.snapshots[1].x.view()[0] == 1.0);
  CHECK(own.trajectory.snapshots[1].x.view()[1] == 2.0);
  CHECK(own.trajectory.snapshots[0].x.view()[0] == 3.0);
  // Every second row, which is said; four of five rows could be anything.
  const ReadResult second = with({{"parameters", array("(3, 1)", {1, 2, 3})}});
  CHECK(iterations_of(second.trajectory.snapshots) == std::vector<Index>{0, 10, 20});
  CHECK(has_note(second, "'parameters' has 3 rows and no steps of its own: taken for one in 2 of the 5 rows"));
  const ReadResult four = with({{"parameters", array("(4, 1)", {1, 2, 3, 4})}});
  CHECK(four.trajectory.snapshots.empty());
  CHECK(has_note(four, "'parameters (4, 1)'"));
  // Rows that a restart replaced take their snapshots with them.
  std::vector<double> steps = numbers(20);
  for (int step = 10; step < 20; ++step) steps.push_back(step);
  const ReadResult again =
      read({{"step", vector(steps)}, {"loss", vector(numbers(30))}, {"x", array("(30, 1)", numbers(30, 100.0))}});
  CHECK(again.trajectory.snapshots.size() == 20);
  CHECK(again.trajectory.snapshots[9].x.view()[0] == 109.0);
  CHECK(again.trajectory.snapshots[10].x.view()[0] == 120.0);
}

TEST_CASE("npz: probabilities and gradients") {
  const ReadResult result = read({{"reward", vector({0.5, 0.6})},
                                  {"probs", array("(2, 3)", {0.2, 0.3, 0.5, 0.1, 0.3, 0.6})},
                                  {"gradients", array("(2, 2)", {3, 4, 6e200, 8e200})}});
  REQUIRE(result.trajectory.policy);
  CHECK(result.trajectory.policy->probability_columns == std::vector<std::string>{"pi_0", "pi_1", "pi_2"});
  CHECK(result.trajectory.column("pi_2")->values == std::vector<double>{0.5, 0.6});
  CHECK(result.trajectory.records[0].value == -0.5);
  CHECK(result.trajectory.records[0].gradient_norm == Approx(5.0));
  CHECK(result.trajectory.records[1].gradient_norm == Approx(1e201));  // no overflow
  // A recorded norm goes before: it may be of something else.
  const ReadResult recorded =
      read({{"loss", vector({1, 2})}, {"grad_norm", vector({7, 8})}, {"gradients", array("(2, 1)", {3, 4})}});
  CHECK(recorded.trajectory.records[0].gradient_norm == 7.0);
  // Iterates and gradients alone.
  const ReadResult alone = read({{"x", array("(2, 1)", {3, 4})}, {"g", array("(2, 1)", {3, 4})}});
  CHECK(alone.trajectory.records[1].gradient_norm == 4.0);
  CHECK(alone.trajectory.snapshots.size() == 2);
}

TEST_CASE("npy: a lone array of one axis is the values") {
  const TemporaryFolder folder;
  const ReadResult result = read_trajectory(folder.write("loss.npy", vector({3, 2, 1})));
  CHECK(result.format == "npz");
  CHECK(result.trajectory.records[2].value == 1.0);
  CHECK(has_note(result, "A single array: taken for the values."));
  CHECK(
      error_of(array("(2, 2)", {1, 2, 3, 4})) ==
      "run: expected an array with one axis, the values of the run; several arrays go into an .npz file, by name; got "
      "one of shape (2, 2)");
  CHECK(error_of(vector({})).find("got one of shape (0)") != std::string::npos);
  CHECK(error_of(npy_file("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }\n", "12345678")) ==
        "run: byte 20: expected an array of numbers, got one of records");
}

TEST_CASE("npz: what cannot be read is said") {
  CHECK(error_of(archive({{"x", array("(1, 2)", {1, 2})}})) ==
        "run: expected arrays with one axis by name, such as step and loss, got 'x (1, 2)'");
  CHECK(error_of(zip_file({{"readme.txt", "text"}})) ==
        "run: expected arrays with one axis by name, such as step and loss, got none");
  CHECK(error_of(archive({{"step", vector({0, 1.5})}, {"loss", vector({1, 2})}})) ==
        "run: field 'step': expected a whole number from 0 to 2^53 as iteration, got '1.5' in row 1");
  CHECK(error_of(
            archive({{"loss", vector({1, 2, 3, 4})}, {"x", array("(2, 1)", {1, 2})}, {"x_steps", vector({0, -1})}})) ==
        "run: field 'x_steps': expected a whole number from 0 to 2^53 as iteration, got '-1' in row 1");
  CHECK(error_of("PK\x03\x04rest").find("expected a ZIP archive") != std::string::npos);
  std::string damaged = archive({{"loss", vector({1, 2})}});
  damaged[damaged.find("PK\x01\x02") - 1] ^= 1;  // of the last element
  CHECK(error_of(damaged).find("checksum") != std::string::npos);
}

// The same run, once as lines and once as arrays: 336 rows, of which every tenth has its 4810 parameters.
TEST_CASE("npz: the same as the text") {
  const std::vector<double> loss = numbers(336, 1.0);
  const ReadResult result =
      read({{"step", vector(numbers(336))}, {"loss", vector(loss)}, {"parameters", array("(34, 1)", numbers(34))}});
  REQUIRE(result.trajectory.snapshots.size() == 34);
  for (std::size_t k = 0; k < 34; ++k) {
    CHECK(result.trajectory.snapshots[k].iteration == static_cast<Index>(10 * k));
    CHECK(result.trajectory.snapshots[k].x.view()[0] == static_cast<double>(k));
  }
}
