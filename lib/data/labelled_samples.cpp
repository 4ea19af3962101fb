#include <perigee/lib/data/labelled_samples.hpp>

#include <perigee/lib/data/csv_matrix.hpp>
#include <perigee/lib/data/idx.hpp>
#include <perigee/lib/data/npy.hpp>
#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <system_error>

namespace perigee::data {

namespace {

constexpr double greatest_label = std::numeric_limits<std::uint16_t>::max();

void take_label(const std::string& file, Index row, double label, LabelledSamples& samples) {
  if (!(label >= 0.0 && label <= greatest_label && label == std::floor(label))) {
    throw ReadError(file + ": row " + std::to_string(row + 1) + ": expected a label in 0, 1, ..., 65535, got " +
                    format_number(label));
  }
  samples.labels.push_back(static_cast<std::uint16_t>(label));
  samples.class_count = std::max(samples.class_count, static_cast<Index>(label) + 1);
}

// Divides by `scale`; refuses what is not finite.
void take_feature(const std::string& file, Index row, double feature, double scale, LabelledSamples& samples) {
  const auto scaled = static_cast<float>(feature / scale);
  if (!std::isfinite(scaled)) {
    throw ReadError(file + ": row " + std::to_string(row + 1) + ": expected finite features, got " +
                    format_number(feature));
  }
  samples.features.push_back(scaled);
}

double scale_of(const double largest_magnitude) { return largest_magnitude > 1.0 ? largest_magnitude : 1.0; }

// `images` and `labels` are where the arrays come from, for messages.
LabelledSamples joined(const Array& image_array, const std::string& images, const Array& label_array,
                       const std::string& labels) {
  if (image_array.shape.size() < 2 || image_array.size() == 0) {
    throw ReadError(images + ": expected samples along the first axis of several, got " +
                    std::to_string(image_array.shape.size()) + " axes and " + std::to_string(image_array.size()) +
                    " numbers");
  }
  if (label_array.size() != image_array.row_count()) {
    throw ReadError(labels + ": expected a label for each of " + std::to_string(image_array.row_count()) +
                    " samples, got " + std::to_string(label_array.size()));
  }
  LabelledSamples samples{.feature_count = image_array.row_size()};
  double scale = 255.0;
  if (image_array.type != ElementType::uint8) {
    double largest = 0.0;
    for (Index i = 0; i < image_array.size(); ++i) largest = std::max(largest, std::abs(image_array[i]));
    scale = scale_of(largest);
  }
  samples.features.reserve(static_cast<std::size_t>(image_array.size()));
  std::vector<double> row(static_cast<std::size_t>(samples.feature_count));
  for (Index i = 0; i < image_array.row_count(); ++i) {
    take_label(labels, i, label_array[i], samples);
    image_array.copy_to(i * samples.feature_count, row);
    for (const double feature : row) take_feature(images, i, feature, scale, samples);
  }
  return samples;
}

LabelledSamples read_matrix(const std::filesystem::path& path) {
  const CsvMatrix matrix = read_csv_matrix(path);
  if (matrix.column_count < 2) {
    throw ReadError(path.string() + ": expected features and a label in every row, got one column");
  }
  const auto named = std::find(matrix.column_names.begin(), matrix.column_names.end(), "label");
  const Index label_column =
      named != matrix.column_names.end() ? named - matrix.column_names.begin() : matrix.column_count - 1;
  double largest = 0.0;
  for (Index i = 0; i < static_cast<Index>(matrix.values.size()); ++i) {
    if (i % matrix.column_count == label_column) continue;
    largest = std::max(largest, std::abs(matrix.values[static_cast<std::size_t>(i)]));
  }
  LabelledSamples samples{.feature_count = matrix.column_count - 1};
  for (Index i = 0; i < static_cast<Index>(matrix.values.size()); ++i) {
    const double value = matrix.values[static_cast<std::size_t>(i)];
    const Index row = i / matrix.column_count;
    if (i % matrix.column_count == label_column) {
      take_label(path.string(), row, value, samples);
    } else {
      take_feature(path.string(), row, value, scale_of(largest), samples);
    }
  }
  return samples;
}

[[noreturn]] void fail_missing(const std::filesystem::path& path) {
  throw ReadError(path.string() +
                  ": there is no such data set; install Debian's package dataset-fashion-mnist and pass " +
                  fashion_mnist_folder + ", or pass a folder with MNIST's IDX files, an .npz or a .csv file");
}

std::filesystem::path file_in(const std::filesystem::path& folder, const std::string& name) {
  std::error_code error;
  for (const char* ending : {"", ".gz"}) {
    const std::filesystem::path path = folder / (name + ending);
    if (std::filesystem::exists(path, error)) return path;
  }
  fail_missing(folder / name);
}

}  // namespace

LabelledSamples part_of(const LabelledSamples& samples, Index first, Index count) {
  if (first < 0 || count < 1 || count > samples.count() || first > samples.count() - count) {
    throw std::invalid_argument("part_of: samples [first, first + count) must be some of " +
                                std::to_string(samples.count()) + ", got first " + std::to_string(first) + ", count " +
                                std::to_string(count));
  }
  LabelledSamples part{.feature_count = samples.feature_count, .class_count = samples.class_count};
  const auto row = samples.features.begin() + first * samples.feature_count;
  part.features.assign(row, row + count * samples.feature_count);
  part.labels.assign(samples.labels.begin() + first, samples.labels.begin() + first + count);
  return part;
}

LabelledSamples read_labelled_samples(const std::filesystem::path& path, DataPart part) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) fail_missing(path);
  if (std::filesystem::is_directory(path, error)) {
    const std::string prefix = part == DataPart::training ? "train" : "t10k";
    const std::filesystem::path images = file_in(path, prefix + "-images-idx3-ubyte");
    const std::filesystem::path labels = file_in(path, prefix + "-labels-idx1-ubyte");
    return joined(read_idx(images), images.string(), read_idx(labels), labels.string());
  }
  if (path.extension() == ".npz") {
    const NpzFile file(path);
    const std::string ending = part == DataPart::training ? "_train" : "_test";
    return joined(file.read("x" + ending), path.string() + "(x" + ending + ")", file.read("y" + ending),
                  path.string() + "(y" + ending + ")");
  }
  if (part == DataPart::test) {
    throw ReadError(path.string() + ": expected a folder or an .npz file for the test part, got a file without one");
  }
  return read_matrix(path);
}

}  // namespace perigee::data
