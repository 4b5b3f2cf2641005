package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.RunStatistics.OpcodeStatistics;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Operations over few cells take a way of their own, but where every value is looked at: values,
 * histories and counts are the same on both.
 */
class FewCellsInScriptsTest {
  private static final String LOOP =
      """
      M = matrix(seq(1, %d), %d, 1) %%%% 7
      S = M
      T = t(M)
      B = matrix(seq(1, 200000), 1000, 200)
      r = 0
      for (i in 1:200) {
        S = (S * 3 + M) %%%% 17
        T = abs(T - t(S)) / 2 + (T > 1) - T ^ 2 / 100
        r = r + sum(S) - max(T) + as.scalar(T %%*%% S) + mean(ifelse(S > 3, M, 0.5))
        r = r + as.scalar(B[i, 3]) + sum(B[i, ]) + sum(B[i:(i + 2), 4:5]) + sum(B[, i]) / 1e6
        if (i %%%% 50 == 0)
          print(i + " " + r + " " + toString(rowSums(t(S)) + colMeans(S)))
      }
      print(toString(S[1, ]) + toString(T[1, 1]))
      """;

  private static Map<String, Long> executed(SessionConfig config, String script) {
    List<OpcodeStatistics> opcodes = Scripts.run(config, script).statistics().operations();
    return opcodes.stream()
        .filter(each -> each.executed() > 0)
        .collect(Collectors.toMap(OpcodeStatistics::opcode, OpcodeStatistics::executed));
  }

  /** On both sides of what is few. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 30, 100, 1023, 1024})
  void valuesAndCountsAreThoseOfTheLongWay(int cells) {
    String script = LOOP.formatted(cells, cells);
    EqualRuns.of(script);
    SessionConfig none = Scripts.config().withReuse(ReuseMode.NONE).withFusion(false);
    assertThat(executed(none, script))
        .isEqualTo(executed(none.withTraps(Set.of(Trap.NAN)), script));
  }

  @Test
  void historiesAreThoseOfTheLongWay() {
    String script = LOOP.formatted(30, 30) + "print(lineage(T + sum(S)))\n";
    SessionConfig traced = Scripts.config().withReuse(ReuseMode.TRACE);
    String looked = Scripts.run(traced.withTraps(Set.of(Trap.NAN)), script).output();
    assertThat(Scripts.run(traced, script).output()).isEqualTo(looked).contains("%%");
  }

  @Test
  void emptyMatricesAndSinglePrecisionGoTheLongWay() {
    String script =
        """
        E = matrix(0, 0, 3)
        for (i in 1:100) {
          E = (E + 1) * 2
        }
        print(nrow(E) + " " + ncol(E) + " " + sum(E))
        """;
    EqualRuns.of(script);
    EqualRuns.of(LOOP.formatted(30, 30), Scripts.config().withNumerics(Numerics.EXACT));
  }

  @Test
  void mistakesAreToldWithTheirPlace() {
    String script =
        """
        A = matrix(1, 3, 2)
        B = matrix(1, 2, 3)
        for (i in 1:100) {
          C = A + A
        }
        C = A + B
        """;
    assertThatThrownBy(() -> Scripts.run(Scripts.config(), script))
        .isInstanceOf(ScriptException.class)
        .hasMessageContaining("3x2")
        .hasMessageContaining("2x3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"B[101, 1]", "B[0, ]", "B[3:2, 1]", "B[1, 51]"})
  void indicesOutOfRangeAreToldWithTheirPlace(String slice) {
    String script =
        """
        B = matrix(seq(1, 5000), 100, 50)
        s = 0
        for (i in 1:100) {
          s = s + as.scalar(B[i, 1])
        }
        s = sum(%s)
        """
            .formatted(slice);
    assertThatThrownBy(() -> Scripts.run(Scripts.config(), script))
        .isInstanceOf(ScriptException.class)
        .hasMessageContaining("out of range")
        .hasMessageContaining(":6:");
  }
}
