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
    wide.isRefused("node \"b\" (Div) divides by something that is not a number for each channel");
  }

  @Test
  void aProductWithTheNumberOfOneColumnOrChannelIsAScale() {
    TestModel row = new TestModel(-1, 1).constant("c", 3, 1).then("Mul", "a", "c");
    assertThat(row.types()).containsExactly("scale_shift1d");
    TestModel image = new TestModel(-1, 1, 2, 2).constant("c", 3, 1, 1, 1).then("Mul", "a", "c");
    assertThat(image.then("Relu", "b").types()).containsExactly("scale_shift2d", "relu");
    TestModel wide = new TestModel(-1, 2).constant("c", 3, 1).then("Mul", "a", "c");
    wide.then("Relu", "b").isRefused("node \"a\" (Mul) multiplies with something that is not");
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
    row.node("Sub", "y", Map.of(), List.of("c", "x"))
        .isRefused("node \"y\" (Sub) takes a constant first");
    new TestModel(-1, 2, 3, 3)
        .constant("c", 3, 3)
        .then("Div", "y", "c")
        .isRefused("node \"y\" (Div) divides by something that is not a number for each channel");
    new TestModel(-1, 2)
        .then("Relu", "r")
        .then("Sub", "y", "x")
        .isRefused("node \"y\" (Sub) needs a constant as input 2");
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
        .constant("s", 0.5, 3)
        .then("PRelu", "y", "s")
        .isRefused("node \"y\" (PRelu) has slopes of [3] for [2, 3, 3]; there are layers with");
  }
}
