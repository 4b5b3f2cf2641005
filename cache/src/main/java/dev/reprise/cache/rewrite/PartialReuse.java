package dev.reprise.cache.rewrite;

import dev.reprise.cache.CacheEvents;
import dev.reprise.cache.LineageCache;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Meta;
import dev.reprise.runtime.operation.Operation;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What a session knows for partial reuse, and the way in: the task that holds a claim asks for a
 * value put together from parts before it executes.
 *
 * <p>Thread-safe. A part that is worth keeping is computed under a claim of its own, by a thread
 * that holds the claim of the whole and has all operands of the part: see {@link
 * dev.reprise.cache.AtHand} for why nobody waits in a circle.
 */
public final class PartialReuse {

  /** How the task that holds the claim executes operations. Used on its thread. */
  public interface Kernels {
    /** The result of a kernel over borrowed inputs; the caller owns one reference. */
    Value run(Operation operation, Value[] inputs);

    /**
     * What the attempt makes, an attempt that pins values and takes memory and may be made again:
     * see {@link dev.reprise.memory.HostMemory#run}.
     */
    <T> T inTurn(Supplier<T> attempt);

    Allocator allocator();

    /** For matrices that are put together later, on any thread. */
    BoundMatrix.Joiner joiner();

    /**
     * Called before anything is evaluated, which may wait for parts that others make: a thread that
     * must not throws here.
     */
    default void mayWait() {}
  }

  /**
   * A value put together from parts.
   *
   * @param value with one reference for the caller
   * @param rewrite position in {@link #names}
   * @param savedNanos estimated
   */
  public record Result(Value value, int rewrite, long savedNanos) {}

  private record Plan(Term term, int rewrite, double saved) {}

  private static final Rewrite[] NONE = {};

  private final LineageCache cache;
  private final CacheEvents events;
  private final long largestInvestment;
  private final RegionMemory regions = new RegionMemory();
  private final RegionMemory ranges = new RegionMemory();
  private final Rent rent = new Rent();

  /** What was paid for products with pieces of a matrix, by that matrix. */
  private final Rent wholes = new Rent();

  private final Map<String, Rewrite[]> byOpcode = Rewrites.byOpcode();

  /**
   * Makes the state of a session.
   *
   * @param largestInvestment bytes that a value may have which is computed before it is asked for
   */
  public PartialReuse(LineageCache cache, CacheEvents events, long largestInvestment) {
    this.cache = cache;
    this.events = events;
    this.largestInvestment = largestInvestment;
  }

  /** The rewrites in the order in which they are tried; cost decides, the first of equals wins. */
  public static List<String> names() {
    return Rewrites.ALL.stream().map(Rewrite::name).toList();
  }

  /**
   * Whether partial reuse has anything to do with the operation: it binds, cuts, or a rewrite
   * begins with it. To be asked once per linked operation.
   */
  public static boolean concerns(Operation operation) {
    return operation.precision() == Precision.FP64
        && (Binds.isBind(operation.name())
            || operation.name().equals("rightIndex")
            || Rewrites.OPCODES.contains(operation.name()));
  }

  Rewrite[] rewritesOf(String opcode) {
    return byOpcode.getOrDefault(opcode, NONE);
  }

  RegionMemory regions() {
    return regions;
  }

  /** Rectangles of inner dimensions, whose products add up. */
  RegionMemory ranges() {
    return ranges;
  }

  Rent rent() {
    return rent;
  }

  long largestInvestment() {
    return largestInvestment;
  }

  /**
   * The value of a claimed operation from cached or cheaper parts, or null when executing it is the
   * best that is known. When memory is short on the way, null too: execution may need less.
   *
   * @param inputs complete, borrowed
   */
  public Result tryCompute(Operation operation, Value[] inputs, LineageItem item, Kernels kernels) {
    if (item.inputCount() != inputs.length || operation.name().equals("rightIndex")) {
      return null;
    }
    try (Planner planner = new Planner(this, cache)) {
      Term[] terms = operands(inputs, item);
      Plan plan = terms == null ? null : plan(operation, terms, planner);
      return plan == null ? null : evaluated(plan, operation, terms, item, kernels);
    } catch (ResourceException | OperandException e) {
      // What is wrong with the operands, execution says best.
      return null;
    }
  }

  private Plan plan(Operation operation, Term[] inputs, Planner planner) {
    Meta meta = operation.opcode().result().infer(operation, inputs);
    if (meta == null) {
      // Not a product of matrices after all: execution says what is wrong.
      return null;
    }
    Term execution = new Applied(operation, inputs, Facts.UNKNOWN, meta, false);
    Plan best = null;
    double least = execution.cost();
    for (Rewrite each : rewritesOf(operation.name())) {
      Term term = each.compensate(operation, inputs, planner);
      if (term != null
          && term.cost() < least
          && term.cost() <= each.worthwhile() * execution.cost()) {
        least = term.cost();
        best = new Plan(term, Rewrites.ALL.indexOf(each), execution.cost() - least);
      }
    }
    return best;
  }

  private Result evaluated(
      Plan plan, Operation operation, Term[] inputs, LineageItem item, Kernels kernels) {
    kernels.mayWait();
    Value value;
    try (Evaluation evaluation = new Evaluation(this, cache, kernels, item.height())) {
      value = evaluation.take(plan.term);
    }
    if (value instanceof MatrixValue matrix) {
      Facts facts = Facts.of(item);
      noteRegion(facts, matrix);
      Ranges.note(operation, inputs, facts, ranges);
    }
    long saved = Math.max(0, (long) plan.saved);
    events.partialHit(item.key(), Rewrites.ALL.get(plan.rewrite).name(), saved);
    return new Result(value, plan.rewrite, saved);
  }

  private static Term[] operands(Value[] inputs, LineageItem item) {
    Term[] terms = new Term[inputs.length];
    boolean any = false;
    for (int i = 0; i < terms.length; i++) {
      if (!(inputs[i] instanceof MatrixValue) && !(inputs[i] instanceof Scalar)
          || inputs[i] instanceof MatrixValue matrix && matrix.precision() != Precision.FP64) {
        return null;
      }
      Facts facts = Facts.of(item.input(i));
      terms[i] = Given.of(inputs[i], facts);
      any |= inputs[i] instanceof BoundMatrix || facts.region() != null || facts.isConstant();
    }
    return any || item.name().equals("matmul") ? terms : null;
  }

  /**
   * Remembers an executed operation, for those that will ask for its neighbours.
   *
   * @param inputs complete, borrowed
   */
  public void executed(Operation operation, Value[] inputs, LineageItem item, Value value) {
    if (operation.name().equals("rightIndex")) {
      keepWhole(inputs[0], item);
      return;
    }
    if (value instanceof MatrixValue && item.inputCount() == inputs.length) {
      Facts facts = Facts.of(item);
      Term[] terms =
          facts.region() == null && !Ranges.concern(operation) ? null : operands(inputs, item);
      if (terms != null) {
        Shape shape = ((MatrixValue) value).shape();
        completed(operation, terms, facts, value, Costs.call(operation, inputs, shape));
      }
    }
  }

  /**
   * Keeps a matrix whose columns or rows were multiplied one by one, so that they can be multiplied
   * together. In the cache, since then nobody writes into it in place: the program copies it before
   * it does, which is why the products must have cost about what that costs.
   */
  private void keepWhole(Value whole, LineageItem cut) {
    if (!(whole instanceof MatrixValue matrix)) {
      return;
    }
    Key key = cut.input(0).key();
    double copy = Costs.copy(matrix.shape());
    if (wholes.paid(key) >= copy / 2 && cache.putIfAbsent(key, whole, (long) copy, cut.height())) {
      wholes.bought(key);
    }
  }

  void completed(Operation operation, Term[] inputs, Facts facts, Value value, double cost) {
    if (!(value instanceof MatrixValue matrix)) {
      return;
    }
    noteRegion(facts, matrix);
    if (facts.region() != null) {
      rent.pay(facts.region().base(), cost);
      for (Term input : inputs) {
        if (input.facts().region() != null) {
          wholes.pay(input.facts().region().base(), cost);
        }
      }
    }
    Ranges.note(operation, inputs, facts, ranges);
  }

  private void noteRegion(Facts facts, MatrixValue matrix) {
    Region region = facts.region();
    if (region != null) {
      regions.note(region.base(), region.row(), region.col(), matrix.shape(), facts.key());
    }
  }
}
