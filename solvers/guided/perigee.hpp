// Everything of Perigee in one include: see docs/ for the parts.
#ifndef PERIGEE_PERIGEE_HPP
#define PERIGEE_PERIGEE_HPP

#include <perigee/lib/functional.hpp>

#endif
