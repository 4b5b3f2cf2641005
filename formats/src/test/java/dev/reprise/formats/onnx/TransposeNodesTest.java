package dev.reprise.formats.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Extents in another order. */
class TransposeNodesTest {
  @Test
  void examplesAndExtentsOfOneMoveForNothing() {
    assertThat(
            turned(new TestModel(-1, 5, 4), 1, 0, 2).then("Transpose", "y", perm(1, 0, 2)).types())
        .isEmpty();
    assertThat(turned(new TestModel(-1, 1, 4), 0, 2, 1).types()).isEmpty();
    assertThat(turned(new TestModel(-1, 4, 1, 1), 0, 2, 3, 1).types()).isEmpty();
  }

  @Test
  void twoRunsOfExtentsChangeInOneLayer() {
    List<Layer> layers = turned(new TestModel(-1, 5, 3, 4), 0, 2, 3, 1).layers();
    assertThat(layers).hasSize(1);
    assertThat(numbers(layers.getFirst())).containsExactly(5L, 12L, 1L);
    layers = turned(new TestModel(-1, 5, 3, 4), 0, 2, 1, 3).layers();
    assertThat(numbers(layers.getFirst())).containsExactly(5L, 3L, 4L);
    assertThat(layers.getFirst().settings().get("T").asLong()).isEqualTo(1);
  }

  /** Its two changes, 5 x 3 x 4 to 4 x 5 x 3 and to 4 x 3 x 5, are those of all orders. */
  @Test
  void theOppositeOrderTakesTwoLayers() {
    List<Layer> layers = turned(new TestModel(-1, 5, 3, 4), 0, 3, 2, 1).layers();
    assertThat(layers).extracting(Layer::type).containsExactly("transpose", "transpose");
    assertThat(numbers(layers.getFirst())).containsExactly(15L, 4L, 1L);
    assertThat(numbers(layers.getLast())).containsExactly(5L, 3L, 1L);
  }

  @Test
  void thereAndBackIsNoLayer() {
    TestModel model = turned(new TestModel(-1, 5, 3, 4), 0, 2, 3, 1);
    assertThat(model.then("Transpose", "y", perm(0, 3, 1, 2)).then("Relu", "z").types())
        .containsExactly("relu");
    TestModel other = turned(new TestModel(-1, 3, 4, 3), 0, 2, 3, 1);
    assertThat(other.then("Transpose", "y", perm(0, 2, 3, 1)).types())
        .containsExactly("transpose", "transpose");
  }

  @Test
  void anOpenExtentDoesNotChangeItsPlace() {
    turned(new TestModel(-1, -1, 4), 0, 2, 1)
        .isRefused(
            "node \"t\" (Transpose) changes the order of the numbers of an example, [-1, 4]");
    TestModel model = new TestModel(-1, -1, 6).numbers("shape", 0, -1, 2, 3);
    assertThat(model.then("Reshape", "r", "shape").then("Transpose", "y", perm(0, 1, 3, 2)).types())
        .containsExactly("transpose");
  }

  @Test
  void anOrderNamesEachExtentOnce() {
    turned(new TestModel(-1, 5, 4), 0, 1, 1).isRefused("node \"t\" (Transpose) has perm [0, 1, 1]");
    turned(new TestModel(-1, 5, 4), 0, 1).isRefused("has no order of 3 extents");
  }

  @Test
  void squaresOfPixelsMustFit() {
    TestModel pixels = new TestModel(-1, 6, 2, 3).then("DepthToSpace", "y", side(2));
    pixels.isRefused("node \"y\" (DepthToSpace) makes squares of 2 pixels of [6, 2, 3]");
    TestModel channels = new TestModel(-1, 6, 2, 3).then("SpaceToDepth", "y", side(2));
    channels.isRefused("node \"y\" (SpaceToDepth) takes squares of 2 pixels of [6, 2, 3]");
    TestModel none = new TestModel(-1, 6, 2, 3).then("DepthToSpace", "y", Map.of());
    none.isRefused("node \"y\" (DepthToSpace) has a blocksize of 0");
  }

  private static Map<String, Object> side(long pixels) {
    return Map.of("blocksize", pixels);
  }

  private static TestModel turned(TestModel model, long... order) {
    return model.then("Transpose", "t", perm(order));
  }

  private static Map<String, Object> perm(long... order) {
    return Map.of("perm", Arrays.stream(order).boxed().toList());
  }

  private static List<Long> numbers(Layer layer) {
    return List.of("rows", "cols", "D").stream()
        .map(name -> layer.settings().get(name).asLong())
        .toList();
  }
}
