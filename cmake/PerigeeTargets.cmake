# What every Perigee target shares: what it needs, its include view, its warnings, its language level.

# perigee_need(PACKAGE VERSION DEBIAN_PACKAGE [OPTIONS...]): find_package; what is not there is remembered.
macro(perigee_need package version debian)
  find_package(${package} ${version} QUIET ${ARGN})
  if(NOT ${package}_FOUND)
    list(APPEND perigee_missing "${package} ${version}")
    list(APPEND perigee_missing_debian ${debian})
  endif()
endmacro()

# perigee_refuse_if_missing(): ends with all that was not found, and what to do.
function(perigee_refuse_if_missing)
  if(NOT perigee_missing)
    return()
  endif()
  list(JOIN perigee_missing ", " names)
  list(JOIN perigee_missing_debian " " packages)
  set(leave_out "")
  foreach(part IN ITEMS CLI TESTS BENCHMARKS)
    if(PERIGEE_BUILD_${part})
      string(APPEND leave_out " -DPERIGEE_BUILD_${part}=OFF")
    endif()
  endforeach()
  if(leave_out)
    set(leave_out "\nTo need less:\n ${leave_out}")
  endif()
  # CMake leaves indented lines as they are, to be copied.
  message(FATAL_ERROR "Perigee needs, in these versions or later: ${names}\n"
    "On Debian and Ubuntu:\n  apt install ${packages}\n"
    "If they are installed in a folder of their own:\n  -DCMAKE_PREFIX_PATH=FOLDER${leave_out}")
endfunction()

# perigee_view(FOLDER): makes <perigee/FOLDER/...> includable from <build>/view/FOLDER and from nowhere
# else, so that a target sees just the folders it links.
function(perigee_view folder)
  set(view ${PROJECT_BINARY_DIR}/view/${folder}/perigee)
  file(MAKE_DIRECTORY ${view})
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/${folder} ${view}/${folder} SYMBOLIC)
endfunction()

# perigee_library(NAME FOLDER SOURCES...): one library target with its alias and export name.
function(perigee_library name folder)
  add_library(perigee_${name} ${ARGN})
  add_library(perigee::${name} ALIAS perigee_${name})
  set_target_properties(perigee_${name} PROPERTIES EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON)
  target_compile_features(perigee_${name} PUBLIC cxx_std_20)
  target_include_directories(perigee_${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/view/${folder}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  perigee_warnings(perigee_${name})
  if(name STREQUAL core)
    perigee_precompile(core perigee_core <Eigen/Core>)  # it alone is compiled with -ffp-contract=off
  else()
    perigee_precompile(libraries perigee_${name} <Eigen/Core>)
  endif()
  set_property(GLOBAL APPEND PROPERTY PERIGEE_INSTALL_TARGETS perigee_${name})
endfunction()

# perigee_precompile(GROUP TARGET HEADERS...): precompiles these headers and the standard ones that nearly every source
# includes. The targets of a group are compiled with the same options, and share what the first of them precompiled.
function(perigee_precompile group target)
  if(NOT PERIGEE_PRECOMPILE_HEADERS)
    return()
  endif()
  get_property(first GLOBAL PROPERTY PERIGEE_PRECOMPILED_${group})
  if(first)
    target_precompile_headers(${target} REUSE_FROM ${first})
  else()
    set_property(GLOBAL PROPERTY PERIGEE_PRECOMPILED_${group} ${target})
    target_precompile_headers(${target} PRIVATE ${ARGN} <algorithm> <cmath> <cstdint> <functional> <limits> <memory>
      <optional> <span> <stdexcept> <string> <vector>)
  endif()
  # ccache goes by content: -fpch-preprocess, -fno-pch-timestamp. With precompiled headers g++ 12 sees copies inside
  # std::string overflow that cannot happen (GCC bug 105651 again).
  target_compile_options(${target} PRIVATE
    $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>
    $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow>
    $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overread>
    $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds>
    "$<$<CXX_COMPILER_ID:Clang,AppleClang>:SHELL:-Xclang -fno-pch-timestamp>")
endfunction()

# perigee_interface_library(NAME FOLDER): headers only.
function(perigee_interface_library name folder)
  add_library(perigee_${name} INTERFACE)
  add_library(perigee::${name} ALIAS perigee_${name})
  set_target_properties(perigee_${name} PROPERTIES EXPORT_NAME ${name})
  target_include_directories(perigee_${name} INTERFACE
    $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/view/${folder}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  set_property(GLOBAL APPEND PROPERTY PERIGEE_INSTALL_TARGETS perigee_${name})
endfunction()

# perigee_compile_quickly(TARGET): for tests and the command. What takes time when they run is compiled into the
# libraries; -O1 takes a quarter off the time to compile them. g++ 12 sees uninitialized Eigen storage at -O1 that it
# does not see at -O3.
function(perigee_compile_quickly target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>
    $<$<AND:$<CONFIG:Release>,$<CXX_COMPILER_ID:GNU>>:-Wno-maybe-uninitialized>)
endfunction()

# -Wno-restrict: g++ 12 reports overlapping copies inside std::string that cannot happen (GCC bug 105651).
function(perigee_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
    $<$<BOOL:${PERIGEE_WARNINGS_AS_ERRORS}>:-Werror>)
endfunction()
