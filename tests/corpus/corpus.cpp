#include "corpus.hpp"

#include <algorithm>
#include <map>

namespace perigee::corpus {

std::string_view name_of(Recording recording) {
  switch (recording) {
    case Recording::objective:
      return "objective";
    case Recording::log:
      return "log";
    case Recording::gradients:
      return "gradients";
    case Recording::values:
      return "values";
    case Recording::printed:
      return "printed";
  }
  return "";
}

std::string RunName::text() const {
  return family + "/" + treatment + "/" + variant + "/" + std::string(name_of(recording));
}

const std::vector<Family>& families() {
  static const std::vector<Family> all = [] {
    std::vector<Family> list;
    for (const auto& make :
         {quadratics, bounded_curvature, known_points, policies, classifiers, curves, rough_values}) {
      const std::vector<Family> more = make();
      list.insert(list.end(), more.begin(), more.end());
    }
    std::stable_sort(list.begin(), list.end(), [](const Family& a, const Family& b) { return a.name < b.name; });
    std::map<std::string, int> dealt;  // of each class
    for (Family& family : list) family.third = dealt[family.kind]++ % 3;
    return list;
  }();
  return all;
}

}  // namespace perigee::corpus
