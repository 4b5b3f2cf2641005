package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the first users stumbled over. */
class ReportedDefectsTest {

  @Test
  void containsLooksForACell() {
    String script =
        """
        X = matrix(seq(1, 4), 2, 2)
        print(contains(target=X, pattern=3) + " " + contains(X, 5))
        """;
    assertThat(Scripts.output(script)).isEqualTo("TRUE FALSE\n");
  }

  @Test
  void aTraceMayBeReadByWhoMayReadItsData(@TempDir Path folder) throws Exception {
    Scripts.run(
        Scripts.config().withWorkingDirectory(folder),
        "write(matrix(1, 2, 2), \"x.csv\", format=\"csv\")");
    assertThat(Files.getPosixFilePermissions(folder.resolve("x.csv.lineage")))
        .isEqualTo(Files.getPosixFilePermissions(folder.resolve("x.csv")));
  }

  @Test
  void aMistakeInALibraryFileIsShownWithItsLine(@TempDir Path folder) throws Exception {
    Files.writeString(
        folder.resolve("twice.dml"),
        "twice = function(Double x) return (Double y) {\n  y = z * 2\n}\n");
    SessionConfig config = Scripts.config().withLibrary(List.of(folder));
    ScriptException failure =
        catchThrowableOfType(
            ScriptException.class, () -> Scripts.run(config, "f = \"twice\"\nprint(eval(f, 3))"));
    assertThat(failure.getMessage()).contains("twice.dml:2:7").doesNotContain("Diagnostic[");
  }

  @Test
  void aBoundMatrixHasOneKeyWhateverWasInItsMemoryBefore() throws Exception {
    try (Session session = Reprise.session(Scripts.config())) {
      Script script = session.compile("y = x + 1", CompileOptions.inputs("x").outputs("y"));
      Inputs small = Inputs.of("x", new double[][] {{7}});
      String first;
      try (RunResult result = script.run(small)) {
        first = result.lineage("y");
      }
      script.run(Inputs.of("x", new double[][] {{1, 2, 3, 4, 5, 6, 7, 8}})).close();
      try (RunResult result = script.run(small)) {
        assertThat(result.lineage("y")).isEqualTo(first);
      }
    }
  }
}
