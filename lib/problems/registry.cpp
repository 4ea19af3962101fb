#include <perigee/lib/problems/ackley.hpp>
#include <perigee/lib/problems/asr_bandits.hpp>
#include <perigee/lib/problems/capped_saddle.hpp>
#include <perigee/lib/problems/cosine_chain.hpp>
#include <perigee/lib/problems/deep_chain.hpp>
#include <perigee/lib/problems/deep_linear_network.hpp>
#include <perigee/lib/problems/diagonal_saddles.hpp>
#include <perigee/lib/problems/distractor_chain.hpp>
#include <perigee/lib/problems/entropy_regularized_bandit.hpp>
#include <perigee/lib/problems/escalator.hpp>
#include <perigee/lib/problems/escort_bandit.hpp>
#include <perigee/lib/problems/escort_cross_entropy.hpp>
#include <perigee/lib/problems/factorization.hpp>
#include <perigee/lib/problems/four_room.hpp>
#include <perigee/lib/problems/gaussian_mixture.hpp>
#include <perigee/lib/problems/least_squares.hpp>
#include <perigee/lib/problems/linear_classifiers.hpp>
#include <perigee/lib/problems/lucchi_quartic.hpp>
#include <perigee/lib/problems/matrix_measurements.hpp>
#include <perigee/lib/problems/max_cut.hpp>
#include <perigee/lib/problems/monkey_saddle.hpp>
#include <perigee/lib/problems/more_garbow_hillstrom.hpp>
#include <perigee/lib/problems/mueller_brown.hpp>
#include <perigee/lib/problems/octopus.hpp>
#include <perigee/lib/problems/phase_retrieval.hpp>
#include <perigee/lib/problems/planar_classics.hpp>
#include <perigee/lib/problems/planar_saddles.hpp>
#include <perigee/lib/problems/policy_network.hpp>
#include <perigee/lib/problems/pseudo_huber.hpp>
#include <perigee/lib/problems/random_field.hpp>
#include <perigee/lib/problems/rank_one_pca.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/problems/relu_teacher_student.hpp>
#include <perigee/lib/problems/robust_regression.hpp>
#include <perigee/lib/problems/rosenbrock.hpp>
#include <perigee/lib/problems/separable_classics.hpp>
#include <perigee/lib/problems/simplex_bandit.hpp>
#include <perigee/lib/problems/simplex_divergence.hpp>
#include <perigee/lib/problems/single_neuron.hpp>
#include <perigee/lib/problems/small_networks.hpp>
#include <perigee/lib/problems/softmax_attention.hpp>
#include <perigee/lib/problems/softmax_bandit.hpp>
#include <perigee/lib/problems/softmax_cross_entropy.hpp>
#include <perigee/lib/problems/sphere_components.hpp>
#include <perigee/lib/problems/stochastic_bandit.hpp>
#include <perigee/lib/problems/tabular_mdp.hpp>
#include <perigee/lib/problems/tensor_decomposition.hpp>

#include <stdexcept>

namespace perigee::problems {

namespace {

std::vector<Entry> joined(std::vector<Entry> entries, const std::vector<Entry>& collection) {
  entries.insert(entries.end(), collection.begin(), collection.end());
  return entries;
}

}  // namespace

const std::vector<Entry>& registry() {
  static const std::vector<Entry> single{
      capped_saddle(),
      monkey_saddle(),
      octopus(),
      rosenbrock(),
      chained_rosenbrock(),
      mueller_brown(),
      softmax_bandit(),
      escort_bandit(),
      softmax_cross_entropy(),
      escort_cross_entropy(),
      hyperbolic_saddle(),
      quadratic_saddle(),
      nesterov_saddle(),
      ge_saddle(),
      zhang_li_saddle(),
      cross_saddle(),
      flat_saddle(),
      lucchi_quartic(),
      cubic_regularized_saddle(),
      ill_conditioned_saddle(),
      escalator(),
      himmelblau(),
      six_hump_camel(),
      three_hump_camel(),
      goldstein_price(),
      styblinski_tang(),
      rastrigin(),
      ackley(),
      double_well(),
      tilted_well(),
      cosine_chain(),
      deep_chain(),
      single_neuron(),
      pseudo_huber(),
      random_field(),
      least_squares(),
      xor_network(),
      square_sum_network(),
      rank_one_pca(),
      symmetric_factorization(),
      rectangular_factorization(),
      matrix_sensing(),
      matrix_completion(),
      phase_retrieval(),
      phase_retrieval_population(),
      tensor_decomposition(),
      independent_components(),
      dictionary_column(),
      deep_linear_network(),
      relu_teacher_student(),
      logistic_regression(),
      binary_perceptron(),
      gaussian_mixture(),
      robust_regression(),
      max_cut(),
      softmax_attention(),
      tabular_mdp(),
      distractor_chain(),
      four_room(),
      entropy_regularized_bandit(),
      simplex_bandit(),
      simplex_divergence(),
      stochastic_bandit(),
      asr_bandits(),
      policy_network(),
  };
  static const std::vector<Entry> entries = joined(single, more_garbow_hillstrom());
  return entries;
}

const Entry& entry_named(const std::string& name) {
  std::vector<std::string> names;
  for (const Entry& entry : registry()) {
    if (entry.name == name) return entry;
    names.push_back(entry.name);
  }
  const std::string nearest = nearest_name(name, names);
  throw std::invalid_argument(
      "no problem '" + name + "'" +
      (nearest.empty() ? "; `perigee list problems` shows them all" : "; did you mean '" + nearest + "'?"));
}

Problem make(const std::string& name, const Parameters::Assignments& assignments) {
  const Entry& entry = entry_named(name);
  return entry.make(Parameters(name, entry.parameters, assignments));
}

}  // namespace perigee::problems
