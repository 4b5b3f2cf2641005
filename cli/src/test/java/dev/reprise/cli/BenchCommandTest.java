package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code reprise bench} and {@code reprise devices}, from words to text, files and exit code. */
class BenchCommandTest extends CommandTest {
  private static final String PRODUCTS =
      """
      X = rand(rows=900, cols=30, seed=1)
      for (i in 1:3) {
        s = sum(t(X) %*% X)
      }
      print("sum " + s)
      """;

  @TempDir private Path folder;

  /** The numbers of all arrays with that name. */
  private static List<List<Long>> arrays(String name, Path json) throws IOException {
    List<List<Long>> found = new ArrayList<>();
    try (JsonParser parser = new JsonFactory().createParser(json.toFile())) {
      while (parser.nextToken() != null) {
        if (name.equals(parser.currentName()) && parser.isExpectedStartArrayToken()) {
          List<Long> numbers = new ArrayList<>();
          while (parser.nextToken().isNumeric()) {
            numbers.add(parser.getLongValue());
          }
          found.add(numbers);
        }
      }
    }
    return found;
  }

  @Test
  void combinationsTakeTurnsAndAbsentDevicesSayWhy() throws Exception {
    Path json = folder.resolve("b.json");
    Path plot = folder.resolve("b.svg");
    assertThat(
            run(
                "bench",
                "-s",
                PRODUCTS,
                "--placements",
                "cpu,cuda:77",
                "--runs",
                "3",
                "--json",
                json.toString(),
                "--plot",
                plot.toString()))
        .as(err())
        .isEqualTo(ExitCode.FINE);
    assertThat(out())
        .contains("3 runs of each combination, in turns, after 1 to warm up")
        .containsPattern("cpu +none +\\d+\\.\\d{3} s +\\S+ to \\S+ +0 ")
        .containsPattern("cpu +hybrid +\\d+\\.\\d{3} s +\\S+ to \\S+ +[1-9]")
        .containsPattern("cuda:77 +none +absent")
        .contains("cuda:77 is absent: ")
        .contains("all 2 combinations printed the same in every run")
        .doesNotContain("sum ");
    assertThat(err().lines()).hasSize(4);
    assertThat(err().lines().skip(1))
        .allMatch(line -> line.matches("round \\d of 4: cpu/none .*, cpu/hybrid .*"));
    assertThat(err()).contains("round 1 of 4 (warming up): ");
    assertThat(arrays("wallNanos", json)).hasSize(2).allMatch(runs -> runs.size() == 3);
    assertThat(json).content().contains("\"outcome\" : \"absent\"");
    assertThat(plot).content().startsWith("<svg").contains("hybrid", "absent: ");
  }

  @Test
  void differentResultsAreSaidAloudAndEndWithOne() throws Exception {
    Path counter = folder.resolve("n");
    Files.writeString(counter, "1");
    String script =
        "n = read($1, data_type=\"scalar\", value_type=\"int\"); print(\"n is \" + n);"
            + " write(n + 1, $1)";
    assertThat(
            run(
                "bench",
                "-s",
                script,
                "--placements",
                "cpu",
                "--runs",
                "1",
                "--warmup",
                "0",
                "--args",
                counter.toString()))
        .isEqualTo(ExitCode.SCRIPT);
    assertThat(out())
        .contains("DIFFERENT RESULTS: cpu/hybrid: line 1 is 'n is 2', that of cpu/none is 'n is 1'")
        .doesNotContain("printed the same");
  }

  @Test
  void allRunsDrawTheSameNumbers() {
    assertThat(run("bench", "-s", "print(sum(rand(rows=9, cols=9)))", "--runs", "2"))
        .as(out())
        .isEqualTo(ExitCode.FINE);
  }

  @Test
  void anErrorOfTheScriptIsToldAndTheOthersGoOn() {
    assertThat(run("bench", "-s", "stop(\"enough\")", "--placements", "cpu", "--runs", "2"))
        .isEqualTo(ExitCode.SCRIPT);
    assertThat(out())
        .containsPattern("cpu +none +failed")
        .containsPattern("cpu +hybrid +failed")
        .contains("cpu/hybrid failed: ", "enough");
  }

  @Test
  void aMistakeInTheScriptIsReportedOnce() {
    assertThat(run("bench", "-s", "print(nothing)")).isEqualTo(ExitCode.SCRIPT);
    assertThat(err()).containsOnlyOnce("error:").contains("nothing");
    assertThat(out()).isEmpty();
  }

  @Test
  void whereEveryDeviceIsAbsentAResourceIsMissing() {
    assertThat(run("bench", "-s", "print(1)", "--placements", "cuda:77,opencl:77"))
        .isEqualTo(ExitCode.RESOURCE);
    assertThat(out()).contains("cuda:77 is absent: ", "opencl:77 is absent: ");
  }

  @Test
  void aPolicyThatNamesAnAbsentAcceleratorIsAbsentItself() {
    assertThat(
            run(
                "bench",
                "-s",
                PRODUCTS,
                "--placements",
                "cpu,auto+cuda:77",
                "--reuse",
                "none",
                "--runs",
                "1"))
        .isEqualTo(ExitCode.FINE);
    assertThat(out())
        .contains("auto+cuda:77 is absent: there is no device cuda:77")
        .containsPattern("cpu +none +[0-9]");
  }

  @Test
  void anOpenClDeviceShowsItsTransfersAndItsBusyTime() {
    run("devices");
    assumeTrue(out().contains("opencl:0"), "no OpenCL device here: its rows are not tested");
    assertThat(
            run(
                "bench",
                "-s",
                PRODUCTS,
                "--placements",
                "cpu,opencl:0",
                "--runs",
                "1",
                "--seed",
                "7"))
        .as(out() + err())
        .isEqualTo(ExitCode.FINE);
    assertThat(out())
        .containsPattern(
            "opencl:0 +none .* [1-9]\\d* of \\d+ +\\d+\\.\\d{3} s \\(\\d+\\.\\d %\\) +0\\n")
        .containsPattern("opencl:0 is .*")
        .contains("all 4 combinations printed the same in every run");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--placements gpu | --placements: 'gpu' is unknown; choose auto, cpu",
        "--placements cpu,,auto | --placements: '' is unknown",
        "--placements cpu,cpu | --placements: 'cpu' is given twice",
        "--reuse none,hybird | did you mean 'hybrid'?",
        "--reuse none,none | --reuse: 'none' is given twice",
        "--runs 0 | --runs must be from 1 to 1000, not 0",
        "--warmup -1 | --warmup must be from 0 to 1000, not -1",
        "--runs many | --runs",
        "--tolerance 2 | --tolerance must be from 0 to below 1",
        "--seed x | --seed: 'x' is no whole number",
        "--threads 0 | --threads must be at least 1",
        "--memory opencl:0=much | 'much' is not a size",
        "--plot none/p.svg | --plot: cannot write none/p.svg: there is no folder ",
        "--json none/p.json | --json: cannot write none/p.json",
        "--device cpu | unknown option '--device'",
        "--placement cpu | did you mean '--placements'?",
      })
  void badOptionsAreOneLine(String words, String message) {
    List<String> all = new ArrayList<>(List.of("bench", "-s", "print(1)"));
    all.addAll(List.of(words.strip().split(" ")));
    assertThat(run(all.toArray(new String[0]))).isEqualTo(ExitCode.USAGE);
    assertThat(err().lines()).singleElement().asString().startsWith("reprise: ").contains(message);
    assertThat(out()).isEmpty();
  }

  @Test
  void devicesAreListedAsJson() throws Exception {
    assertThat(run("devices", "--format", "json")).isEqualTo(ExitCode.FINE);
    try (JsonParser parser = new JsonFactory().createParser(out())) {
      List<String> fields = new ArrayList<>();
      while (parser.nextToken() != null) {
        if (parser.currentName() != null) {
          fields.add(parser.currentName());
        }
      }
      assertThat(fields).contains("version", "cpu", "threads", "devices", "absent", "calibrated");
    }
    assertThat(run("devices", "--format", "jsn")).isEqualTo(ExitCode.USAGE);
    assertThat(err()).contains("--format: 'jsn' is unknown; choose text, json");
  }
}
