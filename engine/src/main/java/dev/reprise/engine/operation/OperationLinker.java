package dev.reprise.engine.operation;

import dev.reprise.engine.check.ValueTrap;
import dev.reprise.engine.report.OpcodeIndex;
import dev.reprise.language.Position;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ProductPrecision;
import dev.reprise.runtime.cpu.cell.ScalarBinary;
import dev.reprise.runtime.cpu.cell.ScalarFunctions;
import dev.reprise.runtime.cpu.cell.ScalarUnary;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.util.function.Consumer;

/** Brings operations, and functions of scalars, to the form in which a session executes them. */
public final class OperationLinker {
  private final OpcodeIndex opcodes;
  private final Precision precision;
  private final ProductPrecision products;
  private final Consumer<String> expected;
  private final ValueTrap trap;

  /**
   * @param precision the width of all matrices that a program makes
   * @param products to what products round their operands
   * @param expected is told each opcode that a program may execute, so that its device can prepare
   * @param trap checks results of scalar functions; null when nothing is trapped
   */
  public OperationLinker(
      OpcodeIndex opcodes,
      Precision precision,
      ProductPrecision products,
      Consumer<String> expected,
      ValueTrap trap) {
    this.opcodes = opcodes;
    this.precision = precision;
    this.products = products;
    this.expected = expected;
    this.trap = trap;
  }

  /** Says that a program may execute an operation. */
  public void expect(LinkedOperation operation) {
    expected.accept(operation.name());
  }

  public LinkedOperation link(Operation operation, Position position) {
    return LinkedOperation.of(inPrecision(operation).at(position), opcodes);
  }

  /** What an operation on lists means when its target turns out to be a matrix or frame. */
  public LinkedOperation ofCells(String name, Position position) {
    return link(new Operation(OperationTable.standard().get(name)), position);
  }

  /** Operations on cells carry the session's precision; it is part of their keys. */
  private Operation inPrecision(Operation operation) {
    return switch (operation.opcode().evaluation()) {
      case KERNEL, SOURCE -> operation.withPrecision(precision).withProducts(products);
      case STRUCTURE, EFFECT -> operation;
    };
  }

  /** The function of two scalars that an operation is, or null. */
  public ScalarBinary binary(Operation operation) {
    ScalarBinary function = ScalarFunctions.binary(operation.name());
    return function == null || trap == null ? function : trap.checked(operation, function);
  }

  /** The function of a scalar that an operation is, or null. */
  public ScalarUnary unary(Operation operation) {
    ScalarUnary function = ScalarFunctions.unary(operation.name());
    return function == null || trap == null ? function : trap.checked(operation, function);
  }
}
