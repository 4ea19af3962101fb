#include <perigee/solvers/ceres/parameter_blocks.hpp>

#include <ceres/problem.h>

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

namespace perigee {

std::vector<double*> free_blocks(const ceres::Problem& problem) {
  std::vector<double*> blocks;
  problem.GetParameterBlocks(&blocks);
  blocks.erase(std::remove_if(blocks.begin(), blocks.end(),
                              [&](const double* block) { return problem.IsParameterBlockConstant(block); }),
               blocks.end());
  return blocks;
}

ParameterBlocks::ParameterBlocks(const double* values, Index size)
    : pointers_{const_cast<double*>(values)}, sizes_{size}, size_(size) {}

ParameterBlocks::ParameterBlocks(const ceres::Problem& problem, std::vector<double*> blocks)
    : pointers_(std::move(blocks)) {
  for (std::size_t i = 0; i < pointers_.size(); ++i) {
    const double* block = pointers_[i];
    const std::string which = "parameter blocks: number " + std::to_string(i);
    if (!problem.HasParameterBlock(block)) throw std::invalid_argument(which + " must be in the problem");
    if (problem.IsParameterBlockConstant(block)) throw std::invalid_argument(which + " must not be constant");
    if (std::count(pointers_.begin(), pointers_.end(), block) > 1) {
      throw std::invalid_argument(which + " must be named only once");
    }
    sizes_.push_back(problem.ParameterBlockSize(block));
    size_ += sizes_.back();
  }
}

void ParameterBlocks::require_unconstrained(const ceres::Problem& problem, const char* who) const {
  for (std::size_t i = 0; i < pointers_.size(); ++i) {
    const std::string which = std::string(who) + ": parameter block number " + std::to_string(i);
    if (problem.HasManifold(pointers_[i])) {
      throw std::invalid_argument(which + " must not have a manifold: its gradient lives in the tangent space");
    }
    for (int j = 0; j < static_cast<int>(sizes_[i]); ++j) {
      if (problem.GetParameterLowerBound(pointers_[i], j) > -std::numeric_limits<double>::max() ||
          problem.GetParameterUpperBound(pointers_[i], j) < std::numeric_limits<double>::max()) {
        throw std::invalid_argument(which + " must not have bounds: a minimum on a bound is no stationary point");
      }
    }
  }
}

Vector ParameterBlocks::read() const {
  Vector x(size_);
  double* next = x.data();
  for (std::size_t i = 0; i < pointers_.size(); ++i) next = std::copy_n(pointers_[i], sizes_[i], next);
  return x;
}

void ParameterBlocks::write(ConstVectorView x) const {
  const double* next = x.data();
  for (std::size_t i = 0; i < pointers_.size(); ++i) {
    std::copy_n(next, sizes_[i], pointers_[i]);
    next += sizes_[i];
  }
}

}  // namespace perigee
