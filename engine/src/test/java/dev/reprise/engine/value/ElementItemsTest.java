package dev.reprise.engine.value;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.StringScalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the trace of a list says of its elements is what they are: lists that random operations have
 * changed, beside the values that the same operations make.
 */
class ElementItemsTest {
  private static final String[] NAMES = {"a", "b", "c", ""};

  /** A value with the item that says how it came to be. */
  private record Traced(Value value, LineageItem item) {}

  private final StructureOperations structures = new StructureOperations();
  private int made;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void elementsOfListsThatWereChangedAtRandomAreWhatTheTraceSays(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int known = 0;
    int elements = 0;
    for (int program = 0; program < 500; program++) {
      List<Traced> lists = new ArrayList<>(List.of(list(random)));
      for (int change = 0; change < 12; change++) {
        Traced target = lists.get(random.nextInt(lists.size()));
        Traced changed = changed(random, target, lists);
        lists.add(changed);
        ListValue value = (ListValue) changed.value();
        assertSame(evaluated(changed.item()), value);
        LineageItem[] all = ElementItems.all(changed.item(), value.size());
        assertThat(all).hasSize(value.size());
        for (int i = 0; i < all.length; i++) {
          LineageItem one = ElementItems.at(changed.item(), i);
          assertSame(evaluated(one), value.elements().get(i));
          assertSame(evaluated(all[i]), value.elements().get(i));
          known += one.name().equals("output") ? 0 : 1;
          elements++;
        }
      }
    }
    // Of places that are computed the trace says nothing, nor of what lies in a list from outside.
    assertThat(known).isBetween(elements / 2, elements - 1);
  }

  @Test
  void anElementThatWasNotReplacedKeepsItsItem() {
    Traced first = element();
    Traced second = element();
    Traced list = apply(operation("list"), first, second);
    Traced replaced = apply(operation("listAssign"), list, element(), number(2), absent());
    Traced longer = apply(operation("listAppend"), replaced, second);
    assertThat(ElementItems.at(longer.item(), 0)).isSameAs(first.item());
    assertThat(ElementItems.at(longer.item(), 2)).isSameAs(second.item());
    Traced part = apply(operation("listIndex"), longer, number(3), absent());
    assertThat(ElementItems.at(part.item(), 0)).isSameAs(second.item());
  }

  @Test
  void aListWithAnotherElementIsTracedAsIfItHadBeenMadeSo() {
    Traced first = element();
    Traced second = element();
    Operation named =
        new Operation(
            OperationTable.standard().get("list"),
            Attributes.of("name.0", "a").with("name.1", "b"));
    Traced list = apply(named, element(), element());
    Traced changed = apply(operation("listAssign"), list, first, number(1), absent());
    changed = apply(operation("listAssign"), changed, second, name("b"), absent());
    assertThat(changed.item().key()).isEqualTo(apply(named, first, second).item().key());
    // Also where it has grown since, or the name is one of those of a list.
    Traced grown = apply(operation("listAssign"), changed, element(), name("c"), absent());
    Traced third = element();
    Traced names = apply(operation("names"), grown);
    LineageItem last = ElementItems.at(names.item(), 2);
    assertThat(last.literalOrNull()).isEqualTo(new StringScalar("c"));
    LineageItem replaced =
        ElementItems.assigned(
            operation("listAssign"), grown.item(), third.item(), last, absent().item());
    Operation longerNamed = new Operation(named.opcode(), named.attributes().with("name.2", "c"));
    assertThat(replaced.key()).isEqualTo(apply(longerNamed, first, second, third).item().key());
    // Not where another place would be possible, nor where the list is long or grows.
    LineageItem cast = LineageItem.of(operation("as.scalar"), number(1).item());
    Traced computed = new Traced(number(1).value(), cast);
    assertThat(ElementItems.assigned(operation("listAssign"), items(list, first, computed)).name())
        .isEqualTo("listAssign");
    assertThat(ElementItems.assigned(operation("listAssign"), items(list, first, name("c"))).name())
        .isEqualTo("listAssign");
    Traced[] many = new Traced[65];
    Arrays.setAll(many, _ -> element());
    Traced longer = apply(operation("list"), many);
    assertThat(
            ElementItems.assigned(operation("listAssign"), items(longer, first, number(1))).name())
        .isEqualTo("listAssign");
  }

  /** As the library fills lists of layers: one more, which is then the list that was meant. */
  @Test
  void aListThatWasFilledIsTracedAsOneThatWasMade() {
    Traced first = element();
    Traced layer = apply(operation("list"), element(), element());
    Traced list = apply(operation("list"), first);
    list = apply(operation("listAppend"), list, number(0));
    assertThat(list.item().name()).isEqualTo("listAppend");
    Traced filled =
        apply(
            operation("listAssign"), list, apply(operation("list"), layer), length(list), absent());
    assertThat(filled.item().key()).isEqualTo(apply(operation("list"), first, layer).item().key());
    // The length of another list is a number like any other.
    assertThat(
            ElementItems.assigned(operation("listAssign"), items(list, first, length(filled)))
                .name())
        .isEqualTo("listAssign");
  }

  @Test
  void aListThatBecomesAnElementIsTracedAsOneThatWasMade() {
    Traced weight = element();
    Traced inner = apply(operation("list"));
    inner = apply(operation("listAssign"), inner, weight, name("W"), absent());
    assertThat(inner.item().name()).isEqualTo("listAssign");
    inner = apply(operation("listAppend"), inner, element());
    Traced list = apply(operation("list"), element(), element());
    Traced whole = apply(operation("listAssign"), list, inner, number(2), absent());
    LineageItem element = whole.item().input(1);
    assertThat(element.name()).isEqualTo("list");
    assertThat(element.input(0)).isSameAs(weight.item());
    assertSame(evaluated(element), inner.value());
  }

  /** Names of nothing are no names: a list that is made so has none at all. */
  @Test
  void aListWhoseNamesAreAllEmptyStaysAsItIs() {
    Operation named =
        new Operation(OperationTable.standard().get("list"), Attributes.of("name.0", "a"));
    Traced list = apply(named, element(), element(), element());
    Traced rest = apply(output(0), apply(operation("listRemove"), list, number(1)));
    Traced changed = apply(operation("listAssign"), rest, element(), number(1), absent());
    assertThat(changed.item().name()).isEqualTo("listAssign");
    assertSame(evaluated(changed.item()), changed.value());
  }

  private static LineageItem[] items(Traced list, Traced source, Traced place) {
    return new LineageItem[] {list.item(), source.item(), place.item(), absent().item()};
  }

  @Test
  void nothingIsSaidOfAnElementThatMayBeAListOfOne() {
    Traced list = apply(operation("list"), element(), element());
    LineageItem read = LineageItem.leaf(operation("read"), "some file");
    LineageItem assigned =
        LineageItem.of(
            operation("listAssign"), list.item(), read, number(1).item(), absent().item());
    assertThat(ElementItems.at(assigned, 0).name()).isEqualTo("output");
    assertThat(ElementItems.at(assigned, 1)).isSameAs(list.item().input(1));
    LineageItem appended = LineageItem.of(operation("listAppend"), list.item(), read);
    LineageItem unknown = ElementItems.at(appended, 2);
    assertThat(unknown.name()).isEqualTo("output");
    assertThat(ElementItems.at(appended, 1)).isSameAs(list.item().input(1));
    // Whichever others are left out, it is the same.
    LineageItem[] rests = new LineageItem[2];
    for (int i = 0; i < 2; i++) {
      LineageItem removal = LineageItem.of(operation("listRemove"), appended, number(i + 1).item());
      rests[i] = LineageItem.of(output(0), removal);
      assertThat(ElementItems.at(rests[i], 1).sameAs(unknown)).isTrue();
      assertThat(ElementItems.at(rests[i], 0)).isSameAs(list.item().input(1 - i));
    }
    // It may have brought a name.
    LineageItem named =
        LineageItem.of(operation("listIndex"), appended, name("a").item(), absent().item());
    assertThat(ElementItems.at(named, 0).name()).isEqualTo("output");
  }

  /** Each assignment takes an element of the list as it was before. */
  @Test
  @Timeout(60)
  void listsThatAreChangedByTheirOwnElementsAreLookedAtForALimitedTime() {
    Traced list = apply(operation("list"), element(), element(), element(), element());
    for (int i = 0; i < 300; i++) {
      Traced taken = apply(operation("listIndex"), list, number(i % 3 + 2), absent());
      list = apply(operation("listAssign"), list, taken, number(i % 3 + 1), absent());
      for (LineageItem each : ElementItems.all(list.item(), 4)) {
        assertThat(each).isNotNull();
      }
      assertThat(ElementItems.flattened(list.item(), (ListValue) list.value())).hasSize(4);
    }
  }

  private Traced list(SplittableRandom random) {
    Traced[] elements = new Traced[random.nextInt(1, 5)];
    Attributes names = Attributes.none();
    for (int i = 0; i < elements.length; i++) {
      elements[i] = element();
      if (random.nextInt(3) == 0) {
        names = names.with("name." + i, NAMES[random.nextInt(NAMES.length)]);
      }
    }
    return apply(new Operation(OperationTable.standard().get("list"), names), elements);
  }

  private Traced changed(SplittableRandom random, Traced target, List<Traced> lists) {
    int size = ((ListValue) target.value()).size();
    if (size == 0) {
      return apply(operation("listAppend"), target, source(random, lists));
    }
    return switch (random.nextInt(8)) {
      case 7 -> apply(operation("names"), target);
      case 0 -> {
        Attributes name = random.nextBoolean() ? Attributes.of("name", "e") : Attributes.none();
        Operation append = new Operation(OperationTable.standard().get("listAppend"), name);
        yield apply(append, target, source(random, lists));
      }
      case 1 -> {
        Traced removed = apply(operation("listRemove"), target, place(random, size));
        yield apply(output(0), removed);
      }
      case 2 -> {
        int from = random.nextInt(1, size + 1);
        Traced to = number(random.nextInt(from, size + 1));
        yield apply(operation("listIndex"), target, number(from), to);
      }
      case 3 -> {
        int from = random.nextInt(1, size + 1);
        int to = random.nextInt(from, size + 1);
        Traced[] sources = new Traced[to - from + 1];
        for (int i = 0; i < sources.length; i++) {
          sources[i] = source(random, lists);
        }
        Traced source = apply(operation("list"), sources);
        yield apply(operation("listAssign"), target, source, number(from), number(to));
      }
      case 4 -> {
        Traced place = name(NAMES[random.nextInt(NAMES.length)]);
        yield apply(operation("listAssign"), target, source(random, lists), place, absent());
      }
      case 5 -> {
        List<String> names = ((ListValue) target.value()).names();
        Traced place =
            names.isEmpty() || random.nextBoolean()
                ? place(random, size)
                : name(names.get(random.nextInt(size)));
        yield apply(operation("listIndex"), target, place, absent());
      }
      default ->
          apply(
              operation("listAssign"),
              target,
              source(random, lists),
              random.nextInt(4) == 0 ? length(target) : place(random, size),
              absent());
    };
  }

  /** The last place, as who fills a list step by step writes it. */
  private static Traced length(Traced list) {
    return new Traced(
        number(((ListValue) list.value()).size()).value(),
        LineageItem.of(operation("length"), list.item()));
  }

  /** What is put into a list: an element, a list with more or less than one, one from outside. */
  private Traced source(SplittableRandom random, List<Traced> lists) {
    return switch (random.nextInt(4)) {
      case 0 -> lists.get(random.nextInt(lists.size()));
      case 1 -> list(random);
      default -> element();
    };
  }

  /** A position, now and then one that was computed from data. */
  private Traced place(SplittableRandom random, int size) {
    Traced place = number(random.nextInt(1, size + 1));
    return random.nextInt(8) > 0
        ? place
        : new Traced(place.value(), LineageItem.of(operation("as.scalar"), place.item()));
  }

  /** A number that no other element is. */
  private Traced element() {
    Scalar number = Scalar.of((double) ++made);
    return new Traced(number, LineageItem.of(operation("sqrt"), LineageItem.literal(number)));
  }

  private static Traced number(long value) {
    Scalar number = Scalar.of(value);
    return new Traced(number, LineageItem.literal(number));
  }

  private static Traced name(String text) {
    StringScalar name = new StringScalar(text);
    return new Traced(name, LineageItem.literal(name));
  }

  private static Traced absent() {
    return new Traced(Scalar.absent(), LineageItem.literal(Scalar.absent()));
  }

  private static Operation operation(String name) {
    return new Operation(OperationTable.standard().get(name));
  }

  private static Operation output(int index) {
    return new Operation(
        OperationTable.standard().get("output"), Attributes.of("index", "" + index));
  }

  private Traced apply(Operation operation, Traced... operands) {
    Value[] values = new Value[operands.length];
    LineageItem[] items = new LineageItem[operands.length];
    for (int i = 0; i < operands.length; i++) {
      values[i] = operands[i].value();
      items[i] = operands[i].item();
    }
    LineageItem item =
        operation.name().equals("listAssign")
            ? ElementItems.assigned(operation, items)
            : LineageItem.of(operation, items);
    return new Traced(structures.evaluate(operation, values), item);
  }

  /** As a replay does it; {@code sqrt} and {@code as.scalar} stand for any kernel here. */
  private Value evaluated(LineageItem item) {
    if (item.isLiteral()) {
      return item.literalOrNull();
    }
    if (item.name().equals("sqrt") || item.name().equals("as.scalar")) {
      return evaluated(item.input(0));
    }
    Value[] inputs = new Value[item.inputCount()];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = evaluated(item.input(i));
    }
    if (item.name().equals("length")) {
      return Scalar.of((long) ((ListValue) inputs[0]).size());
    }
    return structures.evaluate(item.operation(), inputs);
  }

  private static void assertSame(Value actual, Value expected) {
    if (expected instanceof ListValue list) {
      assertThat(actual).isInstanceOf(ListValue.class);
      ListValue other = (ListValue) actual;
      assertThat(other.names()).isEqualTo(list.names());
      assertThat(other.size()).isEqualTo(list.size());
      for (int i = 0; i < list.size(); i++) {
        assertSame(other.elements().get(i), list.elements().get(i));
      }
    } else {
      assertThat(actual).isEqualTo(expected);
    }
  }
}
