// `perigee --version`, and with --verbose what is compiled in.
#include <perigee/diagnostics/cli/commands.hpp>
#include <perigee/diagnostics/diagnostics_build.hpp>
#include <perigee/lib/version.hpp>

#include <algorithm>
#include <string_view>

namespace perigee::cli {

namespace {

std::string mpi() {
#ifdef PERIGEE_MPI_VERSION
  return PERIGEE_MPI_VERSION;
#else
  return "not built in: campaigns run in one process";
#endif
}

std::string ceres() {
  const std::string_view built_with = PERIGEE_CERES_VERSION;
  return built_with.empty() ? "not built in" : std::string(built_with) + " (component ceres of the package)";
}

}  // namespace

std::string version_text(VersionDetail detail) {
  std::string text = "perigee " + std::string(version());
  if (detail == VersionDetail::number) return text;
  std::vector<BuildFact> facts = build_facts();
  for (BuildFact& fact : diagnostics_build_facts()) facts.push_back(std::move(fact));
  facts.push_back({"Ceres bridge", ceres()});
  facts.push_back({"MPI", mpi()});
  std::size_t width = 0;
  for (const BuildFact& fact : facts) width = std::max(width, fact.name.size());
  for (const BuildFact& fact : facts) {
    text += "\n  " + fact.name + std::string(width - fact.name.size() + 2, ' ') + fact.value;
  }
  return text;
}

}  // namespace perigee::cli
