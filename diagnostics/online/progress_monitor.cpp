#include <perigee/diagnostics/online/progress_monitor.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/state.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <stdexcept>

namespace perigee {

ProgressMonitor::ProgressMonitor(ProgressMonitorOptions options) : options_(options) {
  if (options.patience < 2) {
    throw std::invalid_argument("ProgressMonitor: patience must be >= 2, got " + std::to_string(options.patience));
  }
  for (const double share : {options.value_share, options.gradient_share}) {
    if (!(share > 0.0 && share < 1.0)) {
      throw std::invalid_argument("ProgressMonitor: shares must be in (0, 1), got " + format_number(share));
    }
  }
}

void ProgressMonitor::restart(double value, double gradient_norm) {
  iteration_ = 0;
  octave_end_ = 1;
  first_value_ = octave_value_ = value_ = value;
  octave_gradient_ = former_gradient_ = gradient_norm;
  is_slow_ = false;
}

void ProgressMonitor::observe(double value, double gradient_norm) {
  ++iteration_;
  value_ = value;
  octave_gradient_ = std::min(octave_gradient_, gradient_norm);
  is_slow_ = false;
  if (iteration_ < octave_end_) return;
  const bool is_judged = iteration_ >= options_.patience;
  is_slow_ = is_judged && octave_value_ - value <= options_.value_share * (first_value_ - value) &&
             octave_gradient_ >= options_.gradient_share * former_gradient_;
  judged_begin_ = octave_value_;
  judged_gradient_ = octave_gradient_;
  former_gradient_ = std::min(former_gradient_, octave_gradient_);
  octave_gradient_ = std::numeric_limits<double>::infinity();
  octave_value_ = value;
  octave_end_ *= 2;
}

std::string ProgressMonitor::reason() const {
  return "in the last " + std::to_string(iteration_ - iteration_ / 2) + " iterations the value fell by " +
         format_number(judged_begin_ - value_, 3) + " of " + format_number(first_value_ - value_, 3) + " in all " +
         std::to_string(iteration_) + ", and the gradient norm not below " + format_number(judged_gradient_, 3);
}

void ProgressMonitor::save(StateWriter& writer) const {
  writer.write(static_cast<std::int64_t>(iteration_));
  writer.write(static_cast<std::int64_t>(octave_end_));
  for (const double field :
       {first_value_, octave_value_, value_, octave_gradient_, former_gradient_, judged_begin_, judged_gradient_}) {
    writer.write(field);
  }
  writer.write(static_cast<std::int64_t>(is_slow_));
}

void ProgressMonitor::load(StateReader& reader) {
  std::int64_t iteration = 0;
  std::int64_t octave_end = 0;
  std::int64_t is_slow = 0;
  reader.read(iteration);
  reader.read(octave_end);
  for (double* field : {&first_value_, &octave_value_, &value_, &octave_gradient_, &former_gradient_, &judged_begin_,
                        &judged_gradient_}) {
    reader.read(*field);
  }
  reader.read(is_slow);
  iteration_ = static_cast<Index>(iteration);
  octave_end_ = static_cast<Index>(octave_end);
  is_slow_ = is_slow != 0;
}

}  // namespace perigee
