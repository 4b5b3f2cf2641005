package dev.reprise.language.program;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.language.CompileException;
import dev.reprise.language.Scripts;
import dev.reprise.lineage.Key;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Equal fingerprints mean that the same is done; names and places of variables mean nothing. */
class ProgramFingerprintTest {

  private static Key function(String parameters, String body) {
    String text =
        "f = function(" + parameters + ") return (Double r) {" + body + "}\nprint(f(1, 2))";
    try {
      return ProgramFingerprint.of(Scripts.compile(text + HELPERS).function("f"));
    } catch (CompileException e) {
      throw new AssertionError(e);
    }
  }

  private static final String HELPERS =
      "\ng = function(Double x) return (Double y) { y = x }\n"
          + "h = function(Double x) return (Double y) { y = x }";

  @Test
  void namesCommentsAndLayoutDoNotCount() {
    assertThat(function("Double a, Double b", "t = a * 2; r = t + b"))
        .isEqualTo(function("Double x, Double y", "\n # text\n  z = x * 2\n\n  r = z + y\n"));
  }

  @Test
  void everythingThatCanChangeAResultCounts() {
    List<Key> all =
        List.of(
            function("Double a, Double b", "r = a - b"),
            function("Double a, Double b", "r = b - a"),
            function("Double a, Double b", "r = a + b"),
            function("Double a, Integer b", "r = a - b"),
            function("Double a, Double b = 1", "r = a - b"),
            function("Double a, Double b = 2", "r = a - b"),
            function("Double a, Double b", "r = a - b + 1"),
            function("Double a, Double b", "r = a - b + 1.0"),
            function("Double a, Double b", "r = a - b + 2"),
            function("Double a, Double b", "r = a - b; if (r > 0) { r = b }"),
            function("Double a, Double b", "r = a - b; while (r > 0) { r = b }"),
            function("Double a, Double b", "r = a - b; if (r > 0) { r = 1 } else { r = b }"),
            function("Double a, Double b", "r = a - b; for (i in 1:3) { r = r + b }"),
            function("Double a, Double b", "r = a - b; for (i in 1:4) { r = r + b }"),
            function("Double a, Double b", "r = g(a) - b"),
            function("Double a, Double b", "r = h(a) - b"));
    Set<Key> distinct = new HashSet<>(all);
    assertThat(distinct).hasSize(all.size());
  }

  @Test
  void aProgramHasTheSameFingerprintsWheneverItIsCompiled() {
    assertThat(function("Double a, Double b", "r = a - b"))
        .isEqualTo(function("Double a, Double b", "r = a - b"));
  }
}
