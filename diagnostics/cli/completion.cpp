#include <perigee/diagnostics/cli/completion.hpp>

#include <perigee/diagnostics/cli/commands.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace perigee::cli {

namespace {

// What takes names of a registry, by the word that stands for its value in --help.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> registries{{{"PROBLEM", "problems"},
                                                                                   {"SOLVER", "solvers"},
                                                                                   {"SUITE", "suites"},
                                                                                   {"ID", "findings"},
                                                                                   {"FIGURE", "reproductions"},
                                                                                   {"STRATEGY", "solvers"},
                                                                                   {"NAME=VALUE", "thresholds"}}};

bool names_option(const OptionDescription& option, const std::string& word) {
  return std::find(option.names.begin(), option.names.end(), word) != option.names.end();
}

// Where in the command line the last word is.
struct Place {
  const CommandDescription* command;
  const OptionDescription* option = nullptr;  // whose value is due; nullptr: none
  std::size_t positional = 0;                 // arguments before it
  std::vector<std::string> arguments{};       // all values before it, of options too
};

Place place_of(const CommandDescription& whole, const std::vector<std::string>& words) {
  Place place{.command = &whole};
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const std::string& word = words[i];
    if (place.option != nullptr) {
      place.arguments.push_back(word);
      place.option = nullptr;
    } else if (word.starts_with("-")) {
      const auto& options = place.command->options;
      const auto found = std::find_if(options.begin(), options.end(),
                                      [&word](const OptionDescription& option) { return names_option(option, word); });
      if (found != options.end() && !found->value.empty()) place.option = &*found;
    } else {
      const auto& inner = place.command->commands;
      const auto found = std::find_if(inner.begin(), inner.end(),
                                      [&word](const CommandDescription& command) { return command.name == word; });
      if (found != inner.end()) {
        place = {.command = &*found};
      } else {
        ++place.positional;
        place.arguments.push_back(word);
      }
    }
  }
  return place;
}

class Offers {
 public:
  Offers(Completion& completion, std::string_view before, std::string_view word)
      : completion_(completion), before_(before), word_(word) {}
  void offer(const std::string& text, const std::string& summary) {
    if (text.starts_with(word_)) completion_.candidates.push_back({before_ + text, summary});
  }

 private:
  Completion& completion_;
  std::string before_;  // of the last word, what stays
  std::string word_;    // the rest, which is completed
};

// KEY=VALUE: the parameters of the problems and solvers named so far.
void offer_parameters(Offers& offers, const std::vector<std::string>& arguments) {
  for (const char* kind : {"problems", "solvers"}) {
    for (const ListedName& item : listed_names(kind)) {
      if (std::find(arguments.begin(), arguments.end(), item.name) == arguments.end()) continue;
      for (const std::string& parameter : item.parameters) offers.offer(parameter + "=", item.name);
    }
  }
}

void offer_values(Completion& completion, const OptionDescription& option, const std::string& typed,
                  const std::vector<std::string>& arguments, std::string before) {
  std::string kind = option.value;
  std::string word = typed;
  if (kind.ends_with(",...")) {
    kind.resize(kind.size() - 4);
    const std::size_t comma = word.rfind(',');
    if (comma != std::string::npos) {
      before += word.substr(0, comma + 1);
      word.erase(0, comma + 1);
    }
  }
  Offers offers(completion, before, word);
  for (const std::string& choice : option.choices) offers.offer(choice, "");
  if (kind == "KEY=VALUE") offer_parameters(offers, arguments);
  for (const auto& [value, registry] : registries) {
    if (kind != value) continue;
    for (const ListedName& item : listed_names(std::string(registry))) {
      offers.offer(registry == "thresholds" ? item.name + "=" : item.name, item.summary);
    }
  }
  if (kind == "STRATEGY") offers.offer("baseline", "the run as it was");
  if (kind.find("FILE") != std::string::npos || kind == "DIR" || kind.find(".sqlite") != std::string::npos) {
    completion.wants_files = true;
  }
}

constexpr const char* bash_script =
    R"script(# Completion of perigee for bash. The command itself says what could come next.
_perigee() {
  # bash takes "a=b" for three words; the command wants one, and bash then only what follows the "=".
  local words=() word glue='' i before='' line current
  for ((i = 1; i <= COMP_CWORD; ++i)); do
    word=${COMP_WORDS[i]}
    if [[ $word == = && ${#words[@]} -gt 0 ]] || [[ -n $glue ]]; then
      words[${#words[@]} - 1]+=$word
      if [[ $word == = ]]; then glue=1; else glue=''; fi
    else
      words+=("$word")
    fi
  done
  current=${words[${#words[@]} - 1]}
  if [[ $current == *=* ]]; then before=${current%=*}=; fi
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      local path
      while IFS= read -r path; do COMPREPLY+=("$path"); done < <(compgen -f -- "${current#"$before"}")
      compopt -o filenames 2>/dev/null
    else
      line=${line%%$'\t'*}
      COMPREPLY+=("${line#"$before"}")
    fi
  done < <("${COMP_WORDS[0]}" __complete "${words[@]}" 2>/dev/null)
  if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2>/dev/null; fi
}
complete -F _perigee perigee
)script";

constexpr const char* zsh_script = R"script(#compdef perigee
# Completion of perigee for zsh. The command itself says what could come next.
_perigee() {
  local line word summary
  local -a plain open files
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      files=(yes)
      continue
    fi
    word=${line%%$'\t'*}
    summary=${line#*$'\t'}
    [[ $summary == "$line" ]] && summary=''
    if [[ $word == *= ]]; then open+=("${word//:/\\:}:$summary"); else plain+=("${word//:/\\:}:$summary"); fi
  done < <("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)
  (( ${#plain} )) && _describe 'perigee' plain
  (( ${#open} )) && _describe 'perigee' open -S ''
  (( ${#files} )) && _files
  return 0
}
if [[ $funcstack[1] == _perigee ]]; then _perigee "$@"; else compdef _perigee perigee; fi
)script";

constexpr const char* fish_script =
    R"script(# Completion of perigee for fish. The command itself says what could come next.
function __perigee_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    for line in ($program __complete $words 2>/dev/null)
        if test "$line" = ":files"
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c perigee -f -a '(__perigee_complete)'
)script";

}  // namespace

Completion complete(const CommandDescription& command, const std::vector<std::string>& words) {
  Completion completion;
  const std::string word = words.empty() ? "" : words.back();
  const Place place = place_of(command, words);
  if (place.option != nullptr) {
    offer_values(completion, *place.option, word, place.arguments, "");
    return completion;
  }
  if (const std::size_t equals = word.find('='); word.starts_with("--") && equals != std::string::npos) {
    for (const OptionDescription& option : place.command->options) {
      if (!names_option(option, word.substr(0, equals)) || option.value.empty()) continue;
      offer_values(completion, option, word.substr(equals + 1), place.arguments, word.substr(0, equals + 1));
    }
    return completion;
  }
  Offers offers(completion, "", word);
  if (word.starts_with("-")) {
    for (const OptionDescription& option : place.command->options) {
      if (option.is_positional) continue;
      for (const std::string& name : option.names) offers.offer(name, option.summary);
    }
    return completion;
  }
  for (const CommandDescription& inner : place.command->commands) offers.offer(inner.name, inner.summary);
  std::size_t left = place.positional;
  for (const OptionDescription& option : place.command->options) {
    if (!option.is_positional) continue;
    if (left == 0 || option.is_repeatable) {
      offer_values(completion, option, word, place.arguments, "");
      break;
    }
    --left;
  }
  return completion;
}

std::string text_of(const Completion& completion) {
  std::string text;
  for (const Candidate& candidate : completion.candidates) {
    text += candidate.text + (candidate.summary.empty() ? "" : "\t" + candidate.summary) + '\n';
  }
  if (completion.wants_files) text += ":files\n";
  return text;
}

std::string completion_script(const std::string& shell) {
  if (shell == "bash") return bash_script;
  if (shell == "zsh") return zsh_script;
  if (shell == "fish") return fish_script;
  throw std::invalid_argument("completion: shell must be bash, zsh or fish, got '" + shell + "'");
}

}  // namespace perigee::cli
