#include "support/catch.hpp"

#include <perigee/diagnostics/diagnose.hpp>
#include <perigee/diagnostics/gradient_course.hpp>
#include <perigee/lib/random.hpp>

#include <cmath>

using namespace perigee;

namespace {

constexpr Index iterations = 2000;

// A log of gradient norms alone: `norm(t)` times (1 + `noise` times a standard normal number).
template <class Norm>
Trajectory log_of(Norm norm, double noise = 0.0, std::uint64_t seed = 1) {
  RandomEngine engine = RandomSource(seed).engine("gradient norms");
  Vector numbers(iterations + 1);
  fill_standard_normal(engine, numbers.view());
  Trajectory trajectory;
  for (Index k = 0; k <= iterations; ++k) {
    StepRecord record;
    record.iteration = k;
    record.gradient_norm = norm(static_cast<double>(k)) * std::abs(1.0 + noise * numbers[k]);
    trajectory.records.push_back(record);
  }
  return trajectory;
}

double stalling(double t) { return 0.3 + 5.0 * std::exp(-t / 100.0); }

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

GradientCourse course(const Trajectory& trajectory) {
  return course_of_gradient(gradient_norm_series(trajectory), 1e-6, 0.1);
}

}  // namespace

TEST_CASE("gradient norms alone: what was judged is said, and never that there is no problem") {
  const struct {
    Trajectory log;
    const char* words;
  } cases[] = {
      {log_of(stalling), "stood near 0.3 since about iteration 4"},  // within 25% from 100 ln(5/0.075) = 420 on
      {log_of([](double t) { return 1.0 + t / 500.0; }), "from 1 to 5 over iterations 0 to 2000 and grows"},
      {log_of([](double t) { return 5.0 * std::exp(-t / 200.0); }), "still falls"},
      {log_of([](double t) { return 5.0 / (1.0 + t); }), "like t^-2"},  // of the square
      {log_of([](double t) { return 5.0 * std::exp(-t / 50.0); }), "vanishes there (at most 1e-06)"},
  };
  for (const auto& [log, words] : cases) {
    const Diagnosis diagnosis = diagnose(log);
    CAPTURE(words, diagnosis.summary);
    CHECK(says(diagnosis.summary, words));
    CHECK_FALSE(says(diagnosis.summary, "No problem"));
    bool names_the_value = false;
    for (const std::string& limit : diagnosis.limits)
      names_the_value = names_the_value || says(limit, "record the loss");
    CHECK(names_the_value);
  }
}

TEST_CASE("neither values nor gradient norms: nothing can be judged") {
  Trajectory log;
  for (Index k = 0; k < 10; ++k) {
    StepRecord record;
    record.iteration = k;
    log.records.push_back(record);
  }
  const Diagnosis diagnosis = diagnose(log);
  CHECK(says(diagnosis.summary, "Neither the value nor the gradient norm was recorded up to iteration 9"));
}

TEST_CASE("with noise a level, a growth and a fall of the gradient norm are told apart") {
  // The tests of the trend err with 5% each way. Of 100 seeds, 90 right ones or fewer are then less likely than 3%, and
  // a level is never called growth or fall in more than 11 with 99.6%.
  int level = 0;
  int growth = 0;
  int fall = 0;
  int wrong = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Trend standing = course(log_of(stalling, 0.1, seed)).trend;
    level += standing == Trend::plateau ? 1 : 0;
    wrong += standing == Trend::descent || standing == Trend::ascent ? 1 : 0;
    growth += course(log_of([](double t) { return 1.0 + t / 500.0; }, 0.1, seed)).trend == Trend::ascent ? 1 : 0;
    fall += course(log_of([](double t) { return 5.0 / (1.0 + t); }, 0.1, seed)).trend == Trend::descent ? 1 : 0;
  }
  CHECK(level > 90);
  CHECK(wrong <= 11);
  CHECK(growth > 90);
  CHECK(fall > 90);
}

TEST_CASE("a growth on the way is named with its ends") {
  // Past a saddle: down to 1e-8 e^10 at t = 500, up to 5 at 1000, down again.
  const auto norm = [](double t) {
    return t < 1000.0 ? 5.0 * std::exp(-t / 25.0) + 5.0 * std::exp((t - 1000.0) / 25.0)
                      : 5.0 * std::exp(-(t - 1000.0) / 100.0);
  };
  const GradientCourse found = course(log_of(norm));
  CHECK(found.low_iteration == 500);
  CHECK(found.low == Approx(10.0 * std::exp(-20.0)));
  CHECK(found.high_iteration == 1000);
  CHECK(found.trend == Trend::descent);
  CHECK(says(diagnose(log_of(norm)).summary, "as it does on leaving a saddle point"));
  CHECK_FALSE(says(diagnose(log_of(stalling, 0.1)).summary, "saddle"));
}
