// Small images of ten classes, made and not collected: enough to train a classifier on where no data set is at hand.
#ifndef PERIGEE_LIB_DATA_SYNTHETIC_IMAGES_HPP
#define PERIGEE_LIB_DATA_SYNTHETIC_IMAGES_HPP

#include <perigee/lib/data/labelled_samples.hpp>

#include <cstdint>

namespace perigee::data {

inline constexpr Index synthetic_side = 8;  // pixels
inline constexpr Index synthetic_class_count = 10;

/// `count` >= 1 images of 8 x 8 pixels in [0, 1]. Each class has a prototype of three Gaussian strokes, exp(-||u -
/// c||^2/(2 w^2)), with centres uniform on the image and w uniform in [1, 2] pixels. Image i is of class i mod 10: the
/// prototype moved by up to one pixel in both directions, times a number uniform in [0.7, 1], plus N(0, 0.15^2), cut at
/// 0 and 1. Prototypes are drawn from the seed alone and image i from (seed, i), so more images are the same with more
/// behind them. Throws std::invalid_argument if count < 1.
LabelledSamples synthetic_images(Index count, std::uint64_t seed);

}  // namespace perigee::data

#endif
