package dev.reprise.examples;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

class RidgeRegressionTest {

  @Test
  void theProgramOfTheApiPageRuns() {
    assertThatCode(() -> RidgeRegression.main(new String[0])).doesNotThrowAnyException();
  }
}
