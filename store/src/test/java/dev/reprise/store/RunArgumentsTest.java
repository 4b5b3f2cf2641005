package dev.reprise.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class RunArgumentsTest {
  @Test
  void argumentsComeBackFromTheirText() {
    Map<String, String> arguments =
        Map.of("k", "1", "name", "a=b\\n\n\r c\\", "empty", "", "x\ny", "2", "two words", "=");
    assertThat(RunArguments.of(RunArguments.text(arguments))).isEqualTo(arguments);
    assertThat(RunArguments.text(Map.of("b", "2", "a", "1"))).isEqualTo("a=1\nb=2\n");
    assertThat(RunArguments.of("")).isEmpty();
  }
}
