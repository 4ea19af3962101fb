// Event files, as TensorFlow, PyTorch, Keras, JAX and others write them for TensorBoard.
//
// The framing is TFRecord's (tensorflow/core/lib/io/record_writer.h), each record
//     length: 8 bytes | masked CRC-32C of those | data | masked CRC-32C of the data      (numbers little-endian),
// the data an Event (tensorflow/core/util/event.proto): 1 wall_time (double), 2 step (int64), 5 summary, which holds
// (summary.proto) any number of 1 value: 1 tag, and either 2 simple_value (float) or 8 tensor (tensor.proto). A tensor
// of one element is a scalar: of any type of real numbers, in its own field or in tensor_content.
// Internal to the readers.
#ifndef PERIGEE_DIAGNOSTICS_READERS_EVENT_FILE_HPP
#define PERIGEE_DIAGNOSTICS_READERS_EVENT_FILE_HPP

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace perigee::readers {

/// Whether a file begins as TFRecord files do: a length with its checksum.
bool is_event_file(std::string_view beginning);

struct EventScalar {
  double wall_time = 0.0;  // seconds since 1970
  std::int64_t step = 0;
  std::string_view tag{};         // valid during the call
  std::optional<double> value{};  // nothing: a histogram, an image, text, ...
  std::uint64_t offset = 0;       // of the record in the file
};

/// Calls `take` for every value of every summary, in order. Returns where the file ends within a record, as one does
/// that is still being written; nothing: it is whole. Memory: that of the largest record. Throws ReadError, with the
/// offset, where a checksum or a message is wrong.
std::optional<std::uint64_t> read_event_file(const std::filesystem::path& path,
                                             const std::function<void(const EventScalar&)>& take);

}  // namespace perigee::readers

#endif
