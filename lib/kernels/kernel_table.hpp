// The batched kernels of one vector target, and the choice among targets. Private to the library.
//
// A kernel is a function of a model: the numbers that define one problem, with its arrays owned by the problem.
#ifndef PERIGEE_LIB_KERNELS_KERNEL_TABLE_HPP
#define PERIGEE_LIB_KERNELS_KERNEL_TABLE_HPP

#include <perigee/lib/batch_objective.hpp>

namespace perigee::kernels {

// `common_count` is the dimension that has kernels of its own, with the rows of a lane in registers.

/// See lib/problems/softmax_bandit.hpp.
struct SoftmaxBanditModel {
  static constexpr Index common_count = 6;
  Index count;            // K
  const double* rewards;  // r_a
  const double* regrets;  // r* - r_a
};

/// See lib/problems/escort_bandit.hpp.
struct EscortBanditModel {
  static constexpr Index common_count = 6;
  Index count;
  const double* rewards;
  const double* regrets;
  double p;
};

/// See lib/problems/softmax_cross_entropy.hpp.
struct SoftmaxCrossEntropyModel {
  static constexpr Index common_count = 6;
  Index count;
  Index label;
};

/// See lib/problems/escort_cross_entropy.hpp.
struct EscortCrossEntropyModel {
  static constexpr Index common_count = 6;
  Index count;
  Index label;
  double p;
};

/// See lib/problems/capped_saddle.hpp.
struct CappedSaddleModel {
  static constexpr Index common_count = 2;
  Index count = 2;
};

/// See lib/problems/octopus.hpp.
struct OctopusModel {
  static constexpr Index common_count = 4;
  Index count;  // d
  double smoothness;
  double curvature;
  double tau;
  double cubic;
  double quartic;
  double drop;
};

template <class Model>
struct ModelKernels {
  double (*value)(const Model&, const double* x);
  void (*value_and_gradient)(const Model&, const ConstColumns&, double* values, const Columns& gradients);
  void (*descend)(const Model&, const DescentRule&, Index steps, const DescentLanes&);
};

struct KernelTable {
  const char* name;
  Index width;  // lanes of one vector
  void (*exponential)(const double* x, double* result, Index count);
  ModelKernels<SoftmaxBanditModel> softmax_bandit;
  ModelKernels<EscortBanditModel> escort_bandit;
  ModelKernels<SoftmaxCrossEntropyModel> softmax_cross_entropy;
  ModelKernels<EscortCrossEntropyModel> escort_cross_entropy;
  ModelKernels<CappedSaddleModel> capped_saddle;
  ModelKernels<OctopusModel> octopus;
};

/// A batch of one: f, and grad f written to `gradient`, of a single point.
template <class Model>
double single_value_and_gradient(const ModelKernels<Model>& kernels, const Model& model, ConstVectorView x,
                                 VectorView gradient) {
  double value = 0.0;
  kernels.value_and_gradient(model, {x.data(), x.size(), 1, 1}, &value, {gradient.data(), x.size(), 1, 1});
  return value;
}

/// The kernels of the target in use. Throws as simd_target().
const KernelTable& kernel_table();

}  // namespace perigee::kernels

#endif
