#include <perigee/diagnostics/reproduce/dou_2022.hpp>
#include <perigee/diagnostics/reproduce/du_2017.hpp>
#include <perigee/diagnostics/reproduce/escape_lectures.hpp>
#include <perigee/diagnostics/reproduce/mei_2020.hpp>
#include <perigee/diagnostics/reproduce/processes.hpp>
#include <perigee/diagnostics/reproduce/registry.hpp>
#include <perigee/diagnostics/reproduce/slides.hpp>
#include <perigee/lib/parameters.hpp>

#include <stdexcept>

namespace perigee::reproduce {

const std::vector<Reproduction>& registry() {
  static const std::vector<Reproduction> reproductions{
      mei_2020_figure_1(),
      mei_2020_figure_2a(),
      mei_2020_figure_2bc(),
      mei_2020_figure_3(),
      mei_2020_figure_4(),
      mei_2020_figure_5a(),
      mei_2020_figure_6(),
      mei_2020_theorem_1(),
      mei_2020_theorem_2(),
      mei_2020_theorem_3(),
      mei_2020_theorem_4(),
      mei_2020_theorem_5(),
      mei_2020_proposition_1(),
      mei_2020_remark_3(),
      mei_2020_inequalities(),
      // Decision processes and rewards that move.
      mei_2020_figure_5c(),
      agarwal_2021_chain(),
      dou_2022_escape_time(),
      dou_2022_variance(),
      // Saddles and temperature.
      du_2017_octopus(),
      arora_2018_lemmas(),
      arora_2018_escape(),
      chaudhari_2019_gibbs(),
      chaudhari_2019_passage_time(),
      // Step sizes and schedules.
      slides_schedules(),
      slides_step_size(),
      slides_coin_flip(),
  };
  return reproductions;
}

const Reproduction& reproduction_named(const std::string& name) {
  std::vector<std::string> names;
  for (const Reproduction& reproduction : registry()) {
    if (reproduction.name == name) return reproduction;
    names.push_back(reproduction.name);
  }
  const std::string nearest = nearest_name(name, names);
  throw std::invalid_argument(
      "no reproduction '" + name + "'" +
      (nearest.empty() ? "; see perigee list reproductions" : "; did you mean '" + nearest + "'?"));
}

}  // namespace perigee::reproduce
