package dev.reprise.runtime.operation;

import dev.reprise.runtime.Value;

/** Infers type and shape of an operation's first output from what is known of its inputs. */
@FunctionalInterface
public interface ResultRule {

  /**
   * Infers type and shape.
   *
   * @param operation opcode and attributes
   * @param inputs values, some of which may not be computed yet (see {@link Shapes})
   * @return what is known of the result; null when only execution tells
   * @throws dev.reprise.runtime.OperandException when the shapes do not fit the operation
   */
  Meta infer(Operation operation, Value[] inputs);
}
