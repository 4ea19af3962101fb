#include <perigee/diagnostics/log_time_blocks.hpp>

#include <algorithm>
#include <cmath>

namespace perigee {

LogTimeBlocks log_time_blocks(std::span<const double> time, std::span<const std::vector<double>> curves, double first,
                              double last) {
  constexpr double most_blocks = 24.0;
  LogTimeBlocks blocks;
  blocks.means.resize(curves.size());
  const double begin = std::log(first);
  const double width = (std::log(last) - begin) / most_blocks;
  double block = 0.0;
  double sum_u = 0.0;
  std::vector<double> sums(curves.size(), 0.0);
  double count = 0.0;
  const auto close = [&] {
    if (count > 0.0) {
      blocks.log_time.push_back(sum_u / count);
      for (std::size_t c = 0; c < sums.size(); ++c) blocks.means[c].push_back(sums[c] / count);
    }
    sum_u = count = 0.0;
    std::fill(sums.begin(), sums.end(), 0.0);
  };
  for (std::size_t i = 0; i < time.size(); ++i) {
    if (time[i] < first) continue;
    const double u = std::log(time[i]);
    const double its_block = std::min(std::floor((u - begin) / width), most_blocks - 1.0);
    if (its_block != block) {
      close();
      block = its_block;
    }
    sum_u += u;
    for (std::size_t c = 0; c < sums.size(); ++c) sums[c] += curves[c][i];
    count += 1.0;
  }
  close();
  return blocks;
}

}  // namespace perigee
