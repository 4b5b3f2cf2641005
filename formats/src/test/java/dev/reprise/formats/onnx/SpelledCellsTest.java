package dev.reprise.formats.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Functions and norms that are spelled out as several nodes. */
class SpelledCellsTest {
  /** x times its logistic function in another shape is repeated over x. */
  @Test
  void aFunctionOfXInAnotherShapeIsNoPartOfSilu() {
    for (String function : List.of("Sigmoid", "HardSigmoid")) {
      TestModel model = new TestModel(-1, 1, 4).numbers("shape", 0, 4, 1);
      model.then(function, "s", Map.of("alpha", 1 / 6.0)).then("Reshape", "r", "shape");
      Layer product = model.then("Mul", "y", "x").layers().getFirst();
      assertThat(product.type()).isEqualTo("product");
      assertThat(product.branches().get("shortcut")).extracting(Layer::type).contains("repeat");
    }
  }

  private static TestModel cubed(double factor) {
    return new TestModel(-1, 4)
        .constant("cube", factor, 1)
        .constant("three", 3)
        .constant("root", Math.sqrt(2 / Math.PI))
        .constant("one", 1)
        .constant("half", 0.5)
        .then("Pow", "a", "three")
        .then("Mul", "b", "cube")
        .then("Add", "c", "x")
        .then("Mul", "d", "root")
        .then("Tanh", "e")
        .then("Add", "f", "one")
        .then("Mul", "g", "x")
        .then("Mul", "y", "half");
  }

  @Test
  void aCurveWithOtherNumbersIsNoGelu() {
    assertThat(cubed(0.044715).types()).containsExactly("gelu");
    cubed(0.0447)
        .isRefused(
            "node \"a\" (Pow) can be read within GELU and the like alone, but node \"b\" (Mul)");
  }

  /** What is put off is read one within the other: not without end. */
  @Test
  void aLongChainOfSumsIsNotPutOffAsAWhole() {
    TestModel model = new TestModel(-1, 1).constant("one", 1, 1);
    for (int i = 0; i < 100_000; i++) {
      model.then("Add", "a" + i, "one");
    }
    List<Layer> layers = model.then("Relu", "y").layers();
    assertThat(layers).extracting(Layer::type).containsExactly("scale_shift1d", "relu");
    assertThat(layers.getFirst().weights().get("beta").cells()).containsExactly(100_000);
  }

  private static TestModel clipped(double shift, double most, double divisor) {
    return new TestModel(-1, 4)
        .constant("shift", shift)
        .constant("most", most)
        .constant("zero", 0)
        .constant("divisor", divisor)
        .then("Add", "a", "shift")
        .then("Clip", "b", "zero", "most")
        .then("Mul", "c", "x")
        .then("Div", "y", "divisor");
  }

  @Test
  void aProductWithAnotherLineIsNoHardSwish() {
    assertThat(clipped(3, 6, 6).types()).containsExactly("hard_swish");
    for (TestModel other : List.of(clipped(2, 6, 6), clipped(3, 5, 5), clipped(3, 6, 5))) {
      List<Layer> layers = other.then("Relu", "z").layers();
      assertThat(layers).extracting(Layer::type).containsExactly("product", "scale_shift", "relu");
      assertThat(layers.getFirst().branches().get("main"))
          .extracting(Layer::type)
          .containsExactly("scale_shift", "clip");
    }
  }

  /** Steps of no function are sums and products, in whatever order they are taken. */
  @Test
  void aSquareAndASumOfItselfStayProductAndSum() {
    TestModel square = new TestModel(-1, 4).then("Mul", "s", "x").then("Add", "d", "s");
    assertThat(square.types()).containsExactly("product", "residual");
    TestModel output = new TestModel(-1, 4).then("Tanh", "t");
    assertThat(output.then("Mul", "y", "t").types()).containsExactly("tanh", "product");
  }

  @Test
  void aPowerOfTwoIsAProduct() {
    TestModel model = new TestModel(-1, 4).constant("two", 2).constant("five", 5);
    assertThat(model.then("Pow", "a", "two").then("Relu", "b").types())
        .containsExactly("product", "relu");
    model.then("Pow", "y", "five").then("Relu", "z");
    model.isRefused("node \"y\" (Pow) raises to another power than 2");
  }

  @Test
  void anEpsilonAndScalesMakeAnRmsNorm() {
    TestModel model =
        new TestModel(-1, 4)
            .constant("two", 2)
            .constant("eps", 0.25)
            .constant("scale", 2, 4)
            .numbers("axis", -1)
            .then("Pow", "a", "two")
            .then("ReduceMean", "b", "axis")
            .then("Add", "c", "eps")
            .then("Sqrt", "d")
            .then("Reciprocal", "e");
    Layer norm = model.then("Mul", "f", "x").then("Mul", "y", "scale").layers().getFirst();
    assertThat(norm.type()).isEqualTo("rms_norm");
    assertThat(norm.settings().get("epsilon").asDouble()).isEqualTo(0.25);
    assertThat(norm.weights().get("gamma").cells()).containsOnly(2);
    // Scales once; what comes after them is another layer.
    assertThat(model.then("Mul", "z", "scale").types())
        .containsExactly("rms_norm", "scale_shift1d");
  }

  /** Divided by the root of what is not the mean of its own squares. */
  @Test
  void theRootOfAnotherValueIsNoNorm() {
    List<Layer> layers =
        new TestModel(-1, 4)
            .constant("two", 2)
            .constant("eps", 0.25)
            .numbers("axis", -1)
            .beside("Relu", "r", Map.of(), "x")
            .then("Pow", "a", "two")
            .then("ReduceMean", "b", "axis")
            .then("Add", "c", "eps")
            .then("Sqrt", "d")
            .node("Div", "y", Map.of(), List.of("r", "d"))
            .layers();
    assertThat(layers).extracting(Layer::type).containsExactly("product");
    assertThat(layers.getFirst().branches().get("main"))
        .extracting(Layer::type)
        .containsExactly("product", "reduce", "scale_shift", "sqrt", "reciprocal", "repeat");
  }
}
