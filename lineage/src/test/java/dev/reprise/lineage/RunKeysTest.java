package dev.reprise.lineage;

import static dev.reprise.lineage.RandomTraces.literal;
import static dev.reprise.lineage.RandomTraces.operation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.operation.Operation;
import org.junit.jupiter.api.Test;

class RunKeysTest {
  private static final int M = 0;
  private static final int S = 1;
  private static final int A = 2;
  private static final int I = 3;

  private final Operation add = operation("+");
  private final Operation matmul = operation("matmul");

  private static LineageItem file(String fingerprint) {
    return LineageItem.leaf(operation("read", "fingerprint", fingerprint), fingerprint);
  }

  /** Adds S to A in iteration 5 alone; asks for the key of S each time, as a probe does. */
  private LineageItem lateRead(String start, boolean deduplicates) {
    LineageItem[] items = {file("M"), file("S"), file(start), null};
    RunBuilder builder =
        new RunBuilder(new RunLoop(4, new int[] {S, A, I}), new RunScope(), 0, items);
    for (long i = 1; i < 10; i++) {
      items[I] = literal(i);
      items[S] = LineageItem.of(add, LineageItem.of(matmul, items[S], items[M]), items[I]);
      if (i == 5) {
        items[A] = LineageItem.of(add, items[A], items[S]);
      }
      if (deduplicates) {
        builder.end(items, 0);
      }
      items[S].key();
    }
    if (deduplicates) {
      builder.finish(items);
    }
    return items[A];
  }

  @Test
  void aVariableThatALaterPathReadsFirstCountsInKeysAskedForBefore() {
    assertThat(lateRead("A", true).key()).isEqualTo(lateRead("A", false).key());
    assertThat(lateRead("B", true).key()).isEqualTo(lateRead("B", false).key());
    assertThat(lateRead("A", true).key()).isNotEqualTo(lateRead("B", true).key());
  }

  @Test
  void aSeedOfTheScriptMayFollowDrawnOnes() {
    LineageItem[] stored = seeds(true);
    LineageItem[] plain = seeds(false);
    assertThat(stored[S].key()).isEqualTo(plain[S].key());
  }

  private LineageItem[] seeds(boolean deduplicates) {
    LineageItem[] items = {file("M"), file("S"), null, null};
    RunBuilder builder =
        new RunBuilder(new RunLoop(4, new int[] {S, I}), new RunScope(), 77, items);
    for (long i = 0; i < 6; i++) {
      boolean draws = i < 3;
      long seed = draws ? Seeds.draw(Seeds.childBase(77, i), 1) : 7;
      items[S] = LineageItem.of(add, items[S], LineageItem.of(operation("rand"), literal(seed)));
      if (deduplicates) {
        builder.end(items, draws ? 1 : 0);
      }
    }
    if (deduplicates) {
      builder.finish(items);
    }
    return items;
  }

  @Test
  void theHeightOfAVariableIsKnownWhenOnlyItsKeyWas() {
    LineageItem[] items = {file("M"), LineageItem.of(add, file("S"), file("T")), null, null};
    RunBuilder builder = new RunBuilder(new RunLoop(4, new int[] {S, I}), new RunScope(), 0, items);
    for (long i = 0; i < 3; i++) {
      items[I] = literal(i);
      items[S] = LineageItem.of(matmul, items[S], items[M]);
      builder.end(items, 0);
    }
    RunItem stored = (RunItem) items[S];
    RunItem keyed = new RunItem(stored.run, stored.iteration, stored.place, LineageItem.UNKNOWN);
    // A key without height is what an item copies from one whose key it knows.
    keyed.setKey(1, 1);
    assertThat(keyed.height()).isEqualTo(4);
  }
}
