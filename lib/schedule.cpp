#include <perigee/lib/schedule.hpp>

#include <perigee/lib/call_text.hpp>
#include <perigee/lib/format.hpp>

#include <cmath>
#include <numbers>
#include <stdexcept>
#include <utility>

namespace perigee {

namespace {

double require(bool holds, const char* who, const char* rule, double value) {
  if (!holds) throw std::invalid_argument(std::string(who) + ": " + rule + ", got " + format_number(value));
  return value;
}

double positive_rate(const char* who, double rate) {
  return require(rate > 0.0 && std::isfinite(rate), who, "the rate must be > 0 and finite", rate);
}

std::string with(std::string name, std::initializer_list<std::pair<const char*, double>> parameters) {
  name += '(';
  for (const auto& [key, value] : parameters) {
    if (name.back() != '(') name += ", ";
    name += std::string(key) + '=' + format_exact(value);
  }
  return name + ')';
}

double cosine_rate(double initial, double final, double fraction) {
  return final + 0.5 * (initial - final) * (1.0 + std::cos(std::numbers::pi * std::fmin(fraction, 1.0)));
}

}  // namespace

Schedule::Schedule(double constant) : constant_(positive_rate("Schedule", constant)), text_(format_exact(constant)) {}

Schedule::Schedule(std::string text, OfIteration rate) : of_iteration_(std::move(rate)), text_(std::move(text)) {
  if (!of_iteration_) throw std::invalid_argument("Schedule: the rate function must not be empty");
}

Schedule::Schedule(std::string text, OfIterate rate) : of_iterate_(std::move(rate)), text_(std::move(text)) {
  if (!of_iterate_) throw std::invalid_argument("Schedule: the rate function must not be empty");
}

namespace schedules {

Schedule constant(double initial) { return {initial}; }

Schedule step_decay(double initial, double factor, Index interval) {
  positive_rate("step_decay", initial);
  require(factor > 0.0 && factor <= 1.0, "step_decay", "factor must be in (0, 1]", factor);
  require(interval > 0, "step_decay", "interval must be > 0", static_cast<double>(interval));
  return {with("step-decay", {{"initial", initial}, {"factor", factor}, {"interval", static_cast<double>(interval)}}),
          [=](Index k) { return initial * std::pow(factor, static_cast<double>(k / interval)); }};
}

Schedule exponential(double initial, double decay) {
  positive_rate("exponential", initial);
  require(decay >= 0.0 && std::isfinite(decay), "exponential", "decay must be >= 0 and finite", decay);
  return {with("exponential", {{"initial", initial}, {"decay", decay}}),
          [=](Index k) { return initial * std::exp(-decay * static_cast<double>(k)); }};
}

Schedule inverse_time(double initial, double decay) {
  positive_rate("inverse_time", initial);
  require(decay >= 0.0 && std::isfinite(decay), "inverse_time", "decay must be >= 0 and finite", decay);
  return {with("inverse-time", {{"initial", initial}, {"decay", decay}}),
          [=](Index k) { return initial / (1.0 + decay * static_cast<double>(k)); }};
}

Schedule cosine(double initial, double final, Index iterations) {
  positive_rate("cosine", initial);
  require(final >= 0.0 && final <= initial, "cosine", "final must be in [0, initial]", final);
  require(iterations > 0, "cosine", "iterations must be > 0", static_cast<double>(iterations));
  const double total = static_cast<double>(iterations);
  return {with("cosine", {{"initial", initial}, {"final", final}, {"iterations", total}}),
          [=](Index k) { return cosine_rate(initial, final, static_cast<double>(k) / total); }};
}

Schedule warm_up_cosine(double initial, double final, Index warm_up, Index iterations) {
  positive_rate("warm_up_cosine", initial);
  require(final >= 0.0 && final <= initial, "warm_up_cosine", "final must be in [0, initial]", final);
  require(warm_up > 0, "warm_up_cosine", "warm_up must be > 0", static_cast<double>(warm_up));
  require(iterations > warm_up, "warm_up_cosine", "iterations must be > warm_up", static_cast<double>(iterations));
  const double rise = static_cast<double>(warm_up);
  const double total = static_cast<double>(iterations);
  return {with("warm-up-cosine", {{"initial", initial}, {"final", final}, {"warm_up", rise}, {"iterations", total}}),
          [=](Index k) {
            const double now = static_cast<double>(k);
            if (now < rise) return initial * (now + 1.0) / rise;
            return cosine_rate(initial, final, (now - rise) / (total - rise));
          }};
}

Schedule robbins_monro(double initial, double offset) {
  positive_rate("robbins_monro", initial);
  require(offset > 0.0 && std::isfinite(offset), "robbins_monro", "offset must be > 0 and finite", offset);
  return {with("robbins-monro", {{"initial", initial}, {"offset", offset}}),
          [=](Index k) { return initial / (static_cast<double>(k) + offset); }};
}

Schedule logarithmic(double scale, double offset) {
  positive_rate("logarithmic", scale);
  require(offset > 1.0 && std::isfinite(offset), "logarithmic", "offset must be > 1 and finite", offset);
  return {with("logarithmic", {{"scale", scale}, {"offset", offset}}),
          [=](Index k) { return scale / std::log(static_cast<double>(k) + offset); }};
}

Schedule iterated_logarithmic(double scale, double offset) {
  positive_rate("iterated_logarithmic", scale);
  require(offset > std::numbers::e && std::isfinite(offset), "iterated_logarithmic", "offset must be > e and finite",
          offset);
  return {with("iterated-logarithmic", {{"scale", scale}, {"offset", offset}}),
          [=](Index k) { return scale / std::log(std::log(static_cast<double>(k) + offset)); }};
}

Schedule parse(const std::string& text) {
  if (const std::optional<double> number = parse_number(text)) return constant(*number);
  const CallText call(text);
  if (call.name() == "constant") {
    call.expect({"initial"});
    return constant(call.number("initial"));
  }
  if (call.name() == "step-decay") {
    call.expect({"initial", "factor", "interval"});
    return step_decay(call.number("initial"), call.number("factor"), call.count("interval"));
  }
  if (call.name() == "exponential") {
    call.expect({"initial", "decay"});
    return exponential(call.number("initial"), call.number("decay"));
  }
  if (call.name() == "inverse-time") {
    call.expect({"initial", "decay"});
    return inverse_time(call.number("initial"), call.number("decay"));
  }
  if (call.name() == "cosine") {
    call.expect({"initial", "final", "iterations"});
    return cosine(call.number("initial"), call.number("final"), call.count("iterations"));
  }
  if (call.name() == "warm-up-cosine") {
    call.expect({"initial", "final", "warm_up", "iterations"});
    return warm_up_cosine(call.number("initial"), call.number("final"), call.count("warm_up"),
                          call.count("iterations"));
  }
  if (call.name() == "robbins-monro") {
    call.expect({"initial", "offset"});
    return robbins_monro(call.number("initial"), call.number("offset"));
  }
  if (call.name() == "logarithmic") {
    call.expect({"scale", "offset"});
    return logarithmic(call.number("scale"), call.number("offset"));
  }
  if (call.name() == "iterated-logarithmic") {
    call.expect({"scale", "offset"});
    return iterated_logarithmic(call.number("scale"), call.number("offset"));
  }
  throw std::invalid_argument(
      "schedule: expected a number or one of constant, step-decay, exponential, inverse-time, "
      "cosine, warm-up-cosine, robbins-monro, logarithmic, iterated-logarithmic; got '" +
      text + "'");
}

}  // namespace schedules

}  // namespace perigee
