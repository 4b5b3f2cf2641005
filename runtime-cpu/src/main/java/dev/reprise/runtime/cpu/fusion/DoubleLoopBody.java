package dev.reprise.runtime.cpu.fusion;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/** One loop over doubles. */
final class DoubleLoopBody extends LoopBody {
  DoubleLoopBody(
      FusedExpression expression,
      List<Integer> members,
      IntUnaryOperator place,
      int out,
      CodeBuilder code) {
    super(expression, members, place, out, code);
  }

  @Override
  TypeKind cell() {
    return TypeKind.DOUBLE;
  }

  @Override
  void emitLoops() {
    emitLoop();
  }

  @Override
  void emitNode(int node, Map<Integer, Integer> values) {
    for (int i = 0; i < expression.operation(node).arity(); i++) {
      int operand = expression.operand(node, i);
      if (expression.isScalar(operand)) {
        pushScalar(operand);
      } else {
        pushCell(operand, values);
      }
    }
    CellCode.emitDoubles(expression.operation(node).opcode(), code);
  }
}
