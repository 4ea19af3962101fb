# cmake --install: libraries, headers, the command, and the package for find_package(perigee CONFIG).
include(CMakePackageConfigHelpers)

get_property(targets GLOBAL PROPERTY PERIGEE_INSTALL_TARGETS)
list(REMOVE_ITEM targets perigee_cli perigee_ceres)
install(TARGETS ${targets} EXPORT perigeeTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
if(TARGET perigee_cli)
  install(TARGETS perigee_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

# An export set of its own: whoever does not ask for the component `ceres` needs no Ceres.
set(ceres_headers PATTERN "ceres" EXCLUDE)
if(TARGET perigee_ceres)
  install(TARGETS perigee_ceres EXPORT perigeeCeresTargets
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
  set(ceres_headers)
endif()

foreach(folder IN ITEMS lib solvers diagnostics)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${folder}/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/perigee/${folder}
    FILES_MATCHING PATTERN "*.hpp" PATTERN "cli" EXCLUDE PATTERN "python" EXCLUDE PATTERN "kernels" EXCLUDE PATTERN "perigee.hpp" EXCLUDE PATTERN "node_modules" EXCLUDE
    ${ceres_headers})
endforeach()
install(FILES ${PROJECT_SOURCE_DIR}/solvers/guided/perigee.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/perigee)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/perigee)
install(EXPORT perigeeTargets NAMESPACE perigee:: DESTINATION ${package_dir})
if(TARGET perigee_ceres)
  install(EXPORT perigeeCeresTargets NAMESPACE perigee:: DESTINATION ${package_dir})
endif()
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/perigeeConfig.cmake.in
  ${PROJECT_BINARY_DIR}/perigeeConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/perigeeConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/perigeeConfig.cmake ${PROJECT_BINARY_DIR}/perigeeConfigVersion.cmake
  DESTINATION ${package_dir})
