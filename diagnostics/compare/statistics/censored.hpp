// Times that may be cut short: the time at which something happened, or up to which it had not.
//
// A run that broke down or gave up for good is not independently censored where it stopped: the same run with a
// greater budget would not have arrived either. It is entered as {budget, censored}, as if it had gone on in vain.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_CENSORED_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_CENSORED_HPP

#include <span>
#include <vector>

namespace perigee::statistics {

enum class Outcome { event, censored };

struct CensoredTime {
  double time = 0.0;  // >= 0 and finite; in whatever unit of cost
  Outcome outcome = Outcome::event;
};

/// Throws std::invalid_argument, naming `who`, on a time that is negative or not finite.
void check_times(std::span<const CensoredTime> times, const char* who);

/// In order of time, events before censored ones of the same time. Throws as check_times.
std::vector<CensoredTime> sorted_times(std::span<const CensoredTime> times, const char* who);

}  // namespace perigee::statistics

#endif
