#include "support/catch.hpp"

#include <perigee/lib/schedule.hpp>

#include <cmath>
#include <stdexcept>

using namespace perigee;

namespace {
double at(const Schedule& schedule, Index k) { return schedule(k, {0.0}); }
}  // namespace

TEST_CASE("schedules take the values of their formulas") {
  CHECK(at(schedules::constant(0.1), 12345) == 0.1);
  const Schedule step = schedules::step_decay(1.0, 0.5, 10);
  CHECK(at(step, 9) == 1.0);
  CHECK(at(step, 10) == 0.5);
  CHECK(at(step, 39) == 0.125);
  CHECK(at(schedules::exponential(2.0, 0.1), 10) == Approx(2.0 * std::exp(-1.0)));
  CHECK(at(schedules::inverse_time(2.0, 0.5), 6) == 0.5);
  const Schedule cosine = schedules::cosine(1.0, 0.2, 100);
  CHECK(at(cosine, 0) == 1.0);
  CHECK(at(cosine, 50) == Approx(0.6));
  CHECK(at(cosine, 100) == Approx(0.2));
  CHECK(at(cosine, 1000) == Approx(0.2));
  const Schedule warm = schedules::warm_up_cosine(1.0, 0.0, 10, 110);
  CHECK(at(warm, 0) == Approx(0.1));
  CHECK(at(warm, 9) == Approx(1.0));
  CHECK(at(warm, 10) == Approx(1.0));
  CHECK(at(warm, 60) == Approx(0.5));
  CHECK(at(warm, 110) == Approx(0.0).margin(1e-15));
}

TEST_CASE("Robbins-Monro rates sum to infinity and their squares do not") {
  // sum_{k<n} a/(k+k0) grows by a ln 10 a decade; the sum of squares is below a^2 (1/k0^2 + 1/k0).
  const Schedule schedule = schedules::robbins_monro(2.0, 5.0);
  double sum = 0.0;
  double sum_at_1e5 = 0.0;
  double squares = 0.0;
  for (Index k = 0; k < 1000000; ++k) {
    if (k == 100000) sum_at_1e5 = sum;
    sum += at(schedule, k);
    squares += at(schedule, k) * at(schedule, k);
  }
  CHECK(sum - sum_at_1e5 == Approx(2.0 * std::log(10.0)).epsilon(1e-3));
  CHECK(squares < 4.0 * (1.0 / 25.0 + 1.0 / 5.0));
}

TEST_CASE("logarithmic temperatures are the borderline of Hajek's criterion, sum exp(-d/T_k) = infinity") {
  // exp(-d/T_k) = (k + k0)^(-d/C): with C = d the sum grows by ln 10 a decade; with C = d/2 it is below 1/k0^2 + 1/k0.
  const double depth = 0.3;
  const Schedule enough = schedules::logarithmic(depth, 4.0);
  const Schedule too_cold = schedules::logarithmic(0.5 * depth, 4.0);
  double grows = 0.0;
  double grows_at_1e5 = 0.0;
  double stays = 0.0;
  for (Index k = 0; k < 1000000; ++k) {
    if (k == 100000) grows_at_1e5 = grows;
    grows += std::exp(-depth / at(enough, k));
    stays += std::exp(-depth / at(too_cold, k));
  }
  CHECK(grows - grows_at_1e5 == Approx(std::log(10.0)).epsilon(1e-3));
  CHECK(stays < 1.0 / 16.0 + 1.0 / 4.0);
}

TEST_CASE(
    "the iterated logarithm with rates A/(k + k0) is Gelfand and Mitter's noise, and the same borderline in time") {
  // sum a_k exp(-d/T_k) = A sum (ln(k + k0))^(-d/C)/(k + k0): with C = d it grows like A ln ln k.
  const double scale = 0.3;
  const Schedule temperature = schedules::iterated_logarithmic(scale, 10.0);
  const Schedule rate = schedules::robbins_monro(2.0, 10.0);
  double sum = 0.0;
  double sum_at_1e4 = 0.0;
  for (Index k = 0; k < 1000000; ++k) {
    const double now = static_cast<double>(k) + 10.0;
    if (k % 1000 == 0) {
      CHECK(std::sqrt(2.0 * at(rate, k) * at(temperature, k)) ==
            Approx(std::sqrt(2.0 * 2.0 * scale / (now * std::log(std::log(now))))));
    }
    if (k == 10000) sum_at_1e4 = sum;
    sum += at(rate, k) * std::exp(-scale / at(temperature, k));
  }
  CHECK(sum - sum_at_1e4 == Approx(2.0 * std::log(std::log(1000010.0) / std::log(10010.0))).epsilon(1e-4));
}

TEST_CASE("a schedule reads back from its own text") {
  for (const Schedule& schedule :
       {schedules::constant(0.3), schedules::step_decay(1.0, 0.5, 10), schedules::exponential(2.0, 0.1),
        schedules::inverse_time(2.0, 0.5), schedules::cosine(1.0, 0.2, 100),
        schedules::warm_up_cosine(1.0, 0.0, 10, 110), schedules::robbins_monro(2.0, 5.0),
        schedules::logarithmic(0.3, 2.0), schedules::iterated_logarithmic(0.3, 3.0)}) {
    const Schedule again = schedules::parse(schedule.text());
    CHECK(again.text() == schedule.text());
    for (const Index k : {0, 1, 7, 63, 500}) CHECK(at(again, k) == at(schedule, k));
  }
}

TEST_CASE("wrong schedules are refused") {
  CHECK_THROWS_AS(Schedule(0.0), std::invalid_argument);
  CHECK_THROWS_AS(Schedule(NAN), std::invalid_argument);
  CHECK_THROWS_AS(schedules::step_decay(1.0, 1.5, 10), std::invalid_argument);
  CHECK_THROWS_AS(schedules::cosine(1.0, 2.0, 10), std::invalid_argument);
  CHECK_THROWS_AS(schedules::warm_up_cosine(1.0, 0.0, 10, 10), std::invalid_argument);
  CHECK_THROWS_AS(schedules::logarithmic(1.0, 1.0), std::invalid_argument);
  CHECK_THROWS_AS(schedules::logarithmic(-1.0, 2.0), std::invalid_argument);
  CHECK_THROWS_AS(schedules::iterated_logarithmic(1.0, 2.7), std::invalid_argument);
  for (const char* text : {"", "fast", "cosine", "cosine(initial=1)", "cosine(initial=1, final=0, iterations=2.5)",
                           "cosine(initial=1, final=0, iterations=10, speed=1)", "exponential(initial=1, decay=x)",
                           "exponential(initial=1, initial=2, decay=1)", "exponential(initial=1, decay=1"}) {
    INFO(text);
    CHECK_THROWS_AS(schedules::parse(text), std::invalid_argument);
  }
}

TEST_CASE("a schedule may read the iterate") {
  const Schedule schedule("squared norm",
                          Schedule::OfIterate([](Index, ConstVectorView x) { return x.squaredNorm(); }));
  CHECK(schedule(3, {3.0, 4.0}) == 25.0);
}
