#include <perigee/lib/ensemble.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/oracle.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

namespace perigee {

namespace {

constexpr Index runs_in_block = 1024;
constexpr Index lanes_in_flight = 64;      // a whole number of vectors of any target
constexpr Index steps_between_looks = 64;  // at which ended lanes are replaced
// Whether all is cancelled is asked between looks, and of objectives without lanes, which may be slow, oftener.
constexpr Index steps_between_questions = 16;

void check(const EnsembleOptions& options, Index runs, Index dimension) {
  const auto require = [](bool holds, const std::string& rule, const std::string& got) {
    if (!holds) throw std::invalid_argument("run_ensemble: " + rule + ", got " + got);
  };
  require(runs >= 0, "runs must be >= 0", std::to_string(runs));
  require(options.learning_rate > 0.0 && std::isfinite(options.learning_rate), "learning_rate must be > 0 and finite",
          format_number(options.learning_rate));
  require(options.max_iterations >= 0, "max_iterations must be >= 0", std::to_string(options.max_iterations));
  require(!std::isnan(options.gradient_tolerance), "gradient_tolerance must be a number", "nan");
  require(options.escape_from.empty() || static_cast<Index>(options.escape_from.size()) == dimension,
          "escape_from must have the dimension's length, " + std::to_string(dimension) + ", or none",
          std::to_string(options.escape_from.size()));
  require(options.escape_distance >= 0.0, "escape_distance must be >= 0", format_number(options.escape_distance));
  require(options.threads >= 1, "threads must be >= 1", std::to_string(options.threads));
}

DescentRule rule_of(const EnsembleOptions& options) {
  const double tolerance = options.gradient_tolerance;
  return {options.learning_rate,
          static_cast<double>(options.max_iterations),
          tolerance < 0.0 ? -1.0 : tolerance * tolerance,
          options.escape_value,
          options.stop_value,
          options.escape_from.empty() ? nullptr : options.escape_from.data(),
          options.escape_distance * options.escape_distance};
}

// Any objective as a batch of one lane after the other.
class LaneByLane final : public BatchObjective {
 public:
  LaneByLane(const Objective& objective, const std::function<bool()>& cancelled)
      : objective_(objective), cancelled_(cancelled) {}

  void batch_value_and_gradient(ConstColumns x, double* values, Columns gradients) const override {
    Vector point(x.rows), gradient(x.rows);
    for (Index lane = 0; lane < x.lanes; ++lane) {
      for (Index i = 0; i < x.rows; ++i) point[i] = x.data[i * x.stride + lane];
      values[lane] = objective_.value_and_gradient(point, gradient);
      for (Index i = 0; i < x.rows; ++i) gradients.data[i * gradients.stride + lane] = gradient[i];
    }
  }

  void descend(const DescentRule& rule, Index steps, const DescentLanes& lanes) const override {
    const Index n = lanes.x.rows;
    Vector x(n), gradient(n), next(n), next_gradient(n);
    for (Index lane = 0; lane < lanes.x.lanes; ++lane) {
      if (is_cancelled()) return;
      for (Index i = 0; i < n; ++i) {
        x[i] = lanes.x.data[i * lanes.x.stride + lane];
        gradient[i] = lanes.gradient.data[i * lanes.gradient.stride + lane];
      }
      double squared = gradient.view().squaredNorm();
      for (Index s = 0; s < steps && judge(rule, lanes, lane, x, squared); ++s) {
        if (s % steps_between_questions == 0 && is_cancelled()) break;
        next.view() = x.view() - rule.learning_rate * gradient.view();
        const double value = objective_.value_and_gradient(next, next_gradient);
        const double next_squared = next_gradient.view().squaredNorm();
        if (!std::isfinite(value) || !std::isfinite(next_squared)) {
          lanes.end[lane] = static_cast<double>(LaneEnd::non_finite);
          break;
        }
        std::swap(x, next);
        std::swap(gradient, next_gradient);
        lanes.value[lane] = value;
        squared = next_squared;
        lanes.iteration[lane] += 1.0;
      }
      for (Index i = 0; i < n; ++i) {
        lanes.x.data[i * lanes.x.stride + lane] = x[i];
        lanes.gradient.data[i * lanes.gradient.stride + lane] = gradient[i];
      }
    }
  }

 private:
  bool is_cancelled() const { return cancelled_ && cancelled_(); }

  // Returns whether the lane runs on.
  static bool judge(const DescentRule& rule, const DescentLanes& lanes, Index lane, const Vector& x, double squared) {
    double& end = lanes.end[lane];
    if (end != 0.0) return false;
    const double value = lanes.value[lane];
    if (value <= rule.escape_value && std::isnan(lanes.escape[lane]) && is_far(rule, x)) {
      lanes.escape[lane] = lanes.iteration[lane];
    }
    LaneEnd decided = LaneEnd::running;
    if (lanes.iteration[lane] >= rule.max_iterations) decided = LaneEnd::max_iterations;
    if (value <= rule.stop_value) decided = LaneEnd::stop_value;
    if (squared <= rule.squared_tolerance) decided = LaneEnd::gradient_tolerance;
    end = static_cast<double>(decided);
    return decided == LaneEnd::running;
  }

  static bool is_far(const DescentRule& rule, const Vector& x) {
    return rule.escape_from == nullptr ||
           squared_distance(x, ConstVectorView(rule.escape_from, x.size())) > rule.squared_escape_distance;
  }

  const Objective& objective_;
  const std::function<bool()>& cancelled_;
};

// The lanes of one thread.
class Lanes {
 public:
  Lanes(const BatchObjective& batch, Index n, const StartFunction& start, const DescentRule& rule,
        const std::function<bool()>& cancelled)
      : batch_(batch),
        start_(start),
        rule_(rule),
        cancelled_(cancelled),
        n_(n),
        x_(n * lanes_in_flight),
        gradient_(n * lanes_in_flight),
        value_(lanes_in_flight),
        iteration_(lanes_in_flight),
        escape_(lanes_in_flight),
        end_(lanes_in_flight),
        point_(n) {}

  /// The runs first, ..., last - 1.
  void run(Index first, Index last, EnsembleResult& result) {
    next_ = first;
    Index active = 0;
    for (;;) {
      while (active < lanes_in_flight && next_ < last) active += board(active, next_++, result) ? 1 : 0;
      if (active == 0) return;
      batch_.descend(rule_, steps_between_looks, view(active));
      for (Index lane = 0; lane < active;) {
        if (end_[lane] == 0.0) {
          ++lane;
          continue;
        }
        leave(lane, result);
        move(--active, lane);  // the last lane takes the place of the one that ended
      }
      if (cancelled_ && cancelled_()) return;
    }
  }

 private:
  DescentLanes view(Index active) {
    return {{x_.data(), n_, active, lanes_in_flight},
            {gradient_.data(), n_, active, lanes_in_flight},
            value_.data(),
            iteration_.data(),
            escape_.data(),
            end_.data()};
  }

  // Puts a run at its start into a lane; returns whether it can run.
  bool board(Index lane, Index run, EnsembleResult& result) {
    start_(run, point_);
    for (Index i = 0; i < n_; ++i) x_[i * lanes_in_flight + lane] = point_[i];
    batch_.batch_value_and_gradient(ConstColumns(x_.data() + lane, n_, 1, lanes_in_flight), value_.data() + lane,
                                    {gradient_.data() + lane, n_, 1, lanes_in_flight});
    iteration_[lane] = 0.0;
    escape_[lane] = std::numeric_limits<double>::quiet_NaN();
    end_[lane] = 0.0;
    runs_[lane] = run;
    if (std::isfinite(value_[lane]) && std::isfinite(squared_norm(lane))) return true;
    end_[lane] = static_cast<double>(LaneEnd::non_finite);
    leave(lane, result);
    return false;
  }

  double squared_norm(Index lane) const {
    double sum = 0.0;
    for (Index i = 0; i < n_; ++i) sum += gradient_[i * lanes_in_flight + lane] * gradient_[i * lanes_in_flight + lane];
    return sum;
  }

  void leave(Index lane, EnsembleResult& result) {
    for (Index i = 0; i < n_; ++i) point_[i] = gradient_[i * lanes_in_flight + lane];
    const auto run = static_cast<std::size_t>(runs_[lane]);
    result.runs[run] = {static_cast<LaneEnd>(static_cast<int>(end_[lane])), static_cast<Index>(iteration_[lane]),
                        escape_[lane], value_[lane], euclidean_norm(point_)};
    if (result.final_points.empty()) return;
    double* const to = result.final_points.data() + run * static_cast<std::size_t>(n_);
    for (Index i = 0; i < n_; ++i) to[i] = x_[i * lanes_in_flight + lane];
  }

  void move(Index from, Index to) {
    for (Index i = 0; i < n_; ++i) {
      x_[i * lanes_in_flight + to] = x_[i * lanes_in_flight + from];
      gradient_[i * lanes_in_flight + to] = gradient_[i * lanes_in_flight + from];
    }
    value_[to] = value_[from];
    iteration_[to] = iteration_[from];
    escape_[to] = escape_[from];
    end_[to] = end_[from];
    runs_[to] = runs_[from];
  }

  const BatchObjective& batch_;
  const StartFunction& start_;
  const DescentRule& rule_;
  const std::function<bool()>& cancelled_;
  Index n_;
  Index next_ = 0;
  Vector x_, gradient_, value_, iteration_, escape_, end_;
  Index runs_[lanes_in_flight] = {};
  Vector point_;
};

}  // namespace

EnsembleResult run_ensemble(const Objective& objective, Index runs, const StartFunction& start,
                            const EnsembleOptions& options, EnsembleKeeps keeps) {
  check(options, runs, objective.dimension());
  if (!start) throw std::invalid_argument("run_ensemble: the start function must not be empty");
  const Index n = objective.dimension();
  const LaneByLane lane_by_lane(objective, options.cancelled);
  const auto* const offered = dynamic_cast<const BatchObjective*>(&objective);
  const BatchObjective& batch = offered != nullptr ? *offered : lane_by_lane;
  const DescentRule rule = rule_of(options);

  EnsembleResult result;
  result.runs.resize(static_cast<std::size_t>(runs));
  if (keeps == EnsembleKeeps::final_points) result.final_points.resize(static_cast<std::size_t>(runs * n));

  // Every block writes into places of its own; of several failures the one of the earliest block is thrown.
  const Index blocks = (runs + runs_in_block - 1) / runs_in_block;
  std::atomic<Index> next_block{0};
  std::mutex failure_mutex;
  std::exception_ptr failure;
  Index failed_block = blocks;
  const auto work = [&] {
    Lanes lanes(batch, n, start, rule, options.cancelled);
    for (Index block = next_block++; block < blocks; block = next_block++) {
      if (options.cancelled && options.cancelled()) return;
      try {
        lanes.run(block * runs_in_block, std::min(runs, (block + 1) * runs_in_block), result);
      } catch (...) {
        const std::scoped_lock lock(failure_mutex);
        if (block < failed_block) {
          failed_block = block;
          failure = std::current_exception();
        }
        next_block = blocks;
      }
    }
  };
  {
    std::vector<std::jthread> helpers;
    const auto wanted = static_cast<Index>(options.threads);
    for (Index t = 1; t < std::min(wanted, blocks); ++t) helpers.emplace_back(work);
    work();
  }
  if (failure) std::rethrow_exception(failure);
  return result;
}

double squared_distance(ConstVectorView a, ConstVectorView b) {
  double sum = 0.0;
  for (Index i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

std::string_view name_of(LaneEnd end) {
  switch (end) {
    case LaneEnd::running:
      return "running";
    case LaneEnd::gradient_tolerance:
      return "gradient-tolerance";
    case LaneEnd::stop_value:
      return "value-target";
    case LaneEnd::max_iterations:
      return "max-iterations";
    case LaneEnd::non_finite:
      return "non-finite";
  }
  return "";
}

}  // namespace perigee
