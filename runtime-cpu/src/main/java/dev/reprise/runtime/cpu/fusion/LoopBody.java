package dev.reprise.runtime.cpu.fusion;

import dev.reprise.runtime.cpu.cell.Registers;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/** Writes the body of a generated loop's method. For one thread and one method. */
abstract sealed class LoopBody permits DoubleLoopBody, FloatLoopBody {
  private static final ClassDesc REGISTERS = ClassDesc.of(Registers.class.getName());
  private static final ClassDesc NUMBERS = ConstantDescs.CD_double.arrayType();
  private static final int STATE = 1;
  private static final int COUNT = 2;
  private static final int INDEX = 3;

  final FusedExpression expression;
  final CodeBuilder code;
  private final List<Integer> members;
  private final IntUnaryOperator place;
  private final int out;

  /** Local variables of arrays by register, of scalars by number. */
  private final Map<Integer, Integer> arrays = new HashMap<>();

  final Map<Integer, Integer> scalars = new HashMap<>();
  private int nextLocal = INDEX + 1;

  LoopBody(
      FusedExpression expression,
      List<Integer> members,
      IntUnaryOperator place,
      int out,
      CodeBuilder code) {
    this.expression = expression;
    this.members = members;
    this.place = place;
    this.out = out;
    this.code = code;
  }

  /** Writes the loops, with all arrays and scalars in local variables. */
  abstract void emitLoops();

  /** Pushes the value of a node over its operands. */
  abstract void emitNode(int node, Map<Integer, Integer> values);

  /** Type of the cells. */
  abstract TypeKind cell();

  final void emit() {
    members.forEach(this::loadOperands);
    loadArray(out);
    emitLoops();
  }

  /** One loop over all cells, and the return. */
  final void emitLoop() {
    Map<Integer, Integer> values = new HashMap<>();
    Label test = code.newLabel();
    Label body = code.newLabel();
    code.iconst_0().istore(INDEX).goto_(test).labelBinding(body);
    int last = members.getLast();
    for (int node : members) {
      if (node == last) {
        code.aload(arrays.get(out)).iload(INDEX);
      }
      emitNode(node, values);
      if (node != last) {
        values.put(node, newLocal());
        code.storeLocal(cell(), values.get(node));
      }
    }
    code.arrayStore(cell()).iinc(INDEX, 1).labelBinding(test);
    code.iload(INDEX).iload(COUNT).if_icmplt(body).return_();
  }

  private void loadOperands(int node) {
    for (int i = 0; i < expression.operation(node).arity(); i++) {
      int operand = expression.operand(node, i);
      if (expression.isScalar(operand)) {
        loadScalar(place.applyAsInt(operand));
      } else if (!isMember(operand)) {
        loadArray(place.applyAsInt(operand));
      }
    }
  }

  private boolean isMember(int operand) {
    return operand < 0 && members.contains(~operand);
  }

  private void loadArray(int register) {
    if (!arrays.containsKey(register)) {
      int local = newLocal();
      arrays.put(register, local);
      boolean floats = cell() == TypeKind.FLOAT;
      ClassDesc type = floats ? ConstantDescs.CD_float : ConstantDescs.CD_double;
      code.aload(STATE)
          .getfield(REGISTERS, floats ? "floats" : "doubles", type.arrayType(2))
          .loadConstant(register)
          .aaload()
          .astore(local);
    }
  }

  private void loadScalar(int scalar) {
    if (!scalars.containsKey(scalar)) {
      int local = newLocal();
      scalars.put(scalar, local);
      code.aload(STATE)
          .getfield(REGISTERS, "scalars", NUMBERS)
          .loadConstant(scalar)
          .daload()
          .dstore(local);
    }
  }

  /** A new local variable with room for a double. */
  private int newLocal() {
    nextLocal += 2;
    return nextLocal - 2;
  }

  /** Pushes a scalar, which is a double. */
  final void pushScalar(int operand) {
    code.dload(scalars.get(place.applyAsInt(operand)));
  }

  /**
   * Pushes the value of an operand that is no scalar.
   *
   * @param values local variables of members by node
   */
  final void pushCell(int operand, Map<Integer, Integer> values) {
    if (isMember(operand)) {
      code.loadLocal(cell(), values.get(~operand));
    } else {
      code.aload(arrays.get(place.applyAsInt(operand))).iload(INDEX).arrayLoad(cell());
    }
  }
}
