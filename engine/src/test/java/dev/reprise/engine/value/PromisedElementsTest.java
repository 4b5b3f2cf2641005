package dev.reprise.engine.value;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Lists that are changed while elements of theirs are still being computed. */
class PromisedElementsTest {
  private static final int SIZE = 2000;

  private int asked;

  /** Counts how often somebody asks whether a value has come. */
  private final class Element implements Value {
    private Value comes;
    private boolean isThere;
    private int references = 1;

    /** One that is there. */
    Element() {
      this.comes = this;
      this.isThere = true;
    }

    /** A promise of another one. */
    Element(Value comes) {
      this.comes = comes;
    }

    @Override
    public ValueType type() {
      return ValueType.MATRIX;
    }

    @Override
    public long bytes() {
      return 0;
    }

    @Override
    public boolean isPending() {
      asked++;
      return !isThere;
    }

    @Override
    public Value settled() {
      return isThere ? comes : this;
    }

    @Override
    public void retain() {
      references++;
    }

    @Override
    public void release() {
      references--;
    }
  }

  @Test
  void aChangeDoesNotLookAtElementsThatHaveComeLongAgo() {
    List<Value> elements = new ArrayList<>();
    for (int i = 0; i < SIZE; i++) {
      elements.add(new Element());
    }
    ListValue list = new ListValue(List.of(), elements);
    asked = 0;
    Element last = null;
    for (int i = 0; i < SIZE; i++) {
      Element next = new Element(new Element());
      list = list.replacing(i % 3 * ((SIZE - 1) / 2), next);
      if (last != null) {
        last.isThere = true;
      }
      last = next;
    }
    assertThat(asked).isLessThan(10 * SIZE);
  }

  @Test
  void promisesThatComeInAnyOrderAreHeldAsWhatTheyHaveBecome() {
    SplittableRandom random = new SplittableRandom(5);
    List<Element> all = new ArrayList<>();
    List<Element> open = new ArrayList<>();
    List<Value> wanted = new ArrayList<>();
    ListValue list = new ListValue(List.of(), List.of());
    for (int step = 0; step < 5000; step++) {
      Element result = new Element();
      Element element = random.nextBoolean() ? result : new Element(result);
      all.add(element);
      if (element != result) {
        all.add(result);
        open.add(element);
      }
      if (wanted.size() < 20) {
        list = list.appending(null, element);
        wanted.add(result);
      } else {
        int at = random.nextInt(wanted.size());
        list = list.replacing(at, element);
        wanted.set(at, result);
        if (random.nextInt(8) == 0) {
          int removed = random.nextInt(wanted.size());
          list = list.removing(removed);
          wanted.remove(removed);
        }
      }
      while (open.size() > random.nextInt(1, 12)) {
        open.remove(random.nextInt(open.size())).isThere = true;
      }
      List<Value> shown = list.elements();
      for (int i = 0; i < shown.size(); i++) {
        Element each = (Element) shown.get(i);
        assertThat(each.isThere ? each : each.comes).isSameAs(wanted.get(i));
      }
      assertThat(list.isPending()).isEqualTo(shown.stream().anyMatch(Value::isPending));
    }
    open.forEach(each -> each.isThere = true);
    list = list.replacing(0, Scalar.of(1));
    wanted.set(0, Scalar.of(1));
    assertThat(list.elements()).isEqualTo(wanted);
    assertThat(list.isPending()).isFalse();
    list.release();
    // What a promise comes with is the promise's own, whose last reference gives it up.
    for (Element each : all) {
      assertThat(each.references).isEqualTo(each.comes == each && isPromised(all, each) ? 1 : 0);
    }
  }

  private static boolean isPromised(List<Element> all, Element result) {
    return all.stream().anyMatch(each -> each != result && each.comes == result);
  }
}
