// What the objective looks like around a run, for the pictures of its report: its curvature at a few snapshots, its
// values in the plane of the path.
//
// The spectrum at a snapshot is that of stochastic Lanczos quadrature (spectral_density.hpp); the plane is that of the
// snapshots' principal components (report/principal_plane.hpp), as in Goodfellow, Vinyals and Saxe (2015) and Li, Xu,
// Taylor, Studer and Goldstein (2018), "Visualizing the loss landscape of neural nets", section 7.
#ifndef PERIGEE_DIAGNOSTICS_LANDSCAPE_HPP
#define PERIGEE_DIAGNOSTICS_LANDSCAPE_HPP

#include <perigee/diagnostics/finding.hpp>
#include <perigee/diagnostics/spectral_density.hpp>
#include <perigee/lib/objective.hpp>
#include <perigee/lib/random.hpp>
#include <perigee/lib/trajectory.hpp>

#include <vector>

namespace perigee {

/// The Hessian's spectrum at one snapshot.
struct SpectrumAt {
  Index iteration = 0;
  Index dimension = 0;
  Index products = 0;        // Hessian-vector products spent
  bool is_complete = false;  // the values are all eigenvalues; else Ritz values, each standing for some of them
  std::vector<SpectralDensity::Node> ritz_values{};  // increasing, at least one; the weights add up to 1
};

/// Values of f on a grid in the plane of the path: values[j * first.size() + i] at (first[i], second[j]).
struct PlaneValues {
  std::vector<double> first;   // increasing; coordinates as in PlanePath
  std::vector<double> second;  // likewise
  std::vector<double> values;  // empty: there is no such plane; not finite outside the domain of f
};

struct Landscape {
  std::vector<SpectrumAt> spectra;  // in the order of the run
  PlaneValues plane;
};

struct LandscapeOptions {
  Index spectra = 5;                      // snapshots looked at, >= 0
  SpectralDensityOptions density{3, 24};  // at each of them
  Index plane_points = 41;                // of the grid along either axis, >= 2; 0: no plane
};

/// Looks around. Snapshots: the first and the last, those judged, those in the middle of what is neither descent nor
/// ascent (the longest first), and others evenly in log(1 + iteration); only those whose elements and products are
/// finite. Empty where there are no snapshots. Deterministic.
/// Throws std::invalid_argument if the objective's dimension is not that of the snapshots, or on options out of range.
/// Cost: at most spectra starts products Hessian-vector products, fewer where n products > 1e7 (the basis is kept);
/// they show every eigenvalue where n <= starts products. And plane_points^2 values.
Landscape look_around(const Trajectory& trajectory, const Diagnosis& diagnosis, const Objective& objective,
                      const RandomSource& random, const LandscapeOptions& options = {});

}  // namespace perigee

#endif
