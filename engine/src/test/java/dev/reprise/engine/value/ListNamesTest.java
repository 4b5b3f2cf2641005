package dev.reprise.engine.value;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Elements found by their names, also in long lists that are asked again and again. */
class ListNamesTest {

  /** Compared one by one the names would take minutes. */
  @Test
  void aHundredThousandNamesAreAddedAndFound() {
    int size = 100_000;
    ListValue list = new ListValue(List.of(), List.of());
    for (int i = 0; i < size; i++) {
      assertThat(list.indexOf("k" + i)).isEqualTo(-1);
      list = list.appending("k" + i, Scalar.of(i));
    }
    for (int i = 0; i < size; i++) {
      assertThat(list.indexOf("k" + i)).isEqualTo(i);
    }
    assertThat(list.indexOf("k" + size)).isEqualTo(-1);
  }

  @Test
  void ofEqualNamesTheFirstIsFoundHoweverOftenOneAsks() {
    List<String> names = new ArrayList<>();
    List<Value> elements = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      names.add("k" + i % 20);
      elements.add(Scalar.of(i));
    }
    ListValue list = new ListValue(names, elements);
    for (int i = 0; i < 40; i++) {
      assertThat(list.indexOf("k" + i % 20)).isEqualTo(i % 20);
    }
    list = list.appending("k3", Scalar.of(40));
    assertThat(list.indexOf("k3")).isEqualTo(3);
    list = list.appending(null, Scalar.of(41)).appending("new", Scalar.of(42));
    assertThat(list.indexOf("")).isEqualTo(41);
    assertThat(list.indexOf("new")).isEqualTo(42);
  }

  @Test
  void namesThatAreLeftAreFound() {
    List<String> names = new ArrayList<>();
    List<Value> elements = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      names.add("k" + i % 50);
      elements.add(Scalar.of(i));
    }
    ListValue list = new ListValue(names, elements);
    SplittableRandom random = new SplittableRandom(3);
    while (list.size() > 0) {
      for (int i = 0; i < 10; i++) {
        String name = "k" + random.nextInt(51);
        assertThat(list.indexOf(name)).isEqualTo(names.indexOf(name));
      }
      int at = random.nextBoolean() ? list.size() - 1 : random.nextInt(list.size());
      list = list.removing(at);
      names.remove(at);
      if (random.nextInt(3) == 0) {
        list = list.appending("k50", Scalar.of(1));
        names.add("k50");
      }
      assertThat(list.names()).isEqualTo(names);
    }
    assertThat(list.isNamed()).isFalse();
  }

  /**
   * Names are found where they are compared first: a table for each list that is left would take
   * some 50 bytes for each of its names, its array takes 4.
   */
  @Test
  void removingFromTheFrontByNameMakesNoTable() {
    int size = 4000;
    ListValue list = new ListValue(List.of(), List.of());
    for (int i = 0; i < size; i++) {
      list = list.appending("k" + i, Scalar.of(i));
    }
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < size; i++) {
      list = list.removing(list.indexOf("k" + i));
    }
    long each = (threads.getCurrentThreadAllocatedBytes() - before) / size;
    assertThat(list.size()).isZero();
    assertThat(each).isLessThan(8L * size);
  }

  @Test
  void elementsAfterOthersWithoutNamesAreFound() {
    ListValue list = new ListValue(List.of(), List.of());
    for (int i = 0; i < 30; i++) {
      list = list.appending(null, Scalar.of(i));
      assertThat(list.indexOf("last")).isEqualTo(-1);
    }
    list = list.appending("last", Scalar.of(30));
    for (int i = 0; i < 20; i++) {
      assertThat(list.indexOf("last")).isEqualTo(30);
    }
    assertThat(list.replacing(30, Scalar.of(5)).indexOf("last")).isEqualTo(30);
  }
}
