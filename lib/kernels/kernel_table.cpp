// Compiles the kernels once for each vector target (Highway includes this file once a target) and chooses among them.
//
// The library stays baseline code: only what stands between HWY_BEFORE_NAMESPACE and HWY_AFTER_NAMESPACE is compiled
// for more than the baseline, in a namespace of its target. No template of the standard library may be instantiated
// there: the linker would keep one copy for all.
#include <math.h>

#include <cstddef>

#include <perigee/lib/kernels/kernel_table.hpp>

#ifdef PERIGEE_HAVE_HIGHWAY
// Newer targets have nothing for double precision over AVX3; vectors of unknown length cannot be members of a struct.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE <perigee/lib/kernels/kernel_table.cpp>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
HWY_BEFORE_NAMESPACE();
#else
#include <perigee/lib/kernels/scalar_lane.hpp>
#define HWY_NAMESPACE plain
#define HWY_ONCE 1
#endif

namespace perigee::kernels {
namespace HWY_NAMESPACE {

#ifdef PERIGEE_HAVE_HIGHWAY
namespace hn = hwy::HWY_NAMESPACE;
#else
namespace hn = lane;
#endif

#ifndef PERIGEE_UNROLL
#if defined(__clang__)
#define PERIGEE_UNROLL _Pragma("clang loop unroll_count(8)")
#else
#define PERIGEE_UNROLL _Pragma("GCC unroll 8")
#endif
#endif

constexpr std::size_t most_lanes = 8;  // of doubles, in any of the targets

// Takes what is not wanted.
struct Nowhere {
  template <class V>
  HWY_INLINE void put(Index, V) const {}
};

// A number of rows known to the compiler.
template <Index count>
struct Fixed {
  HWY_INLINE constexpr operator Index() const { return count; }
};

#include <perigee/lib/kernels/exponential-inl.hpp>

#include <perigee/lib/kernels/models-inl.hpp>

#include <perigee/lib/kernels/descent-inl.hpp>

void exponentials(const double* x, double* result, Index count) {
  const hn::ScalableTag<double> wide;
  const hn::CappedTag<double, 1> narrow;
  const Index width = static_cast<Index>(hn::Lanes(wide));
  Index i = 0;
  for (; i + width <= count; i += width) hn::StoreU(exponential(wide, hn::LoadU(wide, x + i)), wide, result + i);
  for (; i < count; ++i) hn::StoreU(exponential(narrow, hn::LoadU(narrow, x + i)), narrow, result + i);
}

template <class Model>
constexpr ModelKernels<Model> kernels_of() {
  return {single_value<Model>, value_and_gradient<Model>, descend<Model>};
}

const KernelTable& table(const char* name) {
  static const KernelTable kernels{name,
                                   static_cast<Index>(hn::Lanes(hn::ScalableTag<double>())),
                                   exponentials,
                                   kernels_of<SoftmaxBanditModel>(),
                                   kernels_of<EscortBanditModel>(),
                                   kernels_of<SoftmaxCrossEntropyModel>(),
                                   kernels_of<EscortCrossEntropyModel>(),
                                   kernels_of<CappedSaddleModel>(),
                                   kernels_of<OctopusModel>()};
  return kernels;
}

}  // namespace HWY_NAMESPACE
}  // namespace perigee::kernels

#ifdef PERIGEE_HAVE_HIGHWAY
HWY_AFTER_NAMESPACE();
#endif

#if HWY_ONCE

#include <perigee/lib/simd_target.hpp>

#include <atomic>
#include <cstdlib>
#include <stdexcept>

namespace perigee {

namespace kernels {

namespace {

// What this build has and this machine can run, the best first.
std::vector<const KernelTable*> available_tables() {
  std::vector<const KernelTable*> tables;
#ifdef PERIGEE_HAVE_HIGHWAY
  const auto supported = hwy::SupportedTargets();
#if HWY_TARGETS & HWY_AVX3
  if (supported & HWY_AVX3) tables.push_back(&N_AVX3::table("avx512"));
#endif
#if HWY_TARGETS & HWY_AVX2
  if (supported & HWY_AVX2) tables.push_back(&N_AVX2::table("avx2"));
#endif
#if HWY_TARGETS & HWY_SSE4
  if (supported & HWY_SSE4) tables.push_back(&N_SSE4::table("sse4"));
#endif
#if HWY_TARGETS & HWY_NEON
  if (supported & HWY_NEON) tables.push_back(&N_NEON::table("neon"));
#endif
#if HWY_TARGETS & HWY_EMU128
  tables.push_back(&N_EMU128::table("scalar"));
#endif
#if HWY_TARGETS & HWY_SCALAR
  tables.push_back(&N_SCALAR::table("scalar"));
#endif
#else
  tables.push_back(&plain::table("scalar"));
#endif
  return tables;
}

const KernelTable& table_named(const char* who, std::string_view name) {
  std::string known;
  for (const KernelTable* candidate : available_tables()) {
    if (name == candidate->name) return *candidate;
    known += (known.empty() ? "" : ", ") + std::string(candidate->name);
  }
  throw std::invalid_argument(std::string(who) + ": the target must be one of " + known + ", got '" +
                              std::string(name) + "'");
}

const KernelTable& first_choice() {
  const char* const asked = std::getenv("PERIGEE_SIMD_TARGET");
  if (asked != nullptr && *asked != '\0') return table_named("PERIGEE_SIMD_TARGET", asked);
  return *available_tables().front();
}

// The only state of the process: which of equivalent kernels to use.
std::atomic<const KernelTable*> chosen{nullptr};

}  // namespace

const KernelTable& kernel_table() {
  const KernelTable* table = chosen.load(std::memory_order_acquire);
  if (table == nullptr) {
    const KernelTable* expected = nullptr;
    table = &first_choice();
    if (!chosen.compare_exchange_strong(expected, table)) table = expected;
  }
  return *table;
}

}  // namespace kernels

std::string simd_target() { return kernels::kernel_table().name; }

std::vector<std::string> simd_targets() {
  std::vector<std::string> names;
  for (const kernels::KernelTable* table : kernels::available_tables()) names.emplace_back(table->name);
  return names;
}

void pin_simd_target(std::string_view name) { kernels::chosen = &kernels::table_named("pin_simd_target", name); }

}  // namespace perigee

#endif
