// NLopt 2.7, its local gradient-based methods. It has no default tolerances: ftol_rel 1e-10 and xtol_rel 1e-10 here;
// it has no test of the gradient.
#include "peers/peer.hpp"

#include <nlopt.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <type_traits>

namespace perigee::peers {

namespace {

double evaluate(unsigned n, const double* x, double* gradient, void* meter) {
  Meter& counted = *static_cast<Meter*>(meter);
  const ConstVectorView point(x, static_cast<Index>(n));
  return gradient == nullptr ? counted.value(point)
                             : counted.value_and_gradient(point, {gradient, static_cast<Index>(n)});
}

Outcome minimize(nlopt_algorithm method, Meter& meter, const Vector& start) {
  const std::unique_ptr<std::remove_pointer_t<nlopt_opt>, void (*)(nlopt_opt)> optimizer(
      nlopt_create(method, static_cast<unsigned>(start.size())), nlopt_destroy);
  nlopt_set_min_objective(optimizer.get(), &evaluate, &meter);
  nlopt_set_ftol_rel(optimizer.get(), 1e-10);
  nlopt_set_xtol_rel(optimizer.get(), 1e-10);
  nlopt_set_maxeval(optimizer.get(), static_cast<int>(std::min<std::uint64_t>(meter.budget(), 1u << 30)));
  Vector x = start;
  double value = 0.0;
  const nlopt_result status = nlopt_optimize(optimizer.get(), x.data(), &value);
  const char* text = nlopt_result_to_string(status);
  const bool claims = status == NLOPT_SUCCESS || status == NLOPT_FTOL_REACHED || status == NLOPT_XTOL_REACHED;
  return {std::move(x), text == nullptr ? "unknown" : text, claims};
}

}  // namespace

std::vector<Peer> nlopt_peers() {
  std::vector<Peer> peers;
  for (const auto& [name, method] : {std::pair("nlopt lbfgs", NLOPT_LD_LBFGS), std::pair("nlopt var2", NLOPT_LD_VAR2),
                                     std::pair("nlopt tnewton-precond-restart", NLOPT_LD_TNEWTON_PRECOND_RESTART),
                                     std::pair("nlopt slsqp", NLOPT_LD_SLSQP), std::pair("nlopt mma", NLOPT_LD_MMA)}) {
    const nlopt_algorithm algorithm = method;
    peers.push_back(
        {name, [algorithm](Meter& meter, const Vector& start) { return minimize(algorithm, meter, start); }});
  }
  return peers;
}

}  // namespace perigee::peers
