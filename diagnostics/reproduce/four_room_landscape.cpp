#include <perigee/diagnostics/reproduce/four_room_landscape.hpp>
#include <perigee/lib/problems/four_room.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace perigee::reproduce {
namespace {

// LU factors of a matrix that is diagonally dominant by rows, so that no pivoting is needed.
class Band {
 public:
  Band(Index size, Index half_width)
      : size_(size), half_width_(half_width), elements_(static_cast<std::size_t>(size * (2 * half_width + 1)), 0.0) {
    for (Index i = 0; i < size; ++i) at(i, i) = 1.0;
  }
  double& at(Index row, Index column) {
    return elements_[static_cast<std::size_t>(row * (2 * half_width_ + 1) + column - row + half_width_)];
  }
  void factorize() {
    for (Index k = 0; k < size_; ++k) {
      const Index end = std::min(size_, k + half_width_ + 1);
      for (Index i = k + 1; i < end; ++i) {
        const double factor = at(i, k) / at(k, k);
        at(i, k) = factor;
        if (factor == 0.0) continue;
        for (Index j = k + 1; j < end; ++j) at(i, j) -= factor * at(k, j);
      }
    }
  }
  void solve(Vector& v) {
    for (Index i = 0; i < size_; ++i) {
      for (Index j = std::max<Index>(0, i - half_width_); j < i; ++j) v[i] -= at(i, j) * v[j];
    }
    for (Index i = size_ - 1; i >= 0; --i) {
      for (Index j = i + 1; j < std::min(size_, i + half_width_ + 1); ++j) v[i] -= at(i, j) * v[j];
      v[i] /= at(i, i);
    }
  }
  void solve_transposed(Vector& v) {
    for (Index i = 0; i < size_; ++i) {
      v[i] /= at(i, i);
      for (Index j = i + 1; j < std::min(size_, i + half_width_ + 1); ++j) v[j] -= at(i, j) * v[i];
    }
    for (Index i = size_ - 1; i >= 0; --i) {
      for (Index j = std::max<Index>(0, i - half_width_); j < i; ++j) v[j] -= at(i, j) * v[i];
    }
  }

 private:
  Index size_;
  Index half_width_;
  std::vector<double> elements_;
};

}  // namespace

FourRoomLandscape::FourRoomLandscape(Index start, transforms::PolicyTransform transform)
    : start_(start),
      transform_(transform),
      process_(problems::four_room_process(0.99).started_in(start)),
      optimum_(problems::value_iteration(process_)) {
  for (Index s = 0; s < process_.state_count(); ++s) {
    for (Index a = 0; a < process_.action_count(); ++a) {
      half_width_ = std::max(half_width_, std::abs(process_.successors(s, a).front().next - s));
    }
  }
}

double FourRoomLandscape::value_and_gradient(ConstVectorView theta, VectorView gradient) const {
  const Index states = process_.state_count();
  const Index actions = process_.action_count();
  const double discount = process_.discount();
  Vector pi(theta.size());
  Vector score(theta.size());
  Vector cost(states);
  Band system(states, half_width_);
  for (Index s = 0; s < states; ++s) {
    const Index first = s * actions;
    const ConstVectorView here(theta.data() + first, actions);
    transform_.probabilities(here, VectorView(pi.data() + first, actions));
    transform_.scores(here, VectorView(score.data() + first, actions));
    for (Index a = 0; a < actions; ++a) {
      cost[s] += pi[first + a] * optimum_.regrets[first + a];
      system.at(s, process_.successors(s, a).front().next) -= discount * pi[first + a];
    }
  }
  system.factorize();
  system.solve(cost);  // J
  Vector visits(states);
  visits[start_] = 1.0;
  system.solve_transposed(visits);
  for (Index s = 0; s < states; ++s) {
    for (Index a = 0; a < actions; ++a) {
      const Index pair = s * actions + a;
      const double ahead = discount * cost[process_.successors(s, a).front().next];
      gradient[pair] = visits[s] * score[pair] * (optimum_.regrets[pair] + ahead - cost[s]);
    }
  }
  return cost[start_];
}

OneHotNetwork::OneHotNetwork(std::shared_ptr<const FourRoomLandscape> landscape, Index hidden)
    : landscape_(std::move(landscape)),
      hidden_(hidden),
      states_(landscape_->process().state_count()),
      actions_(landscape_->process().action_count()) {
  if (hidden < 1) throw std::invalid_argument("OneHotNetwork: hidden must be >= 1, got " + std::to_string(hidden));
}

double OneHotNetwork::value_and_gradient(ConstVectorView w, VectorView gradient) const {
  const double* weights = w.data();
  const double* biases = weights + hidden_ * states_;
  const double* outer = biases + hidden_;
  const double* outer_biases = outer + actions_ * hidden_;
  std::vector<double> active(static_cast<std::size_t>(states_ * hidden_));  // a row of hidden values for each state
  for (Index h = 0; h < hidden_; ++h) {
    for (Index s = 0; s < states_; ++s) {
      active[static_cast<std::size_t>(s * hidden_ + h)] = std::max(0.0, weights[h * states_ + s] + biases[h]);
    }
  }
  Vector table(states_ * actions_);
  for (Index s = 0; s < states_; ++s) {
    const ConstVectorView here(active.data() + s * hidden_, hidden_);
    for (Index a = 0; a < actions_; ++a) {
      table[s * actions_ + a] = outer_biases[a] + ConstVectorView(outer + a * hidden_, hidden_).dot(here);
    }
  }
  Vector back(table.size());
  const double value = landscape_->value_and_gradient(table, back);
  gradient.setZero();
  double* inner = gradient.data();
  double* inner_biases = inner + hidden_ * states_;
  double* outer_gradient = inner_biases + hidden_;
  double* outer_bias_gradient = outer_gradient + actions_ * hidden_;
  for (Index s = 0; s < states_; ++s) {
    const ConstVectorView here(active.data() + s * hidden_, hidden_);
    for (Index a = 0; a < actions_; ++a) {
      const double from_above = back[s * actions_ + a];
      VectorView(outer_gradient + a * hidden_, hidden_) += from_above * here;
      outer_bias_gradient[a] += from_above;
    }
    for (Index h = 0; h < hidden_; ++h) {
      if (here[h] <= 0.0) continue;
      double sum = 0.0;
      for (Index a = 0; a < actions_; ++a) sum += back[s * actions_ + a] * outer[a * hidden_ + h];
      inner[h * states_ + s] = sum;
      inner_biases[h] += sum;
    }
  }
  return value;
}

}  // namespace perigee::reproduce
