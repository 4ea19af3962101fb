# cpack -G DEB: the packages perigee (the command), libperigee-dev (static libraries, headers, CMake and pkg-config
# files) and, where it is built, python3-perigee. Configure with -DCMAKE_INSTALL_PREFIX=/usr, as ./dev package does:
# then libraries lie where Debian looks for them.
set(CPACK_PACKAGE_NAME perigee)
set(CPACK_PACKAGE_VENDOR "The Perigee authors")
set(CPACK_PACKAGE_CONTACT "The Perigee authors <perigee@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGING_INSTALL_PREFIX ${CMAKE_INSTALL_PREFIX})
set(CPACK_STRIP_FILES ON)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/PerigeePackagePermissions.cmake)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)

set(CPACK_COMPONENTS_ALL development)
if(TARGET perigee_cli)
  list(APPEND CPACK_COMPONENTS_ALL runtime)
endif()
if(TARGET perigee_python)
  list(APPEND CPACK_COMPONENTS_ALL python)
endif()

set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME perigee)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION "The command. It says what happened in a training log or a recorded run: minimum,\
 saddle, plateau, gravity well, noise floor and more, with the evidence; it runs and compares solvers that escape\
 saddle points.")

# What the installed CMake and pkg-config files ask for.
set(development_needs libeigen3-dev)
if(PERIGEE_HAS_ZLIB)
  list(APPEND development_needs zlib1g-dev)
endif()
if(PERIGEE_HAVE_HIGHWAY)
  list(APPEND development_needs libhwy-dev)
endif()
if(PERIGEE_BUILD_DIAGNOSTICS)
  list(APPEND development_needs libsqlite3-dev)
endif()
list(JOIN development_needs ", " CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libperigee-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SUGGESTS "libceres-dev, perigee")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "The C++ library: static libraries and headers, found by CMake and\
 pkg-config. With libceres-dev also derivatives by automatic differentiation and the bridge to Ceres Solver.")

set(CPACK_DEBIAN_PYTHON_PACKAGE_NAME python3-perigee)
set(CPACK_DEBIAN_PYTHON_PACKAGE_SECTION python)
set(CPACK_DEBIAN_PYTHON_PACKAGE_SHLIBDEPS ON)
if(TARGET perigee_python)
  find_package(Python 3.9 QUIET COMPONENTS Interpreter)
  math(EXPR next_minor "${Python_VERSION_MINOR} + 1")
  # An extension module serves the minor version that it was built for.
  set(CPACK_DEBIAN_PYTHON_PACKAGE_DEPENDS "python3 (>= 3.${Python_VERSION_MINOR}), python3 (<< 3.${next_minor}), python3-numpy")
endif()
set(CPACK_COMPONENT_PYTHON_DESCRIPTION "The Python module. It records training loops, diagnoses them, and runs solvers\
 on objectives that are Python callables.")

# Debian policy: licence and changes of each package.
foreach(component IN LISTS CPACK_COMPONENTS_ALL)
  string(TOUPPER ${component} upper)
  set(package ${CPACK_DEBIAN_${upper}_PACKAGE_NAME})
  install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package} RENAME copyright
    COMPONENT ${component})
  install(FILES ${PROJECT_SOURCE_DIR}/CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package}
    COMPONENT ${component})
endforeach()
include(CPack)
