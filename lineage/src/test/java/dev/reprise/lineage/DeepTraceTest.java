package dev.reprise.lineage;

import static dev.reprise.lineage.RandomTraces.literal;
import static dev.reprise.lineage.RandomTraces.operation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.operation.Operation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DeepTraceTest {
  private static final int DEPTH = 10_000_000;

  /** In a process of its own, since the heap's size is the point. */
  @Test
  void tenMillionItemsInAChainGetTheirKeyWithin512Megabytes() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-Xmn24m",
                "-XX:+UseSerialGC",
                "-Xss512k",
                "-cp",
                System.getProperty("java.class.path"),
                DeepTraceTest.class.getName())
            .redirectErrorStream(true)
            .start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).isEqualTo(chainKeyStepByStep(DEPTH).toString());
  }

  public static void main(String[] args) {
    System.out.println(chain(DEPTH).key());
  }

  private static LineageItem chain(int depth) {
    Operation rev = operation("rev");
    LineageItem item = literal(0);
    for (int i = 0; i < depth; i++) {
      item = LineageItem.of(rev, item);
    }
    return item;
  }

  /** Asks for every key on the way, so that nothing deep is ever computed. */
  private static Key chainKeyStepByStep(int depth) {
    Operation rev = operation("rev");
    LineageItem item = literal(0);
    for (int i = 0; i < depth; i++) {
      item.keyHigh();
      item = LineageItem.of(rev, item);
    }
    return item.key();
  }

  @Test
  void aMillionLevelsOfTwoInputsEachNeedNoDeepStack() {
    Operation plus = operation("+");
    LineageItem lazy = literal(0);
    LineageItem eager = literal(0);
    for (int i = 0; i < 1_000_000; i++) {
      lazy = LineageItem.of(plus, LineageItem.of(plus, lazy, literal(i)), lazy);
      eager = LineageItem.of(plus, LineageItem.of(plus, eager, literal(i)), eager);
      eager.keyHigh();
    }
    assertThat(lazy.key()).isEqualTo(eager.key());
    assertThat(lazy.height()).isEqualTo(2_000_000);
  }

  @Test
  void anItemWithMoreInputsThanTheStackHoldsGetsItsKey() {
    LineageItem[] lazy = new LineageItem[200_000];
    LineageItem[] eager = new LineageItem[lazy.length];
    for (int i = 0; i < lazy.length; i++) {
      lazy[i] = LineageItem.of(operation("rev"), literal(i));
      eager[i] = LineageItem.of(operation("rev"), literal(i));
      eager[i].keyHigh();
    }
    Operation list = operation("list");
    assertThat(LineageItem.of(list, lazy).key()).isEqualTo(LineageItem.of(list, eager).key());
  }

  @Test
  void anItemTakesAtMost64Bytes() {
    Operation plus = operation("+");
    LineageItem one = literal(1);
    LineageItem[] items = new LineageItem[1_000_000];
    long before = usedBytes();
    for (int i = 0; i < items.length; i++) {
      items[i] = i % 2 == 0 ? LineageItem.of(plus, one, one) : LineageItem.of(plus, one, one, one);
    }
    long perItem = (usedBytes() - before) / items.length;
    assertThat(items[items.length - 1].inputCount()).isEqualTo(3);
    assertThat(perItem).isBetween(30L, 64L);
  }

  private static long usedBytes() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
