#include <perigee/diagnostics/report/axis.hpp>
#include <perigee/diagnostics/report/markup.hpp>
#include <perigee/diagnostics/report/svg_plot.hpp>
#include <perigee/diagnostics/report/svg_spectrum.hpp>
#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace perigee {
namespace {

constexpr double stretched_width = 1000.0;  // of the nested picture, in its own units
constexpr double row_height = 78.0;         // name, density and ticks of one snapshot
constexpr double name_height = 20.0;
constexpr double density_height = 40.0;
constexpr double tick_height = 7.0;
constexpr double smoothing = 0.01;     // standard deviation of the Gaussian, of the axis' length
constexpr double rounding = 1e-9;      // of the largest size: what is smaller counts as zero
constexpr double wide_spread = 100.0;  // largest over smallest size from which the axis is logarithmic
constexpr int samples = 400;           // of a density along the axis
constexpr int most_ticks = 7;

// Eigenvalues along the axis: linear, or the inverse hyperbolic sine of value/unit, which is linear below `unit` and
// logarithmic above.
class SpectrumAxis {
 public:
  explicit SpectrumAxis(const std::vector<SpectrumAt>& spectra) {
    double low = 0.0;
    double high = 0.0;
    for (const SpectrumAt& spectrum : spectra) {
      low = std::min(low, spectrum.ritz_values.front().value);
      high = std::max(high, spectrum.ritz_values.back().value);
    }
    largest_ = std::max({-low, high, std::numeric_limits<double>::min()});
    std::vector<double> sizes;
    for (const SpectrumAt& spectrum : spectra) {
      for (const auto& node : spectrum.ritz_values) {
        const double size = std::abs(node.value);
        if (size > rounding * largest_) sizes.push_back(size);
      }
    }
    std::sort(sizes.begin(), sizes.end());
    // The smallest tenth may be Ritz values on their way to zero.
    const double smallest = sizes.empty() ? largest_ : sizes[sizes.size() / 10];
    if (largest_ > wide_spread * smallest) unit_ = std::max(smallest, 1e-6 * largest_);
    low_ = drawn(low);
    high_ = drawn(high);
    const double margin = 0.05 * (high_ - low_);
    low_ -= margin;
    high_ += margin;
    if (!(high_ > low_)) {
      low_ = -1.0;
      high_ = 1.0;
    }
  }

  double position(double value) const { return (drawn(value) - low_) / (high_ - low_); }
  bool is_logarithmic() const { return unit_ > 0.0; }
  bool is_negative(double value) const { return value < -rounding * largest_; }

  std::vector<AxisTick> ticks() const {
    if (!is_logarithmic()) return Axis(low_, high_, AxisScale::linear, most_ticks).ticks();
    std::vector<AxisTick> result{{.position = position(0.0), .label = "0"}};
    const int first = static_cast<int>(std::ceil(std::log10(unit_) + 0.3));
    const int last = static_cast<int>(std::floor(std::log10(largest_ * 1.3)));
    const int stride = std::max(1, (last - first + 1 + 3) / 4);
    for (int exponent = last; exponent >= first; exponent -= stride) {
      for (const double sign : {-1.0, 1.0}) {
        const double value = sign * std::pow(10.0, exponent);
        const double place = position(value);
        if (place >= 0.0 && place <= 1.0) result.push_back({.position = place, .label = axis_label(value, 2)});
      }
    }
    return apart(std::move(result));
  }

 private:
  // Without the ticks whose numbers would touch on a phone; zero, the first, stays.
  static std::vector<AxisTick> apart(std::vector<AxisTick> ticks) {
    std::vector<AxisTick> kept;
    for (AxisTick& tick : ticks) {
      const bool fits = std::all_of(kept.begin(), kept.end(), [&](const AxisTick& other) {
        return std::abs(tick.position - other.position) >= 0.12;
      });
      if (fits) kept.push_back(std::move(tick));
    }
    return kept;
  }

  double drawn(double value) const { return unit_ > 0.0 ? std::asinh(value / unit_) : value; }

  double low_ = 0.0;
  double high_ = 0.0;
  double largest_ = 0.0;
  double unit_ = 0.0;  // 0: linear
};

// The smoothed densities of what is negative and of the rest at `samples` + 1 places along the axis; the larger of
// their peaks is 1. Neither reaches beyond zero: what the Gaussian puts there is reflected.
struct Densities {
  std::vector<double> negative = std::vector<double>(samples + 1, 0.0);
  std::vector<double> other = std::vector<double>(samples + 1, 0.0);
};

Densities densities_of(const SpectrumAt& spectrum, const SpectrumAxis& axis) {
  Densities densities;
  const double zero = axis.position(0.0);
  for (const auto& node : spectrum.ritz_values) {
    const bool is_negative = axis.is_negative(node.value);
    std::vector<double>& density = is_negative ? densities.negative : densities.other;
    const double centre = is_negative ? axis.position(node.value) : std::max(zero, axis.position(node.value));
    for (int i = 0; i <= samples; ++i) {
      const double place = static_cast<double>(i) / samples;
      if (is_negative ? place > zero : place < zero) continue;
      for (const double source : {centre, 2.0 * zero - centre}) {
        const double z = (place - source) / smoothing;
        if (std::abs(z) < 8.0) density[static_cast<std::size_t>(i)] += node.weight * std::exp(-0.5 * z * z);
      }
    }
  }
  double highest = 0.0;
  for (const auto* density : {&densities.negative, &densities.other}) {
    highest = std::max(highest, *std::max_element(density->begin(), density->end()));
  }
  for (auto* density : {&densities.negative, &densities.other}) {
    for (double& value : *density) value /= highest;
  }
  return densities;
}

// The area under a density, on the line `base`.
std::string area(const std::vector<double>& density, double base, std::string_view style) {
  const auto x = [](int i) { return svg_coordinate(stretched_width * i / samples); };
  const auto height = [&](int i) { return density[static_cast<std::size_t>(i)] * density_height; };
  constexpr double seen = 0.05;  // pixels; what is lower is not drawn
  std::string data;
  for (int i = 0; i <= samples; ++i) {
    if (height(i) < seen) continue;
    data += 'M' + x(i) + ' ' + svg_coordinate(base);
    for (; i <= samples && height(i) >= seen; ++i) {
      data += 'L' + x(i) + ' ' + svg_coordinate(std::round(10.0 * (base - height(i))) / 10.0);
    }
    data += 'L' + x(i - 1) + ' ' + svg_coordinate(base) + 'Z';
  }
  return data.empty() ? "" : "<path class=\"" + std::string(style) + "\" d=\"" + data + "\"/>";
}

std::string ritz_ticks(const SpectrumAt& spectrum, const SpectrumAxis& axis, double top) {
  std::string data;
  double before = -1.0;
  for (const auto& node : spectrum.ritz_values) {
    const double x = stretched_width * axis.position(node.value);
    if (x - before < 0.4) continue;
    before = x;
    data += 'M' + svg_coordinate(std::round(10.0 * x) / 10.0) + ' ' + svg_coordinate(top) + 'v' +
            svg_coordinate(tick_height);
  }
  return "<path class=\"ritz\" d=\"" + data + "\"/>";
}

// Three significant digits, whatever the size; what is zero within rounding is 0.
std::string end_text(double value, const SpectrumAt& spectrum) {
  const double extent = spectrum.ritz_values.back().value - spectrum.ritz_values.front().value;
  if (std::abs(value) <= rounding * std::abs(extent)) return "0";
  return axis_label(std::stod(format_number(value, 3)), 3);
}

// "1 of 6 negative", where that is known and there is one.
std::string index_text(const SpectrumAt& spectrum, const SpectrumAxis& axis) {
  const auto negative = std::count_if(spectrum.ritz_values.begin(), spectrum.ritz_values.end(),
                                      [&](const auto& node) { return axis.is_negative(node.value); });
  if (!spectrum.is_complete || negative == 0) return "";
  return ", " + std::to_string(negative) + " of " + std::to_string(spectrum.dimension) + " negative";
}

}  // namespace

std::string svg_spectra(const std::vector<SpectrumAt>& spectra) {
  if (spectra.empty()) return "";
  const SpectrumAxis axis(spectra);
  const double height = row_height * static_cast<double>(spectra.size());
  std::string description = "Spectrum of the Hessian at " + std::to_string(spectra.size()) +
                            (spectra.size() == 1 ? " snapshot." : " snapshots.");
  std::string names;
  std::string areas;
  std::string lines;
  for (std::size_t row = 0; row < spectra.size(); ++row) {
    const SpectrumAt& spectrum = spectra[row];
    const std::string low = "iteration " + std::to_string(spectrum.iteration) + ": \xCE\xBB min " +
                            end_text(spectrum.ritz_values.front().value, spectrum);
    const std::string high = "\xCE\xBB max " + end_text(spectrum.ritz_values.back().value, spectrum);
    const std::string index = index_text(spectrum, axis);
    description += ' ' + low + index + ", " + high + '.';
    const double top = row_height * static_cast<double>(row);
    const double base = top + name_height + density_height;
    const std::string name_y = "\" y=\"" + svg_coordinate(top + 13.0) + "\">";
    names += "<text class=\"axis-name\" x=\"4" + name_y + markup::escape(low) +
             (index.empty() ? "" : "<tspan class=\"at-wide\">" + index + "</tspan>") +
             "</text><text class=\"axis-name\" text-anchor=\"end\" x=\"100%" + name_y + markup::escape(high) +
             "</text>";
    lines += "<line class=\"frame\" x1=\"0\" x2=\"100%\" y1=\"" + svg_coordinate(base) + "\" y2=\"" +
             svg_coordinate(base) + "\"/>";
    const Densities densities = densities_of(spectrum, axis);
    areas += area(densities.negative, base, "spectrum-negative") + area(densities.negative, base, "spectrum-hatch") +
             area(densities.other, base, "spectrum-positive");
    areas += ritz_ticks(spectrum, axis, base + 2.0);
  }
  std::string result = "<svg class=\"plot spectra\" width=\"100%\" height=\"" + svg_coordinate(height + 24.0) +
                       "\" role=\"img\" aria-label=\"" + markup::escape(description) + "\">";
  for (const AxisTick& tick : axis.ticks()) {
    const std::string x = svg_coordinate(100.0 * tick.position) + '%';
    result += "<line class=\"" + std::string(tick.label == "0" ? "zero" : "grid") + "\" x1=\"" + x + "\" x2=\"" + x +
              "\" y1=\"0\" y2=\"" + svg_coordinate(height) + "\"/><text class=\"tick\" text-anchor=\"middle\" x=\"" +
              x + "\" y=\"" + svg_coordinate(height + 17.0) + "\">" + markup::escape(tick.label) + "</text>";
  }
  result += lines + "<svg x=\"0\" y=\"0\" width=\"100%\" height=\"" + svg_coordinate(height) +
            "\" viewBox=\"0 0 1000 " + svg_coordinate(height) + "\" preserveAspectRatio=\"none\">" + areas + "</svg>" +
            names;
  return result + "</svg>";
}

}  // namespace perigee
