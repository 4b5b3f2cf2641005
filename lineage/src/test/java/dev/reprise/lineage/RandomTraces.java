package dev.reprise.lineage;

import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes random traces that share items; the same seed makes the same trace. */
final class RandomTraces {
  static final OperationTable TABLE = OperationTable.standard();
  private static final String[] UNARY = {"t", "tsmm", "rev", "cholesky", "inv", "nrow"};
  private static final String[] BINARY = {"+", "-", "*", "/", "==", "%%", "%/%", "<=", "matmul"};
  private static final String NASTY =
      "a b\n\r\t\"\\%{}=,@#'\u00e4\u2028\ufeff\ud83d\ude00\ud83d\u0001";

  private final Random random;
  private final List<LineageItem> items = new ArrayList<>();

  RandomTraces(long seed) {
    this.random = new Random(seed);
  }

  static Operation operation(String opcode) {
    return new Operation(TABLE.get(opcode));
  }

  static Operation operation(String opcode, String attribute, String value) {
    return new Operation(TABLE.get(opcode), Attributes.of(attribute, value));
  }

  static LineageItem literal(long value) {
    return LineageItem.literal(Scalar.of(value));
  }

  /** A trace of about {@code size} items; the last item depends on many of them. */
  LineageItem next(int size) {
    items.clear();
    while (items.size() < size) {
      items.add(item());
    }
    int last = Math.min(items.size(), 50);
    return LineageItem.of(
        operation("list"),
        items.subList(items.size() - last, items.size()).toArray(LineageItem[]::new));
  }

  private LineageItem item() {
    return switch (items.isEmpty() ? random.nextInt(2) : random.nextInt(10)) {
      case 0 -> LineageItem.literal(scalar());
      case 1 -> source();
      case 2, 3 -> LineageItem.of(operation(pick(UNARY), text(), text()), any());
      case 4 -> LineageItem.of(operation("ifelse"), any(), any(), any());
      case 5 -> many();
      default -> LineageItem.of(operation(pick(BINARY)), any(), any());
    };
  }

  private LineageItem source() {
    return LineageItem.leaf(
        operation("read", "fingerprint", Long.toHexString(random.nextLong())), text());
  }

  private LineageItem many() {
    LineageItem[] inputs = new LineageItem[random.nextInt(8)];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = any();
    }
    return LineageItem.of(operation("cbind", text(), text()), inputs.length < 2 ? pair() : inputs);
  }

  private LineageItem[] pair() {
    return new LineageItem[] {any(), any()};
  }

  Scalar scalar() {
    return switch (random.nextInt(6)) {
      case 0 -> Scalar.of(random.nextLong());
      case 1 -> Scalar.of(random.nextBoolean());
      case 2 -> Scalar.of(text());
      case 3 -> Scalar.absent();
      case 4 -> Scalar.of(Double.longBitsToDouble(random.nextLong()));
      default ->
          Scalar.of(
              new double[] {0.0, -0.0, Double.NaN, 1e-3, Double.POSITIVE_INFINITY, -1.0 / 0.0, 1}
                  [random.nextInt(7)]);
    };
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(6);
    for (int i = 0; i < length; i++) {
      text.append(NASTY.charAt(random.nextInt(NASTY.length())));
    }
    return text.toString();
  }

  /** Recent items more often, so that traces grow deep. */
  private LineageItem any() {
    int back = Math.min(random.nextInt(items.size()), random.nextInt(items.size()));
    return items.get(items.size() - 1 - back);
  }

  private String pick(String[] names) {
    return names[random.nextInt(names.length)];
  }
}
