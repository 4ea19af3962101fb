// What a project does that brings Perigee in by its sources, without the diagnostics: one run of one solver.
#include <perigee/lib/functional.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/solvers/gradient_descent.hpp>

#include <cmath>
#include <cstdio>

int main() {
  const auto parabola = perigee::functional(
      1, [](perigee::ConstVectorView x) { return 0.5 * x[0] * x[0]; },
      [](perigee::ConstVectorView x, perigee::VectorView gradient) { gradient[0] = x[0]; });
  const perigee::RunResult result = perigee::run(parabola, perigee::GradientDescent({.learning_rate = 0.5}), {1.0},
                                                 {.stop = perigee::gradient_tolerance(1e-6)});
  std::printf("%s\n", result.end.message.c_str());
  return std::abs(result.x[0]) <= 1e-6 ? 0 : 1;
}
