// A figure or a theorem of a paper, repeated: what was done, what is printed, what was measured, and whether it holds.
//
// A reproduction is a function that returns data (tables), pictures (SVG files) and claims. It writes nothing:
// files.hpp turns its result into files, registry.hpp knows all of them.
#ifndef PERIGEE_DIAGNOSTICS_REPRODUCE_REPRODUCTION_HPP
#define PERIGEE_DIAGNOSTICS_REPRODUCE_REPRODUCTION_HPP

#include <perigee/lib/trajectory.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace perigee::reproduce {

enum class SampleSize {
  full,   // what the documentation reports: at most a few CPU minutes
  quick,  // the same claims from fewer or shorter runs: seconds
};

struct Options {
  SampleSize sample = SampleSize::full;
  unsigned threads = 1;    // >= 1; results do not depend on it
  std::uint64_t seed = 1;  // of every random draw
};

/// `full` or `quick`, whichever the options ask for.
template <class Number>
Number sized(const Options& options, Number full, Number quick) {
  return options.sample == SampleSize::full ? full : quick;
}

enum class Verdict { holds, holds_with_care, does_not_hold };

/// "holds", "holds with care" or "does not hold".
std::string_view name_of(Verdict verdict);

/// `holds` if the condition is true, else does_not_hold.
inline Verdict verdict_if(bool condition) { return condition ? Verdict::holds : Verdict::does_not_hold; }

/// One statement of the paper beside its measurement.
struct Claim {
  std::string id;               // kebab-case, unique in its reproduction
  std::string printed;          // what the paper says, one sentence
  std::string measured;         // what was found, one sentence with its figures
  double value = not_measured;  // the figure that decides
  double lower = not_measured;  // its interval: 95% where it is statistical, the range met where it is not
  double upper = not_measured;
  Verdict verdict = Verdict::does_not_hold;
  std::string care{};  // why it holds with care only, or what fails; else empty
};

/// Becomes NAME-TABLE.csv. NaN is an empty field.
struct Table {
  std::string name;  // kebab-case, unique in its reproduction
  std::vector<std::string> columns;
  std::vector<std::vector<double>> rows;  // each as long as `columns`
};

/// Becomes NAME.svg, or NAME-PICTURE.svg if the name is not empty.
struct Picture {
  std::string name;  // kebab-case, unique in its reproduction; usually empty
  std::string svg;   // a whole file, from svg_document
};

struct Result {
  std::string set_up;                  // sizes, steps, starts
  std::vector<std::string> choices{};  // "UNSTATED: what was chosen"
  std::vector<Claim> claims{};
  std::vector<Table> tables{};
  std::vector<Picture> pictures{};
};

/// The worst verdict of the claims; `holds` if there are none.
Verdict verdict_of(const Result& result);

struct Reproduction {
  std::string name;    // kebab-case: AUTHOR-YEAR-figure-N
  std::string source;  // "Mei et al. (2020), figure 2a"
  std::string claim;   // the claim in one line
  std::function<Result(const Options&)> run;
};

}  // namespace perigee::reproduce

#endif
