package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.RunStatistics.OpcodeStatistics;
import dev.reprise.runtime.Precision;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Attention, long short-term memory, grouped convolutions and pooled channels in sessions. */
class SequenceLayersTest {
  private static final String STEP =
      """
      X = rand(rows=12, cols=160, min=-1, max=1, seed=1)
      W = rand(rows=14, cols=24, min=-1, max=1, seed=2)
      b = rand(rows=1, cols=24, seed=3)
      h = matrix(0, rows=12, cols=6)
      F = rand(rows=20, cols=9, min=-1, max=1, seed=4)
      R = matrix(0, rows=1, cols=6)
      """;

  private static final String LAYERS =
      """
        [O, L] = attention(X, X, X, 16, 2, TRUE)
        [dQ, dK, dV] = attention_backward(O, X, X, X, O, L, 16, 2, TRUE)
        [out, c, hs, cs, gates] = lstm(X, W, b, h, h, TRUE)
        [dX, dW, db, dh, dc] = lstm_backward(X, W, b, h, h, TRUE, out, c, hs, cs, gates)
        C = conv2d(X, F, input_shape=[12,10,4,4], filter_shape=[20,1,3,3], stride=[1,1],
          padding=[2,2], dilation=[2,2], groups=10)
        G = global_max_pool(C, 20) + global_avg_pool(C, 20)
      """;

  private static String loop(String head) {
    return STEP
        + head
        + LAYERS
        + "  v = sum(O * X) + sum(dQ * dK + dV) + sum(out * out) + sum(dX * dX) + sum(dW * dW)"
        + " + sum(db) + sum(C * C) + sum(G)\n"
        + "  R[1, i] = v\n}\nprint(sum(R) + \" \" + as.scalar(R[1, 1]))\n";
  }

  @Test
  void resultsAreEqualWithEveryReuseBudgetAndNumberOfThreads() {
    for (String head : List.of("for (i in 1:6) {\n", "parfor (i in 1:6) {\n")) {
      SessionConfig none = Scripts.config().withReuse(ReuseMode.NONE).withThreads(1);
      String wanted = Scripts.run(none, loop(head)).output();
      for (ReuseMode mode : ReuseMode.values()) {
        for (int threads : new int[] {1, 4}) {
          for (long bytes : new long[] {1L << 30, 2L << 20}) {
            SessionConfig config =
                Scripts.config().withReuse(mode).withThreads(threads).withHostBytes(bytes);
            Scripts.Outcome outcome = Scripts.run(config, loop(head));
            assertThat(outcome.output()).as(mode + ", " + threads + " threads").isEqualTo(wanted);
            assertThat(outcome.liveBuffers()).isZero();
          }
        }
      }
    }
  }

  @Test
  void eachIsComputedOnceByAllWorkersTogether() {
    SessionConfig config = Scripts.config().withReuse(ReuseMode.FULL).withThreads(4);
    RunStatistics statistics = Scripts.run(config, loop("parfor (i in 1:6) {\n")).statistics();
    for (String opcode :
        List.of("attention", "attention_backward", "lstm", "lstm_backward", "conv2d")) {
      OpcodeStatistics counted = statistics.of(opcode);
      assertThat(counted.executed()).as(opcode).isEqualTo(1);
      assertThat(counted.hits() + counted.waits()).as(opcode).isEqualTo(5);
    }
  }

  @Test
  void whatChangesTheResultChangesTheKey() {
    List<String> calls = new ArrayList<>();
    for (String more :
        List.of(
            "",
            ", dilation=[2,2]",
            ", dilation=[2,1]",
            ", dilation=[1,2]",
            ", dilation=[1,1], groups=1",
            ", groups=1")) {
      calls.add(
          "s = s + sum(conv2d(X, F[,1:4], input_shape=[12,1,16,10], filter_shape=[20,1,2,2],"
              + " stride=[1,1], padding=[0,0]"
              + more
              + "))");
    }
    String script = STEP + "s = 0\n" + String.join("\n", calls) + "\nprint(s)";
    SessionConfig config = Scripts.config().withReuse(ReuseMode.FULL);
    OpcodeStatistics convolutions = Scripts.run(config, script).statistics().of("conv2d");
    // Dilation and groups of 1 are none; the compiler sees to equal calls.
    assertThat(convolutions.executed()).isEqualTo(4);
    String heads =
        STEP
            + """
            [a, l] = attention(X, X, X, 16)
            [b, l] = attention(X, X, X, 16, 2)
            [c, l] = attention(X, X, X, 16, 1, TRUE)
            [d, l] = attention(X, X, X, 16, 1, FALSE)
            print(sum(a * a) + sum(b * b) + sum(c * c) + sum(d * d))
            """;
    OpcodeStatistics attentions = Scripts.run(config, heads).statistics().of("attention");
    assertThat(attentions.executed()).isEqualTo(3);
  }

  @Test
  void floatsAgreeWithDoublesToFiveDigits() {
    String script = loop("for (i in 1:1) {\n");
    double exact = Double.parseDouble(Scripts.output(script).split(" ")[0]);
    double rounded =
        Double.parseDouble(
            Scripts.run(Scripts.config().withPrecision(Precision.FP32), script)
                .output()
                .split(" ")[0]);
    assertThat(rounded).isNotEqualTo(exact);
    assertThat(Math.abs(rounded - exact)).isLessThan(1e-5 * Math.abs(exact));
  }
}
