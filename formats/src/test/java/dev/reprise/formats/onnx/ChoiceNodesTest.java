package dev.reprise.formats.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.Scalar;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Comparisons, choices, and the largest of numbers. */
class ChoiceNodesTest {
  private static TestModel model() {
    return new TestModel(-1, 3, 4)
        .constant("one", 1)
        .constant("row", 0.5, 4)
        .constant("many", 0.5, 2, 3, 4)
        .constant("low", Double.NEGATIVE_INFINITY, 4)
        .numbers("two", 2)
        .numbers("five", 5);
  }

  @Test
  void aComparisonWithANumberIsOneLayer() {
    Layer compare = model().then("Less", "y", "one").layers().getFirst();
    assertThat(compare.settings().get("operator").asString()).isEqualTo("<");
    Layer turned = model().node("Less", "y", Map.of(), List.of("one", "x")).layers().getFirst();
    assertThat(turned.settings().get("operator").asString()).isEqualTo(">");
    assertThat(model().then("Less", "y", "row").types()).containsExactly("each_step", "compare");
    assertThat(model().then("Greater", "g", "one").then("Not", "y").types())
        .containsExactly("compare", "scale_shift");
    model()
        .then("Less", "y", "low")
        .isRefused("node \"y\" (Less) compares with what are no numbers");
  }

  /** Equal infinities have no difference that is 0. */
  @Test
  void twoValuesAreComparedAsTheyAre() {
    TestModel model = model().beside("Relu", "r", Map.of(), "x").then("Less", "y", "r");
    Layer compare = model.layers().getFirst();
    assertThat(compare.type()).isEqualTo("compare_values");
    assertThat(compare.settings()).containsExactly(Map.entry("operator", Scalar.of("<")));
    assertThat(compare.branches().get("left")).isEmpty();
    assertThat(compare.branches().get("right")).extracting(Layer::type).containsExactly("relu");
    assertThat(model().then("Equal", "y", "x").types()).containsExactly("compare_values");
    model()
        .beside("Transpose", "t", Map.of("perm", List.of(0L, 2L, 1L)), "x")
        .then("Less", "y", "t")
        .isRefused("node \"y\" (Less) compares values of different sizes, [3, 4] and [4, 3]");
  }

  @Test
  void aChoiceHoldsThreeLists() {
    TestModel model = model().then("Greater", "g", "one");
    Layer choice = model.node("Where", "y", Map.of(), List.of("g", "x", "one")).layers().getFirst();
    assertThat(choice.branches().get("condition"))
        .extracting(Layer::type)
        .containsExactly("compare");
    assertThat(choice.branches().get("main")).isEmpty();
    assertThat(choice.branches().get("other")).extracting(Layer::type).containsExactly("fill");
    model()
        .then("Greater", "g", "one")
        .node("Where", "y", Map.of(), List.of("g", "x", "many"))
        .isRefused("chooses between values and by a condition that do not have the same extents");
  }

  /** The extents of both end together, so that steps would meet examples. */
  @Test
  void valuesOfOtherRanksAreNotChosenBetween() {
    TestModel model = new TestModel(-1, 3, 4).constant("zero", 0).numbers("second", 1);
    model.beside("ReduceMax", "m", Map.of("keepdims", 0L), "x", "second");
    model
        .then("Greater", "g", "zero")
        .node("Where", "y", Map.of(), List.of("g", "x", "m"))
        .isRefused("node \"y\" (Where) chooses between values and by a condition that do not have");
  }

  @Test
  void numbersOfStepsAreFromZeroThere() {
    Map<String, Object> steps = Map.of("axis", 1L);
    assertThat(model().then("ArgMax", "y", steps).types()).containsExactly("reduce", "scale_shift");
    assertThat(model().then("ArgMax", "y", Map.of("axis", 2L)).layers().getFirst().settings())
        .containsEntry("groups", Scalar.of(3));
    assertThat(model().then("TopK", "y", "two").types()).containsExactly("each_step");
    assertThat(model().then("TopK", "y", steps, "two").types())
        .containsExactly("transpose", "each_step", "transpose");
    model().then("ArgMax", "y").isRefused("node \"y\" (ArgMax) is over the examples");
    model()
        .then("ArgMax", "y", Map.of("axis", 1L, "select_last_index", 1L))
        .isRefused("takes the last of equal numbers");
    model().then("TopK", "y", "five").isRefused("node \"y\" (TopK) takes 5 cells of [3, 4]");
    model().then("TopK", "y", "x").isRefused("takes a number of cells that is not constant");
  }

  /** Whole numbers would be divided in another way. */
  @Test
  void wholeNumbersAreNotComputedWith() {
    Map<String, Object> steps = Map.of("axis", 1L);
    model()
        .then("ArgMax", "a", steps)
        .then("Div", "y", "two")
        .isRefused("node \"y\" (Div) computes with whole numbers, such as those of ArgMax");
    model()
        .then("ArgMax", "a", steps)
        .then("Squeeze", "b", "one")
        .then("Add", "y", "two")
        .isRefused("computes with whole numbers");
    model()
        .then("ArgMax", "a", steps)
        .then("ScatterElements", "y", "two")
        .isRefused("node \"y\" (ScatterElements) cannot be read; there are Abs, ");
    TestModel cast = model().then("ArgMax", "a", steps).then("Cast", "c", Map.of("to", 1L));
    assertThat(cast.then("Mul", "y", "one").types()).contains("reduce");
    model()
        .then("Greater", "g", "one")
        .then("Cast", "c", Map.of("to", 7L))
        .then("Mul", "y", "two")
        .isRefused("computes with whole numbers");
  }
}
