package dev.reprise.formats.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

  private static List<OnnxModel.Node> nodes(List<Layer> layers) {
    byte[] bytes = OnnxExport.of(layers, FILE.toString());
    return OnnxModel.read(ByteBuffer.wrap(bytes), FILE).nodes();
  }

  @Test
  void noTwoNodesHaveOneName() {
    Layer inner = residual(List.of(cells("relu")), List.of(cells("tanh")));
    List<OnnxModel.Node> nodes =
        nodes(
            List.of(
                global(),
                residual(List.of(inner), List.of(inner)),
                residual(List.of(cells("relu")), List.of(residual(List.of(), List.of())))));
    assertThat(nodes).extracting(OnnxModel.Node::name).doesNotHaveDuplicates();
    assertThat(nodes.stream().filter(node -> node.operator().equals("Add"))).hasSize(5);
  }

  @Test
  void anImageIsMadeARowWhereItIsAddedToOne() {
    for (boolean isMain : new boolean[] {true, false}) {
      List<Layer> rows = List.of(cells("flatten"), cells("relu"));
      Layer sum = isMain ? residual(rows, List.of()) : residual(List.of(), rows);
      List<OnnxModel.Node> nodes = nodes(List.of(global(), sum));
      assertThat(nodes.stream().filter(node -> node.operator().equals("Flatten"))).hasSize(2);
      assertThat(nodes).extracting(OnnxModel.Node::name).doesNotHaveDuplicates();
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

  @Test
  void aSoftmaxOfWholeRowsIsNotWrittenOverALastExtent() {
    assertThatThrownBy(() -> nodes(List.of(cells("softmax"), global())))
        .hasMessageContaining("layer 2 (global_avg_pool2d) takes images or sequences, but a");
    assertThat(nodes(List.of(cells("softmax"), identity()))).hasSize(2);
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
    Map<String, Layer.Weights> weights = new LinkedHashMap<>();
    weights.put("W", new Layer.Weights(2, 2, new double[] {1, 0, 0, 1}));
    weights.put("b", new Layer.Weights(1, 2, new double[2]));
    return new Layer("affine", weights, Map.of());
  }

  private static OnnxModel model(List<Layer> layers) {
    return OnnxModel.read(ByteBuffer.wrap(OnnxExport.of(layers, FILE.toString())), FILE);
  }
}
