package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.OperandException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A written value's trace brings the value back, byte for byte, with any number of threads. */
class ReplayTest {
  @TempDir Path folder;

  private void run(int threads, ReuseMode mode, String script) throws Exception {
    try (Session session = Reprise.session(config(threads, mode))) {
      session.compile(script, CompileOptions.none()).run().close();
    }
  }

  private SessionConfig config(int threads, ReuseMode mode) {
    PrintStream sink = new PrintStream(new ByteArrayOutputStream());
    return Scripts.config()
        .withWorkingDirectory(folder)
        .withThreads(threads)
        .withReuse(mode)
        .withOutput(sink, sink);
  }

  private void replay(int threads, String trace, String out, String format) throws Exception {
    try (Session session = Reprise.session(config(threads, ReuseMode.HYBRID))) {
      session.replay(folder.resolve(trace), folder.resolve(out), format);
    }
  }

  /** The processor sets the sign of one that it makes, a history has one NaN only. */
  @Test
  void numbersThatAreNoneAreOne() throws Exception {
    run(
        1,
        ReuseMode.TRACE,
        """
        Z = matrix(0, 2, 2)
        zero = as.scalar(Z[1, 1])
        K = rbind(matrix(0.0 / 0.0, 2, 1), matrix(zero / zero, 1, 1), matrix(-(0.0 / 0.0), 1, 1))
        write(K, "none.bin", format="binary")
        """);
    replay(1, "none.bin.lineage", "again.bin", "binary");
    assertThat(folder.resolve("again.bin")).hasSameBinaryContentAs(folder.resolve("none.bin"));
  }

  @Test
  void replayGivesTheSameBytesWithAnyNumberOfThreads() throws Exception {
    run(
        2,
        ReuseMode.HYBRID,
        """
        X = rand(rows=5000, cols=37)
        y = X %*% matrix(1, 37, 1) + rand(rows=5000, cols=1, pdf="normal") * 0.1
        R = matrix(0, 37, 4)
        parfor (i in 1:4) {
          A = t(X) %*% X + diag(matrix(10 ^ -i, 37, 1))
          R[, i] = solve(A, t(X) %*% y)
        }
        for (j in 1:3) { R = R * 0.5 + mean(R) }
        [w, V] = eigen(t(R) %*% R)
        write(V %*% diag(w), "out.bin", format="binary")
        """);
    byte[] written = Files.readAllBytes(folder.resolve("out.bin"));
    for (int threads : new int[] {1, 2, 5}) {
      replay(threads, "out.bin.lineage", "again.bin", "binary");
      assertThat(Files.readAllBytes(folder.resolve("again.bin"))).isEqualTo(written);
    }
  }

  @Test
  void theLineageFileOfAResultIsThatOfAWrittenValue() throws Exception {
    String training =
        """
        W = rand(rows=6, cols=3, seed=4)
        for (i in 1:20) {
          [H, seed] = dropout(W, 0.5)
          W = W - 0.1 * H
        }
        """;
    String text;
    try (Session session = Reprise.session(config(2, ReuseMode.HYBRID));
        RunResult result =
            session
                .compile(
                    training + "write(W, \"W.bin\", format=\"binary\")",
                    CompileOptions.none().outputs("W"))
                .run(Inputs.none())) {
      text = result.lineageFile("W");
    }
    assertThat(folder.resolve("W.bin.lineage")).hasContent(text);
    Files.writeString(folder.resolve("result.lineage"), text);
    replay(1, "result.lineage", "again.bin", "binary");
    assertThat(folder.resolve("again.bin")).hasSameBinaryContentAs(folder.resolve("W.bin"));
  }

  @Test
  void replayReadsTheSameFileAgainAndNoticesAnotherOne() throws Exception {
    run(1, ReuseMode.NONE, "write(matrix(seq(1, 12), 4, 3), \"in.csv\", format=\"csv\")");
    run(
        1,
        ReuseMode.FULL,
        "X = read(\"in.csv\", format=\"csv\", header=FALSE)\n"
            + "write(colSums(X) * 2, \"sums.csv\", format=\"csv\")");
    replay(1, "sums.csv.lineage", "again.csv", "csv");
    assertThat(folder.resolve("again.csv")).hasSameTextualContentAs(folder.resolve("sums.csv"));

    run(1, ReuseMode.NONE, "write(matrix(seq(2, 13), 4, 3), \"in.csv\", format=\"csv\")");
    assertThatThrownBy(() -> replay(1, "sums.csv.lineage", "again.csv", "csv"))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("in.csv")
        .hasMessageContaining("changed");
  }

  @Test
  void aReadThatNamesNoFileIsToldAsDamage() throws Exception {
    Files.writeString(
        folder.resolve("damaged.lineage"),
        "reprise-lineage 1\n%1 = read{fingerprint=12ab, option.format=csv}\nreturn %1\n");
    assertThatThrownBy(() -> replay(1, "damaged.lineage", "again.csv", "csv"))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("does not say what was read");
  }

  @Test
  void aFileOverwrittenBetweenTwoReadsIsReadAgain() throws Exception {
    String script =
        """
        write(matrix(1, 300, 30), "data.csv", format="csv")
        A = read("data.csv", format="csv", header=FALSE)
        a = sum(A)
        write(matrix(2, 300, 30), "data.csv", format="csv")
        B = read("data.csv", format="csv", header=FALSE)
        b = sum(B)
        if (a != 9000 | b != 18000) { stop("stale: " + a + " " + b) }
        """;
    run(1, ReuseMode.HYBRID, script);
    run(2, ReuseMode.NONE, script);
  }

  @Test
  void writeLeavesATraceOnlyWhenTracing() throws Exception {
    run(1, ReuseMode.NONE, "write(matrix(1, 2, 2), \"plain.csv\", format=\"csv\")");
    run(1, ReuseMode.TRACE, "write(matrix(1, 2, 2), \"traced.csv\", format=\"csv\")");
    assertThat(folder.resolve("plain.csv.lineage")).doesNotExist();
    assertThat(folder.resolve("traced.csv.lineage")).exists();
  }

  @Test
  void replayOfListsFramesAndTextsWorks() throws Exception {
    run(
        1,
        ReuseMode.FULL,
        """
        L = list(a=matrix(3, 2, 2), b=5, c="x")
        L["b"] = as.scalar(L["b"]) + 1
        [rest, gone] = remove(L, 1)
        X = as.matrix(gone) * as.scalar(rest["b"])
        write(X, "x.csv", format="csv")
        write(nrow(X) + "", "rows.txt")
        """);
    replay(1, "x.csv.lineage", "again.csv", "csv");
    assertThat(folder.resolve("again.csv")).hasContent("18.0,18.0\n18.0,18.0");
  }

  @Test
  void aFrameIsComparedAsItsFileKeepsIt() throws Exception {
    run(
        1,
        ReuseMode.FULL,
        """
        F = frame(["a", "", "1;0", "c,d", "", "q"], rows=3, cols=2, schema=["STRING", "STRING"])
        write(F, "plain.csv", format="csv")
        write(F, "f.csv", format="csv", header=TRUE, sep=";")
        """);
    assertThat(compared("plain.csv").isEqual()).isTrue();
    assertThat(compared("f.csv").isEqual()).isTrue();
    Path file = folder.resolve("f.csv");
    Files.writeString(file, Files.readString(file).replace(";q", ";p"));
    assertThat(compared("f.csv").isEqual()).isFalse();
    assertThat(compared("f.csv").place()).isEqualTo("cell [3,2] differs");
  }

  private ReplayResult.Comparison compared(String name) throws Exception {
    try (Session session = Reprise.session(config(1, ReuseMode.FULL))) {
      return session
          .replay(
              ReplayRequest.of(folder.resolve(name + ".lineage")).withStored(folder.resolve(name)))
          .comparison();
    }
  }
}
