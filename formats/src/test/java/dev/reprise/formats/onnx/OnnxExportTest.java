package dev.reprise.formats.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.formats.onnx.OnnxModel.Node;
import dev.reprise.runtime.IntegerScalar;
import dev.reprise.runtime.Scalar;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What other programs ask of a model that we write. */
class OnnxExportTest {
  private static final Path FILE = Path.of("m.onnx");

  private static Layer cells(String type) {
    return new Layer(type, Map.of(), Map.of());
  }

  private static Layer residual(List<Layer> main, List<Layer> shortcut) {
    return join(Layer.RESIDUAL, main, shortcut);
  }

  private static Layer join(String type, List<Layer> main, List<Layer> shortcut) {
    Map<String, List<Layer>> branches = new LinkedHashMap<>();
    branches.put(Layer.MAIN, main);
    branches.put(Layer.SHORTCUT, shortcut);
    return new Layer(type, Map.of(), Map.of(), branches);
  }

  private static Layer global() {
    Map<String, Scalar> sizes =
        Map.of("C", new IntegerScalar(2), "Hin", new IntegerScalar(3), "Win", new IntegerScalar(3));
    return new Layer("global_avg_pool2d", Map.of(), sizes);
  }

  private static List<Node> nodes(List<Layer> layers) {
    byte[] bytes = OnnxExport.of(layers, FILE.toString());
    return OnnxModel.read(ByteBuffer.wrap(bytes), FILE).nodes();
  }

  @Test
  void noTwoNodesHaveOneName() {
    Layer inner = residual(List.of(cells("relu")), List.of(cells("tanh")));
    List<Node> nodes =
        nodes(
            List.of(
                global(),
                residual(List.of(inner), List.of(inner)),
                residual(List.of(cells("relu")), List.of(residual(List.of(), List.of())))));
    assertThat(nodes).extracting(Node::name).doesNotHaveDuplicates();
    assertThat(nodes.stream().filter(node -> node.operator().equals("Add"))).hasSize(5);
  }

  @Test
  void anImageIsMadeARowWhereItIsAddedToOne() {
    for (boolean isMain : new boolean[] {true, false}) {
      List<Layer> rows = List.of(cells("flatten"), cells("relu"));
      Layer sum = isMain ? residual(rows, List.of()) : residual(List.of(), rows);
      List<Node> nodes = nodes(List.of(global(), sum));
      assertThat(nodes.stream().filter(node -> node.operator().equals("Flatten"))).hasSize(2);
      assertThat(nodes).extracting(Node::name).doesNotHaveDuplicates();
      assertThat(OnnxImport.of(model(List.of(global(), sum)), FILE.toString()))
          .extracting(Layer::type)
          .contains(Layer.RESIDUAL);
    }
  }

  /** Sums and products before any layer tells how large the input is. */
  @Test
  void aJoinMayComeBeforeSizesAreKnown() {
    for (String type : List.of(Layer.RESIDUAL, Layer.PRODUCT)) {
      Layer open = join(type, List.of(cells("tanh")), List.of());
      Layer told = join(type, List.of(cells("tanh")), List.of(cells("relu"), identity()));
      for (Layer first : List.of(open, told)) {
        assertThat(OnnxImport.of(model(List.of(first, identity())), FILE.toString()))
            .extracting(Layer::type)
            .containsExactly(type, "affine");
      }
    }
  }

  private static Layer concat(Map<String, Scalar> settings, List<List<Layer>> branches) {
    Map<String, List<Layer>> named = new LinkedHashMap<>();
    branches.forEach(branch -> named.put("branch" + (named.size() + 1), branch));
    return new Layer(
        settings.isEmpty() ? Layer.CONCAT : Layer.CONCAT_STEPS, Map.of(), settings, named);
  }

  @Test
  void channelsSideBySideStayImagesAndOtherRowsDoNot() {
    List<Layer> relu = List.of(cells("relu"));
    List<Node> images = nodes(List.of(pooled(), concat(Map.of(), List.of(relu, relu))));
    assertThat(images)
        .extracting(Node::operator)
        .containsExactly("MaxPool", "Relu", "Relu", "Concat");
    Layer mixed = concat(Map.of(), List.of(List.of(), List.of(global()), relu));
    assertThat(nodes(List.of(pooled(), mixed)).stream().filter(n -> n.operator().equals("Flatten")))
        .hasSize(3);
    Layer rest = new Layer(Layer.COLUMNS, Map.of(), Map.of("from", ten(), "to", ten()));
    assertThat(nodes(List.of(pooled(), rest, identity(1))))
        .extracting(Node::operator)
        .containsExactly("MaxPool", "Flatten", "Slice", "Gemm");
  }

  private static Scalar ten() {
    return new IntegerScalar(10);
  }

  /** Two channels of three by three cells. */
  private static Layer pooled() {
    Map<String, Scalar> settings = new LinkedHashMap<>(global().settings());
    for (String one : List.of("Hf", "Wf", "strideh", "stridew")) {
      settings.put(one, new IntegerScalar(1));
    }
    settings.put("padh", new IntegerScalar(0));
    settings.put("padw", new IntegerScalar(0));
    return new Layer("max_pool2d", Map.of(), settings);
  }

  /** Both parts are one value, of rows that are made steps. */
  @Test
  void noTwoConstantsHaveOneName() {
    Layer twice = concat(Map.of("D", new IntegerScalar(3)), List.of(List.of(), List.of()));
    List<String> shapes =
        nodes(List.of(pooled(), twice)).stream()
            .filter(node -> node.operator().equals("Reshape"))
            .map(node -> node.inputs().getLast())
            .toList();
    assertThat(shapes).hasSize(2).doesNotHaveDuplicates();
  }

  /** Steps are the second extent of a sequence, their numbers the third. */
  @Test
  void withinEachStepNumbersLieSideBySide() {
    Layer beside = concat(Map.of(), List.of(List.of(identity()), List.of(cells("relu"))));
    OnnxModel.Node concat = nodes(List.of(eachStep(beside), eachStep(4))).get(3);
    assertThat(concat.operator()).isEqualTo("Concat");
    assertThat(concat.integer("axis", 0)).isEqualTo(2);
    Layer steps = concat(Map.of("D", new IntegerScalar(1)), List.of(List.of(), List.of()));
    assertThatThrownBy(() -> nodes(List.of(eachStep(steps))))
        .hasMessageContaining("(concat_steps) cannot be written within each_step");
    Layer columns =
        new Layer(
            Layer.COLUMNS,
            Map.of(),
            Map.of("from", new IntegerScalar(1), "to", new IntegerScalar(1)));
    for (String type : List.of(Layer.RESIDUAL, Layer.PRODUCT)) {
      Layer unequal = join(type, List.of(columns), List.of());
      assertThatThrownBy(() -> nodes(List.of(eachStep(unequal))))
          .hasMessageContaining("has branches that make -1 x 1 and -1 x 2");
    }
  }

  private static Layer eachStep(Layer layer) {
    return eachStep(2, List.of(layer));
  }

  private static Layer eachStep(int width) {
    return eachStep(width, List.of(identity(width)));
  }

  private static Layer eachStep(int width, List<Layer> layers) {
    Map<String, Scalar> settings = Map.of("D", new IntegerScalar(width));
    return new Layer(Layer.EACH_STEP, Map.of(), settings, Map.of(Layer.MAIN, layers));
  }

  @Test
  void whatCannotLieSideBySideIsRefused() {
    List<Layer> relu = List.of(cells("relu"));
    assertThatThrownBy(() -> nodes(List.of(concat(Map.of(), List.of(relu, List.of())))))
        .hasMessageContaining("layer 1 (concat) has branches of a size that no layer tells");
    assertThatThrownBy(() -> nodes(List.of(concat(Map.of(), List.of()))))
        .hasMessageContaining("layer 1 (concat) lacks lists of layers branch1, branch2 and so on");
    Layer steps = concat(Map.of("D", new IntegerScalar(3)), List.of(relu, List.of()));
    assertThatThrownBy(() -> nodes(List.of(identity(), steps)))
        .hasMessageContaining("layer 2 (concat_steps) has a branch that makes 2, which are no");
    Layer beyond = new Layer(Layer.COLUMNS, Map.of(), Map.of("from", ten(), "to", ten()));
    assertThatThrownBy(() -> nodes(List.of(identity(), beyond)))
        .hasMessageContaining("layer 2 (columns) takes columns 10 to 10 of 2");
    assertThatThrownBy(() -> nodes(List.of(beyond, identity())))
        .hasMessageContaining("layer 1 (columns) takes columns of rows whose width no layer tells");
  }

  @Test
  void theNewestOperatorTellsTheVersion() {
    Map<String, Layer.Weights> gamma = Map.of("gamma", new Layer.Weights(1, 2, new double[2]));
    Layer norm = new Layer("rms_norm", gamma, Map.of());
    assertThat(model(List.of(identity())).opset()).isEqualTo(17);
    assertThat(model(List.of(identity(), cells("gelu"))).opset()).isEqualTo(20);
    assertThat(model(List.of(norm, cells("gelu"))).opset()).isEqualTo(23);
  }

  @Test
  void aSoftmaxOfWholeRowsIsNotWrittenOverALastExtent() {
    assertThatThrownBy(() -> nodes(List.of(cells("softmax"), global())))
        .hasMessageContaining("layer 2 (global_avg_pool2d) takes images or sequences, but a");
    assertThat(nodes(List.of(cells("softmax"), identity()))).hasSize(2);
  }

  /** Onnxruntime refuses other models, and makes one node of Pad and a mean behind it. */
  @Test
  void paddingAsLargeAsTheWindowIsANodeOfItsOwn() {
    for (String kind : List.of("avg_pool2d", "max_pool2d")) {
      boolean isMean = kind.startsWith("avg");
      List<String> bordered = nodes(List.of(pool(kind, 2))).stream().map(Node::operator).toList();
      assertThat(bordered)
          .isEqualTo(isMean ? List.of("Pad", "Reshape", "AveragePool") : List.of("Pad", "MaxPool"));
      assertThat(nodes(List.of(pool(kind, 1)))).extracting(Node::operator).doesNotContain("Pad");
    }
    Map<String, Scalar> sides = new LinkedHashMap<>();
    for (String side : List.of("C", "Hin", "Win", "pad_top", "pad_left", "pad_right")) {
      sides.put(side, new IntegerScalar(1));
    }
    sides.put("pad_bottom", new IntegerScalar(3));
    sides.put("value", new IntegerScalar(0));
    Map<String, Scalar> sizes = new LinkedHashMap<>(pool("avg_pool2d", 0).settings());
    sizes.putAll(
        Map.of(
            "C", new IntegerScalar(1), "Hin", new IntegerScalar(5), "Win", new IntegerScalar(3)));
    Layer border = new Layer("pad2d", Map.of(), sides);
    assertThat(nodes(List.of(border, new Layer("avg_pool2d", Map.of(), sizes))))
        .extracting(Node::operator)
        .containsExactly("Pad", "Reshape", "AveragePool");
  }

  /** Some windows hold nothing then, and have a NaN for a mean. */
  @Test
  void paddingAsLargeAsTheWindowOfAMeanThatLeavesItOutIsRefused() {
    assertThat(nodes(List.of(pool("avg_pool2d_inside", 1))))
        .extracting(Node::operator)
        .containsExactly("AveragePool");
    assertThatThrownBy(() -> nodes(List.of(pool("avg_pool2d_inside", 2))))
        .hasMessageContaining(
            "layer 1 (avg_pool2d_inside) has padding that is not smaller than its window");
  }

  private static Layer pool(String kind, int padding) {
    Map<String, Scalar> sizes = new LinkedHashMap<>();
    for (String name : List.of("C", "Hf", "Wf", "strideh", "stridew")) {
      sizes.put(name, new IntegerScalar(2));
    }
    for (String name : List.of("Hin", "Win")) {
      sizes.put(name, new IntegerScalar(5));
    }
    for (String name : List.of("padh", "padw")) {
      sizes.put(name, new IntegerScalar(padding));
    }
    return new Layer(kind, Map.of(), sizes);
  }

  @Test
  void aTransposedConvolutionFitsItsStride() {
    for (int[] wrong : new int[][] {{0, 2}, {2, 0}}) {
      Map<String, Scalar> settings = new LinkedHashMap<>();
      for (String name : List.of("C", "Hin", "Win", "Hf", "Wf")) {
        settings.put(name, new IntegerScalar(1));
      }
      for (String name : List.of("strideh", "stridew")) {
        settings.put(name, new IntegerScalar(2));
      }
      for (String side : List.of("h", "w")) {
        settings.put("pad" + side, new IntegerScalar(wrong[0]));
        settings.put("out_pad" + side, new IntegerScalar(wrong[1]));
      }
      Map<String, Layer.Weights> weights = new LinkedHashMap<>();
      weights.put("W", new Layer.Weights(1, 1, new double[1]));
      weights.put("b", new Layer.Weights(1, 1, new double[1]));
      assertThatThrownBy(() -> nodes(List.of(new Layer("conv2d_transpose", weights, settings))))
          .hasMessageContaining("layer 1 (conv2d_transpose) has padding that leaves nothing, or");
    }
  }

  /** Flattened sequences have more numbers than steps. */
  @Test
  void anOpenExtentThatComesOutIsNotCalledAsTheSteps() {
    Map<String, Scalar> settings = Map.of("D", new IntegerScalar(2));
    Map<String, List<Layer>> branches = Map.of(Layer.MAIN, List.of(cells("relu")));
    Layer steps = new Layer(Layer.EACH_STEP, Map.of(), settings, branches);
    byte[] model = OnnxExport.of(List.of(steps, cells("flatten")), FILE.toString());
    String text = new String(model, StandardCharsets.ISO_8859_1);
    String named = "\u0012\u0001T";
    assertThat(text).containsOnlyOnce(named);
  }

  private static Layer identity() {
    return identity(2);
  }

  private static Layer identity(int width) {
    double[] cells = new double[width * width];
    for (int i = 0; i < width; i++) {
      cells[i * width + i] = 1;
    }
    Map<String, Layer.Weights> weights = new LinkedHashMap<>();
    weights.put("W", new Layer.Weights(width, width, cells));
    weights.put("b", new Layer.Weights(1, width, new double[width]));
    return new Layer("affine", weights, Map.of());
  }

  private static OnnxModel model(List<Layer> layers) {
    return OnnxModel.read(ByteBuffer.wrap(OnnxExport.of(layers, FILE.toString())), FILE);
  }
}
