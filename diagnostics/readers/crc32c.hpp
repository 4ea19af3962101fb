// CRC-32C (Castagnoli), reflected polynomial 0x82f63b78, as in RFC 3720, appendix B.4; and the masked form that
// TFRecord files and LevelDB's logs store, so that the checksum of bytes that hold checksums stays one. Internal to the
// readers.
#ifndef PERIGEE_DIAGNOSTICS_READERS_CRC32C_HPP
#define PERIGEE_DIAGNOSTICS_READERS_CRC32C_HPP

#include <array>
#include <cstdint>
#include <span>

namespace perigee::readers {

inline std::uint32_t crc32c(std::span<const std::uint8_t> bytes) {
  static const std::array<std::uint32_t, 256> remainders = [] {
    std::array<std::uint32_t, 256> made{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
      std::uint32_t remainder = byte;
      for (int bit = 0; bit < 8; ++bit) remainder = (remainder >> 1) ^ ((remainder & 1) != 0 ? 0x82f63b78U : 0U);
      made[byte] = remainder;
    }
    return made;
  }();
  std::uint32_t state = 0xffffffff;
  for (const std::uint8_t byte : bytes) state = remainders[(state ^ byte) & 0xff] ^ (state >> 8);
  return ~state;
}

inline std::uint32_t masked(std::uint32_t checksum) { return ((checksum >> 15) | (checksum << 17)) + 0xa282ead8U; }

}  // namespace perigee::readers

#endif
