// One question, "is there negative curvature?", put to Perigee and to two packaged eigen-solvers.
//
// 1e5 variables, a bulk |N(0, 1e-4^2)|, 20 outliers up to 1 and the eigenvalue -1e-3, or 0 in its place. Perigee
// decides the sign (with a probability of 1e-6 of missing -1e-3); the others are asked for the smallest eigenvalue with
// their own tolerance 1e-2, relative, and 20 vectors. Spectra and ARPACK take part where they are installed. Counters:
// products with the operator, vectors of length n held, and the value found; the label says what is known then.

#include <benchmark/benchmark.h>

#include <perigee/lib/sign_of_curvature.hpp>
#include <perigee/lib/three_term_lanczos.hpp>

#ifdef PERIGEE_BENCH_SPECTRA
#include <Spectra/SymEigsSolver.h>
#endif
#ifdef PERIGEE_BENCH_ARPACK
#include <arpack/arpack.h>
#endif

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace {

using perigee::ConstVectorView;
using perigee::Index;
using perigee::VectorView;

constexpr Index n = 100000;
constexpr Index most_products = 3000;

const std::vector<double>& eigenvalues(bool has_negative) {
  const auto make = [](double lowest) {
    std::vector<double> values(static_cast<std::size_t>(n));
    perigee::RandomEngine engine = perigee::RandomSource(11).engine("bulk");
    perigee::fill_standard_normal(engine, values);
    for (double& value : values) value = 1e-4 * std::abs(value);
    for (std::size_t i = 0; i < 20; ++i) values[i] = 0.05 * static_cast<double>(i + 1);
    values[20] = lowest;
    return values;
  };
  static const std::vector<double> saddle = make(-1e-3);
  static const std::vector<double> minimum = make(0.0);
  return has_negative ? saddle : minimum;
}

void multiply(const std::vector<double>& values, const double* v, double* product) {
  for (std::size_t i = 0; i < values.size(); ++i) product[i] = values[i] * v[i];
}

void report(benchmark::State& state, double products, double vectors, double value, const char* label) {
  state.counters["products"] = products;
  state.counters["vectors"] = vectors;
  state.counters["value"] = value;
  state.SetLabel(label);
}

void perigee_sign(benchmark::State& state) {
  const std::vector<double>& values = eigenvalues(state.range(0) != 0);
  std::uint64_t seed = 0;
  perigee::SignOfCurvature sign;
  double products = 0.0;
  for (auto _ : state) {
    perigee::ThreeTermLanczos lanczos(n);
    perigee::RandomEngine engine = perigee::RandomSource(seed++).engine("lanczos");
    sign = perigee::decide_sign(
        lanczos, [&](ConstVectorView v, VectorView product) { multiply(values, v.data(), product.data()); }, engine,
        {.curvature_tolerance = state.range(0) != 0 ? 1e-9 : 1e-3,
         .direction_accuracy = std::numeric_limits<double>::infinity()});
    products += static_cast<double>(sign.products);
  }
  const char* label = sign.verdict == perigee::CurvatureVerdict::negative       ? "negative, proven"
                      : sign.verdict == perigee::CurvatureVerdict::not_negative ? ">= -1e-3 with P >= 1 - 1e-6"
                                                                                : "undecided";
  report(state, products / static_cast<double>(seed), 3, sign.ritz_value, label);
}
BENCHMARK(perigee_sign)->Arg(1)->Arg(0)->Unit(benchmark::kMillisecond);

#ifdef PERIGEE_BENCH_SPECTRA
class SpectraOperator {
 public:
  using Scalar = double;
  SpectraOperator(const std::vector<double>& values, Index& products) : values_(values), products_(products) {}
  Index rows() const { return n; }
  Index cols() const { return n; }
  void perform_op(const double* v, double* product) const {
    ++products_;
    multiply(values_, v, product);
  }

 private:
  const std::vector<double>& values_;
  Index& products_;
};

void spectra_smallest(benchmark::State& state) {
  Index products = 0;
  double value = 0.0;
  bool is_found = false;
  for (auto _ : state) {
    products = 0;
    SpectraOperator op(eigenvalues(state.range(0) != 0), products);
    Spectra::SymEigsSolver<SpectraOperator> solver(op, 1, 20);
    solver.init();
    is_found = solver.compute(Spectra::SortRule::SmallestAlge, most_products / 20, 1e-2) > 0;
    value = is_found ? solver.eigenvalues()[0] : std::numeric_limits<double>::quiet_NaN();
  }
  report(state, static_cast<double>(products), 20, value, is_found ? "a value" : "nothing");
}
BENCHMARK(spectra_smallest)->Arg(1)->Arg(0)->Unit(benchmark::kMillisecond);
#endif

#ifdef PERIGEE_BENCH_ARPACK
void arpack_smallest(benchmark::State& state) {
  const std::vector<double>& values = eigenvalues(state.range(0) != 0);
  constexpr a_int size = static_cast<a_int>(n);
  constexpr a_int basis = 20;
  constexpr a_int work = basis * (basis + 8);
  std::vector<double> residual(static_cast<std::size_t>(n));
  std::vector<double> vectors(static_cast<std::size_t>(n) * basis);
  std::vector<double> three(static_cast<std::size_t>(3 * n));
  std::vector<double> small(work);
  Index products = 0;
  double value = 0.0;
  bool is_found = false;
  for (auto _ : state) {
    products = 0;
    a_int step = 0;
    a_int info = 0;
    a_int parameters[11] = {1, 0, static_cast<a_int>(most_products / 20), 1, 0, 0, 1, 0, 0, 0, 0};
    a_int pointers[14] = {};
    for (;;) {
      dsaupd_c(&step, "I", size, "SA", 1, 1e-2, residual.data(), basis, vectors.data(), size, parameters, pointers,
               three.data(), small.data(), work, &info);
      if (step != 1 && step != -1) break;
      ++products;
      multiply(values, three.data() + pointers[0] - 1, three.data() + pointers[1] - 1);
    }
    is_found = info == 0 && parameters[4] >= 1;
    value = std::numeric_limits<double>::quiet_NaN();
    if (!is_found) continue;
    a_int select[basis] = {};
    double found[basis] = {};
    dseupd_c(0, "A", select, found, nullptr, size, 0.0, "I", size, "SA", 1, 1e-2, residual.data(), basis,
             vectors.data(), size, parameters, pointers, three.data(), small.data(), work, &info);
    value = found[0];
  }
  report(state, static_cast<double>(products), 24, value, is_found ? "a value" : "nothing");
}
BENCHMARK(arpack_smallest)->Arg(1)->Arg(0)->Unit(benchmark::kMillisecond);
#endif

}  // namespace
