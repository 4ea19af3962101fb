#include "support/catch.hpp"
#include "support/event_encoder.hpp"
#include "support/temporary_folder.hpp"

#include <perigee/diagnostics/readers/reader.hpp>
#include <perigee/lib/data/crc32.hpp>

#include <cmath>
#include <limits>
#include <vector>

using namespace perigee;
using namespace perigee::test;

namespace {

bool has_note(const ReadResult& result, const std::string& part) {
  for (const std::string& note : result.notes) {
    if (note.find(part) != std::string::npos) return true;
  }
  return false;
}

std::string role_of(const ReadResult& result, const std::string& column) {
  for (const ColumnUse& use : result.columns) {
    if (use.column == column) return use.role;
  }
  return {};
}

ReadResult read(const std::string& bytes, const ReadOptions& options = {}) {
  const TemporaryFolder folder;
  return read_trajectory(folder.write("events.out.tfevents.1.host", bytes), options);
}

std::string error_of(const std::string& bytes) {
  const TemporaryFolder folder;
  try {
    read_trajectory(folder.write("events", bytes), {.format = "tensorboard"});
  } catch (const ReadError& error) {
    return folder.without_path(error.what());
  }
  return {};
}

std::string from_hexadecimal(const std::string& digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

// The value of one event with one tensor called "loss", NaN if it is not taken for a scalar.
double tensor_of(const std::string& tensor) {
  const ReadResult result =
      read(event(1.0, 0, tensor_value("loss", tensor)) + event(1.0, 0, simple_value("grad_norm", 1.0F)));
  return result.trajectory.records[0].value;
}

std::string type(int number) { return varint_field(1, static_cast<std::uint64_t>(number)); }

std::string losses(int first, int last, float value, double time) {
  std::string events = version_event(time);
  for (int step = first; step <= last; ++step) events += event(time + step, step, simple_value("loss", value));
  return events;
}

}  // namespace

// RFC 3720, appendix B.4, and the check value of the catalogue of CRC algorithms.
TEST_CASE("crc32c: known values") {
  const auto of = [](const std::vector<std::uint8_t>& bytes) {
    data::Crc32c sum;
    sum.add(bytes);
    return sum.value();
  };
  CHECK(of({'1', '2', '3', '4', '5', '6', '7', '8', '9'}) == 0xe3069283);
  CHECK(of(std::vector<std::uint8_t>(32, 0)) == 0x8a9136aa);
  CHECK(of(std::vector<std::uint8_t>(32, 0xff)) == 0x62a8ab43);
}

// The tables take eight bytes at a time and the rest one by one: every length and every cut of it against the sum bit
// by bit.
TEST_CASE("crc32c: whatever the length, in one piece and in two") {
  std::string bytes;
  for (int i = 0; i < 40; ++i) bytes += static_cast<char>(i * i + 7 * i + 131);
  for (std::size_t length = 0; length <= bytes.size(); ++length) {
    const std::string text = bytes.substr(0, length);
    const auto* const data = reinterpret_cast<const std::uint8_t*>(text.data());
    for (std::size_t cut = 0; cut <= length; ++cut) {
      data::Crc32c sum;
      sum.add({data, cut});
      sum.add({data + cut, length - cut});
      REQUIRE(sum.value() == bitwise_crc32c(text));
    }
  }
}

// Byte by byte from the descriptions of TFRecord and Event: the event {wall_time 1.5, step 3, summary {value {tag
// "loss", simple_value 0.25}}}. The checksums are those of an encoder in Python that shares nothing with this
// project's.
TEST_CASE("event files: a file put together by hand") {
  const std::string file = from_hexadecimal(
      "1a00000000000000"
      "129bd82d"
      "09000000000000f83f"
      "1003"
      "2a0d"
      "0a0b"
      "0a046c6f7373"
      "150000803e"
      "d054b255");
  const ReadResult result = read(file);
  CHECK(result.format == "tensorboard");
  REQUIRE(result.trajectory.records.size() == 1);
  CHECK(result.trajectory.records[0].iteration == 3);
  CHECK(result.trajectory.records[0].value == 0.25);
  CHECK(result.notes.empty());
  CHECK(file == event(1.5, 3, simple_value("loss", 0.25F)));  // and so the encoder below is right too
}

TEST_CASE("event files: every encoding of a scalar") {
  CHECK(tensor_of(type(1) + bytes_field(2, "") + float_field(5, 0.5F)) == 0.5);
  CHECK(tensor_of(type(1) + bytes_field(5, packed(0.5F, Endian::little))) == 0.5);  // packed
  CHECK(tensor_of(type(1) + bytes_field(4, packed(0.5F, Endian::little))) == 0.5);
  CHECK(tensor_of(type(2) + double_field(6, 0.1)) == 0.1);
  CHECK(tensor_of(type(2) + bytes_field(6, packed(0.1, Endian::little))) == 0.1);
  CHECK(tensor_of(bytes_field(4, packed(0.1, Endian::little)) + type(2)) == 0.1);  // fields in another order
  // Half precision (IEEE 754 binary16): 1.5, the smallest number 2^-24, the largest 65504, -inf, NaN.
  CHECK(tensor_of(type(19) + varint_field(13, 0x3e00)) == 1.5);
  CHECK(tensor_of(type(19) + bytes_field(4, packed(0x0001, 2, Endian::little))) == std::ldexp(1.0, -24));
  CHECK(tensor_of(type(19) + bytes_field(4, packed(0x7bff, 2, Endian::little))) == 65504.0);
  CHECK(tensor_of(type(19) + varint_field(13, 0xfc00)) == -std::numeric_limits<double>::infinity());
  CHECK(std::isnan(tensor_of(type(19) + varint_field(13, 0x7e00))));
  CHECK(tensor_of(type(14) + varint_field(13, 0x3fc0)) == 1.5);  // bfloat16, the upper half of float32
  // Integers.
  CHECK(tensor_of(type(3) + varint_field(7, static_cast<std::uint64_t>(-5))) == -5.0);
  CHECK(tensor_of(type(9) + bytes_field(4, packed(static_cast<std::uint64_t>(-5), 8, Endian::little))) == -5.0);
  CHECK(tensor_of(type(10) + varint_field(11, 1)) == 1.0);
  // One element in a shape of ones; more than one element, or text, is no scalar.
  const auto dimension = [](std::uint64_t length) { return bytes_field(2, varint_field(1, length)); };
  CHECK(tensor_of(type(1) + bytes_field(2, dimension(1) + dimension(1)) + float_field(5, 2.0F)) == 2.0);
  for (const std::string& tensor :
       {type(1) + bytes_field(2, dimension(3)) + float_field(5, 2.0F),
        type(1) + float_field(5, 2.0F) + float_field(5, 3.0F), type(1) + bytes_field(4, std::string(8, '\1')),
        type(7) + bytes_field(8, "text"), type(1)}) {
    CHECK(std::isnan(tensor_of(tensor)));
  }
  CHECK(has_note(read(event(1, 0, simple_value("loss", 1.0F) + tensor_value("text", type(7) + bytes_field(8, "x")))),
                 "because they are no scalars: 'text'"));
}

TEST_CASE("event files: tags of one step make one record") {
  std::string file = version_event(100.0);
  for (int step = 0; step < 30; ++step) {
    const double time = 100.0 + step;
    file += event(time, step, simple_value("train/loss", 1.0F / static_cast<float>(1 + step)));
    file += event(time, step, simple_value("train/lr", 0.1F) + simple_value("accuracy", 0.5F));
    if (step % 10 == 9) file += event(time, step, simple_value("val/loss", 2.0F));
  }
  const ReadResult result = read(file);
  REQUIRE(result.trajectory.records.size() == 30);
  CHECK(result.trajectory.records[9].value == Approx(0.1).epsilon(1e-7));
  CHECK(result.trajectory.records[9].step_size == Approx(0.1).epsilon(1e-7));
  CHECK(result.trajectory.column("accuracy")->values[9] == 0.5);
  CHECK(result.trajectory.column("val/loss")->values[9] == 2.0);
  CHECK(std::isnan(result.trajectory.column("val/loss")->values[10]));
  CHECK(result.notes ==
        std::vector<std::string>{"The value is 'train/loss', not 'val/loss'; --map loss=COLUMN takes another."});
  CHECK(read(file, {.mapping = {{"loss", "val/loss"}}}).trajectory.records[9].value == 2.0);
}

// The tags of well-known programs.
TEST_CASE("event files: which tag is the loss") {
  const auto value_among = [](const std::vector<std::string>& tags) {
    std::string values;
    for (const std::string& tag : tags) values += simple_value(tag, 1.0F);
    const ReadResult result = read(event(1.0, 0, values));
    for (const ColumnUse& use : result.columns) {
      if (use.role == "value" || use.role == "reward") return use.column;
    }
    return std::string("none");
  };
  CHECK(value_among({"Loss/val", "Loss/train"}) == "Loss/train");
  CHECK(value_among({"Loss/localization_loss", "Loss/total_loss", "learning_rate"}) == "Loss/total_loss");
  CHECK(value_among({"epoch_accuracy", "epoch_loss"}) == "epoch_loss");
  CHECK(value_among({"eval/loss", "train/loss", "train/grad_norm"}) == "train/loss");
  CHECK(value_among({"charts/episodic_return", "losses/policy_loss", "losses/value_loss"}) == "charts/episodic_return");
  CHECK(value_among({"eval/loss", "losses/policy_loss"}) == "losses/policy_loss");
  CHECK(value_among({"accuracy", "validation_loss"}) == "validation_loss");
  const ReadResult roles = read(event(1.0, 0,
                                      simple_value("train_loss_step", 1.0F) + simple_value("lr-AdamW", 0.1F) +
                                          simple_value("a/grad_norm", 1.0F) +
                                          simple_value("optim/gradient-norm", 2.0F) + simple_value("val_loss", 3.0F)));
  CHECK(role_of(roles, "train_loss_step") == "value");
  CHECK(role_of(roles, "lr-AdamW") == "step_size");
  CHECK(role_of(roles, "optim/gradient-norm") == "gradient_norm");
  CHECK(role_of(roles, "a/grad_norm") == "extra");
  CHECK(has_note(read(event(1.0, 0, simple_value("val_loss", 3.0F))), "'val_loss', of a validation"));
  CHECK(has_note(read(event(1.0, 0, simple_value("policy_loss", 3.0F))), "perhaps only a part of the loss"));
}

TEST_CASE("event files: what is wrong is said with its place") {
  const std::string first = version_event(1.0);
  const std::string good = first + event(1.0, 0, simple_value("loss", 1.0F));
  std::string bad = good;
  bad[first.size() + 12 + 20] ^= 1;
  CHECK(error_of(bad) ==
        "events: byte 52: expected a record of 24 bytes with its checksum, got another checksum: the "
        "file is damaged");
  bad = good;
  bad[first.size() + 1] ^= 1;
  CHECK(error_of(bad) == "events: byte 40: expected a record, got a length of another checksum: the file is damaged");
  CHECK(error_of("step,loss\n0,1\n") ==
        "events: byte 0: expected a record of an event file, got a length of another checksum");
  CHECK(error_of(first) == "events: expected scalars in the events, got none");
  CHECK(error_of("") == "events: expected scalars in the events, got none");
  // Right checksums around what is no message.
  CHECK(error_of(tf_record("\x0a\x7f")) ==
        "events: byte 14: expected a field of 127 bytes, got 0 before the end of the message");
  CHECK(error_of(tf_record("\x0b")) == "events: byte 12: expected a field of wire type 0, 1, 2 or 5, got 3");
  CHECK(error_of(tf_record(std::string("\x02\x00", 2))) == "events: byte 12: expected the number of a field, got 0");
  CHECK(error_of(tf_record("\x10" + std::string(11, '\xff'))) ==
        "events: byte 23: expected a number of at most ten bytes, got a longer one");
  CHECK(error_of(event(1.0, 0, simple_value("lo\xffss", 1.0F))) ==
        "events: byte 0: expected UTF-8 text in a column name, got 'lo\\xffss'");
  CHECK(error_of(event(1.0, -4, simple_value("loss", 1.0F))) ==
        "events: field 'step': expected a whole number from 0 to 2^53 as iteration, got '-4' in row 0");
}

TEST_CASE("event files: a file cut off anywhere is read up to there") {
  const std::string start = losses(0, 9, 1.0F, 100.0);
  const std::string file = start + event(110.0, 10, simple_value("loss", 1.0F));
  for (std::size_t size = start.size() + 1; size < file.size(); ++size) {
    const ReadResult result = read(file.substr(0, size));
    REQUIRE(result.trajectory.records.size() == 10);
    REQUIRE(has_note(result, "ends within a record, at byte " + std::to_string(start.size())));
  }
  CHECK(read(file).notes.empty());
  // A length that goes far beyond the file takes no memory.
  const std::string length = packed(std::uint64_t{1} << 30, 8, Endian::little);
  CHECK(has_note(read(start + length + masked_crc(length) + "rest"), "ends within a record"));
  const std::string longer = packed(~std::uint64_t{0}, 8, Endian::little);
  CHECK(error_of(start + longer + masked_crc(longer)).find("records of at most 2 GiB") != std::string::npos);
}

TEST_CASE("event files: several files of a folder are one run") {
  const TemporaryFolder folder;
  folder.write("events.out.tfevents.2.host", losses(0, 20, 1.0F, 100.0));
  folder.write("events.out.tfevents.3.host", losses(11, 15, 2.0F, 200.0));  // started again, killed
  // Started again later; the name sorts first, the time decides.
  folder.write("events.out.tfevents.1.host",
               losses(13, 30, 3.0F, 300.0) + event(1.0, 25, tensor_value("val_loss", type(1) + float_field(5, 9.0F))));
  folder.write("model.txt", "not an event file");
  const ReadResult result = read_trajectory(folder.path());
  REQUIRE(result.trajectory.records.size() == 31);
  CHECK(result.trajectory.records[10].value == 1.0);
  CHECK(result.trajectory.records[12].value == 2.0);
  CHECK(result.trajectory.records[13].value == 3.0);
  CHECK(result.trajectory.column("val_loss")->values[25] == 9.0);
  CHECK(result.notes[0] ==
        "Read as one run: 'events.out.tfevents.2.host', 'events.out.tfevents.3.host', 'events.out.tfevents.1.host'.");
  CHECK(result.notes[1] ==
        "'events.out.tfevents.3.host' starts again at step 11: from there on it counts, and 10 points of earlier files "
        "are left out.");
  CHECK(
      has_note(result, "'events.out.tfevents.1.host' starts again at step 13: from there on it counts, and 3 points"));

  // Files that go on where the last ended, or have other tags, replace nothing.
  const TemporaryFolder other;
  other.write("events.out.tfevents.1", losses(0, 9, 1.0F, 100.0));
  other.write("events.out.tfevents.2", losses(10, 19, 1.0F, 200.0));
  other.write("events.out.tfevents.3", event(300.0, 5, simple_value("accuracy", 0.5F)));
  const ReadResult parts = read_trajectory(other.path());
  CHECK(parts.trajectory.records.size() == 20);
  CHECK(parts.trajectory.column("accuracy")->values[5] == 0.5);
  CHECK(parts.notes.size() == 1);

  // A restart within one file.
  const ReadResult within = read(losses(0, 20, 1.0F, 100.0) + losses(11, 25, 2.0F, 200.0));
  CHECK(within.trajectory.records.size() == 26);
  CHECK(within.trajectory.records[11].value == 2.0);
  CHECK(has_note(within, "The log starts again at 'step' 11"));
  CHECK_THROWS_AS(read_trajectory(TemporaryFolder().path()), ReadError);
}
