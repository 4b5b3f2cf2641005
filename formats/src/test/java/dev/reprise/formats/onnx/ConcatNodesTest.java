package dev.reprise.formats.onnx;

import static dev.reprise.formats.onnx.TestModel.CHANNELS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Values side by side. */
class ConcatNodesTest {
  @Test
  void valuesSideBySideAreRowsOrTheirParts() {
    TestModel channels =
        new TestModel(-1, 2, 3, 3).then("Relu", "a").then("Concat", "y", CHANNELS, "x");
    Layer concat = channels.layers().getFirst();
    assertThat(concat.type()).isEqualTo("concat");
    assertThat(concat.branches().get("branch1")).extracting(Layer::type).containsExactly("relu");
    assertThat(concat.branches().get("branch2")).isEmpty();
    TestModel rows = new TestModel(-1, 2, 3, 3).then("Relu", "a");
    Layer parts = rows.then("Concat", "y", Map.of("axis", -2L), "x").layers().getFirst();
    assertThat(parts.type()).isEqualTo("concat_steps");
    assertThat(parts.settings().get("D").asLong()).isEqualTo(9);
    TestModel open = new TestModel(-1, -1, 3).then("Relu", "a");
    open.then("Concat", "y", Map.of("axis", 2L), "x");
    assertThat(open.types()).containsExactly("concat_steps");
  }

  @Test
  void whatIsNotSideBySideInAnExampleIsRefused() {
    new TestModel(-1, 3)
        .then("Concat", "y", Map.of("axis", 0L), "x")
        .isRefused("node \"y\" (Concat) puts examples below each other");
    new TestModel(-1, 3)
        .constant("c", 1, 1, 3)
        .then("Concat", "y", CHANNELS, "c")
        .isRefused("node \"y\" (Concat) puts something beside a value that layers do not make");
    new TestModel(-1, -1, 3)
        .then("Concat", "y", CHANNELS, "x")
        .isRefused("whose sizes must be known and equal but for that axis");
    new TestModel(-1, 2, 3, 3)
        .then("MaxPool", "p", Map.of("kernel_shape", List.of(2L, 2L)))
        .then("Concat", "y", CHANNELS, "x")
        .isRefused("puts values of [2, 2, 2] and [2, 3, 3] side by side along axis 1");
    new TestModel(-1, 2, 3)
        .numbers("shape", 0, 6)
        .then("Reshape", "r", "shape")
        .then("Concat", "y", CHANNELS, "x")
        .isRefused("puts values of [6] and [2, 3] side by side along axis 1");
  }

  /** Each of forty layers takes all values before it: said once each, not 2^40 times. */
  @Test
  void whatWasSideBySideBeforeIsNotSaidAgain() {
    TestModel model = new TestModel(-1, 2);
    List<String> all = new ArrayList<>(List.of("x"));
    for (int i = 0; i < 40; i++) {
      model.node("Concat", "c" + i, CHANNELS, List.copyOf(all)).then("Relu", "r" + i);
      all.add("r" + i);
    }
    List<Layer> layers = model.node("Concat", "y", CHANNELS, all).layers();
    assertThat(layers).hasSize(40).allMatch(layer -> layer.type().equals("concat"));
    Layer last = layers.getLast();
    assertThat(last.branches().get("branch1")).isEmpty();
    assertThat(last.branches().get("branch2")).extracting(Layer::type).containsExactly("relu");
  }

  /** Each input is looked up once, not with all before it. */
  @Test
  void manyValuesLieSideBySide() {
    List<String> many = Collections.nCopies(100_000, "x");
    List<Layer> layers = new TestModel(-1, 2).node("Concat", "y", CHANNELS, many).layers();
    assertThat(layers.getFirst().branches()).hasSize(100_000);
  }

  /** The same inputs along another axis are another value. */
  @Test
  void whatWasTogetherAlongAnotherAxisIsSaidAgain() {
    TestModel model = new TestModel(-1, 2, 2, 2).then("Relu", "r");
    model.beside("Concat", "a", Map.of("axis", 2L), "x", "r");
    List<Layer> layers = model.node("Concat", "y", CHANNELS, List.of("x", "r", "x")).layers();
    assertThat(layers).extracting(Layer::type).containsExactly("concat");
    assertThat(layers.getFirst().branches()).hasSize(3);
  }

  @Test
  void zerosOfEachExampleAreNumbersToo() {
    Layer concat =
        new TestModel(-1, 2)
            .constant("zero", 0, 1, 1)
            .numbers("first", 0)
            .numbers("second", 1)
            .numbers("width", 1)
            .beside("Shape", "s", Map.of(), "x")
            .beside("Slice", "n", Map.of(), "s", "first", "second")
            .beside("Concat", "shape", Map.of("axis", 0L), "n", "width")
            .beside("Expand", "e", Map.of(), "zero", "shape")
            .then("Concat", "y", Map.of("axis", 1L), "e")
            .layers()
            .getFirst();
    Layer zero = concat.branches().get("branch2").getFirst();
    assertThat(zero.weights().get("value").cells()).containsExactly(0);
  }
}
