// The collection of More, Garbow and Hillstrom (1981), "Testing unconstrained optimization software".
//
//     f(x) = sum_{i=1}^m r_i(x)^2
//
// Numbers in comments, (1) to (35), are the paper's. Every problem has the starts "standard" (the paper's x0),
// "standard-x10" and "standard-x100" (10 x0 and 100 x0; where x0 = 0, the vectors of all tens and all hundreds, as in
// the collection's own programs), and "saddle" where a saddle is listed. Formulas:
// docs/problems/more-garbow-hillstrom.md.
#ifndef PERIGEE_LIB_PROBLEMS_MORE_GARBOW_HILLSTROM_HPP
#define PERIGEE_LIB_PROBLEMS_MORE_GARBOW_HILLSTROM_HPP

#include <perigee/lib/problems/registry.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace perigee::problems {

/// The collection's problems, family "more-garbow-hillstrom"; Rosenbrock's (1) is among the classics.
std::vector<Entry> more_garbow_hillstrom();

/// The names of the 18 problems of the paper's part on unconstrained minimization, in its order.
const std::vector<std::string>& unconstrained_more_garbow_hillstrom();

namespace collection {

/// What one problem of the collection consists of, in one dimension.
struct Instance {
  std::string formula;   // Problem::summary
  std::string why_hard;  // Problem::why_hard
  std::shared_ptr<const Objective> objective;
  Vector start;  // x0
  std::vector<StationaryPoint> stationary_points{};
  std::optional<double> optimal_value{};
  enum class List { partial, complete } list = List::partial;  // of the stationary points
};

/// The entry of a problem with one dimension, or with the parameter `dimension`.
Entry entry(std::string name, std::string summary, Instance (*make)());
Entry entry(std::string name, std::string summary, ParameterDescription dimension, Instance (*make)(Index));

/// The description of `dimension`.
ParameterDescription dimension(Index default_value, Index least, Index greatest, std::string summary = "n");

StationaryPoint minimum(Vector x, double value);
StationaryPoint saddle(Vector x, double value, Index index);
StationaryPoint degenerate(Vector x, double value);

/// n equal elements.
Vector constant_vector(Index dimension, double element);

// The problems by topic.
std::vector<Entry> valleys();           // curved, badly scaled and singular ones in few coordinates
std::vector<Entry> data_fits();         // models fitted to data
std::vector<Entry> of_any_dimension();  // penalties, polynomials, trigonometric sums
std::vector<Entry> equations();         // discretized, sparse and linear systems

}  // namespace collection

}  // namespace perigee::problems

#endif
