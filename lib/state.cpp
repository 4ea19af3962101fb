#include <perigee/lib/state.hpp>

#include <cstring>
#include <stdexcept>

namespace perigee {

void StateWriter::append(const void* data, std::size_t size) {
  const auto* first = static_cast<const std::uint8_t*>(data);
  bytes_.insert(bytes_.end(), first, first + size);
}

void StateWriter::write(std::uint64_t value) { append(&value, sizeof value); }
void StateWriter::write(std::int64_t value) { append(&value, sizeof value); }
void StateWriter::write(double value) { append(&value, sizeof value); }

void StateWriter::write(std::string_view text) {
  write(static_cast<std::uint64_t>(text.size()));
  append(text.data(), text.size());
}

void StateWriter::write(ConstVectorView values) {
  write(static_cast<std::uint64_t>(values.size()));
  append(values.data(), static_cast<std::size_t>(values.size()) * sizeof(double));
}

void StateWriter::write(const Evaluation& evaluation) {
  write(evaluation.x());
  write(evaluation.gradient());
  write(evaluation.value_);
  write(evaluation.gradient_norm_);
}

void StateWriter::write(const StepRecord& record) {
  write(static_cast<std::int64_t>(record.iteration));
  write(static_cast<std::uint64_t>(record.kind));
  write(static_cast<std::uint64_t>(record.batch_size));
  for (const double field :
       {record.value, record.gradient_norm, record.step_norm, record.step_size, record.curvature}) {
    write(field);
  }
  write(record.counts);
}

void StateWriter::write(const OracleCounts& counts) {
  write(counts.values);
  write(counts.gradients);
  write(counts.hessian_vector_products);
}

void StateWriter::write(const std::vector<Decision>& decisions) {
  write(static_cast<std::uint64_t>(decisions.size()));
  for (const Decision& decision : decisions) {
    write(static_cast<std::int64_t>(decision.iteration));
    write(decision.remedy);
    write(decision.reason);
  }
}

void StateReader::read(std::vector<Decision>& decisions) {
  std::uint64_t size = 0;
  read(size);
  decisions.clear();
  for (std::uint64_t i = 0; i < size; ++i) {
    Decision decision;
    std::int64_t iteration = 0;
    read(iteration);
    decision.iteration = static_cast<Index>(iteration);
    read(decision.remedy);
    read(decision.reason);
    decisions.push_back(std::move(decision));
  }
}

void StateReader::take(void* data, std::size_t size) {
  if (size > bytes_.size()) {
    throw std::invalid_argument("StateReader: the state is cut short, " + std::to_string(size) + " bytes wanted, " +
                                std::to_string(bytes_.size()) + " left");
  }
  if (size > 0) std::memcpy(data, bytes_.data(), size);
  bytes_ = bytes_.subspan(size);
}

void StateReader::read(std::uint64_t& value) { take(&value, sizeof value); }
void StateReader::read(std::int64_t& value) { take(&value, sizeof value); }
void StateReader::read(double& value) { take(&value, sizeof value); }

void StateReader::read(std::string& text) {
  std::uint64_t size = 0;
  read(size);
  if (size > bytes_.size()) throw std::invalid_argument("StateReader: the state is cut short inside a text");
  text.assign(reinterpret_cast<const char*>(bytes_.data()), size);
  bytes_ = bytes_.subspan(size);
}

void StateReader::read(VectorView values) {
  std::uint64_t size = 0;
  read(size);
  if (size != static_cast<std::uint64_t>(values.size())) {
    throw std::invalid_argument("StateReader: expected a vector of length " + std::to_string(values.size()) +
                                ", got length " + std::to_string(size));
  }
  take(values.data(), static_cast<std::size_t>(size) * sizeof(double));
}

void StateReader::read(Evaluation& evaluation) {
  read(VectorView(evaluation.x_));
  read(VectorView(evaluation.gradient_));
  read(evaluation.value_);
  read(evaluation.gradient_norm_);
}

void StateReader::read(StepRecord& record) {
  std::int64_t iteration = 0;
  std::uint64_t kind = 0;
  std::uint64_t batch_size = 0;
  read(iteration);
  read(kind);
  read(batch_size);
  if (kind > static_cast<std::uint64_t>(StepKind::jump)) {
    throw std::invalid_argument("StateReader: " + std::to_string(kind) + " is not a kind of step");
  }
  record.iteration = static_cast<Index>(iteration);
  record.kind = static_cast<StepKind>(kind);
  record.batch_size = static_cast<std::uint32_t>(batch_size);
  for (double* field :
       {&record.value, &record.gradient_norm, &record.step_norm, &record.step_size, &record.curvature}) {
    read(*field);
  }
  read(record.counts);
}

void StateReader::read(OracleCounts& counts) {
  read(counts.values);
  read(counts.gradients);
  read(counts.hessian_vector_products);
}

void StateReader::expect(std::string_view expected) {
  std::string found;
  read(found);
  if (found != expected) {
    throw std::invalid_argument("StateReader: expected the state of '" + std::string(expected) + "', got that of '" +
                                found + "'");
  }
}

}  // namespace perigee
