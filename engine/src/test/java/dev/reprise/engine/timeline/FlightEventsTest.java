package dev.reprise.engine.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.CompileOptions;
import dev.reprise.Reprise;
import dev.reprise.RunResult;
import dev.reprise.RunStatistics;
import dev.reprise.Session;
import dev.reprise.SessionConfig;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The flight recorder gets what the time line gets, without a file being asked for. */
class FlightEventsTest {
  @TempDir private Path folder;

  private static long sum(List<RecordedEvent> events, String name) {
    return events.stream()
        .filter(event -> event.getEventType().getName().equals(name))
        .mapToLong(event -> event.getInt("count"))
        .sum();
  }

  @Test
  void aRunningRecorderHearsOfInstructionsCopiesAndEvictions() throws Exception {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    SessionConfig config =
        SessionConfig.defaults()
            .withThreads(2)
            .withHostBytes(4 << 20)
            .withDiskBytes(4 << 20)
            .withOutput(nowhere, nowhere);
    String script =
        """
        R = matrix(0, 1, 1)
        for (i in 1:40) {
          X = rand(rows=300, cols=300, seed=i)
          R = R + colSums(rowSums(t(X) %*% X))
        }
        print(toString(R))
        """;
    RunStatistics statistics;
    List<RecordedEvent> events;
    try (Recording recording = new Recording()) {
      recording.start();
      try (Session session = Reprise.session(config);
          RunResult result = session.compile(script, CompileOptions.none()).run()) {
        statistics = result.statistics();
      }
      recording.stop();
      Path dump = folder.resolve("r.jfr");
      recording.dump(dump);
      events = RecordingFile.readAllEvents(dump);
    }
    assertThat(sum(events, "dev.reprise.Instruction")).isEqualTo(statistics.executed());
    assertThat(sum(events, "dev.reprise.CacheEviction"))
        .isGreaterThanOrEqualTo(statistics.cache().evictions())
        .isPositive();
    assertThat(sum(events, "dev.reprise.Copy")).isGreaterThanOrEqualTo(statistics.disk().spills());
    assertThat(events)
        .anyMatch(event ->
            event.getEventType().getName().equals("dev.reprise.Instruction")
                && event.getString("operation").equals("tsmm")
                && event.getString("place").equals("<script>:4")
                && !event.getDuration("took").isZero());
  }
}
