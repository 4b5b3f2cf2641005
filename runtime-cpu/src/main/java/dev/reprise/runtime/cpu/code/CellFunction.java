package dev.reprise.runtime.cpu.code;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ResourceException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * Element-wise functions in machine code, with the bits of the same operations in Java, one after
 * the other in double: two to five times as fast, since the JVM's compiler makes no vector code of
 * powers of two, and since cells are read and written once, where they lie. Nothing has to be
 * compiled while a program runs.
 *
 * <p>Stateless, for any number of threads. The code is made when first needed.
 */
public enum CellFunction {
  /** e^x. Refuses numbers whose power is not a normal number nor zero. */
  EXPONENTIAL(1, 1, CellPass.of(ExponentialFormulas::exponential).inTurns()),
  /** 1 / (1 + e^-x). Refuses numbers beyond 700, where e^-x may not be a normal number. */
  LOGISTIC(1, 1, CellPass.of(ExponentialFormulas::logistic).inTurns()),
  /** Hyperbolic tangent. */
  TANH(1, 1, CellPass.of(ExponentialFormulas::tanh).inTurns()),
  /** Of x, dx: the next x; parameter lr. */
  DESCENT(2, 1, to -> OptimiserFormulas.descent(to, false)),
  /** As descent; parameters lr, decay. */
  DECAYED_DESCENT(2, 1, to -> OptimiserFormulas.descent(to, true)),
  /** Of x, dx, v: the next x and v; parameters lr, mu. */
  MOMENTUM(3, 2, to -> OptimiserFormulas.momentum(to, false)),
  /** As momentum; parameters lr, mu, decay. */
  DECAYED_MOMENTUM(3, 2, to -> OptimiserFormulas.momentum(to, true)),
  /** As momentum; parameters lr, mu, any, 1 + mu. */
  NESTEROV(3, 2, to -> OptimiserFormulas.nesterov(to, false)),
  /** As momentum; parameters lr, mu, decay, 1 + mu. */
  DECAYED_NESTEROV(3, 2, to -> OptimiserFormulas.nesterov(to, true)),
  /** Of x, dx, cache: the next x and cache; parameters lr, epsilon, kept, added. */
  SCALED(3, 2, OptimiserFormulas::scaled),
  /**
   * Of x, dx, m, v: the next x, m, v; parameters beta1, its rest to 1, beta2, its rest, rate,
   * epsilon.
   */
  ADAM(4, 3, OptimiserFormulas::adam),
  /** As adam, but for the last parameters: lr, epsilon, lambda, and what m and v are divided by. */
  ADAMW(4, 3, OptimiserFormulas::adamw),
  /** Total: the sum of x. */
  SUM(1, 0, 1, CellFormulas::sum),
  /** Total: the sum of (x - c)^2; parameter c. */
  SQUARES(1, 0, 1, CellFormulas::squares),
  /** Total: the sum of (x - c) y; parameter c. */
  PRODUCTS(2, 0, 1, CellFormulas::products),
  /** Total: the largest x. */
  LARGEST(1, 0, CellPass.largest(CellFormulas::largest)),
  /** As LARGEST. Refuses cells that are no numbers. */
  LARGEST_NUMBER(1, 0, CellPass.largest(CellFormulas::largestNumber)),
  /** e^(x p - q) as doubles; parameters q, p; total: their sum. Refuses as EXPONENTIAL does. */
  POWERS(1, 1, CellPass.sums(1, LossFormulas::powers).inTurns()),
  /** Total: the sum of e^(x - q); parameter q. Refuses as EXPONENTIAL does. */
  POWERS_ADDED(1, 0, CellPass.sums(1, LossFormulas::powersAdded).inTurns()),
  /** (x - c) - l; parameters c, l. */
  LOGARITHMS(1, 1, LossFormulas::logarithms),
  /** x y - y s; parameter s. */
  SHARES_SLOPED(2, 1, LossFormulas::sharesSloped),
  /** Total: the sum of y (l - (x - c)) of x and y, where y is not 0; parameters c, l. */
  LOSSES(2, 0, 1, LossFormulas::losses),
  /** (x s - y) f of doubles x, and y; parameters s, f. */
  MISSED(2, 1, LossFormulas::missed),
  /** x s f of doubles x; parameters s, f. */
  SCALED_TWICE(1, 1, LossFormulas::scaledTwice),
  /** p, of no input. */
  FILLED(0, 1, CellFormulas::filled),
  /** Totals: the sums of x, of (x - c) y and of y; parameter c. */
  MOMENTS(2, 0, 3, NormalisationFormulas::moments),
  /** x / p of doubles x; parameter p. */
  SHARES(1, 1, LossFormulas::shares),
  /** (x - c) f g + b; parameters c, f, g, b. */
  STANDARDISED(1, 1, NormalisationFormulas::standardised),
  /** f (y - a - s (x - c)) of x, y; parameters c, s, a, f. */
  SLOPED(2, 1, NormalisationFormulas::sloped),
  /**
   * n g + b and n, where n is x less its mean and divided by its deviation, of x and doubles g, b;
   * parameters any, any, how many cells, and what is added to the variance; total: the inverse of
   * the deviation.
   */
  LAYER_NORM(
      3,
      2,
      CellPass.sums(1, CellFormulas::sum).then(NormalisationFormulas::mean, 0),
      CellPass.sums(1, CellFormulas::squares).then(NormalisationFormulas::inverseDeviation, 1),
      CellPass.of(NormalisationFormulas::normalised)),
  /**
   * f (x g - a - n s) of x, n and doubles g, where a is the mean of x g and s that of n x g; as
   * further inputs and outputs doubles that become their sums with x n and with x; parameters any,
   * any, f, and how many cells.
   */
  LAYER_NORM_SLOPES(
      5,
      3,
      CellPass.sums(2, NormalisationFormulas::weighted).then(NormalisationFormulas::means, 0, 1),
      CellPass.of(NormalisationFormulas::unweighted)),
  /**
   * e^x / the sum of e^x, both of x less the largest x; parameter any. Doubles, as many as cells,
   * the second input and output, are lost. Refuses as EXPONENTIAL does.
   */
  SOFTMAX(
      2,
      2,
      CellPass.largest(CellFormulas::largest).keep(0),
      CellPass.sums(1, LossFormulas::rowPowers).inTurns().keep(0),
      CellPass.of(LossFormulas::rowShares)),
  /**
   * As SOFTMAX of floats, with the same floats in less time; rows of up to {@link #MOST_SHARES}
   * cells. Refuses one cell in 2^17, and those whose power is less than 10^-26 of the largest.
   */
  QUICK_SOFTMAX(
      2,
      2,
      CellPass.largest(CellFormulas::largest).keep(0),
      CellPass.sums(1, QuickFormulas::rowPowers).inTurns().keep(0),
      CellPass.of(QuickFormulas::rowShares)),
  /**
   * e^(x p) / the sum of e^(x p), both of x p less the largest x p; parameters any, p above 0, any.
   * The first becomes the largest x p; total: the sum. The second input and output are as those of
   * SOFTMAX. Refuses as EXPONENTIAL does.
   */
  SCALED_SOFTMAX(
      2,
      2,
      CellPass.largest(CellFormulas::largest).then(LossFormulas::scaledLargest, 0),
      CellPass.sums(1, LossFormulas::scaledRowPowers).inTurns().keep(2),
      CellPass.of(LossFormulas::scaledRowShares)),
  /**
   * e^(x p - l) of x, y and that times y - c, times p; parameters p, l, c. Refuses as EXPONENTIAL
   * does.
   */
  WEIGHTS_SLOPED(2, 2, CellPass.of(LossFormulas::weightsSloped).inTurns()),
  /** s + a x + b y + c z of doubles s and x, y, z, as doubles; parameters a, b, c. */
  THREE_ADDED(4, 1, CellFormulas::threeAdded),
  /** s + a x of doubles s and x, as doubles; parameter a. */
  ADDED(2, 1, CellFormulas::added),
  /** Doubles as cells. */
  ROUNDED(1, 1, CellFormulas::rounded),
  /** Cells as doubles. */
  WIDENED(1, 1, CellFormulas::widened),
  /**
   * Of doubles x, y and z: the sum of products of nine numbers, three of them with x, with the cell
   * behind it, and the next one, then three with y likewise, and three with z. The numbers are
   * those of all rows.
   */
  TAPS(3, 1, TapFormulas::forwards) {
    @Override
    CellCode.Formula beforeRows() {
      return TapFormulas::loadTaps;
    }
  },
  /** As taps, of the cells in turned order: the first number belongs to the last one of x. */
  TURNED_TAPS(3, 1, TapFormulas::backwards) {
    @Override
    CellCode.Formula beforeRows() {
      return TapFormulas::loadTaps;
    }
  },
  /**
   * Of doubles x and y; totals: the sums of x y, of the cell behind x times y, and of the next one.
   */
  TAP_PRODUCTS(2, 0, 3, TapFormulas::products),
  /**
   * x / p where a random number that belongs to the cell's place is less, else 0. As all functions
   * of random numbers of multiples of {@link #cellsPerStep} cells: Philox4x32-10, whose blocks of
   * 128 bits have the numbers of two cells each. The parameters are {@link RandomNumbers}. Carried:
   * the numbers of blocks.
   */
  THINNED(1, 1, random(DropoutFormula::thinned)),
  /** x where a random number is less, else 0. */
  KEPT(1, 1, random(DropoutFormula::kept)),
  /** Uniform random numbers. */
  UNIFORM(0, 1, random(RandomFormulas::uniform)),
  /** Standard normal random numbers. */
  NORMAL(0, 1, random(RandomFormulas::normal));

  /** Cells of a row of QUICK_SOFTMAX. */
  public static final int MOST_SHARES = QuickFormulas.MOST_SHARES;

  private final int inputs;
  private final int outputs;
  private final List<CellPass> passes;

  /** By the registers that it uses. */
  private final List<PrecisionCode> codes =
      Arrays.stream(VectorRegisters.values()).map(this::code).toList();

  CellFunction(int inputs, int outputs, CellCode.Formula formula) {
    this(inputs, outputs, CellPass.of(formula));
  }

  CellFunction(int inputs, int outputs, int totals, CellCode.Formula formula) {
    this(inputs, outputs, CellPass.sums(totals, formula));
  }

  CellFunction(int inputs, int outputs, CellPass... passes) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.passes = List.of(passes);
  }

  private static CellPass random(CellCode.Formula formula) {
    return CellPass.carried(1, PhiloxBlocks.GROUPS, formula);
  }

  private PrecisionCode code(VectorRegisters registers) {
    return new PrecisionCode("cells", precision -> FunctionCode.of(precision, registers, this));
  }

  private MemorySegment code(Precision precision, VectorRegisters registers) {
    return codes.get(registers.ordinal()).of(precision);
  }

  int inputs() {
    return inputs;
  }

  int outputs() {
    return outputs;
  }

  /** How many totals of a row there is room for. */
  int totals() {
    return passes.stream().mapToInt(CellPass::totals).max().orElse(0);
  }

  /** What is done with the rows, in this order. */
  List<CellPass> passes() {
    return passes;
  }

  /** What is written before the loop over rows, all of which have the same numbers; or null. */
  CellCode.Formula beforeRows() {
    return null;
  }

  /** Whether it may be of rows, and has other operands than an input and an output. */
  boolean hasRows() {
    return this != EXPONENTIAL && this != LOGISTIC && this != TANH;
  }

  /** Cells that are computed at a time. */
  public int cellsPerStep() {
    return passes.getFirst().cellsPerStep(VectorRegisters.largest());
  }

  /** Whether the machine can run such code; looked at once. */
  private static final class Machine {
    static final boolean CAN = can();

    private static boolean can() {
      try {
        return ExecutableMemory.canBeRun()
            && TANH.code(Precision.FP64, VectorRegisters.largest()) != null;
      } catch (ResourceException | IllegalCallerException e) {
        return false;
      }
    }
  }

  /** False where the functions cannot be used: other processors or systems, or not permitted. */
  public static boolean areThere() {
    return Machine.CAN;
  }

  private void requireSteps(VectorRegisters registers, long n) {
    CellPass first = passes.getFirst();
    if (!first.isOfPairs() && n % first.cellsPerStep(registers) != 0) {
      throw new IllegalArgumentException(this + " of " + n + " cells");
    }
  }

  /**
   * The registers that take the least time. Divisions and roots take as long in those of 64 bytes,
   * at whose instructions the processor's clock is slower.
   */
  private VectorRegisters registers(long n) {
    return switch (this) {
      case SCALED, ADAM, ADAMW -> VectorRegisters.BYTES_32;
      default -> VectorRegisters.of(n);
    };
  }

  /** Of one input, output and no parameters, over arrays, which may be the same. */
  public boolean run(double[] x, double[] out, int n) {
    return run(Precision.FP64, MemorySegment.ofArray(x), MemorySegment.ofArray(out), n);
  }

  /** As the other, over cells of a precision, on the heap or not. */
  public boolean run(Precision precision, MemorySegment x, MemorySegment out, long n) {
    return run(registers(n), precision, x, out, n);
  }

  /** As the other, in registers that the machine has. */
  boolean run(
      VectorRegisters registers, Precision precision, MemorySegment x, MemorySegment out, long n) {
    MemorySegment code = code(precision, registers);
    if (hasRows()) {
      throw new IllegalArgumentException(this + " needs more operands");
    }
    return CodeCall.withSegments(code, x, out, 0, 0, n, 0) == 0;
  }

  /**
   * Computes n cells in native memory, of each row, which the JVM does not check.
   *
   * @param x where the first input begins: cells of the precision unless the function says doubles
   * @param out where the first output begins, likewise; 0 where there is none
   * @return false when a cell was refused: outputs are to be computed anew, all of them
   */
  public boolean run(Precision precision, long x, long out, CellOperands more, long n) {
    return run(registers(n), precision, x, out, more, n);
  }

  /** As the other, in registers that the machine has. */
  boolean run(
      VectorRegisters registers, Precision precision, long x, long out, CellOperands more, long n) {
    requireSteps(registers, n);
    MemorySegment code = code(precision, registers);
    if (!hasRows()) {
      MemorySegment from = MemorySegment.ofAddress(x);
      return CodeCall.withSegments(code, from, MemorySegment.ofAddress(out), 0, 0, n, 0) == 0;
    }
    return CodeCall.withSegments(code, more.others(), more.doubles(), x, out, n, 0) == 0;
  }
}
