// What is thrown when a file is not what it should be.
#ifndef PERIGEE_LIB_DATA_READ_ERROR_HPP
#define PERIGEE_LIB_DATA_READ_ERROR_HPP

#include <stdexcept>

namespace perigee {

/// What is wrong with an input, and where. Text: "FILE:LINE: field 'NAME': expected ..., got '...'", lines counted
/// from 1; binary: "FILE: byte OFFSET: expected ..., got ...", offsets counted from 0. What there is none of is left
/// out.
class ReadError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace perigee

#endif
