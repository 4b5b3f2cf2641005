package dev.reprise.formats.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.formats.FormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Inputs without cells, and of extents that disagree, are refused by the node's name. */
class DamagedModelTest {
  private static final Map<String, Object> HEADS = Map.of("q_num_heads", 2L, "kv_num_heads", 2L);

  private static TestModel model(long... input) {
    return new TestModel(input)
        .constant("none", 0, 0)
        .constant("cols", 0, 3, 0)
        .constant("rows", 0, 0, 2)
        .constant("ones", 1, 1, 2)
        .constant("one", 1, 1, 1)
        .constant("number", -1)
        .numbers("zero", 0)
        .numbers("back", -1)
        .numbers("start", -9);
  }

  private static TestModel constant(String operator, String... inputs) {
    return model(-1, 2).beside(operator, "c", Map.of(), inputs).then("Add", "y", "c");
  }

  static Stream<TestModel> models() {
    return Stream.of(
        constant("Trilu", "ones", "none"),
        constant("Trilu", "rows", "none"),
        constant("GatherND", "cols", "one"),
        constant("GatherND", "rows", "zero"),
        constant("Slice", "rows", "back", "start", "zero", "back"),
        constant("Slice", "rows", "none", "none", "none", "none"),
        constant("Gather", "rows", "zero"),
        constant("Gather", "number", "none"),
        constant("Concat", "rows", "cols"),
        constant("Concat", "number", "number"),
        constant("Transpose", "cols"),
        constant("Reshape", "rows", "number"),
        constant("Expand", "rows", "start"),
        constant("Range", "none", "none", "none"),
        constant("Where", "none", "cols", "rows"),
        constant("Mod", "none", "rows"),
        constant("Squeeze", "none", "none"),
        constant("Unsqueeze", "none", "number"));
  }

  @ParameterizedTest
  @MethodSource("models")
  void aConstantWithoutCellsIsRefused(TestModel model) {
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(model::layers)
        .withMessageContaining("node \"")
        .withMessageNotContaining("java.lang");
  }

  @ParameterizedTest
  @MethodSource("operators")
  void aValueIsNotTakenWithEmptyConstants(String operator) {
    for (int count = 1; count < 5; count++) {
      for (String name : List.of("none", "cols", "rows", "number")) {
        List<String> inputs = new ArrayList<>(List.of("x"));
        for (int i = 1; i < count; i++) {
          inputs.add(name);
        }
        for (long[] shape : List.of(new long[] {-1, 2}, new long[] {-1, 3, 2, 2})) {
          TestModel model = model(shape).node(operator, "y", Map.of(), inputs);
          try {
            model.layers();
          } catch (FormatException e) {
            // A word of its own, not what the machine says.
            assertThat(e.getMessage()).doesNotContain("java.lang");
          }
        }
      }
    }
  }

  static Stream<String> operators() {
    return Stream.of(
        "Add",
        "Mul",
        "Div",
        "Pow",
        "MatMul",
        "Gemm",
        "Gather",
        "GatherND",
        "Slice",
        "Pad",
        "Conv",
        "ConvTranspose",
        "Concat",
        "Expand",
        "Reshape",
        "Squeeze",
        "Unsqueeze",
        "Transpose",
        "ReduceMean",
        "ReduceMax",
        "ReduceL2",
        "Resize",
        "Split",
        "Tile",
        "Where",
        "Clip",
        "PRelu",
        "LayerNormalization",
        "BatchNormalization",
        "InstanceNormalization",
        "GroupNormalization",
        "Attention",
        "RNN",
        "LSTM",
        "GRU",
        "Flatten",
        "Softmax",
        "Trilu",
        "Mod",
        "Max",
        "Min");
  }

  @Test
  void aRuleThatFailsNamesItsNode() {
    model(-1, 2)
        .typed("few", 1, List.of(1L, 2L, 2L), 1)
        .beside("Transpose", "c", Map.of(), "few")
        .then("Add", "y", "c")
        .isRefused("node \"c\" (Transpose) cannot be read: its inputs or attributes disagree");
  }

  @Test
  void aNameIsThatOfOneValue() {
    model(-1, 2)
        .then("Relu", "y")
        .node("Exp", "y", Map.of(), List.of("x"))
        .isRefused(
            "node \"y\" (Exp) puts out a value of a name that another value of the model has");
    model(-1, 2).then("Relu", "x").isRefused("node \"x\" (Relu) puts out a value of a name");
    model(-1, 2)
        .beside("Relu", "one", Map.of(), "x")
        .then("Exp", "y")
        .isRefused("node \"one\" (Relu) puts out a value of a name");
  }

  @Test
  void aWindowIsAsLargeAsItsFilters() {
    for (String operator : List.of("Conv", "ConvTranspose")) {
      String wrong = "(" + operator + ") states a window of [2, 2] for filters of [3, 3]";
      TestModel images = new TestModel(-1, 1, 5, 5).constant("F", 1, 1, 1, 3, 3);
      images.node(operator, "y", window(2, 2), List.of("x", "F")).isRefused(wrong);
      images.beginAnew();
      assertThat(images.node(operator, "y", window(3, 3), List.of("x", "F")).layers()).hasSize(1);
      images.beginAnew();
      assertThat(images.node(operator, "y", window(), List.of("x", "F")).layers()).hasSize(1);
    }
    new TestModel(-1, 1, 5)
        .constant("F", 1, 1, 1, 3)
        .node("Conv", "y", window(4), List.of("x", "F"))
        .isRefused("(Conv) states a window of [1, 4] for filters of [1, 3]");
  }

  @Test
  void aWindowHasCells() {
    for (String operator : List.of("MaxPool", "AveragePool")) {
      new TestModel(-1, 1, 5, 5)
          .then(operator, "y", window(0, 2))
          .isRefused("node \"y\" (" + operator + ") has a window of [0, 2] cells");
    }
  }

  private static Map<String, Object> window(long... extents) {
    return Map.of("kernel_shape", LongStream.of(extents).boxed().toList());
  }

  @Test
  void attentionIsOfValuesOfAsManyExtents() {
    model(-1, 3, 4)
        .beside("ReduceMean", "k", Map.of("axes", List.of(1L), "keepdims", 0L), "x")
        .node("Attention", "y", HEADS, List.of("x", "k", "k"))
        .isRefused("node \"y\" (Attention) has queries, keys and values of [3, 4], [4] and [4]");
    model(-1, 3, 4)
        .numbers("axis", 1)
        .beside("Unsqueeze", "q", Map.of(), "x", "axis")
        .node("Attention", "y", HEADS, List.of("q", "x", "x"))
        .isRefused("node \"y\" (Attention) has queries, keys and values of [1, 3, 4], [3, 4] and");
    model(-1, 4)
        .node("Attention", "y", HEADS, List.of("x", "x", "x"))
        .isRefused("which must all have 3 extents, or all 4");
  }
}
