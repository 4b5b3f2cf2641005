package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.Scripts.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Frames, what was read, and results of unknown shape are not loaded before something needs them.
 */
class DeferredFramesTest {
  /** Leaves the frame, and the matrix and the frame that encoding makes of it. */
  private static final String ENCODE =
      """
      F = read("table.csv", data_type="frame", format="csv", header=TRUE)
      [X, M] = transformencode(target=F, spec="{ids: false, recode: [kind], dummycode: [kind]}")
      A = t(X) %*% X
      print(nrow(F) + " " + ncol(F) + " " + nrow(X) + " " + round(sum(A)))
      """;

  private static final String ALL =
      ENCODE
          + """
          print(as.scalar(F[7, 2]) + " " + nrow(M) + " " + sum(X * X))
          G = F
          G[1, 2] = "z9"
          print(as.scalar(G[1, 2]) + as.scalar(F[1, 2]))
          """;

  private static final int ROWS = 30_000;

  @TempDir private Path folder;

  @BeforeEach
  void writeTable() throws IOException {
    writeTable(1);
  }

  private void writeTable(int step) throws IOException {
    StringBuilder text = new StringBuilder("size,kind\n");
    for (int row = 0; row < ROWS; row++) {
      text.append(row % 1000 / 8.0 * step).append(",k").append(row % 7).append('\n');
    }
    Files.writeString(folder.resolve("table.csv"), text);
  }

  private SessionConfig stored() {
    return Scripts.config()
        .withWorkingDirectory(folder)
        .withStore(Scripts.keepingAll(folder.resolve("store")));
  }

  private static Outcome run(SessionConfig config, String script) {
    Outcome outcome = Scripts.run(config, script);
    assertThat(outcome.liveBuffers()).isZero();
    return outcome;
  }

  private String expected(String script) {
    return run(Scripts.config().withWorkingDirectory(folder).withReuse(ReuseMode.NONE), script)
        .output();
  }

  private static long executed(Outcome outcome, String opcode) {
    return outcome.statistics().of(opcode) == null ? 0 : outcome.statistics().of(opcode).executed();
  }

  @Test
  void aFrameOfWhichEverythingIsFoundIsNotLoaded() {
    String expected = run(stored(), ENCODE).output();
    Outcome second = run(stored(), ENCODE);
    assertThat(second.output()).isEqualTo(expected);
    assertThat(executed(second, "read")).isZero();
    assertThat(executed(second, "transformencode")).isZero();
    // The frame and the encoded matrix; of the product 64 cells are there at once.
    assertThat(second.statistics().store().deferred()).isEqualTo(2);
    assertThat(second.statistics().store().loadedBytes()).isLessThan(8_192);
  }

  @Test
  void whatIsNeededAfterAllIsTheSame() {
    String expected = expected(ALL);
    run(stored(), ENCODE);
    for (int threads : new int[] {1, 4}) {
      Outcome warm = run(stored().withThreads(threads), ALL);
      assertThat(warm.output()).isEqualTo(expected);
      assertThat(warm.statistics().store().deferred()).isPositive();
      assertThat(executed(warm, "read")).isZero();
    }
  }

  @Test
  void foundValuesAreComparedWithComputedOnesWhenAsked() {
    String expected = run(stored(), ALL).output();
    Outcome checked = run(stored().withVerifyReuse(1), ALL);
    assertThat(checked.output()).isEqualTo(expected);
    assertThat(checked.statistics().verification().values()).isPositive();
  }

  @Test
  void workersOfAParForShareAFrameThatIsToCome() {
    String script =
        ENCODE
            + """
            R = matrix(0, 8, 1)
            parfor (i in 1:8) {
              R[i, 1] = as.double(as.scalar(F[i, 1])) + nrow(F[i:8, ]) + sum(X[i, ])
            }
            print(toString(R))
            """;
    String expected = expected(script);
    run(stored(), ENCODE);
    for (int round = 0; round < 3; round++) {
      assertThat(run(stored().withThreads(4), script).output()).isEqualTo(expected);
    }
  }

  @Test
  void aListOfFramesThatAreToComeCanBeWrittenAndPrinted() {
    String script =
        ENCODE
            + """
            checkpoint(list(F, X), "saved")
            write(F, "copy.csv", format="csv", header=TRUE)
            print(length(F) + " " + nrow(read("copy.csv", data_type="frame", header=TRUE)))
            print(toString(F[1:2, ]))
            L = resume("saved")
            H = as.frame(L[1])
            print(as.scalar(H[5, 2]))
            """;
    String expected = expected(script);
    run(stored(), ENCODE);
    assertThat(run(stored(), script).output()).isEqualTo(expected);
  }

  @Test
  void whatTheStoreHasLostIsReadAndComputedAgainAndKeptAnew() throws IOException {
    String expected = run(stored(), ALL).output();
    for (boolean gone : new boolean[] {false, true}) {
      spoil(gone);
      Outcome mended = run(stored(), ALL);
      assertThat(mended.output()).isEqualTo(expected);
      assertThat(mended.statistics().store().computed()).isPositive();
      assertThat(executed(mended, "read")).isZero();
      Outcome after = run(stored(), ALL);
      assertThat(after.output()).isEqualTo(expected);
      assertThat(after.statistics().store().damaged()).isZero();
      assertThat(after.statistics().store().computed()).isZero();
    }
  }

  @Test
  void aFileThatChangesIsAnotherValue() throws IOException {
    String before = run(stored(), ALL).output();
    writeTable(3);
    String after = run(stored(), ALL).output();
    assertThat(after).isNotEqualTo(before).isEqualTo(expected(ALL));
    writeTable(1);
    assertThat(run(stored(), ALL).output()).isEqualTo(before);
  }

  @Test
  void whatWasFoundIsTheOldContentAlthoughTheFileIsWrittenMeanwhile() {
    String script =
        ENCODE + "write(matrix(1, 3, 3), \"table.csv\", format=\"csv\")\nprint(as.scalar(F[7, 2]))";
    run(stored(), ENCODE);
    Outcome second = run(stored(), script);
    assertThat(second.output()).endsWith("k6\n");
    assertThat(executed(second, "read")).isZero();
  }

  @Test
  void aValueIsRefusedWhenTheStoreHasLostItAndTheFileIsAnotherOne() throws IOException {
    run(stored(), ENCODE);
    spoil(true);
    String script =
        ENCODE + "write(matrix(1, 3, 3), \"table.csv\", format=\"csv\")\nprint(as.scalar(F[7, 2]))";
    assertThatThrownBy(() -> Scripts.run(stored(), script)).hasMessageContaining("read again");
  }

  @Test
  void aMatrixThatWasReadIsNotLoadedForItsShape() {
    String read = "X = read(\"numbers.csv\", format=\"csv\")\nprint(nrow(X) + ncol(X))\n";
    String script = read + "print(sum(X) + \" \" + as.scalar(X[3, 4]))";
    run(
        Scripts.config().withWorkingDirectory(folder),
        "write(rand(rows=6000, cols=12, seed=5), \"numbers.csv\", format=\"csv\")");
    String expected = expected(script);
    run(stored(), read);
    Outcome second = run(stored(), read);
    assertThat(second.statistics().store().deferred()).isEqualTo(1);
    assertThat(second.statistics().store().loadedBytes()).isZero();
    assertThat(executed(second, "read")).isZero();
    assertThat(run(stored(), script).output()).isEqualTo(expected);
  }

  @Test
  void aResultOfUnknownShapeIsKnownByWhatTheStoreHas() {
    String script =
        """
        X = rand(rows=40000, cols=12, seed=3)
        S = rowSums(X) > 6
        Y = removeEmpty(target=X, margin="rows", select=S)
        print(nrow(Y) + " " + ncol(Y) + " " + round(sum(t(Y) %*% Y)))
        """;
    String more = script + "print(sum(Y))";
    String expected = expected(more);
    run(stored(), script);
    Outcome second = run(stored(), script);
    assertThat(executed(second, "removeEmpty")).isZero();
    // What selects the rows takes 320 kB, the rows would take six times that.
    assertThat(second.statistics().store().loadedBytes()).isLessThan(1_000_000);
    assertThat(run(stored(), more).output()).isEqualTo(expected);
  }

  @Test
  void aSmallBudgetMakesNoDifference() {
    String expected = expected(ALL);
    run(stored(), ALL);
    SessionConfig small = stored().withHostBytes(6L << 20);
    assertThat(Scripts.run(small, ALL).output()).isEqualTo(expected);
  }

  /** Damages or removes all contents that lie in files. */
  private void spoil(boolean gone) throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("store"))) {
      for (Path file : files.filter(DeferredFramesTest::isContent).toList()) {
        if (gone) {
          Files.delete(file);
        } else {
          byte[] bytes = Files.readAllBytes(file);
          bytes[bytes.length / 2] ^= 1;
          Files.write(file, bytes);
        }
      }
    }
  }

  private static boolean isContent(Path file) {
    String name = file.toString();
    return Files.isRegularFile(file) && (name.contains("/artifacts/") || name.contains("/pieces/"));
  }
}
