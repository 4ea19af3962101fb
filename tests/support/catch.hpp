// Catch2, version 2 or 3, whichever is installed.
#ifndef PERIGEE_TESTS_SUPPORT_CATCH_HPP
#define PERIGEE_TESTS_SUPPORT_CATCH_HPP

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
using Catch::Approx;
#else
#include <catch2/catch.hpp>
#endif

#endif
