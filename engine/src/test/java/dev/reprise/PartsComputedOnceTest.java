package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.RepeatedTest;

/** Workers that put different values together from common parts compute each part once. */
class PartsComputedOnceTest {
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private static final String SCRIPT =
      """
      X = rand(rows=6000, cols=30, seed=1)
      A = X[1:1500, ]; B = X[1501:3000, ]; C = X[3001:4500, ]; D = X[4501:6000, ]
      R = matrix(0, 6, 1)
      parfor (i in 1:6, par=6) {
        if (i == 1) { T = rbind(A, B) }
        else if (i == 2) { T = rbind(C, A) }
        else if (i == 3) { T = rbind(A, D) }
        else if (i == 4) { T = rbind(B, C) }
        else if (i == 5) { T = rbind(D, B) }
        else { T = rbind(C, D) }
        R[i, 1] = sum(t(T) %*% T)
      }
      print(abs(as.scalar(R[1, 1] + R[6, 1] - R[2, 1] - R[5, 1])) < 1e-6)
      """;

  @RepeatedTest(200)
  void eachFoldIsMultipliedOnce() {
    Scripts.Outcome outcome =
        Assertions.assertTimeoutPreemptively(LIMIT, () -> Scripts.run(Scripts.config(), SCRIPT));
    assertThat(outcome.output()).isEqualTo("TRUE\n");
    assertThat(outcome.statistics().partialHits("self-product-of-inner")).isEqualTo(6);
    assertThat(outcome.statistics().of("tsmm").executed()).isEqualTo(4);
    assertThat(outcome.liveBuffers()).isZero();
  }

  /** With almost no memory parts are evicted, refused and retried; nobody waits for ever. */
  @RepeatedTest(50)
  void nobodyHangsWhereThereIsRoomForOneFoldOnly() {
    SessionConfig config = Scripts.config().withHostBytes(3_500_000).withThreads(4);
    Scripts.Outcome outcome =
        Assertions.assertTimeoutPreemptively(LIMIT, () -> Scripts.run(config, SCRIPT));
    assertThat(outcome.output()).isEqualTo("TRUE\n");
    assertThat(outcome.liveBuffers()).isZero();
  }
}
