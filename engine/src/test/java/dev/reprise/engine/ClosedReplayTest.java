package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.CompileOptions;
import dev.reprise.ReplayRequest;
import dev.reprise.Reprise;
import dev.reprise.Session;
import dev.reprise.SessionConfig;
import dev.reprise.cache.CacheEvents;
import dev.reprise.engine.replay.Replayer;
import dev.reprise.runtime.Value;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A session that is closed stops its replays and waits for them. */
@Timeout(600)
class ClosedReplayTest {
  private static final PrintStream SINK = new PrintStream(OutputStream.nullOutputStream());

  @TempDir private Path folder;
  private ReplayRequest request;

  private SessionConfig config() {
    return SessionConfig.defaults().withOutput(SINK, SINK).withWorkingDirectory(folder);
  }

  /** Leaves the trace of two products. */
  @BeforeEach
  void run() throws Exception {
    Files.writeString(folder.resolve("X.csv"), "1,2\n3,4\n");
    String script =
        "X = read(\"X.csv\", format=\"csv\"); Y = X %*% X; write(Y %*% X, \"Z.csv\", format=\"csv\")";
    try (Session session = Reprise.session(config())) {
      session.compile(script, CompileOptions.none()).run().close();
    }
    request = ReplayRequest.of(folder.resolve("Z.csv.lineage"));
  }

  private static boolean isOpen(SessionServices services) {
    try {
      return services.whileOpen("Session.matrix", () -> true);
    } catch (IllegalStateException e) {
      return false;
    }
  }

  @Test
  void isStoppedAndWaitedFor() throws Exception {
    SessionServices services = new SessionServices(config(), CacheEvents.NONE);
    AtomicReference<Thread> closing = new AtomicReference<>();
    AtomicInteger operations = new AtomicInteger();
    Replayer replayer =
        new Replayer(
            services.sources(),
            (operation, inputs, context) -> {
              if (operations.incrementAndGet() == 1) {
                closing.set(new Thread(services::close));
                closing.get().start();
                while (isOpen(services)) {
                  Thread.onSpinWait();
                }
              }
              Value value = services.resources().kernels().run(operation, inputs, context);
              assertThat(services.liveBuffersAtClose()).as("not closed yet").isNegative();
              return value;
            });
    assertThatThrownBy(() -> replayer.replay(request)).isInstanceOf(CancellationException.class);
    closing.get().join();
    assertThat(operations.get()).isOne();
    assertThat(services.liveBuffersAtClose()).isZero();
  }

  @Test
  void doesNotBeginAfterwards() {
    Session session = Reprise.session(config());
    session.close();
    assertThatThrownBy(() -> session.replay(request))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the session is closed");
  }
}
