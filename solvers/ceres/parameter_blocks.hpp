// Some parameter blocks of a ceres::Problem as one vector. Internal to the bridge.
#ifndef PERIGEE_SOLVERS_CERES_PARAMETER_BLOCKS_HPP
#define PERIGEE_SOLVERS_CERES_PARAMETER_BLOCKS_HPP

#include <perigee/lib/vector.hpp>

#include <vector>

namespace ceres {
class Problem;
}

namespace perigee {

/// The blocks that are not constant, in the order of Problem::GetParameterBlocks.
std::vector<double*> free_blocks(const ceres::Problem& problem);

/// Blocks in a fixed order, laid one after another. The memory behind them is the caller's.
class ParameterBlocks {
 public:
  ParameterBlocks() = default;
  /// One stretch of memory.
  ParameterBlocks(const double* values, Index size);
  /// Throws std::invalid_argument if a block is not in the problem, constant, or named twice.
  ParameterBlocks(const ceres::Problem& problem, std::vector<double*> blocks);

  /// Throws std::invalid_argument, in the name of `who`, if a block has a manifold or bounds.
  void require_unconstrained(const ceres::Problem& problem, const char* who) const;

  Index size() const { return size_; }
  const std::vector<double*>& pointers() const { return pointers_; }
  Vector read() const;
  void write(ConstVectorView x) const;

 private:
  std::vector<double*> pointers_;
  std::vector<Index> sizes_;
  Index size_ = 0;
};

}  // namespace perigee

#endif
