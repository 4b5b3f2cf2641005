package dev.reprise.bench.eviction;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class RecorderTest {

  @Test
  void aRecordedProgramAsksAgainForWhatItRepeats() throws Exception {
    ProbeTrace trace =
        Recorder.record(
            """
            X = matrix(seq(1, 40000), 200, 200) / 7
            s = 0.0
            for (i in 1:$times) {
              s = s + sum(t(X) %*% X)
            }
            print(s)
            """,
            Map.of("times", 3));
    // Per round the product and its sum; both are asked for in each and computed in the first.
    assertThat(trace.probes().length - trace.values().size()).isEqualTo(4);
    assertThat(trace.repeatedNanos()).isPositive();
    assertThat(trace.footprintBytes()).isGreaterThanOrEqualTo(2 * 200 * 200 * 8);
  }
}
