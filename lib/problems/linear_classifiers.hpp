// Linear classifiers with a nonconvex term, fitted by the mean logistic loss over N samples: finite sums of N terms.
//
// Logistic regression with a bounded regularizer; Antoniadis, Gijbels and Nikolova (2011), "Penalized likelihood
// regression for generalized linear models with non-quadratic penalties"; labels y_i in {-1, 1} drawn from the model
// with true weights w*:
//
//     f(w) = (1/N) sum_i log(1 + exp(-y_i x_i'w)) + alpha sum_j w_j^2/(1 + w_j^2)
//
// Binary perceptron, relaxed; Chaudhari (2019), "Lecture notes on the energy landscape of deep networks": inputs in
// {-1, 1}^d, labels by a teacher w* in {-1, 1}^d, N = ceil(load d):
//
//     f(w) = (1/N) sum_i log(1 + exp(-beta y_i w'x_i/sqrt(d))) + lambda sum_j (w_j^2 - 1)^2
//
// Its Hessian at 0 is beta^2/(4 d) mean(x_i x_i') - 4 lambda I, but 0 is not stationary: the gradient there is
// -beta/(2 sqrt(d)) mean(y_i x_i).
#ifndef PERIGEE_LIB_PROBLEMS_LINEAR_CLASSIFIERS_HPP
#define PERIGEE_LIB_PROBLEMS_LINEAR_CLASSIFIERS_HPP

#include <perigee/lib/problems/registry.hpp>

namespace perigee::problems {

Entry logistic_regression();  // "logistic-regression"
Entry binary_perceptron();    // "binary-perceptron"

}  // namespace perigee::problems

#endif
