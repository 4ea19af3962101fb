#include <perigee/diagnostics/segmentation.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace perigee {

namespace {

constexpr std::size_t fewest_points = 12;
constexpr double most_nodes = 200.0;
constexpr std::size_t shortest_piece = 3;  // nodes: a line through two says nothing
const double slight_change = std::log(1.25);
constexpr double least_noise = 0.01;  // 1% of the excess: finer structure is of no interest

struct Node {
  std::size_t first = 0;  // points of the curve
  std::size_t last = 0;
  double u = 0.0;
  double z = 0.0;
  double noise = least_noise;
};

std::vector<Node> gather(const std::vector<double>& u, const std::vector<double>& z) {
  const double width = std::max((u.back() - u.front()) / most_nodes, 1e-12);
  std::vector<Node> nodes;
  for (std::size_t first = 0; first < u.size();) {
    const double bin = std::floor((u[first] - u.front()) / width);
    std::size_t end = first + 1;
    while (end < u.size() && std::floor((u[end] - u.front()) / width) == bin) ++end;
    const auto begin = z.begin() + static_cast<std::ptrdiff_t>(first);
    Node node;
    node.first = first;
    node.last = end - 1;
    node.u = 0.5 * (u[first] + u[end - 1]);
    node.z = median_of({begin, begin + static_cast<std::ptrdiff_t>(end - first)});
    nodes.push_back(node);
    first = end;
  }
  return nodes;
}

// A single outlying node is a spike, not a change of course. Monotone stretches pass unchanged.
void remove_spikes(std::vector<Node>& nodes) {
  std::vector<double> z;
  for (const Node& node : nodes) z.push_back(node.z);
  for (std::size_t i = 1; i + 1 < nodes.size(); ++i) nodes[i].z = median_of({z[i - 1], z[i], z[i + 1]});
}

void estimate_noise(std::vector<Node>& nodes, double correlation) {
  constexpr std::size_t reach = 10;
  std::vector<double> deviations(nodes.size(), 0.0);
  for (std::size_t i = 1; i + 1 < nodes.size(); ++i) {
    const double weight = (nodes[i].u - nodes[i - 1].u) / (nodes[i + 1].u - nodes[i - 1].u);
    const double between = (1.0 - weight) * nodes[i - 1].z + weight * nodes[i + 1].z;
    // Variance of a node minus the interpolation of its neighbours: 1 + w^2 + (1 - w)^2 times that of a node.
    deviations[i] = std::abs(nodes[i].z - between) / std::sqrt(1.0 + weight * weight + (1.0 - weight) * (1.0 - weight));
  }
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const std::size_t low = std::clamp<std::size_t>(i < reach ? 0 : i - reach, 1, nodes.size() - 2);
    const std::size_t high = std::min(nodes.size() - 2, std::max(i + reach, 2 * reach));
    const auto begin = deviations.begin();
    const double median = median_of(
        {begin + static_cast<std::ptrdiff_t>(low), begin + static_cast<std::ptrdiff_t>(std::max(low, high) + 1)});
    // With correlation r between neighbouring nodes that variance is 3/2 - 2 r + r^2/2 (w = 1/2) instead of 3/2, and
    // (1 + r)/(1 - r) nodes are worth one that is independent.
    const double r = std::pow(correlation, static_cast<double>(nodes[i].last - nodes[i].first + 1));
    const double correction = 1.5 / (1.5 - 2.0 * r + 0.5 * r * r) * (1.0 + r) / (1.0 - r);
    nodes[i].noise = std::max(least_noise, std::sqrt(correction) * median / 0.6745);
  }
}

// Residual sum of squares of the weighted least-squares line through nodes first..last plus its penalty, or the same
// of a level, whichever is less; in O(1) from prefix sums.
class PieceCost {
 public:
  explicit PieceCost(const std::vector<Node>& nodes)
      : penalty_(2.0 * std::log(static_cast<double>(nodes.size()))),
        origin_u_(nodes.front().u),
        origin_z_(nodes.front().z) {
    sums_.resize(nodes.size() + 1);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const double weight = 1.0 / (nodes[i].noise * nodes[i].noise);
      const double u = nodes[i].u - origin_u_;
      const double z = nodes[i].z - origin_z_;
      const Sums& before = sums_[i];
      sums_[i + 1] = {before.w + weight,          before.u + weight * u,      before.z + weight * z,
                      before.uu + weight * u * u, before.uz + weight * u * z, before.zz + weight * z * z};
    }
  }
  double operator()(std::size_t first, std::size_t last) const {
    const Sums& a = sums_[first];
    const Sums& b = sums_[last + 1];
    const double w = b.w - a.w;
    const double u = b.u - a.u;
    const double z = b.z - a.z;
    const double uu = b.uu - a.uu - u * u / w;
    const double uz = b.uz - a.uz - u * z / w;
    const double zz = b.zz - a.zz - z * z / w;
    const double line = std::max(0.0, uu > 0.0 ? zz - uz * uz / uu : zz) + 3.0 * penalty_;
    return std::min(line, std::max(0.0, zz) + 2.0 * penalty_);
  }

 private:
  struct Sums {
    double w = 0.0, u = 0.0, z = 0.0, uu = 0.0, uz = 0.0, zz = 0.0;
  };
  double penalty_;  // of a parameter
  double origin_u_;
  double origin_z_;
  std::vector<Sums> sums_;
};

// Ends (exclusive, in nodes) of the optimal pieces.
std::vector<std::size_t> optimal_ends(const std::vector<Node>& nodes) {
  const PieceCost cost(nodes);
  const std::size_t m = nodes.size();
  std::vector<double> best(m + 1, std::numeric_limits<double>::infinity());
  std::vector<std::size_t> previous(m + 1, 0);
  best[0] = 0.0;
  for (std::size_t end = shortest_piece; end <= m; ++end) {
    for (std::size_t start = 0; start + shortest_piece <= end; ++start) {
      const double total = best[start] + cost(start, end - 1);
      if (total < best[end]) {
        best[end] = total;
        previous[end] = start;
      }
    }
  }
  std::vector<std::size_t> ends;
  for (std::size_t end = m; end > 0; end = previous[end]) ends.push_back(end);
  std::reverse(ends.begin(), ends.end());
  return ends;
}

TrendTest test_points(const std::vector<double>& u, const std::vector<double>& z, std::size_t first, std::size_t last,
                      double tolerance) {
  const std::size_t count = last - first + 1;
  return test_trend(std::span(u).subspan(first, count), std::span(z).subspan(first, count), tolerance);
}

}  // namespace

std::vector<Segment> segment_curve(const std::vector<double>& log_time, const std::vector<double>& log_excess,
                                   double tolerance) {
  if (log_time.size() < fewest_points) return {};
  std::vector<Node> nodes = gather(log_time, log_excess);
  if (nodes.size() < 2 * shortest_piece) return {};
  // The noise first: a running median leaves too little of it.
  estimate_noise(nodes, noise_of(log_excess).correlation);
  remove_spikes(nodes);

  const auto piece_of = [&](std::size_t first, std::size_t last) {
    return Segment{first, last, test_points(log_time, log_excess, first, last, tolerance)};
  };
  std::vector<Segment> segments;
  std::size_t start = 0;
  for (const std::size_t end : optimal_ends(nodes)) {
    segments.push_back(piece_of(nodes[start].first, nodes[end - 1].last));
    start = end;
  }

  // Noise may cut a still stretch into pieces too short to be decided, or put a slope between two of them: together
  // they may be still. A slope counts as that only if the excess changes by less than a fifth along it.
  const auto is_still_or_open = [](const Segment& segment) {
    return segment.test.trend == Trend::plateau || segment.test.trend == Trend::undetermined;
  };
  const auto is_slight = [&](const Segment& segment) {
    const double change = segment.test.exponent * (log_time[segment.last] - log_time[segment.first]);
    return is_still_or_open(segment) || std::abs(change) < slight_change;
  };
  const auto join_if_still = [&](std::size_t first, std::size_t last) {
    if (last >= segments.size() || !is_still_or_open(segments[first]) || !is_still_or_open(segments[last]))
      return false;
    for (std::size_t i = first; i <= last; ++i) {
      if (!is_slight(segments[i])) return false;
    }
    const Segment joined = piece_of(segments[first].first, segments[last].last);
    if (joined.test.trend != Trend::plateau) return false;
    const auto begin = segments.begin() + static_cast<std::ptrdiff_t>(first);
    *begin = joined;
    segments.erase(begin + 1, begin + static_cast<std::ptrdiff_t>(last - first + 1));
    return true;
  };
  for (std::size_t i = 0; i + 1 < segments.size();) {
    if (join_if_still(i, i + 1) || join_if_still(i, i + 2)) {
      i = i > 1 ? i - 2 : 0;  // the pieces before may now join, too
    } else {
      ++i;
    }
  }

  std::vector<Segment> result;
  for (const Segment& segment : segments) {
    if (result.empty() || result.back().test.trend != segment.test.trend) {
      result.push_back(segment);
      continue;
    }
    Segment joined = piece_of(result.back().first, segment.last);
    // A bent curve may fall all along and yet fit no single line.
    if (segment.test.trend != Trend::undetermined) joined.test.trend = segment.test.trend;
    result.back() = joined;
  }
  return result;
}

}  // namespace perigee
