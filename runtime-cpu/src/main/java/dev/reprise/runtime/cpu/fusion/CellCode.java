package dev.reprise.runtime.cpu.fusion;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Byte code of element-wise operations on doubles or on floats: takes the operands from the stack
 * and leaves the result there. The same Java expressions as in the loops of the kernels.
 *
 * <p>Only operations that the just-in-time compiler turns into vector code: one other operation in
 * a loop, such as a comparison, keeps the whole loop from becoming vector code, so those stay steps
 * of their own.
 */
final class CellCode {
  private static final ClassDesc MATH = ClassDesc.of("java.lang.Math");

  private static final Map<String, Consumer<CodeBuilder>> DOUBLES = doubles();
  private static final Map<String, Consumer<CodeBuilder>> FLOATS = floats();

  private CellCode() {}

  /** True when there is code for the opcode. */
  static boolean knows(String opcode) {
    return DOUBLES.containsKey(opcode);
  }

  /** The operation on doubles. */
  static void emitDoubles(String opcode, CodeBuilder code) {
    DOUBLES.get(opcode).accept(code);
  }

  /** The operation on floats: the float that is nearest to what doubles of these values give. */
  static void emitFloats(String opcode, CodeBuilder code) {
    FLOATS.get(opcode).accept(code);
  }

  private static Map<String, Consumer<CodeBuilder>> doubles() {
    Map<String, Consumer<CodeBuilder>> table = new HashMap<>();
    table.put("+", CodeBuilder::dadd);
    table.put("-", CodeBuilder::dsub);
    table.put("*", CodeBuilder::dmul);
    table.put("/", CodeBuilder::ddiv);
    table.put("negate", CodeBuilder::dneg);
    table.put("pmin", code -> code.invokestatic(MATH, "min", two(ConstantDescs.CD_double)));
    table.put("pmax", code -> code.invokestatic(MATH, "max", two(ConstantDescs.CD_double)));
    table.put("abs", code -> code.invokestatic(MATH, "abs", one(ConstantDescs.CD_double)));
    for (String function : Set.of("sqrt", "floor", "ceil")) {
      table.put(function, code -> code.invokestatic(MATH, function, one(ConstantDescs.CD_double)));
    }
    return Map.copyOf(table);
  }

  private static Map<String, Consumer<CodeBuilder>> floats() {
    Map<String, Consumer<CodeBuilder>> table = new HashMap<>();
    table.put("+", CodeBuilder::fadd);
    table.put("-", CodeBuilder::fsub);
    table.put("*", CodeBuilder::fmul);
    table.put("/", CodeBuilder::fdiv);
    table.put("negate", CodeBuilder::fneg);
    table.put("pmin", code -> code.invokestatic(MATH, "min", two(ConstantDescs.CD_float)));
    table.put("pmax", code -> code.invokestatic(MATH, "max", two(ConstantDescs.CD_float)));
    table.put("abs", code -> code.invokestatic(MATH, "abs", one(ConstantDescs.CD_float)));
    for (String function : Set.of("sqrt", "floor", "ceil")) {
      table.put(
          function,
          code -> code.f2d().invokestatic(MATH, function, one(ConstantDescs.CD_double)).d2f());
    }
    return Map.copyOf(table);
  }

  private static MethodTypeDesc one(ClassDesc type) {
    return MethodTypeDesc.of(type, type);
  }

  private static MethodTypeDesc two(ClassDesc type) {
    return MethodTypeDesc.of(type, type, type);
  }
}
