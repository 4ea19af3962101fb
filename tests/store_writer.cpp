// The program that the kill test of test_store.cpp starts and kills: records one long run, and continues it.
//
//     store_writer FILE ITERATIONS [ROWS_PER_COMMIT]
//
// Gradient descent on Rosenbrock's function, with snapshots and two columns. Calling it again with the same
// arguments continues the run. Exit code 0: the run is finished.
#include <perigee/diagnostics/store.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/solvers/gradient_descent.hpp>

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

int main(int argument_count, char** arguments) {
  using namespace perigee;
  if (argument_count < 3) return 2;
  try {
    const Problem problem = problems::make("rosenbrock");
    const GradientDescent solver({.learning_rate = schedules::cosine(1e-3, 1e-4, 100000)});
    StoreOptions options{.mode = StoreMode::resume,
                         .configuration = {{{"problem", problem.name}, {"iterations", arguments[2]}}},
                         .probe = {{"first", "second"}, [](ConstVectorView x, VectorView values) { values = x; }}};
    if (argument_count > 3) options.rows_per_commit = std::stol(arguments[3]);
    annotate(options.description, problem, solver);
    StoreRecorder recorder(arguments[1], options);
    if (recorder.finished()) return 0;
    std::vector<Observer*> observers{&recorder};
    run(*problem.objective, solver, problem.starts[0].x,
        {.stop = max_iterations(std::stol(arguments[2])), .observers = observers, .state = recorder.state()});
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "store_writer: %s\n", error.what());
    return 1;
  }
}
