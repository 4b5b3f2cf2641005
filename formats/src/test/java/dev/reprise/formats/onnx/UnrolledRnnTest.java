package dev.reprise.formats.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Recurrent layers whose steps are nodes of their own: two steps of two numbers. */
class UnrolledRnnTest {
  private static final Map<String, Object> STEPS_FIRST = Map.of("perm", List.of(1L, 0L, 2L));

  @Test
  void allStatesAreThoseOfOneLayer() {
    Layer layer = unrolled("r", "d").layers().getFirst();
    assertThat(layer.type()).isEqualTo("rnn");
    assertThat(layer.settings().get("return_sequences").asBoolean()).isTrue();
    assertThat(layer.settings().get("T").asLong()).isEqualTo(2);
    assertThat(layer.weights().get("W").cells()).containsExactly(3, 3, 3, 3, 3, 3, 5, 5, 5, 5);
    assertThat(layer.weights().get("b").cells()).containsExactly(11, 11);
  }

  /** With a known number of examples the first step has but biases for each of them. */
  @Test
  void theFirstStepMayBeAConstant() {
    TestModel model = steps(7).constant("first", 7, 1, 7, 2);
    model.node("Add", "e0", Map.of(), List.of("first", "x0")).then("Tanh", "h1");
    Layer layer = all(secondStep(model, "r", "d")).layers().getFirst();
    assertThat(layer.weights().get("W").cells()).containsExactly(3, 3, 3, 3, 3, 3, 5, 5, 5, 5);
    assertThat(layer.weights().get("b").cells()).containsExactly(11, 11);
    TestModel others = steps(7).constant("first", 6, 1, 7, 2);
    others.node("Add", "e0", Map.of(), List.of("first", "x0")).then("Tanh", "h1");
    all(secondStep(others, "r", "d")).isRefused("node \"e1\" (Add) takes a state");
    TestModel open = steps(-1).constant("first", 7, 1, 7, 2);
    open.node("Add", "e0", Map.of(), List.of("first", "x0")).then("Tanh", "h1");
    open.isRefused("node \"e0\" (Add) adds something that is not one number");
  }

  @Test
  void theLastStateIsThatOfTheLayer() {
    TestModel model = secondStep(firstStep(steps(-1)), "r", "d");
    Layer layer = model.then("Squeeze", "y", "zero").layers().getFirst();
    assertThat(layer.type()).isEqualTo("rnn");
    assertThat(layer.settings().get("return_sequences").asBoolean()).isFalse();
  }

  @Test
  void otherStatesWeightsBiasesAndOrdersAreRefused() {
    String message =
        "takes a state or step of a recurrent layer whose steps are written one by one";
    unrolled("other", "d").isRefused("node \"c1\" (MatMul) " + message);
    unrolled("r", "other_d").isRefused("node \"e1\" (Add) " + message);
    firstStep(steps(-1)).then("Relu", "y").isRefused("node \"y\" (Relu) " + message);
    TestModel turned = secondStep(firstStep(steps(-1)), "r", "d");
    turned
        .node("Concat", "y", Map.of("axis", 0L), List.of("h2", "h1"))
        .isRefused("node \"y\" (Concat) " + message);
    TestModel wide = secondStep(firstStep(steps(-1)), "r", "d");
    wide.node("Concat", "y", Map.of("axis", 2L), List.of("h1", "h2"))
        .isRefused("node \"y\" (Concat) " + message);
    firstStep(steps(-1)).isRefused("(output) " + message);
  }

  @Test
  void stepsFromTheLastOneOnAreRefusedByThemselves() {
    TestModel turned = turned(steps(-1));
    turned.then("Relu", "y").isRefused("node \"y\" (Relu) takes a state or step of a recurrent");
    TestModel alone = turned(steps(-1));
    backward(alone).node("Concat", "y", Map.of("axis", 0L), List.of("k2", "k1"));
    alone.isRefused("(output) takes a state or step of a recurrent layer");
    TestModel last = turned(steps(-1));
    assertThat(backward(last).then("Relu", "y").types()).containsExactly("select", "rnn", "relu");
    new TestModel(-1, -1, 3)
        .numbers("one", 1)
        .numbers("minus", -1)
        .numbers("least", Long.MIN_VALUE + 1)
        .then("Slice", "y", "minus", "least", "one", "minus")
        .isRefused("node \"y\" (Slice) turns a value round");
  }

  @Test
  void statesOfBothDirectionsAreThoseOfOneLayer() {
    Layer layer = both("k2", "k1", 2).layers().getFirst();
    assertThat(layer.type()).isEqualTo("birnn");
    assertThat(layer.weights().keySet()).containsExactly("W", "b", "W_reverse", "b_reverse");
    double[] reverse = layer.weights().get("W_reverse").cells();
    assertThat(reverse).containsExactly(3, 3, 3, 3, 3, 3, 5, 5, 5, 5);
    String message = "node \"c2\" (Concat) takes a state or step of a recurrent layer";
    both("k2", "k1", 0).isRefused(message);
    both("k1", "k2", 2).isRefused("node \"back\" (Concat) takes a state or step");
  }

  private static TestModel both(String first, String second, long axis) {
    TestModel model = secondStep(firstStep(steps(-1)), "r", "d");
    model.node("Concat", "c", Map.of("axis", 0L), List.of("h1", "h2"));
    backward(turned(model)).node("Concat", "back", Map.of("axis", 0L), List.of(first, second));
    return model
        .node("Concat", "c2", Map.of("axis", axis), List.of("c", "back"))
        .then("Transpose", "y", STEPS_FIRST);
  }

  /** The affine layer of all steps from the last one on. */
  private static TestModel turned(TestModel model) {
    return model
        .numbers("minus", -1)
        .numbers("least", Long.MIN_VALUE + 1)
        .node("Slice", "f", Map.of(), List.of("q", "minus", "least", "zero", "minus"));
  }

  private static TestModel backward(TestModel model) {
    model
        .beside("Slice", "f0", Map.of(), "f", "zero", "one", "zero")
        .beside("Squeeze", "s0", Map.of(), "f0", "zero")
        .beside("Slice", "f1", Map.of(), "f", "one", "two", "zero")
        .beside("Squeeze", "s1", Map.of(), "f1", "zero");
    return zeros(model, "back")
        .then("MatMul", "m0", "r")
        .then("Add", "n0", "d")
        .then("Add", "o0", "s0")
        .then("Tanh", "k1")
        .then("MatMul", "m1", "r")
        .then("Add", "n1", "d")
        .then("Add", "o1", "s1")
        .then("Tanh", "k2");
  }

  private static TestModel unrolled(String weights, String biases) {
    return all(secondStep(firstStep(steps(-1)), weights, biases));
  }

  /** The last one of three, where the second should come. */
  @Test
  void aStepThatIsLeftOutIsRefused() {
    TestModel model = firstStep(steps(-1, 3)).numbers("three", 3);
    model.beside("Slice", "last", Map.of(), "q", "two", "three", "zero");
    model.beside("Squeeze", "x2", Map.of(), "last", "zero");
    model.then("MatMul", "c1", "r").then("Add", "d1", "d").then("Add", "e1", "x2");
    all(model.then("Tanh", "h2")).isRefused("node \"e1\" (Add) takes a state");
    all(secondStep(firstStep(steps(-1, 3)), "r", "d"))
        .isRefused("node \"c\" (Concat) takes a state");
  }

  /** Which are as many numbers as twice as many steps. */
  @Test
  void anAffineLayerOfAnotherWidthThanTheStateIsRefused() {
    TestModel model =
        new TestModel(-1, 1, 3)
            .numbers("zero", 0)
            .numbers("one", 1)
            .numbers("two", 2)
            .numbers("steps", 0, 2, 2)
            .constant("none", 0)
            .constant("w", 3, 3, 4)
            .constant("b", 4, 4)
            .constant("r", 5, 2, 2)
            .constant("d", 7, 2)
            .then("MatMul", "p", "w")
            .then("Add", "p1", "b")
            .then("Reshape", "p2", "steps")
            .then("Transpose", "q", STEPS_FIRST);
    all(secondStep(firstStep(taken(model)), "r", "d"))
        .isRefused("node \"c\" (Concat) takes a state or step of a recurrent layer");
  }

  @Test
  void aNodeWithoutInputsIsRefused() {
    for (String operator : List.of("Tanh", "Add", "MatMul", "Concat", "Squeeze", "Shape")) {
      new TestModel(-1, 2)
          .node(operator, "y", Map.of(), List.of())
          .isRefused("node \"y\" (" + operator + ") has no input");
    }
  }

  private static TestModel steps(long examples) {
    return steps(examples, 2);
  }

  /** An affine layer of all steps, and two of them. */
  private static TestModel steps(long examples, long count) {
    TestModel model =
        new TestModel(examples, count, 3)
            .numbers("zero", 0)
            .numbers("one", 1)
            .numbers("two", 2)
            .constant("none", 0)
            .constant("w", 3, 3, 2)
            .constant("b", 4, 2)
            .constant("r", 5, 2, 2)
            .constant("other", 5, 2, 2)
            .constant("d", 7, 2)
            .constant("other_d", 8, 2)
            .then("Transpose", "t", STEPS_FIRST)
            .then("MatMul", "p", "w")
            .then("Add", "q", "b");
    return taken(model);
  }

  private static TestModel taken(TestModel model) {
    return model
        .beside("Slice", "a0", Map.of(), "q", "zero", "one", "zero")
        .beside("Squeeze", "x0", Map.of(), "a0", "zero")
        .beside("Slice", "a1", Map.of(), "q", "one", "two", "zero")
        .beside("Squeeze", "x1", Map.of(), "a1", "zero");
  }

  private static TestModel zeros(TestModel model, String way) {
    String shape = "shape " + way;
    return model
        .beside("Shape", "n " + way, Map.of("end", 1L), "x")
        .beside("Concat", shape, Map.of("axis", 0L), "one", "n " + way, "two")
        .node("Expand", "z " + way, Map.of(), List.of("none", shape));
  }

  private static TestModel firstStep(TestModel model) {
    return zeros(model, "ahead")
        .then("MatMul", "c0", "r")
        .then("Add", "d0", "d")
        .then("Add", "e0", "x0")
        .then("Tanh", "h1");
  }

  private static TestModel secondStep(TestModel model, String weights, String biases) {
    return model
        .then("MatMul", "c1", weights)
        .then("Add", "d1", biases)
        .then("Add", "e1", "x1")
        .then("Tanh", "h2");
  }

  private static TestModel all(TestModel model) {
    return model
        .node("Concat", "c", Map.of("axis", 0L), List.of("h1", "h2"))
        .then("Transpose", "y", STEPS_FIRST);
  }
}
