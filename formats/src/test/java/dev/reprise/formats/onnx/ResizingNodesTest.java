package dev.reprise.formats.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Images of other sizes. */
class ResizingNodesTest {
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

  /** Of a size that the factor does not make, and in ways that no layer has. */
  @Test
  void pixelsBetweenOthersAreTakenAsStated() {
    Layer linear = resized(Map.of("mode", "linear")).layers().getFirst();
    assertThat(linear.type()).isEqualTo("resize2d");
    assertThat(linear.settings().get("method").asString()).isEqualTo("linear");
    assertThat(linear.settings().get("places").asString()).isEqualTo("half_pixel");
    assertThat(linear.settings().get("scale_h").asDouble()).isEqualTo(2);
    for (Map<String, Object> other :
        List.<Map<String, Object>>of(
            Map.of("mode", "linear", "antialias", 1L),
            Map.of("mode", "cubic", "cubic_coeff_a", -0.5),
            Map.of("mode", "cubic", "exclude_outside", 1L),
            Map.of("mode", "nearest", "nearest_mode", "ceil"),
            Map.of("mode", "linear", "coordinate_transformation_mode", "half_pixel_symmetric"))) {
      resized(other).isRefused("node \"y\" (Resize) takes pixels (");
    }
    new TestModel(-1, 2, 3, 3)
        .numbers("sizes", 1, 2, 2, 2)
        .then("Resize", "y", Map.of("mode", "linear"), "", "sizes")
        .isRefused("node \"y\" (Resize) has factors [1.0, 2.0, 2.0, 2.0], but");
  }

  /** Of 4 columns by 0.75 other programs take 0, 2 and 3, the layer 0, 1 and 2. */
  @Test
  void oldModelsThatMakeImagesSmallerAreReadWherePlacesAreThoseOfPixels() {
    String message = "node \"y\" (Resize) makes images smaller by [";
    old(0.75, 1).isRefused(message + "0.75, 1.0], for which");
    old(2, 0.75).isRefused(message);
    old(0.75, 0.5).opset(11).isRefused("node \"y\" (Resize) needs a constant as input 3");
    for (double scale : new double[] {0.5, 0.25, (float) (1 / 3.0), 1.5}) {
      assertThat(old(scale, 1).types()).containsExactly("resize2d");
    }
  }

  private static TestModel old(double high, double wide) {
    return new TestModel(-1, 2, 12, 4)
        .opset(10)
        .cells("scales", 1, 1, high, wide)
        .then("Resize", "y", "scales");
  }

  @Test
  void examplesAreNotGathered() {
    new TestModel(-1, 2, 3, 3)
        .numbers("places", 0)
        .then("GatherND", "y", "places")
        .isRefused("node \"y\" (GatherND) takes cells by numbers that are not constant");
  }

  private static TestModel resized(Map<String, Object> attributes) {
    return new TestModel(-1, 2, 3, 3)
        .numbers("sizes", 1, 1, 2, 2)
        .then("Resize", "y", attributes, "", "sizes");
  }
}
