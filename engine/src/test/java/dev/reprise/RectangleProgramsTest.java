package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.rewrite.PartialReuse;
import dev.reprise.store.StoreConfig;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Programs whose products lie close beside each other in the same few larger ones, see {@link
 * RectangleProgram}: no rewrite takes the part beside the one it needs. {@code -Drectangles.from}
 * and {@code -Drectangles.count} choose other seeds.
 */
class RectangleProgramsTest {
  private static final long FIRST = Long.getLong("rectangles.from", 0);
  private static final long COUNT = Long.getLong("rectangles.count", 40);

  private static final Set<String> FIRED = ConcurrentHashMap.newKeySet();

  @TempDir Path folder;

  static LongStream seeds() {
    return LongStream.range(FIRST, FIRST + COUNT);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void partsGiveTheSameResult(long seed) {
    String script = new RectangleProgram(seed).text();
    SessionConfig config = Scripts.config();
    double[][] expected = PartialRuns.run(config.withReuse(ReuseMode.NONE), script, 1).result();
    SessionConfig hybrid = config.withReuse(ReuseMode.HYBRID);
    SessionConfig partial = config.withReuse(ReuseMode.PARTIAL).withThreads(1);
    same(expected, partial, script, 1);
    switch ((int) (seed % 8)) {
      case 0 -> same(expected, hybrid, script, 2);
      case 1 -> same(expected, hybrid.withHostBytes(4 << 20), script, 1);
      case 2 -> same(expected, partial.withHostBytes(6 << 20).withPolicy("lru"), script, 2);
      case 3 -> {
        StoreConfig store = Scripts.keepingAll(folder);
        same(expected, hybrid.withStore(store), script, 1);
        same(expected, hybrid.withStore(store), script, 1);
      }
      case 4 -> same(expected, config.withReuse(ReuseMode.FULL), script, 1);
      case 5 -> same(expected, config.withReuse(ReuseMode.MULTILEVEL), script, 1);
      case 6 -> {
        SessionConfig exact = hybrid.withNumerics(Numerics.EXACT);
        assertThat(same(expected, exact, script, 1).partialHits()).isZero();
      }
      default -> same(expected, hybrid.withThreads(2), script, 1);
    }
  }

  /** Of the seeds that always run. */
  @AfterAll
  static void everyRewriteFired() {
    if (FIRST != 0) {
      return;
    }
    assertThat(FIRED).containsAll(PartialReuse.names());
  }

  private static RunStatistics same(
      double[][] expected, SessionConfig config, String script, int times) {
    try {
      PartialRuns.Outcome outcome = PartialRuns.run(config, script, times);
      PartialRuns.assertSame(expected, outcome.result());
      outcome.statistics().partial().stream()
          .filter(each -> each.hits() > 0)
          .forEach(each -> FIRED.add(each.rewrite()));
      return outcome.statistics();
    } catch (AssertionError e) {
      throw new AssertionError(config.reuse() + " differs for:\n" + script, e);
    }
  }
}
