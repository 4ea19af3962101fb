// How a detector plugs in: one file with one function of this type, one line in the list of diagnose.cpp.
#ifndef PERIGEE_DIAGNOSTICS_DETECTOR_HPP
#define PERIGEE_DIAGNOSTICS_DETECTOR_HPP

#include <perigee/diagnostics/diagnose.hpp>

namespace perigee {

struct DiagnosisInput {
  const Trajectory& trajectory;  // at least one record
  const Objective* objective;    // nullptr: unknown
  const DiagnoseOptions& options;
};

/// Adds what it finds to the diagnosis. Sees what the detectors before it in the list have found.
using Detector = void (*)(const DiagnosisInput& input, Diagnosis& diagnosis);

}  // namespace perigee

#endif
