// Four rooms with one goal and four sub-goals: policy gradient is drawn to the sub-goals on its way.
//
//     #############      104 cells, numbered by rows from the top left. Actions: north, south, west, east (0 ... 3).
//     #.....#.....#      A step against a wall stays and pays 0. Entering G pays 1, entering a g pays 0.7, and both
//     #..g..#.....#      persist: step away and back to be paid again.
//     #...........#
//     #.....#..g..#      The optimum goes to G from everywhere and returns to it every second step if gamma is at
//     #.....#.....#      least 0.97033: from the sub-goal farthest away, 17 steps from G with two others on the way,
//     ##.####.....#      0.7 (gamma^7 + gamma^12) + gamma^16/(1 - gamma^2) then exceeds what turning back to it pays,
//     #.....###.###      0.7 gamma/(1 - gamma^2).
//     #.....#.....#      After the experiment of Mei et al. (2020), figure 5(b, c), whose cells are not printed: the
//     #..g..#..g..#      places of the goals are a choice.
//     #...........#
//     #.....#....G#
//     #############
#ifndef PERIGEE_LIB_PROBLEMS_FOUR_ROOM_HPP
#define PERIGEE_LIB_PROBLEMS_FOUR_ROOM_HPP

#include <perigee/lib/problems/markov_decision_process.hpp>
#include <perigee/lib/problems/registry.hpp>

#include <vector>

namespace perigee::problems {

/// Row and column in the layout, both counted from 0 with the wall.
struct Cell {
  Index row = 0;
  Index column = 0;
  bool operator==(const Cell&) const = default;
};

/// The cells in the order of the states, and where the goals are.
struct FourRoomLayout {
  std::vector<Cell> cells;
  Index goal = 0;                // a state
  std::vector<Index> sub_goals;  // states
};
const FourRoomLayout& four_room_layout();

/// Started uniformly among the cells. Throws std::invalid_argument unless discount is in [0, 1).
MarkovDecisionProcess four_room_process(double discount);

Entry four_room();  // "four-room"

}  // namespace perigee::problems

#endif
