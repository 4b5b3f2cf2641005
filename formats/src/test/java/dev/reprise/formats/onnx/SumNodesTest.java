package dev.reprise.formats.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.formats.FormatException;
import dev.reprise.formats.onnx.OnnxModel.Node;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Sums of any number of values, and constants that nodes state as numbers. */
class SumNodesTest {
  @Test
  void aSumIsMadeOfSumsOfTwoFromTheFirstOn() {
    TestModel model =
        new TestModel(-1, 3)
            .cells("b", 1, 2, 3)
            .beside("Relu", "r", Map.of(), "x")
            .beside("Tanh", "t", Map.of(), "x")
            .node("Sum", "y", Map.of(), List.of("x", "r", "t", "b"));
    assertThat(model.types()).containsExactly("residual", "scale_shift1d");
    Map<String, List<Layer>> ways = model.layers().getFirst().branches();
    assertThat(ways.get("main")).extracting(Layer::type).containsExactly("residual");
    assertThat(ways.get("shortcut")).extracting(Layer::type).containsExactly("tanh");
    assertThat(model.layers().getLast().weights().get("beta").cells()).containsExactly(1, 2, 3);
  }

  @Test
  void aSumOfOneValueIsThatValue() {
    assertThat(new TestModel(-1, 3).then("Relu", "r").then("Sum", "s").then("Tanh", "y").types())
        .containsExactly("relu", "tanh");
  }

  @Test
  void aSumOfConstantsIsAConstant() {
    TestModel model =
        new TestModel(-1, 2)
            .constant("w", 0.5, 2, 1)
            .constant("v", 0.25, 2, 1)
            .beside("Sum", "s", Map.of(), "w", "v", "w");
    assertThat(model.then("MatMul", "y", "s").layers().getFirst().weights().get("W").cells())
        .containsExactly(1.25, 1.25);
  }

  @Test
  void whatCannotBeAddedIsRefusedByTheNameOfTheSum() {
    new TestModel(-1, 3)
        .cells("b", 1, 2)
        .beside("Relu", "r", Map.of(), "x")
        .node("Sum", "y", Map.of(), List.of("x", "r", "b"))
        .isRefused("node \"y\" (Add) adds something that is not one number");
    new TestModel(-1, 3)
        .node("Sum", "y", Map.of(), List.of("x", ""))
        .isRefused("node \"y\" (Add) needs 2 inputs, but has 1");
    new TestModel(-1, 3)
        .node("Sum", "y", Map.of(), List.of())
        .isRefused("node \"y\" (Sum) has no inputs");
  }

  @Test
  void namesOfPartialSumsAreNobodyElses() {
    Node other = new Node("Relu", "other", List.of("x"), List.of("y/1"), Map.of());
    Node sum = new Node("Sum", "y", List.of("x", "y/1", "c"), List.of("y"), Map.of());
    List<Node> nodes = SumNodes.expanded(List.of(other, sum), Set.of("x", "c", "y/1'"));
    assertThat(nodes).hasSize(3);
    assertThat(nodes.get(1).outputs()).containsExactly("y/1''");
    assertThat(nodes.get(2).inputs()).containsExactly("y/1''", "c");
    assertThat(nodes.get(2).outputs()).containsExactly("y");
  }

  // ---- constants of nodes, from their bytes

  private static ProtoOutput attribute(String name, int type) {
    return new ProtoOutput().text(1, name).integer(20, type);
  }

  /** The constant of a model that multiplies its input of two columns with it. */
  private static OnnxTensor constant(ProtoOutput attribute) {
    ProtoOutput node = new ProtoOutput().text(2, "c").text(4, "Constant").message(5, attribute);
    ProtoOutput extents =
        new ProtoOutput()
            .message(1, new ProtoOutput().integer(1, 1))
            .message(1, new ProtoOutput().integer(1, 2));
    ProtoOutput type = new ProtoOutput().message(1, new ProtoOutput().message(2, extents));
    ProtoOutput graph =
        new ProtoOutput()
            .message(1, node)
            .message(11, new ProtoOutput().text(1, "x").message(2, type))
            .message(12, new ProtoOutput().text(1, "c"));
    ByteBuffer bytes = ByteBuffer.wrap(new ProtoOutput().message(7, graph).toBytes());
    return OnnxModel.read(bytes.order(ByteOrder.LITTLE_ENDIAN), Path.of("m.onnx"))
        .constants()
        .get("c");
  }

  private static void assertTensor(
      OnnxTensor tensor, int type, List<Long> extents, double... cells) {
    assertThat(tensor.type()).isEqualTo(type);
    assertThat(tensor.extents()).isEqualTo(extents);
    assertThat(tensor.cells()).containsExactly(cells);
  }

  @Test
  void constantsMayBeStatedAsNumbersOrListsOfThem() {
    assertTensor(
        constant(attribute("value_float", 1).fixed32(2, 2.5f)), TensorCells.FLOAT, List.of(), 2.5);
    assertTensor(constant(attribute("value_float", 1)), TensorCells.FLOAT, List.of(), 0);
    assertTensor(
        constant(attribute("value_int", 2).integer(3, 7)), TensorCells.INT64, List.of(), 7);
    assertTensor(
        constant(attribute("value_floats", 6).fixed32(7, 1.5f).fixed32(7, 0.1f)),
        TensorCells.FLOAT,
        List.of(2L),
        1.5,
        0.1f);
    byte[] packed =
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putFloat(3).putFloat(-4).array();
    assertTensor(
        constant(attribute("value_floats", 6).bytes(7, packed)),
        TensorCells.FLOAT,
        List.of(2L),
        3,
        -4);
    assertTensor(constant(attribute("value_floats", 6)), TensorCells.FLOAT, List.of(0L));
    assertTensor(
        constant(attribute("value_ints", 7).integer(8, 5).integer(8, 6)),
        TensorCells.INT64,
        List.of(2L),
        5,
        6);
  }

  @Test
  void constantsThatAreNoNumbersAreRefused() {
    ProtoOutput text = attribute("value_strings", 8).bytes(9, "a".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> constant(text))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("the constant \"c\" is of a kind that is not known");
    assertThatThrownBy(() -> constant(attribute("value_ints", 6).fixed32(7, 1)))
        .hasMessageContaining("the constant \"c\" is of a kind that is not known");
  }
}
