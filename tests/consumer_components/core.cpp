// A program of the core alone: needs zlib and Highway at most.
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/version.hpp>

int main() { return perigee::problems::registry().empty() || perigee::version().empty() ? 1 : 0; }
