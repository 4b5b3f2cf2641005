package dev.reprise.runtime.cpu.fusion;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Byte code of element-wise operations on doubles: takes the operands from the stack and leaves the
 * result there. The same Java expressions as in the loops of the kernels.
 *
 * <p>Only operations that the just-in-time compiler turns into vector code: one other operation in
 * a loop, such as a comparison, keeps the whole loop from becoming vector code, so those stay steps
 * of their own.
 */
final class CellCode {
  private static final ClassDesc MATH = ClassDesc.of("java.lang.Math");
  private static final MethodTypeDesc ONE =
      MethodTypeDesc.of(ConstantDescs.CD_double, ConstantDescs.CD_double);
  private static final MethodTypeDesc TWO =
      MethodTypeDesc.of(ConstantDescs.CD_double, ConstantDescs.CD_double, ConstantDescs.CD_double);

  private static final Map<String, Consumer<CodeBuilder>> TABLE = table();

  private CellCode() {}

  /** True when there is code for the opcode. */
  static boolean knows(String opcode) {
    return TABLE.containsKey(opcode);
  }

  static void emit(String opcode, CodeBuilder code) {
    TABLE.get(opcode).accept(code);
  }

  private static Map<String, Consumer<CodeBuilder>> table() {
    Map<String, Consumer<CodeBuilder>> table = new HashMap<>();
    table.put("+", CodeBuilder::dadd);
    table.put("-", CodeBuilder::dsub);
    table.put("*", CodeBuilder::dmul);
    table.put("/", CodeBuilder::ddiv);
    table.put("negate", CodeBuilder::dneg);
    table.put("pmin", code -> code.invokestatic(MATH, "min", TWO));
    table.put("pmax", code -> code.invokestatic(MATH, "max", TWO));
    table.put("abs", code -> code.invokestatic(MATH, "abs", ONE));
    table.put("sqrt", code -> code.invokestatic(MATH, "sqrt", ONE));
    table.put("floor", code -> code.invokestatic(MATH, "floor", ONE));
    table.put("ceil", code -> code.invokestatic(MATH, "ceil", ONE));
    return Map.copyOf(table);
  }
}
