package dev.reprise.formats.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Cells that are taken in some order, means and the like, and what is computed of constants. */
class SelectNodesTest {
  private static double[] index(TestModel model) {
    Layer select = model.layers().getLast();
    assertThat(select.type()).isEqualTo("select");
    return select.weights().get("index").cells();
  }

  @Test
  void columnsAreTakenByTheirNumbers() {
    TestModel several =
        new TestModel(-1, 4).numbers("i", 2, 0, -1).then("Gather", "y", Map.of("axis", 1L), "i");
    assertThat(index(several)).containsExactly(3, 1, 4);
    TestModel turned = new TestModel(-1, 2, 3);
    turned.numbers("m", -1).numbers("e", Long.MIN_VALUE + 1).numbers("one", 1);
    assertThat(index(turned.then("Slice", "y", "m", "e", "one", "m")))
        .containsExactly(4, 5, 6, 1, 2, 3);
    TestModel middle =
        new TestModel(-1, 2, 3, 2).numbers("i", 1).then("Gather", "y", Map.of("axis", 2L), "i");
    assertThat(index(middle)).containsExactly(3, 4, 9, 10);
    TestModel mirrored =
        new TestModel(-1, 1, 1, 3)
            .numbers("p", 0, 0, 0, 2, 0, 0, 0, 1)
            .then("Pad", "y", Map.of("mode", "reflect"), "p");
    assertThat(index(mirrored)).containsExactly(3, 2, 1, 2, 3, 2);
  }

  /** The examples stay what they are: each would be the first one. */
  @Test
  void someOfTheExamplesAreNotTaken() {
    TestModel model =
        new TestModel(-1, 4).numbers("from", 0, 0).numbers("to", 1, 4).numbers("axes", 0, 1);
    model
        .numbers("step", 1, 2)
        .then("Slice", "y", "from", "to", "axes", "step")
        .isRefused("node \"y\" (Slice) takes a part of a value along several axes");
    new TestModel(-1, 4)
        .numbers("i", 0, 0)
        .then("Gather", "y", Map.of("axis", 0L), "i")
        .isRefused("node \"y\" (Gather) takes several steps");
    TestModel all = new TestModel(-1, 4).numbers("from", 0, 0).numbers("to", Integer.MAX_VALUE, 4);
    all.numbers("axes", 0, 1)
        .numbers("step", 1, 2)
        .then("Slice", "y", "from", "to", "axes", "step");
    assertThat(index(all)).containsExactly(1, 3);
  }

  @Test
  void numbersBeyondTheExtentAreRefused() {
    new TestModel(-1, 4)
        .numbers("i", 2, 4)
        .then("Gather", "y", Map.of("axis", 1L), "i")
        .isRefused("node \"y\" (Gather) takes several steps, or columns");
  }

  @Test
  void extentsAreReducedWhereverTheyAre() {
    TestModel steps = new TestModel(-1, 5, 3).numbers("a", 1).then("ReduceMean", "y", "a");
    Layer mean = steps.layers().getFirst();
    assertThat(mean.settings().get("groups").asLong()).isEqualTo(1);
    assertThat(mean.settings().get("D").asLong()).isEqualTo(3);
    TestModel open = new TestModel(-1, -1, 3).numbers("a", 1).then("ReduceMax", "y", "a");
    assertThat(open.types()).containsExactly("reduce");
    TestModel apart = new TestModel(-1, 2, 3, 4).numbers("a", 1, 3).then("ReduceSum", "y", "a");
    assertThat(apart.types()).containsExactly("transpose", "reduce");
    new TestModel(-1, 3)
        .numbers("a", 0)
        .then("ReduceMean", "y", "a")
        .isRefused("is over the examples");
    new TestModel(-1, 3)
        .then("ReduceMean", "y")
        .isRefused("is over all extents, the examples among them");
  }

  /** Whole numbers are divided in another way than floats. */
  @Test
  void aQuotientOfAnUnknownTypeIsOneOfWholeNumbersAlone() {
    TestModel exact = new TestModel(-1, 2).constant("a", 6).constant("b", 2);
    Layer scale =
        exact.beside("Div", "c", Map.of(), "a", "b").then("Mul", "y", "c").layers().getFirst();
    assertThat(scale.settings().get("factor").asDouble()).isEqualTo(3);
    TestModel rest = new TestModel(-1, 2).constant("a", 7).constant("b", 2);
    rest.beside("Div", "c", Map.of(), "a", "b")
        .then("Mul", "y", "c")
        .isRefused("node \"c\" (Div) ");
  }

  @Test
  void aSmallFileDoesNotFillMemory() {
    TestModel model = new TestModel(-1, 2).constant("one", 1, 1).numbers("many", 1 << 20, 1 << 20);
    model
        .beside("Expand", "c", Map.of(), "one", "many")
        .then("Mul", "y", "c")
        .isRefused("node \"c\" (Expand) takes nothing that comes from the input");
    new TestModel(-1, 2)
        .constant("zero", 0)
        .constant("end", 1e18)
        .constant("one", 1)
        .beside("Range", "c", Map.of(), "zero", "end", "one")
        .then("Mul", "y", "c")
        .isRefused("node \"c\" (Range) ");
  }

  @Test
  void masksAreComputed() {
    TestModel model =
        new TestModel(-1, 2, 2)
            .constant("one", 1, 1)
            .constant("zero", 0)
            .constant("far", -5)
            .numbers("square", 2, 2)
            .beside("Expand", "e", Map.of(), "one", "square")
            .beside("Trilu", "t", Map.of("upper", 0L), "e")
            .beside("Equal", "q", Map.of(), "t", "zero");
    Layer shift =
        model
            .beside("Where", "m", Map.of(), "q", "far", "zero")
            .then("Add", "y", "m")
            .layers()
            .getFirst();
    assertThat(shift.weights().get("beta").cells()).containsExactly(0, -5, 0, 0);
    TestModel chosen = model.node("Where", "z", Map.of(), List.of("q", "far", "x"));
    assertThat(chosen.types()).containsExactly("concat", "select");
    Layer beside = chosen.layers().getFirst().branches().get("branch2").getFirst();
    assertThat(beside.weights().get("value").cells()).containsExactly(-5);
    assertThat(chosen.layers().getLast().weights().get("index").cells())
        .containsExactly(1, 5, 3, 4);
  }

  /** A product with 0 would make NaN of the logarithm of 0. */
  @Test
  void numbersThatAreNotChosenDoNotCount() {
    TestModel model =
        new TestModel(-1, 3)
            .cells("holds", 1, 0, 0)
            .cells("others", 5, 6, 7)
            .then("Log", "l")
            .node("Where", "y", Map.of(), List.of("holds", "l", "others"));
    assertThat(model.types()).containsExactly("log", "concat", "select");
    Layer beside = model.layers().get(1).branches().get("branch2").getFirst();
    assertThat(beside.weights().get("value").cells()).containsExactly(6, 7);
    assertThat(model.layers().getLast().weights().get("index").cells()).containsExactly(1, 4, 5);
    // The width, for files that are written.
    Layer columns = model.layers().get(1).branches().get("branch1").getFirst();
    assertThat(columns.settings().get("D").asLong()).isEqualTo(3);
    TestModel all =
        new TestModel(-1, 3)
            .cells("holds", 1)
            .cells("others", 5)
            .then("Log", "l")
            .node("Where", "y", Map.of(), List.of("holds", "l", "others"));
    assertThat(all.types()).containsExactly("log");
  }

  @Test
  void aNormIsALayerAndOfOneNumberItsSize() {
    TestModel norm = new TestModel(-1, 3, 2).then("ReduceL2", "y", Map.of("axes", List.of(1L)));
    assertThat(norm.types()).containsExactly("reduce");
    assertThat(norm.layers().getFirst().settings().get("method").asString()).isEqualTo("norm");
    TestModel one = new TestModel(-1, 1, 2).then("ReduceL2", "y", Map.of("axes", List.of(1L)));
    assertThat(one.types()).containsExactly("abs");
  }
}
