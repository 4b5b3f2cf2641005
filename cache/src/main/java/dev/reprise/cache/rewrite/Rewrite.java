package dev.reprise.cache.rewrite;

import dev.reprise.runtime.operation.Operation;
import java.util.Set;

/**
 * One way to have a result without executing its operation: a pattern over the operation and its
 * operands, a condition, and a compensation. Stateless. The planner compares costs.
 */
interface Rewrite {

  /** What statistics call it. */
  String name();

  /** Opcodes that the pattern begins with. */
  Set<String> opcodes();

  /**
   * The most that the compensation may cost, as a share of execution. A small saving is not worth
   * other last bits, unless what is computed on the way is kept and likely to be asked for again.
   */
  default double worthwhile() {
    return 0.9;
  }

  /**
   * The compensation, or null when pattern or condition fails.
   *
   * @param operation of fp64 precision
   * @param inputs matrices and scalars
   */
  Term compensate(Operation operation, Term[] inputs, Planner planner);
}
