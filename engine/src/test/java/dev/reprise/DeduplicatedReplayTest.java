package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A trace whose loops are stored as loops brings the value back, byte for byte. */
class DeduplicatedReplayTest {
  @TempDir Path folder;

  private SessionConfig config(boolean dedup) {
    PrintStream sink = new PrintStream(new ByteArrayOutputStream());
    return Scripts.config().withWorkingDirectory(folder).withDedup(dedup).withOutput(sink, sink);
  }

  private void run(boolean dedup, String script) throws Exception {
    try (Session session = Reprise.session(config(dedup))) {
      session.compile(script, CompileOptions.none()).run().close();
    }
  }

  static Stream<String> scripts() {
    return DeduplicatedScriptTest.scripts();
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void replayOfStoredLoopsGivesTheBytesThatTheScriptWrote(String script) throws Exception {
    String text =
        DeduplicatedScriptTest.DATA + script + "\nwrite(S + s, \"S.bin\", format=\"binary\")";
    run(true, text);
    byte[] written = Files.readAllBytes(folder.resolve("S.bin"));
    Session session = Reprise.session(config(true));
    try (session) {
      session.replay(folder.resolve("S.bin.lineage"), folder.resolve("again.bin"), "binary");
    }
    assertThat(session.liveBuffersAtClose()).isZero();
    assertThat(Files.readAllBytes(folder.resolve("again.bin"))).isEqualTo(written);
  }

  @Test
  void theTraceOfALoopDoesNotGrowWithItsIterations() throws Exception {
    String loop =
        "X = matrix(seq(1, 9), 3, 3)\nS = X\ns = sum(X)\n"
            + "for (i in 1:%d) { s = s * 0.5 + i; if (i %%%% 1000 == 0) { S = S + s * i } }\n"
            + "write(S, \"%s\", format=\"csv\")";
    run(true, loop.formatted(20_000, "long.csv"));
    run(true, loop.formatted(2_000, "short.csv"));
    long large = Files.size(folder.resolve("long.csv.lineage"));
    long small = Files.size(folder.resolve("short.csv.lineage"));
    assertThat(large).isLessThan(small + 500);
    try (Session session = Reprise.session(config(true))) {
      session.replay(folder.resolve("long.csv.lineage"), folder.resolve("again.csv"), "csv");
    }
    assertThat(folder.resolve("again.csv")).hasSameTextualContentAs(folder.resolve("long.csv"));
  }
}
