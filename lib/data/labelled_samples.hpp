// Samples with a class each, such as images of digits, from whatever files the data sets come in.
#ifndef PERIGEE_LIB_DATA_LABELLED_SAMPLES_HPP
#define PERIGEE_LIB_DATA_LABELLED_SAMPLES_HPP

#include <perigee/lib/data/read_error.hpp>
#include <perigee/lib/vector.hpp>

#include <cstdint>
#include <filesystem>
#include <vector>

namespace perigee::data {

struct LabelledSamples {
  Index feature_count = 0;              // d >= 1, of a sample
  Index class_count = 0;                // one more than the greatest label
  std::vector<float> features{};        // a row of d a sample; float, because 55000 images in double are 345 MB
  std::vector<std::uint16_t> labels{};  // one a sample, in [0, class_count)

  Index count() const { return static_cast<Index>(labels.size()); }
};

/// The samples [first, first + count) on their own, of the same classes. Throws std::invalid_argument unless
/// 0 <= first and count >= 1 and that many are there.
LabelledSamples part_of(const LabelledSamples& samples, Index first, Index count);

enum class DataPart { training, test };

/// Where Debian's package dataset-fashion-mnist puts Fashion-MNIST (Xiao, Rasul and Vollgraf 2017).
inline constexpr const char* fashion_mnist_folder = "/usr/share/datasets/fashion-mnist";

/// Reads a data set, by what `path` is:
/// - a folder: MNIST's IDX files in it, train-images-idx3-ubyte and train-labels-idx1-ubyte, or t10k-... for the test
///   part, each as it is or with .gz;
/// - a file *.npz: the arrays x_train and y_train, or x_test and y_test;
/// - any other file: a CSV matrix with the labels in the column `label`, or else the last one; training part only.
/// Features are divided by 255 if they are bytes (IDX, uint8), else by the largest magnitude if that is above 1; labels
/// are whole numbers in [0, 65535]. Throws ReadError if anything is not so; where there is nothing at `path`, it says
/// which package brings such data and what to pass.
LabelledSamples read_labelled_samples(const std::filesystem::path& path, DataPart part = DataPart::training);

}  // namespace perigee::data

#endif
