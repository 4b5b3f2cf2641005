package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import dev.reprise.runtime.Scalar;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Reads nodes that take pixels from between those of images, or repeat them. Stateless. */
final class InterpolationNodes {
  /** A small file must not make large images. */
  private static final long MOST = 1 << 15;

  /** Where pixels may lie, as the layer resize2d has it. */
  static final List<String> PLACES =
      List.of("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric");

  /** The methods of the layer. */
  static final List<String> METHODS = List.of("linear", "cubic", "floor", "round", "round_up");

  /** The ways to take the nearest pixel, by the methods of the layer. */
  static final Map<String, String> NEAREST =
      Map.of("floor", "floor", "round", "round_prefer_floor", "round_up", "round_prefer_ceil");

  private InterpolationNodes() {}

  /**
   * How the images change.
   *
   * @param scales factors of height and width
   * @param sizes height and width of what comes out
   */
  private record Change(double[] scales, long[] sizes) {
    boolean isWhole() {
      return Arrays.stream(scales).allMatch(scale -> scale >= 1 && scale == Math.rint(scale));
    }

    /** True unless a side becomes smaller by places that lie between pixels. */
    boolean isSmallerByPixels() {
      return IntStream.range(0, 2).allMatch(i -> scales[i] >= 1 || areOfPixels(i));
    }

    private boolean areOfPixels(int i) {
      return LongStream.range(0, sizes[i])
          .allMatch(
              at -> Math.ceil((float) at / (float) scales[i]) == Math.floor(at / scales[i] + 1e-6));
    }
  }

  static void resize(OnnxImport into, Node node) {
    ImageNodes.needsImages(into, node);
    boolean isOld = node.operator().equals("Upsample") || into.model().opset() < 11;
    String places =
        node.text("coordinate_transformation_mode", isOld ? "asymmetric" : "half_pixel");
    String nearest = node.text("nearest_mode", isOld ? "floor" : "round_prefer_floor");
    String method = method(node, nearest);
    if (method == null || !PLACES.contains(places) || node.integer("antialias", 0) != 0) {
      throw into.problem(
          node,
          "takes pixels ("
              + node.text("mode", "nearest")
              + ", "
              + places
              + ", "
              + nearest
              + ") as the layer resize2d does not: it has the modes nearest, linear and cubic (a ="
              + " -0.75) without antialias, and the places "
              + PLACES);
    }
    needsAllAxes(into, node);
    Change change = change(into, node, isOld ? 1 : 2);
    // There onnxruntime takes the pixel after a place, else the one before.
    if (isOld && method.equals("floor") && !change.isSmallerByPixels()) {
      throw into.problem(
          node,
          "makes images smaller by "
              + Arrays.toString(change.scales)
              + ", for which programs take other pixels before opset 11 than the layer resize2d;"
              + " export the model with opset 11 or later");
    }
    write(into, change, method, places);
    into.becomes(into.extents()[0], change.sizes[0], change.sizes[1]);
  }

  /** The layer that takes pixels so: one that repeats them where that is all. */
  private static void write(OnnxImport into, Change change, String method, String places) {
    boolean isRepeated =
        places.equals("asymmetric") && method.equals("floor")
            || places.equals("half_pixel") && method.startsWith("round");
    Map<String, Scalar> settings = ImageNodes.sizes(into.extents());
    if (isRepeated && change.isWhole()) {
      settings.put("size_h", Scalar.of((long) change.scales[0]));
      settings.put("size_w", Scalar.of((long) change.scales[1]));
      into.layer("upsample2d", Map.of(), settings);
    } else {
      settings.put("Hout", Scalar.of(change.sizes[0]));
      settings.put("Wout", Scalar.of(change.sizes[1]));
      settings.put("scale_h", Scalar.of(change.scales[0]));
      settings.put("scale_w", Scalar.of(change.scales[1]));
      settings.put("method", Scalar.of(method));
      settings.put("places", Scalar.of(places));
      into.layer("resize2d", Map.of(), settings);
    }
  }

  /** Null for what is none of the layer's. */
  private static String method(Node node, String nearest) {
    return switch (node.text("mode", "nearest")) {
      case "nearest" -> nearestMethod(nearest);
      case "linear" -> "linear";
      case "cubic" -> isUsualCubic(node) ? "cubic" : null;
      default -> null;
    };
  }

  private static String nearestMethod(String nearest) {
    return NEAREST.keySet().stream()
        .filter(method -> NEAREST.get(method).equals(nearest))
        .findFirst()
        .orElse(null);
  }

  private static boolean isUsualCubic(Node node) {
    return Math.abs(node.number("cubic_coeff_a", -0.75) + 0.75) < 1e-6
        && node.integer("exclude_outside", 0) == 0;
  }

  private static void needsAllAxes(OnnxImport into, Node node) {
    List<Long> axes = node.integers("axes");
    if (!node.text("keep_aspect_ratio_policy", "stretch").equals("stretch")
        || axes != null && !axes.equals(List.of(0L, 1L, 2L, 3L))) {
      throw into.problem(
          node,
          "keeps the ratio of the sides (keep_aspect_ratio_policy), or states factors of some axes"
              + " alone; state those of all four");
    }
  }

  /** As stated, or from the size that the images are to have. */
  private static Change change(OnnxImport into, Node node, int input) {
    long[] extents = into.extents();
    boolean isOfSizes = OnnxImport.has(node, input + 1);
    double[] scales = new double[2];
    long[] sizes = new long[2];
    double[] all = isOfSizes ? ofSizes(into, node, input + 1) : into.constant(node, input).cells();
    if (all.length != 4 || all[0] != 1 || all[1] != 1) {
      throw into.problem(
          node,
          "has factors " + Arrays.toString(all) + ", but examples and channels stay what they are");
    }
    for (int i = 0; i < 2; i++) {
      scales[i] = all[i + 2];
      sizes[i] =
          isOfSizes ? Math.round(all[i + 2] * extents[i + 1]) : size(extents[i + 1], all[i + 2]);
      if (sizes[i] < 1 || sizes[i] >= MOST) {
        throw into.problem(node, "makes images of " + sizes[i] + " rows or columns");
      }
    }
    return new Change(scales, sizes);
  }

  /** What so many rows or columns become, as other programs compute it: in floats, rounded down. */
  static long size(long extent, double scale) {
    return (long) ((float) extent * (float) scale);
  }

  private static double[] ofSizes(OnnxImport into, Node node, int input) {
    long[] sizes = into.shapes().of(node.inputs().get(input));
    boolean isOfAll =
        sizes != null
            && sizes.length == 4
            && (sizes[0] == ShapeValues.EXAMPLES || sizes[0] == into.examples());
    if (!isOfAll) {
      throw into.problem(node, "needs a size that is constant or follows from the images'");
    }
    long[] before = into.value().shape();
    double[] factors = new double[4];
    Arrays.setAll(factors, i -> i == 0 ? 1 : (double) sizes[i] / before[i]);
    return factors;
  }
}
