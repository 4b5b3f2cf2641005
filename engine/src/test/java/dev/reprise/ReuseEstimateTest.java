package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Scripts.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What reuse would save is counted without keeping a value. */
class ReuseEstimateTest {
  private static final String SCRIPT =
      """
      X = rand(rows=3000, cols=30, seed=1)
      for (i in 1:5) {
        A = t(X) %*% X
        B = A * (i * 1000)
        print(sum(solve(B + diag(matrix(i, 30, 1)), t(colSums(X)))))
      }
      """;

  private static SessionConfig estimating() {
    return Scripts.config().withEstimate(true);
  }

  @Test
  void repeatedOperationsAreCountedByStatementWithTheirBytes() {
    ReuseForecast forecast = Scripts.run(estimating(), SCRIPT).statistics().forecast();
    ReuseForecast.Statement product =
        forecast.statements().stream()
            .filter(statement -> statement.opcode().equals("tsmm"))
            .findFirst()
            .orElseThrow();
    assertThat(product.place()).isEqualTo("<script>:3");
    assertThat(product.computations()).isEqualTo(5);
    assertThat(product.repeated()).isEqualTo(4);
    assertThat(product.savedNanos()).isPositive();
    assertThat(product.bytes()).isEqualTo(30 * 30 * 8);
    assertThat(forecast.statements())
        .filteredOn(statement -> statement.opcode().equals("solve"))
        .allSatisfy(statement -> assertThat(statement.repeated()).isZero());
    assertThat(forecast.savedNanos())
        .isEqualTo(
            forecast.statements().stream().mapToLong(ReuseForecast.Statement::savedNanos).sum());
  }

  @Test
  void whatIsCountedAsRepeatedIsWhatFullReuseHits() {
    ReuseForecast forecast = Scripts.run(estimating(), SCRIPT).statistics().forecast();
    RunStatistics full =
        Scripts.run(Scripts.config().withReuse(ReuseMode.FULL), SCRIPT).statistics();
    assertThat(forecast.repeated()).isEqualTo(full.hits());
    assertThat(forecast.computations()).isEqualTo(full.hits() + full.misses());
  }

  @ParameterizedTest
  @EnumSource(ReuseMode.class)
  void anEstimateIsTheSameWhateverReuseWouldBeOtherwise(ReuseMode mode) {
    RunStatistics statistics = Scripts.run(estimating().withReuse(mode), SCRIPT).statistics();
    assertThat(statistics.cache()).isNull();
    assertThat(statistics.forecast().repeated()).isEqualTo(8);
    assertThat(statistics.forecast().computations())
        .isEqualTo(
            statistics.forecast().statements().stream()
                .mapToLong(ReuseForecast.Statement::computations)
                .sum());
  }

  @Test
  void nothingIsReusedAndResultsAreTheSame() {
    Outcome outcome = Scripts.run(estimating(), SCRIPT);
    assertThat(outcome.output())
        .isEqualTo(Scripts.run(Scripts.config().withReuse(ReuseMode.NONE), SCRIPT).output());
    assertThat(outcome.statistics().hits()).isZero();
    assertThat(outcome.statistics().cache()).isNull();
    assertThat(outcome.statistics().of("tsmm").executed()).isEqualTo(5);
    assertThat(outcome.liveBuffers()).isZero();
    assertThat(Scripts.run(SCRIPT).statistics().forecast()).isNull();
  }

  @Test
  void iterationsOfAParforAreCountedTogether() {
    String script =
        """
        X = rand(rows=3000, cols=30, seed=1)
        R = matrix(0, 6, 1)
        parfor (i in 1:6, par=2) { R[i, 1] = sum(t(X) %*% X) }
        """;
    ReuseForecast forecast = Scripts.run(estimating(), script).statistics().forecast();
    assertThat(forecast.statements().getFirst().opcode()).isEqualTo("tsmm");
    assertThat(forecast.statements().getFirst().repeated()).isEqualTo(5);
  }
}
