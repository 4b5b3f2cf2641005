package dev.reprise.formats.onnx;

import static dev.reprise.formats.onnx.TestModel.reshaped;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Products with matrices, embeddings and normalizations of rows. */
class RowNodesTest {
  @Test
  void whatIsAddedToABiasIsOneRow() {
    TestModel steps = new TestModel(-1, 3, 2).constant("w", 1, 2, 3).then("MatMul", "a", "w");
    assertThat(steps.constant("b", 1, 3, 1).then("Add", "y", "b").types())
        .containsExactly("each_step", "scale_shift1d");
    TestModel row = new TestModel(-1, 2).constant("w", 1, 2, 3).then("MatMul", "a", "w");
    assertThat(row.constant("b", 1, 1, 3).then("Add", "y", "b").types()).containsExactly("affine");
    TestModel image =
        reshaped(
            new TestModel(-1, 2).constant("w", 1, 2, 12).then("MatMul", "a", "w"), -1, 2, 3, 2);
    assertThat(image.constant("b", 1, 2, 3, 2).then("Add", "z", "b").types())
        .containsExactly("affine");
    new TestModel(3, 2)
        .constant("w", 1, 2, 3)
        .constant("b", 1, 3, 1)
        .then("Gemm", "y", "w", "b")
        .isRefused("node \"y\" (Gemm) has biases of [3, 1] for 3 outputs");
  }

  @Test
  void rowsAreMultipliedWithOneMatrix() {
    String message = "which is not one matrix for all rows";
    new TestModel(-1, 4, 2).constant("w", 1, 4, 2, 3).then("MatMul", "y", "w").isRefused(message);
    new TestModel(-1, 2).constant("w", 1, 2).then("MatMul", "y", "w").isRefused(message);
    new TestModel(-1, 2).constant("w", 1, 1, 2, 3).then("MatMul", "y", "w").isRefused(message);
    TestModel same = new TestModel(-1, 4, 2).constant("w", 1, 1, 2, 3).then("MatMul", "y", "w");
    assertThat(same.types()).containsExactly("each_step");
  }

  @Test
  void wholeNumbersAreLookedUpAlone() {
    Map<String, Object> toWhole = Map.of("to", 7L);
    String rounds = "node \"c\" (Cast) rounds, and no embedding looks rows up by it";
    new TestModel(-1, 3).then("Cast", "c", toWhole).then("Relu", "y").isRefused(rounds);
    new TestModel(-1, 3).then("Cast", "c", toWhole).isRefused(rounds);
    TestModel text = new TestModel(-1, 3).constant("e", 1, 5, 2).then("Cast", "c", toWhole);
    text.node("Gather", "g", Map.of(), List.of("e", "c"));
    assertThat(text.types()).containsExactly("embedding");
    text.numbers("axis", 2)
        .beside("Cast", "f", Map.of("to", 1L), "x")
        .beside("Unsqueeze", "u", Map.of(), "f", "axis")
        .beside("Relu", "v", Map.of(), "u")
        .then("Mul", "y", "v");
    text.isRefused("node \"v\" (Relu) and another node take the input as numbers of rows");
  }

  @Test
  void allNumbersOfARowAreStepsOfAnEmbedding() {
    TestModel text = new TestModel(-1, 3, 4).constant("e", 1, 5, 2);
    Layer embedding = text.node("Gather", "g", Map.of(), List.of("e", "x")).layers().getFirst();
    assertThat(embedding.settings().get("T").asLong()).isEqualTo(12);
  }

  @Test
  void aNormalizationHasANumberForEachColumn() {
    TestModel model = new TestModel(-1, 3).constant("g", 1, 3).constant("b", 0, 2);
    model
        .then("LayerNormalization", "y", "g", "b")
        .isRefused("node \"y\" (LayerNormalization) has other scales or shifts");
    TestModel batch = new TestModel(-1, 3).constant("g", 1, 3);
    batch
        .then("BatchNormalization", "y", Map.of("training_mode", 1L), "g", "g", "g", "g")
        .isRefused("node \"y\" (BatchNormalization) takes the moments of the batch");
  }
}
