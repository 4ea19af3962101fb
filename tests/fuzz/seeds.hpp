// Small sound inputs of each target, from which fuzzing starts.
#ifndef PERIGEE_TESTS_FUZZ_SEEDS_HPP
#define PERIGEE_TESTS_FUZZ_SEEDS_HPP

#include "fuzz/targets.hpp"

#include <functional>
#include <string>
#include <vector>

namespace perigee::fuzz {

struct Target {
  std::string name;
  std::function<Outcome(std::string_view)> run;
  std::vector<std::string> seeds;
};

inline Target csv_target() {
  std::string restarted = "step,loss\n";
  for (int step = 0; step < 20; ++step) restarted += std::to_string(step % 12) + ",1\n";
  return {"csv",
          csv,
          {"step,loss,grad_norm,p_0,p_1\n0,1.5,nan,0.5,0.5\n1,,inf,1,0\n5,-2e-3,\"7\",0,1\n",
           "# c\r\nstep;\"loss\";\"no\"\"te\"\r\n0;1;\"a\r\nb\"\r\n1;2;x\r\n",
           "step\tloss\n3\t1.#IND\n1\t-nan(ind)\n2\tN/A", restarted}};
}

inline Target jsonl_target() {
  return {
      "jsonl",
      jsonl,
      {"{\"step\": 0, \"loss\": NaN, \"a\": {\"b\": [1, {\"c\": null}], \"d\": \"\\u00e9\\ud83d\\ude00\"}}\n"
       "{\"step\": 1, \"loss\": -Infinity, \"t\": true, \"name\": \"x\\n\"}\n",
       "{\"step\": 3, \"loss\": 1, \"p_0\": 0.5, \"p_1\": 0.5}\n{\"step\": 2, \"loss\": \"nan\"}\n{\"step\": 4, \"lo"}};
}

inline Target event_file_target() {
  using namespace test;
  const auto data = [](std::uint64_t step, const std::string& values) {
    return double_field(1, 1.5) + varint_field(2, step) + bytes_field(5, values);
  };
  const std::string tensor = varint_field(1, 2) + bytes_field(2, bytes_field(2, varint_field(1, 1))) +
                             bytes_field(4, packed(0.25, Endian::little));
  const std::vector<std::string> records{
      double_field(1, 1.0) + bytes_field(3, "brain.Event:2"), data(0, simple_value("train/loss", 0.5F)),
      data(0, simple_value("lr", 0.1F) + tensor_value("val/loss", tensor)),
      data(1, tensor_value("train/loss", varint_field(1, 1) + bytes_field(5, packed(0.5F, Endian::little)))),
      data(1, tensor_value("h", varint_field(1, 19) + varint_field(13, 0x3e00)))};
  std::string file(1, '\0');
  std::string list(1, '\1');
  for (const std::string& record : records) {
    file += tf_record(record);
    list += piece(record);
  }
  return {"event_file", event_file, {file, list, file.substr(0, file.size() - 9)}};
}

inline Target arrays_target() {
  using namespace test;
  const auto numbers = [](int count) {
    std::string bytes;
    for (int i = 0; i < count; ++i) bytes += packed(static_cast<double>(i), Endian::little);
    return bytes;
  };
  const auto array = [](const std::string& type, const std::string& shape, const std::string& elements) {
    return npy_file("{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }\n", elements);
  };
  const std::string column = array("<f8", "(4,)", numbers(4));
  const std::string matrix = array("<f8", "(4, 2)", numbers(8));
  const std::string bytes_matrix = array("|u1", "(2, 3)", std::string("\0\1\1\0\1\0", 6));
  const std::string archive = zip_file({{"step.npy", column}, {"loss.npy", column, true}, {"x.npy", matrix}});
  std::string list(1, '\1');
  list += piece('\0' + column) + piece('\1' + column) + piece('\2' + bytes_matrix) + piece('\6' + matrix);
  std::string more(1, '\1');
  more += piece('\1' + column) + piece('\5' + matrix) + piece('\3' + bytes_matrix) +
          piece('\4' + array("<i4", "(2,)", std::string("\5\0\0\0\7\0\0\0", 8)));
  return {"arrays", arrays, {'\0' + archive, '\0' + column, list, more}};
}

inline Target wandb_target() {
  using namespace test;
  const std::vector<std::string> records{
      varint_field(1, 0) + bytes_field(21, ""), wandb_history(0, {{"train/loss", "0.5"}, {"note", "\"text\""}}),
      wandb_history(1, {{"train/loss", "NaN"}, {"lr", "\"Infinity\""}}), wandb_history(2, {{"train/loss", "1e-3"}})};
  std::string list(1, '\1');
  for (const std::string& record : records) list += piece(record);
  return {"wandb", wandb, {'\0' + wandb_file(records), list}};
}

inline std::vector<Target> all_targets() {
  return {csv_target(), jsonl_target(), event_file_target(), arrays_target(), wandb_target()};
}

}  // namespace perigee::fuzz

#endif
