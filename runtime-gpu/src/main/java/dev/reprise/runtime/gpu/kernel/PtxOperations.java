package dev.reprise.runtime.gpu.kernel;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Element-wise operations as PTX: what the instruction set has exactly, as instructions that round
 * as the kernels of single operations do; all others as calls of the functions of those kernels.
 */
final class PtxOperations {
  /** An operand: a cell, and the same as a double where it is a number of the script. */
  record Operand(String cell, String wideOrNull) {
    String wide(PtxBody body) {
      return wideOrNull == null ? body.wide(cell) : wideOrNull;
    }
  }

  private interface Emitted {
    String emit(PtxBody body, Operand[] operands);
  }

  private static final Map<String, Emitted> INLINE = inline();

  private PtxOperations() {}

  /** True for operations that take no longer than memory does. */
  static boolean isCheap(String opcode) {
    return INLINE.containsKey(opcode) && !Set.of("/", "sqrt").contains(opcode);
  }

  /** Adds an operation to a body and returns the register of its result, a cell. */
  static String emit(PtxBody body, String opcode, Operand[] operands) {
    Emitted inline = INLINE.get(opcode);
    return inline != null ? inline.emit(body, operands) : called(body, opcode, operands);
  }

  private static String called(PtxBody body, String opcode, Operand[] operands) {
    String[] cells = new String[operands.length];
    String[] wide = new String[operands.length];
    for (int i = 0; i < operands.length; i++) {
      cells[i] = operands[i].cell();
      wide[i] = operands[i].wideOrNull();
    }
    String path = operands.length == 1 ? CellKernels.unary(opcode) : CellKernels.binary(opcode);
    String power = body.call(path.substring(path.indexOf('/') + 1), cells, wide);
    if (!opcode.equals("^") || operands[1].wideOrNull() == null) {
      return power;
    }
    // As the kernel of one operation squares.
    String isTwo = body.made('p', "setp.eq.f64", wide[1] + ", 0d4000000000000000");
    String square = body.cell("mul.rn", cells[0] + ", " + cells[0]);
    return body.cell("selp", square + ", " + power + ", " + isTwo);
  }

  private static Map<String, Emitted> inline() {
    Map<String, Emitted> table = new HashMap<>();
    Map.of("+", "add.rn", "-", "sub.rn", "*", "mul.rn", "/", "div.rn")
        .forEach((opcode, name) ->
            table.put(opcode, (body, x) -> body.cell(name, x[0].cell() + ", " + x[1].cell())));
    Map.of("negate", "neg", "abs", "abs", "sqrt", "sqrt.rn")
        .forEach((opcode, name) -> table.put(opcode, (body, x) -> body.cell(name, x[0].cell())));
    Map.of("floor", "cvt.rmi", "ceil", "cvt.rpi")
        .forEach((opcode, name) ->
            table.put(opcode, (body, x) -> body.cell(name + "." + body.type(), x[0].cell())));
    Map.of("<", "lt", "<=", "le", ">", "gt", ">=", "ge", "==", "eq", "!=", "neu")
        .forEach((opcode, test) ->
            table.put(
                opcode,
                (body, x) ->
                    body.truth(
                        body.made(
                            'p',
                            "setp." + test + ".f64",
                            x[0].wide(body) + ", " + x[1].wide(body)))));
    Map.of("&", "and.pred", "|", "or.pred", "xor", "xor.pred")
        .forEach((opcode, name) ->
            table.put(
                opcode,
                (body, x) ->
                    body.truth(
                        body.made('p', name, isTrue(body, x[0]) + ", " + isTrue(body, x[1])))));
    table.put("!", (body, x) -> body.truth(test(body, "eq", x[0].cell(), body.zero())));
    for (String opcode : Set.of("is.na", "is.nan")) {
      table.put(opcode, (body, x) -> body.truth(test(body, "nan", x[0].cell(), x[0].cell())));
    }
    table.put("pmin", (body, x) -> extreme(body, x[0].cell(), x[1].cell(), true));
    table.put("pmax", (body, x) -> extreme(body, x[0].cell(), x[1].cell(), false));
    table.put(
        "ifelse",
        (body, x) ->
            body.cell("selp", x[1].cell() + ", " + x[2].cell() + ", " + isTrue(body, x[0])));
    return Map.copyOf(table);
  }

  private static String test(PtxBody body, String how, String left, String right) {
    return body.made('p', "setp." + how + "." + body.type(), left + ", " + right);
  }

  /** NaN is true. */
  private static String isTrue(PtxBody body, Operand operand) {
    return body.made('p', "setp.neu.f64", operand.wide(body) + ", 0d0000000000000000");
  }

  /** The smaller or larger of two: NaN if either is, and the negative zero is the smaller one. */
  private static String extreme(PtxBody body, String a, String b, boolean smaller) {
    String takesA = test(body, smaller ? "lt" : "gt", a, b);
    String takesB = test(body, smaller ? "lt" : "gt", b, a);
    String equal = test(body, "eq", a, b);
    String isZero = test(body, "eq", a, body.zero());
    String sum = body.cell("add.rn", a + ", " + b);
    String zero =
        smaller ? body.cell("neg", body.cell("sub.rn", body.cell("neg", a) + ", " + b)) : sum;
    String ofEqual = body.cell("selp", zero + ", " + a + ", " + isZero);
    String ofOthers = body.cell("selp", ofEqual + ", " + sum + ", " + equal);
    String notA = body.cell("selp", b + ", " + ofOthers + ", " + takesB);
    return body.cell("selp", a + ", " + notA + ", " + takesA);
  }
}
