package dev.reprise.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class EstimateErrorsTest {
  @Test
  void halfOfTheEstimatesAreWithinTheMedian() {
    EstimateErrors errors = new EstimateErrors();
    for (int i = 1; i <= 100; i++) {
      errors.add(1000 + 10 * i, 1000);
    }
    assertThat(errors.summary().count()).isEqualTo(100);
    assertThat(errors.summary().median()).isCloseTo(0.5, within(0.05));
  }

  @Test
  void withoutEstimatesThereIsNoMedian() {
    assertThat(new EstimateErrors().summary().median()).isNaN();
  }

  @Test
  void theWildestEstimateIsCounted() {
    EstimateErrors errors = new EstimateErrors();
    errors.add(1e300, 1);
    errors.add(1, 1);
    errors.add(1, 1);
    assertThat(errors.summary()).isEqualTo(new EstimateErrors.Summary(3, 0.001));
  }

  @Test
  void anAverageIsJudgedOnceItHasSeenTen() {
    CostModels models = new CostModels();
    for (int i = 0; i < 12; i++) {
      models.observe("cpu", "tsmm", 1e6, 1e6);
    }
    assertThat(models.errors()).containsOnlyKeys("cpu");
    assertThat(models.errors().get("cpu").count()).isEqualTo(2);
    models.observe("cpu", "tsmm", 1e9, 1e6);
    assertThat(models.errors().get("cpu").count())
        .as("another size class has its own average")
        .isEqualTo(2);
  }

  @Test
  void aSlowStartIsForgotten() {
    CostModels models = new CostModels();
    models.observe("cpu", "tsmm", 1e6, 5e8);
    models.observe("cpu", "tsmm", 1e6, 1e6);
    models.observe("cpu", "tsmm", 1e6, 1e6);
    assertThat(models.nanos("cpu", "tsmm", 1e6)).isEqualTo(1e6);
  }
}
