// Checkpoints: the state of a run as bytes, exact to the last bit.
#ifndef PERIGEE_LIB_STATE_HPP
#define PERIGEE_LIB_STATE_HPP

#include <perigee/lib/oracle.hpp>
#include <perigee/lib/trajectory.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace perigee {

/// Appends values to a byte string, in the machine's own representation.
class StateWriter {
 public:
  void write(std::uint64_t value);
  void write(std::int64_t value);
  void write(double value);
  void write(std::string_view text);
  void write(ConstVectorView values);
  void write(const Evaluation& evaluation);
  void write(const StepRecord& record);
  void write(const OracleCounts& counts);
  void write(const std::vector<Decision>& decisions);
  std::span<const std::uint8_t> bytes() const { return bytes_; }

 private:
  void append(const void* data, std::size_t size);
  std::vector<std::uint8_t> bytes_;
};

/// Reads back what a StateWriter wrote, in the same order.
/// Every read throws std::invalid_argument if the bytes run out or do not fit what is read.
class StateReader {
 public:
  explicit StateReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  void read(std::uint64_t& value);
  void read(std::int64_t& value);
  void read(double& value);
  void read(std::string& text);
  /// Reads into existing storage; the stored length must agree.
  void read(VectorView values);
  void read(Evaluation& evaluation);
  void read(StepRecord& record);
  void read(OracleCounts& counts);
  void read(std::vector<Decision>& decisions);
  /// Reads a text and throws std::invalid_argument if it is not `expected`: the tag of a state's owner.
  void expect(std::string_view expected);
  bool at_end() const { return bytes_.empty(); }

 private:
  void take(void* data, std::size_t size);
  std::span<const std::uint8_t> bytes_;
};

}  // namespace perigee

#endif
