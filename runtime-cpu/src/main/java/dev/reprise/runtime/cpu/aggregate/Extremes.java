package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.code.CellChain;
import dev.reprise.runtime.cpu.code.CellChain.Apply;
import dev.reprise.runtime.cpu.code.CellChain.Input;
import dev.reprise.runtime.cpu.code.CellChain.Node;
import dev.reprise.runtime.cpu.code.CellChain.Spread;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.List;

/**
 * The smallest or largest cells of runs of a matrix where it lies: machine code takes that of cells
 * at the same place in eight parts of a run, so that Java, which is slow in the first calls, looks
 * at an eighth as many. Any thread.
 *
 * <pre>
 *   | part 0 | part 1 | ... | part 7 | rest |
 * </pre>
 */
final class Extremes {
  private static final int PARTS = 8;

  /** Cells of a part that are taken by one call. */
  private static final int BLOCK = 1 << 12;

  /** Matrices of fewer cells are looked at before there is code. */
  static final long FEWEST_CELLS = 1 << 20;

  private final boolean least;

  /** By precision; null before the first use, or where there is no code. */
  private final CellChain[] chains = new CellChain[Precision.values().length];

  private Extremes(boolean least) {
    this.least = least;
  }

  static Extremes least() {
    return new Extremes(true);
  }

  static Extremes most() {
    return new Extremes(false);
  }

  /** Of so many cells from one on, NaN if any is. */
  double of(DenseMatrix matrix, Run run, long at, long n) {
    CellChain chain = chain(matrix.precision());
    long part = n / PARTS;
    if (chain == null || part == 0) {
      return inJava(run, at, n);
    }
    double extreme = of(byCode(chain, matrix, at, part), inJava(run, at + PARTS * part, n % PARTS));
    // Which NaN it is follows from the order of the cells.
    return Double.isNaN(extreme) ? inJava(run, at, n) : extreme;
  }

  private double byCode(CellChain chain, DenseMatrix matrix, long at, long part) {
    int bytes = matrix.precision().bytesPerCell();
    long first = matrix.segment().address() + at * bytes;
    CellChain.Call call = chain.call();
    double[] block = new double[(int) Math.min(part, BLOCK)];
    double extreme = least ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
    for (long i = 0; i < part; i += BLOCK) {
      int count = (int) Math.min(BLOCK, part - i);
      for (int input = 0; input < PARTS; input++) {
        call.withInput(input, first + (input * part + i) * bytes);
      }
      if (!call.run(1, count, MemorySegment.ofArray(block), true)) {
        throw new IllegalStateException("code for extremes refused cells");
      }
      for (int k = 0; k < count; k += Run.BLOCK) {
        int few = Math.min(Run.BLOCK, count - k);
        extreme = of(extreme, Run.extreme(block, k, few, least));
      }
    }
    return extreme;
  }

  private double of(double one, double other) {
    return least ? Math.min(one, other) : Math.max(one, other);
  }

  private double inJava(Run run, long at, long n) {
    return least ? run.min(at, n) : run.max(at, n);
  }

  private CellChain chain(Precision precision) {
    synchronized (chains) {
      int index = precision.ordinal();
      if (chains[index] == null) {
        Node all = new Input(0);
        for (int input = 1; input < PARTS; input++) {
          all = new Apply(least ? "pmin" : "pmax", List.of(all, new Input(input)));
        }
        chains[index] =
            CellChain.find(precision, Collections.nCopies(PARTS, Spread.EACH), 0, (Apply) all);
      }
      return chains[index];
    }
  }
}
