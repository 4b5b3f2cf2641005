package dev.reprise.formats.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.Scalar;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Attention that is written node by node. */
class AttentionNodesTest {
  private static final String NOT_OF_ATTENTION =
      "takes products of values some of which a mask leaves out in a way that is not attention";

  /** Scores of 3 steps of 4 numbers with themselves. */
  private static TestModel scores() {
    return new TestModel(-1, 3, 4)
        .beside("Transpose", "k", Map.of("perm", List.of(0L, 2L, 1L)), "x")
        .then("MatMul", "s", "k");
  }

  private static TestModel completed(TestModel scores) {
    return scores.then("Softmax", "w").then("MatMul", "y", "x");
  }

  private static TestModel masked(double below, double above) {
    double[] mask = {below, above, above, below, below, above, below, below, below};
    return scores()
        .cells("m", mask)
        .numbers("square", 3, 3)
        .beside("Reshape", "n", Map.of(), "m", "square");
  }

  @Test
  void anAttentionOfOneHeadIsALayer() {
    Layer attention = completed(scores()).layers().getFirst();
    assertThat(attention.type()).isEqualTo("attention");
    assertThat(attention.settings().get("heads").asLong()).isEqualTo(1);
    assertThat(attention.settings().get("D").asLong()).isEqualTo(4);
    assertThat(attention.settings().get("causal").asBoolean()).isFalse();
    assertThat(attention.branches().get("key")).isEmpty();
    assertThat(attention.branches().get("value")).isEmpty();
    // Scores that are not divided by the root of 4.
    Layer scale = attention.branches().get("query").getFirst();
    assertThat(scale.settings().get("factor").asDouble()).isEqualTo(2);
  }

  @Test
  void theUsualScaleIsTheLayersOwn() {
    TestModel model = scores().constant("two", 2).then("Div", "d", "two");
    assertThat(completed(model).layers().getFirst().branches().get("query")).isEmpty();
  }

  /** A factor of values is not one of the scores. */
  @Test
  void scaledValuesStayScaled() {
    TestModel model = scores().constant("two", 2).then("Div", "d", "two").then("Softmax", "w");
    model.beside("Mul", "v", Map.of(), "x", "two").then("MatMul", "y", "v");
    Layer attention = model.layers().getFirst();
    assertThat(attention.branches().get("query")).isEmpty();
    assertThat(attention.branches().get("value"))
        .extracting(Layer::type)
        .containsExactly("scale_shift");
  }

  @Test
  void aMaskOfTheStepsBehindEachIsCausal() {
    TestModel model = masked(0, -1e4).then("Add", "a", "n");
    Layer attention = completed(model).layers().getFirst();
    assertThat(attention.settings().get("causal").asBoolean()).isTrue();
    TestModel chosen = masked(1, 0).constant("low", Double.NEGATIVE_INFINITY);
    chosen.node("Where", "c", Map.of(), List.of("n", "s", "low"));
    assertThat(completed(chosen).layers().getFirst().settings().get("causal").asBoolean()).isTrue();
    assertThat(completed(masked(0, 0).then("Add", "a", "n")).types()).containsExactly("attention");
  }

  private static double[] maskOf(TestModel model) {
    Layer attention = completed(model).layers().getFirst();
    assertThat(attention.type()).isEqualTo("attention");
    assertThat(attention.settings().get("causal").asBoolean()).isFalse();
    assertThat(attention.weights().get("mask").rows()).isEqualTo(3);
    return attention.weights().get("mask").cells();
  }

  @Test
  void otherMasksAreNumbersOfTheLayer() {
    double none = Double.NEGATIVE_INFINITY;
    assertThat(maskOf(masked(0, -1).then("Add", "a", "n")))
        .containsExactly(0, -1, -1, 0, 0, -1, 0, 0, 0);
    TestModel turned = masked(1, 0).constant("low", none);
    turned.node("Where", "c", Map.of(), List.of("n", "low", "s"));
    // The last step would see nothing.
    completed(turned).isRefused("has a mask that leaves step 3 nothing to see");
    completed(masked(-1e9, 0).then("Add", "a", "n"))
        .isRefused("node \"y\" (MatMul) has a mask that leaves step 3 nothing to see");
  }

  @Test
  void masksAreAddedUpAndScaledAsScoresAre() {
    TestModel model = masked(0, -1).constant("half", 0.5).then("Add", "a", "n");
    model.then("Mul", "b", "half").then("Add", "c", "n");
    assertThat(maskOf(model)).containsExactly(0, -1.5, -1.5, 0, 0, -1.5, 0, 0, 0);
    TestModel both = masked(0, -1).then("Add", "a", "n");
    both.constants(3, 3, "d", 0, -1e9, -1e9, 0, 0, -1e9, 0, 0, 0).then("Add", "b", "d");
    double none = Double.NEGATIVE_INFINITY;
    assertThat(maskOf(both)).containsExactly(0, none, none, 0, 0, none, 0, 0, 0);
  }

  /** Scaled down, what is left out might count. */
  @Test
  void scoresThatAreLeftOutAreNotScaledDown() {
    TestModel scaled =
        masked(0, -1e4).constant("small", 1e-3).then("Add", "a", "n").then("Mul", "b", "small");
    completed(scaled).isRefused("node \"b\" (Mul) " + NOT_OF_ATTENTION);
    TestModel cut = masked(0, 1).constant("low", -1e9).constant("small", 1e-3);
    cut.node("Where", "c", Map.of(), List.of("n", "low", "s")).then("Mul", "b", "small");
    completed(cut).isRefused("node \"b\" (Mul) " + NOT_OF_ATTENTION);
  }

  @Test
  void productsThatAreNoAttentionAreLayersOfTheirOwn() {
    assertThat(scores().types()).containsExactly("matmul");
    assertThat(scores().then("Relu", "y").types()).containsExactly("matmul", "relu");
    assertThat(scores().then("MatMul", "y", "x").types()).containsExactly("matmul");
    assertThat(scores().then("Softmax", "y", Map.of("axis", 1L)).types())
        .containsExactly("matmul", "transpose", "each_step", "transpose");
    assertThat(scores().then("Softmax", "w").then("Relu", "y").types())
        .containsExactly("matmul", "each_step", "relu");
    assertThat(masked(0, -1).then("Add", "a", "n").then("Relu", "y").types())
        .containsExactly("matmul", "scale_shift1d", "relu");
    Layer product = scores().layers().getFirst();
    assertThat(product.settings())
        .containsExactly(
            Map.entry("groups", Scalar.of(1)),
            Map.entry("rows", Scalar.of(3)),
            Map.entry("inner", Scalar.of(4)),
            Map.entry("cols", Scalar.of(3)));
    assertThat(product.branches().get("left")).isEmpty();
    assertThat(product.branches().get("right"))
        .extracting(Layer::type)
        .containsExactly("transpose");
    masked(0, -1e4).then("Add", "a", "n").then("Relu", "y").isRefused("(Relu) " + NOT_OF_ATTENTION);
    new TestModel(-1, 3, 4)
        .then("MatMul", "y", "x")
        .isRefused("multiplies [3, 4] with [3, 4], which does not fit");
    new TestModel(-1, -1, 4)
        .then("MatMul", "y", "x")
        .isRefused("between steps of a known number alone, example by example");
  }

  private static TestModel product(List<Long> left, List<Long> right) {
    TestModel model = new TestModel(-1, 2, 12).opset(18);
    model.numbers("ofA", left.stream().mapToLong(i -> i).toArray());
    model.numbers("ofB", right.stream().mapToLong(i -> i).toArray());
    return model
        .beside("Reshape", "a", Map.of(), "x", "ofA")
        .beside("Reshape", "b", Map.of(), "x", "ofB")
        .node("MatMul", "y", Map.of(), List.of("a", "b"));
  }

  private static void isOfGroups(TestModel model, long groups) {
    assertThat(model.layers().getLast().settings()).containsEntry("groups", Scalar.of(groups));
  }

  /** Extents of 1 are repeated where they stand, even if both values have as many others. */
  @Test
  void matricesThatLeadInOtherPlacesAreAllMultiplied() {
    isOfGroups(product(List.of(0L, 2L, 1L, 3L, 4L), List.of(0L, 1L, 2L, 4L, 3L)), 4);
    isOfGroups(product(List.of(0L, 2L, 1L, 3L, 4L), List.of(0L, 2L, 1L, 4L, 3L)), 2);
    isOfGroups(product(List.of(0L, 2L, 3L, 4L), List.of(0L, 2L, 4L, 3L)), 2);
    product(List.of(0L, 2L, 3L, 4L), List.of(0L, 1L, 2L, 4L, 3L))
        .isRefused("which are not as many matrices of each example");
    product(List.of(0L, 6L, 4L), List.of(0L, 1L, 4L, 6L))
        .isRefused("node \"y\" (MatMul) takes the products of [6, 4] and [1, 4, 6]");
  }

  @Test
  void matricesOfAConstantAreThoseOfTheExtentsAtTheEnd() {
    for (long leading : new long[] {1, 2}) {
      TestModel model =
          new TestModel(-1, 2, 12)
              .numbers("five", 0, 2, leading == 1 ? 1 : 2, 3, 4 / leading)
              .then("Reshape", "a", "five");
      isOfGroups(model.constant("w", 0.5, 1, 2, 4 / leading, 5).then("MatMul", "y", "w"), 4);
    }
    TestModel other = new TestModel(-1, 3, 4).constant("w", 0.5, 2, 1, 4, 5);
    other.then("MatMul", "y", "w").isRefused("node \"y\" (MatMul) multiplies [3, 4] with");
    TestModel examples = new TestModel(-1, 3, 4).constant("w", 0.5, 2, 4, 5);
    examples.then("MatMul", "y", "w").isRefused("nor matrices of an example");
  }

  private static TestModel whole(int type, double... mask) {
    return new TestModel(-1, 2, 4)
        .opset(23)
        .typed("m", type, List.of(2L, 2L), mask)
        .then("Attention", "y", Map.of("q_num_heads", 2L, "kv_num_heads", 2L), "x", "x", "m");
  }

  private static double[] maskOfWhole(int type, double... mask) {
    return whole(type, mask).layers().stream()
        .filter(layer -> layer.type().equals("attention"))
        .findFirst()
        .orElseThrow()
        .weights()
        .get("mask")
        .cells();
  }

  /** Only truths say which steps are seen. */
  @Test
  void aMaskOfWholeNumbersIsAdded() {
    assertThat(maskOfWhole(TensorCells.INT64, 0, 1, 1, 0)).containsExactly(0, 1, 1, 0);
    double none = Double.NEGATIVE_INFINITY;
    assertThat(maskOfWhole(TensorCells.BOOL, 0, 1, 1, 1)).containsExactly(none, 0, 0, 0);
    whole(TensorCells.FLOAT, 0, 1, Double.NaN, 0)
        .isRefused("node \"y\" (Attention) has a mask of what are no numbers, or of Inf");
    new TestModel(-1, 2, 4)
        .opset(23)
        .constant("m", 1, 3, 3)
        .then("Attention", "y", Map.of("q_num_heads", 2L, "kv_num_heads", 2L), "x", "x", "m")
        .isRefused("has a mask of [3, 3] for");
  }

  /** Examples beside heads, as PyTorch writes them: 2 heads of 2 numbers, steps first. */
  @Test
  void headsMayLieBesideExamples() {
    TestModel model =
        new TestModel(-1, 3, 4)
            .beside("Transpose", "t", Map.of("perm", List.of(1L, 0L, 2L)), "x")
            .numbers("apart", 3, -1, 2)
            .beside("Reshape", "h", Map.of(), "t", "apart")
            .beside("Transpose", "q", Map.of("perm", List.of(1L, 0L, 2L)), "h")
            .beside("Transpose", "k", Map.of("perm", List.of(1L, 2L, 0L)), "h");
    model
        .node("MatMul", "s", Map.of(), List.of("q", "k"))
        .then("Softmax", "w")
        .then("MatMul", "o", "q");
    model.isRefused("node \"o\" (MatMul) makes an output in which examples lie beside");
    model.then("Transpose", "p", Map.of("perm", List.of(1L, 0L, 2L))).numbers("flat", -1, 4);
    model.then("Reshape", "f", "flat").constant("w4", 1, 4, 4).then("Gemm", "g", "w4");
    TestModel normed =
        model.constant("one", 1, 4).then("LayerNormalization", "n", Map.of("axis", 1L), "one");
    normed.numbers("back", 3, -1, 4).then("Reshape", "b", "back");
    normed.then("Transpose", "y", Map.of("perm", List.of(1L, 0L, 2L)));
    List<Layer> layers = normed.layers();
    assertThat(layers)
        .extracting(Layer::type)
        .containsExactly("attention", "each_step", "each_step");
    assertThat(layers.getFirst().settings().get("heads").asLong()).isEqualTo(2);
    // Over the last extent, not over steps and numbers.
    assertThat(layers.getLast().branches().get("main").getFirst().weights().get("gamma").cols())
        .isEqualTo(4);
  }
}
