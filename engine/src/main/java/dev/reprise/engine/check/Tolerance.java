package dev.reprise.engine.check;

import dev.reprise.lineage.Trace;
import dev.reprise.lineage.TraceProgram;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.operation.Operation;
import java.util.Set;

/**
 * How far two computations of one value may be apart when rewrites, fusion, devices or thread
 * counts differ, relative to the largest absolute cell; the table of {@code docs/numerics.md}.
 * Under {@code --numerics exact} it is 0.
 */
public final class Tolerance {
  /** Products, sums and everything that is built from them. */
  static final double SUMS = 1e-12;

  /** Solvers and decompositions multiply what their inputs deviate by the condition number. */
  static final double SOLVERS = 1e-6;

  /** 24 bits, in which matrices or a file keep numbers. */
  public static final double FP32 = 1e-5;

  /** An operand that deviates in its last bit may round to the next number of 11 bits. */
  private static final double TF32 = 1e-3;

  /** Likewise of 8 bits. */
  private static final double BF16 = 1e-2;

  private static final Set<String> CONDITIONED =
      Set.of("solve", "inv", "cholesky", "eigen", "svd", "qr", "lu", "det", "sqrtMatrix");

  private Tolerance() {}

  /** For a value some of whose inputs may deviate by {@link #SUMS}. */
  static double ofApproximateInputs(Operation operation) {
    double solved = CONDITIONED.contains(operation.name()) ? SOLVERS : SUMS;
    return switch (operation.products()) {
      case TF32 -> TF32;
      case BF16 -> BF16;
      case FULL -> operation.precision() == Precision.FP32 ? Math.max(solved, FP32) : solved;
    };
  }

  /** For the outputs of a trace: the largest of its operations. */
  public static double of(Trace trace) {
    TraceProgram program = TraceProgram.of(trace.outputs());
    // A tangled program has no steps: its items are all that there is to look at.
    return program.isTangled()
        ? ofItems(trace)
        : program.operations().stream().mapToDouble(Tolerance::ofApproximateInputs).max().orElse(0);
  }

  private static double ofItems(Trace trace) {
    double largest = 0;
    for (int i = 0; i < trace.size(); i++) {
      if (!trace.item(i).isLiteral()) {
        largest = Math.max(largest, ofApproximateInputs(trace.item(i).operation()));
      }
    }
    return largest;
  }
}
