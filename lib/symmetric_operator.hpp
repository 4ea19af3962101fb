// A symmetric operator on R^n, known by what it makes of a vector: a Hessian at a point, most of the time.
#ifndef PERIGEE_LIB_SYMMETRIC_OPERATOR_HPP
#define PERIGEE_LIB_SYMMETRIC_OPERATOR_HPP

#include <perigee/lib/vector.hpp>

#include <functional>

namespace perigee {

/// Writes H v into `product`; both have the operator's dimension.
using SymmetricOperator = std::function<void(ConstVectorView v, VectorView product)>;

}  // namespace perigee

#endif
