// GSL 2.7, gsl_multimin with derivatives. Step 0.01 and line-search accuracy 0.1 as in its manual's example (bfgs2 as
// the manual advises), the gradient test at 1e-6.
#include "peers/peer.hpp"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_multimin.h>

#include <memory>

namespace perigee::peers {

namespace {

ConstVectorView view_of(const gsl_vector* v) { return {v->data, static_cast<Index>(v->size)}; }

double value(const gsl_vector* x, void* meter) { return static_cast<Meter*>(meter)->value(view_of(x)); }

void value_and_gradient(const gsl_vector* x, void* meter, double* f, gsl_vector* gradient) {
  *f = static_cast<Meter*>(meter)->value_and_gradient(view_of(x), {gradient->data, static_cast<Index>(gradient->size)});
}

void gradient_alone(const gsl_vector* x, void* meter, gsl_vector* gradient) {
  double f = 0.0;
  value_and_gradient(x, meter, &f, gradient);
}

Outcome minimize(const gsl_multimin_fdfminimizer_type* method, Meter& meter, const Vector& start) {
  gsl_set_error_handler_off();
  const auto n = static_cast<std::size_t>(start.size());
  gsl_multimin_function_fdf function{&value, &gradient_alone, &value_and_gradient, n, &meter};
  const std::unique_ptr<gsl_vector, void (*)(gsl_vector*)> x(gsl_vector_alloc(n), gsl_vector_free);
  for (std::size_t i = 0; i < n; ++i) gsl_vector_set(x.get(), i, start[static_cast<Index>(i)]);
  const std::unique_ptr<gsl_multimin_fdfminimizer, void (*)(gsl_multimin_fdfminimizer*)> minimizer(
      gsl_multimin_fdfminimizer_alloc(method, n), gsl_multimin_fdfminimizer_free);
  gsl_multimin_fdfminimizer_set(minimizer.get(), &function, x.get(), 0.01, 0.1);
  int status = GSL_CONTINUE;
  while (status == GSL_CONTINUE && !meter.is_spent()) {
    status = gsl_multimin_fdfminimizer_iterate(minimizer.get());
    if (status != GSL_SUCCESS) break;
    status = gsl_multimin_test_gradient(minimizer->gradient, 1e-6);
  }
  return {Vector(view_of(minimizer->x)), gsl_strerror(status), status == GSL_SUCCESS};
}

}  // namespace

std::vector<Peer> gsl_peers() {
  std::vector<Peer> peers;
  for (const gsl_multimin_fdfminimizer_type* method :
       {gsl_multimin_fdfminimizer_vector_bfgs2, gsl_multimin_fdfminimizer_conjugate_pr,
        gsl_multimin_fdfminimizer_conjugate_fr, gsl_multimin_fdfminimizer_steepest_descent}) {
    peers.push_back({std::string("gsl ") + method->name,
                     [method](Meter& meter, const Vector& start) { return minimize(method, meter, start); }});
  }
  return peers;
}

}  // namespace perigee::peers
