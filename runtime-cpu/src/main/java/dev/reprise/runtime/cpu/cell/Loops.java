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
          Map.entry("bitwShiftR", new BitLoops.ShiftRight()));

  private static final Map<String, UnaryLoop> UNARY =
      Map.ofEntries(
          Map.entry("negate", new RoundingLoops.Negate()),
          Map.entry("abs", new RoundingLoops.Absolute()),
          Map.entry("sign", new RoundingLoops.Sign()),
          Map.entry("round", new RoundingLoops.Round()),
          Map.entry("floor", new RoundingLoops.Floor()),
          Map.entry("ceil", new RoundingLoops.Ceil()),
          Map.entry("sqrt", new ExponentialLoops.SquareRoot()),
          Map.entry("exp", new ExponentialLoops.Exp()),
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
          Map.entry("is.infinite", new TestLoops.IsInfinite()));

  private Loops() {}

  static Map<String, BinaryLoop> binary() {
    return BINARY;
  }

  static Map<String, UnaryLoop> unary() {
    return UNARY;
  }
}
