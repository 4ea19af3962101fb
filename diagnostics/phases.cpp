#include <perigee/diagnostics/phases.hpp>

#include <perigee/diagnostics/series.hpp>
#include <perigee/diagnostics/trend.hpp>

#include <algorithm>
#include <cmath>
#include <span>

namespace perigee {

namespace {

constexpr double short_gap = 0.05;  // of the shapes beside it
constexpr double nearly_half = 0.45;

std::size_t rank_of(const std::string& kind) {
  const std::vector<PhaseKind>& kinds = phase_kinds();
  const auto is_it = [&](const PhaseKind& entry) { return entry.kind == kind; };
  return static_cast<std::size_t>(std::find_if(kinds.begin(), kinds.end(), is_it) - kinds.begin());
}

bool is_shape(const std::string& kind) {
  return kind == "descent" || kind == "ascent" || kind == "plateau" || kind == "at-optimum";
}

bool is_minimum(const std::string& id) { return id == "converged-minimum" || id == "suboptimal-minimum"; }

// The kind of the phase that a finding speaks of; empty: it speaks of no phase of its own.
std::string kind_of(const Finding& finding) {
  const std::string& id = finding.id;
  if (is_minimum(id)) return "converged";
  if (id == "degenerate-stationary-point") return finding.severity == Severity::information ? "converged" : "stuck";
  if (id == "strict-saddle" || id == "local-maximum") return "stuck";
  if (id == "line-search-stall") return finding.severity == Severity::information ? "" : "stuck";
  for (const char* own :
       {"non-finite", "divergence", "gravity-well", "saddle-passage", "noise-floor", "rounding-floor"}) {
    if (id == own) return own;
  }
  if (id == "step-too-large") {
    const bool is_lasting = !std::isnan(evidence_value(finding.evidence, "step_times_curvature")) ||
                            !std::isnan(evidence_value(finding.evidence, "period"));
    if (is_lasting) return "oscillation";
  }
  return "";
}

// These looked at the second half of the records, which may begin one or two after the middle of the run.
bool starts_at_the_half(const std::string& kind) {
  return kind == "divergence" || kind == "oscillation" || kind == "noise-floor";
}

// Which findings explain a shape, the preferred first.
std::vector<std::string> causes_of(const std::string& kind) {
  if (kind == "plateau") {
    return {"gravity-well",   "saddle-passage",    "noise-floor",    "step-too-large",  "ill-conditioned-valley",
            "step-too-small", "line-search-stall", "rounding-floor", "softmax-damping", "plateau"};
  }
  if (kind == "descent") return {"softmax-damping", "step-too-small", "ill-conditioned-valley", "edge-of-stability"};
  if (kind == "ascent") return {"step-too-large", "derivative-mismatch"};
  return {};
}

// At least that share of `phase` lies in [first, last].
bool is_covered(const Phase& phase, Index first, Index last, double share = 0.5) {
  const Index shared = std::min(phase.last, last) - std::max(phase.first, first);
  return shared >= 0 && static_cast<double>(shared) >= share * static_cast<double>(phase.last - phase.first);
}

std::string cause_of(const Phase& shape, const Diagnosis& diagnosis) {
  for (const std::string& id : causes_of(shape.kind)) {
    for (const Finding& finding : diagnosis.findings) {
      if (finding.id == id && is_covered(shape, finding.first, finding.last)) return id;
    }
  }
  return "";
}

// The iteration of the lowest value, if the last one lies above it; else `otherwise`.
Index start_of_rise(const std::vector<StepRecord>& records, Index otherwise) {
  const StepRecord* lowest = nullptr;
  double last = not_measured;
  for (const StepRecord& record : records) {
    if (!std::isfinite(record.value)) continue;
    last = record.value;
    if (lowest == nullptr || record.value <= lowest->value) lowest = &record;
  }
  return lowest != nullptr && last > lowest->value ? lowest->iteration : otherwise;
}

// Shapes with their causes, and the stretches of findings. May overlap, and need not cover the run.
std::vector<Phase> stretches_of(const std::vector<StepRecord>& records, const Diagnosis& diagnosis) {
  const Index end = records.back().iteration;
  std::vector<Phase> stretches;
  std::vector<Phase> own;  // of findings
  for (const Finding& finding : diagnosis.findings) {
    const std::string kind = kind_of(finding);
    if (kind.empty()) continue;
    const Index first = kind == "divergence" ? start_of_rise(records, finding.first) : finding.first;
    own.push_back({kind, first, finding.last, finding.id});
  }
  for (Phase shape : diagnosis.phases) {
    for (Phase& phase : own) {
      if (starts_at_the_half(phase.kind) && is_covered(shape, phase.first, phase.last, nearly_half)) {
        phase.first = std::min(phase.first, shape.first);
      }
    }
    shape.cause = cause_of(shape, diagnosis);
    for (const Finding& finding : diagnosis.findings) {
      if (shape.kind != "plateau" || shape.last != end || !is_minimum(finding.id)) continue;
      shape.kind = "converged";
      shape.cause = finding.id;
    }
    stretches.push_back(std::move(shape));
  }
  stretches.insert(stretches.end(), own.begin(), own.end());
  return stretches;
}

struct Tile {
  std::string kind;  // empty: a gap
  std::string cause;
  std::size_t first = 0;  // records
  std::size_t last = 0;
};

std::size_t first_record_from(const std::vector<StepRecord>& records, Index iteration) {
  const auto is_before = [](const StepRecord& record, Index at) { return record.iteration < at; };
  return static_cast<std::size_t>(std::lower_bound(records.begin(), records.end(), iteration, is_before) -
                                  records.begin());
}

std::vector<Tile> paint(const std::vector<StepRecord>& records, std::vector<Phase> stretches) {
  // The lowest in rank first, so that the others paint over it; of equals the earlier wins.
  std::stable_sort(stretches.begin(), stretches.end(), [](const Phase& a, const Phase& b) {
    const std::size_t rank_a = rank_of(a.kind);
    const std::size_t rank_b = rank_of(b.kind);
    return rank_a != rank_b ? rank_a > rank_b : a.first > b.first;
  });
  constexpr std::size_t gap = static_cast<std::size_t>(-1);
  std::vector<std::size_t> owner(records.size(), gap);
  for (std::size_t s = 0; s < stretches.size(); ++s) {
    const std::size_t end = first_record_from(records, stretches[s].last + 1);
    for (std::size_t i = first_record_from(records, stretches[s].first); i < end; ++i) owner[i] = s;
  }
  std::vector<Tile> tiles;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const bool is_new = tiles.empty() || owner[i] != owner[i - 1];
    if (is_new && owner[i] == gap) tiles.push_back({"", "", i, i});
    if (is_new && owner[i] != gap) tiles.push_back({stretches[owner[i]].kind, stretches[owner[i]].cause, i, i});
    tiles.back().last = i;
  }
  return tiles;
}

std::vector<Tile> joined(const std::vector<Tile>& tiles) {
  std::vector<Tile> result;
  for (const Tile& tile : tiles) {
    if (!result.empty() && result.back().kind == tile.kind && result.back().cause == tile.cause) {
      result.back().last = tile.last;
    } else {
      result.push_back(tile);
    }
  }
  return result;
}

// "descent" if no value is above the one before it, from the record before the gap on.
std::string shape_of_gap(const std::vector<StepRecord>& records, const Tile& gap) {
  double before = not_measured;
  bool falls = false;
  bool rises = false;
  for (std::size_t i = gap.first > 0 ? gap.first - 1 : 0; i <= gap.last; ++i) {
    const double value = records[i].value;
    if (!std::isfinite(value)) continue;
    falls = falls || value < before;
    rises = rises || value > before;
    before = value;
  }
  if (falls == rises) return "undetermined";
  return falls ? "descent" : "ascent";
}

std::vector<Tile> without_gaps(const std::vector<StepRecord>& records, std::vector<Tile> tiles) {
  const auto length = [&](const Tile& tile) {
    return static_cast<double>(records[tile.last].iteration - records[tile.first].iteration);
  };
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    Tile& gap = tiles[i];
    if (!gap.kind.empty()) continue;
    const Tile* before = i > 0 && is_shape(tiles[i - 1].kind) ? &tiles[i - 1] : nullptr;
    const Tile* after = i + 1 < tiles.size() && is_shape(tiles[i + 1].kind) ? &tiles[i + 1] : nullptr;
    const Tile* longer = before;
    if (after != nullptr && (before == nullptr || length(*after) > length(*before))) longer = after;
    if (longer != nullptr && length(gap) <= short_gap * length(*longer)) {
      gap.kind = longer->kind;
      gap.cause = longer->cause;
    } else {
      gap.kind = shape_of_gap(records, gap);
    }
  }
  return joined(tiles);
}

class Curve {
 public:
  Curve(const Trajectory& trajectory, double tolerance)
      : values_(value_series(trajectory)),
        log_time_(log_time_of(values_)),
        log_excess_(log_excess_of(values_, value_bound(trajectory, values_))),
        tolerance_(tolerance) {}

  void add_exponent(Phase& phase) const {
    const auto begin = std::lower_bound(values_.time.begin(), values_.time.end(), static_cast<double>(phase.first));
    const auto end = std::upper_bound(begin, values_.time.end(), static_cast<double>(phase.last));
    const auto first = static_cast<std::size_t>(begin - values_.time.begin());
    const auto count = static_cast<std::size_t>(end - begin);
    if (count < 6) return;
    const TrendTest test = test_trend(std::span(log_time_).subspan(first, count),
                                      std::span(log_excess_).subspan(first, count), tolerance_);
    const std::string trend(phase.kind == "at-optimum" ? "plateau" : phase.kind);
    if (name_of(test.trend) != trend) return;  // its pieces differ too much for one exponent
    phase.evidence.push_back({"exponent", test.exponent, "1"});
    phase.evidence.push_back({"exponent_lower", test.lower, "1"});
    phase.evidence.push_back({"exponent_upper", test.upper, "1"});
  }

 private:
  Series values_;
  std::vector<double> log_time_;
  std::vector<double> log_excess_;
  double tolerance_;
};

Phase phase_of(const std::vector<StepRecord>& records, const Tile& tile) {
  Phase phase{tile.kind, records[tile.first].iteration, records[tile.last].iteration, tile.cause};
  double least = not_measured;
  double largest = not_measured;
  for (std::size_t i = tile.first; i <= tile.last; ++i) {
    least = std::fmin(least, records[i].gradient_norm);
    largest = std::fmax(largest, records[i].gradient_norm);
  }
  phase.evidence = {{"value_first", records[tile.first].value, "value"},
                    {"value_last", records[tile.last].value, "value"},
                    {"gradient_norm_least", least, "value per unit of x"},
                    {"gradient_norm_largest", largest, "value per unit of x"}};
  return phase;
}

}  // namespace

const std::vector<PhaseKind>& phase_kinds() {
  static const std::vector<PhaseKind> kinds{
      {"non-finite", "a value or a gradient norm is not a number, or infinite"},
      {"divergence", "the value or the gradient grows without bound"},
      {"oscillation", "the iterates jump to and fro because the step is too long"},
      {"stuck", "nothing moves, at a point that is no minimum or for want of an acceptable step"},
      {"converged", "at rest at a minimum, or at a flat point as good as one"},
      {"rounding-floor", "the steps no longer change the iterate in double precision"},
      {"gravity-well", "a policy is held near a suboptimal corner, or a class is not learnt"},
      {"saddle-passage", "slowed down near a saddle that was then left"},
      {"noise-floor", "the gradient noise, not the landscape, keeps the value up"},
      {"at-optimum", "the value is the known optimum or bound"},
      {"plateau", "the value stands still"},
      {"descent", "the value falls"},
      {"ascent", "the value rises"},
      {"undetermined", "too few records, or too much noise, to tell"},
  };
  return kinds;
}

void tile_phases(const DiagnosisInput& input, Diagnosis& diagnosis) {
  const std::vector<StepRecord>& records = input.trajectory.records;
  const std::vector<Tile> tiles = without_gaps(records, paint(records, stretches_of(records, diagnosis)));
  const Curve curve(input.trajectory, input.options.plateau.exponent);
  diagnosis.phases.clear();
  for (const Tile& tile : tiles) {
    Phase phase = phase_of(records, tile);
    if (is_shape(phase.kind)) curve.add_exponent(phase);
    diagnosis.phases.push_back(std::move(phase));
  }
}

}  // namespace perigee
