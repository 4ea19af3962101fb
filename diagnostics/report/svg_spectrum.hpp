// The Hessian's spectrum at the snapshots of a run, one row a snapshot, all over one axis of eigenvalues.
#ifndef PERIGEE_DIAGNOSTICS_REPORT_SVG_SPECTRUM_HPP
#define PERIGEE_DIAGNOSTICS_REPORT_SVG_SPECTRUM_HPP

#include <perigee/diagnostics/landscape.hpp>

#include <string>
#include <vector>

namespace perigee {

/// In each row the density of the eigenvalues (the weights, smoothed by a Gaussian of a hundredth of the axis; highest
/// at the row's full height), below it a tick for each Ritz value, above it the iteration and the ends of the spectrum
/// in numbers. What is negative is hatched and in another color. The axis is linear, or logarithmic on either side of
/// zero where the sizes differ by more than a factor of a hundred. An `<svg>` that adapts to the width of the page, as
/// svg_plot's. Empty text without spectra.
std::string svg_spectra(const std::vector<SpectrumAt>& spectra);

}  // namespace perigee

#endif
