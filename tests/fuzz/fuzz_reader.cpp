// A libFuzzer target; PERIGEE_FUZZ_TARGET is one of the functions in targets.hpp.
#include "fuzz/targets.hpp"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  perigee::fuzz::PERIGEE_FUZZ_TARGET({reinterpret_cast<const char*>(bytes), size});
  return 0;
}
