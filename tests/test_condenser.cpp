#include "support/catch.hpp"
#include "support/curves.hpp"
#include "support/labelled_runs.hpp"

#include <perigee/diagnostics/diagnose.hpp>
#include <perigee/diagnostics/online/condenser.hpp>
#include <perigee/diagnostics/plateau.hpp>
#include <perigee/lib/state.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

using namespace perigee;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// Rows with everything measured, numbers of many sizes.
std::vector<StepRecord> noisy_rows(std::size_t count, std::uint64_t seed) {
  std::vector<double> draws(5 * count);
  RandomEngine engine = RandomSource(seed).engine("rows");
  fill_standard_normal(engine, draws);
  std::vector<StepRecord> rows(count);
  for (std::size_t k = 0; k < count; ++k) {
    StepRecord& row = rows[k];
    row.iteration = static_cast<Index>(3 * k);
    row.kind = k == 0 ? StepKind::initial : k % 1000 == 7 ? StepKind::perturbation : StepKind::step;
    row.value = 1e6 + draws[5 * k];
    row.gradient_norm = std::exp(3.0 * draws[5 * k + 1]);
    row.step_norm = std::exp(draws[5 * k + 2]);
    row.step_size = 0.1 + 0.01 * draws[5 * k + 3];
    row.curvature = draws[5 * k + 4];
    row.counts = {k, 2 * k, 3 * k};
  }
  return rows;
}

Trajectory condensed(const std::vector<StepRecord>& rows, std::size_t most_records) {
  Condenser condenser({.most_records = most_records});
  for (const StepRecord& row : rows) condenser.add(row);
  Trajectory trajectory;
  condenser.write_to(trajectory);
  return trajectory;
}

Trajectory condensed(Trajectory trajectory, std::size_t most_records) {
  Condenser condenser({.most_records = most_records}, trajectory.columns.size());
  std::vector<double> numbers(trajectory.columns.size());
  for (std::size_t k = 0; k < trajectory.records.size(); ++k) {
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = trajectory.columns[i].values[k];
    condenser.add(trajectory.records[k], numbers);
  }
  condenser.write_to(trajectory);
  return trajectory;
}

bool same_bits(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

bool same_bits(const StepRecord& a, const StepRecord& b) {
  return a.iteration == b.iteration && a.kind == b.kind && a.batch_size == b.batch_size &&
         same_bits(a.value, b.value) && same_bits(a.gradient_norm, b.gradient_norm) &&
         same_bits(a.step_norm, b.step_norm) && same_bits(a.step_size, b.step_size) &&
         same_bits(a.curvature, b.curvature) && a.counts == b.counts;
}

bool same_records(const Trajectory& a, const Trajectory& b) {
  return std::equal(a.records.begin(), a.records.end(), b.records.begin(), b.records.end(),
                    [](const StepRecord& x, const StepRecord& y) { return same_bits(x, y); });
}

}  // namespace

TEST_CASE("as long as the rows fit, the records are the rows, bit for bit, whatever they hold") {
  std::vector<StepRecord> rows = noisy_rows(127, 1);
  rows[3].value = not_measured;
  rows[4].value = infinity;
  rows[5].gradient_norm = -0.0;
  const Trajectory trajectory = condensed(rows, 128);
  REQUIRE_FALSE(trajectory.condensation);
  REQUIRE(trajectory.records.size() == rows.size());
  for (std::size_t k = 0; k < rows.size(); ++k) CHECK(same_bits(trajectory.records[k], rows[k]));
}

TEST_CASE("every record has the moments of its rows, and the rows tile the run") {
  // The twin sums each block over again from all rows, in long double.
  const std::vector<StepRecord> rows = noisy_rows(100003, 2);
  const Trajectory trajectory = condensed(rows, 1024);
  REQUIRE(trajectory.condensation);
  const Condensation& condensation = *trajectory.condensation;
  REQUIRE(condensation.blocks.size() == trajectory.records.size());
  CHECK(condensation.rows == 100003);
  std::size_t row = 0;
  for (std::size_t b = 0; b < trajectory.records.size(); ++b) {
    const Block& block = condensation.blocks[b];
    const StepRecord& record = trajectory.records[b];
    long double sum = 0.0L, squares = 0.0L, gradients = 0.0L, steps = 0.0L, sizes = 0.0L, curvatures = 0.0L;
    double least = infinity, largest = -infinity;
    bool perturbed = false;
    const auto n = static_cast<std::size_t>(block.rows);
    for (std::size_t k = row; k < row + n; ++k) {
      sum += rows[k].value;
      gradients += static_cast<long double>(rows[k].gradient_norm) * rows[k].gradient_norm;
      steps += static_cast<long double>(rows[k].step_norm) * rows[k].step_norm;
      sizes += rows[k].step_size;
      curvatures += rows[k].curvature;
      least = std::min(least, rows[k].value);
      largest = std::max(largest, rows[k].value);
      perturbed = perturbed || rows[k].kind == StepKind::perturbation;
    }
    const long double mean = sum / static_cast<long double>(n);
    for (std::size_t k = row; k < row + n; ++k) squares += (rows[k].value - mean) * (rows[k].value - mean);
    const auto of = [n](long double total) { return static_cast<double>(total / static_cast<long double>(n)); };
    CHECK(record.value == Approx(static_cast<double>(mean)).epsilon(1e-14).margin(0));
    CHECK(block.value_variance == Approx(of(squares)).epsilon(1e-11).margin(1e-15));
    CHECK(record.gradient_norm == Approx(std::sqrt(of(gradients))).epsilon(1e-13).margin(0));
    CHECK(record.step_norm == Approx(std::sqrt(of(steps))).epsilon(1e-13).margin(0));
    CHECK(record.step_size == Approx(of(sizes)).epsilon(1e-13).margin(0));
    CHECK(record.curvature == Approx(of(curvatures)).epsilon(1e-11).margin(1e-14));
    CHECK(block.least_value == least);
    CHECK(block.largest_value == largest);
    CHECK(record.iteration == rows[row + n - 1].iteration);
    CHECK(record.counts == rows[row + n - 1].counts);
    CHECK((record.kind == StepKind::perturbation) == perturbed);
    row += n;
  }
  CHECK(row == rows.size());
}

TEST_CASE("blocks lengthen with time, stay in bounds, and never number more than asked for") {
  Condenser condenser({.most_records = 256});
  Trajectory trajectory;
  StepRecord row;
  for (Index k = 0; k < 300000; ++k) {
    row.iteration = k;
    row.value = static_cast<double>(k);
    condenser.add(row);
    if (k % 9973 != 0) continue;
    condenser.write_to(trajectory);
    REQUIRE(trajectory.records.size() <= 257);
    if (k >= 256) REQUIRE(trajectory.records.size() >= 100);
    if (!trajectory.condensation) continue;
    Index begin = 0;
    for (std::size_t b = 0; b < trajectory.records.size(); ++b) {
      const Index length = trajectory.condensation->blocks[b].rows;
      const bool is_last = b + 1 == trajectory.records.size();
      // At most an eighth of the time so far (e = 8), half as much again for the last, which takes a short rest along.
      REQUIRE(2 * 8 * length <= 3 * std::max<Index>(8 + begin, 8));
      if (begin < 16) REQUIRE(length == 1);
      if (!is_last) REQUIRE(std::has_single_bit(static_cast<std::uint64_t>(length)));
      begin += length;
    }
    REQUIRE(begin == k + 1);
  }
}

TEST_CASE("equal numbers have exactly their own mean, and sums neither overflow nor lose a small variance") {
  StepRecord row;
  row.value = 0.1;
  row.gradient_norm = 1e200;
  row.step_norm = 1e-200;
  std::vector<StepRecord> rows(5000, row);
  for (std::size_t k = 0; k < rows.size(); ++k) rows[k].iteration = static_cast<Index>(k);
  const Trajectory trajectory = condensed(rows, 128);
  for (std::size_t b = 0; b < trajectory.records.size(); ++b) {
    CHECK(trajectory.records[b].value == 0.1);
    CHECK(trajectory.condensation->blocks[b].value_variance == 0.0);
    CHECK(trajectory.records[b].gradient_norm == Approx(1e200).epsilon(1e-14).margin(0));
    CHECK(trajectory.records[b].step_norm == Approx(1e-200).epsilon(1e-14).margin(0));
  }
}

TEST_CASE("a mean is over the rows in which its quantity was measured; rows without one leave NaN") {
  std::vector<StepRecord> rows = noisy_rows(4096, 3);
  for (std::size_t k = 0; k < rows.size(); ++k) {
    rows[k].value = k % 2 == 0 ? 5.0 : not_measured;
    if (k >= 2048) rows[k].gradient_norm = not_measured;
  }
  const Trajectory trajectory = condensed(rows, 128);
  for (std::size_t b = 64; b < trajectory.records.size(); ++b) CHECK(trajectory.records[b].value == 5.0);
  CHECK(std::isnan(trajectory.records.back().gradient_norm));
  CHECK(trajectory.condensation->gradient_norm.silent_from() == rows[2048].iteration);
}

TEST_CASE("the iteration at which numbers ceased to be finite is that of the row") {
  // 1 of 4096 rows; the detector on all rows is the twin.
  std::vector<StepRecord> rows = noisy_rows(4096, 4);
  rows[3001].value = infinity;
  rows[1234].gradient_norm = not_measured;
  Trajectory exact;
  exact.records = rows;
  const Diagnosis of_rows = diagnose(exact);
  const Diagnosis of_blocks = diagnose(condensed(rows, 128));
  REQUIRE(find_finding(of_rows, "non-finite") != nullptr);
  REQUIRE(find_finding(of_blocks, "non-finite") != nullptr);
  CHECK(find_finding(of_blocks, "non-finite")->first == find_finding(of_rows, "non-finite")->first);
  CHECK(find_finding(of_blocks, "non-finite")->certainty == Certainty::proven);
  CHECK(of_blocks.limits[0] ==
        "1 rows have no gradient norm: not measured, or not a number; what was recorded does "
        "not say which.");
}

TEST_CASE("a condenser that was saved and loaded anywhere goes on bit for bit") {
  const std::vector<StepRecord> rows = noisy_rows(20000, 5);
  const Trajectory whole = condensed(rows, 256);
  for (const std::size_t split : {0u, 1u, 100u, 255u, 256u, 257u, 1000u, 12345u, 19999u}) {
    Condenser before({.most_records = 256});
    for (std::size_t k = 0; k < split; ++k) before.add(rows[k]);
    StateWriter writer;
    before.save(writer);
    Condenser after({.most_records = 256});
    StateReader reader(writer.bytes());
    after.load(reader);
    CHECK(reader.at_end());
    for (std::size_t k = split; k < rows.size(); ++k) after.add(rows[k]);
    Trajectory trajectory;
    after.write_to(trajectory);
    CAPTURE(split);
    CHECK(same_records(trajectory, whole));
    CHECK(trajectory.condensation->value.missing() == whole.condensation->value.missing());
  }
  Condenser other({.most_records = 128});
  StateWriter writer;
  Condenser({.most_records = 256}).save(writer);
  StateReader reader(writer.bytes());
  CHECK_THROWS_WITH(other.load(reader), "Condenser: the state must be of as many records and columns, got 256 and 0");
  CHECK_THROWS_WITH(Condenser({.most_records = 1000}),
                    "Condenser: most_records must be a power of two >= 128, got 1000");
}

namespace {

// The run drawn out: `factor` rows for each, on straight lines (in the logarithm for the gradient norm) between them.
Trajectory thickened(const Trajectory& run, Index factor) {
  Trajectory thick = run;
  thick.snapshots.clear();
  thick.records.clear();
  for (Column& column : thick.columns) column.values.clear();
  const auto between = [](double a, double b, double w) { return a + w * (b - a); };
  for (std::size_t k = 0; k + 1 < run.records.size(); ++k) {
    const StepRecord& a = run.records[k];
    const StepRecord& b = run.records[k + 1];
    for (Index j = 0; j < factor; ++j) {
      const double w = static_cast<double>(j) / static_cast<double>(factor);
      StepRecord row = j == 0 ? a : b;
      row.iteration = a.iteration * factor + j * (b.iteration - a.iteration);
      row.value = between(a.value, b.value, w);
      if (a.gradient_norm > 0.0 && b.gradient_norm > 0.0) {
        row.gradient_norm = std::exp(between(std::log(a.gradient_norm), std::log(b.gradient_norm), w));
      }
      row.step_norm = b.step_norm / static_cast<double>(factor);
      thick.records.push_back(row);
      for (std::size_t i = 0; i < thick.columns.size(); ++i) {
        thick.columns[i].values.push_back(between(run.columns[i].values[k], run.columns[i].values[k + 1], w));
      }
    }
  }
  return thick;
}

std::set<std::string> findings_of(const Diagnosis& diagnosis) {
  std::set<std::string> findings;
  for (const Finding& finding : diagnosis.findings) {
    findings.insert(finding.id + ", " + std::string(name_of(finding.certainty)));
  }
  return findings;
}

}  // namespace

TEST_CASE("condensed to a fiftieth, the labelled runs get the verdicts that all of their rows get") {
  for (const test::LabelledRun& run : test::labelled_runs()) {
    const auto rows = static_cast<Index>(run.trajectory.records.size());
    const Trajectory thick = thickened(run.trajectory, std::max<Index>(2, 50000 / rows));
    const Diagnosis of_rows = diagnose(thick);
    const Diagnosis of_blocks = diagnose(condensed(thick, 1024));
    CAPTURE(run.name, of_rows.summary, of_blocks.summary);
    std::set<std::string> expected = findings_of(of_rows);
    // Cosines of successive steps need two rows that follow each other; in blocks there are none.
    if (run.name == "zig-zag") CHECK(expected.erase("ill-conditioned-valley, suspected") == 1);
    // A cycle shorter than a block leaves its mean, which is constant: docs/how-to/live.md names this loss.
    if (run.name == "limit cycle of period 4") CHECK(expected.erase("step-too-large, suspected") == 1);
    CHECK(findings_of(of_blocks) == expected);
  }
}

TEST_CASE("noise does not change the verdict on a curve that is condensed") {
  // The same draws in both: relative noise of 20%, correlation 0.5. Plateaus, none, or one that was left.
  struct Curve {
    const char* name;
    std::function<double(double)> f;
    bool has_plateau;
  };
  const std::vector<Curve> curves{
      {"t^-0.5", [](double t) { return std::pow(1.0 + t / 10.0, -0.5); }, false},
      {"t^-1", [](double t) { return 1.0 / (1.0 + t / 500.0); }, false},
      {"exponential", [](double t) { return std::exp(-t / 20000.0); }, false},
      {"down to a plateau", [](double t) { return 0.3 + std::pow(1.0 + t / 10.0, -1.0); }, true},
      {"off a plateau", [](double t) { return 1e-3 + 1.0 / (1.0 + std::exp((t - 60000.0) / 1000.0)); }, true}};
  for (const Curve& curve : curves) {
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      Trajectory rows = test::with_relative_noise(test::trajectory_of(curve.f, 100000), seed, 0.2, 0.5);
      rows.lower_bound = 0.0;
      const CurveReading of_rows = read_curve(rows);
      const CurveReading of_blocks = read_curve(condensed(rows, 2048));
      CAPTURE(curve.name, seed);
      CHECK(of_rows.plateaus.empty() != curve.has_plateau);
      REQUIRE(of_blocks.plateaus.size() == of_rows.plateaus.size());
      for (std::size_t i = 0; i < of_rows.plateaus.size(); ++i) {
        CHECK(of_blocks.plateaus[i].is_terminal == of_rows.plateaus[i].is_terminal);
        // exp(0.2 z) has mean exp(0.02) times its median.
        CHECK(of_blocks.plateaus[i].level == Approx(of_rows.plateaus[i].level).epsilon(0.04).margin(0));
      }
    }
  }
}

TEST_CASE("an extrapolated bound is that of the rows: each record counts as often as it has rows") {
  // Noise of 1e-4: more of it would set the bound itself, and block means have less of it than rows.
  Trajectory rows = test::with_relative_noise(
      test::trajectory_of([](double t) { return 0.3 + std::pow(1.0 + t / 10.0, -0.5); }, 100000), 7, 1e-4, 0.5);
  const Trajectory blocks = condensed(rows, 2048);
  const double of_rows = value_bound(rows, value_series(rows)).value;
  CHECK(value_bound(blocks, value_series(blocks)).value == Approx(of_rows).epsilon(1e-3).margin(0));
}

TEST_CASE("a jump of the value that lasts one row is seen in the blocks, and so is the noise that it stands out from") {
  // Row 3000 of 1e5 jumps to 100 times the start; the end never comes below the start.
  Trajectory rows = test::with_relative_noise(
      test::trajectory_of([](double t) { return t == 3000.0 ? 200.0 : 2.0; }, 100000), 11, 0.05, 0.0);
  rows.lower_bound = 0.0;
  const Trajectory blocks = condensed(rows, 1024);
  CHECK(blocks.condensation->blocks.size() < 1100);
  const Trajectory* const both[] = {&rows, &blocks};
  for (const Trajectory* trajectory : both) {
    const Diagnosis diagnosis = diagnose(*trajectory);
    const Finding* finding = find_finding(diagnosis, "step-too-large");
    REQUIRE(finding != nullptr);
    CHECK(test::evidence_of(*finding, "peak_value") == rows.records[3000].value);
  }
}
