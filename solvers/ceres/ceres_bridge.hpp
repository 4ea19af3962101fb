// Perigee and Ceres Solver, both ways: everything that perigee::ceres offers, in one include.
//
//   ceres_minimize       a Perigee objective solved by Ceres, seen by Perigee's observers
//   FirstOrderObjective  a ceres::FirstOrderFunction as a Perigee objective
//   ProblemObjective     a whole ceres::Problem as a Perigee objective
//   TrajectoryCallback   a trajectory, and so a diagnosis, of a Ceres program as it is
#ifndef PERIGEE_SOLVERS_CERES_CERES_BRIDGE_HPP
#define PERIGEE_SOLVERS_CERES_CERES_BRIDGE_HPP

#include <perigee/solvers/ceres/ceres_minimize.hpp>
#include <perigee/solvers/ceres/ceres_objectives.hpp>
#include <perigee/solvers/ceres/trajectory_callback.hpp>

#endif
