package dev.reprise.formats.onnx;

import static dev.reprise.formats.onnx.TestModel.NOT_OF_EXAMPLES;
import static dev.reprise.formats.onnx.TestModel.reshaped;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Values that get another shape, and the shapes that are computed for it. */
class ShapeNodesTest {
  /** With an open number of examples nothing but their own extent may become it. */
  @Test
  void cellsOfOneExampleDoNotBecomeExamples() {
    reshaped(new TestModel(-1, 6), -1, 3).isRefused(NOT_OF_EXAMPLES);
    reshaped(new TestModel(-1, 6), -1, 7).isRefused(NOT_OF_EXAMPLES);
    reshaped(new TestModel(-1, 5, 4), -1, 4).isRefused(NOT_OF_EXAMPLES);
    reshaped(new TestModel(-1, -1, 4), -1, 4).isRefused(NOT_OF_EXAMPLES);
    reshaped(new TestModel(-1, 2, 3, 4), -1, 12).isRefused(NOT_OF_EXAMPLES);
    reshaped(new TestModel(-1, 6), -1, -1).isRefused(NOT_OF_EXAMPLES);
    reshaped(new TestModel(-1, 6), 0, -5).isRefused(NOT_OF_EXAMPLES);
    reshaped(new TestModel(7, 6), 14, 3).isRefused(NOT_OF_EXAMPLES);
    stepsFirst(5)
        .numbers("shape", 5, -1, 1)
        .then("Reshape", "y", "shape")
        .isRefused(NOT_OF_EXAMPLES);
    new TestModel(-1, 6)
        .numbers("shape", 0, 6)
        .then("Reshape", "y", Map.of("allowzero", 1L), "shape")
        .isRefused(NOT_OF_EXAMPLES);
  }

  private static TestModel stepsFirst(long steps) {
    return new TestModel(-1, steps, 2).then("Transpose", "t", Map.of("perm", List.of(1L, 0L, 2L)));
  }

  @Test
  void cellsOfAnExampleMayHaveAnotherShape() {
    assertThat(reshaped(new TestModel(-1, 2, 3), -1, 6).types()).containsExactly("flatten");
    assertThat(reshaped(new TestModel(7, 2, 3), 7, 6).types()).containsExactly("flatten");
    assertThat(reshaped(new TestModel(-1, 2, 3), 0, -1).types()).containsExactly("flatten");
    assertThat(reshaped(new TestModel(-1, -1, 3), 0, -1).types()).containsExactly("flatten");
    assertThat(reshaped(new TestModel(-1, -1, 4), 0, -1, 2).types()).isEmpty();
    assertThat(reshaped(new TestModel(-1, 6), -1, 2, 3).types()).isEmpty();
  }

  /** The number of steps is known only later; it is not the extent that a Reshape is to find. */
  @Test
  void anOpenExtentThatIsComputedIsNotTheOneToFind() {
    TestModel model =
        new TestModel(-1, -1, 4)
            .numbers("one", 1)
            .numbers("zero", 0)
            .numbers("rest", -1)
            .numbers("four", 4)
            .beside("Shape", "s", Map.of(), "x")
            .beside("Gather", "n", Map.of(), "s", "zero")
            .beside("Gather", "t", Map.of(), "s", "one");
    model.beside("Concat", "same", Map.of("axis", 0L), "n", "t", "four");
    assertThat(model.then("Reshape", "a", "same").types()).isEmpty();
    model.beside("Concat", "mixed", Map.of("axis", 0L), "rest", "t", "four");
    model.then("Reshape", "y", "mixed").isRefused(NOT_OF_EXAMPLES);
  }

  @Test
  void aPartOfAShapeIsTakenAsStated() {
    Map<String, Object> second = Map.of("start", 1L, "end", -2L);
    TestModel model =
        new TestModel(-1, 6, 2, 2)
            .numbers("rest", -1)
            .numbers("zero", 0)
            .beside("Shape", "s", second, "x")
            .beside("Concat", "shape", Map.of("axis", 0L), "zero", "s", "rest")
            .then("Reshape", "a", "shape");
    Layer softmax = model.then("Softmax", "y").layers().getFirst();
    assertThat(softmax.settings().get("D").asLong()).isEqualTo(4);
  }

  @Test
  void anExtentThatIsAConstantIsMadeAVector() {
    TestModel model = new TestModel(-1, 6).constant("two", 2, new long[0]).numbers("zero", 0);
    model.beside("Shape", "s", Map.of("end", 1L), "x");
    model
        .beside("Unsqueeze", "v", Map.of(), "two", "zero")
        .beside("Cast", "c", Map.of("to", 7L), "v");
    model.beside("Concat", "shape", Map.of("axis", 0L), "s", "c", "rest").numbers("rest", -1);
    Layer softmax = model.then("Reshape", "a", "shape").then("Softmax", "y").layers().getFirst();
    assertThat(softmax.settings().get("D").asLong()).isEqualTo(3);
  }

  @Test
  void aShapeOfFractionsIsNone() {
    new TestModel(-1, 6)
        .constant("shape", 0.5, 2)
        .then("Reshape", "y", "shape")
        .isRefused("node \"y\" (Reshape) needs a shape that is constant");
  }

  /** Seven made a float, halved and doubled is seven; as a whole number it is six. */
  @Test
  void quotientsOfFloatsAreNotRounded() {
    assertThat(halved(7, 1).then("Reshape", "y", "shape").types()).isEmpty();
    Layer exact =
        halved(6, 1).then("Reshape", "y", "shape").then("Softmax", "z").layers().getLast();
    assertThat(exact.type()).isEqualTo("softmax");
    halved(7, 7).then("Reshape", "y", "shape").isRefused(NOT_OF_EXAMPLES);
    assertThat(halved(6, 10).then("Reshape", "y", "shape").types()).isEmpty();
    halved(6, 8).then("Reshape", "y", "shape").isRefused("(Cast)");
  }

  /** The second extent, in another type, by two, times two, as the width of rows. */
  private static TestModel halved(long width, long type) {
    return new TestModel(-1, width)
        .numbers("one", 1)
        .numbers("two", 2)
        .numbers("rows", -1)
        .beside("Shape", "s", Map.of(), "x")
        .beside("Gather", "w", Map.of(), "s", "one")
        .beside("Cast", "f", Map.of("to", type), "w")
        .beside("Div", "h", Map.of(), "f", "two")
        .beside("Mul", "d", Map.of(), "h", "two")
        .beside("Cast", "i", Map.of("to", 7L), "d")
        .beside("Concat", "shape", Map.of("axis", 0L), "rows", "i");
  }

  /** As PyTorch writes expand(x.size(0), -1): what is -1 is that of the constant. */
  @Test
  void extentsAreChosenWhereTheyAreNotStated() {
    TestModel model = chosen();
    model.beside("Where", "shape", Map.of(), "q", "ones", "e").constant("c", 7, 1, 1);
    Layer concat =
        model
            .beside("Expand", "more", Map.of(), "c", "shape")
            .node("Concat", "y", Map.of("axis", 1L), List.of("more", "x"))
            .layers()
            .getFirst();
    Layer constant = concat.branches().get("branch1").getFirst();
    assertThat(constant.type()).isEqualTo("constant");
    assertThat(constant.weights().get("value").cells()).containsExactly(7);
  }

  /** Truths are no numbers of a shape. */
  @Test
  void whetherExtentsAreEqualIsNoExtent() {
    chosen()
        .beside("Cast", "i", Map.of("to", 7L), "q")
        .then("Reshape", "y", "i")
        .isRefused("node \"i\" (Cast) ");
    chosen().then("Reshape", "y", "q").isRefused(NOT_OF_EXAMPLES);
  }

  private static TestModel chosen() {
    return new TestModel(-1, 6)
        .numbers("minus", -1)
        .numbers("minuses", -1, -1)
        .numbers("ones", 1, 1)
        .beside("Shape", "s", Map.of("end", 1L), "x")
        .beside("Concat", "e", Map.of("axis", 0L), "s", "minus")
        .beside("Equal", "q", Map.of(), "e", "minuses");
  }

  @Test
  void anAttributeOfAnotherKindIsNotLeftOut() {
    for (Object wrong : List.of(1L, List.of("1"), List.of(Double.NaN))) {
      new TestModel(-1, 1, 4)
          .then("Squeeze", "y", Map.of("axes", wrong))
          .isRefused("node \"y\" (Squeeze) has axes that is no list of whole numbers");
    }
    TestModel model = new TestModel(-1, 1, 4).then("Squeeze", "y", Map.of("axes", List.of(1L)));
    assertThat(model.types()).isEmpty();
  }
}
