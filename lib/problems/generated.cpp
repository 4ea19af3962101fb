#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/generated.hpp>

#include <cstdint>
#include <stdexcept>
#include <utility>

namespace perigee::problems {

Vector normal_values(const RandomSource& random, std::string_view purpose, Index count, double deviation) {
  RandomEngine engine = random.engine(purpose);
  Vector values(count);
  fill_standard_normal(engine, values);
  values.view() *= deviation;
  return values;
}

Vector orthonormal_rows(const RandomSource& random, std::string_view purpose, Index count, Index dimension) {
  Vector rows = normal_values(random, purpose, count * dimension);
  for (Index i = 0; i < count; ++i) {
    VectorView row(rows.data() + i * dimension, dimension);
    for (int pass = 0; pass < 2; ++pass) {
      for (Index j = 0; j < i; ++j) {
        const ConstVectorView earlier(rows.data() + j * dimension, dimension);
        row -= earlier.dot(row) * earlier;
      }
      row /= row.norm();
    }
  }
  return rows;
}

void check_data_size(const std::string& who, const char* sizes, double count) {
  if (count <= most_generated_numbers) return;
  throw std::invalid_argument(who + ": " + sizes + " must be <= " + format_number(most_generated_numbers) + ", got " +
                              format_number(count));
}

Vector falling_numbers(double largest, double smallest, Index count) {
  Vector numbers(count);
  for (Index i = 0; i < count; ++i) {
    const double part = count > 1 ? static_cast<double>(i) / static_cast<double>(count - 1) : 0.0;
    numbers[i] = largest + part * (smallest - largest);
  }
  return numbers;
}

namespace {
ParameterDescription described(std::string name, ParameterKind kind, std::string default_value, double least,
                               double greatest, std::string summary) {
  return {.name = std::move(name),
          .kind = kind,
          .default_value = std::move(default_value),
          .least = least,
          .greatest = greatest,
          .summary = std::move(summary)};
}
}  // namespace

ParameterDescription integer_parameter(std::string name, std::string default_value, double least, double greatest,
                                       std::string summary) {
  return described(std::move(name), ParameterKind::integer, std::move(default_value), least, greatest,
                   std::move(summary));
}

ParameterDescription real_parameter(std::string name, std::string default_value, double least, double greatest,
                                    std::string summary) {
  return described(std::move(name), ParameterKind::real, std::move(default_value), least, greatest, std::move(summary));
}

ParameterDescription seed_parameter() {
  return integer_parameter("seed", "1", 0, 1e15, "names the generated data and the standard start");
}

RandomSource random_source_of(const Parameters& parameters) {
  return RandomSource(static_cast<std::uint64_t>(parameters.integer("seed")));
}

}  // namespace perigee::problems
