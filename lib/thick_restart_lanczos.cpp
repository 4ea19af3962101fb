#include <perigee/lib/format.hpp>
#include <perigee/lib/lanczos_subspace.hpp>
#include <perigee/lib/oracle.hpp>
#include <perigee/lib/thick_restart_lanczos.hpp>
#include <perigee/lib/tridiagonal.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <stdexcept>
#include <string>

namespace perigee {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

Index wanted_in_all(const ThickRestartOptions& options) {
  return options.ends == SpectrumEnds::both ? 2 * options.wanted : options.wanted;
}

void check(Index dimension, const ThickRestartOptions& options) {
  const auto require = [](bool holds, const std::string& rule, double value) {
    if (!holds) throw std::invalid_argument("extreme_eigenpairs: " + rule + ", got " + format_number(value));
  };
  const Index all = wanted_in_all(options);
  require(dimension >= 0, "dimension >= 0", static_cast<double>(dimension));
  require(options.wanted >= 1, "wanted >= 1", static_cast<double>(options.wanted));
  // A further start needs room beside what is locked.
  require(options.basis_size >= 2 * all + 4, "basis_size >= " + std::to_string(2 * all + 4) + " for as many pairs",
          static_cast<double>(options.basis_size));
  require(options.max_products >= all + 1, "max_products >= " + std::to_string(all + 1) + " for as many pairs",
          static_cast<double>(options.max_products));
  require(options.accuracy > 0.0 && options.accuracy < 1.0, "accuracy in (0, 1)", options.accuracy);
  require(options.check_products >= 0, "check_products >= 0", static_cast<double>(options.check_products));
  require(options.failure_probability > 0.0 && options.failure_probability < 1.0, "failure_probability in (0, 1)",
          options.failure_probability);
}

// A Ritz pair of the whole basis: of a locked vector, or of the chain, which is what grew from the last random start.
struct Candidate {
  double value;
  double residual;
  std::size_t index;  // of the locked vector, or of the chain's pair
  bool is_locked;
};

class Search {
 public:
  Search(Index dimension, const SymmetricOperator& hessian, const RandomSource& random,
         const ThickRestartOptions& options)
      : options_(options), hessian_(hessian), engine_(random.engine("lanczos")), basis_(dimension) {
    if (options.ends != SpectrumEnds::largest) sides_.push_back(1.0);
    if (options.ends != SpectrumEnds::smallest) sides_.push_back(-1.0);
    bounds_.assign(sides_.size(), -infinity);
    wanted_ = static_cast<std::size_t>(std::min(options.wanted, dimension));
    capacity_ = static_cast<std::size_t>(std::min(options.basis_size, dimension));
    most_products_ = options.max_products - wanted_in_all(options);
  }

  ExtremeEigenpairs run();

 private:
  std::size_t size() const { return static_cast<std::size_t>(basis_.size()); }
  std::size_t chain_size() const { return size() - locked_values_.size(); }
  // Of all Ritz pairs of the basis, the outermost `count` on one side first; values multiplied by `side`.
  std::vector<Candidate> outermost(double side, std::size_t count) const;
  std::vector<Candidate> wanted_pairs() const;  // of all ends, each once
  std::vector<double> coefficients(const Candidate& candidate) const;
  double bound_of_chain(double side) const;

  void begin_chain();
  bool extend();
  void look();
  bool is_converged() const;
  bool has_news() const;
  bool is_check_over() const;
  void restart();
  void lock_wanted();
  ExtremeEigenpairs conclude();
  EigenpairsAtEnd end_pairs(double side, ExtremeEigenpairs& result);

  const ThickRestartOptions& options_;
  const SymmetricOperator& hessian_;
  RandomEngine engine_;
  LanczosSubspace basis_;  // the locked vectors, then the chain
  std::vector<double> sides_;
  std::size_t wanted_ = 0;
  std::size_t capacity_ = 0;
  Index most_products_ = 0;

  TridiagonalEigensolver solver_;  // of the chain's rows
  LanczosErrors errors_{};
  double tolerance_ = 0.0;
  bool is_closed_ = false;

  std::vector<double> locked_values_;
  std::vector<double> locked_residuals_;
  std::vector<double> given_up_;  // Ritz values of this chain
  double log_couplings_ = 0.0;    // sum over this chain's products
  Index start_dimension_ = 0;
  Index chain_products_ = 0;
  std::vector<double> bounds_;  // of the first chain, times its side
  Index products_ = 0;
  Index restarts_ = 0;
  Index starts_ = 0;
};

std::vector<Candidate> Search::outermost(double side, std::size_t count) const {
  std::vector<Candidate> all;
  for (std::size_t i = 0; i < locked_values_.size(); ++i) {
    all.push_back({side * locked_values_[i], locked_residuals_[i], i, true});
  }
  if (chain_size() > 0) {
    const TridiagonalEigenpairs& pairs = solver_.pairs();
    const std::size_t last = pairs.values.size() - 1;
    const double coupling = is_closed_ ? 0.0 : basis_.matrix().couplings.back();
    for (std::size_t i = 0; i < pairs.values.size(); ++i) {
      all.push_back({side * pairs.values[i], coupling * std::abs(pairs.component(last, i)), i, false});
    }
  }
  std::sort(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) { return a.value < b.value; });
  all.resize(std::min(count, all.size()));
  return all;
}

std::vector<Candidate> Search::wanted_pairs() const {
  std::vector<Candidate> pairs;
  for (const double side : sides_) {
    for (const Candidate& candidate : outermost(side, wanted_)) {
      const bool is_known = std::any_of(pairs.begin(), pairs.end(), [&](const Candidate& other) {
        return other.index == candidate.index && other.is_locked == candidate.is_locked;
      });
      if (!is_known)
        pairs.push_back({side * candidate.value, candidate.residual, candidate.index, candidate.is_locked});
    }
  }
  return pairs;
}

std::vector<double> Search::coefficients(const Candidate& candidate) const {
  std::vector<double> result(size(), 0.0);
  if (candidate.is_locked) {
    result[candidate.index] = 1.0;
  } else {
    for (std::size_t j = 0; j < chain_size(); ++j) {
      result[locked_values_.size() + j] = solver_.pairs().component(j, candidate.index);
    }
  }
  return result;
}

// Times `side`. What other chains found or missed plays no part; errors are subtracted.
double Search::bound_of_chain(double side) const {
  const std::vector<double>& present = solver_.pairs().values;
  const double outermost_value = side > 0.0 ? present.front() : -present.back();
  if (errors_.scale == 0.0) return outermost_value;
  // The probability is divided among the ends as well.
  const double log_ends = sides_.size() == 2 ? std::numbers::ln2 : 0.0;
  const double wanted =
      std::log(options_.failure_probability) - log_ends + log_share(static_cast<std::size_t>(starts_));
  const auto is_reached = [&](double gap) {
    const double t = outermost_value - gap;
    double log_polynomial = -log_couplings_;
    for (const std::vector<double>* roots : {&given_up_, &present}) {
      for (const double root : *roots) {
        if (!(side * root > t)) return false;
        log_polynomial += std::log(side * root - t);
      }
    }
    return log_missing_probability(start_dimension_, log_polynomial) <= wanted;
  };
  double neglected = 0.0;
  for (const double residual : locked_residuals_) neglected = std::hypot(neglected, residual);
  const double growth =
      std::sqrt(static_cast<double>(std::max<Index>(products_ / std::max<Index>(basis_.size(), 1), 1)));
  return outermost_value - least_gap(errors_.scale, is_reached) - growth * errors_.all_values - neglected;
}

void Search::begin_chain() {
  start_dimension_ = basis_.dimension() - basis_.size();
  basis_.start_block(engine_);
  given_up_.clear();
  log_couplings_ = 0.0;
  chain_products_ = 0;
  is_closed_ = false;
  ++starts_;
}

bool Search::extend() {
  ++products_;
  ++chain_products_;
  if (!basis_.extend(hessian_)) return false;
  errors_ = lanczos_errors(basis_, 0.0, options_.product_error);
  tolerance_ = options_.accuracy * errors_.scale + errors_.single;
  const double coupling = basis_.matrix().couplings.back();
  is_closed_ = basis_.spans_whole_space() || coupling <= errors_.breakdown;
  // A smaller coupling would only raise |p|, and with it the bound.
  log_couplings_ += std::log(std::max({coupling, errors_.breakdown, std::numeric_limits<double>::min()}));
  return true;
}

void Search::look() {
  const TridiagonalMatrix matrix = basis_.matrix();
  solver_.solve(matrix.diagonal.subspan(locked_values_.size()), matrix.couplings.subspan(locked_values_.size()));
}

bool Search::is_converged() const {
  for (const double side : sides_) {
    const std::vector<Candidate> pairs = outermost(side, wanted_);
    if (pairs.size() < wanted_) return false;
    for (const Candidate& pair : pairs) {
      if (!(pair.residual <= tolerance_)) return false;
    }
  }
  return true;
}

// Whether this chain brought one of the wanted pairs: nearer to the end than the last one locked, by more than errors.
bool Search::has_news() const {
  for (const double side : sides_) {
    std::vector<double> locked;
    for (const double value : locked_values_) locked.push_back(side * value);
    if (locked.size() < wanted_) return true;
    std::sort(locked.begin(), locked.end());
    const double outermost_value = side > 0.0 ? solver_.pairs().values.front() : -solver_.pairs().values.back();
    if (outermost_value < locked[wanted_ - 1] - tolerance_) return true;
  }
  return false;
}

// Of a chain without news: whether it has an answer at each end, a bound or a pair that has converged.
bool Search::is_check_over() const {
  if (chain_products_ >= options_.check_products) return true;
  for (const double side : sides_) {
    const std::vector<Candidate> outer = outermost(side, size());
    const auto of_chain = std::find_if(outer.begin(), outer.end(), [](const Candidate& c) { return !c.is_locked; });
    if (of_chain->residual > tolerance_ && bound_of_chain(side) <= outer[wanted_ - 1].value) return false;
  }
  return true;
}

// The chain shrinks to the Ritz vectors next to the ends, turned so that T is tridiagonal and its last row alone is
// coupled to what comes next.
void Search::restart() {
  const TridiagonalEigenpairs& pairs = solver_.pairs();
  const std::size_t k = chain_size();
  const std::size_t locked = locked_values_.size();
  // Two thirds are kept: fewer products than with a half or less, measured; more would restart too often.
  const std::size_t kept_count = std::min(std::max(2 * k / 3, sides_.size() * wanted_), k - 2);
  const std::size_t kept_above = sides_.size() == 2 ? kept_count / 2 : (sides_.front() < 0.0 ? kept_count : 0);
  std::vector<std::size_t> kept(kept_count);
  for (std::size_t i = 0; i < kept_count; ++i) kept[i] = i < kept_count - kept_above ? i : k - kept_count + i;
  for (std::size_t i = kept_count - kept_above; i < k - kept_above; ++i) given_up_.push_back(pairs.values[i]);

  const double closing = basis_.matrix().couplings.back();
  const auto dimension = static_cast<Index>(kept_count);
  Vector arrow(dimension);
  for (std::size_t i = 0; i < kept_count; ++i) arrow[static_cast<Index>(i)] = pairs.component(k - 1, kept[i]);
  const double length = euclidean_norm(arrow);
  const SymmetricOperator ritz_values = [&](ConstVectorView v, VectorView product) {
    for (Index i = 0; i < dimension; ++i) product[i] = pairs.values[kept[static_cast<std::size_t>(i)]] * v[i];
  };
  LanczosSubspace turned(dimension);
  if (length > 0.0) {
    turned.start(arrow, length);
  } else {
    turned.begin(engine_);
  }
  while (turned.extend(ritz_values) && !turned.spans_whole_space()) {
    if (turned.is_closed()) turned.start_block(engine_);
  }

  const std::size_t new_size = locked + kept_count;
  const TridiagonalMatrix turned_matrix = turned.matrix();
  std::vector<double> combinations(new_size * size(), 0.0);
  std::vector<double> diagonal(new_size);
  std::vector<double> couplings(new_size - 1, 0.0);
  for (std::size_t i = 0; i < locked; ++i) {
    combinations[i * size() + i] = 1.0;
    diagonal[i] = locked_values_[i];
  }
  Vector column(dimension);
  std::vector<double> unit(kept_count, 0.0);
  for (std::size_t i = 0; i < kept_count; ++i) {
    const std::size_t place = kept_count - 1 - i;  // the last vector first
    unit.assign(kept_count, 0.0);
    unit[i] = 1.0;
    turned.combine(unit, column);
    double* target = combinations.data() + (locked + place) * size() + locked;
    for (std::size_t kept_pair = 0; kept_pair < kept_count; ++kept_pair) {
      const double share = column[static_cast<Index>(kept_pair)];
      for (std::size_t j = 0; j < k; ++j) target[j] += share * pairs.component(j, kept[kept_pair]);
    }
    diagonal[locked + place] = turned_matrix.diagonal[i];
    if (place > 0) couplings[locked + place - 1] = turned_matrix.couplings[i];
  }
  basis_.compress(combinations, diagonal, couplings, closing * length, locked);
  ++restarts_;
}

// What is wanted so far stays; the next chain starts in the orthogonal complement of it.
void Search::lock_wanted() {
  if (starts_ == 1) {
    for (std::size_t i = 0; i < sides_.size(); ++i) bounds_[i] = bound_of_chain(sides_[i]);
  }
  const std::vector<Candidate> pairs = wanted_pairs();
  std::vector<double> combinations;
  std::vector<double> values;
  std::vector<double> residuals;
  for (const Candidate& pair : pairs) {
    const std::vector<double> column = coefficients(pair);
    combinations.insert(combinations.end(), column.begin(), column.end());
    values.push_back(pair.value);
    residuals.push_back(pair.residual);
  }
  basis_.compress(combinations, values, std::vector<double>(values.size(), 0.0), 0.0, values.size());
  locked_values_ = values;
  locked_residuals_ = residuals;
}

EigenpairsAtEnd Search::end_pairs(double side, ExtremeEigenpairs& result) {
  EigenpairsAtEnd end;
  const std::vector<Candidate> outer = outermost(side, size());
  for (std::size_t i = 0; i < std::min(wanted_, outer.size()); ++i) {
    Eigenpair pair;
    pair.vector = Vector(basis_.dimension());
    basis_.combine(coefficients(outer[i]), pair.vector);
    pair.vector.view() /= euclidean_norm(pair.vector);
    Vector product(basis_.dimension());
    hessian_(pair.vector, product);
    ++products_;
    pair.value = pair.vector.view().dot(product.view());
    product.view() -= pair.value * pair.vector.view();
    pair.residual = euclidean_norm(product);
    pair.is_converged = pair.residual <= tolerance_;
    if (!std::isfinite(pair.residual)) result.is_finite = false;
    end.pairs.push_back(std::move(pair));
  }
  std::sort(end.pairs.begin(), end.pairs.end(),
            [side](const Eigenpair& a, const Eigenpair& b) { return side * a.value < side * b.value; });

  const double outermost_value = outer.front().value - errors_.all_values;
  double bound = starts_ == 1 ? bound_of_chain(side) : bounds_[side == sides_.front() ? 0 : 1];
  double others = -infinity;
  if (starts_ > 1 && locked_values_.size() >= wanted_) {
    others = bound_of_chain(side);
    for (std::size_t i = wanted_; i < outer.size(); ++i) {
      if (outer[i].is_locked) others = std::min(others, outer[i].value - outer[i].residual);
    }
  }
  if (basis_.spans_whole_space()) {
    bound = outermost_value;
    others = outer.size() > wanted_ ? outer[wanted_].value - errors_.all_values : infinity;
  }
  end.bound = side * std::min(bound, outermost_value);
  end.others_bound = side * others;
  return end;
}

ExtremeEigenpairs Search::conclude() {
  ExtremeEigenpairs result;
  result.is_decided = true;
  for (const double side : sides_) {
    EigenpairsAtEnd& end = side > 0.0 ? result.smallest : result.largest;
    end = end_pairs(side, result);
    result.is_decided = result.is_decided && end.pairs.size() == wanted_ &&
                        std::all_of(end.pairs.begin(), end.pairs.end(), [](const auto& p) { return p.is_converged; });
  }
  result.error = errors_.single;
  result.products = products_;
  result.restarts = restarts_;
  result.starts = starts_;
  result.is_exhaustive = basis_.spans_whole_space();
  return result;
}

ExtremeEigenpairs nothing_known(Index products) {
  ExtremeEigenpairs result;
  result.smallest.bound = result.smallest.others_bound = -infinity;
  result.largest.bound = result.largest.others_bound = infinity;
  result.error = infinity;
  result.products = products;
  result.is_finite = false;
  return result;
}

ExtremeEigenpairs Search::run() {
  const bool wants_whole_space =
      static_cast<std::size_t>(basis_.dimension()) == capacity_ && most_products_ >= basis_.dimension();
  begin_chain();
  Index next_look = 1;
  for (;;) {
    if (!extend()) return nothing_known(products_);
    if (wants_whole_space && !basis_.spans_whole_space()) {
      if (is_closed_) basis_.start_block(engine_);
      continue;
    }
    const bool is_last = products_ >= most_products_ || basis_.spans_whole_space();
    const bool is_full = size() == capacity_;
    if (!is_last && !is_full && !is_closed_ && chain_products_ < next_look) continue;
    next_look = chain_products_ + 1 + std::min<Index>(chain_products_ / 5, 3);
    look();
    if (is_last) break;
    if (is_closed_ || is_converged()) {
      const bool is_found = is_converged();
      if (is_found && (options_.check_products == 0 || !has_news())) {
        if (options_.check_products == 0 || is_check_over()) break;
      } else {
        lock_wanted();
        begin_chain();
        next_look = 1;
        continue;
      }
    }
    if (is_full) restart();
  }
  ExtremeEigenpairs result = conclude();
  if (!result.is_finite) return nothing_known(products_);
  return result;
}

}  // namespace

ExtremeEigenpairs extreme_eigenpairs(Index dimension, const SymmetricOperator& hessian, const RandomSource& random,
                                     const ThickRestartOptions& options) {
  check(dimension, options);
  if (dimension == 0) {
    ExtremeEigenpairs empty;
    empty.is_exhaustive = empty.is_decided = true;
    empty.smallest.bound = empty.smallest.others_bound = infinity;
    empty.largest.bound = empty.largest.others_bound = -infinity;
    return empty;
  }
  return Search(dimension, hessian, random, options).run();
}

}  // namespace perigee
