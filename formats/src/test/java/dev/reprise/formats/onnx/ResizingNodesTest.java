package dev.reprise.formats.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Images that are made larger. */
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

  private static TestModel resized(Map<String, Object> attributes) {
    return new TestModel(-1, 2, 3, 3)
        .numbers("sizes", 1, 1, 2, 2)
        .then("Resize", "y", attributes, "", "sizes");
  }
}
