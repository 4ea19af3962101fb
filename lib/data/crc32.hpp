// Cyclic redundancy checks of 32 bits with reflected polynomials: bits in ascending order, register preset to ones,
// result inverted. CRC-32 of ISO 3309, as in ZIP and zlib, and CRC-32C (Castagnoli) of RFC 3720, appendix B.4. Internal
// to the readers of binary files.
#ifndef PERIGEE_LIB_DATA_CRC32_HPP
#define PERIGEE_LIB_DATA_CRC32_HPP

#include <array>
#include <cstdint>
#include <span>

namespace perigee::data {

template <std::uint32_t polynomial>
class ReflectedChecksum {
 public:
  void add(std::span<const std::uint8_t> bytes) {
    for (const std::uint8_t byte : bytes) state_ = remainders[(state_ ^ byte) & 0xff] ^ (state_ >> 8);
  }
  std::uint32_t value() const { return ~state_; }

 private:
  static constexpr std::array<std::uint32_t, 256> remainders = [] {
    std::array<std::uint32_t, 256> made{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
      std::uint32_t remainder = byte;
      for (int bit = 0; bit < 8; ++bit) remainder = (remainder >> 1) ^ ((remainder & 1) != 0 ? polynomial : 0U);
      made[byte] = remainder;
    }
    return made;
  }();
  std::uint32_t state_ = 0xffffffff;
};

using Crc32 = ReflectedChecksum<0xedb88320U>;
using Crc32c = ReflectedChecksum<0x82f63b78U>;

}  // namespace perigee::data

#endif
