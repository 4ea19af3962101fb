// Batches of points and of gradient-descent runs, over the models of models-inl.hpp. Compiled once for each target: see
// kernel_table.cpp.
//
// Vectors of full width first, what is left one lane at a time. Every operation acts on each lane by itself and is
// rounded as IEEE 754 says, and the file is compiled without contraction, so that both ways give the same bits.

// A column of lanes in memory, one vector wide.
template <class D>
struct ColumnIn {
  HWY_INLINE hn::Vec<D> at(Index i) const { return hn::LoadU(D(), data + i * stride); }
  const double* data;
  Index stride;
};

template <class D>
struct ColumnOut {
  HWY_INLINE hn::Vec<D> at(Index i) const { return hn::LoadU(D(), data + i * stride); }
  HWY_INLINE void put(Index i, hn::Vec<D> v) const { hn::StoreU(v, D(), data + i * stride); }
  double* data;
  Index stride;
};

template <class Model>
double single_value(const Model& model, const double* x) {
  using D = hn::CappedTag<double, 1>;
  double value = 0.0;
  hn::StoreU(value_of(D(), model, ColumnIn<D>{x, 1}), D(), &value);
  return value;
}

template <class D, class Model>
HWY_INLINE void evaluate_lanes(D d, const Model& model, const ConstColumns& x, double* values, const Columns& gradients,
                               Index lane) {
  const ColumnOut<D> g{gradients.data + lane, gradients.stride};
  hn::StoreU(evaluate(d, model, x.rows, ColumnIn<D>{x.data + lane, x.stride}, g), d, values + lane);
}

template <class Model>
void value_and_gradient(const Model& model, const ConstColumns& x, double* values, const Columns& gradients) {
  const hn::ScalableTag<double> wide;
  const Index width = static_cast<Index>(hn::Lanes(wide));
  Index lane = 0;
  for (; lane + width <= x.lanes; lane += width) evaluate_lanes(wide, model, x, values, gradients, lane);
  for (; lane < x.lanes; ++lane) evaluate_lanes(hn::CappedTag<double, 1>(), model, x, values, gradients, lane);
}

// A column of one vector of lanes, in registers as far as they go.
template <class D, Index count>
struct Held {
  HWY_INLINE const hn::Vec<D>& at(Index i) const { return rows[i]; }
  HWY_INLINE void put(Index i, hn::Vec<D> v) { rows[i] = v; }
  hn::Vec<D> rows[count];
};

// A vector of runs in flight.
template <class D, class Column>
struct Flight {
  Column x;
  Column g;
  Column next_x;
  Column next_g;
  hn::Vec<D> value;
  hn::Vec<D> squared_norm;
  hn::Vec<D> iteration;
  hn::Vec<D> escape;
  hn::Vec<D> end;
};

template <class D, class Rows, class Column>
HWY_INLINE hn::Vec<D> squared_norm(D d, Rows rows, const Column& g) {
  const Index count = rows;
  hn::Vec<D> sum = hn::Zero(d);
  PERIGEE_UNROLL
  for (Index i = 0; i < count; ++i) sum = hn::MulAdd(g.at(i), g.at(i), sum);
  return sum;
}

template <class D, class Rows, class Column>
HWY_INLINE void take_off(D d, Rows rows, const DescentLanes& lanes, Index lane, Flight<D, Column>& flight) {
  const Index count = rows;
  PERIGEE_UNROLL
  for (Index i = 0; i < count; ++i) {
    flight.x.put(i, hn::LoadU(d, lanes.x.data + i * lanes.x.stride + lane));
    flight.g.put(i, hn::LoadU(d, lanes.gradient.data + i * lanes.gradient.stride + lane));
  }
  flight.value = hn::LoadU(d, lanes.value + lane);
  flight.squared_norm = squared_norm(d, rows, flight.g);
  flight.iteration = hn::LoadU(d, lanes.iteration + lane);
  flight.escape = hn::LoadU(d, lanes.escape + lane);
  flight.end = hn::LoadU(d, lanes.end + lane);
}

template <class D, class Rows, class Column>
HWY_INLINE void land(D d, Rows rows, const Flight<D, Column>& flight, const DescentLanes& lanes, Index lane) {
  const Index count = rows;
  PERIGEE_UNROLL
  for (Index i = 0; i < count; ++i) {
    hn::StoreU(flight.x.at(i), d, lanes.x.data + i * lanes.x.stride + lane);
    hn::StoreU(flight.g.at(i), d, lanes.gradient.data + i * lanes.gradient.stride + lane);
  }
  hn::StoreU(flight.value, d, lanes.value + lane);
  hn::StoreU(flight.iteration, d, lanes.iteration + lane);
  hn::StoreU(flight.escape, d, lanes.escape + lane);
  hn::StoreU(flight.end, d, lanes.end + lane);
}

template <class D>
HWY_INLINE hn::Vec<D> code(D d, LaneEnd end) {
  return hn::Set(d, static_cast<double>(static_cast<int>(end)));
}

template <class D, class Rows, class Column>
HWY_INLINE hn::Mask<D> is_far(D d, const DescentRule& rule, Rows rows, const Flight<D, Column>& flight) {
  const Index count = rows;
  hn::Vec<D> sum = hn::Zero(d);
  PERIGEE_UNROLL
  for (Index i = 0; i < count; ++i) {
    const hn::Vec<D> difference = flight.x.at(i) - hn::Set(d, rule.escape_from[i]);
    sum = sum + difference * difference;
  }
  return hn::Gt(sum, hn::Set(d, rule.squared_escape_distance));
}

// Judges x_k: notes an escape and who has come to an end. Returns whether anyone still runs.
template <class D, class Rows, class Column>
HWY_INLINE bool judge(D d, const DescentRule& rule, Rows rows, Flight<D, Column>& flight) {
  const auto running = hn::Eq(flight.end, hn::Zero(d));
  const auto low = hn::And(running, hn::Le(flight.value, hn::Set(d, rule.escape_value)));
  auto leaves = hn::And(low, hn::IsNaN(flight.escape));
  if (rule.escape_from != nullptr && !hn::AllFalse(d, leaves)) leaves = hn::And(leaves, is_far(d, rule, rows, flight));
  flight.escape = hn::IfThenElse(leaves, flight.iteration, flight.escape);
  const auto flat = hn::Le(flight.squared_norm, hn::Set(d, rule.squared_tolerance));
  const auto done = hn::Le(flight.value, hn::Set(d, rule.stop_value));
  const auto spent = hn::Ge(flight.iteration, hn::Set(d, rule.max_iterations));
  const auto stops = hn::And(running, hn::Or(flat, hn::Or(done, spent)));
  if (HWY_LIKELY(hn::AllFalse(d, stops))) return !hn::AllFalse(d, running);
  const auto which =
      hn::IfThenElse(flat, code(d, LaneEnd::gradient_tolerance),
                     hn::IfThenElse(done, code(d, LaneEnd::stop_value), code(d, LaneEnd::max_iterations)));
  flight.end = hn::IfThenElse(stops, which, flight.end);
  return !hn::AllFalse(d, hn::Eq(flight.end, hn::Zero(d)));
}

// The next point and gradient take the place of the current ones.
template <class D, Index count>
HWY_INLINE void commit(Flight<D, Held<D, count>>& flight) {
  flight.x = flight.next_x;
  flight.g = flight.next_g;
}

template <class D>
HWY_INLINE void commit(Flight<D, ColumnOut<D>>& flight) {
  const ColumnOut<D> x = flight.x;
  const ColumnOut<D> g = flight.g;
  flight.x = flight.next_x;
  flight.g = flight.next_g;
  flight.next_x = x;
  flight.next_g = g;
}

// Proposes x_{k+1} beside x_k, checks it, and commits it where it is finite. A lane that has come to an end proposes
// where it is, and so stays as it is.
template <class D, class Model, class Rows, class Column>
HWY_INLINE void step(D d, const Model& model, const DescentRule& rule, Rows rows, Flight<D, Column>& flight) {
  using V = hn::Vec<D>;
  const Index count = rows;
  const V rate = hn::Set(d, rule.learning_rate);
  auto running = hn::Eq(flight.end, hn::Zero(d));
  PERIGEE_UNROLL
  for (Index i = 0; i < count; ++i) {
    const V x = flight.x.at(i);
    flight.next_x.put(i, hn::IfThenElse(running, x - rate * flight.g.at(i), x));
  }
  V value = evaluate(d, model, rows, flight.next_x, flight.next_g);
  V squared = squared_norm(d, rows, flight.next_g);
  const V most = hn::Set(d, 1.7976931348623157e308);
  const auto finite = hn::And(hn::Le(hn::Abs(value), most), hn::Le(squared, most));
  if (!HWY_LIKELY(hn::AllTrue(d, finite))) {
    flight.end = hn::IfThenElse(hn::AndNot(finite, running), code(d, LaneEnd::non_finite), flight.end);
    running = hn::And(running, finite);
    for (Index i = 0; i < count; ++i) {
      flight.next_x.put(i, hn::IfThenElse(finite, flight.next_x.at(i), flight.x.at(i)));
      flight.next_g.put(i, hn::IfThenElse(finite, flight.next_g.at(i), flight.g.at(i)));
    }
    value = hn::IfThenElse(finite, value, flight.value);
    squared = hn::IfThenElse(finite, squared, flight.squared_norm);
  }
  commit(flight);
  flight.value = value;
  flight.squared_norm = squared;
  flight.iteration = flight.iteration + hn::IfThenElseZero(running, hn::Set(d, 1.0));
}

// The columns of a flight with the rows in registers, or in `scratch` (4 rows of vectors).
template <class D, Index count>
HWY_INLINE Flight<D, Held<D, count>> flight_for(D d, Fixed<count>, double*) {
  Flight<D, Held<D, count>> flight;
  PERIGEE_UNROLL
  for (Index i = 0; i < count; ++i) flight.next_g.put(i, hn::Zero(d));
  return flight;
}

template <class D>
HWY_INLINE Flight<D, ColumnOut<D>> flight_for(D d, Index rows, double* scratch) {
  const Index width = static_cast<Index>(hn::Lanes(d));
  const Index size = rows * width;
  const hn::Vec<D> zero = hn::Zero(d);
  return {{scratch, width},
          {scratch + size, width},
          {scratch + 2 * size, width},
          {scratch + 3 * size, width},
          zero,
          zero,
          zero,
          zero,
          zero};
}

template <class D, class Model, class Rows>
HWY_INLINE void descend_one(D d, const Model& model, Rows rows, const DescentRule& rule, Index steps,
                            const DescentLanes& lanes, Index lane, double* scratch) {
  auto flight = flight_for(d, rows, scratch);
  take_off(d, rows, lanes, lane, flight);
  for (Index s = 0; s < steps && judge(d, rule, rows, flight); ++s) step(d, model, rule, rows, flight);
  land(d, rows, flight, lanes, lane);
}

// Two vectors side by side: a step of one waits for its own results most of the time, and the other fills the gaps.
template <class D, class Model, class Rows>
HWY_INLINE void descend_two(D d, const Model& model, Rows rows, const DescentRule& rule, Index steps,
                            const DescentLanes& lanes, Index lane, double* scratch) {
  const Index width = static_cast<Index>(hn::Lanes(d));
  auto first = flight_for(d, rows, scratch);
  auto second = flight_for(d, rows, scratch + 4 * lanes.x.rows * width);
  take_off(d, rows, lanes, lane, first);
  take_off(d, rows, lanes, lane + width, second);
  for (Index s = 0; s < steps; ++s) {
    const bool first_runs = judge(d, rule, rows, first);
    const bool second_runs = judge(d, rule, rows, second);
    if (!first_runs && !second_runs) break;
    step(d, model, rule, rows, first);
    step(d, model, rule, rows, second);
  }
  land(d, rows, first, lanes, lane);
  land(d, rows, second, lanes, lane + width);
}

template <class Model, class Rows>
void descend_rows(const Model& model, Rows rows, const DescentRule& rule, Index steps, const DescentLanes& lanes,
                  double* scratch) {
  const hn::ScalableTag<double> wide;
  const hn::CappedTag<double, 1> narrow;
  const Index width = static_cast<Index>(hn::Lanes(wide));
  Index lane = 0;
  for (; lane + 2 * width <= lanes.x.lanes; lane += 2 * width) {
    descend_two(wide, model, rows, rule, steps, lanes, lane, scratch);
  }
  for (; lane + width <= lanes.x.lanes; lane += width) {
    descend_one(wide, model, rows, rule, steps, lanes, lane, scratch);
  }
  for (; lane < lanes.x.lanes; ++lane) descend_one(narrow, model, rows, rule, steps, lanes, lane, scratch);
}

template <class Model>
void descend(const Model& model, const DescentRule& rule, Index steps, const DescentLanes& lanes) {
  constexpr Index small = 16;  // rows whose scratch storage fits on the stack
  double on_stack[8 * small * most_lanes];
  const Index rows = lanes.x.rows;
  if (rows == Model::common_count) {
    descend_rows(model, Fixed<Model::common_count>{}, rule, steps, lanes, on_stack);
  } else if (rows <= small) {
    descend_rows(model, rows, rule, steps, lanes, on_stack);
  } else {
    double* const scratch = new double[8 * static_cast<std::size_t>(rows) * most_lanes];
    descend_rows(model, rows, rule, steps, lanes, scratch);
    delete[] scratch;
  }
}
