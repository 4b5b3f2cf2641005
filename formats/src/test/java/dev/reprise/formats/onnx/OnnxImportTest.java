package dev.reprise.formats.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.formats.onnx.OnnxModel.Node;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What is read as which layers, and what is refused. Models are built here, node by node; what
 * layers compute is compared with onnxruntime in OnnxTest.
 */
class OnnxImportTest {
  private static final String FILE = "m.onnx";

  /** A model that is being built; each node takes the one before. */
  private static final class Model {
    private final List<Long> input;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, OnnxTensor> constants = new HashMap<>();
    private String last = "x";
    private int opset = 18;

    Model(long... input) {
      this.input = LongStream.of(input).boxed().toList();
    }

    Model opset(int version) {
      opset = version;
      return this;
    }

    /** Of whole numbers. */
    Model numbers(String name, long... cells) {
      double[] numbers = LongStream.of(cells).asDoubleStream().toArray();
      constants.put(name, OnnxTensor.of(List.of((long) cells.length), numbers));
      return this;
    }

    Model constant(String name, double cell, long... extents) {
      long count = LongStream.of(extents).reduce(1, (a, b) -> a * b);
      double[] cells = Stream.generate(() -> cell).limit(count).mapToDouble(c -> c).toArray();
      constants.put(name, OnnxTensor.of(LongStream.of(extents).boxed().toList(), cells));
      return this;
    }

    /** Takes the last output, and more. */
    Model then(String operator, String output, String... more) {
      return then(operator, output, Map.of(), more);
    }

    Model then(String operator, String output, Map<String, Object> attributes, String... more) {
      List<String> inputs = new ArrayList<>(List.of(last));
      inputs.addAll(List.of(more));
      return node(operator, output, attributes, inputs);
    }

    Model node(
        String operator, String output, Map<String, Object> attributes, List<String> inputs) {
      nodes.add(new Node(operator, output, inputs, List.of(output), attributes));
      last = output;
      return this;
    }

    /** A node whose output the next one does not take. */
    Model beside(String operator, String output, Map<String, Object> attributes, String... inputs) {
      String before = last;
      node(operator, output, attributes, List.of(inputs));
      last = before;
      return this;
    }

    List<Layer> layers() {
      OnnxModel model = new OnnxModel(opset, nodes, new HashMap<>(constants), "x", input, last);
      return OnnxImport.of(model, FILE);
    }

    List<String> types() {
      return layers().stream().map(Layer::type).toList();
    }

    void isRefusedAsSplit(String sizes, String message) {
      isRefusedAsSplit(1, sizes, message);
    }

    void isRefusedAsSplit(long axis, String sizes, String message) {
      List<String> outputs = List.of("y", "z");
      nodes.add(new Node("Split", "y", List.of(last, sizes), outputs, Map.of("axis", axis)));
      last = "y";
      isRefused(message);
    }

    void isRefused(String message) {
      assertThatThrownBy(this::layers).hasMessageContaining(message);
    }
  }

  private static Model reshaped(Model model, long... shape) {
    return model.numbers("shape", shape).then("Reshape", "y", "shape");
  }

  private static final String NOT_OF_EXAMPLES =
      "node \"y\" (Reshape) does not make rows, sequences or images of each example";

  /** With an open number of examples nothing but their own extent may become it. */
  @Test
  void cellsOfOneExampleDoNotBecomeExamples() {
    reshaped(new Model(-1, 6), -1, 3).isRefused(NOT_OF_EXAMPLES);
    reshaped(new Model(-1, 6), -1, 7).isRefused(NOT_OF_EXAMPLES);
    reshaped(new Model(-1, 5, 4), -1, 4).isRefused(NOT_OF_EXAMPLES);
    reshaped(new Model(-1, -1, 4), -1, 4).isRefused(NOT_OF_EXAMPLES);
    reshaped(new Model(-1, 2, 3, 4), -1, 12).isRefused(NOT_OF_EXAMPLES);
    reshaped(new Model(-1, 6), -1, -1).isRefused(NOT_OF_EXAMPLES);
    reshaped(new Model(-1, 6), 0, -5).isRefused(NOT_OF_EXAMPLES);
    reshaped(new Model(7, 6), 14, 3).isRefused(NOT_OF_EXAMPLES);
    stepsFirst(5)
        .numbers("shape", 5, -1, 1)
        .then("Reshape", "y", "shape")
        .isRefused(NOT_OF_EXAMPLES);
    new Model(-1, 6)
        .numbers("shape", 0, 6)
        .then("Reshape", "y", Map.of("allowzero", 1L), "shape")
        .isRefused(NOT_OF_EXAMPLES);
  }

  private static Model stepsFirst(long steps) {
    return new Model(-1, steps, 2).then("Transpose", "t", Map.of("perm", List.of(1L, 0L, 2L)));
  }

  @Test
  void cellsOfAnExampleMayHaveAnotherShape() {
    assertThat(reshaped(new Model(-1, 2, 3), -1, 6).types()).containsExactly("flatten");
    assertThat(reshaped(new Model(7, 2, 3), 7, 6).types()).containsExactly("flatten");
    assertThat(reshaped(new Model(-1, 2, 3), 0, -1).types()).containsExactly("flatten");
    assertThat(reshaped(new Model(-1, -1, 3), 0, -1).types()).containsExactly("flatten");
    assertThat(reshaped(new Model(-1, -1, 4), 0, -1, 2).types()).isEmpty();
    assertThat(reshaped(new Model(-1, 6), -1, 2, 3).types()).isEmpty();
  }

  /** The number of steps is known only later; it is not the extent that a Reshape is to find. */
  @Test
  void anOpenExtentThatIsComputedIsNotTheOneToFind() {
    Model model =
        new Model(-1, -1, 4)
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
  void aStepWhoseNumberIsComputedIsNotTheLast() {
    new Model(-1, -1, 4)
        .numbers("one", 1)
        .numbers("end", Integer.MAX_VALUE)
        .beside("Shape", "s", Map.of(), "x")
        .beside("Gather", "t", Map.of(), "s", "one")
        .then("Slice", "y", "t", "end", "one")
        .isRefused("node \"y\" (Slice) takes a part of a value");
  }

  @Test
  void aPartOfAShapeIsTakenAsStated() {
    Map<String, Object> second = Map.of("start", 1L, "end", -2L);
    Model model =
        new Model(-1, 6, 2, 2)
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
    Model model = new Model(-1, 6).constant("two", 2, new long[0]).numbers("zero", 0);
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
    new Model(-1, 6)
        .constant("shape", 0.5, 2)
        .then("Reshape", "y", "shape")
        .isRefused("node \"y\" (Reshape) needs a shape that is constant");
  }

  private static Model recurrent(long... shape) {
    return new Model(1, -1, 2)
        .constant("w", 1, 1, 3, 2)
        .constant("r", 1, 1, 3, 3)
        .then("RNN", "h", "w", "r");
  }

  /** All steps of a sequence of one step have one shape whichever is taken: a number is no step. */
  @Test
  void theLastNumberOfAStepIsNotTheLastStep() {
    Model model = recurrent().constant("last", -1, 1);
    List<Layer> number =
        model
            .numbers("axis", 1)
            .then("Squeeze", "s", "axis")
            .then("Gather", "g", Map.of("axis", 2L), "last")
            .then("Transpose", "y", Map.of("perm", List.of(1L, 0L, 2L)))
            .layers();
    assertThat(number).extracting(Layer::type).containsExactly("rnn", "last_step");
    assertThat(number.getFirst().settings().get("return_sequences").asBoolean()).isTrue();
    assertThat(number.getLast().settings().get("D").asLong()).isEqualTo(1);
  }

  /** As any other number of each step: by its position, from the end, or as a part. */
  @Test
  void theLastNumberOfEachStepIsAColumn() {
    Model steps = new Model(-1, 5, 4).constant("last", -1).numbers("three", 3);
    Model byNumber = steps.then("Gather", "y", Map.of("axis", 2L), "last");
    List<Layer> layers = byNumber.layers();
    assertThat(layers).extracting(Layer::type).containsExactly(Layer.EACH_STEP);
    Layer columns = layers.getFirst().branches().get(Layer.MAIN).getFirst();
    assertThat(columns.type()).isEqualTo(Layer.COLUMNS);
    assertThat(columns.settings().get("from").asLong()).isEqualTo(4);
    assertThat(columns.settings().get("to").asLong()).isEqualTo(4);
    for (long count : new long[] {5, -1}) {
      Model part = new Model(-1, count, 4).numbers("from", 3).numbers("to", 4).numbers("axis", 2);
      assertThat(part.then("Slice", "y", "from", "to", "axis").types())
          .containsExactly(Layer.EACH_STEP);
    }
  }

  /** One step, or numbers of all of them, is still the last step of a sequence. */
  @Test
  void theLastStepIsStillOne() {
    Model model = new Model(-1, 5, 4).constant("last", -1);
    assertThat(model.then("Gather", "y", Map.of("axis", 1L), "last").types())
        .containsExactly("last_step");
  }

  @Test
  void aPartHasOneOfEachBound() {
    for (String empty : List.of("from", "to", "axis", "step")) {
      Model model = new Model(-1, 6);
      for (String name : List.of("from", "to", "axis", "step")) {
        model.numbers(name, name.equals(empty) ? new long[0] : new long[] {1});
      }
      model
          .then("Slice", "y", "from", "to", "axis", "step")
          .isRefused("node \"y\" (Slice) takes a part of a value along several axes");
      model.last = "x";
      model.nodes.clear();
      model.beside("Shape", "s", Map.of(), "x");
      if (!empty.equals("axis")) {
        model
            .node("Slice", "y", Map.of(), List.of("s", "from", "to", "axis", "step"))
            .isRefused("node \"y\" (Slice)");
      }
    }
  }

  /** Seven made a float, halved and doubled is seven: no whole numbers on the way. */
  @Test
  void quotientsOfFloatsAreNotRounded() {
    Model model = halved(7, 1);
    model.then("Reshape", "y", "shape").isRefused("(Div)");
    Layer exact =
        halved(6, 1).then("Reshape", "y", "shape").then("Softmax", "z").layers().getLast();
    assertThat(exact.type()).isEqualTo("softmax");
    halved(7, 7).then("Reshape", "y", "shape").isRefused(NOT_OF_EXAMPLES);
    halved(6, 10).then("Reshape", "y", "shape").isRefused("(Cast)");
  }

  /** The second extent, in another type, by two, times two, as the width of rows. */
  private static Model halved(long width, long type) {
    return new Model(-1, width)
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

  @Test
  void aConstantBecomesAFloatOfTwoBytes() {
    Model model = new Model(-1, 2).constant("w", 1.00390625, 2, 1).beside("Cast", "v", BFLOAT, "w");
    Layer affine = model.then("MatMul", "y", "v").layers().getFirst();
    assertThat(affine.weights().get("W").cells()).containsExactly(1, 1);
    assertThat(TensorCells.rounded(16).orElseThrow().applyAsDouble(1.01171875)).isEqualTo(1.015625);
    assertThat(TensorCells.rounded(16).orElseThrow().applyAsDouble(Double.NaN)).isNaN();
    new Model(-1, 2)
        .constant("w", 0.5, 2, 1)
        .beside("Cast", "v", Map.of("to", 17L), "w")
        .then("MatMul", "y", "v")
        .isRefused("node \"v\" (Cast) makes a constant one of type 17, but constants can become");
  }

  private static final Map<String, Object> BFLOAT = Map.of("to", 16L);

  /** More cells than a constant that is given another shape may have. */
  @Test
  void zerosOfAKnownExtentAreAStateInAnyShape() {
    OnnxTensor zero = OnnxTensor.of(List.of(1L), new double[] {0});
    new Model(1, -1, 128)
        .numbers("two", 2)
        .numbers("shape", 1, 1, 128)
        .constant("w", 1, 1, 128, 128)
        .constant("r", 1, 1, 128, 128)
        .beside("Shape", "s", Map.of(), "x")
        .beside("Gather", "d", Map.of(), "s", "two")
        .beside("ConstantOfShape", "z", Map.of("value", zero), "d")
        .beside("Reshape", "v", Map.of(), "z", "shape")
        .beside("Expand", "h0", Map.of(), "v", "shape")
        .then("RNN", "y", "w", "r", "", "", "h0")
        .layers();
  }

  @Test
  void whatIsAddedToABiasIsOneRow() {
    Model steps = new Model(-1, 3, 2).constant("w", 1, 2, 3).then("MatMul", "a", "w");
    steps.constant("b", 1, 3, 1).then("Add", "y", "b").isRefused("node \"y\" (Add) adds something");
    Model row = new Model(-1, 2).constant("w", 1, 2, 3).then("MatMul", "a", "w");
    assertThat(row.constant("b", 1, 1, 3).then("Add", "y", "b").types()).containsExactly("affine");
    Model image =
        reshaped(new Model(-1, 2).constant("w", 1, 2, 12).then("MatMul", "a", "w"), -1, 2, 3, 2);
    assertThat(image.constant("b", 1, 2, 3, 2).then("Add", "z", "b").types())
        .containsExactly("affine");
    new Model(3, 2)
        .constant("w", 1, 2, 3)
        .constant("b", 1, 3, 1)
        .then("Gemm", "y", "w", "b")
        .isRefused("node \"y\" (Gemm) has biases of [3, 1] for 3 outputs");
  }

  @Test
  void rowsAreMultipliedWithOneMatrix() {
    String message = "which is not one matrix for all rows";
    new Model(-1, 4, 2).constant("w", 1, 4, 2, 3).then("MatMul", "y", "w").isRefused(message);
    new Model(-1, 2).constant("w", 1, 2).then("MatMul", "y", "w").isRefused(message);
    new Model(-1, 2).constant("w", 1, 1, 2, 3).then("MatMul", "y", "w").isRefused(message);
    Model same = new Model(-1, 4, 2).constant("w", 1, 1, 2, 3).then("MatMul", "y", "w");
    assertThat(same.types()).containsExactly("each_step");
  }

  @Test
  void imagesAreMadeLargerAsStated() {
    Map<String, Object> nearest =
        Map.of("coordinate_transformation_mode", "asymmetric", "nearest_mode", "floor");
    assertThat(resized(nearest).types()).containsExactly("upsample2d");
    for (Map.Entry<String, Object> other :
        Map.<String, Object>of(
                "keep_aspect_ratio_policy", "not_larger", "axes", List.of(2L, 3L, 0L, 1L))
            .entrySet()) {
      Map<String, Object> attributes = new HashMap<>(nearest);
      attributes.put(other.getKey(), other.getValue());
      resized(attributes).isRefused("node \"y\" (Resize) keeps the ratio of the sides");
    }
  }

  private static Model resized(Map<String, Object> attributes) {
    return new Model(-1, 2, 3, 3)
        .numbers("sizes", 1, 1, 2, 2)
        .then("Resize", "y", attributes, "", "sizes");
  }

  /** x times its logistic function in another shape is repeated over x. */
  @Test
  void aFunctionOfXInAnotherShapeIsNoPartOfSilu() {
    for (String function : List.of("Sigmoid", "HardSigmoid")) {
      new Model(-1, 1, 4)
          .numbers("shape", 0, 4, 1)
          .then(function, "s", Map.of("alpha", 1 / 6.0))
          .then("Reshape", "r", "shape")
          .then("Mul", "y", "x")
          .isRefused("node \"y\" (Mul) multiplies values of different sizes");
    }
  }

  @Test
  void scalesOfOtherChannelsAreNotThoseOfTheGroups() {
    Model model =
        new Model(-1, 4, 9)
            .constant("one", 1, 4)
            .constant("none", 0, 4)
            .then("InstanceNormalization", "n", "one", "none");
    reshaped(model, 0, 6, 2, 3).constant("scales", 2, 6, 1, 1).then("Mul", "z", "scales");
    assertThat(model.types()).containsExactly("group_norm", "scale_shift2d");
  }

  @Test
  void wholeNumbersAreLookedUpAlone() {
    Map<String, Object> toWhole = Map.of("to", 7L);
    String rounds = "node \"c\" (Cast) rounds, and no embedding looks rows up by it";
    new Model(-1, 3).then("Cast", "c", toWhole).then("Relu", "y").isRefused(rounds);
    new Model(-1, 3).then("Cast", "c", toWhole).isRefused(rounds);
    Model text = new Model(-1, 3).constant("e", 1, 5, 2).then("Cast", "c", toWhole);
    text.node("Gather", "g", Map.of(), List.of("e", "c"));
    assertThat(text.types()).containsExactly("embedding");
    text.numbers("axis", 2)
        .beside("Cast", "f", Map.of("to", 1L), "x")
        .beside("Unsqueeze", "u", Map.of(), "f", "axis")
        .beside("Relu", "v", Map.of(), "u");
    text.isRefused("node \"v\" (Relu) and another node take the input as numbers of rows");
  }

  @Test
  void allNumbersOfARowAreStepsOfAnEmbedding() {
    Model text = new Model(-1, 3, 4).constant("e", 1, 5, 2);
    Layer embedding = text.node("Gather", "g", Map.of(), List.of("e", "x")).layers().getFirst();
    assertThat(embedding.settings().get("T").asLong()).isEqualTo(12);
  }

  /** As images of one colour are normalized. */
  @Test
  void aQuotientByTheNumberOfOneColumnOrChannelIsAScale() {
    Model row = new Model(-1, 1).constant("m", 3, 1).constant("s", 4, 1).then("Sub", "a", "m");
    assertThat(row.then("Div", "b", "s").then("Relu", "c").types())
        .containsExactly("scale_shift1d", "scale_shift1d", "relu");
    Model image = new Model(-1, 1, 2, 2).constant("m", 3, 1, 1, 1).constant("s", 4, 1, 1, 1);
    List<Layer> layers = image.then("Sub", "a", "m").then("Div", "b", "s").layers();
    assertThat(layers).extracting(Layer::type).containsExactly("scale_shift2d", "scale_shift2d");
    assertThat(layers.getLast().weights().get("gamma").cells()).containsExactly(0.25);
    Model wide = new Model(-1, 2).constant("s", 4, 1).then("Div", "b", "s").then("Relu", "c");
    wide.isRefused("node \"b\" (Div) divides by something that is not a number for each channel");
  }

  @Test
  void aProductWithTheNumberOfOneColumnOrChannelIsAScale() {
    Model row = new Model(-1, 1).constant("c", 3, 1).then("Mul", "a", "c");
    assertThat(row.types()).containsExactly("scale_shift1d");
    Model image = new Model(-1, 1, 2, 2).constant("c", 3, 1, 1, 1).then("Mul", "a", "c");
    assertThat(image.then("Relu", "b").types()).containsExactly("scale_shift2d", "relu");
    Model wide = new Model(-1, 2).constant("c", 3, 1).then("Mul", "a", "c");
    wide.then("Relu", "b").isRefused("node \"a\" (Mul) multiplies with something that is not");
  }

  @Test
  void allExamplesMayBeTaken() {
    Model model = new Model(-1, 3).numbers("zero", 0).numbers("end", Long.MAX_VALUE);
    assertThat(model.then("Slice", "a", "zero", "end", "zero").then("Relu", "b").types())
        .containsExactly("relu");
    new Model(-1, 3)
        .numbers("zero", 0)
        .numbers("end", 1)
        .then("Slice", "y", "zero", "end", "zero")
        .isRefused("node \"y\" (Slice) takes some of the examples");
  }

  @Test
  void aNormalizationHasANumberForEachColumn() {
    Model model = new Model(-1, 3).constant("g", 1, 3).constant("b", 0, 2);
    model
        .then("LayerNormalization", "y", "g", "b")
        .isRefused("node \"y\" (LayerNormalization) has other scales or shifts");
    Model batch = new Model(-1, 3).constant("g", 1, 3);
    batch
        .then("BatchNormalization", "y", Map.of("training_mode", 1L), "g", "g", "g", "g")
        .isRefused("node \"y\" (BatchNormalization) takes the moments of the batch");
  }

  @Test
  void anAttributeOfAnotherKindIsNotLeftOut() {
    for (Object wrong : List.of(1L, List.of("1"), List.of(Double.NaN))) {
      new Model(-1, 1, 4)
          .then("Squeeze", "y", Map.of("axes", wrong))
          .isRefused("node \"y\" (Squeeze) has axes that is no list of whole numbers");
    }
    Model model = new Model(-1, 1, 4).then("Squeeze", "y", Map.of("axes", List.of(1L)));
    assertThat(model.types()).isEmpty();
  }

  @Test
  void meansAndDeviationsOfChannelsAreScalesAndShifts() {
    Model model = new Model(-1, 2, 3, 3).constant("mean", 3, 1, 2, 1, 1).constant("sd", 4, 2, 1, 1);
    List<Layer> layers = model.then("Sub", "a", "mean").then("Div", "y", "sd").layers();
    assertThat(layers).extracting(Layer::type).containsExactly("scale_shift2d", "scale_shift2d");
    assertThat(layers.getFirst().weights().get("beta").cells()).containsOnly(-3);
    assertThat(layers.getLast().weights().get("gamma").cells()).containsOnly(0.25);
    Model row = new Model(-1, 2).constant("c", 3, 2);
    row.node("Sub", "y", Map.of(), List.of("c", "x"))
        .isRefused("node \"y\" (Sub) takes a constant first");
    new Model(-1, 2, 3, 3)
        .constant("c", 3, 3)
        .then("Div", "y", "c")
        .isRefused("node \"y\" (Div) divides by something that is not a number for each channel");
    new Model(-1, 2)
        .then("Relu", "r")
        .then("Sub", "y", "x")
        .isRefused("node \"y\" (Sub) needs a constant as input 2");
  }

  private static final Map<String, Object> CHANNELS = Map.of("axis", 1L);

  @Test
  void valuesSideBySideAreRowsOrTheirParts() {
    Model channels = new Model(-1, 2, 3, 3).then("Relu", "a").then("Concat", "y", CHANNELS, "x");
    Layer concat = channels.layers().getFirst();
    assertThat(concat.type()).isEqualTo("concat");
    assertThat(concat.branches().get("branch1")).extracting(Layer::type).containsExactly("relu");
    assertThat(concat.branches().get("branch2")).isEmpty();
    Model rows = new Model(-1, 2, 3, 3).then("Relu", "a");
    Layer parts = rows.then("Concat", "y", Map.of("axis", -2L), "x").layers().getFirst();
    assertThat(parts.type()).isEqualTo("concat_steps");
    assertThat(parts.settings().get("D").asLong()).isEqualTo(9);
    Model open = new Model(-1, -1, 3).then("Relu", "a");
    open.then("Concat", "y", Map.of("axis", 2L), "x");
    assertThat(open.types()).containsExactly("concat_steps");
  }

  @Test
  void whatIsNotSideBySideInAnExampleIsRefused() {
    new Model(-1, 3)
        .then("Concat", "y", Map.of("axis", 0L), "x")
        .isRefused("node \"y\" (Concat) puts examples below each other");
    new Model(-1, 3)
        .constant("c", 1, 1, 3)
        .then("Concat", "y", CHANNELS, "c")
        .isRefused("node \"y\" (Concat) puts something beside a value that layers do not make");
    new Model(-1, -1, 3)
        .then("Concat", "y", CHANNELS, "x")
        .isRefused("whose sizes must be known and equal but for that axis");
    new Model(-1, 2, 3, 3)
        .then("MaxPool", "p", Map.of("kernel_shape", List.of(2L, 2L)))
        .then("Concat", "y", CHANNELS, "x")
        .isRefused("puts values of [2, 2, 2] and [2, 3, 3] side by side along axis 1");
    new Model(-1, 2, 3)
        .numbers("shape", 0, 6)
        .then("Reshape", "r", "shape")
        .then("Concat", "y", CHANNELS, "x")
        .isRefused("puts values of [6] and [2, 3] side by side along axis 1");
  }

  /** Each of forty layers takes all values before it: said once each, not 2^40 times. */
  @Test
  void whatWasSideBySideBeforeIsNotSaidAgain() {
    Model model = new Model(-1, 2);
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
    List<Layer> layers = new Model(-1, 2).node("Concat", "y", CHANNELS, many).layers();
    assertThat(layers.getFirst().branches()).hasSize(100_000);
  }

  /** The same inputs along another axis are another value. */
  @Test
  void whatWasTogetherAlongAnotherAxisIsSaidAgain() {
    Model model = new Model(-1, 2, 2, 2).then("Relu", "r");
    model.beside("Concat", "a", Map.of("axis", 2L), "x", "r");
    List<Layer> layers = model.node("Concat", "y", CHANNELS, List.of("x", "r", "x")).layers();
    assertThat(layers).extracting(Layer::type).containsExactly("concat");
    assertThat(layers.getFirst().branches()).hasSize(3);
  }

  @Test
  void partsOfPartsAreTakenFromWhatTheyAreOf() {
    Model model = new Model(-1, 6).numbers("one", 1).numbers("three", 3).numbers("end", 1L << 40);
    model.numbers("five", 5).then("Slice", "a", "one", "five", "one");
    Layer part = model.then("Slice", "b", "one", "three", "one").layers().getFirst();
    assertThat(part.type()).isEqualTo("columns");
    assertThat(part.settings().get("from").asLong()).isEqualTo(3);
    assertThat(part.settings().get("to").asLong()).isEqualTo(4);
    model.beside("Slice", "c", Map.of(), "x", "one", "three", "one");
    model.beside("Slice", "d", Map.of(), "x", "three", "end", "one");
    Layer both = model.node("Concat", "y", CHANNELS, List.of("c", "d")).layers().getFirst();
    assertThat(both.type()).isEqualTo("columns");
    assertThat(both.settings().get("from").asLong()).isEqualTo(2);
    assertThat(both.settings().get("to").asLong()).isEqualTo(6);
    List<Layer> turned = model.node("Concat", "z", CHANNELS, List.of("d", "c")).layers();
    assertThat(turned).extracting(Layer::type).containsExactly("concat");
  }

  @Test
  void aPartOfWhatWasSideBySideIsWhatItWas() {
    Model model = new Model(-1, 2).then("Tanh", "t").beside("Relu", "r", Map.of(), "t");
    model.then("Concat", "c", CHANNELS, "r").numbers("one", 1).numbers("end", 1L << 40);
    model.numbers("two", 2).beside("Slice", "s", Map.of(), "c", "two", "end", "one");
    assertThat(model.node("Sigmoid", "y", Map.of(), List.of("s")).types())
        .containsExactly("tanh", "relu", "sigmoid");
  }

  @Test
  void partsAreOfKnownSizes() {
    Model model = new Model(-1, 6).numbers("sizes", 2, 3);
    model.isRefusedAsSplit("sizes", "cuts [6] into parts whose sizes are not known or do not fit");
    new Model(-1, 4, 4, 4)
        .numbers("sizes", 1, 3)
        .isRefusedAsSplit(2, "sizes", "that is neither columns or channels of a known size");
    new Model(-1, -1, 4)
        .numbers("one", 1)
        .numbers("three", 3)
        .then("Slice", "y", "one", "three", "one")
        .isRefused("node \"y\" (Slice) takes a part of a value of an open size");
  }

  private static Model both(String direction) {
    Map<String, Object> attributes = new HashMap<>(Map.of("direction", direction));
    return new Model(1, -1, 2)
        .constant("w", 1, 2, 3, 2)
        .constant("r", 1, 2, 3, 3)
        .then("RNN", "h", attributes, "w", "r");
  }

  @Test
  void bothDirectionsAreOneLayer() {
    Map<String, Object> examplesFirst = Map.of("perm", List.of(2L, 0L, 1L, 3L));
    Model both = both("bidirectional").then("Transpose", "y", examplesFirst);
    Layer layer = both.layers().getFirst();
    assertThat(layer.type()).isEqualTo("birnn");
    assertThat(layer.weights()).containsKeys("W", "b", "W_reverse", "b_reverse");
    both("reverse").isRefused("node \"h\" (RNN) runs from the end alone");
    both("forward").isRefused("node \"h\" (RNN) has weights of [2, 3, 2] and [2, 3, 3]");
    new Model(1, -1, 2)
        .constant("w", 1, 2, 3, 2)
        .constant("r", 1, 2, 3, 3)
        .then(
            "RNN",
            "h",
            Map.of("direction", "bidirectional", "activations", List.of("Tanh", "Relu")),
            "w",
            "r")
        .isRefused("node \"h\" (RNN) has activations [Tanh, Relu]");
  }

  @Test
  void slopesAreOfCellsColumnsOrChannels() {
    Model image = new Model(-1, 2, 3, 3).constant("s", 0.5, 2, 1, 1).then("PRelu", "y", "s");
    assertThat(image.types()).containsExactly("prelu2d");
    Model cells = new Model(-1, 2, 3, 3).constant("s", 0.5, 2, 3, 3).then("PRelu", "y", "s");
    assertThat(cells.types()).containsExactly("prelu1d");
    Model steps = new Model(-1, -1, 3).constant("s", 0.5, 3).then("PRelu", "y", "s");
    assertThat(steps.types()).containsExactly("each_step");
    new Model(-1, 2, 3, 3)
        .constant("s", 0.5, 3)
        .then("PRelu", "y", "s")
        .isRefused("node \"y\" (PRelu) has slopes of [3] for [2, 3, 3]; there are layers with");
  }

  private static Model cubed(double factor) {
    return new Model(-1, 4)
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
    Model model = new Model(-1, 1).constant("one", 1, 1);
    for (int i = 0; i < 100_000; i++) {
      model.then("Add", "a" + i, "one");
    }
    List<Layer> layers = model.then("Relu", "y").layers();
    assertThat(layers).extracting(Layer::type).containsExactly("scale_shift1d", "relu");
    assertThat(layers.getFirst().weights().get("beta").cells()).containsExactly(100_000);
  }

  private static Model clipped(double shift, double most, double divisor) {
    return new Model(-1, 4)
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
    clipped(2, 6, 6).isRefused("node \"a\" (Add) adds something that is not the bias");
    clipped(3, 5, 5).isRefused("node \"a\" (Add) adds something that is not the bias");
    clipped(3, 6, 5).then("Relu", "z").isRefused("node \"a\" (Add) adds something that is not");
  }

  /** Steps of no function are sums and products, in whatever order they are taken. */
  @Test
  void aSquareAndASumOfItselfStayProductAndSum() {
    Model square = new Model(-1, 4).then("Mul", "s", "x").then("Add", "d", "s");
    assertThat(square.types()).containsExactly("product", "residual");
    Model output = new Model(-1, 4).then("Tanh", "t");
    assertThat(output.then("Mul", "y", "t").types()).containsExactly("tanh", "product");
  }

  @Test
  void anEpsilonAndScalesMakeAnRmsNorm() {
    Model model =
        new Model(-1, 4)
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
    new Model(-1, 4)
        .constant("two", 2)
        .constant("eps", 0.25)
        .numbers("axis", -1)
        .beside("Relu", "r", Map.of(), "x")
        .then("Pow", "a", "two")
        .then("ReduceMean", "b", "axis")
        .then("Add", "c", "eps")
        .then("Sqrt", "d")
        .node("Div", "y", Map.of(), List.of("r", "d"))
        .isRefused("node \"y\" (Div) takes a mean, deviation or the like of rows");
  }

  @Test
  void anUnrolledRecurrentLayerSaysHowToExportIt() {
    new Model(-1, 4)
        .numbers("shape", 1, 3)
        .constant("w", 1, 3, 3)
        .beside("ConstantOfShape", "h", Map.of(), "shape")
        .beside("Expand", "i", Map.of(), "h", "shape")
        .beside("Shape", "n", Map.of(), "x")
        .beside("ConstantOfShape", "z", Map.of(), "n")
        .node("MatMul", "y", Map.of(), List.of("z", "w"))
        .isRefused("node \"y\" (MatMul) takes a state of zeros, as of a recurrent layer");
  }
}
