# cmake --install: libraries, headers, the command, the package for find_package(perigee CONFIG), and pkg-config files.
# Install components (cmake --install --component): runtime is what the command needs, development what programs that
# link Perigee need, python the module.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/perigee)
get_property(targets GLOBAL PROPERTY PERIGEE_INSTALL_TARGETS)

# One export set for each component of the package, so that whoever asks for the core needs neither SQLite nor Ceres.
set(component_core perigee_core perigee_autodiff)
set(component_solvers perigee_solvers)
set(component_cli perigee_cli)
set(component_ceres perigee_ceres)
set(component_diagnostics ${targets})
list(REMOVE_ITEM component_diagnostics ${component_core} ${component_solvers} ${component_cli} ${component_ceres})
set(PERIGEE_COMPONENTS "")
foreach(component IN ITEMS core solvers diagnostics cli ceres)
  set(members "")
  foreach(target IN LISTS component_${component})
    if(TARGET ${target})
      list(APPEND members ${target})
    endif()
  endforeach()
  if(NOT members)
    continue()
  endif()
  list(APPEND PERIGEE_COMPONENTS ${component})
  string(SUBSTRING ${component} 0 1 initial)
  string(TOUPPER ${initial} initial)
  string(SUBSTRING ${component} 1 -1 rest)
  set(export_name perigee${initial}${rest}Targets)
  install(TARGETS ${members} EXPORT ${export_name}
    RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT runtime
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime NAMELINK_COMPONENT development
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development
    INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  install(EXPORT ${export_name} NAMESPACE perigee:: DESTINATION ${package_dir} COMPONENT development)
endforeach()

set(ceres_headers PATTERN "ceres" EXCLUDE)
if(TARGET perigee_ceres)
  set(ceres_headers)
endif()
foreach(folder IN ITEMS lib solvers diagnostics)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${folder}/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/perigee/${folder}
    COMPONENT development
    FILES_MATCHING PATTERN "*.hpp" PATTERN "cli" EXCLUDE PATTERN "python" EXCLUDE PATTERN "kernels" EXCLUDE
    PATTERN "perigee.hpp" EXCLUDE PATTERN "node_modules" EXCLUDE ${ceres_headers})
endforeach()
if(TARGET perigee_perigee)
  install(FILES ${PROJECT_SOURCE_DIR}/solvers/guided/perigee.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/perigee
    COMPONENT development)
endif()

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/perigeeConfig.cmake.in
  ${PROJECT_BINARY_DIR}/perigeeConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/perigeeConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/perigeeConfig.cmake ${PROJECT_BINARY_DIR}/perigeeConfigVersion.cmake
  DESTINATION ${package_dir} COMPONENT development)

# --- pkg-config: perigee is everything, perigee-core, perigee-solvers and perigee-diagnostics are its parts ----------
file(RELATIVE_PATH pkgconfig_to_prefix ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})

# perigee_pkg_config(NAME DESCRIPTION REQUIRES PRIVATE_REQUIRES LIBS): static libraries cannot say what they need.
function(perigee_pkg_config name description requires private_requires libs)
  get_target_property(type perigee_core TYPE)
  if(type STREQUAL STATIC_LIBRARY)
    set(requires ${requires} ${private_requires})
    set(private_requires "")
  endif()
  list(JOIN requires ", " requires)
  list(JOIN private_requires ", " private_requires)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/perigee.pc.in ${PROJECT_BINARY_DIR}/pkgconfig/${name}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/pkgconfig/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
    COMPONENT development)
endfunction()

set(core_needs "")
if(PERIGEE_HAS_ZLIB)
  list(APPEND core_needs zlib)
endif()
if(PERIGEE_HAVE_HIGHWAY)
  list(APPEND core_needs libhwy)
endif()
perigee_pkg_config(perigee-core "Objectives, oracles, problems and certificates" "eigen3" "${core_needs}"
  "-lperigee_core -pthread")
perigee_pkg_config(perigee-solvers "Solvers of nonconvex problems" "perigee-core = ${PROJECT_VERSION}" ""
  "-lperigee_solvers")
if(TARGET perigee_diagnostics)
  perigee_pkg_config(perigee-diagnostics "Diagnoses of optimization runs" "perigee-core = ${PROJECT_VERSION}" sqlite3
    "-lperigee_diagnostics")
  perigee_pkg_config(perigee "${PROJECT_DESCRIPTION}"
    "perigee-solvers = ${PROJECT_VERSION};perigee-diagnostics = ${PROJECT_VERSION}" "" "-lperigee_guided")
endif()

# --- what goes with the command ---------------------------------------------------------------------------------------
if(TARGET perigee_cli)
  set(share ${PROJECT_BINARY_DIR}/share)
  install(FILES ${share}/perigee.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT runtime)
  install(FILES ${share}/perigee.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME perigee
    COMPONENT runtime)
  install(FILES ${share}/_perigee DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT runtime)
  install(FILES ${share}/perigee.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT runtime)
endif()

if(PROJECT_IS_TOP_LEVEL)
  include(PerigeePackage)
endif()
