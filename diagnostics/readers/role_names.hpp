// The names that training loops give to what they log.
// Internal to the readers.
#ifndef PERIGEE_DIAGNOSTICS_READERS_ROLE_NAMES_HPP
#define PERIGEE_DIAGNOSTICS_READERS_ROLE_NAMES_HPP

#include <string>
#include <string_view>
#include <vector>

namespace perigee::readers {

// A name may mean many things: it is taken only where the column looks the part.
enum class Meaning { certain, doubtful };

struct KnownName {
  std::string_view name;  // as lower_case gives it
  Meaning meaning = Meaning::certain;
};

/// ASCII letters in lower case, '_' for '-' and a space.
std::string lower_case(std::string_view text);

/// In order of preference.
const std::vector<KnownName>& names_of_iteration();
const std::vector<KnownName>& names_of_value();
const std::vector<KnownName>& names_of_reward();
const std::vector<KnownName>& names_of_gradient_norm();
const std::vector<KnownName>& names_of_step_size();
const std::vector<KnownName>& names_of_step_norm();
const std::vector<KnownName>& names_of_batch_size();

bool is_known_name_of_value(std::string_view name);

/// The words in a name, between '/', '_', '.', '-', ':' and spaces, that tell a role.
struct RoleWords {
  std::vector<std::vector<std::string_view>> sets;  // any of these, all words of it
};
const RoleWords& words_of_value();
const RoleWords& words_of_reward();
const RoleWords& words_of_gradient_norm();
const RoleWords& words_of_step_size();
const RoleWords& words_of_step_norm();

/// How far a name can be trusted to mean a role, by the words in it beside the role's own. In increasing order.
enum class Doubt {
  little,      // words of training only, such as train, batch, total
  part,        // others: a part of the loss, as in policy_loss
  validation,  // words of a validation, such as val, test
  other_role,  // it has not the words of the role
};
Doubt doubt_of(std::string_view name, const RoleWords& words);

}  // namespace perigee::readers

#endif
