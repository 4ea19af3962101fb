#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/cross_entropy.hpp>

#include <stdexcept>

namespace perigee::problems {

std::vector<ParameterDescription> cross_entropy_parameters() {
  return {{.name = "classes",
           .kind = ParameterKind::integer,
           .default_value = "10",
           .least = 1,
           .greatest = 1e7,
           .summary = "K, the number of classes"},
          {.name = "label",
           .kind = ParameterKind::integer,
           .default_value = "0",
           .least = 0,
           .greatest = 1e7,
           .summary = "the true class a_y, counted from 0, below classes"},
          {.name = "initial_probability",
           .default_value = "0.1",
           .least = 1e-300,
           .greatest = 1,
           .summary = "pi(a_y) of the first policy, below 1 (unused with a single class)"}};
}

void check_label(const char* who, Index classes, Index label) {
  if (classes < 1) {
    throw std::invalid_argument(std::string(who) + ": classes must be >= 1, got " + std::to_string(classes));
  }
  if (label < 0 || label >= classes) {
    throw std::invalid_argument(std::string(who) + ": label must be in [0, " + std::to_string(classes) + "), got " +
                                std::to_string(label));
  }
}

Index label_of(const std::string& who, const Parameters& parameters) {
  const Index label = parameters.integer("label");
  check_label(who.c_str(), parameters.integer("classes"), label);
  return label;
}

std::vector<StartPoint> label_policies(const std::string& who, const Parameters& parameters) {
  const Index classes = parameters.integer("classes");
  const Index label = label_of(who, parameters);
  const double probability = parameters.real("initial_probability");
  const auto policy = [&](double of_label) {
    Vector pi(classes);
    if (classes > 1) pi.view().setConstant((1.0 - of_label) / static_cast<double>(classes - 1));
    pi[label] = classes > 1 ? of_label : 1.0;
    return pi;
  };
  if (classes > 1 && !(probability < 1.0)) {
    throw std::invalid_argument(who + ": initial_probability must be < 1 with several classes, got " +
                                format_number(probability));
  }
  return {{"standard", policy(probability)}, {"uniform", policy(1.0 / static_cast<double>(classes))}};
}

}  // namespace perigee::problems
