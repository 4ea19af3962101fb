#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/differentiated.hpp>
#include <perigee/lib/problems/generated.hpp>
#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/problems/softmax_attention.hpp>

#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace perigee::problems {

namespace {

enum class AttentionLoss { reward, cross_entropy, squared };

struct SoftmaxAttention {
  Index tokens, width, query_count;  // T, d, N
  Vector queries;                    // q_i, orthonormal rows
  AttentionLoss loss;
  Index dimension() const { return tokens * width; }
  Index term_count() const { return query_count; }

  template <class T>
  T add_term(Index term, const T* w, T* gradient) const {
    using std::exp, std::log;
    const double* q = queries.data() + term * width;
    const auto right = static_cast<std::size_t>(term % tokens);
    std::vector<T> logits;
    for (Index t = 0; t < tokens; ++t) logits.push_back(inner(width, w + t * width, q));
    T largest = logits[0];
    for (const T& logit : logits) largest = logit > largest ? logit : largest;
    std::vector<T> attention;
    T sum(0.0);
    for (const T& logit : logits) {
      attention.push_back(exp(logit - largest));
      sum += attention.back();
    }
    T others(0.0);  // 1 - pi_y, without cancellation
    T others_square(0.0);
    for (std::size_t t = 0; t < attention.size(); ++t) {
      attention[t] /= sum;
      if (t == right) continue;
      others += attention[t];
      others_square += attention[t] * attention[t];
    }
    const T distance_square = others_square + others * others;  // ||pi - e_y||^2
    for (std::size_t t = 0; t < attention.size(); ++t) {
      T slope(0.0);                                       // of the loss by the logit of t
      const T off = t == right ? -others : attention[t];  // pi_t - [t = y]
      switch (loss) {
        case AttentionLoss::reward:
          slope = attention[right] * off;
          break;
        case AttentionLoss::cross_entropy:
          slope = off;
          break;
        case AttentionLoss::squared:  // pi_t (r_t - pi'r) with r = pi - e_y
          slope = attention[t] * (off - (others_square - attention[right] * others));
          break;
      }
      add_scaled(width, slope, q, gradient + static_cast<Index>(t) * width);
    }
    switch (loss) {
      case AttentionLoss::reward:
        return others;
      case AttentionLoss::cross_entropy:
        return largest + log(sum) - logits[right];
      case AttentionLoss::squared:
        return 0.5 * distance_square;
    }
    return T(0.0);
  }
  template <class T>
  T add_common(const T*, T*) const {
    return T(0.0);
  }
};

AttentionLoss loss_of(const std::string& name) {
  if (name == "reward") return AttentionLoss::reward;
  if (name == "cross-entropy") return AttentionLoss::cross_entropy;
  if (name == "squared") return AttentionLoss::squared;
  throw std::invalid_argument("softmax-attention: loss must be reward, cross-entropy or squared, got '" + name + "'");
}

// Every query attends to the token after the right one, with `probability` on each other token.
Vector well(const SoftmaxAttention& head, double probability) {
  const double most = 1.0 - static_cast<double>(head.tokens - 1) * probability;
  if (!(most > probability)) {
    throw std::invalid_argument("softmax-attention: initial_probability must be < 1/tokens = 1/" +
                                std::to_string(head.tokens) + ", got " + format_number(probability));
  }
  Vector w(head.dimension());
  for (Index i = 0; i < head.query_count; ++i) {
    const Index wrong = (i + 1) % head.tokens;
    add_scaled(head.width, std::log(most / probability), head.queries.data() + i * head.width,
               w.data() + wrong * head.width);
  }
  return w;
}

Problem make_softmax_attention(const Parameters& parameters) {
  const Index queries = parameters.integer("queries");
  const Index width = parameters.integer("width");
  if (queries > width) {
    throw std::invalid_argument("softmax-attention: queries must be <= width = " + std::to_string(width) + ", got " +
                                std::to_string(queries));
  }
  const SoftmaxAttention formula{parameters.integer("tokens"), width, queries,
                                 orthonormal_rows(random_source_of(parameters), "queries", queries, width),
                                 loss_of(parameters.text("loss"))};
  Problem problem;
  problem.name = "softmax-attention";
  problem.summary = "an attention head that looks at the wrong tokens";
  problem.why_hard = "the gradient is proportional to the attention that the right token gets";
  problem.objective = std::make_shared<DifferentiatedSum<SoftmaxAttention>>(formula);
  problem.starts = {{"well", well(formula, parameters.real("initial_probability"))},
                    {"even", Vector(formula.dimension())}};
  problem.optimal_value = 0.0;
  // Of the logits of one query the reward is 5/2-smooth (Mei et al. 2020b, lemma 2) and the cross-entropy 1/2-smooth.
  const auto count = static_cast<double>(queries);
  if (formula.loss == AttentionLoss::reward) problem.gradient_lipschitz = 2.5 / count;
  if (formula.loss == AttentionLoss::cross_entropy) problem.gradient_lipschitz = 0.5 / count;
  problem.suggested_step = problem.gradient_lipschitz ? 1.0 / *problem.gradient_lipschitz : 0.4 * count;
  problem.random_start = normal_start(formula.dimension());
  return problem;
}

}  // namespace

Entry softmax_attention() {
  return {.name = "softmax-attention",
          .family = "structured",
          .summary = "an attention head in a gravity well; a finite sum",
          .parameters = {integer_parameter("tokens", "5", 2, 1000, "T"),
                         integer_parameter("queries", "4", 1, 1000, "N, at most width"),
                         integer_parameter("width", "4", 1, 1000, "d, the length of a query"),
                         {.name = "loss",
                          .kind = ParameterKind::text,
                          .default_value = "reward",
                          .summary = "reward, cross-entropy or squared"},
                         real_parameter("initial_probability", "0.001", 1e-300, 1,
                                        "attention of the first start to the right token, below 1/T"),
                         seed_parameter()},
          .make = make_softmax_attention};
}

}  // namespace perigee::problems
