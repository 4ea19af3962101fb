# Writes the report page's style sheet and script, and the chart library uPlot, into a source file of
# perigee_diagnostics: report_assets.hpp declares what is in it. Without uPlot (PERIGEE_BUILD_REPORT_JS off,
# or npm not there) reports show their static pictures only.

set(report_source_dir ${CMAKE_CURRENT_LIST_DIR})
set(report_build_dir ${CMAKE_CURRENT_BINARY_DIR}/report)

# perigee_find_uplot(OUT): the folder with uPlot.iife.min.js and uPlot.min.css, or nothing with a warning.
function(perigee_find_uplot out)
  set(${out} "" PARENT_SCOPE)
  if(NOT PERIGEE_BUILD_REPORT_JS)
    return()
  endif()
  if(PERIGEE_UPLOT_DIR)
    foreach(name IN ITEMS uPlot.iife.min.js uPlot.min.css)
      if(NOT EXISTS ${PERIGEE_UPLOT_DIR}/${name})
        message(FATAL_ERROR "PERIGEE_UPLOT_DIR must hold ${name}, got ${PERIGEE_UPLOT_DIR}")
      endif()
    endforeach()
    set(${out} ${PERIGEE_UPLOT_DIR} PARENT_SCOPE)
    return()
  endif()
  # The lock file pins version and content; the copy in the build folder says for which lock file npm ran.
  set(lock ${report_source_dir}/package-lock.json)
  set(installed ${report_build_dir}/node_modules/uplot/dist)
  file(SHA256 ${lock} wanted)
  set(present "")
  if(EXISTS ${report_build_dir}/installed-lock AND EXISTS ${installed}/uPlot.iife.min.js)
    file(READ ${report_build_dir}/installed-lock present)
  endif()
  if(NOT present STREQUAL wanted)
    find_program(PERIGEE_NPM npm)
    if(NOT PERIGEE_NPM)
      message(WARNING "npm was not found: HTML reports will have static pictures only. Install npm, or set "
        "PERIGEE_UPLOT_DIR to a folder with uPlot.iife.min.js, or set PERIGEE_BUILD_REPORT_JS to OFF.")
      return()
    endif()
    file(COPY ${report_source_dir}/package.json ${lock} DESTINATION ${report_build_dir})
    execute_process(COMMAND ${PERIGEE_NPM} ci --ignore-scripts --no-audit --no-fund
      WORKING_DIRECTORY ${report_build_dir} RESULT_VARIABLE failed OUTPUT_VARIABLE log ERROR_VARIABLE log)
    if(failed)
      message(WARNING "npm ci failed: HTML reports will have static pictures only. It said:\n${log}")
      return()
    endif()
    file(WRITE ${report_build_dir}/installed-lock ${wanted})
  endif()
  set(${out} ${installed} PARENT_SCOPE)
endfunction()

# perigee_base64(HEX OUT): 32 bytes in hexadecimal digits as base64.
function(perigee_base64 hex out)
  set(alphabet ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/)
  set(result "")
  # 64 digits and two zeros: eleven groups of three bytes, of which the last byte is padding.
  foreach(at RANGE 0 60 6)
    string(SUBSTRING "${hex}00" ${at} 6 group)
    math(EXPR bits "0x${group}")
    foreach(shift IN ITEMS 18 12 6 0)
      math(EXPR place "(${bits} >> ${shift}) & 63")
      string(SUBSTRING ${alphabet} ${place} 1 letter)
      string(APPEND result ${letter})
    endforeach()
  endforeach()
  string(REGEX REPLACE ".$" "=" result ${result})
  set(${out} ${result} PARENT_SCOPE)
endfunction()

# perigee_embed(NAME FILE OUT): appends to OUT the definition of report_assets::NAME() with the content of FILE.
function(perigee_embed name file out)
  file(READ ${file} content)
  string(FIND "${content}" "</" closing)
  if(NOT closing EQUAL -1)
    message(FATAL_ERROR "${file}: a part of a page must not hold a closing tag")
  endif()
  file(READ ${file} bytes HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
  file(SHA256 ${file} digest)
  perigee_base64(${digest} digest)
  string(APPEND ${out} "constexpr unsigned char ${name}_bytes[] = {${bytes}};\n"
    "Asset ${name}() { return {view(${name}_bytes, sizeof ${name}_bytes), \"sha256-${digest}\"}; }\n")
  set(${out} "${${out}}" PARENT_SCOPE)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
endfunction()

perigee_find_uplot(uplot_dir)
set(report_assets "")
perigee_embed(style ${report_source_dir}/report.css report_assets)
perigee_embed(script ${report_source_dir}/report.js report_assets)
if(uplot_dir)
  perigee_embed(chart_style ${uplot_dir}/uPlot.min.css report_assets)
  perigee_embed(chart_script ${uplot_dir}/uPlot.iife.min.js report_assets)
else()
  string(APPEND report_assets "Asset chart_style() { return {}; }\nAsset chart_script() { return {}; }\n")
endif()
file(READ ${report_source_dir}/uplot-license.txt uplot_license)
string(APPEND report_assets "std::string_view chart_license() {\n  return R\"notice(${uplot_license})notice\";\n}\n")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${report_source_dir}/package-lock.json)
file(CONFIGURE OUTPUT ${report_build_dir}/report_assets.cpp @ONLY CONTENT [[
#include <cstddef>
#include <perigee/diagnostics/report/report_assets.hpp>

namespace perigee::report_assets {
namespace {
std::string_view view(const unsigned char* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}
}  // namespace

@report_assets@
}  // namespace perigee::report_assets
]])
target_sources(perigee_diagnostics PRIVATE ${report_build_dir}/report_assets.cpp)
