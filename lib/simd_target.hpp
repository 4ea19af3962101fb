// Which vector instructions the batched kernels use: chosen once, at run time, for the machine at hand.
//
// "avx512", "avx2", "sse4", "neon" or "scalar". A program compiled for baseline x86-64 uses AVX-512 where the machine
// has it. Targets differ in the last bits (fused multiplication and addition), so reproducible work pins one: by
// `pin_simd_target` or by the environment variable PERIGEE_SIMD_TARGET, which is read once, before the first use.
#ifndef PERIGEE_LIB_SIMD_TARGET_HPP
#define PERIGEE_LIB_SIMD_TARGET_HPP

#include <string>
#include <string_view>
#include <vector>

namespace perigee {

/// The name of the target in use. Throws std::invalid_argument if PERIGEE_SIMD_TARGET names one that this machine or
/// this build does not have.
std::string simd_target();

/// The targets that this build and this machine can use, the best first; "scalar" or the build's baseline is last.
std::vector<std::string> simd_targets();

/// Uses that target from now on, in the whole process; not while other threads evaluate. Throws std::invalid_argument,
/// naming the targets there are, if it is none of them.
void pin_simd_target(std::string_view name);

}  // namespace perigee

#endif
