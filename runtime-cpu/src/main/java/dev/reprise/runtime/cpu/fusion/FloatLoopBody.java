package dev.reprise.runtime.cpu.fusion;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * A loop over floats alone, for scalars that are all floats, and one that computes operations with
 * a scalar in double and rounds. Both give the bits of computing everything in double, with each
 * operation's result rounded.
 */
final class FloatLoopBody extends LoopBody {
  /** True while the loop for any scalars is written. */
  private boolean widens;

  FloatLoopBody(
      FusedExpression expression,
      List<Integer> members,
      IntUnaryOperator place,
      int out,
      CodeBuilder code) {
    super(expression, members, place, out, code);
  }

  @Override
  TypeKind cell() {
    return TypeKind.FLOAT;
  }

  @Override
  void emitLoops() {
    Label wide = code.newLabel();
    for (int scalar : scalars.values()) {
      code.dload(scalar).d2f().f2d().dload(scalar).dcmpl().ifne(wide);
    }
    emitLoop();
    if (!scalars.isEmpty()) {
      code.labelBinding(wide);
      widens = true;
      emitLoop();
    }
  }

  @Override
  void emitNode(int node, Map<Integer, Integer> values) {
    if (widens && hasScalar(node)) {
      emitWide(node, values);
      return;
    }
    for (int i = 0; i < expression.operation(node).arity(); i++) {
      int operand = expression.operand(node, i);
      if (expression.isScalar(operand)) {
        pushScalar(operand);
        code.d2f();
      } else {
        pushCell(operand, values);
      }
    }
    CellCode.emitFloats(expression.operation(node).opcode(), code);
  }

  private boolean hasScalar(int node) {
    for (int i = 0; i < expression.operation(node).arity(); i++) {
      if (expression.isScalar(expression.operand(node, i))) {
        return true;
      }
    }
    return false;
  }

  private void emitWide(int node, Map<Integer, Integer> values) {
    for (int i = 0; i < expression.operation(node).arity(); i++) {
      int operand = expression.operand(node, i);
      if (expression.isScalar(operand)) {
        pushScalar(operand);
      } else {
        pushCell(operand, values);
        code.f2d();
      }
    }
    CellCode.emitDoubles(expression.operation(node).opcode(), code);
    code.d2f();
  }
}
