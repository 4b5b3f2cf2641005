package dev.reprise.engine.recall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Numerics;
import dev.reprise.SessionConfig;
import dev.reprise.store.RunArguments;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunParametersTest {
  private static Map<String, String> of(SessionConfig config, Map<String, String> arguments) {
    return RunArguments.of(RunParameters.text(config, arguments));
  }

  @Test
  void argumentsAndUnusualOptionsAreNoted() {
    SessionConfig usual = SessionConfig.defaults();
    assertThat(of(usual, Map.of("k", "1"))).containsExactly(Map.entry("$k", "1"));
    assertThat(of(usual.withSeed(7).withNumerics(Numerics.EXACT), Map.of()))
        .containsOnly(Map.entry("--seed", "7"), Map.entry("--numerics", "exact"));
  }

  @Test
  void whatIsTooLongForAGraphIsCut() {
    Map<String, String> arguments = new HashMap<>();
    for (int i = 0; i < 200; i++) {
      arguments.put("a".repeat(300) + i, "\0\n\\".repeat(30_000));
    }
    String text = RunParameters.text(SessionConfig.defaults(), arguments);
    assertThat(text.length()).isLessThan(64 << 10);
    assertThat(text).doesNotContain("\0");
    arguments = Map.of("long", "x".repeat(70_000));
    assertThat(of(SessionConfig.defaults(), arguments).get("$long"))
        .isEqualTo("x".repeat(500) + "...");
  }
}
