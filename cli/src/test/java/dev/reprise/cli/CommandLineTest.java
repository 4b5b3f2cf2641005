package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Words in, exit code and text out. */
class CommandLineTest extends CommandTest {
  @Test
  void withoutWordsTheCommandsAreListedAsAMistake() {
    assertThat(run()).isEqualTo(ExitCode.USAGE);
    assertThat(err()).contains("Usage: reprise COMMAND");
    assertThat(out()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(CommandName.class)
  void everyCommandHasHelpWithExamplesOrAtLeastAPurpose(CommandName command) {
    assertThat(run(command.word(), "--help")).isEqualTo(ExitCode.FINE);
    assertThat(out())
        .contains("Usage: reprise " + command.word())
        .hasLineCount(out().split("\n").length);
    assertThat(out().lines()).allMatch(line -> line.length() <= 100);
    assertThat(err()).isEmpty();
  }

  @Test
  void helpNamesEveryOptionOfTheTable() {
    run("help", "run");
    assertThat(out())
        .contains(
            List.of(
                "--reuse",
                "--dedup",
                "--policy",
                "--device",
                "--numerics",
                "--precision",
                "--memory",
                "--store",
                "--seed",
                "--threads",
                "--library",
                "--stats",
                "--stats-json",
                "--trace-file",
                "--explain",
                "-v"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rnu x.dml | unknown command 'rnu'; did you mean 'run'?",
        "run | which script?",
        "run a.dml b.dml | unexpected word 'b.dml'",
        "run a.dml X=3 | unexpected word 'X=3'; arguments of the script follow --nvargs",
        "run a.dml -s x | both",
        "run --resue full a | unknown option '--resue'; did you mean '--reuse'?",
        "run --reuse ful a | --reuse: 'ful' is unknown",
        "run --device gpu a | --device",
        "run --threads 0 a | --threads must be at least 1",
        "run --threads many a | is no whole number",
        "run --seed 1.5 a | is no whole number",
        "run --metrics pom.xml a | --metrics needs a folder, but pom.xml is a file",
        "run --spill-folder pom.xml a | --spill-folder needs a folder, but pom.xml is a file",
        "run --seed | --seed needs a value",
        "run --memory host=lots a | --memory: 'lots' is not a size",
        "run missing.dml | script not found: missing.dml",
        "check missing.dml | script not found",
        "run a --nvargs x | --nvargs expects name=value, found 'x'",
        "replay | FILE.lineage is missing",
        "replay none.lineage -o y | lineage file not found",
        "lineage none.lineage | lineage file not found",
        "dml | -f FILE",
        "help nothing | unknown command 'nothing'"
      })
  void wrongUsageIsOneLineAndEndsWithTwo(String words, String message) {
    assertThat(run(words.strip().split(" "))).isEqualTo(ExitCode.USAGE);
    assertThat(err().lines()).singleElement().asString().startsWith("reprise: ");
    assertThat(err()).contains(message);
    assertThat(out()).isEmpty();
  }

  @Test
  void versionNamesReprise() {
    assertThat(run("version")).isEqualTo(ExitCode.FINE);
    assertThat(out()).startsWith("Reprise ").contains("Java 25");
  }
}
