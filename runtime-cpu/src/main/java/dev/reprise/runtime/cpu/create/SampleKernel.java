package dev.reprise.runtime.cpu.create;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/**
 * {@code sample(range, size, replace, seed)}: a column of numbers from 1 to range in random order.
 *
 * <p>Choice i is the upper part of its 64 random bits times the number of candidates, a bias below
 * range / 2^64. Without replacement it is an exchange of Fisher and Yates: the candidates that were
 * moved are kept in a map while few, so a small sample of a huge range costs little.
 */
final class SampleKernel implements Kernel {

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    long range = Sizes.extent(operation, inputs, 0);
    long size = Sizes.extent(operation, inputs, 1);
    boolean replace = Arguments.flag(operation, inputs, 2);
    long seed = Arguments.whole(operation, inputs, 3);
    if (range < 1 || !replace && size > range) {
      throw new OperandException(
          range < 1
              ? "'sample' needs a range of at least 1, not " + range
              : "'sample' cannot draw " + size + " of " + range + " numbers without replacement");
    }
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix out = scratch.matrix(size, 1);
      Choices choices = new Choices(seed);
      if (replace) {
        for (long i = 0; i < size; i++) {
          out.segment().setAtIndex(JAVA_DOUBLE, i, choices.below(range) + 1);
        }
      } else if (range / 4 <= size) {
        exchange(scratch.bytes(Math.multiplyExact(range, Long.BYTES)), range, choices, out);
      } else {
        exchange(range, choices, out);
      }
      return new Operand[] {scratch.keep(out)};
    }
  }

  private static void exchange(
      MemorySegment candidates, long range, Choices choices, DenseMatrix out) {
    for (long i = 0; i < range; i++) {
      candidates.setAtIndex(JAVA_DOUBLE, i, i + 1);
    }
    for (long i = 0; i < out.rows(); i++) {
      long chosen = i + choices.below(range - i);
      out.segment().setAtIndex(JAVA_DOUBLE, i, candidates.getAtIndex(JAVA_DOUBLE, chosen));
      candidates.setAtIndex(JAVA_DOUBLE, chosen, candidates.getAtIndex(JAVA_DOUBLE, i));
    }
  }

  private static void exchange(long range, Choices choices, DenseMatrix out) {
    Map<Long, Long> moved = new HashMap<>();
    for (long i = 0; i < out.rows(); i++) {
      long chosen = i + choices.below(range - i);
      out.segment().setAtIndex(JAVA_DOUBLE, i, moved.getOrDefault(chosen, chosen) + 1);
      moved.put(chosen, moved.getOrDefault(i, i));
      moved.remove(i);
    }
  }

  /** Random whole numbers in the order of the sample. */
  private static final class Choices {
    private final Philox philox;
    private final long[] even = new long[Philox.BATCH];
    private final long[] odd = new long[Philox.BATCH];
    private long next;

    Choices(long seed) {
      philox = new Philox(seed, Philox.SAMPLE);
    }

    /** The next number from 0 to {@code bound - 1}. */
    long below(long bound) {
      long block = next / 2;
      int at = (int) (block % Philox.BATCH);
      if (at == 0 && next % 2 == 0) {
        philox.generate(block, Philox.BATCH, 0, even, odd);
      }
      long bits = next++ % 2 == 0 ? even[at] : odd[at];
      return Math.unsignedMultiplyHigh(bits, bound);
    }
  }
}
