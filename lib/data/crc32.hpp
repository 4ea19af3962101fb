// Cyclic redundancy checks of 32 bits with reflected polynomials: bits in ascending order, register preset to ones,
// result inverted. CRC-32 of ISO 3309, as in ZIP and zlib, and CRC-32C (Castagnoli) of RFC 3720, appendix B.4. Eight
// bytes at a time, by eight tables: Kounavis and Berry (2008), "slicing-by-8". Internal to the readers of binary files.
#ifndef PERIGEE_LIB_DATA_CRC32_HPP
#define PERIGEE_LIB_DATA_CRC32_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace perigee::data {

template <std::uint32_t polynomial>
class ReflectedChecksum {
 public:
  void add(std::span<const std::uint8_t> bytes) {
    const std::uint8_t* at = bytes.data();
    const std::uint8_t* const end = at + bytes.size();
    for (; end - at >= slice_size; at += slice_size) {
      const std::uint32_t first =
          state_ ^ (at[0] | std::uint32_t{at[1]} << 8 | std::uint32_t{at[2]} << 16 | std::uint32_t{at[3]} << 24);
      state_ = remainders[7][first & 0xff] ^ remainders[6][first >> 8 & 0xff] ^ remainders[5][first >> 16 & 0xff] ^
               remainders[4][first >> 24] ^ remainders[3][at[4]] ^ remainders[2][at[5]] ^ remainders[1][at[6]] ^
               remainders[0][at[7]];
    }
    for (; at != end; ++at) state_ = remainders[0][(state_ ^ *at) & 0xff] ^ (state_ >> 8);
  }
  std::uint32_t value() const { return ~state_; }

 private:
  static constexpr int slice_size = 8;
  // [k][b]: what the byte b with k zero bytes behind it leaves.
  static constexpr std::array<std::array<std::uint32_t, 256>, slice_size> remainders = [] {
    std::array<std::array<std::uint32_t, 256>, slice_size> made{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
      std::uint32_t remainder = byte;
      for (int bit = 0; bit < 8; ++bit) remainder = (remainder >> 1) ^ ((remainder & 1) != 0 ? polynomial : 0U);
      made[0][byte] = remainder;
    }
    for (std::size_t k = 1; k < slice_size; ++k) {
      for (std::size_t byte = 0; byte < 256; ++byte) {
        const std::uint32_t before = made[k - 1][byte];
        made[k][byte] = made[0][before & 0xff] ^ (before >> 8);
      }
    }
    return made;
  }();
  std::uint32_t state_ = 0xffffffff;
};

using Crc32 = ReflectedChecksum<0xedb88320U>;
using Crc32c = ReflectedChecksum<0x82f63b78U>;

}  // namespace perigee::data

#endif
