// The thresholds of the detectors by name: one table behind the command line, the reports and the checks.
#ifndef PERIGEE_DIAGNOSTICS_THRESHOLDS_HPP
#define PERIGEE_DIAGNOSTICS_THRESHOLDS_HPP

#include <perigee/diagnostics/diagnose.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace perigee {

struct Threshold {
  std::string name;     // "plateau.exponent": the detector's file and the option, kebab-case
  std::string meaning;  // what it is a bound of, and in which unit if it has one
  double smallest = 0.0;
  double largest = 0.0;   // the range, both ends included; may be infinite
  bool is_count = false;  // takes whole numbers only
  double default_value = 0.0;
  double (*value)(const DiagnoseOptions& options) = nullptr;
  void (*assign)(DiagnoseOptions& options, double value) = nullptr;  // unchecked
};

/// Every threshold, by detector.
const std::vector<Threshold>& thresholds();

/// Throws std::invalid_argument on a name that is none of them, and on a value out of range.
void set_threshold(DiagnoseOptions& options, std::string_view name, double value);

/// Throws std::invalid_argument, beginning with `who`, if any value is out of range.
void check_thresholds(const std::string& who, const DiagnoseOptions& options);

/// The value of each, in the order of the table.
std::vector<ThresholdValue> threshold_values(const DiagnoseOptions& options);

}  // namespace perigee

#endif
