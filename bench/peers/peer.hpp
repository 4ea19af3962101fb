// Other people's optimizers on Perigee's objectives, as their users run them.
#ifndef PERIGEE_BENCH_PEERS_PEER_HPP
#define PERIGEE_BENCH_PEERS_PEER_HPP

#include <perigee/lib/objective.hpp>
#include <perigee/lib/vector.hpp>

#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace perigee::peers {

/// An objective that counts its calls and knows the budget of the run.
class Meter {
 public:
  Meter(const Objective& objective, std::uint64_t budget) : objective_(&objective), budget_(budget) {}

  Index dimension() const { return objective_->dimension(); }
  const Objective& objective() const { return *objective_; }
  std::uint64_t budget() const { return budget_; }
  std::uint64_t evaluations() const { return evaluations_; }
  bool is_spent() const { return evaluations_ >= budget_; }

  double value_and_gradient(ConstVectorView x, VectorView gradient) {
    ++evaluations_;
    return objective_->value_and_gradient(x, gradient);
  }
  double value(ConstVectorView x) {
    ++evaluations_;
    return objective_->value(x);
  }
  void add(std::uint64_t evaluations) { evaluations_ += evaluations; }

 private:
  const Objective* objective_;
  std::uint64_t budget_;
  std::uint64_t evaluations_ = 0;
};

/// What a run handed back. `claims_success`: the library's own status says that it converged, which is all that its
/// user gets to know.
struct Outcome {
  Vector x;
  std::string status;
  bool claims_success = false;
};

struct Peer {
  std::string name;  // "library method"
  std::function<Outcome(Meter& meter, const Vector& start)> minimize;
};

/// One function a library; each is compiled only where its library is found.
std::vector<Peer> ceres_peers();
std::vector<Peer> gsl_peers();
std::vector<Peer> liblbfgs_peers();
std::vector<Peer> nlopt_peers();

/// Perigee's own, in the same table.
std::vector<Peer> own_methods();

}  // namespace perigee::peers

#endif
