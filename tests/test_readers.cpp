#include "support/catch.hpp"
#include "support/log_text.hpp"

#include <perigee/diagnostics/log_recorder.hpp>
#include <perigee/diagnostics/readers/reader.hpp>
#include <perigee/diagnostics/store.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/solvers/gradient_descent.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <random>
#include <string>

using namespace perigee;
using namespace perigee::test;

namespace {

const double infinity = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("csv: numbers, roles, extras") {
  const ReadResult result = read("step,loss,grad_norm,lr,val_error\n0,2.5,1e-3,0.1,0.9\n5,-1,+2,0.1,0.8\n");
  CHECK(result.format == "csv");
  CHECK(iterations_of(result.trajectory) == std::vector<Index>{0, 5});
  CHECK(values_of(result.trajectory) == std::vector<double>{2.5, -1.0});
  CHECK(values_of(result.trajectory, &StepRecord::gradient_norm) == std::vector<double>{1e-3, 2.0});
  CHECK(values_of(result.trajectory, &StepRecord::step_size) == std::vector<double>{0.1, 0.1});
  CHECK(std::isnan(result.trajectory.records[0].step_norm));
  CHECK(std::isnan(result.trajectory.records[0].curvature));
  CHECK(result.trajectory.records[0].kind == StepKind::initial);
  CHECK(result.trajectory.records[1].kind == StepKind::step);
  REQUIRE(result.trajectory.column("val_error") != nullptr);
  CHECK(result.trajectory.column("val_error")->values == std::vector<double>{0.9, 0.8});
  CHECK(role_of(result, "step") == "iteration");
  CHECK(role_of(result, "loss") == "value");
  CHECK(role_of(result, "grad_norm") == "gradient_norm");
  CHECK(role_of(result, "lr") == "step_size");
  CHECK(role_of(result, "val_error") == "extra");
  CHECK_FALSE(result.trajectory.end);
  CHECK_FALSE(result.trajectory.policy);
  CHECK(result.notes.empty());
}

TEST_CASE("csv: every way of writing the same table gives the same trajectory") {
  const std::vector<std::string> tables{
      "step,loss\n0,1.5\n1,0.5\n",
      "step,loss\r\n0,1.5\r\n1,0.5\r\n",                  // CRLF
      "\xef\xbb\xbfstep,loss\n0,1.5\n1,0.5\n",            // byte order mark
      "\xef\xbb\xbf\"step\",\"loss\"\r\n0,1.5\r\n1,0.5",  // all of it, and no line end at the end
      "step;loss\n0;1.5\n1;0.5\n",
      "step\tloss\n0\t1.5\n1\t0.5\n",
      "# a comment\n#another, with, separators\nstep,loss\n0,1.5\n1,0.5\n",
      "step , loss\n 0, 1.5 \n\n1,0.5\n\n\n",
      "\"step\",loss\n\"0\",\"1.5\"\n1, \"0.5\" \n",
  };
  for (const std::string& table : tables) {
    INFO(table);
    const ReadResult result = read(table);
    CHECK(iterations_of(result.trajectory) == std::vector<Index>{0, 1});
    CHECK(values_of(result.trajectory) == std::vector<double>{1.5, 0.5});
    CHECK(result.columns.size() == 2);
  }
}

TEST_CASE("csv: quotes per RFC 4180") {
  const ReadResult result = read("step,\"loss, \"\"a\"\"\",note\n0,1,\"two\nlines, \"\"quoted\"\"\"\n1,2,\"\"\n",
                                 {.mapping = {{"loss", "loss, \"a\""}}});
  CHECK(values_of(result.trajectory) == std::vector<double>{1.0, 2.0});
  CHECK(has_note(result, "'note'"));
  // The line in a message is that of the row's beginning, over line breaks within quotes.
  CHECK(error_of("note,loss\n\"a\nb\",1\n\"c\nd\",x\n") == "log.csv:4: field 'loss': expected a number, got 'x'");
  CHECK(error_of("loss\n1\n\"2\n3\n") == "log.csv:3: expected a closing quote, got none");
  CHECK(error_of("loss,b\n1,\"2\"x\n") == "log.csv:2: expected a separator after a closing quote, got 'x'");
}

TEST_CASE("csv: NaN, infinities, empty and huge fields") {
  const ReadResult result = read("step,loss,grad_norm\n0,nan,\n1,inf,1\n2,-Infinity,NaN\n3,1e999,-1e-999\n4,,5\n");
  const std::vector<double> loss = values_of(result.trajectory);
  CHECK(std::isnan(loss[0]));
  CHECK(loss[1] == infinity);
  CHECK(loss[2] == -infinity);
  CHECK(loss[3] == infinity);
  CHECK(std::isnan(loss[4]));
  const std::vector<double> gradient_norm = values_of(result.trajectory, &StepRecord::gradient_norm);
  CHECK(std::isnan(gradient_norm[0]));
  CHECK(std::isnan(gradient_norm[2]));
  CHECK(gradient_norm[3] == 0.0);
  CHECK(has_note(result, "'loss' is NaN in 1 row, first in line 2"));
  CHECK(has_note(result, "'grad_norm' is NaN in 1 row, first in line 4"));
}

TEST_CASE("csv: errors name file, line and field") {
  // A row of another length.
  CHECK(error_of("step,loss,lr\n0,1,2\n1,1\n") == "log.csv:3: field 'lr': expected 3 fields as in the header, got 2");
  CHECK(error_of("step,loss\n0,1\n\n1,1,7\n") ==
        "log.csv:4: expected 2 fields as in the header, got 3 (the first too many is '7')");
  // Text where numbers were.
  CHECK(error_of("step,loss\n0,1\n1,abc\n") == "log.csv:3: field 'loss': expected a number, got 'abc'");
  CHECK(error_of("step,loss,x\n0,1,1\n1,1,1\n2,1,0x10\n") == "log.csv:4: field 'x': expected a number, got '0x10'");
  // Text from the first row on, where the name leaves no doubt or the mapping wants it.
  CHECK(error_of("step,loss\n0,abc\n1,2\n") == "log.csv:2: field 'loss': expected a number, got 'abc'");
  CHECK(error_of("step,loss,tag\n0,1,abc\n", {.mapping = {{"lr", "tag"}}}) ==
        "log.csv:2: field 'tag': expected a number, got 'abc'");
  // Headers.
  CHECK(error_of("0,1.5\n1,0.5\n") ==
        "log.csv:1: expected a header with the names of the columns, got numbers ('0', ...)");
  CHECK(error_of("step,loss,loss\n0,1,1\n") ==
        "log.csv:1: field 'loss': expected every name once in the header, got it twice");
  CHECK(error_of("step,lo\xffss\n0,1\n") == "log.csv:1: expected UTF-8 text in a column name, got 'lo\\xffss'");
  CHECK(error_of("step,lo\x1bss\n0,1\n") ==
        "log.csv:1: expected no control character in a column name, got 'lo\\x1bss'");
  // Empty files.
  CHECK(error_of("") == "log.csv: expected a header and rows, got an empty file");
  CHECK(error_of("\n\n") == "log.csv: expected a header and rows, got an empty file");
  CHECK(error_of("# only a comment\n") == "log.csv: expected a header and rows, got an empty file");
  CHECK(error_of("step,loss\n") == "log.csv:1: expected rows after the header, got none");
  // Iterations.
  CHECK(error_of("step,loss\n0,1\n1.5,1\n") ==
        "log.csv:3: field 'step': expected a whole number from 0 to 2^53 as iteration, got '1.5'");
  CHECK(error_of("step,loss\n-1,1\n") ==
        "log.csv:2: field 'step': expected a whole number from 0 to 2^53 as iteration, got '-1'");
  CHECK(error_of("step,loss\ninf,1\n") ==
        "log.csv:2: field 'step': expected a whole number from 0 to 2^53 as iteration, got 'inf'");
  CHECK(error_of("step,loss\nnan,1\n") == "log.csv:2: field 'step': expected iterations, got none in any row");
  // Nothing to start from.
  CHECK(error_of("step,accuracy\n0,1\n") ==
        "log.csv: field 'loss': expected a column of this or a like name, or one mapped to loss, reward, grad_norm "
        "or probability; there are 'step', 'accuracy'");
}

TEST_CASE("files that are no text") {
  CHECK(error_of(std::string("step,loss\n0,\0\n", 13)) == "log.csv:2: expected text, got a binary file (a NUL byte)");
  CHECK(contains(error_of(std::string("\x7f"
                                      "ELF\2\1\1\0\0\0\0",
                                      11)),
                 "log.csv:1: expected text, got a binary file"));
  CHECK(contains(error_of("PK\x03\x04rest"), "expected a ZIP archive"));
  CHECK(contains(error_of("\x1f\x8b\x08rest"), "got a compressed file"));
  CHECK(contains(error_of(std::string("\xff\xfes\0t\0", 6)), "got UTF-16 text"));
  CHECK(contains(error_of("[{\"step\": 0}]"), "got a JSON list"));
  const std::string one_line(std::size_t{17} << 20, 'a');
  CHECK(error_of("loss\n" + one_line) == "log.csv:2: expected lines of at most 16777216 bytes, got a longer one");
  CHECK(error_of("loss\n\"" + std::string(std::size_t{17} << 19, '\n') + std::string(std::size_t{17} << 19, '\n')) ==
        "log.csv:2: expected a closing quote, got none");
  const LogFile file("loss\n1\n");
  CHECK_THROWS_AS(read_trajectory(file.path().parent_path()), ReadError);
  CHECK_THROWS_AS(read_trajectory(file.path().parent_path() / "none.csv"), ReadError);
  CHECK_THROWS_AS(read_trajectory(file.path(), {.format = "tsv"}), std::invalid_argument);
  CHECK_THROWS_AS(read_trajectory(file.path(), {.format = "sqlite"}), ReadError);
}

TEST_CASE("csv: 200 columns") {
  std::string header = "step";
  std::string row0 = "0";
  std::string row1 = "1";
  for (int i = 0; i < 199; ++i) {
    header += i == 150 ? ",loss" : ",column" + std::to_string(i);
    row0 += "," + std::to_string(i);
    row1 += "," + std::to_string(2 * i);
  }
  const ReadResult result = read(header + "\n" + row0 + "\n" + row1 + "\n");
  CHECK(values_of(result.trajectory) == std::vector<double>{150.0, 300.0});
  CHECK(result.trajectory.columns.size() == 198);
  CHECK(result.trajectory.column("column198")->values == std::vector<double>{198.0, 396.0});
  CHECK(error_of(header + "\n" + row0 + "\n1,2\n") ==
        "log.csv:3: field 'column1': expected 200 fields as in the header, got 2");
}

TEST_CASE("iterations: unsorted, repeated, missing, absent") {
  const ReadResult result = read("step,loss,grad_norm\n20,2,\n0,0,5\n10,1,\n,9,9\n20,3,7\n20,,8\n");
  CHECK(iterations_of(result.trajectory) == std::vector<Index>{0, 10, 20});
  CHECK(values_of(result.trajectory) == std::vector<double>{0.0, 1.0, 3.0});
  CHECK(result.trajectory.records[2].gradient_norm == 8.0);
  CHECK(has_note(result, "1 row without 'step' left out"));
  CHECK(has_note(result, "have been sorted"));
  CHECK(has_note(result, "2 rows repeat an iteration"));

  const ReadResult counted = read("loss\n3\n2\n1\n");
  CHECK(iterations_of(counted.trajectory) == std::vector<Index>{0, 1, 2});
  CHECK(has_note(counted, "counted from 0"));

  // An epoch counts iterations only where it does count up, and only if nothing better does.
  CHECK(role_of(read("epoch,loss\n1,3\n2,2\n"), "epoch") == "iteration");
  CHECK(role_of(read("epoch,loss\n0,3\n0,2\n1,2\n"), "epoch") == "extra");
  CHECK(role_of(read("epoch,loss\n0.5,3\n1.0,2\n"), "epoch") == "extra");
  CHECK(role_of(read("epoch,step,loss\n0,0,3\n1,5,2\n"), "epoch") == "extra");
  CHECK(role_of(read("t,loss\n12:03,3\n12:04,2\n"), "t").empty());
}

// Rows "step,loss" for the steps first, first + by, ..., last.
std::string rows_of(int first, int last, double loss, int by = 1) {
  std::string rows;
  for (int step = first; step <= last; step += by) rows += std::to_string(step) + "," + std::to_string(loss) + "\n";
  return rows;
}

TEST_CASE("a restart appended to the log: the later rows count") {
  // Killed at 20, started again from 11, killed at 14, started again from 11, killed at 30; 15 to 20 of the first run
  // and 11 to 14 of the second belong to iterates that were thrown away.
  const ReadResult result = read("step,loss\n" + rows_of(0, 20, 1) + rows_of(11, 14, 2) + rows_of(11, 30, 3));
  CHECK(iterations_of(result.trajectory).size() == 31);
  CHECK(values_of(result.trajectory)[10] == 1.0);
  CHECK(values_of(result.trajectory)[11] == 3.0);
  CHECK(result.trajectory.records.back().iteration == 30);
  CHECK(result.notes ==
        std::vector<std::string>{
            "The log starts again at 'step' 11 in line 23: from there on the later rows count, and 10 earlier rows are "
            "left out.",
            "The log starts again at 'step' 11 in line 27: from there on the later rows count, and 4 earlier rows are "
            "left out."});

  // The new run has not come as far as the old one: what the old one did later is no part of it.
  const ReadResult shorter = read("step,loss\n" + rows_of(0, 100, 1) + rows_of(51, 60, 2));
  CHECK(shorter.trajectory.records.back().iteration == 60);
  CHECK(has_note(shorter, "50 earlier rows are left out"));

  // Logged at other steps than before.
  const ReadResult other_steps = read("step,loss\n" + rows_of(0, 100, 1, 5) + rows_of(52, 150, 2, 7));
  CHECK(iterations_of(other_steps.trajectory)[10] == 50);
  CHECK(iterations_of(other_steps.trajectory)[11] == 52);
  CHECK(iterations_of(other_steps.trajectory)[12] == 59);

  // A whole run behind another.
  const ReadResult second = read("step,loss\n" + rows_of(0, 9, 1) + rows_of(0, 9, 2));
  CHECK(values_of(second.trajectory) == std::vector<double>(10, 2.0));
  CHECK(has_note(second, "10 earlier rows are left out"));
}

TEST_CASE("rows out of order are no restart") {
  const auto is_sorted_only = [](const std::string& table, std::size_t count) {
    const ReadResult result = read(table);
    CHECK(has_note(result, "have been sorted"));
    CHECK_FALSE(has_note(result, "starts again"));
    return result.trajectory.records.size() == count;
  };
  // One row, or one block of rows, that came late.
  CHECK(is_sorted_only("step,loss\n" + rows_of(0, 20, 1) + "22,1\n21,1\n" + rows_of(23, 40, 1), 41));
  CHECK(is_sorted_only("step,loss\n" + rows_of(10, 19, 1) + rows_of(0, 9, 1) + rows_of(20, 29, 1), 30));
  // Rows of an evaluation of earlier steps, which do not measure the loss, as a block and one by one.
  CHECK(is_sorted_only("step,loss,eval\n0,1,\n1,1,\n2,1,\n3,1,\n4,1,\n0,,5\n1,,5\n2,,5\n3,,5\n4,,5\n", 5));
  CHECK(is_sorted_only("step,loss,eval\n0,1,\n1,1,\n2,1,\n1,,5\n3,1,\n", 4));
  // Shuffled: no row is lost, whatever the permutation.
  std::mt19937 random(11);
  std::vector<std::string> rows;
  for (int step = 0; step < 300; ++step) rows.push_back(rows_of(step, step, step));
  for (int permutation = 0; permutation < 200; ++permutation) {
    std::shuffle(rows.begin(), rows.end(), random);
    std::string table = "step,loss\n";
    for (const std::string& row : rows) table += row;
    const ReadResult result = read(table);
    REQUIRE(result.trajectory.records.size() == 300);
    REQUIRE(result.trajectory.records[123].value == 123.0);
  }
}

TEST_CASE("every spelling of what is no number") {
  // The value of a row is NaN, or the infinity said; only what says NaN is counted as such.
  for (const char* spelling : {"NaN", "nan", "NAN", "-nan", "nan(ind)", "-nan(ind)", "nan(snan)", "1.#IND", "-1.#IND",
                               "1.#QNAN", "-1.#IND00", "1.#QNAN0"}) {
    INFO(spelling);
    const ReadResult csv = read("step,loss\n0,1\n1," + std::string(spelling) + "\n");
    CHECK(std::isnan(csv.trajectory.records[1].value));
    CHECK(has_note(csv, "'loss' is NaN in 1 row"));
    const ReadResult jsonl = read("{\"loss\": 1}\n{\"loss\": " + std::string(spelling) + "}\n{\"loss\": \"" +
                                  std::string(spelling) + "\"}\n");
    CHECK(has_note(jsonl, "'loss' is NaN in 2 rows"));
  }
  for (const char* spelling : {"inf", "Infinity", "INF", "+inf", "1.#INF", "1.#INF00", "1e999"}) {
    INFO(spelling);
    CHECK(read("step,loss\n0," + std::string(spelling) + "\n").trajectory.records[0].value == infinity);
    CHECK(read("{\"loss\": " + std::string(spelling) + "}\n").trajectory.records[0].value == infinity);
    if (spelling[0] == '+') continue;
    CHECK(read("step,loss\n0,-" + std::string(spelling) + "\n").trajectory.records[0].value == -infinity);
    CHECK(read("{\"loss\": -" + std::string(spelling) + "}\n").trajectory.records[0].value == -infinity);
  }
  for (const char* spelling : {"", "null", "NULL", "None", "NA", "n/a", "-"}) {
    INFO(spelling);
    const ReadResult result = read("step,loss\n0," + std::string(spelling) + "\n1,2\n");
    CHECK(std::isnan(result.trajectory.records[0].value));
    CHECK(result.notes.empty());
  }
  CHECK(read("{\"loss\": None}\n{\"loss\": null}\n{\"loss\": 3}\n").trajectory.records[2].value == 3.0);
  CHECK(error_of("step,loss\n0,1\n1,1.#HUGE\n") == "log.csv:3: field 'loss': expected a number, got '1.#HUGE'");
  CHECK(error_of("step,loss\n0,1\n1,--\n") == "log.csv:3: field 'loss': expected a number, got '--'");
  CHECK(error_of("{\"loss\": 1}\n{\"loss\": -}\n") == "log.csv:2: field 'loss': expected a number, got '-'");
}

TEST_CASE("a last line that was cut off is left out, with a note") {
  const ReadResult csv = read("step,loss,lr\n0,3,1\n1,2,1\n2,1");
  CHECK(values_of(csv.trajectory) == std::vector<double>{3.0, 2.0});
  CHECK(has_note(csv, "The file ends within a line, which is left out ("));
  CHECK(has_note(csv, "log.csv:4: field 'lr': expected 3 fields as in the header, got 2)."));
  const ReadResult jsonl = read("{\"step\": 0, \"loss\": 3}\n{\"step\": 1, \"loss\": 2, \"new\": 1, \"n");
  CHECK(values_of(jsonl.trajectory) == std::vector<double>{3.0});
  CHECK(has_note(jsonl, "The file ends within a line"));
  // An open quote may have been opened anywhere, and a first line cut off leaves nothing.
  CHECK(error_of("step,loss\n0,1\n1,\"2\n2,3\n3,4") == "log.csv:3: expected a closing quote, got none");
  CHECK(contains(error_of("{\"step\": 0, \"lo"), "expected a closing quote"));
}

TEST_CASE("jsonl: numbers, words, nesting, what is missing") {
  const ReadResult result = read(
      "{\"step\": 0, \"loss\": NaN, \"lr\": 1e-1, \"done\": false, \"train\": {\"acc\": 0.5, \"deep\": {\"x\": 1}}}\n"
      "\n"
      "{\"step\": 1, \"loss\": Infinity, \"late\": 4, \"list\": [1, {\"a\": [null, \"]\"]}], \"name\": \"x\\\"y\"}\r\n"
      "{\"loss\": -Infinity, \"step\": 2, \"done\": true, \"lr\": null}\n"
      "{\"step\": 3, \"loss\": 1e999, \"late\": \"Infinity\"}\n"
      "{\"step\": 4, \"l\\u006fss\": -2.5E-1, \"\\u00e9\\ud83d\\ude00\": 7}");
  CHECK(result.format == "jsonl");
  CHECK(iterations_of(result.trajectory) == std::vector<Index>{0, 1, 2, 3, 4});
  const std::vector<double> loss = values_of(result.trajectory);
  CHECK(std::isnan(loss[0]));
  CHECK(loss[1] == infinity);
  CHECK(loss[2] == -infinity);
  CHECK(loss[3] == infinity);
  CHECK(loss[4] == -0.25);
  CHECK(result.trajectory.records[0].step_size == 0.1);
  CHECK(std::isnan(result.trajectory.records[2].step_size));
  CHECK(result.trajectory.column("train/acc")->values[0] == 0.5);
  CHECK(result.trajectory.column("train/deep/x")->values[0] == 1.0);
  CHECK(std::isnan(result.trajectory.column("train/acc")->values[1]));
  CHECK(result.trajectory.column("done")->values[0] == 0.0);
  CHECK(result.trajectory.column("done")->values[2] == 1.0);
  const std::vector<double>& late = result.trajectory.column("late")->values;
  CHECK(late.size() == 5);
  CHECK(std::isnan(late[0]));
  CHECK(late[1] == 4.0);
  CHECK(late[3] == infinity);
  CHECK(result.trajectory.column("\xc3\xa9\xf0\x9f\x98\x80")->values[4] == 7.0);
  CHECK(has_note(result, "because text: 'name'."));
  CHECK(has_note(result, "because lists: 'list'."));
  CHECK(has_note(result, "'loss' is NaN in 1 row, first in line 1"));
}

TEST_CASE("jsonl: rows of one step are put together") {
  const ReadResult result =
      read("{\"step\": 5, \"loss\": 1}\n{\"step\": 5, \"eval\": 2}\n{\"step\": 6, \"loss\": 3}\n");
  CHECK(iterations_of(result.trajectory) == std::vector<Index>{5, 6});
  CHECK(values_of(result.trajectory) == std::vector<double>{1.0, 3.0});
  CHECK(result.trajectory.column("eval")->values[0] == 2.0);
}

TEST_CASE("jsonl: errors name file, line and field") {
  const std::string good = "{\"step\": 0, \"loss\": 1}\n";
  CHECK(error_of(good + "{\"step\": 1, \"loss\": \"abc\"}\n") ==
        "log.csv:2: field 'loss': expected a number, got '\"abc\"'");
  CHECK(error_of("{\"step\": 0, \"loss\": \"abc\"}\n") == "log.csv:1: field 'loss': expected a number, got '\"abc\"'");
  CHECK(error_of(good + "{\"step\": 1, \"loss\": 0.12\n") ==
        "log.csv:2: field 'loss': expected ',' or '}', got the end of the line");
  CHECK(error_of(good + "{\"step\": 1, \"loss\": \n") ==
        "log.csv:2: field 'loss': expected a number, got the end of the line");
  CHECK(error_of(good + "{\"step\": 1, \"lo\n") ==
        "log.csv:2: field 'lo': expected a closing quote, got the end of the line");
  CHECK(error_of(good + "{\"step\": 1, \"loss\": nul}\n") == "log.csv:2: field 'loss': expected a number, got 'nul'");
  CHECK(error_of(good + "{\"step\": 1, \"loss\": 1.2.3}\n") ==
        "log.csv:2: field 'loss': expected a number, got '1.2.3'");
  CHECK(error_of(good + "{\"step\": 1, \"step\": 2}\n") ==
        "log.csv:2: field 'step': expected every name once in an object, got it twice");
  CHECK(error_of(good + "{\"a\": {\"b\": 2}, \"a/b\": 3}\n") ==
        "log.csv:2: field 'a/b': expected every name once in an object, got it twice");
  CHECK(error_of(good + "{\"step\": 1} {\"step\": 2}\n") ==
        "log.csv:2: expected one object a line, got '{\"step\": 2}' after it");
  CHECK(error_of(good + "[1]\n") == "log.csv:2: expected an object, got '[1]'");
  CHECK(error_of(good + "{step: 1}\n") == "log.csv:2: expected a name in double quotes, got 'step: 1}'");
  CHECK(error_of("{\n  \"step\": 1\n}\n") == "log.csv:1: expected a name in double quotes, got the end of the line");
  CHECK(contains(error_of(good + "{\"\\ud800\": 1}\n"), "half a surrogate pair"));
  CHECK(contains(error_of(good + "{\"\\u12\": 1}\n"), "four hexadecimal digits"));
  CHECK(contains(error_of(good + "{\"\\q\": 1}\n"), "expected an escape sequence"));
  CHECK(contains(error_of(good + "{\"a\\u0007\": 1}\n"), "control character in a column name"));
  CHECK(error_of("{}\n{}\n") ==
        "log.csv: field 'loss': expected a column of this or a like name, or one mapped to loss, reward, grad_norm "
        "or probability; there are ");
  CHECK(error_of("", {.format = "jsonl"}) == "log.csv: expected one JSON object a line, got an empty file");

  // Nesting without end is an error before it is a stack overflow.
  std::string deep;
  for (int i = 0; i < 1000000; ++i) deep += "{\"a\":";
  CHECK(contains(error_of(good + deep + "\n"), "expected objects at most 64 deep"));
  CHECK(contains(error_of(good + "{\"a\": " + std::string(1000000, '[') + "\n"), "expected lists at most 64 deep"));
}

TEST_CASE("a recorded run is read as such") {
  const LogFile file("");
  std::filesystem::remove(file.path());
  {
    const Problem problem = problems::make("rosenbrock");
    const GradientDescent solver({.learning_rate = schedules::constant(1e-3)});
    StoreOptions options{.probe = {{"x"}, [](ConstVectorView x, VectorView values) { values[0] = x[0]; }}};
    annotate(options.description, problem, solver);
    StoreRecorder recorder(file.path(), options);
    run(*problem.objective, solver, problem.starts[0].x, {.stop = max_iterations(50), .observers = {&recorder}});
  }
  const ReadResult result = read_trajectory(file.path());
  CHECK(result.format == "sqlite");
  CHECK(result.trajectory.records.size() == 51);
  CHECK(result.trajectory.problem == "rosenbrock");
  CHECK(role_of(result, "value") == "value");
  CHECK(role_of(result, "x") == "extra");
  CHECK(role_of(result, "step_norm") == "step_norm");
  CHECK_THROWS_AS(read_trajectory(file.path(), {.mapping = {{"loss", "x"}}}), ReadError);
}

// Logs of a 64-64-10 network on handwritten digits; the numbers are those of the first and the last line.
TEST_CASE("real training logs") {
  const std::string folder = PERIGEE_TEST_DATA "/logs/";
  struct Expected {
    std::string name;
    std::size_t rows;
    Index last;
    double first_loss, last_loss;
  };
  const std::vector<Expected> logs{
      {"digits-softmax-reward-0.csv", 336, 1675, 0.9035116161707573, 0.005883550641272779},
      {"digits-softmax-reward-3.csv", 336, 1675, 0.9073332786832193, 0.10300774540821253},
      {"digits-escort4-reward.jsonl", 336, 1675, 0.9009613060384961, 0.00568395808366692},
      {"digits-softmax-xent-lr-too-large.csv", 168, 835, 2.5091783418311757, 2.3126039684616444},
      {"digits-softmax-xent.csv", 1120, 5595, 2.349468540885035, 0.0025880668513662618}};
  for (const Expected& log : logs) {
    INFO(log.name);
    const ReadResult result = read_trajectory(folder + log.name);
    REQUIRE(result.trajectory.records.size() == log.rows);
    CHECK(result.trajectory.records.back().iteration == log.last);
    CHECK(result.trajectory.records.front().value == log.first_loss);
    CHECK(result.trajectory.records.back().value == log.last_loss);
    CHECK(role_of(result, "grad_norm") == "gradient_norm");
    CHECK(role_of(result, "batch_loss") == "extra");
    CHECK(role_of(result, "epoch") == "extra");
    REQUIRE(result.trajectory.policy);
    CHECK(result.trajectory.policy->probability_columns.size() == 10);
    CHECK(result.notes.empty());
  }
}

// PERIGEE_MUTATIONS=100000 in the environment for more of them, under the sanitizers.
TEST_CASE("damaged input is read or refused, and never anything else") {
  const char* wish = std::getenv("PERIGEE_MUTATIONS");
  const int mutations = wish != nullptr ? std::atoi(wish) : 2000;
  const std::vector<std::string> seeds{
      "step,loss,grad_norm,p_0,p_1\n0,1.5,nan,0.5,0.5\n1,,inf,1,0\n5,-2e-3,\"7\",0,1\n",
      "# c\r\nstep;\"loss\";\"no\"\"te\"\r\n0;1;\"a\r\nb\"\r\n1;2;x\r\n",
      "{\"step\": 0, \"loss\": NaN, \"a\": {\"b\": [1, {\"c\": null}], \"d\": \"\\u00e9\\ud83d\\ude00\"}}\n"
      "{\"step\": 1, \"loss\": -Infinity, \"t\": true, \"name\": \"x\\n\"}\n"};
  const std::string alphabet = "\"\\{}[]:,;\t\n\r #.-+eE019naifNul/\xef\xbb\xbf\xff\x1b";
  std::mt19937 random(7);
  const auto below = [&random](std::size_t n) { return static_cast<std::size_t>(random()) % n; };
  const LogFile file("");
  int readable = 0;
  int refused = 0;
  for (int i = 0; i < mutations; ++i) {
    std::string text = seeds[below(seeds.size())];
    for (std::size_t edits = 1 + below(3); edits > 0; --edits) {
      const std::size_t at = below(text.size() + 1);
      switch (below(5)) {
        case 0:
          text.insert(at, 1, alphabet[below(alphabet.size())]);
          break;
        case 1:
          text.erase(at, 1 + below(3));
          break;
        case 2:
          text.resize(at);
          break;
        case 3:
          text.insert(at, text.substr(below(text.size() + 1), below(40)));
          break;
        default:
          if (at < text.size()) text[at] = static_cast<char>(random());
      }
      if (text.empty()) text = "x";
    }
    file.write(text);
    try {
      const ReadResult result = read_trajectory(file.path());
      // Whatever was made of it is a trajectory: increasing iterations, columns aligned.
      bool sound = !result.trajectory.records.empty();
      for (std::size_t k = 1; k < result.trajectory.records.size(); ++k) {
        sound = sound && result.trajectory.records[k - 1].iteration < result.trajectory.records[k].iteration;
      }
      for (const Column& column : result.trajectory.columns) {
        sound = sound && column.values.size() == result.trajectory.records.size();
      }
      if (!sound) FAIL("unsound trajectory of: " << text);
      ++readable;
    } catch (const ReadError&) {
      ++refused;
    }
  }
  CHECK(readable > mutations / 20);
  CHECK(refused > mutations / 20);
}

TEST_CASE("the last line of a log that is still written counts when it is ended") {
  const std::string end_of_csv = "2,0.";  // of 2,0.25
  const LogFile csv("step,loss\n0,1\n1,0.5\n" + end_of_csv);
  CHECK(read_trajectory(csv.path()).trajectory.records.back().value == 0.0);  // as the file stands
  const ReadOptions growing{.writer = Writer::at_work};
  CHECK(read_trajectory(csv.path(), growing).trajectory.records.back().value == 0.5);
  csv.write("step,loss\n0,1\n1,0.5\n" + end_of_csv + "25\n");
  CHECK(read_trajectory(csv.path(), growing).trajectory.records.back().value == 0.25);
  const LogFile jsonl("{\"step\": 0, \"loss\": 1}\n{\"step\": 1, \"loss\": 0.5", "log.jsonl");
  const ReadResult read = read_trajectory(jsonl.path(), growing);
  CHECK(read.trajectory.records.size() == 1);
  CHECK(read.notes == read_trajectory(LogFile("{\"step\": 0, \"loss\": 1}\n", "log.jsonl").path()).notes);
}

TEST_CASE("the reading of a long file can be ended from outside, and is then ended by that exception") {
  struct Enough {};
  std::string jsonl;
  std::string csv = "loss\n";
  for (int k = 0; k < 20000; ++k) {
    jsonl += "{\"loss\": 0.5}\n";
    csv += "0.5\n";
  }
  const LogFile run("");
  std::filesystem::remove(run.path());
  {
    LogRecorder recorder(run.path());
    StepRecord record;
    record.value = 1.0;
    for (; record.iteration < 10000; ++record.iteration) recorder.log(record);
  }
  const LogFile text(jsonl);
  const LogFile table(csv);
  for (const LogFile* file : {&text, &table, &run}) {
    INFO(file->path().string());
    int calls = 0;
    const ReadResult whole = read_trajectory(file->path(), {.while_reading = [&] { ++calls; }});
    CHECK(calls >= 2);  // more than 64 KiB of text, more than 8192 rows
    CHECK(whole.trajectory.records.size() == read_trajectory(file->path()).trajectory.records.size());
    int left = 2;
    const ReadOptions ending{.while_reading = [&] {
      if (--left == 0) throw Enough();
    }};
    CHECK_THROWS_AS(read_trajectory(file->path(), ending), Enough);
  }
}
