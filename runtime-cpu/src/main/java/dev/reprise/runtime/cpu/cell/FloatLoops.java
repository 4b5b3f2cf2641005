package dev.reprise.runtime.cpu.cell;

import java.util.HashMap;
import java.util.Map;

/** The element-wise loops over floats by opcode: as many as over doubles. */
final class FloatLoops {
  private static final Map<String, FloatBinary> BINARY = allBinary();
  private static final Map<String, FloatUnary> UNARY = allUnary();

  private FloatLoops() {}

  static Map<String, FloatBinary> binary() {
    return BINARY;
  }

  static Map<String, FloatUnary> unary() {
    return UNARY;
  }

  private static Map<String, FloatBinary> allBinary() {
    Map<String, FloatBinary> table = new HashMap<>();
    Loops.binary().forEach((opcode, loop) -> table.put(opcode, new FloatBinary.Widened(loop)));
    table.put("+", new FloatOperators.Add());
    table.put("-", new FloatOperators.Subtract());
    table.put("*", new FloatOperators.Multiply());
    table.put("/", new FloatOperators.Divide());
    table.put("pmin", new FloatOperators.Min());
    table.put("pmax", new FloatOperators.Max());
    return Map.copyOf(table);
  }

  private static Map<String, FloatUnary> allUnary() {
    Map<String, FloatUnary> table = new HashMap<>();
    Loops.unary().forEach((opcode, loop) -> table.put(opcode, new FloatUnary.Widened(loop)));
    table.put("negate", FloatFunctions::negate);
    table.put("abs", FloatFunctions::absolute);
    table.put("sqrt", FloatFunctions::squareRoot);
    table.put("floor", FloatFunctions::floor);
    table.put("ceil", FloatFunctions::ceil);
    table.put("relu", FloatFunctions::relu);
    return Map.copyOf(table);
  }
}
