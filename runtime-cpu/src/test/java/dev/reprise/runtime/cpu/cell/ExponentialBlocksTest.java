package dev.reprise.runtime.cpu.cell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Functions of powers of e: by machine code, where there is some, and in Java, bit by bit. */
class ExponentialBlocksTest {
  private static final int CELLS = 100_003;

  private static final double[] ENDS = {
    0,
    -0.0,
    Double.MIN_VALUE,
    -1e-300,
    1e-17,
    22,
    -22.5,
    699.9,
    700,
    -700,
    700.1,
    -700.1,
    -745.13,
    -745.14,
    -746,
    -746.1,
    1e9,
    -1e9,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.NaN
  };

  private interface Loop {
    void run(double[] x, double[] k, double[] rest, double[] out, int n);
  }

  private static void assertSameBits(Loop code, Loop java, double... x) {
    int n = x.length;
    double[] found = new double[n];
    double[] wanted = new double[n];
    code.run(x, new double[n], new double[n], found, n);
    java.run(x, new double[n], new double[n], wanted, n);
    // Cells that are no numbers are equal.
    assertThat(found).isEqualTo(wanted);
  }

  @Test
  void machineCodeHasTheBitsOfJava() {
    double[] ordinary = new Random(20261201).doubles(CELLS, -40, 40).toArray();
    double[] wide = new Random(20261202).doubles(CELLS, -700, 700).toArray();
    SigmoidLoops.Exponential logistic = new SigmoidLoops.Sigmoid();
    SigmoidLoops.Exponential tanh = new SigmoidLoops.Tanh();
    SigmoidLoops.Exponential exp = new SigmoidLoops.Exp();
    Loop blocks = (x, k, _, out, n) -> ExponentialBlocks.exp(x, k, out, n);
    Stream<double[]> ends = Arrays.stream(ENDS).mapToObj(end -> new double[] {1, end, -2});
    Stream.concat(Stream.of(ordinary, wide), ends)
        .forEach(x -> {
          assertSameBits(logistic::compute, logistic::computeInJava, x);
          assertSameBits(tanh::compute, tanh::computeInJava, x);
          assertSameBits(exp::compute, exp::computeInJava, x);
          assertSameBits(blocks, exp::computeInJava, x);
        });
  }

  @Test
  void logisticAndTanhMayWorkInPlace() {
    double[] x = new Random(20261203).doubles(1000, -30, 30).toArray();
    double[] wanted = new double[1000];
    double[] scratch = new double[1000];
    new SigmoidLoops.Sigmoid().computeInJava(x, scratch, new double[1000], wanted, 1000);
    double[] inPlace = x.clone();
    ExponentialBlocks.logistic(inPlace, scratch, new double[1000], 1000);
    assertThat(inPlace).isEqualTo(wanted);
    // With a cell that machine code refuses, so that all of them are computed again.
    x[999] = -800;
    new SigmoidLoops.Sigmoid().computeInJava(x, scratch, new double[1000], wanted, 1000);
    ExponentialBlocks.logistic(x, scratch, new double[1000], 1000);
    assertThat(x).isEqualTo(wanted);
  }
}
