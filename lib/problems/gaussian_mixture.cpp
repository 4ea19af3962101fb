#include <perigee/lib/problems/classification.hpp>
#include <perigee/lib/problems/differentiated.hpp>
#include <perigee/lib/problems/gaussian_mixture.hpp>
#include <perigee/lib/problems/generated.hpp>
#include <perigee/lib/problems/random_starts.hpp>

#include <cmath>
#include <utility>
#include <vector>

namespace perigee::problems {

namespace {

struct GaussianMixture {
  Index components, variables, samples;  // K, d, N
  Vector observations;                   // x_i, N x d
  Index dimension() const { return components * variables; }
  Index term_count() const { return samples; }

  template <class T>
  T add_term(Index term, const T* centres, T* gradient) const {
    using std::exp, std::log;
    const double* x = observations.data() + term * variables;
    std::vector<T> exponents(static_cast<std::size_t>(components), T(0.0));  // -|x - mu_k|^2/2
    for (Index k = 0; k < components; ++k) {
      for (Index j = 0; j < variables; ++j) {
        const T off = x[j] - centres[k * variables + j];
        exponents[static_cast<std::size_t>(k)] -= 0.5 * off * off;
      }
    }
    T largest = exponents[0];
    for (const T& exponent : exponents) largest = exponent > largest ? exponent : largest;
    T sum(0.0);
    for (const T& exponent : exponents) sum += exp(exponent - largest);
    const T log_sum = largest + log(sum);
    for (Index k = 0; k < components; ++k) {
      const T posterior = exp(exponents[static_cast<std::size_t>(k)] - log_sum);
      for (Index j = 0; j < variables; ++j) {
        gradient[k * variables + j] += posterior * (centres[k * variables + j] - x[j]);
      }
    }
    return std::log(static_cast<double>(components)) - log_sum;
  }
  template <class T>
  T add_common(const T*, T*) const {
    return T(0.0);
  }
};

// One centre between the first two clusters, two in the last: for K >= 3.
Vector two_on_one(const Vector& truth, Index components, Index d) {
  Vector centres(truth);
  centres[0] = 0.5 * (truth[0] + truth[d]);
  for (Index k = 1; k + 1 < components; ++k) centres[k * d] = truth[(k + 1) * d];
  centres[(components - 1) * d] += 1.0;
  return centres;
}

Problem make_gaussian_mixture(const Parameters& parameters) {
  const Index components = parameters.integer("components");
  const Index d = parameters.integer("dimension");
  const Index samples = parameters.integer("samples");
  const double separation = parameters.real("separation");
  check_data_size("gaussian-mixture", "samples x dimension", static_cast<double>(samples * d));
  const RandomSource random = random_source_of(parameters);
  Vector truth(components * d);
  for (Index k = 1; k < components; ++k) {
    const bool last = k + 1 == components;
    truth[k * d] = truth[(k - 1) * d] + separation * (last ? parameters.real("remoteness") : 1.0);
  }
  GaussianMixture formula{components, d, samples, normal_values(random, "samples", samples * d)};
  Vector mean(d);
  for (Index i = 0; i < samples; ++i) {
    double* x = formula.observations.data() + i * d;
    add_scaled(d, 1.0, truth.data() + i % components * d, x);
    add_scaled(d, 1.0 / static_cast<double>(samples), x, mean.data());
  }
  Vector coincident(components * d);
  for (Index k = 0; k < components; ++k) add_scaled(d, 1.0, mean.data(), coincident.data() + k * d);

  Problem problem;
  problem.name = "gaussian-mixture";
  problem.summary = "the centres of a mixture of unit Gaussians by maximum likelihood";
  problem.why_hard = "coinciding centres are a saddle, and from three centres on there are bad minima";
  problem.objective = std::make_shared<DifferentiatedSum<GaussianMixture>>(std::move(formula));
  Vector standard = normal_values(random, "start", components * d);
  standard.view() += coincident.view();
  problem.starts = {{"standard", standard}, {"coincident", coincident}, {"truth", truth}};
  if (components >= 3) problem.starts.push_back({"two-on-one", two_on_one(truth, components, d)});
  list_classified(problem, {coincident});
  // H = diag(mean of gamma_k) - (a positive semidefinite matrix) <= I: steps below 2 descend, however negative H is.
  problem.suggested_step = 1.0;
  problem.random_start = [coincident](RandomEngine& engine) {
    Vector x(coincident.size());
    fill_standard_normal(engine, x);
    x.view() += coincident.view();
    return x;
  };
  return problem;
}

}  // namespace

Entry gaussian_mixture() {
  return {
      .name = "gaussian-mixture",
      .family = "structured",
      .summary =
          "centres of a mixture of Gaussians: a saddle where they coincide, bad minima from three on; a finite sum",
      .parameters = {integer_parameter("components", "2", 1, 1000, "K"),
                     integer_parameter("dimension", "2", 1, 1000, "d"),
                     integer_parameter("samples", "300", 1, 1e6, "N, in turn from every centre"),
                     real_parameter("separation", "4", 0, 1e3, "between neighbouring centres, in standard deviations"),
                     real_parameter("remoteness", "1", 1, 1e3, "how many times farther the last centre is"),
                     seed_parameter()},
      .make = make_gaussian_mixture};
}

}  // namespace perigee::problems
