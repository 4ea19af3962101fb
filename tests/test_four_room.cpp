// Four rooms, and the policy network: the optimum by a search of the grid, derivatives by a twin, runs.
#include "support/catch.hpp"

#include <perigee/lib/autodiff.hpp>
#include <perigee/lib/derivative_check.hpp>
#include <perigee/lib/functional.hpp>
#include <perigee/lib/problems/four_room.hpp>
#include <perigee/lib/problems/network_policy.hpp>
#include <perigee/lib/problems/policy_problem.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace perigee;
using namespace perigee::problems;

namespace {

// Steps from every cell to the target, by breadth-first search over the process' own moves.
std::vector<Index> distances_to(const MarkovDecisionProcess& process, Index target) {
  std::vector<Index> distance(static_cast<std::size_t>(process.state_count()), -1);
  distance[static_cast<std::size_t>(target)] = 0;
  for (Index d = 0; d < process.state_count(); ++d) {
    for (Index s = 0; s < process.state_count(); ++s) {
      if (distance[static_cast<std::size_t>(s)] >= 0) continue;
      for (Index a = 0; a < 4; ++a) {
        const Index next = process.successors(s, a).front().next;
        if (distance[static_cast<std::size_t>(next)] == d) distance[static_cast<std::size_t>(s)] = d + 1;
      }
    }
  }
  return distance;
}

// Where the greedy policy is after many steps: at the goal or beside it?
bool ends_at(const MarkovDecisionProcess& process, const OptimalValues& optimum, Index state, Index target) {
  for (int step = 0; step < 200; ++step) {
    if (state == target && step >= 100) return true;
    state = process.successors(state, optimum.best[static_cast<std::size_t>(state)]).front().next;
  }
  return false;
}

// f(w) = F(L(w)) with a smooth F that mixes its elements, written out.
struct NetworkTwin {
  Vector features;
  Index feature_count, hidden, outputs;
  template <class T>
  T operator()(const T* w) const {
    using std::sin;
    const Index states = features.size() / feature_count;
    T sum(0.0), product(1.0);
    for (Index s = 0; s < states; ++s) {
      for (Index o = 0; o < outputs; ++o) {
        T output = w[hidden * (feature_count + 1) + outputs * hidden + o];
        for (Index h = 0; h < hidden; ++h) {
          T z = w[hidden * feature_count + h];
          for (Index i = 0; i < feature_count; ++i) z += w[h * feature_count + i] * features[s * feature_count + i];
          if (z > T(0.0)) output += w[hidden * (feature_count + 1) + o * hidden + h] * z;
        }
        sum += sin(output);
        product *= 1.0 + 0.1 * output;
      }
    }
    return sum + product;
  }
};

struct SmoothTwin {
  Index n;
  template <class T>
  T operator()(const T* x) const {
    using std::sin;
    T sum(0.0), product(1.0);
    for (Index i = 0; i < n; ++i) {
      sum += sin(x[i]);
      product *= 1.0 + 0.1 * x[i];
    }
    return sum + product;
  }
};

}  // namespace

TEST_CASE("the layout: 104 cells, one goal, four sub-goals, walls that hold") {
  const FourRoomLayout& layout = four_room_layout();
  CHECK(layout.cells.size() == 104);
  CHECK(layout.cells[static_cast<std::size_t>(layout.goal)] == Cell{11, 11});
  CHECK(layout.sub_goals.size() == 4);
  const MarkovDecisionProcess process = four_room_process(0.99);
  // Every cell is within 20 steps of the goal, the sub-goals at 17, 9, 10 and 4.
  const std::vector<Index> distance = distances_to(process, layout.goal);
  CHECK(*std::max_element(distance.begin(), distance.end()) == 20);
  CHECK(*std::min_element(distance.begin(), distance.end()) == 0);
  std::vector<Index> far;
  for (const Index s : layout.sub_goals) far.push_back(distance[static_cast<std::size_t>(s)]);
  CHECK(far == std::vector<Index>{17, 9, 10, 4});
  for (Index s = 0; s < 104; ++s) {
    for (Index a = 0; a < 4; ++a) {
      const Index next = process.successors(s, a).front().next;
      const Cell from = layout.cells[static_cast<std::size_t>(s)], to = layout.cells[static_cast<std::size_t>(next)];
      CHECK(std::abs(from.row - to.row) + std::abs(from.column - to.column) == (next == s ? 0 : 1));
      if (next == s) CHECK(process.reward(s, a) == 0.0);
    }
  }
}

TEST_CASE("the optimum goes to G from everywhere if gamma >= 0.97033, and not below") {
  const FourRoomLayout& layout = four_room_layout();
  // The root of 0.7 (gamma^6 + gamma^11) (1 - gamma^2) + gamma^15 = 0.7, by bisection.
  double threshold = 0.9, above = 0.99;
  while (above - threshold > 1e-12) {
    const double x = 0.5 * (threshold + above);
    const double surplus = 0.7 * (std::pow(x, 6) + std::pow(x, 11)) * (1.0 - x * x) + std::pow(x, 15) - 0.7;
    (surplus > 0.0 ? above : threshold) = x;
  }
  CHECK(threshold == Approx(0.97032663).epsilon(1e-8));
  for (const double discount : {0.99, threshold + 1e-5, threshold - 1e-5}) {
    const MarkovDecisionProcess process = four_room_process(discount);
    const OptimalValues optimum = value_iteration(process);
    bool always = true;
    for (Index s = 0; s < 104; ++s) always = always && ends_at(process, optimum, s, layout.goal);
    INFO("gamma = " << discount);
    CHECK(always == (discount > threshold));
  }
  // At G the optimum leaves and returns: V = gamma/(1 - gamma^2).
  const OptimalValues optimum = value_iteration(four_room_process(0.99));
  CHECK(optimum.values[layout.goal] == Approx(0.99 / (1.0 - 0.99 * 0.99)).epsilon(1e-13));
  // At the sub-goal 4 steps from it, with none on the way: gamma^3/(1 - gamma^2).
  CHECK(optimum.values[layout.sub_goals.back()] == Approx(std::pow(0.99, 3) / (1.0 - 0.99 * 0.99)).epsilon(1e-13));
}

TEST_CASE("gradient descent from the uniform policy descends and reaches the goal, softmax and escort") {
  // The suggested step, for the first 300 iterations: monotone. Ten times it, 4000 iterations: 99% of the way.
  for (const char* transform : {"softmax", "escort"}) {
    const Problem problem = make("four-room", {{"transform", transform}});
    Vector theta = problem.starts.front().x, gradient(theta.size());
    const double first = problem.objective->value(theta);
    double previous = first;
    for (int k = 0; k < 2500; ++k) {
      const double value = problem.objective->value_and_gradient(theta, gradient);
      REQUIRE(value <= previous);
      previous = value;
      theta.view() -= (k < 300 ? 1.0 : 10.0) * *problem.suggested_step * gradient.view();
    }
    INFO(transform);
    CHECK(previous < 0.05 * first);
  }
}

TEST_CASE("the network's derivatives equal those of its twin") {
  const Vector features{0.3, -1.0, 0.5, 0.8, -0.2, 1.1, -0.7, 0.4};  // 4 states of 2
  const auto smooth = autodiff(SmoothTwin{12}, 12);
  const NetworkPolicy network(std::make_shared<decltype(smooth)>(smooth), features, 2, 5);
  REQUIRE(network.dimension() == 5 * 3 + 3 * 6);
  const auto twin = autodiff(NetworkTwin{features, 2, 5, 3}, network.dimension());
  for (std::uint64_t trial = 0; trial < 20; ++trial) {
    RandomEngine engine = RandomSource(3).engine("network", trial);
    Vector w(33), v(33), gradient(33), twin_gradient(33), product(33), twin_product(33);
    fill_standard_normal(engine, w);
    fill_standard_normal(engine, v);
    CHECK(network.value_and_gradient(w, gradient) == Approx(twin.value_and_gradient(w, twin_gradient)).epsilon(1e-12));
    CHECK(network.value(w) == Approx(twin.value(w)).epsilon(1e-12));
    CHECK((gradient.view() - twin_gradient.view()).norm() <= 1e-12 * (1.0 + twin_gradient.view().norm()));
    network.hessian_vector_product(w, v, product);
    twin.hessian_vector_product(w, v, twin_product);
    CHECK((product.view() - twin_product.view()).norm() <= 1e-11 * (1.0 + twin_product.view().norm()));
  }
}

TEST_CASE("the network in the four rooms: right dimensions, right derivatives, a descending step") {
  for (const char* transform : {"softmax", "escort"}) {
    for (const char* features : {"one-hot", "coordinates"}) {
      const Problem problem =
          make("four-room", {{"policy", "network"}, {"features", features}, {"transform", transform}});
      const Index inputs = std::string(features) == "one-hot" ? 104 : 2;
      CHECK(problem.objective->dimension() == 64 * (inputs + 1) + 4 * 65);
      CHECK(problem.optimal_value == 0.0);
      // Along the segment to the step's end the network has kinks, so exactness is checked against differences over a
      // step so short that none of the 6656 pre-activations changes sign.
      Vector w = problem.starts.front().x, v(w.size()), gradient(w.size()), ahead(w.size()), product(w.size());
      RandomEngine engine = RandomSource(5).engine("direction");
      fill_standard_normal(engine, v);
      v.view() /= v.view().norm();
      const double h = 1e-7;
      Vector shifted = w;
      shifted.view() += h * v.view();
      const double value = problem.objective->value_and_gradient(w, gradient);
      const double value_ahead = problem.objective->value_and_gradient(shifted, ahead);
      problem.objective->hessian_vector_product(w, v, product);
      INFO(transform << ", " << features);
      CHECK((value_ahead - value) / h == Approx(gradient.view().dot(v.view())).epsilon(1e-4).margin(1e-5));
      CHECK(((ahead.view() - gradient.view()) / h - product.view()).norm() <= 1e-4 * (1.0 + product.view().norm()));
    }
  }
  const Problem problem = make("four-room", {{"policy", "network"}});
  Vector w = problem.starts.front().x, gradient(w.size());
  const double first = problem.objective->value(w);
  double previous = first;
  for (int k = 0; k < 400; ++k) {
    const double value = problem.objective->value_and_gradient(w, gradient);
    REQUIRE(value <= previous);
    previous = value;
    w.view() -= *problem.suggested_step * gradient.view();
  }
  CHECK(previous < 0.1 * first);
}

TEST_CASE("a problem over a process explains wrong parameters") {
  REQUIRE_THROWS_WITH(make("four-room", {{"policy", "table"}}),
                      "four-room: policy must be tabular or network, got 'table'");
  REQUIRE_THROWS_WITH(make("four-room", {{"policy", "network"}, {"features", "pixels"}}),
                      "four-room: features must be one-hot or coordinates, got 'pixels'");
  REQUIRE_THROWS_WITH(make("four-room", {{"policy", "network"}, {"start", "even"}}),
                      "four-room: start must be left out for a network, got 'even'");
  REQUIRE_THROWS_WITH(make("four-room", {{"initial_state", "104"}}),
                      "four-room: initial_state must be uniform or a state in [0, 104), got '104'");
  REQUIRE_THROWS_WITH(make("tabular-mdp", {{"transform", "sigmoid"}}),
                      "tabular-mdp: transform must be softmax or escort, got 'sigmoid'");
  REQUIRE_THROWS_WITH(make("tabular-mdp", {{"start", "corner"}}),
                      "tabular-mdp: start must be uniform or even, got 'corner'");
  REQUIRE_THROWS_WITH(make("tabular-mdp", {{"file", "nowhere.csv"}}),
                      "tabular-mdp: file must be readable, got 'nowhere.csv'");
  REQUIRE_THROWS_WITH(make("tabular-mdp", {{"file", "nowhere.csv"}, {"states", "3"}}),
                      "tabular-mdp: states must be left out with a file, got '3'");
  const auto landscape = std::make_shared<TabularPolicy>(random_process(3, 2, 2, 0.5, 0), TabularPolicyOptions{});
  REQUIRE_THROWS_WITH(NetworkPolicy(landscape, Vector(4), 1, 5),
                      "NetworkPolicy: the landscape's dimension must be a multiple of the number of states, 4, got 6");
  REQUIRE_THROWS_WITH(NetworkPolicy(landscape, Vector(3), 1, 0), "NetworkPolicy: hidden must be >= 1, got 0");
}
