#include <perigee/solvers/entropy_sgd.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/solvers/entry_support.hpp>
#include <perigee/solvers/minibatch_stepper.hpp>
#include <perigee/solvers/parameter_checks.hpp>

#include <cmath>
#include <stdexcept>

namespace perigee {

namespace {

constexpr const char* self = "entropy-sgd";
constexpr ParameterChecks check_option{"EntropySgd"};

class EntropyStepper final : public MinibatchStepper {
 public:
  EntropyStepper(Oracle& oracle, ConstVectorView x0, const RandomSource& random, const EntropySgdOptions& options)
      : MinibatchStepper(oracle, x0, random, options.batch, self),
        options_(options),
        inner_(oracle.dimension()),
        mean_(oracle.dimension()),
        normals_(oracle.dimension()) {}

  StepStatus step() override {
    const Evaluation& from = pair_.current();
    const Index k = record_.iteration;
    const double scope = options_.scope * std::pow(1.0 + options_.scope_growth, static_cast<double>(k));
    if (!average_inner_points(scope)) return break_down();
    const double rate = options_.learning_rate(k, from.x());
    const double factor = options_.form == EntropyForm::paper ? rate * scope : rate;
    VectorView next = pair_.candidate().propose();
    next = from.x() - factor * (from.x() - mean_.view());
    if (!evaluate_candidate((k + 1) * options_.inner_iterations)) return break_down();
    return commit_candidate(not_measured);
  }

 private:
  // Leaves mu_L in mean_; false where an inner point is not finite.
  bool average_inner_points(double scope) {
    const ConstVectorView x = pair_.current().x();
    const double rate = options_.inner_rate;
    const double share = options_.averaging;
    const double deviation = options_.noise * std::sqrt(options_.form == EntropyForm::paper ? rate : 2.0 * rate);
    RandomEngine engine = random_.engine("entropy", static_cast<std::uint64_t>(record_.iteration));
    VectorView mean = mean_.view();
    VectorView noise = normals_.view();
    mean = x;
    inner_.propose() = x;
    for (Index j = 0; j < options_.inner_iterations; ++j) {
      if (j > 0) {
        batches_.evaluate(inner_, record_.iteration * options_.inner_iterations + j);
        if (!inner_.is_finite()) return false;
      }
      const double* gradient = j == 0 ? pair_.current().gradient().data() : inner_.gradient().data();
      fill_standard_normal(engine, noise);
      VectorView y = inner_.propose();
      for (Index i = 0; i < y.size(); ++i) {
        y[i] += deviation * noise[i] - rate * (gradient[i] + scope * (y[i] - x[i]));
        mean[i] += share * (y[i] - mean[i]);
      }
    }
    return true;
  }

  EntropySgdOptions options_;
  Evaluation inner_;  // y_j
  Vector mean_;       // mu_j
  Vector normals_;    // z_j
};

}  // namespace

std::string_view name_of(EntropyForm form) { return form == EntropyForm::paper ? "paper" : "published-code"; }

EntropyForm entropy_form_of(std::string_view name) {
  for (const EntropyForm form : {EntropyForm::paper, EntropyForm::published_code}) {
    if (name == name_of(form)) return form;
  }
  throw std::invalid_argument("form: must be paper or published-code, got '" + std::string(name) + "'");
}

EntropySgd::EntropySgd(EntropySgdOptions options) : options_(std::move(options)) {
  check(options_.batch, check_option.who);
  check_option.positive("inner_rate", options_.inner_rate);
  check_option.that(options_.inner_iterations >= 1, "inner_iterations must be >= 1",
                    static_cast<double>(options_.inner_iterations));
  check_option.that(options_.averaging > 0.0 && options_.averaging <= 1.0, "averaging must be in (0, 1]",
                    options_.averaging);
  check_option.that(options_.noise >= 0.0 && std::isfinite(options_.noise), "noise must be >= 0 and finite",
                    options_.noise);
  check_option.positive("scope", options_.scope);
  check_option.that(options_.scope_growth >= 0.0 && std::isfinite(options_.scope_growth),
                    "scope_growth must be >= 0 and finite", options_.scope_growth);
}

std::vector<std::pair<std::string, std::string>> EntropySgd::settings() const {
  std::vector<std::pair<std::string, std::string>> settings{
      {"learning_rate", options_.learning_rate.text()},
      {"inner_rate", format_exact(options_.inner_rate)},
      {"inner_iterations", std::to_string(options_.inner_iterations)},
      {"averaging", format_exact(options_.averaging)},
      {"noise", format_exact(options_.noise)},
      {"scope", format_exact(options_.scope)},
      {"scope_growth", format_exact(options_.scope_growth)}};
  for (auto& setting : settings_of(options_.batch)) settings.push_back(std::move(setting));
  settings.emplace_back("form", std::string(name_of(options_.form)));
  return settings;
}

std::unique_ptr<Stepper> EntropySgd::start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const {
  return std::make_unique<EntropyStepper>(oracle, x0, random, options_);
}

}  // namespace perigee

namespace perigee::solvers {

Entry entropy_sgd() {
  const double largest = std::numeric_limits<double>::max();
  return {
      .name = self,
      .family = "stochastic",
      .summary = "descent on the local entropy by inner Langevin loops: prefers wide valleys (Chaudhari et al. 2017)",
      .parameters =
          {text("learning_rate", "",
                "eta of the outer step: a number or a schedule; default: paper the problem's suggested step, or else "
                "1/l; published-code 1"),
           positive("inner_rate", "", "eta' of the inner loop; default: half the problem's suggested step, or 1/(2l)"),
           count("inner_iterations", "20", "L: gradients an iteration costs"),
           {.name = "averaging",
            .default_value = "0.75",
            .least = std::numeric_limits<double>::min(),
            .greatest = 1,
            .summary = "alpha: weight of the newest inner point in the mean; the published code has 0.25"},
           {.name = "noise",
            .default_value = "0.0001",
            .least = 0,
            .greatest = largest,
            .summary = "e: size of the inner noise"},
           positive("scope", "",
                    "gamma_0: curvature that ties the inner points to the outer one; default: l/10, l as above"),
           {.name = "scope_growth",
            .default_value = "0.001",
            .least = 0,
            .greatest = largest,
            .summary = "gamma_1: gamma_k = gamma_0 (1 + gamma_1)^k"},
           {.name = "batch_size",
            .kind = ParameterKind::integer,
            .default_value = "0",
            .least = 0,
            .greatest = 4294967295.0,
            .summary = "b: terms of a finite sum in a gradient; 0: the whole objective"},
           text("sampling", "without-replacement", "without-replacement or with-replacement"),
           text("form", "paper", "paper or published-code: outer factor and size of the noise")},
      .make = [](const Parameters& parameters, const Problem& problem) -> std::unique_ptr<Solver> {
        const auto given_or_from_l = [&](const char* name, auto rule) {
          if (parameters.has(name)) return parameters.real(name);
          return rule(given_or(parameters, name, practical_gradient_lipschitz(problem), problem, self));
        };
        const EntropyForm form = entropy_form_of(parameters.text("form"));
        const bool is_whole_way = form == EntropyForm::published_code && !parameters.has("learning_rate");
        return std::make_unique<EntropySgd>(EntropySgdOptions{
            .learning_rate = is_whole_way ? Schedule(1.0) : schedule_or_known(parameters, problem, self),
            .inner_rate = given_or_from_l("inner_rate", [](double l) { return 0.5 / l; }),
            .inner_iterations = parameters.integer("inner_iterations"),
            .averaging = parameters.real("averaging"),
            .noise = parameters.real("noise"),
            .scope = given_or_from_l("scope", [](double l) { return 0.1 * l; }),
            .scope_growth = parameters.real("scope_growth"),
            .batch = {.size = parameters.integer("batch_size"), .sampling = sampling_of(parameters.text("sampling"))},
            .form = form});
      }};
}

}  // namespace perigee::solvers
