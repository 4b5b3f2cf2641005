package dev.reprise.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.ValueType;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lists that go on in the arrays of the list that they came from. */
class LongerListTest {

  /** A value that counts its references, and how often one was taken. */
  private static final class Counted implements Value {
    private int held = 1;
    private int taken;

    @Override
    public ValueType type() {
      return ValueType.MATRIX;
    }

    @Override
    public long bytes() {
      return 8;
    }

    @Override
    public void retain() {
      held++;
      taken++;
    }

    @Override
    public void release() {
      held--;
    }
  }

  @Test
  void eachElementIsHeldOnceHoweverLongTheListGrows() {
    Counted[] elements = new Counted[1_000];
    ListValue list = new ListValue(List.of(), List.of());
    for (int i = 0; i < elements.length; i++) {
      elements[i] = new Counted();
      list = list.appending(null, elements[i]);
      assertThat(list.size()).isEqualTo(i + 1);
    }
    assertThat(list.elements()).containsExactly(elements);
    assertThat(elements).allMatch(element -> element.held == 1 && element.taken == 0);
    list.release();
    assertThat(elements).allMatch(element -> element.held == 0);
  }

  @Test
  void whatAListShowedStaysThoughAnotherGoesOnInItsArrays() {
    ListValue list = new ListValue(List.of("a"), List.of(Scalar.of(1)));
    for (int i = 2; i < 40; i++) {
      List<Value> before = list.elements();
      List<String> names = list.names();
      List<Value> copy = List.copyOf(before);
      list = list.appending("n" + i, Scalar.of(i));
      assertThat(before).isEqualTo(copy);
      assertThat(names).hasSize(i - 1);
      assertThatThrownBy(() -> before.get(copy.size()))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
    assertThat(list.indexOf("n30")).isEqualTo(29);
    assertThat(list.elements().get(29)).isEqualTo(Scalar.of(30));
  }

  @Test
  void aNameMakesOthersEmptyAndNoneStaysNone() {
    ListValue list = new ListValue(List.of(), List.of(Scalar.of(1), Scalar.of(2)));
    list = list.appending(null, Scalar.of(3));
    assertThat(list.isNamed()).isFalse();
    list = list.appending("d", Scalar.of(4));
    assertThat(list.names()).containsExactly("", "", "", "d");
    assertThat(list.appending(null, Scalar.of(5)).names()).containsExactly("", "", "", "d", "");
  }

  @Test
  void aListThatOthersHoldIsNotTakenOver() {
    ListValue list = new ListValue(List.of(), List.of(Scalar.of(1)));
    list.retain();
    assertThatThrownBy(() -> list.appending(null, Scalar.of(2)))
        .isInstanceOf(IllegalStateException.class);
    list.release();
    list.appending(null, Scalar.of(2));
    assertThat(list.tryRetain()).isFalse();
  }

  @Test
  void whatWasPromisedIsHeldItselfOnceItHasCome() {
    Handle promise = new Handle(null, null);
    Handle late = new Handle(null, null);
    ListValue list = new ListValue(List.of(), List.of(promise, late));
    Counted value = new Counted();
    promise.retain();
    value.retain();
    promise.complete(value);
    value.held = 2;
    list = list.appending(null, Scalar.of(1));
    assertThat(list.isPending()).isTrue();
    assertThat(list.elements()).containsExactly(value, late, Scalar.of(1));
    promise.release();
    late.complete(Scalar.of(7));
    assertThat(list.isPending()).isFalse();
    list = list.appending(null, Scalar.of(2));
    assertThat(list.elements()).containsExactly(value, Scalar.of(7), Scalar.of(1), Scalar.of(2));
    int held = value.held;
    list.release();
    assertThat(value.held).isEqualTo(held - 1);
  }

  @Test
  void anotherElementTakesThePlaceAndTheReference() {
    Counted[] first = new Counted[100];
    ListValue list = new ListValue(List.of(), List.of());
    for (int i = 0; i < first.length; i++) {
      first[i] = new Counted();
      list = list.appending(null, first[i]);
    }
    Counted[] second = new Counted[100];
    for (int i = 0; i < first.length; i++) {
      second[i] = new Counted();
      list = list.replacing(i, second[i]);
      assertThat(first[i].held).isZero();
    }
    assertThat(list.elements()).containsExactly(second);
    assertThat(second).allMatch(element -> element.held == 1 && element.taken == 0);
    list.release();
    assertThat(second).allMatch(element -> element.held == 0);
  }

  @Test
  void onlyTheOneHolderReplaces() {
    ListValue list = new ListValue(List.of(), List.of(Scalar.of(1)));
    list.retain();
    assertThatThrownBy(() -> list.replacing(0, Scalar.of(2)))
        .isInstanceOf(IllegalStateException.class);
    list.release();
    assertThatThrownBy(() -> list.replacing(1, Scalar.of(2)))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(list.elements()).containsExactly(Scalar.of(1));
    list.replacing(0, Scalar.of(2));
    assertThat(list.tryRetain()).isFalse();
  }

  @Test
  void aReplacedPromiseIsGivenUpAndTheOthersCome() {
    Handle early = new Handle(null, null);
    Handle late = new Handle(null, null);
    ListValue list = new ListValue(List.of(), List.of(early, late));
    list = list.replacing(0, Scalar.of(1));
    assertThat(list.isPending()).isTrue();
    late.complete(Scalar.of(2));
    assertThat(list.isPending()).isFalse();
    assertThat(list.elements()).containsExactly(Scalar.of(1), Scalar.of(2));
    list = list.replacing(1, Scalar.of(3));
    assertThat(list.elements()).containsExactly(Scalar.of(1), Scalar.of(3));
    early.complete(Scalar.of(7));
    list.release();
  }

  @Test
  void aPromiseTakesThePlaceOfWhatWasThere() {
    Counted[] first = {new Counted(), new Counted(), new Counted()};
    ListValue list = new ListValue(List.of(), List.of(first));
    Handle promise = new Handle(null, null);
    list = list.replacing(0, promise);
    assertThat(list.isPending()).isTrue();
    assertThat(first[0].held).isZero();
    Handle second = new Handle(null, null);
    list = list.replacing(2, second);
    Counted value = new Counted();
    promise.complete(value);
    assertThat(list.isPending()).isTrue();
    assertThat(list.elements().get(0)).isSameAs(value);
    second.complete(Scalar.of(2));
    assertThat(list.isPending()).isFalse();
    assertThat(list.elements()).containsExactly(value, first[1], Scalar.of(2));
    list = list.replacing(1, Scalar.of(5)).appending(null, Scalar.of(6));
    assertThat(list.elements()).containsExactly(value, Scalar.of(5), Scalar.of(2), Scalar.of(6));
    list.release();
    assertThat(value.held).isZero();
    assertThat(first[1].held).isZero();
  }
}
