#include <perigee/lib/problems/four_room.hpp>
#include <perigee/lib/problems/network_policy.hpp>
#include <perigee/lib/problems/policy_problem.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>

namespace perigee::problems {

namespace {

constexpr std::array<std::string_view, 13> layout{"#############",  //
                                                  "#.....#.....#",  //
                                                  "#..g..#.....#",  //
                                                  "#...........#",  //
                                                  "#.....#..g..#",  //
                                                  "#.....#.....#",  //
                                                  "##.####.....#",  //
                                                  "#.....###.###",  //
                                                  "#.....#.....#",  //
                                                  "#..g..#..g..#",  //
                                                  "#...........#",  //
                                                  "#.....#....G#",  //
                                                  "#############"};
constexpr double goal_reward = 1.0;
constexpr double sub_goal_reward = 0.7;

char tile(const Cell& cell) {
  return layout[static_cast<std::size_t>(cell.row)][static_cast<std::size_t>(cell.column)];
}

FourRoomLayout read_layout() {
  FourRoomLayout read;
  for (Index row = 0; row < 13; ++row) {
    for (Index column = 0; column < 13; ++column) {
      const char here = tile({row, column});
      if (here == '#') continue;
      const auto state = static_cast<Index>(read.cells.size());
      if (here == 'G') read.goal = state;
      if (here == 'g') read.sub_goals.push_back(state);
      read.cells.push_back({row, column});
    }
  }
  return read;
}

}  // namespace

const FourRoomLayout& four_room_layout() {
  static const FourRoomLayout read = read_layout();
  return read;
}

MarkovDecisionProcess four_room_process(double discount) {
  const std::vector<Cell>& cells = four_room_layout().cells;
  const auto count = static_cast<Index>(cells.size());
  MarkovDecisionProcessOptions options{.states = count, .actions = 4, .discount = discount};
  options.initial.assign(cells.size(), 1.0 / static_cast<double>(count));
  for (const Cell& cell : cells) {
    const std::array<Cell, 4> neighbours{{{cell.row - 1, cell.column},
                                          {cell.row + 1, cell.column},
                                          {cell.row, cell.column - 1},
                                          {cell.row, cell.column + 1}}};
    for (const Cell& neighbour : neighbours) {
      const char there = tile(neighbour);
      options.rewards.push_back(there == 'G' ? goal_reward : (there == 'g' ? sub_goal_reward : 0.0));
      const auto next = std::find(cells.begin(), cells.end(), there == '#' ? cell : neighbour);
      options.successors.push_back({{static_cast<Index>(next - cells.begin()), 1.0}});
    }
  }
  return MarkovDecisionProcess(std::move(options));
}

namespace {

// One-hot: the identity, so that every state has a column of weights of its own. Coordinates: row and column in [-1,
// 1].
Vector features_of(const std::string& kind) {
  const std::vector<Cell>& cells = four_room_layout().cells;
  const auto count = static_cast<Index>(cells.size());
  if (kind == "one-hot") {
    Vector features(count * count);
    for (Index s = 0; s < count; ++s) features[s * count + s] = 1.0;
    return features;
  }
  if (kind != "coordinates") {
    throw std::invalid_argument("four-room: features must be one-hot or coordinates, got '" + kind + "'");
  }
  Vector features(2 * count);
  for (Index s = 0; s < count; ++s) {
    const Cell& cell = cells[static_cast<std::size_t>(s)];
    features[2 * s] = static_cast<double>(cell.row - 6) / 5.0;
    features[2 * s + 1] = static_cast<double>(cell.column - 6) / 5.0;
  }
  return features;
}

void put_network_before(Problem& problem, const Parameters& parameters) {
  if (parameters.is_changed("start")) {
    throw std::invalid_argument("four-room: start must be left out for a network, got '" + parameters.text("start") +
                                "'");
  }
  const Vector features = features_of(parameters.text("features"));
  const Index feature_count = features.size() / static_cast<Index>(four_room_layout().cells.size());
  const auto network =
      std::make_shared<NetworkPolicy>(problem.objective, features, feature_count, parameters.integer("hidden"));
  problem.objective = network;
  RandomEngine engine =
      RandomSource(static_cast<std::uint64_t>(parameters.integer("instance"))).engine("network-weights");
  problem.starts = {{"random-weights", network->random_weights(engine)}};
  problem.random_start = [network](RandomEngine& source) { return network->random_weights(source); };
  problem.stationary_points.clear();
  problem.gradient_lipschitz.reset();
  // Measured: with coordinates, or an escort whose outputs cross zero, no useful fixed step descends at every
  // iteration.
  if (parameters.text("features") != "one-hot" || parameters.text("transform") != "softmax") {
    problem.suggested_step.reset();
  }
}

Problem make_four_room(const Parameters& parameters) {
  const std::string& kind = parameters.text("policy");
  if (kind != "tabular" && kind != "network") {
    throw std::invalid_argument("four-room: policy must be tabular or network, got '" + kind + "'");
  }
  const TabularPolicyOptions options = policy_options("four-room", parameters);
  const MarkovDecisionProcess process =
      started_as_told("four-room", four_room_process(parameters.real("discount")), parameters);
  Problem problem = policy_problem("four-room", parameters, std::make_shared<TabularPolicy>(process, options));
  problem.summary = "a policy in four rooms with a goal and four lesser goals";
  problem.why_hard =
      "lesser goals are nearer than the goal, and a policy that has learnt to return to one of them hardly ever sees "
      "anything else";
  if (kind == "network") put_network_before(problem, parameters);
  return problem;
}

}  // namespace

Entry four_room() {
  std::vector<ParameterDescription> parameters{
      {.name = "policy",
       .kind = ParameterKind::text,
       .default_value = "tabular",
       .summary = "tabular, or network: one hidden layer of rectified linear units"},
      {.name = "hidden",
       .kind = ParameterKind::integer,
       .default_value = "64",
       .least = 1,
       .greatest = 10000,
       .summary = "hidden units of a network"},
      {.name = "features",
       .kind = ParameterKind::text,
       .default_value = "one-hot",
       .summary = "what a network sees of a cell: one-hot or coordinates"},
      {.name = "instance",
       .kind = ParameterKind::integer,
       .default_value = "1",
       .least = 0,
       .greatest = 1e9,
       .summary = "the seed of a network's first weights"},
      discount_parameter("0.99"),
      initial_state_parameter()};
  for (ParameterDescription& parameter : policy_parameters()) parameters.push_back(std::move(parameter));
  return {.name = "four-room",
          .family = "policies",
          .summary = "four rooms with a goal and four lesser goals (Mei et al. 2020)",
          .parameters = parameters,
          .make = make_four_room};
}

}  // namespace perigee::problems
