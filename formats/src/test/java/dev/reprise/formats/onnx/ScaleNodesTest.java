package dev.reprise.formats.onnx;

import static dev.reprise.formats.onnx.TestModel.reshaped;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Numbers for columns and channels. */
class ScaleNodesTest {
  @Test
  void scalesOfOtherChannelsAreNotThoseOfTheGroups() {
    TestModel model =
        new TestModel(-1, 4, 9)
            .constant("one", 1, 4)
            .constant("none", 0, 4)
            .then("InstanceNormalization", "n", "one", "none");
    reshaped(model, 0, 6, 2, 3).constant("scales", 2, 6, 1, 1).then("Mul", "z", "scales");
    assertThat(model.types()).containsExactly("group_norm", "scale_shift2d");
  }

  /** As images of one colour are normalized. */
  @Test
  void aQuotientByTheNumberOfOneColumnOrChannelIsAScale() {
    TestModel row =
        new TestModel(-1, 1).constant("m", 3, 1).constant("s", 4, 1).then("Sub", "a", "m");
    assertThat(row.then("Div", "b", "s").then("Relu", "c").types())
        .containsExactly("scale_shift1d", "scale_shift1d", "relu");
    TestModel image =
        new TestModel(-1, 1, 2, 2).constant("m", 3, 1, 1, 1).constant("s", 4, 1, 1, 1);
    List<Layer> layers = image.then("Sub", "a", "m").then("Div", "b", "s").layers();
    assertThat(layers).extracting(Layer::type).containsExactly("scale_shift2d", "scale_shift2d");
    assertThat(layers.getLast().weights().get("gamma").cells()).containsExactly(0.25);
    TestModel wide =
        new TestModel(-1, 2).constant("s", 4, 1).then("Div", "b", "s").then("Relu", "c");
    assertThat(wide.types()).containsExactly("scale_shift", "relu");
  }

  /** As one layer where a sum follows a product, and as it is written the other way round. */
  @Test
  void aNumberIsForAllCells() {
    TestModel model =
        new TestModel(-1, 2, 3, 3)
            .constant("half", 0.5)
            .constant("three", 3, 1, 1)
            .then("Mul", "a", "half")
            .then("Sub", "b", "three")
            .node("Sub", "c", Map.of(), List.of("half", "b"))
            .then("Neg", "d")
            .then("Relu", "e");
    List<Layer> layers = model.layers();
    assertThat(layers)
        .extracting(Layer::type)
        .containsExactly("scale_shift", "scale_shift", "scale_shift", "relu");
    assertThat(numbers(layers.get(0))).containsExactly(0.5, -3);
    assertThat(numbers(layers.get(1))).containsExactly(-1, 0.5);
    assertThat(numbers(layers.get(2))).containsExactly(-1, 0);
    new TestModel(-1, 2)
        .constant("c", 3, 1, 1, 1)
        .then("Mul", "y", "c")
        .isRefused(
            "node \"y\" (Mul) multiplies with something that is not one number, nor one for");
    TestModel inverse = new TestModel(-1, 2).constant("c", 3);
    assertThat(inverse.node("Div", "y", Map.of(), List.of("c", "x")).types())
        .containsExactly("reciprocal", "scale_shift");
  }

  private static double[] numbers(Layer layer) {
    double factor = layer.settings().get("factor").asDouble();
    return new double[] {factor, layer.settings().get("shift").asDouble()};
  }

  @Test
  void aBoundIsOneNumber() {
    TestModel model = new TestModel(-1, 2).constant("low", -1).constant("high", 2);
    model.then("Max", "a", "low").then("Min", "b", "high");
    List<Layer> layers = model.layers();
    assertThat(layers).extracting(Layer::type).containsExactly("clip", "clip");
    assertThat(layers.getFirst().settings().get("min").asDouble()).isEqualTo(-1);
    assertThat(layers.getLast().settings().get("max").asDouble()).isEqualTo(2);
    model.constant("two", 2, 2).then("Max", "y", "two");
    model.isRefused("node \"y\" (Max) takes cells of several values");
  }

  /** Such as positions that are added to sequences; and numbers of channels that come last. */
  @Test
  void aConstantMayHaveANumberForEachCell() {
    TestModel model = new TestModel(-1, 3, 2).constant("c", 3, 1, 3, 2).then("Add", "y", "c");
    assertThat(model.layers().getFirst().weights().get("beta").cols()).isEqualTo(6);
    TestModel last = new TestModel(-1, 3, 3, 2).constant("c", 3, 2).then("Mul", "y", "c");
    Layer steps = last.layers().getFirst();
    assertThat(steps.settings().get("D").asLong()).isEqualTo(2);
    assertThat(steps.branches().get("main").getFirst().type()).isEqualTo("scale_shift1d");
  }

  /** Images have as many columns as channels. */
  @Test
  void constantsOfOldModelsBeginAtTheAxisThatIsStated() {
    Map<String, Object> channels = Map.of("broadcast", 1L, "axis", 1L);
    TestModel images = old(-1, 8, 8, 8).constant("s", 4, 8);
    images.then("Mul", "a", channels, "s").then("Sub", "b", channels, "s");
    images.then("Div", "c", channels, "s").then("Add", "d", Map.of("broadcast", 1L), "s");
    assertThat(images.types()).containsExactly("scale_shift2d", "scale_shift2d", "each_step");
    Layer.Weights shifts = images.layers().getFirst().weights().get("beta");
    assertThat(shifts.cells()).hasSize(8).containsOnly(-4);
    TestModel putOff = old(-1, 8, 8, 8).constant("two", 2).constant("s", 4, 8);
    putOff.then("Mul", "a", "two").then("Add", "b", channels, "s");
    assertThat(putOff.types()).containsExactly("scale_shift", "scale_shift2d");
    TestModel rows = old(-1, 8).constant("s", 4, 8).then("Add", "a", channels, "s");
    assertThat(rows.types()).containsExactly("scale_shift1d");
    String message = "node \"y\" (Add) has a constant of [8] from axis ";
    for (long axis : List.of(-1L, 4L)) {
      TestModel other = old(-1, 8, 8, 8).constant("s", 4, 8);
      other
          .then("Add", "y", Map.of("axis", axis), "s")
          .isRefused(message + axis + " on, as models");
    }
    TestModel lines =
        old(-1, 2, 3, 4).cells("s", 1, 2, 3).then("Add", "y", Map.of("axis", 2L), "s");
    assertThat(lines.layers().getFirst().weights().get("beta").cells())
        .containsExactly(1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
    old(-1, 8, 8, 8)
        .constant("s", 4, 8)
        .node("Add", "y", channels, List.of("s", "x"))
        .isRefused("node \"y\" (Add) needs a constant as input 2");
  }

  @Test
  void slopesOfOldModelsAreThoseOfChannels() {
    TestModel images = old(-1, 8, 8, 8).constant("s", 0.1, 8).then("PRelu", "a", "s");
    assertThat(images.types()).containsExactly("prelu2d");
    TestModel rows = old(-1, 8).constant("s", 0.1, 8).then("PRelu", "a", "s");
    assertThat(rows.types()).containsExactly("prelu1d");
    TestModel later = old(-1, 8, 8, 8).opset(7).constant("s", 0.1, 8).then("PRelu", "a", "s");
    assertThat(later.types()).containsExactly("each_step");
    old(-1, 8, 8).constant("s", 0.1, 8).then("PRelu", "y", "s").isRefused("has slopes of [8, 1]");
  }

  private static TestModel old(long... input) {
    return new TestModel(input).opset(6);
  }

  @Test
  void aValueOffAnotherOneIsASumWithItsNegative() {
    Layer sum = new TestModel(-1, 2).then("Relu", "r").then("Sub", "y", "x").layers().getFirst();
    assertThat(sum.type()).isEqualTo("residual");
    assertThat(sum.branches().get("main")).extracting(Layer::type).containsExactly("relu");
    assertThat(numbers(sum.branches().get("shortcut").getFirst())).containsExactly(-1, 0);
    Layer other =
        new TestModel(-1, 2)
            .beside("Relu", "r", Map.of(), "x")
            .then("Sub", "y", "r")
            .layers()
            .getFirst();
    assertThat(other.branches().get("main"))
        .extracting(Layer::type)
        .containsExactly("relu", "scale_shift");
  }

  @Test
  void aProductWithTheNumberOfOneColumnOrChannelIsAScale() {
    TestModel row = new TestModel(-1, 1).constant("c", 3, 1).then("Mul", "a", "c");
    assertThat(row.types()).containsExactly("scale_shift1d");
    TestModel image = new TestModel(-1, 1, 2, 2).constant("c", 3, 1, 1, 1).then("Mul", "a", "c");
    assertThat(image.then("Relu", "b").types()).containsExactly("scale_shift2d", "relu");
    TestModel wide = new TestModel(-1, 2).constant("c", 3, 1).then("Mul", "a", "c");
    assertThat(wide.then("Relu", "b").types()).containsExactly("scale_shift", "relu");
  }

  @Test
  void meansAndDeviationsOfChannelsAreScalesAndShifts() {
    TestModel model =
        new TestModel(-1, 2, 3, 3).constant("mean", 3, 1, 2, 1, 1).constant("sd", 4, 2, 1, 1);
    List<Layer> layers = model.then("Sub", "a", "mean").then("Div", "y", "sd").layers();
    assertThat(layers).extracting(Layer::type).containsExactly("scale_shift2d", "scale_shift2d");
    assertThat(layers.getFirst().weights().get("beta").cells()).containsOnly(-3);
    assertThat(layers.getLast().weights().get("gamma").cells()).containsOnly(0.25);
    TestModel row = new TestModel(-1, 2).constant("c", 3, 2);
    assertThat(row.node("Sub", "y", Map.of(), List.of("c", "x")).types())
        .containsExactly("scale_shift", "scale_shift1d");
    TestModel lines = new TestModel(-1, 2, 3, 3).constant("c", 4, 3, 1).then("Div", "y", "c");
    assertThat(lines.layers().getFirst().weights().get("gamma").cells())
        .hasSize(18)
        .containsOnly(0.25);
    new TestModel(-1, 2, 3, 3)
        .constant("c", 3, 2, 1)
        .then("Div", "y", "c")
        .isRefused("node \"y\" (Div) divides by something that is not one number, nor one for");
  }

  @Test
  void slopesAreOfCellsColumnsOrChannels() {
    TestModel image =
        new TestModel(-1, 2, 3, 3).constant("s", 0.5, 2, 1, 1).then("PRelu", "y", "s");
    assertThat(image.types()).containsExactly("prelu2d");
    TestModel cells =
        new TestModel(-1, 2, 3, 3).constant("s", 0.5, 2, 3, 3).then("PRelu", "y", "s");
    assertThat(cells.types()).containsExactly("prelu1d");
    TestModel steps = new TestModel(-1, -1, 3).constant("s", 0.5, 3).then("PRelu", "y", "s");
    assertThat(steps.types()).containsExactly("each_step");
    new TestModel(-1, 2, 3, 3)
        .constant("s", 0.5, 3, 1)
        .then("PRelu", "y", "s")
        .isRefused("node \"y\" (PRelu) has slopes of [3, 1] for [2, 3, 3]; there are layers with");
  }
}
