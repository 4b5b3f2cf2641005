package dev.reprise.engine.check;

import dev.reprise.RunStatistics;
import dev.reprise.engine.check.ValueComparison.Deviation;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Operation;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;

/**
 * Computes a sample of the values that reuse found again, and compares: what {@code --verify-reuse}
 * does. Thread-safe; the sample follows from the keys alone.
 *
 * <p>A plain value must have equal bits, unless it may have been made on another device than it is
 * now. Such a value, one that was put together from parts, and one that depends on one, may deviate
 * within the tolerance of its operation (see {@link Tolerance}), relative to the largest cell, and
 * for sums to the {@link SumTerms terms} when these are larger.
 */
public final class ReuseVerifier {
  /** Items that a search for rewritten ancestors visits; beyond them it assumes one. */
  private static final int SEARCHED = 100_000;

  private final int oneOf;
  private final boolean exact;
  private final ComparedKernels kernels;

  /** Keys of values that were not computed by their own operation; only ever grows. */
  private final Set<Key> rewritten = ConcurrentHashMap.newKeySet();

  private final LongAdder verified = new LongAdder();
  private final LongAdder approximate = new LongAdder();
  private final DoubleAccumulator worst = new DoubleAccumulator(Math::max, 0);

  /**
   * @param oneOf one of this many keys is in the sample, 1 means all
   * @param exact whether nothing is put together from parts, here or by who left values in a store
   */
  public ReuseVerifier(int oneOf, boolean exact, ComparedKernels kernels) {
    this.oneOf = oneOf;
    this.exact = exact;
    this.kernels = kernels;
  }

  /** Whether hits on this item's key are computed again. */
  public boolean isSampled(LineageItem item) {
    return Long.remainderUnsigned(item.keyLow(), oneOf) == 0;
  }

  /** Whether hits of a whole call or block with this key are executed again. */
  public boolean isSampled(Key key) {
    return Long.remainderUnsigned(key.low(), oneOf) == 0;
  }

  /** Notes that the item's value may be put together from parts, not computed by its operation. */
  public void rewrote(LineageItem item) {
    if (!exact) {
      rewritten.add(item.key());
    }
  }

  /** Notes that an item has the value that was computed for another one. */
  public void standsFor(LineageItem item, LineageItem computed) {
    if (dependsOnRewritten(computed)) {
      rewrote(item);
    }
  }

  /**
   * Computes an operation again and compares.
   *
   * @param inputs complete; borrowed
   * @param found what reuse answered; borrowed
   * @throws ReuseMismatch when the two differ by more than is allowed
   */
  public void verify(
      Operation operation,
      Value[] inputs,
      LineageItem item,
      Value found,
      ExecutionContext context) {
    Value computed = kernels.run(operation, inputs, context);
    try {
      compare(
          "'" + operation.scriptName() + "'",
          item,
          found,
          computed,
          deviation -> byTerms(deviation, operation, inputs, found, computed, context));
    } finally {
      computed.release();
    }
  }

  /** A sum of which little is left may deviate by what its terms do. */
  private Deviation byTerms(
      Deviation deviation,
      Operation operation,
      Value[] inputs,
      Value found,
      Value computed,
      ExecutionContext context) {
    if (!SumTerms.isSum(operation)) {
      return deviation;
    }
    double left =
        kernels.inTurn(
            () -> Math.max(ValueComparison.largest(found), ValueComparison.largest(computed)));
    double terms = SumTerms.largest(operation, inputs, context, kernels);
    return deviation.relativeTo(left, terms);
  }

  /** Compares what reuse answered with what was computed; borrows both. */
  public void compare(Operation operation, LineageItem item, Value found, Value computed) {
    compare("'" + operation.scriptName() + "'", item, found, computed);
  }

  /**
   * The same for any reused value.
   *
   * @param what was reused, as the message of a failure calls it
   */
  public void compare(String what, LineageItem item, Value found, Value computed) {
    compare(what, item, found, computed, deviation -> deviation);
  }

  /**
   * @param again judges a deviation that is too large for a value that may deviate
   */
  private void compare(
      String what, LineageItem item, Value found, Value computed, UnaryOperator<Deviation> again) {
    boolean exact = item.isLiteral() || kernels.keepsToOneDevice() && !dependsOnRewritten(item);
    double allowed = exact ? 0 : Tolerance.ofApproximateInputs(item.operation());
    Deviation deviation = kernels.inTurn(() -> ValueComparison.between(found, computed));
    verified.increment();
    if (!exact) {
      approximate.increment();
      if (!deviation.isWithin(allowed)) {
        deviation = again.apply(deviation);
      }
    }
    worst.accumulate(deviation.deviation());
    if (!deviation.isWithin(allowed)) {
      throw new ReuseMismatch(what, item, found, computed, deviation, allowed);
    }
  }

  private boolean dependsOnRewritten(LineageItem item) {
    if (rewritten.isEmpty()) {
      return false;
    }
    Set<Key> seen = new HashSet<>();
    ArrayDeque<LineageItem> open = new ArrayDeque<>();
    open.push(item);
    while (!open.isEmpty()) {
      LineageItem next = open.pop();
      if (!seen.add(next.key())) {
        continue;
      }
      if (rewritten.contains(next.key()) || seen.size() > SEARCHED) {
        return true;
      }
      for (int i = 0; i < next.inputCount(); i++) {
        open.push(next.input(i));
      }
    }
    return false;
  }

  /** What has been compared so far, and the largest deviation. */
  public RunStatistics.Verification statistics() {
    return new RunStatistics.Verification(verified.sum(), approximate.sum(), worst.get());
  }
}
