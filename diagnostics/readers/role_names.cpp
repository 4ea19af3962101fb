#include <perigee/diagnostics/readers/role_names.hpp>

#include <algorithm>
#include <array>

namespace perigee::readers {

namespace {

template <std::size_t n>
bool is_among(const std::array<std::string_view, n>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::array<std::string_view, 38> words_of_training{
    "train", "training", "trainer", "batch",   "minibatch", "step",     "iteration", "iter",  "epoch",   "total",
    "full",  "mean",     "avg",     "average", "running",   "smoothed", "main",      "model", "scalars", "metrics",
    "stats", "log",      "charts",  "losses",  "rollout",   "episode",  "episodic",  "ep",    "optim",   "optimizer",
    "opt",   "adam",     "adamw",   "sgd",     "group",     "pg0",      "0",         "global"};
constexpr std::array<std::string_view, 11> words_of_validation{
    "val", "valid", "validation", "eval", "evaluation", "test", "dev", "holdout", "testing", "evaluate", "heldout"};

std::vector<std::string> words_in(std::string_view name) {
  std::vector<std::string> words(1);
  for (const char character : lower_case(name)) {
    if (character == '/' || character == '_' || character == '.' || character == ':') {
      words.emplace_back();
    } else {
      words.back() += character;
    }
  }
  words.erase(std::remove(words.begin(), words.end(), std::string()), words.end());
  return words;
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& character : result) {
    if (character >= 'A' && character <= 'Z') character = static_cast<char>(character - 'A' + 'a');
    if (character == ' ' || character == '-') character = '_';
  }
  return result;
}

const std::vector<KnownName>& names_of_iteration() {
  static const std::vector<KnownName> names{{"step"},
                                            {"iteration"},
                                            {"iter"},
                                            {"global_step"},
                                            {"_step"},
                                            {"steps"},
                                            {"train/global_step"},
                                            {"trainer/global_step"},
                                            {"t", Meaning::doubtful},
                                            {"epoch", Meaning::doubtful},
                                            {"episode", Meaning::doubtful}};
  return names;
}

const std::vector<KnownName>& names_of_value() {
  static const std::vector<KnownName> names{
      {"loss"},          {"value"},      {"objective"}, {"train_loss"},           {"train/loss"},
      {"training_loss"}, {"total_loss"}, {"cost"},      {"f", Meaning::doubtful}, {"batch_loss"}};
  return names;
}

const std::vector<KnownName>& names_of_reward() {
  static const std::vector<KnownName> names{{"reward"},          {"return"},         {"mean_reward"},
                                            {"expected_reward"}, {"episode_return"}, {"episode_reward"},
                                            {"train/reward"}};
  return names;
}

const std::vector<KnownName>& names_of_gradient_norm() {
  static const std::vector<KnownName> names{{"grad_norm"}, {"gradient_norm"}, {"gnorm"}, {"train/grad_norm"}};
  return names;
}

const std::vector<KnownName>& names_of_step_size() {
  static const std::vector<KnownName> names{
      {"lr"}, {"learning_rate"}, {"step_size"}, {"train/learning_rate"}, {"train/lr"}, {"eta", Meaning::doubtful}};
  return names;
}

const std::vector<KnownName>& names_of_step_norm() {
  static const std::vector<KnownName> names{{"step_norm"}, {"update_norm"}};
  return names;
}

const std::vector<KnownName>& names_of_batch_size() {
  static const std::vector<KnownName> names{{"batch_size", Meaning::doubtful},
                                            {"minibatch_size", Meaning::doubtful},
                                            {"train/batch_size", Meaning::doubtful}};
  return names;
}

bool is_known_name_of_value(std::string_view name) {
  const std::string wanted = lower_case(name);
  const std::vector<KnownName>& names = names_of_value();
  return std::any_of(names.begin(), names.end(), [&wanted](const KnownName& known) { return known.name == wanted; });
}

const RoleWords& words_of_value() {
  static const RoleWords words{{{"loss"}, {"cost"}, {"objective"}}};
  return words;
}

const RoleWords& words_of_reward() {
  static const RoleWords words{{{"reward"}, {"rew"}, {"return"}}};
  return words;
}

const RoleWords& words_of_gradient_norm() {
  static const RoleWords words{{{"grad", "norm"}, {"gradient", "norm"}, {"gradients", "norm"}, {"gnorm"}}};
  return words;
}

const RoleWords& words_of_step_size() {
  static const RoleWords words{{{"lr"}, {"learning", "rate"}}};
  return words;
}

const RoleWords& words_of_step_norm() {
  static const RoleWords words{{{"update", "norm"}, {"step", "norm"}}};
  return words;
}

Doubt doubt_of(std::string_view name, const RoleWords& role) {
  const std::vector<std::string> words = words_in(name);
  for (const std::vector<std::string_view>& set : role.sets) {
    const bool has_all = std::all_of(set.begin(), set.end(), [&words](std::string_view wanted) {
      return std::find(words.begin(), words.end(), wanted) != words.end();
    });
    if (!has_all) continue;
    Doubt doubt = Doubt::little;
    for (const std::string& word : words) {
      if (std::find(set.begin(), set.end(), word) != set.end()) continue;
      if (is_among(words_of_validation, word)) return Doubt::validation;
      if (!is_among(words_of_training, word)) doubt = Doubt::part;
    }
    return doubt;
  }
  return Doubt::other_role;
}

}  // namespace perigee::readers
