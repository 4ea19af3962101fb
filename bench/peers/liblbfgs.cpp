// libLBFGS 1.10 with its default parameters: ||g|| <= 1e-5 max(1, ||x||) ends a run.
#include "peers/peer.hpp"

#include <lbfgs.h>

namespace perigee::peers {

namespace {

lbfgsfloatval_t evaluate(void* meter, const lbfgsfloatval_t* x, lbfgsfloatval_t* gradient, const int n,
                         const lbfgsfloatval_t) {
  return static_cast<Meter*>(meter)->value_and_gradient({x, n}, {gradient, n});
}

int progress(void* meter, const lbfgsfloatval_t*, const lbfgsfloatval_t*, const lbfgsfloatval_t, const lbfgsfloatval_t,
             const lbfgsfloatval_t, const lbfgsfloatval_t, int, int, int) {
  return static_cast<Meter*>(meter)->is_spent() ? 1 : 0;
}

Outcome minimize(int line_search, Meter& meter, const Vector& start) {
  lbfgs_parameter_t parameters;
  lbfgs_parameter_init(&parameters);
  parameters.linesearch = line_search;
  Vector x = start;
  const int status = lbfgs(static_cast<int>(x.size()), x.data(), nullptr, &evaluate, &progress, &meter, &parameters);
  const bool claims = status == LBFGS_SUCCESS || status == LBFGS_ALREADY_MINIMIZED || status == LBFGS_STOP;
  return {std::move(x), "status " + std::to_string(status), claims};
}

}  // namespace

std::vector<Peer> liblbfgs_peers() {
  return {{"liblbfgs more-thuente",
           [](Meter& meter, const Vector& start) { return minimize(LBFGS_LINESEARCH_MORETHUENTE, meter, start); }},
          {"liblbfgs strong-wolfe", [](Meter& meter, const Vector& start) {
             return minimize(LBFGS_LINESEARCH_BACKTRACKING_STRONG_WOLFE, meter, start);
           }}};
}

}  // namespace perigee::peers
