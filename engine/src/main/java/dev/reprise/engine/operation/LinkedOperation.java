package dev.reprise.engine.operation;

import dev.reprise.cache.rewrite.Binds;
import dev.reprise.cache.rewrite.PartialReuse;
import dev.reprise.engine.report.OpcodeIndex;
import dev.reprise.engine.worth.SiteAccount;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Evaluation;
import dev.reprise.runtime.operation.Operation;
import java.util.Set;

/**
 * An operation with what the pipeline needs to know about it, looked up once at link time.
 *
 * @param operation opcode and attributes
 * @param index the opcode's position in the counters
 * @param cacheable false for results that the next statement overwrites, which are never admitted:
 *     {@code X[i,] = ...} would copy X each time
 * @param hasRewrites whether partial reuse has anything to do with it
 * @param slices whether it takes cells out of a matrix, which may be a view
 * @param feedsMatrices whether its value, if that is a number, may be combined with a matrix later
 * @param account what keeping its values has cost and saved; each instruction has its own
 */
public record LinkedOperation(
    Operation operation,
    int index,
    boolean cacheable,
    boolean hasRewrites,
    boolean slices,
    boolean feedsMatrices,
    SiteAccount account) {
  private static final Set<String> NEVER_CACHED = Set.of("leftIndex", "listAssign");

  static LinkedOperation of(Operation operation, OpcodeIndex opcodes) {
    boolean cacheable =
        operation.opcode().evaluation() == Evaluation.KERNEL
            && !NEVER_CACHED.contains(operation.name());
    return new LinkedOperation(
        operation,
        opcodes.of(operation.opcode()),
        cacheable,
        cacheable && PartialReuse.concerns(operation),
        operation.name().equals("rightIndex"),
        false,
        SiteAccount.ofInstruction());
  }

  /** The same operation, whose result is neither looked up nor kept. */
  public LinkedOperation unmarked() {
    return cacheable
        ? new LinkedOperation(operation, index, false, false, slices, feedsMatrices, account)
        : this;
  }

  /** The same operation, of a number that may be combined with a matrix later. */
  public LinkedOperation feedingMatrices() {
    return new LinkedOperation(operation, index, cacheable, hasRewrites, slices, true, account);
  }

  public String name() {
    return operation.name();
  }

  /**
   * True for an operation that joins matrices, which need not be done before the cells are read.
   */
  public boolean binds() {
    return hasRewrites && Binds.isBind(name());
  }

  /** Estimated nanoseconds, from shapes alone. */
  public double work(Value[] inputs) {
    return operation.opcode().work().nanos(operation, inputs);
  }
}
