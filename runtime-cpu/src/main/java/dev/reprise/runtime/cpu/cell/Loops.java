package dev.reprise.runtime.cpu.cell;

import java.util.Map;

/** The element-wise loops by opcode. */
final class Loops {
  private static final Map<String, BinaryLoop> BINARY =
      Map.ofEntries(
          Map.entry("+", new ArithmeticLoops.Add()),
          Map.entry("-", new ArithmeticLoops.Subtract()),
          Map.entry("*", new ArithmeticLoops.Multiply()),
          Map.entry("/", new ArithmeticLoops.Divide()),
          Map.entry("%%", new DivisionLoops.Remainder()),
          Map.entry("%/%", new DivisionLoops.WholeDivide()),
          Map.entry("^", new PowerLoops.Power()),
          Map.entry("log_base", new PowerLoops.LogBase()),
          Map.entry("pmin", new ExtremeLoops.Min()),
          Map.entry("pmax", new ExtremeLoops.Max()),
          Map.entry("<", new ComparisonLoops.Less()),
          Map.entry("<=", new ComparisonLoops.LessEqual()),
          Map.entry(">", new ComparisonLoops.Greater()),
          Map.entry(">=", new ComparisonLoops.GreaterEqual()),
          Map.entry("==", new ComparisonLoops.Equal()),
          Map.entry("!=", new ComparisonLoops.NotEqual()),
          Map.entry("&", new LogicLoops.And()),
          Map.entry("|", new LogicLoops.Or()),
          Map.entry("xor", new LogicLoops.ExclusiveOr()),
          Map.entry("bitwAnd", new BitLoops.BitAnd()),
          Map.entry("bitwOr", new BitLoops.BitOr()),
          Map.entry("bitwXor", new BitLoops.BitXor()),
          Map.entry("bitwShiftL", new BitLoops.ShiftLeft()),
          Map.entry("bitwShiftR", new BitLoops.ShiftRight()),
          Map.entry("leaky_relu", new ActivationLoops.LeakyRelu()),
          Map.entry("elu", new ActivationLoops.Elu()),
          Map.entry("relu_backward", new ActivationGradients.Relu()),
          Map.entry("gelu_backward", new ActivationGradients.Gelu()),
          Map.entry("silu_backward", new ActivationGradients.Silu()),
          Map.entry("selu_backward", new ActivationGradients.Selu()));

  private static final Map<String, UnaryLoop> UNARY =
      Map.ofEntries(
          Map.entry("negate", new RoundingLoops.Negate()),
          Map.entry("abs", new RoundingLoops.Absolute()),
          Map.entry("sign", new RoundingLoops.Sign()),
          Map.entry("round", new RoundingLoops.Round()),
          Map.entry("floor", new RoundingLoops.Floor()),
          Map.entry("ceil", new RoundingLoops.Ceil()),
          Map.entry("sqrt", new ExponentialLoops.SquareRoot()),
          Map.entry("exp", new SigmoidLoops.Exp()),
          Map.entry("log", new ExponentialLoops.Log()),
          Map.entry("sigmoid", new SigmoidLoops.Sigmoid()),
          Map.entry("tanh", new SigmoidLoops.Tanh()),
          Map.entry("sinh", new ExponentialLoops.Sinh()),
          Map.entry("cosh", new ExponentialLoops.Cosh()),
          Map.entry("sin", new AngleLoops.Sin()),
          Map.entry("cos", new AngleLoops.Cos()),
          Map.entry("tan", new AngleLoops.Tan()),
          Map.entry("asin", new AngleLoops.Asin()),
          Map.entry("acos", new AngleLoops.Acos()),
          Map.entry("atan", new AngleLoops.Atan()),
          Map.entry("!", new TestLoops.Not()),
          Map.entry("is.na", new TestLoops.IsNaN()),
          Map.entry("is.nan", new TestLoops.IsNaN()),
          Map.entry("is.infinite", new TestLoops.IsInfinite()),
          Map.entry("relu", new ActivationLoops.Relu()),
          Map.entry("gelu", new ActivationLoops.Gelu()),
          Map.entry("silu", new ActivationLoops.Silu()),
          Map.entry("selu", new ActivationLoops.Selu()));

  /** Those with direct access to memory, for operators that are as cheap as it. */
  private static final Map<String, BinaryLoop> DIRECT =
      Map.of(
          "+", new ArithmeticLoops.DirectAdd(),
          "-", new ArithmeticLoops.DirectSubtract(),
          "*", new ArithmeticLoops.DirectMultiply(),
          "/", new ArithmeticLoops.DirectDivide());

  private Loops() {}

  static Map<String, BinaryLoop> binary() {
    return BINARY;
  }

  static Map<String, BinaryLoop> direct() {
    return DIRECT;
  }

  static Map<String, UnaryLoop> unary() {
    return UNARY;
  }
}
