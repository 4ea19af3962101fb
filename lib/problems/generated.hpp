// What problems with generated data share: random arrays by seed, spectra, and the parameters that set them.
#ifndef PERIGEE_LIB_PROBLEMS_GENERATED_HPP
#define PERIGEE_LIB_PROBLEMS_GENERATED_HPP

#include <perigee/lib/parameters.hpp>
#include <perigee/lib/random.hpp>
#include <perigee/lib/vector.hpp>

#include <string>
#include <string_view>

namespace perigee::problems {

/// `count` independent draws of N(0, deviation^2), from the stream `purpose` of the source.
Vector normal_values(const RandomSource& random, std::string_view purpose, Index count, double deviation = 1.0);

/// A row-major count x dimension array of orthonormal rows, count <= dimension: Gram-Schmidt, twice, on normal rows.
Vector orthonormal_rows(const RandomSource& random, std::string_view purpose, Index count, Index dimension);

/// The most numbers of generated data that a problem makes: 1.6 GB.
inline constexpr double most_generated_numbers = 2e8;
/// Throws std::invalid_argument, in the name of `who`, if the data would have more numbers than that. `sizes` says what
/// was multiplied.
void check_data_size(const std::string& who, const char* sizes, double count);

/// `count` numbers falling linearly from `largest` to `smallest`; one number: `largest`.
Vector falling_numbers(double largest, double smallest, Index count);

/// A parameter of kind integer, named, with its default and range.
ParameterDescription integer_parameter(std::string name, std::string default_value, double least, double greatest,
                                       std::string summary);
/// The same of kind real.
ParameterDescription real_parameter(std::string name, std::string default_value, double least, double greatest,
                                    std::string summary);

/// `seed`: names the generated data, default 1.
ParameterDescription seed_parameter();
/// The source of the parameter `seed`.
RandomSource random_source_of(const Parameters& parameters);

}  // namespace perigee::problems

#endif
