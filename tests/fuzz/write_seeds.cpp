// Writes the seeds of every target into FOLDER/TARGET/.
#include "fuzz/seeds.hpp"

#include <filesystem>
#include <fstream>

int main(int count, char** arguments) {
  if (count != 2) return 2;
  for (const perigee::fuzz::Target& target : perigee::fuzz::all_targets()) {
    const std::filesystem::path folder = std::filesystem::path(arguments[1]) / target.name;
    std::filesystem::create_directories(folder);
    for (std::size_t i = 0; i < target.seeds.size(); ++i) {
      std::ofstream(folder / ("seed-" + std::to_string(i)), std::ios::binary) << target.seeds[i];
    }
  }
  return 0;
}
