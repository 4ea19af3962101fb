// The command as its user meets it: started by a shell, with what it writes and how it ends.
// In no namespace of the library: the function is called as the command is.
#ifndef PERIGEE_TESTS_SUPPORT_COMMAND_HPP
#define PERIGEE_TESTS_SUPPORT_COMMAND_HPP

#include "support/catch.hpp"

#include <stdlib.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace command_line {

namespace fs = std::filesystem;

struct Outcome {
  int exit_code;
  std::string output;  // standard output
  std::string errors;  // standard error
};

// A folder of its own, gone with the test.
struct Folder {
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "perigee-cli-XXXXXX").string();
    path = mkdtemp(pattern.data());
  }
  ~Folder() { fs::remove_all(path); }
  std::string file(const std::string& name, const std::string& content) const {
    std::ofstream(path / name, std::ios::binary) << content;
    return (path / name).string();
  }
  fs::path path;
};

inline std::string read(const fs::path& path) {
  std::ostringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  return content.str();
}

inline Outcome started(const std::string& command) {
  const Folder folder;
  const std::string errors = (folder.path / "errors").string();
  FILE* pipe = popen((command + " 2>" + errors).c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string output;
  std::array<char, 4096> buffer{};
  for (std::size_t n = 0; (n = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) output.append(buffer.data(), n);
  const int status = pclose(pipe);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, output, read(errors)};
}

inline Outcome perigee(const std::string& arguments) { return started(std::string(PERIGEE_COMMAND) + " " + arguments); }

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

inline std::string quoted(const std::string& path) { return "'" + path + "'"; }

}  // namespace command_line

#endif
