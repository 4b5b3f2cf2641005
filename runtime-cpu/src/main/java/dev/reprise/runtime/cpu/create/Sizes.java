package dev.reprise.runtime.cpu.create;

import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.operation.Operation;

/** Reads numbers of rows and columns. */
final class Sizes {
  private Sizes() {}

  /** The operand as a number of rows or columns; a fraction is cut off. */
  static long extent(Operation operation, Operand[] inputs, int at) {
    double extent = Arguments.number(operation, inputs, at);
    if (!(extent >= 0)) {
      throw new OperandException(
          "'"
              + operation.name()
              + "' needs "
              + operation.opcode().parameters().get(at).name()
              + " of at least 0, not "
              + Arguments.text(operation, inputs, at));
    }
    return Arguments.whole(operation, inputs, at);
  }
}
