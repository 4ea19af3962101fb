// `perigee reproduce`: figures and theorems of papers, each with data, pictures and verdicts.
#include <perigee/diagnostics/cli/commands.hpp>
#include <perigee/diagnostics/cli/output.hpp>
#include <perigee/diagnostics/reproduce/files.hpp>
#include <perigee/diagnostics/reproduce/registry.hpp>

#include <unistd.h>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <thread>

namespace perigee::cli {

namespace {

std::vector<reproduce::Reproduction> chosen(const std::vector<std::string>& names) {
  if (names.size() == 1 && names.front() == "all") return reproduce::registry();
  std::vector<reproduce::Reproduction> reproductions;
  for (const std::string& name : names) reproductions.push_back(reproduce::reproduction_named(name));
  return reproductions;
}

}  // namespace

int reproduce_command(const ReproduceCommandOptions& command) {
  if (command.names.empty()) return list_command({.what = "reproductions"});
  const reproduce::Options options{
      .sample = command.is_quick ? reproduce::SampleSize::quick : reproduce::SampleSize::full,
      .threads = command.jobs > 0 ? command.jobs : std::max(1U, std::thread::hardware_concurrency()),
      .seed = command.seed};
  const std::vector<reproduce::Reproduction> reproductions = chosen(command.names);
  std::filesystem::create_directories(command.folder);
  bool is_first = true;
  for (const reproduce::Reproduction& reproduction : reproductions) {
    if (isatty(STDERR_FILENO) != 0) std::cerr << reproduction.name << " ...\n";
    const reproduce::Result result = reproduction.run(options);
    for (const reproduce::File& file : reproduce::files_of(reproduction, options, result)) {
      const std::string path = (std::filesystem::path(command.folder) / file.name).string();
      write_file(path, file.content);
      std::cerr << "wrote " << path << '\n';
    }
    std::cout << (is_first ? "" : "\n") << reproduce::text_of(reproduction, result) << std::flush;
    is_first = false;
  }
  return exit_done;
}

}  // namespace perigee::cli
