// Which column of a log is what: by its name and by what is in it, or as it was said.
#include "support/catch.hpp"
#include "support/log_text.hpp"

using namespace perigee;
using namespace perigee::test;

TEST_CASE("guesses: order of preference, case, empty and text columns") {
  CHECK(role_of(read("step,batch_loss,loss\n0,1,2\n"), "loss") == "value");
  CHECK(role_of(read("step,batch_loss,loss\n0,1,2\n"), "batch_loss") == "extra");
  CHECK(role_of(read("step,batch_loss,loss\n0,1,\n"), "batch_loss") == "value");
  CHECK(role_of(read("Global Step,Train/Loss\n0,1\n"), "Global Step") == "iteration");
  CHECK(role_of(read("Global Step,Train/Loss\n0,1\n"), "Train/Loss") == "value");
  CHECK(role_of(read("step,cost,GNORM,Learning-Rate\n0,1,2,3\n"), "GNORM") == "gradient_norm");
  CHECK(role_of(read("step,cost,GNORM,Learning-Rate\n0,1,2,3\n"), "Learning-Rate") == "step_size");
  CHECK(role_of(read("step,f\n0,1\n"), "f") == "value");
  CHECK(role_of(read("episode,episode_reward\n1,5\n2,6\n"), "episode") == "iteration");
  CHECK(role_of(read("episode,episode_reward\n1,5\n1,6\n"), "episode") == "extra");  // several rows an episode
  const ReadResult result = read(",step,f,grad_norm,optimizer,empty\n7,0,file.txt,1,adam,\n8,1,x,2,sgd,\n");
  CHECK(role_of(result, "column_1") == "extra");
  CHECK(role_of(result, "f").empty());
  CHECK(has_note(result, "because text: 'f', 'optimizer'."));
  CHECK(has_note(result, "because empty in every row: 'empty'."));
  CHECK(has_note(result, "No column for the value"));
}

TEST_CASE("a reward is negated, and said to be") {
  const ReadResult result = read("step,reward\n0,1\n1,3\n");
  CHECK(values_of(result.trajectory) == std::vector<double>{-1.0, -3.0});
  CHECK(role_of(result, "reward") == "reward");
  CHECK(has_note(result, "negative"));
  CHECK(role_of(read("step,reward,loss\n0,1,2\n"), "loss") == "value");
}

TEST_CASE("families of probabilities") {
  const ReadResult result = read("step,loss,p_class_1,p_class_0,p_class_2\n0,1,0.2,0.1,nan\n1,1,0.5,0.4,1\n");
  REQUIRE(result.trajectory.policy);
  CHECK(result.trajectory.policy->probability_columns ==
        std::vector<std::string>{"p_class_0", "p_class_1", "p_class_2"});
  CHECK(result.trajectory.policy->rewards.empty());
  CHECK(result.trajectory.policy->transform.empty());
  CHECK(result.trajectory.column("p_class_0")->values == std::vector<double>{0.1, 0.4});
  CHECK(role_of(result, "p_class_2") == "probability");

  CHECK(read("step,pi_1,pi_2\n0,0.5,0.5\n").trajectory.policy);
  CHECK_FALSE(read("step,loss,pi_1\n0,1,0.5\n").trajectory.policy);  // one is no family
  const ReadResult gap = read("step,loss,p_0,p_2\n0,1,0.5,0.5\n");
  CHECK_FALSE(gap.trajectory.policy);
  CHECK(has_note(gap, "an index is missing"));
  const ReadResult outside = read("step,loss,p_0,p_1\n0,1,0.5,1.5\n");
  CHECK_FALSE(outside.trajectory.policy);
  CHECK(has_note(outside, "not all are in [0, 1]"));
  CHECK(outside.trajectory.column("p_1") != nullptr);
}

TEST_CASE("columns of coordinates become snapshots, of the rows that a recorder would keep") {
  const ReadResult few = read("step,loss,x_0,x_1\n0,2,1,-1\n1,1,0.5,nan\n2,0,0.25,0.125\n");
  REQUIRE(few.trajectory.snapshots.size() == 2);  // a point with a gap is none
  CHECK(few.trajectory.snapshots[0].x == Vector{1.0, -1.0});
  CHECK(few.trajectory.snapshots[1].iteration == 2);
  CHECK(few.trajectory.snapshots[1].x == Vector{0.25, 0.125});
  CHECK(role_of(few, "x_1") == "parameter");
  CHECK(few.trajectory.column("x_0") == nullptr);
  // A long log keeps no more points than a recorder does, the last always.
  std::string text = "step,loss,param_0\n";
  for (int k = 0; k < 3000; ++k) text += std::to_string(k) + ",1," + std::to_string(k) + "\n";
  const ReadResult many = read(text);
  CHECK(many.trajectory.snapshots.size() < 60);  // spaced by factors of 1.2
  CHECK(many.trajectory.snapshots.back().iteration == 2999);
  for (const Snapshot& snapshot : many.trajectory.snapshots) {
    CHECK(snapshot.x == Vector{static_cast<double>(snapshot.iteration)});
  }
  // An index missing at the start: no coordinates. Mapped ones come in the order of the mapping.
  CHECK(read("step,loss,x_1,x_2\n0,2,1,1\n").trajectory.snapshots.empty());
  const ReadResult mapped = read("loss,b,a\n2,7,8\n", {.mapping = {{"parameter", "a"}, {"parameter", "b"}}});
  CHECK(mapped.trajectory.snapshots.at(0).x == Vector{8.0, 7.0});
}

TEST_CASE("the mapping goes before every guess") {
  const std::string table = "step,loss,other,i,rate,q,r\n0,1,2,10,3,0.1,0.9\n1,4,5,11,6,0.2,0.8\n";
  const ReadResult result = read(
      table,
      {.mapping = {{"loss", "other"}, {"iteration", "i"}, {"lr", "rate"}, {"probability", "r"}, {"probability", "q"}}});
  CHECK(values_of(result.trajectory) == std::vector<double>{2.0, 5.0});
  CHECK(iterations_of(result.trajectory) == std::vector<Index>{10, 11});
  CHECK(values_of(result.trajectory, &StepRecord::step_size) == std::vector<double>{3.0, 6.0});
  CHECK(result.trajectory.policy->probability_columns == std::vector<std::string>{"r", "q"});
  CHECK(role_of(result, "loss") == "extra");
  CHECK(result.columns[2].reason == "mapped");
  // Short and long names of roles.
  CHECK(values_of(read(table, {.mapping = {{"value", "q"}, {"step", "i"}}}).trajectory)[0] == 0.1);
  CHECK(values_of(read(table, {.mapping = {{"grad_norm", "q"}}}).trajectory, &StepRecord::gradient_norm)[0] == 0.1);
  CHECK(values_of(read(table, {.mapping = {{"reward", "other"}}}).trajectory)[0] == -2.0);

  CHECK(error_of(table, {.mapping = {{"loss", "others"}}}) ==
        "log.csv: field 'others': mapped to loss, but there is no such column (did you mean 'other'?); there are "
        "'step', 'loss', 'other', 'i', 'rate', 'q', 'r'");
  CHECK(error_of(table, {.mapping = {{"momentum", "q"}}}) ==
        "log.csv: role 'momentum': expected iteration (step), value (loss), reward, gradient_norm (grad_norm), "
        "step_size (lr), step_norm, batch_size, small_batch_gradient_norm, small_batch_size, probability or parameter");
  CHECK(contains(error_of(table, {.mapping = {{"loss", "q"}, {"value", "r"}}}), "expected one column"));
  CHECK(contains(error_of(table, {.mapping = {{"loss", "q"}, {"lr", "q"}}}), "expected one role"));
  CHECK(contains(error_of(table, {.mapping = {{"loss", "q"}, {"reward", "r"}}}), "got both"));
}
