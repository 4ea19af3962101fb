#include <perigee/lib/problems/classification.hpp>
#include <perigee/lib/problems/deep_linear_network.hpp>
#include <perigee/lib/problems/differentiated.hpp>
#include <perigee/lib/problems/generated.hpp>
#include <perigee/lib/problems/random_starts.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

namespace perigee::problems {

namespace {

struct DeepLinearNetwork {
  std::vector<Index> widths;  // inputs, h, ..., h, outputs: N + 1 numbers
  Vector targets;             // s, length q

  Index depth() const { return static_cast<Index>(widths.size()) - 1; }
  Index width(Index layer) const { return widths[static_cast<std::size_t>(layer)]; }
  Index layer_size(Index layer) const { return width(layer) * width(layer + 1); }
  Index dimension() const {
    Index sum = 0;
    for (Index layer = 0; layer < depth(); ++layer) sum += layer_size(layer);
    return sum;
  }

  template <class T>
  T add_gradient(const T* x, T* gradient) const {
    const Index inputs = width(0);
    std::vector<const T*> weights;         // W of each layer
    std::vector<std::vector<T>> products;  // W_k ... W_1, before each layer and after the last
    products.emplace_back(static_cast<std::size_t>(inputs * inputs), T(0.0));
    for (Index i = 0; i < inputs; ++i) products[0][static_cast<std::size_t>(i * inputs + i)] = T(1.0);
    for (Index layer = 0; layer < depth(); ++layer) {
      weights.push_back(layer == 0 ? x : weights.back() + layer_size(layer - 1));
      const std::vector<T>& before = products.back();
      std::vector<T> after(static_cast<std::size_t>(width(layer + 1) * inputs), T(0.0));
      for (Index i = 0; i < width(layer + 1); ++i) {
        for (Index j = 0; j < width(layer); ++j) {
          add_scaled(inputs, weights.back()[i * width(layer) + j], before.data() + j * inputs,
                     after.data() + i * inputs);
        }
      }
      products.push_back(std::move(after));
    }
    std::vector<T> error = products.back();
    for (Index i = 0; i < targets.size(); ++i) error[static_cast<std::size_t>(i * inputs + i)] -= targets[i];
    const T value = 0.5 * inner(static_cast<Index>(error.size()), error.data(), error.data());
    for (Index layer = depth() - 1; layer >= 0; --layer) {
      const T* w = weights[static_cast<std::size_t>(layer)];
      T* slope = gradient + (w - x);
      const T* before = products[static_cast<std::size_t>(layer)].data();
      std::vector<T> earlier(static_cast<std::size_t>(width(layer) * inputs), T(0.0));  // W'error
      for (Index i = 0; i < width(layer + 1); ++i) {
        for (Index j = 0; j < width(layer); ++j) {
          slope[i * width(layer) + j] += inner(inputs, error.data() + i * inputs, before + j * inputs);
          add_scaled(inputs, w[i * width(layer) + j], error.data() + i * inputs, earlier.data() + j * inputs);
        }
      }
      error = std::move(earlier);
    }
    return value;
  }
};

// All layers diagonal, with the first `found` targets represented.
Vector diagonal_point(const DeepLinearNetwork& network, Index found) {
  Vector x(network.dimension());
  double* layer_start = x.data();
  for (Index layer = 0; layer < network.depth(); ++layer) {
    for (Index i = 0; i < found; ++i) {
      layer_start[i * network.width(layer) + i] =
          std::pow(network.targets[i], 1.0 / static_cast<double>(network.depth()));
    }
    layer_start += network.layer_size(layer);
  }
  return x;
}

void list_stationary_points(Problem& problem, const DeepLinearNetwork& network, Index rank) {
  const Index depth = network.depth();
  const Index q = network.targets.size();
  // A list of more than 1e7 numbers is thinned to its first and last points.
  const Index stride = (rank + 1) * network.dimension() <= 10'000'000 ? 1 : rank;
  for (Index found = depth == 1 ? rank : 0; found <= rank; found += stride) {
    const Index index = depth == 2 ? (network.width(1) - found) * (q - found) : 0;
    const StationaryType flat = depth == 1 ? StationaryType::minimum : StationaryType::degenerate;
    problem.stationary_points.push_back({diagonal_point(network, found),
                                         0.5 * network.targets.view().tail(q - found).squaredNorm(),
                                         type_of_index(index, network.dimension(), flat), index});
  }
}

Problem make_deep_linear_network(const Parameters& parameters) {
  const Index depth = parameters.integer("depth");
  const double largest = parameters.real("largest");
  const double smallest = parameters.real("smallest");
  if (!(smallest < largest)) {
    throw std::invalid_argument("deep-linear-network: smallest must be < largest = " + parameters.text("largest") +
                                ", got " + parameters.text("smallest"));
  }
  DeepLinearNetwork network;
  network.widths.assign(static_cast<std::size_t>(depth + 1), parameters.integer("width"));
  network.widths.front() = parameters.integer("inputs");
  network.widths.back() = parameters.integer("outputs");
  const Index q = std::min(network.widths.front(), network.widths.back());
  network.targets = falling_numbers(largest, smallest, q);
  const Index rank = depth == 1 ? q : std::min(q, parameters.integer("width"));

  Problem problem;
  problem.name = "deep-linear-network";
  problem.summary = "a linear network of N layers fitted to a diagonal matrix";
  problem.why_hard = "from three layers on, the saddles are plateaus without negative curvature";
  problem.objective = std::make_shared<Differentiated<DeepLinearNetwork>>(network);
  const Index n = network.dimension();
  const double scale = parameters.real("start_scale");
  const Vector minimum = diagonal_point(network, rank);
  problem.starts = {{"standard", normal_values(random_source_of(parameters), "start", n, scale)},
                    {"origin", Vector(n)}};
  if (rank > 1) problem.starts.push_back({"saddle", diagonal_point(network, rank - 1)});
  list_stationary_points(problem, network, rank);
  problem.optimal_value = problem.stationary_points.back().value;
  problem.suggested_step = step_by_curvature(*problem.objective, {problem.starts.front().x, minimum}) / 2.0;
  problem.random_start = normal_start(n, scale);
  return problem;
}

}  // namespace

Entry deep_linear_network() {
  return {.name = "deep-linear-network",
          .family = "structured",
          .summary = "linear layers: strict saddles at depth 2, degenerate ones from depth 3 on",
          .parameters = {integer_parameter("depth", "3", 1, 50, "N, the number of layers"),
                         integer_parameter("width", "4", 1, 1000, "h, of every hidden layer"),
                         integer_parameter("inputs", "3", 1, 1000, "columns of Y"),
                         integer_parameter("outputs", "3", 1, 1000, "rows of Y"),
                         real_parameter("largest", "1", 1e-6, 1e6, "s_1"),
                         real_parameter("smallest", "0.5", 1e-9, 1e6, "s_q, below largest; the others fall evenly"),
                         real_parameter("start_scale", "0.3", 1e-12, 10, "deviation of the standard start's elements"),
                         seed_parameter()},
          .make = make_deep_linear_network};
}

}  // namespace perigee::problems
