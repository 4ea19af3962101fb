// Perigee in one include: objectives, minimize, runs, solvers, problems, diagnosis.
// Readers, the store and the report renderers have headers of their own in <perigee/diagnostics/...>.
#ifndef PERIGEE_PERIGEE_HPP
#define PERIGEE_PERIGEE_HPP

#include <perigee/diagnostics/diagnose.hpp>
#include <perigee/lib/functional.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/recorder.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/lib/version.hpp>
#include <perigee/solvers/certified.hpp>
#include <perigee/solvers/gradient_descent.hpp>
#include <perigee/solvers/guided/all_solvers.hpp>
#include <perigee/solvers/guided/guided.hpp>
#include <perigee/solvers/guided/minimize.hpp>
#include <perigee/solvers/limited_memory_bfgs.hpp>
#include <perigee/solvers/perturbed_gradient_descent.hpp>

#endif
