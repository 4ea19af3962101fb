#include <perigee/diagnostics/compare/value_trace.hpp>

#include <perigee/lib/state.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace perigee {

namespace {

// By exponent and leading bits, not by a logarithm: the same on every machine.
int bin_of(double cost) {
  int exponent = 0;
  const double fraction = std::frexp(cost, &exponent);  // in [1/2, 1)
  return 8 * exponent + static_cast<int>(16.0 * (fraction - 0.5));
}

}  // namespace

void extend(ValueTrace& trace, double cost, double value) {
  if (std::isnan(value) || (!trace.empty() && !(value < trace.back().value))) return;
  if (trace.size() > 1 && bin_of(cost) == bin_of(trace.back().cost)) {
    trace.back() = {cost, value};
  } else {
    trace.push_back({cost, value});
  }
}

double cost_to_reach(const ValueTrace& trace, double value) {
  const auto first = std::find_if(trace.begin(), trace.end(), [&](const TracePoint& p) { return p.value <= value; });
  return first != trace.end() ? first->cost : std::numeric_limits<double>::quiet_NaN();
}

bool same_trace(const ValueTrace& a, const ValueTrace& b) { return bytes_of(a) == bytes_of(b); }

std::vector<std::uint8_t> bytes_of(const ValueTrace& trace) {
  StateWriter writer;
  for (const TracePoint& point : trace) {
    writer.write(point.cost);
    writer.write(point.value);
  }
  return {writer.bytes().begin(), writer.bytes().end()};
}

ValueTrace trace_of(std::span<const std::uint8_t> bytes) {
  if (bytes.size() % (2 * sizeof(double)) != 0) {
    throw std::invalid_argument("trace: the number of bytes must be a multiple of 16, got " +
                                std::to_string(bytes.size()));
  }
  StateReader reader(bytes);
  ValueTrace trace(bytes.size() / (2 * sizeof(double)));
  for (TracePoint& point : trace) {
    reader.read(point.cost);
    reader.read(point.value);
  }
  return trace;
}

}  // namespace perigee
