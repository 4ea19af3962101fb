#include <perigee/solvers/mirror_map.hpp>

#include <perigee/lib/call_text.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/oracle.hpp>
#include <perigee/lib/transforms/softmax.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace perigee::mirror_maps {

namespace {

bool is_positive(ConstVectorView x) {
  return std::all_of(x.begin(), x.end(), [](double element) { return element > 0.0 && std::isfinite(element); });
}

double norm_of_gradient(ConstVectorView, ConstVectorView gradient) { return euclidean_norm(gradient); }

void logarithms(ConstVectorView x, VectorView z) {
  for (Index i = 0; i < x.size(); ++i) z[i] = std::log(x[i]);
}

// grad of ||x||_p^2/2, with the norm taken out first: no power overflows, and none underflows that matters.
void p_norm_gradient(double p, ConstVectorView x, VectorView z) {
  const double largest = x.size() > 0 ? x.cwiseAbs().maxCoeff() : 0.0;
  if (!(largest > 0.0 && std::isfinite(largest))) {
    z = x;  // 0 leads to 0; what is not finite stays so
    return;
  }
  double sum = 0.0;
  for (const double element : x) sum += std::pow(std::abs(element) / largest, p);
  const double norm = std::pow(sum, 1.0 / p);  // ||x||_p/largest
  for (Index i = 0; i < x.size(); ++i) {
    const double magnitude = largest * norm * std::pow(std::abs(x[i]) / largest / norm, p - 1.0);
    z[i] = std::copysign(magnitude, x[i]);
  }
}

}  // namespace

MirrorMap euclidean() {
  return {.text = "euclidean",
          .to_dual = [](ConstVectorView x, VectorView z) { z = x; },
          .to_primal = [](VectorView z, VectorView x) { x = z; },
          .stationarity = norm_of_gradient,
          .measure = "||grad f||_2"};
}

MirrorMap simplex_entropy() {
  return {.text = "simplex-entropy",
          .to_dual = logarithms,
          .to_primal =
              [](VectorView z, VectorView x) {
                if (z.size() == 0) return;
                // The largest becomes 0: a drift common to all would swallow the digits of their differences.
                const double largest = z.maxCoeff();
                for (double& element : z) element -= largest;
                transforms::softmax(z, x);
              },
          .contains = [](ConstVectorView x) { return is_positive(x) && std::abs(x.sum() - 1.0) <= 1e-9; },
          .domain = "x > 0 and sum x = 1 within 1e-9",
          .stationarity =
              [](ConstVectorView x, ConstVectorView gradient) {
                const double least = gradient.size() > 0 ? gradient.minCoeff() : 0.0;
                double gap = 0.0;
                for (Index a = 0; a < x.size(); ++a) gap += x[a] * (gradient[a] - least);
                return gap;
              },
          .measure = "the gap max_y g'(x - y) over the simplex"};
}

MirrorMap orthant_entropy() {
  return {.text = "orthant-entropy",
          .to_dual = logarithms,
          .to_primal =
              [](VectorView z, VectorView x) {
                for (Index i = 0; i < z.size(); ++i) x[i] = std::exp(z[i]);
              },
          .contains = is_positive,
          .domain = "x > 0",
          .stationarity =
              [](ConstVectorView x, ConstVectorView gradient) {
                double largest = 0.0;
                for (Index i = 0; i < x.size(); ++i) largest = std::max(largest, std::abs(std::min(x[i], gradient[i])));
                return largest;
              },
          .measure = "max_i |min(x_i, g_i)|"};
}

MirrorMap p_norm(double p) {
  if (!(p > 1.0 && p <= 1000.0)) {
    throw std::invalid_argument("p-norm: p must be in (1, 1000], got " + format_number(p));
  }
  const double q = p / (p - 1.0);
  return {.text = "p-norm(p=" + format_exact(p) + ")",
          .to_dual = [p](ConstVectorView x, VectorView z) { p_norm_gradient(p, x, z); },
          .to_primal = [q](VectorView z, VectorView x) { p_norm_gradient(q, z, x); },
          .stationarity = norm_of_gradient,
          .measure = "||grad f||_2"};
}

MirrorMap parse(const std::string& text) {
  const CallText call(text);
  if (call.name() == "p-norm") {
    call.expect({"p"});
    return p_norm(call.number("p"));
  }
  for (const auto& make : {euclidean, simplex_entropy, orthant_entropy}) {
    MirrorMap map = make();
    if (map.text != call.name()) continue;
    if (!call.arguments().empty()) throw std::invalid_argument(map.text + ": takes no parameters, got '" + text + "'");
    return map;
  }
  throw std::invalid_argument(
      "mirror map: expected euclidean, simplex-entropy, orthant-entropy or p-norm(p=...); got '" + text + "'");
}

}  // namespace perigee::mirror_maps
