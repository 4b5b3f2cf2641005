package dev.reprise.formats.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Recurrent layers. */
class RecurrentNodesTest {
  private static TestModel both(String direction) {
    Map<String, Object> attributes = new HashMap<>(Map.of("direction", direction));
    return new TestModel(1, -1, 2)
        .constant("w", 1, 2, 3, 2)
        .constant("r", 1, 2, 3, 3)
        .then("RNN", "h", attributes, "w", "r");
  }

  @Test
  void bothDirectionsAreOneLayer() {
    Map<String, Object> examplesFirst = Map.of("perm", List.of(2L, 0L, 1L, 3L));
    TestModel both = both("bidirectional").then("Transpose", "y", examplesFirst);
    Layer layer = both.layers().getFirst();
    assertThat(layer.type()).isEqualTo("birnn");
    assertThat(layer.weights()).containsKeys("W", "b", "W_reverse", "b_reverse");
    both("reverse").isRefused("node \"h\" (RNN) runs from the end alone");
    both("forward").isRefused("node \"h\" (RNN) has weights of [2, 3, 2] and [2, 3, 3]");
    new TestModel(1, -1, 2)
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
  void anUnrolledRecurrentLayerSaysHowToExportIt() {
    new TestModel(-1, 4)
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
