package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.gpu.DeviceKernels;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Element-wise operations, and what is made of cells by their values or positions. */
public final class CellKernels {
  private static final Map<String, String> BINARY =
      Map.ofEntries(
          Map.entry("+", "cells/add"),
          Map.entry("-", "cells/subtract"),
          Map.entry("*", "cells/multiply"),
          Map.entry("/", "cells/divide"),
          Map.entry("pmin", "cells/minimum"),
          Map.entry("pmax", "cells/maximum"),
          Map.entry("%/%", "cells/whole_divide"),
          Map.entry("%%", "cells/remainder_of"),
          Map.entry("^", "cells/power"),
          Map.entry("log_base", "cells/log_base"),
          Map.entry("<", "tests/less"),
          Map.entry("<=", "tests/less_equal"),
          Map.entry(">", "tests/greater"),
          Map.entry(">=", "tests/greater_equal"),
          Map.entry("==", "tests/equal"),
          Map.entry("!=", "tests/unequal"),
          Map.entry("&", "tests/both"),
          Map.entry("|", "tests/either"),
          Map.entry("xor", "tests/one_of"),
          Map.entry("bitwAnd", "bits/bit_and"),
          Map.entry("bitwOr", "bits/bit_or"),
          Map.entry("bitwXor", "bits/bit_xor"),
          Map.entry("bitwShiftL", "bits/shift_left"),
          Map.entry("bitwShiftR", "bits/shift_right"),
          Map.entry("leaky_relu", "activations/leaky_relu"),
          Map.entry("elu", "activations/elu"),
          Map.entry("relu_backward", "activations/relu_gradient"),
          Map.entry("gelu_backward", "activations/gelu_gradient"),
          Map.entry("silu_backward", "activations/silu_gradient"),
          Map.entry("selu_backward", "activations/selu_gradient"));

  private static final Map<String, String> UNARY =
      Map.ofEntries(
          Map.entry("negate", "negate"),
          Map.entry("abs", "absolute"),
          Map.entry("sign", "sign_of"),
          Map.entry("round", "round_up"),
          Map.entry("floor", "floor_of"),
          Map.entry("ceil", "ceil_of"),
          Map.entry("sqrt", "root"),
          Map.entry("exp", "exponential"),
          Map.entry("log", "logarithm"),
          Map.entry("sigmoid", "sigmoid"),
          Map.entry("tanh", "tanh_of"),
          Map.entry("sinh", "sinh_of"),
          Map.entry("cosh", "cosh_of"),
          Map.entry("sin", "sin_of"),
          Map.entry("cos", "cos_of"),
          Map.entry("tan", "tan_of"),
          Map.entry("asin", "asin_of"),
          Map.entry("acos", "acos_of"),
          Map.entry("atan", "atan_of"),
          Map.entry("!", "is_zero"),
          Map.entry("is.na", "is_nan"),
          Map.entry("is.nan", "is_nan"),
          Map.entry("is.infinite", "is_infinite"),
          Map.entry("relu", "relu"),
          Map.entry("gelu", "gelu"),
          Map.entry("silu", "silu"),
          Map.entry("selu", "selu"));

  private CellKernels() {}

  public static void register(DeviceKernels.Builder kernels) {
    BINARY.forEach((opcode, kernel) -> kernels.add(opcode, new BinaryCells(opcode, kernel)));
    UNARY.forEach((opcode, name) -> kernels.add(opcode, new UnaryCells(opcode, "unary/" + name)));
    kernels.add("ifelse", new ChosenCells());
    kernels.add("replace", new ReplacedCells());
    kernels.add("lower.tri", new TriangleCells(true));
    kernels.add("upper.tri", new TriangleCells(false));
    kernels.add("outer", new OuterCells());
    kernels.add("rexpand", new OneHot());
  }

  /** Operations of one and two operands, sorted. */
  static Set<String> opcodes() {
    Set<String> opcodes = new TreeSet<>(UNARY.keySet());
    opcodes.addAll(BINARY.keySet());
    return opcodes;
  }

  /** The kernel of an operation of one operand, or null. */
  static String unary(String opcode) {
    return UNARY.containsKey(opcode) ? "unary/" + UNARY.get(opcode) : null;
  }

  /** The kernel of an operation of two operands, or null. */
  static String binary(String opcode) {
    return BINARY.get(opcode);
  }

  /** True for a number or truth value. */
  static boolean isNumber(DeviceOperand operand) {
    return operand instanceof Scalar scalar
        && !scalar.isAbsent()
        && scalar.type() != ValueType.STRING;
  }
}
