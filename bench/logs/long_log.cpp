// Writes a training log of any length to standard output: step,loss,grad_norm,lr, as CSV or, with "jsonl", as JSONL.
//
//     bench_long_log ROWS [csv|jsonl] [SEED]
//
// The law in s = step/ROWS is the same at every length: the loss falls like (1 + 2000 s)^-1/2 up to s = 0.05, stays on
// that level up to s = 0.5, and then falls like a power again, with relative noise of 5% and correlation 0.5 between
// neighbouring rows. So a log of 1e7 rows must get the verdict that one of 1e5 rows gets. Rows are written as they are
// drawn; memory does not depend on their number.

#include <perigee/lib/random.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

double loss_at(double s) {
  const double falling = 1.0 / std::sqrt(1.0 + 2000.0 * std::min(s, 0.05));
  return s <= 0.5 ? falling : falling * std::pow(s / 0.5, -4.0);
}

void append(std::string& text, double number, int digits) {
  std::array<char, 32> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::general, digits).ptr;
  text.append(buffer.data(), end);
}

}  // namespace

int main(int count, char** arguments) {
  const auto rows = count > 1 ? std::strtoll(arguments[1], nullptr, 10) : 0;
  const bool is_jsonl = count > 2 && std::string_view(arguments[2]) == "jsonl";
  const std::uint64_t seed = count > 3 ? std::strtoull(arguments[3], nullptr, 10) : 1;
  if (rows < 2) {
    std::fputs("usage: bench_long_log ROWS [csv|jsonl] [SEED]\n", stderr);
    return 2;
  }
  perigee::RandomEngine engine = perigee::RandomSource(seed).engine("long log");
  std::string text;
  if (!is_jsonl) text = "step,loss,grad_norm,lr\n";
  double noise = 0.0;
  std::array<double, 2> draws{};
  for (long long step = 0; step < rows; ++step) {
    perigee::fill_standard_normal(engine, draws);
    noise = step == 0 ? draws[0] : 0.5 * noise + std::sqrt(0.75) * draws[0];
    const double loss = loss_at(static_cast<double>(step) / static_cast<double>(rows));
    const std::array<std::string_view, 4> names{"step", "loss", "grad_norm", "lr"};
    const std::array<double, 4> numbers{static_cast<double>(step), loss * std::exp(0.05 * noise),
                                        std::sqrt(loss) * std::exp(0.2 * draws[1]), 0.01};
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      if (is_jsonl) {
        text += i == 0 ? "{\"" : ", \"";
        text += names[i];
        text += "\": ";
      } else if (i > 0) {
        text += ',';
      }
      append(text, numbers[i], i == 0 ? 17 : 7);
    }
    text += is_jsonl ? "}\n" : "\n";
    if (text.size() < (std::size_t{1} << 16) && step + 1 < rows) continue;
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) return 1;
    text.clear();
  }
  return 0;
}
