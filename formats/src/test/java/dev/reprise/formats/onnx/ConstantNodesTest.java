package dev.reprise.formats.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is known before anything is computed. */
class ConstantNodesTest {
  @Test
  void aConstantBecomesAFloatOfTwoBytes() {
    TestModel model =
        new TestModel(-1, 2).constant("w", 1.00390625, 2, 1).beside("Cast", "v", BFLOAT, "w");
    Layer affine = model.then("MatMul", "y", "v").layers().getFirst();
    assertThat(affine.weights().get("W").cells()).containsExactly(1, 1);
    assertThat(TensorCells.rounded(16).orElseThrow().applyAsDouble(1.01171875)).isEqualTo(1.015625);
    assertThat(TensorCells.rounded(16).orElseThrow().applyAsDouble(Double.NaN)).isNaN();
    new TestModel(-1, 2)
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
    new TestModel(1, -1, 128)
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
}
