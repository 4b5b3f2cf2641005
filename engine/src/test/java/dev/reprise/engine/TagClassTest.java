package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.CompileOptions;
import dev.reprise.Numerics;
import dev.reprise.ReuseMode;
import dev.reprise.RunStatistics;
import dev.reprise.SessionConfig;
import dev.reprise.cache.CacheEvents;
import dev.reprise.cache.TagClass;
import dev.reprise.cache.ValueTag;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.Value;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/**
 * Exact look-ups find values of their own tag only, and nothing rewritten is ever made for them.
 */
class TagClassTest {
  private static final ValueTag PLAIN = ValueTag.plain("cpu-a");

  @Test
  void eachTagHasKeysOfItsOwnAndTheDefaultClassHasThoseOfTheLineage() {
    Key key = new Key(1, 2);
    Key exact = TagClass.exactly(PLAIN).of(key);
    assertThat(TagClass.DEFAULT.of(key)).isEqualTo(key);
    assertThat(exact)
        .isNotEqualTo(key)
        .isEqualTo(TagClass.exactly(ValueTag.plain("cpu-a")).of(key))
        .isNotEqualTo(TagClass.exactly(ValueTag.plain("cpu-b")).of(key))
        .isNotEqualTo(TagClass.exactly(PLAIN.asRewritten()).of(key))
        .isNotEqualTo(TagClass.exactly(PLAIN).of(new Key(1, 3)));
  }

  @Test
  void aClassTakesItsOwnTagOnly() {
    assertThat(TagClass.DEFAULT.takes(PLAIN.asRewritten())).isTrue();
    assertThat(TagClass.exactly(PLAIN).takes(PLAIN)).isTrue();
    assertThat(TagClass.exactly(PLAIN).takes(PLAIN.asRewritten())).isFalse();
    assertThat(TagClass.exactly(PLAIN).takes(ValueTag.plain("cpu-b"))).isFalse();
    assertThat(TagClass.exactly(PLAIN).takesRewritten()).isFalse();
    assertThat(TagClass.DEFAULT.takesRewritten()).isTrue();
  }

  private static final String APPENDING =
      """
      X = rand(rows=600, cols=40, seed=1)
      D = rand(rows=600, cols=3, seed=2)
      G = t(X) %*% X
      for (i in 1:3) { G = t(X) %*% X }
      Z = cbind(X, D)
      H = t(Z) %*% Z
      """;

  private record Run(RunStatistics statistics, Set<Key> claimed, LineageItem product) {}

  private static Run run(Numerics numerics) throws Exception {
    PrintStream sink = new PrintStream(new ByteArrayOutputStream());
    Set<Key> claimed = ConcurrentHashMap.newKeySet();
    CacheEvents events =
        new CacheEvents() {
          @Override
          public void claimed(Key key) {
            claimed.add(key);
          }
        };
    SessionConfig config =
        SessionConfig.defaults()
            .withThreads(2)
            .withHostBytes(1L << 30)
            .withReuse(ReuseMode.PARTIAL)
            .withNumerics(numerics)
            .withOutput(sink, sink);
    try (SessionServices services = new SessionServices(config, events)) {
      CompileOptions options = new CompileOptions(Map.of(), Set.of(), Set.of("H"));
      ScriptRunner.Outcome outcome =
          ScriptCompiler.compile(services, APPENDING, options).run(Map::of);
      outcome.values().values().forEach(Value::release);
      return new Run(outcome.statistics(), claimed, outcome.items().get("H"));
    }
  }

  @Test
  void anExactRunProbesUnderItsTagHitsAsOftenAndPutsNothingTogether() throws Exception {
    Run plain = run(Numerics.DEFAULT);
    Run exact = run(Numerics.EXACT);
    assertThat(plain.claimed).contains(plain.product.key());
    assertThat(exact.claimed)
        .doesNotContain(exact.product.key())
        .doesNotContainAnyElementsOf(plain.claimed);
    assertThat(plain.statistics.partial()).isNotEmpty();
    assertThat(exact.statistics.partial()).isEmpty();
    assertThat(exact.statistics.of("tsmm").hits()).isEqualTo(3);
    assertThat(exact.statistics.of("tsmm").executed()).isEqualTo(2);
  }
}
