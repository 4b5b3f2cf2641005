package dev.reprise.engine.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.CompileOptions;
import dev.reprise.Reprise;
import dev.reprise.ReuseMode;
import dev.reprise.RunResult;
import dev.reprise.RunStatistics;
import dev.reprise.Script;
import dev.reprise.ScriptException;
import dev.reprise.Session;
import dev.reprise.SessionConfig;
import dev.reprise.language.CompileException;
import dev.reprise.runtime.ResourceException;
import dev.reprise.testkit.OpenFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Time lines of scripts: what they count, and that they are written whatever happens. */
class TimelineTest {
  /** Without scalar functions, which are counted but not timed. */
  private static final String SCRIPT =
      """
      f = function(matrix[double] X, double r) return (matrix[double] B) {
        A = t(X) %*% X
        B = solve(A + diag(matrix(r, 30, 1)), t(X) %*% rowSums(X))
      }
      X = rand(rows=500, cols=30, seed=1)
      for (i in 1:6) {
        B = f(X, 2)
        C = t(X) %*% X
      }
      Y = matrix(1, 10, 10)
      for (i in 1:300) {
        Y = Y * 0.5
      }
      R = matrix(0, 12, 1)
      parfor (i in 1:12, par=3) {
        Z = t(X) %*% X
        R[i, 1] = Z[i, 1]
      }
      print(toString(B[1:2, ] + C[1:2, 1] + R[1:2, ] + Y[1:2, 1]))
      """;

  @TempDir private Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private Path file() {
    return folder.resolve("t.json");
  }

  private SessionConfig config() {
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    return SessionConfig.defaults()
        .withThreads(3)
        .withSeed(7)
        .withHostBytes(256 << 20)
        .withWorkingDirectory(folder)
        .withOutput(stream, stream)
        .withTraceFile(file());
  }

  private static RunStatistics run(SessionConfig config, String script) {
    try (Session session = Reprise.session(config);
        RunResult result = session.compile(script, CompileOptions.none()).run()) {
      return result.statistics();
    } catch (CompileException e) {
      throw new AssertionError(String.valueOf(e.diagnostics()), e);
    }
  }

  @ParameterizedTest
  @EnumSource(ReuseMode.class)
  void itCountsWhatTheStatisticsCount(ReuseMode reuse) {
    run(config().withReuse(reuse).withTraceFile(null), SCRIPT);
    assertThat(file()).doesNotExist();
    String expected = out.toString(StandardCharsets.UTF_8);
    out.reset();
    RunStatistics statistics = run(config().withReuse(reuse), SCRIPT);
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(expected);
    RecordedFile file = new RecordedFile(file());
    assertThat(file.dropped()).isZero();
    assertThat(file.count("instruction")).isEqualTo(statistics.executed());
    assertThat(file.count("hit"))
        .isEqualTo(
            statistics.hits()
                + statistics.waits()
                + statistics.functions().hits()
                + statistics.blocks().hits()
                + statistics.partialHits());
    assertThat(file.count("run")).isOne();
    assertThat(file.count("parfor")).isOne();
    if (reuse == ReuseMode.HYBRID) {
      assertThat(file.count(e -> e.name().startsWith("hit"))).isPositive();
      assertThat(file.count(e -> e.name().equals("f"))).isPositive();
    }
  }

  @Test
  void callsFoundByContentsHaveAName() {
    RunStatistics statistics =
        run(
            config(),
            """
            f = function(Double z, Matrix[Double] W) return (Double r) { r = sum((W * z) %*% W) }
            W = rand(rows=150, cols=150, seed=1)
            V = matrix("2 3 2 2", 4, 1)
            for (i in 1:4) print(f(as.scalar(V[i, 1]), W))
            """);
    assertThat(statistics.functions().byContents()).isEqualTo(2);
    RecordedFile file = new RecordedFile(file());
    assertThat(file.count(e -> e.name().equals("equal contents f"))).isEqualTo(2);
  }

  @Test
  void everyParforWorkerHasATrackAndLoopsShareThem() {
    run(config().withReuse(ReuseMode.NONE), SCRIPT + SCRIPT.replace("f =", "g ="));
    RecordedFile file = new RecordedFile(file());
    assertThat(file.count("parfor")).isEqualTo(2);
    assertThat(file.tracks()).contains("reprise-main").doesNotHaveDuplicates();
    assertThat(file.tracksOf("instruction"))
        .allMatch(name -> name.equals("reprise-main") || name.startsWith("reprise-parfor-"));
    assertThat(file.tracksOf("instruction").size()).isGreaterThan(1);
  }

  @Test
  void instructionsNameTheirLine() {
    run(config(), "X = rand(rows=300, cols=300, seed=1)\n\nprint(sum(solve(X, X)))");
    assertThat(new RecordedFile(file()).events())
        .anyMatch(e -> e.name().equals("solve") && "<script>:3".equals(e.at()));
  }

  @Test
  void whatLeavesTheCacheIsSeen() {
    String script =
        """
        s = 0
        for (i in 1:40) {
          X = rand(rows=300, cols=300, seed=i)
          s = s + sum(t(X) %*% X)
        }
        print(s)
        """;
    RunStatistics statistics = run(config().withHostBytes(4 << 20).withDiskBytes(4 << 20), script);
    RecordedFile file = new RecordedFile(file());
    assertThat(statistics.cache().evictions() + statistics.cache().spills()).isPositive();
    assertThat(file.count(e -> e.name().startsWith("evict") && !e.name().contains("cleared")))
        .isGreaterThanOrEqualTo(statistics.cache().evictions());
    assertThat(file.count(e -> e.name().equals("spill")))
        .isGreaterThanOrEqualTo(statistics.cache().spills());
    assertThat(file.count(e -> e.name().equals("write to disk")))
        .isGreaterThanOrEqualTo(statistics.disk().spills());
  }

  @Test
  void aScriptThatFailsLeavesItsTimeLine() {
    String script = "X = rand(rows=50, cols=50, seed=1)\nY = solve(X, X)\nstop(\"enough\")";
    assertThatThrownBy(() -> run(config(), script)).isInstanceOf(ScriptException.class);
    RecordedFile file = new RecordedFile(file());
    assertThat(file.count(e -> e.category().equals("instruction"))).isGreaterThanOrEqualTo(2);
    assertThat(file.count("run")).isOne();
  }

  @Test
  @Timeout(600)
  void anInterruptedScriptLeavesItsTimeLine() throws Exception {
    String text =
        "write(1, \"started\")\nwhile (TRUE) { X = matrix(1, 20, 20) %*% matrix(2, 20, 20) }";
    try (Session session = Reprise.session(config())) {
      Script script = session.compile(text, CompileOptions.none());
      Thread caller =
          new Thread(() -> {
            try {
              script.run().close();
            } catch (RuntimeException e) {
              // As it should.
            }
          });
      caller.start();
      while (!Files.exists(folder.resolve("started"))) {
        Thread.onSpinWait();
      }
      caller.interrupt();
      caller.join();
    }
    assertThat(new RecordedFile(file()).count("run")).isOne();
  }

  @Test
  void aPlaceThatTakesNoFileIsToldBeforeAnythingRuns() throws IOException {
    Path missing = folder.resolve("none").resolve("t.json");
    assertThatThrownBy(() -> Reprise.session(config().withTraceFile(missing)))
        .isInstanceOf(ResourceException.class)
        .hasMessage(
            "traceFile: cannot write " + missing + ": there is no folder " + missing.getParent());
    assertThatThrownBy(() -> Reprise.session(config().withTraceFile(folder)))
        .isInstanceOf(ResourceException.class)
        .hasMessageEndingWith("it is a folder");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void anEarlierFileIsReplacedAndNothingElseIsLeft() throws IOException {
    Files.writeString(file(), "something else");
    Set<PosixFilePermission> rights = PosixFilePermissions.fromString("rw-rw----");
    Files.setPosixFilePermissions(file(), rights);
    run(config(), "print(sum(rand(rows=3, cols=3)))");
    assertThat(new RecordedFile(file()).count("run")).isOne();
    assertThat(Files.getPosixFilePermissions(file())).isEqualTo(rights);
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(file());
    }
  }

  /** As {@code /dev/stdout} does where output is redirected to a file. */
  @Test
  void aFileThatIsOpenIsWrittenToAndNotReplaced() throws IOException {
    assumeTrue(OpenFiles.areNamed(), "the system names no open files");
    Path redirected = Files.writeString(folder.resolve("redirected"), "earlier\n").toRealPath();
    try (FileChannel open = FileChannel.open(redirected, StandardOpenOption.APPEND)) {
      run(config().withTraceFile(OpenFiles.nameOf(redirected)), "print(1)");
      open.write(ByteBuffer.wrap("later\n".getBytes(StandardCharsets.US_ASCII)));
    }
    assertThat(Files.readString(redirected)).startsWith("earlier\n{").endsWith("later\n");
  }

  @Test
  void aFolderThatWentAwayIsAnErrorWhenTheSessionEnds() throws IOException {
    Path inner = Files.createDirectory(folder.resolve("inner"));
    Session session = Reprise.session(config().withTraceFile(inner.resolve("t.json")));
    Files.delete(inner);
    assertThatThrownBy(session::close)
        .isInstanceOf(ResourceException.class)
        .hasMessageContaining("there is no folder");
  }
}
