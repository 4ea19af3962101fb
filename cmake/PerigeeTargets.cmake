# What every Perigee target shares: its include view, its warnings, its language level.

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
  set_property(GLOBAL APPEND PROPERTY PERIGEE_INSTALL_TARGETS perigee_${name})
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

# -Wno-restrict: g++ 12 reports overlapping copies inside std::string that cannot happen (GCC bug 105651).
function(perigee_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
    $<$<BOOL:${PERIGEE_WARNINGS_AS_ERRORS}>:-Werror>)
endfunction()
