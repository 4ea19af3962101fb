#include <perigee/lib/version.hpp>

#include <perigee/lib/simd_target.hpp>

#include <Eigen/Core>
#include <boost/version.hpp>

#ifdef PERIGEE_HAS_ZLIB
#include <zlib.h>
#endif

namespace perigee {

namespace {

std::string dotted(int major, int minor, int patch) {
  return std::to_string(major) + '.' + std::to_string(minor) + '.' + std::to_string(patch);
}

std::string compiler() {
#ifdef __clang__
  return __VERSION__;  // begins with its name
#else
  return std::string("g++ ") + __VERSION__;
#endif
}

std::string zlib() {
#ifdef PERIGEE_HAS_ZLIB
  return zlibVersion();
#else
  return "not built in: compressed data files are refused";
#endif
}

std::string vector_targets() {
  std::string text = simd_target() + " in use, of";
  for (const std::string& target : simd_targets()) text += ' ' + target;
#ifdef PERIGEE_HAVE_HIGHWAY
  return text + " (Highway)";
#else
  return text + " (Highway not built in)";
#endif
}

}  // namespace

std::string_view version() { return PERIGEE_VERSION; }

std::vector<BuildFact> build_facts() {
  return {{"compiler", compiler()},
          {"language", "C++" + std::to_string(__cplusplus / 100 % 100)},
          {"Eigen", dotted(EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION)},
          {"Boost", dotted(BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100)},
          {"zlib", zlib()},
          {"vector instructions", vector_targets()}};
}

}  // namespace perigee
