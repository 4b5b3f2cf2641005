package dev.reprise.lineage;

import static dev.reprise.lineage.RandomTraces.literal;
import static dev.reprise.lineage.RandomTraces.operation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.io.StringReader;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** LIMA's example: 62.5 million iterations of 1,000 instructions, 4 TB of items. */
class LongLoopTest {
  private static final long ITERATIONS = 62_500_000;
  private static final int INSTRUCTIONS = 1000;

  // X and the weights w live outside, S is carried, i is the loop variable.
  private static final int X = 0;
  private static final int S = 1;
  private static final int I = 2;

  private final Operation[] operations = {operation("+"), operation("*"), operation("-")};
  private final LineageItem[] items = {
    LineageItem.leaf(operation("read", "fingerprint", "a"), "X.csv"),
    LineageItem.leaf(operation("read", "fingerprint", "b"), "S.csv"),
    null
  };

  /** A body whose operations use what is fixed, what is carried, the loop variable and another. */
  private void iterate(long i) {
    items[I] = literal(i);
    LineageItem before = items[S];
    LineageItem index = literal(3 * i - 2);
    LineageItem item = before;
    for (int k = 0; k < INSTRUCTIONS; k++) {
      LineageItem other =
          switch (k % 4) {
            case 0 -> items[X];
            case 1 -> items[I];
            case 2 -> index;
            default -> before;
          };
      item = LineageItem.of(operations[k % operations.length], item, other);
    }
    items[S] = item;
  }

  /** What {@link #iterate} stands for, one key after the other: 10^8 items would not fit. */
  private Key expandedKey(LineageItem start, int iterations) {
    Key carried = start.key();
    for (long i = 1; i <= iterations; i++) {
      Key[] others = {items[X].key(), literal(i).key(), literal(3 * i - 2).key(), carried};
      Key key = carried;
      for (int k = 0; k < INSTRUCTIONS; k++) {
        key = Keys.of(operations[k % operations.length], key, others[k % 4]);
      }
      carried = key;
    }
    return carried;
  }

  private RunBuilder builder() {
    return new RunBuilder(new RunLoop(3, new int[] {S, I}), new RunScope(), 0, items);
  }

  private static Trace read(String text) throws Exception {
    return TraceReader.read(new StringReader(text), OperationTable.standard());
  }

  private String text() throws Exception {
    StringBuilder text = new StringBuilder();
    TraceWriter.write(Map.of(Trace.UNNAMED, items[S]), text);
    return text.toString();
  }

  @Test
  void limasExampleIsBuiltAndWrittenInAMegabyte() throws Exception {
    RunBuilder builder = builder();
    for (long i = 1; i <= 3; i++) {
      iterate(i);
      builder.end(items, 0);
    }
    long[] numbers = new long[2];
    for (long i = 4; i <= ITERATIONS; i++) {
      numbers[0] = i;
      numbers[1] = 3 * i - 2;
      builder.repeat(numbers);
    }
    builder.renew(items);
    assertThat(builder.runBytes()).isLessThan(4096);
    builder.finish(items);
    String text = text();
    assertThat(text.length()).isLessThan(1 << 20);
    assertThat(text).contains("path 1 2*62499999");
    Trace read = read(text);
    StringBuilder again = new StringBuilder();
    TraceWriter.write(read.outputs(), again);
    assertThat(again.toString()).isEqualTo(text);
  }

  @Test
  void aHundredThousandIterationsHaveTheKeyOfTheirExpansion() throws Exception {
    int iterations = 100_000;
    RunBuilder builder = builder();
    LineageItem start = items[S];
    for (long i = 1; i <= 3; i++) {
      iterate(i);
      builder.end(items, 0);
    }
    builder.repeat(iterations - 3, items);
    builder.finish(items);
    LineageItem stored = read(text()).output();
    assertThat(stored.key()).isEqualTo(expandedKey(start, iterations));
    assertThat(stored.height()).isEqualTo(iterations * INSTRUCTIONS);
  }

  @Test
  void pathsThatAlternateTakeAByteAnIteration() {
    items[I] = literal(0);
    RunBuilder builder = builder();
    int iterations = 200_000;
    long mixed = 1;
    for (int i = 0; i < iterations; i++) {
      mixed = mixed * 6364136223846793005L + 1442695040888963407L;
      int branch = (int) ((mixed >>> 40) % 100);
      for (int bit = 0; bit < 7; bit++) {
        Operation operation = operations[(branch >> bit & 1) == 0 ? 0 : 1];
        items[S] = LineageItem.of(operation, items[S], items[X]);
      }
      builder.end(items, 0);
    }
    assertThat(builder.runBytes()).isLessThan(iterations * 5 / 4 + 100_000);
  }
}
