// The lines of a log and the words for what is wrong in it: those of lib/data.
// Internal to the readers.
#ifndef PERIGEE_DIAGNOSTICS_READERS_INPUT_HPP
#define PERIGEE_DIAGNOSTICS_READERS_INPUT_HPP

#include <perigee/lib/data/line_reader.hpp>

namespace perigee::readers {

using Input = data::LineReader;
using data::greatest_line_length;
using data::message_at;
using data::shown;
using data::shown_list;
using data::what_is_wrong_with_name;

}  // namespace perigee::readers

#endif
