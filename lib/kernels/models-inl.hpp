// The models' values and gradients, one point a lane. The formulas and their sources stand in the headers of the
// problems, lib/problems/; here as there, small differences are formed before they are weighted. Compiled once for each
// target: see kernel_table.cpp. `x.at(i)` reads row i, `g.put(i, v)` writes it, `g.at(i)` reads it back.

// f of the lanes, one by one: for what has no vector kernel.
template <class D>
HWY_INLINE hn::Vec<D> each_lane(D d, double (*function)(double), hn::Vec<D> x) {
  double lanes[most_lanes];
  hn::StoreU(x, d, lanes);
  for (std::size_t lane = 0; lane < hn::Lanes(d); ++lane) lanes[lane] = function(lanes[lane]);
  return hn::LoadU(d, lanes);
}

// --- softmax bandit -----------------------------------------------------------------------------------------------

// Of a softmax or an escort policy, relative to its most probable arm m; the sums are not normalized.
template <class D>
struct PolicyWeights {
  hn::Vec<D> largest;    // theta_m, or ||theta||_inf of an escort
  hn::Vec<D> reward;     // r_m
  hn::Vec<D> sum;        // of the weights w_a
  hn::Vec<D> regret;     // sum_a w_a (r* - r_a)
  hn::Vec<D> shortfall;  // sum_a w_a (r_m - r_a)
};

template <class D, class Rows, class In, class Out>
HWY_INLINE PolicyWeights<D> softmax_weights(D d, const SoftmaxBanditModel& model, Rows rows, const In& x,
                                            Out& weights) {
  const Index count = rows;
  using V = hn::Vec<D>;
  V largest = x.at(0);
  PERIGEE_UNROLL
  for (Index a = 1; a < count; ++a) largest = hn::Max(largest, x.at(a));
  V reward = hn::Set(d, model.rewards[count - 1]);
  PERIGEE_UNROLL
  for (Index a = count - 1; a > 0; --a) {
    reward = hn::IfThenElse(hn::Eq(x.at(a - 1), largest), hn::Set(d, model.rewards[a - 1]), reward);
  }
  V smallest = largest;
  PERIGEE_UNROLL
  for (Index a = 0; a < count; ++a) smallest = hn::Min(smallest, x.at(a));
  const bool safe = is_safe(d, smallest - largest);
  PolicyWeights<D> result{largest, reward, hn::Zero(d), hn::Zero(d), hn::Zero(d)};
  PERIGEE_UNROLL
  for (Index a = 0; a < count; ++a) {
    const V difference = x.at(a) - largest;
    const V weight = safe ? safe_exponential(d, difference) : exponential(d, difference);
    weights.put(a, weight);
    result.sum = result.sum + weight;
    result.regret = hn::MulAdd(weight, hn::Set(d, model.regrets[a]), result.regret);
    result.shortfall = hn::MulAdd(weight, reward - hn::Set(d, model.rewards[a]), result.shortfall);
  }
  return result;
}

template <class D, class In>
HWY_INLINE hn::Vec<D> value_of(D d, const SoftmaxBanditModel& model, const In& x) {
  const Nowhere nowhere;
  const PolicyWeights<D> weights = softmax_weights(d, model, model.count, x, nowhere);
  return weights.regret * (hn::Set(d, 1.0) / weights.sum);
}

template <class D, class Rows, class In, class Out>
HWY_INLINE hn::Vec<D> evaluate(D d, const SoftmaxBanditModel& model, Rows rows, const In& x, Out& g) {
  const Index count = rows;
  using V = hn::Vec<D>;
  const PolicyWeights<D> weights = softmax_weights(d, model, rows, x, g);
  const V share = hn::Set(d, 1.0) / weights.sum;
  const V shortfall = weights.shortfall * share;
  PERIGEE_UNROLL
  for (Index a = 0; a < count; ++a) {
    const V advantage = (weights.reward - hn::Set(d, model.rewards[a])) - shortfall;
    g.put(a, (g.at(a) * share) * advantage);
  }
  return weights.regret * share;
}

// --- softmax cross-entropy ----------------------------------------------------------------------------------------

template <class D>
struct LabelWeights {
  hn::Vec<D> largest;
  hn::Vec<D> others;  // sum_{a != y} of the weights, relative to the largest element
  hn::Vec<D> own;     // the label's weight
};

template <class D, class Rows, class In, class Out>
HWY_INLINE LabelWeights<D> label_weights(D d, const SoftmaxCrossEntropyModel& model, Rows rows, const In& x,
                                         Out& weights) {
  const Index count = rows;
  using V = hn::Vec<D>;
  V largest = x.at(0);
  PERIGEE_UNROLL
  for (Index a = 1; a < count; ++a) {
    largest = hn::IfThenElse(hn::Gt(x.at(a), largest), x.at(a), largest);
  }
  LabelWeights<D> result{largest, hn::Zero(d), exponential(d, x.at(model.label) - largest)};
  PERIGEE_UNROLL
  for (Index a = 0; a < count; ++a) {
    if (a == model.label) continue;
    const V weight = exponential(d, x.at(a) - largest);
    weights.put(a, weight);
    result.others = result.others + weight;
  }
  return result;
}

// log(1 + others) if the label leads; else its distance behind, and the log of the rest: nothing cancels.
template <class D, class In>
HWY_INLINE hn::Vec<D> label_loss(D d, const SoftmaxCrossEntropyModel& model, const In& x,
                                 const LabelWeights<D>& weights) {
  using V = hn::Vec<D>;
  const V behind = weights.largest - x.at(model.label);
  const auto leads = hn::Eq(behind, hn::Zero(d));
  if (hn::AllTrue(d, leads)) return each_lane(d, ::log1p, weights.others);
  const V trailing = behind + each_lane(d, ::log, weights.others + weights.own);
  return hn::IfThenElse(leads, each_lane(d, ::log1p, weights.others), trailing);
}

template <class D, class In>
HWY_INLINE hn::Vec<D> value_of(D d, const SoftmaxCrossEntropyModel& model, const In& x) {
  const Nowhere nowhere;
  return label_loss(d, model, x, label_weights(d, model, model.count, x, nowhere));
}

template <class D, class Rows, class In, class Out>
HWY_INLINE hn::Vec<D> evaluate(D d, const SoftmaxCrossEntropyModel& model, Rows rows, const In& x, Out& g) {
  const Index count = rows;
  using V = hn::Vec<D>;
  const LabelWeights<D> weights = label_weights(d, model, rows, x, g);
  const V share = hn::Set(d, 1.0) / (weights.others + weights.own);
  PERIGEE_UNROLL
  for (Index a = 0; a < count; ++a) {
    if (a != model.label) g.put(a, g.at(a) * share);
  }
  g.put(model.label, hn::Zero(d) - weights.others * share);
  return label_loss(d, model, x, weights);
}

// --- the escort transform -----------------------------------------------------------------------------------------

// u^(p-1) for u >= 0: the small whole powers by multiplication, the others lane by lane.
template <class D>
HWY_INLINE hn::Vec<D> power_below(D d, hn::Vec<D> u, double p) {
  if (p == 2.0) return u;
  if (p == 1.0) return hn::IfThenElse(hn::IsNaN(u), u, hn::Set(d, 1.0));
  if (p == 3.0) return u * u;
  if (p == 4.0) return (u * u) * u;
  double lanes[most_lanes];
  hn::StoreU(u, d, lanes);
  for (std::size_t lane = 0; lane < hn::Lanes(d); ++lane) lanes[lane] = ::pow(lanes[lane], p - 1.0);
  return hn::LoadU(d, lanes);
}

// ||theta||_inf; NaN if there is a NaN.
template <class D, class Rows, class In>
HWY_INLINE hn::Vec<D> largest_magnitude(D, Rows rows, const In& x) {
  const Index count = rows;
  using V = hn::Vec<D>;
  V largest = hn::Abs(x.at(0));
  PERIGEE_UNROLL
  for (Index a = 1; a < count; ++a) {
    const V magnitude = hn::Abs(x.at(a));
    largest = hn::IfThenElse(hn::Or(hn::Gt(magnitude, largest), hn::IsNaN(magnitude)), magnitude, largest);
  }
  return largest;
}

// sign(x) magnitude, and 0 where u is: there the other factors may be infinite.
template <class D>
HWY_INLINE hn::Vec<D> signed_or_zero(D d, hn::Vec<D> u, hn::Vec<D> slope, hn::Vec<D> x) {
  const hn::Vec<D> sign = hn::CopySign(hn::Set(d, 1.0), x);
  return hn::IfThenElse(hn::Eq(u, hn::Zero(d)), hn::Zero(d), sign * slope);
}

// --- escort bandit ------------------------------------------------------------------------------------------------

// Writes u^(p-1).
template <class D, class Rows, class In, class Out>
HWY_INLINE PolicyWeights<D> escort_weights(D d, const EscortBanditModel& model, Rows rows, const In& x, Out& powers) {
  const Index count = rows;
  using V = hn::Vec<D>;
  const V largest = largest_magnitude(d, rows, x);
  V reward = hn::Set(d, model.rewards[0]);
  V running = hn::Abs(x.at(0));
  PERIGEE_UNROLL
  for (Index a = 1; a < count; ++a) {
    const V magnitude = hn::Abs(x.at(a));
    reward = hn::IfThenElse(hn::Gt(magnitude, running), hn::Set(d, model.rewards[a]), reward);
    running = hn::IfThenElse(hn::Gt(magnitude, running), magnitude, running);
  }
  PolicyWeights<D> result{largest, reward, hn::Zero(d), hn::Zero(d), hn::Zero(d)};
  PERIGEE_UNROLL
  for (Index a = 0; a < count; ++a) {
    const V u = hn::Abs(x.at(a)) / largest;
    const V power = power_below(d, u, model.p);
    powers.put(a, power);
    const V weight = power * u;
    result.sum = result.sum + weight;
    result.regret = hn::MulAdd(weight, hn::Set(d, model.regrets[a]), result.regret);
    result.shortfall = hn::MulAdd(weight, reward - hn::Set(d, model.rewards[a]), result.shortfall);
  }
  return result;
}

template <class D, class In>
HWY_INLINE hn::Vec<D> value_of(D d, const EscortBanditModel& model, const In& x) {
  const Nowhere nowhere;
  const PolicyWeights<D> weights = escort_weights(d, model, model.count, x, nowhere);
  return weights.regret / weights.sum;
}

template <class D, class Rows, class In, class Out>
HWY_INLINE hn::Vec<D> evaluate(D d, const EscortBanditModel& model, Rows rows, const In& x, Out& g) {
  const Index count = rows;
  using V = hn::Vec<D>;
  const PolicyWeights<D> weights = escort_weights(d, model, rows, x, g);
  const V shortfall = weights.shortfall / weights.sum;
  const V factor = hn::Set(d, model.p) / weights.sum / weights.largest;
  PERIGEE_UNROLL
  for (Index a = 0; a < count; ++a) {
    const V advantage = (weights.reward - hn::Set(d, model.rewards[a])) - shortfall;
    // u = 0 exactly where x is; NaN, as every u is at theta = 0, is carried on by `advantage`.
    const V slope = (g.at(a) * factor) * advantage;
    g.put(a, signed_or_zero(d, hn::Abs(x.at(a)) / weights.largest, slope, x.at(a)));
  }
  return weights.regret / weights.sum;
}

// --- escort cross-entropy -----------------------------------------------------------------------------------------

// Writes u^(p-1) of the other classes; `own` is u of the label.
template <class D, class Rows, class In, class Out>
HWY_INLINE LabelWeights<D> label_weights(D d, const EscortCrossEntropyModel& model, Rows rows, const In& x,
                                         Out& powers) {
  const Index count = rows;
  using V = hn::Vec<D>;
  const V largest = largest_magnitude(d, rows, x);
  LabelWeights<D> result{largest, hn::Zero(d), hn::Abs(x.at(model.label)) / largest};
  PERIGEE_UNROLL
  for (Index a = 0; a < count; ++a) {
    if (a == model.label) continue;
    const V u = hn::Abs(x.at(a)) / largest;
    const V power = power_below(d, u, model.p);
    powers.put(a, power);
    result.others = hn::MulAdd(power, u, result.others);
  }
  return result;
}

template <class D>
HWY_INLINE hn::Vec<D> label_loss(D d, const EscortCrossEntropyModel& model, const LabelWeights<D>& weights) {
  using V = hn::Vec<D>;
  const auto leads = hn::Eq(weights.own, hn::Set(d, 1.0));
  if (hn::AllTrue(d, leads)) return each_lane(d, ::log1p, weights.others);
  const V sum = hn::MulAdd(power_below(d, weights.own, model.p), weights.own, weights.others);
  const V trailing = each_lane(d, ::log, sum) - hn::Set(d, model.p) * each_lane(d, ::log, weights.own);
  return hn::IfThenElse(leads, each_lane(d, ::log1p, weights.others), trailing);
}

template <class D, class In>
HWY_INLINE hn::Vec<D> value_of(D d, const EscortCrossEntropyModel& model, const In& x) {
  const Nowhere nowhere;
  return label_loss(d, model, label_weights(d, model, model.count, x, nowhere));
}

template <class D, class Rows, class In, class Out>
HWY_INLINE hn::Vec<D> evaluate(D d, const EscortCrossEntropyModel& model, Rows rows, const In& x, Out& g) {
  const Index count = rows;
  using V = hn::Vec<D>;
  const LabelWeights<D> weights = label_weights(d, model, rows, x, g);
  const V sum = hn::MulAdd(power_below(d, weights.own, model.p), weights.own, weights.others);
  const V factor = hn::Set(d, model.p) / sum / weights.largest;
  PERIGEE_UNROLL
  for (Index a = 0; a < count; ++a) {
    if (a == model.label) continue;
    g.put(a, signed_or_zero(d, hn::Abs(x.at(a)) / weights.largest, g.at(a) * factor, x.at(a)));
  }
  const V own_slope = hn::Set(d, -model.p) * (weights.others / sum) / x.at(model.label);
  const auto alone = hn::Eq(weights.others, hn::Zero(d));
  g.put(model.label, hn::IfThenElse(alone, hn::Zero(d) * sum, own_slope));
  return label_loss(d, model, weights);
}

// --- low-dimensional landscapes: the operations of the single evaluations in their order, none of them fused ---------

template <class D, class Rows, class In, class Out>
HWY_INLINE hn::Vec<D> evaluate(D d, const CappedSaddleModel&, Rows, const In& x, Out& g) {
  using V = hn::Vec<D>;
  const V two = hn::Set(d, 2.0);
  const V first = x.at(0);
  const V second = x.at(1);
  const V x2 = first * first;
  const V y2 = second * second;
  g.put(0, first * (two + x2));
  g.put(1, second * (y2 - two));
  return (x2 - y2) + hn::Set(d, 0.25) * (x2 * x2 + y2 * y2);
}

template <class D>
struct OctopusProfile {
  hn::Vec<D> value;
  hn::Vec<D> slope;
};

template <class D>
HWY_INLINE OctopusProfile<D> octopus_profile(D d, const OctopusModel& model, hn::Vec<D> a) {
  using V = hn::Vec<D>;
  const V L = hn::Set(d, model.smoothness);
  const V off = a - hn::Set(d, 4.0 * model.tau);
  const V t = a - hn::Set(d, model.tau);
  const V cubic = hn::Set(d, model.cubic);
  const V quartic = hn::Set(d, model.quartic);
  const V concave = hn::Set(d, -model.curvature) * a * a;
  const V concave_slope = hn::Set(d, -2.0 * model.curvature) * a;
  const V bent = concave + t * t * t * (cubic + t * quartic);
  const V bent_slope = concave_slope + t * t * (hn::Set(d, 3.0) * cubic + t * hn::Set(d, 4.0) * quartic);
  const auto in_bowl = hn::Ge(a, hn::Set(d, 2.0 * model.tau));
  const auto in_saddle = hn::Le(a, hn::Set(d, model.tau));
  return {hn::IfThenElse(in_bowl, L * off * off - hn::Set(d, model.drop), hn::IfThenElse(in_saddle, concave, bent)),
          hn::IfThenElse(in_bowl, hn::Set(d, 2.0 * model.smoothness) * off,
                         hn::IfThenElse(in_saddle, concave_slope, bent_slope))};
}

template <class D, class Rows, class In, class Out>
HWY_INLINE hn::Vec<D> evaluate(D d, const OctopusModel& model, Rows rows, const In& x, Out& g) {
  const Index count = rows;
  using V = hn::Vec<D>;
  const V one = hn::Set(d, 1.0);
  const V L = hn::Set(d, model.smoothness);
  const V tau = hn::Set(d, model.tau);
  V open = one;
  V sum = hn::Zero(d);
  V a = hn::Abs(x.at(0));
  OctopusProfile<D> free = octopus_profile(d, model, a);
  PERIGEE_UNROLL
  for (Index i = 0; i < count; ++i) {
    const V s = (a - tau) / tau;
    const V rest = one - s;
    const auto shut = hn::Le(a, tau);
    const auto wide = hn::Ge(a, hn::Set(d, 2.0 * model.tau));
    const V passing = s * s * s * (hn::Set(d, 10.0) - s * (hn::Set(d, 15.0) - hn::Set(d, 6.0) * s));
    const V passing_slope = hn::Set(d, 30.0) * s * s * rest * rest / tau;
    const V gate = hn::IfThenElse(shut, hn::Zero(d), hn::IfThenElse(wide, one, passing));
    const V gate_slope = hn::IfThenElse(hn::Or(shut, wide), hn::Zero(d), passing_slope);
    sum = sum + ((one - open) * L * a * a + open * free.value);
    V slope = (one - open) * hn::Set(d, 2.0) * L * a + open * free.slope;
    const V here = x.at(i);
    if (i + 1 < count) {
      a = hn::Abs(x.at(i + 1));
      free = octopus_profile(d, model, a);
      const V pull = slope + gate_slope * (free.value - L * a * a);
      slope = hn::IfThenElse(hn::Eq(gate_slope, hn::Zero(d)), slope, pull);
    }
    g.put(i, hn::CopySign(one, here) * slope);
    open = gate;
  }
  return sum;
}

template <class D, class Model, class In>
HWY_INLINE hn::Vec<D> value_of(D d, const Model& model, const In& x) {
  const Nowhere nowhere;
  return evaluate(d, model, model.count, x, nowhere);
}
