package dev.reprise.formats.onnx;

import dev.reprise.formats.onnx.OnnxModel.Node;
import dev.reprise.runtime.Scalar;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Reads nodes that change the order of extents. Where the examples are among them does not matter
 * to layers; where the cells of an example come in another order, layers of the kind transpose do
 * that, each of which changes two neighbouring runs of extents. Stateless.
 *
 * <pre>
 *   channels of two groups   2 3 H W  -  3 2 H W     transpose(rows=2, cols=3, D=H W)
 *   channels to the end      C H W    -  H W C       transpose(rows=C, cols=H W, D=1)
 *   pixels of channels       C 2 2 H W - C H 2 W 2   two of them
 * </pre>
 */
final class TransposeNodes {
  static final Map<String, OnnxImport.Rule> RULES =
      Map.of(
          "Transpose", TransposeNodes::transpose,
          "DepthToSpace", TransposeNodes::depthToSpace,
          "SpaceToDepth", TransposeNodes::spaceToDepth);

  private TransposeNodes() {}

  static void transpose(OnnxImport into, Node node) {
    long[] before = into.value().shape();
    List<Long> order = node.integers("perm");
    if (order == null) {
      order = LongStream.range(0, before.length).boxed().toList().reversed();
    }
    if (order.size() != before.length) {
      throw into.problem(node, "has no order of " + before.length + " extents");
    }
    long[] shape = new long[before.length];
    List<Integer> moved = new ArrayList<>();
    for (int i = 0; i < shape.length; i++) {
      long from = order.get(i);
      if (from < 0 || from >= before.length || order.indexOf(from) != i) {
        throw into.problem(node, "has perm " + order);
      }
      shape[i] = before[(int) from];
      if (shape[i] != ShapeValues.EXAMPLES && shape[i] != 1) {
        moved.add((int) from);
      }
    }
    reorder(into, node, before, moved);
    into.becomes(into.value().shaped(shape));
  }

  /** Each pixel of so many channels becomes a square of pixels (PyTorch's pixel_shuffle). */
  private static void depthToSpace(OnnxImport into, Node node) {
    ImageNodes.needsImages(into, node);
    long[] images = into.extents();
    long side = side(into, node);
    long channels = images[0] / (side * side);
    if (channels * side * side != images[0]) {
      throw into.problem(node, "makes squares of " + side + " pixels of " + into.words());
    }
    if (node.text("mode", "DCR").equals("CRD")) {
      long[] parts = {channels, side, side, images[1], images[2]};
      reorder(into, node, parts, moved(parts, 0, 3, 1, 4, 2));
    } else {
      long[] parts = {side, side, channels, images[1], images[2]};
      reorder(into, node, parts, moved(parts, 2, 3, 0, 4, 1));
    }
    into.becomes(channels, images[1] * side, images[2] * side);
  }

  private static void spaceToDepth(OnnxImport into, Node node) {
    ImageNodes.needsImages(into, node);
    long[] images = into.extents();
    long side = side(into, node);
    if (images[1] % side != 0 || images[2] % side != 0) {
      throw into.problem(node, "takes squares of " + side + " pixels of " + into.words());
    }
    long[] parts = {images[0], images[1] / side, side, images[2] / side, side};
    reorder(into, node, parts, moved(parts, 2, 4, 0, 1, 3));
    into.becomes(images[0] * side * side, images[1] / side, images[2] / side);
  }

  private static long side(OnnxImport into, Node node) {
    long side = node.integer("blocksize", 0);
    if (side < 1 || side > Short.MAX_VALUE) {
      throw into.problem(node, "has a blocksize of " + side);
    }
    return side;
  }

  private static List<Integer> moved(long[] extents, int... order) {
    return Arrays.stream(order).filter(i -> extents[i] != 1).boxed().toList();
  }

  /** Adds layers that bring the extents of an example, by their numbers, into that order. */
  static void reorder(OnnxImport into, Node node, long[] extents, List<Integer> wanted) {
    List<Integer> now = new ArrayList<>(wanted);
    Collections.sort(now);
    for (int i = 0; i < now.size(); i++) {
      int from = now.indexOf(wanted.get(i));
      if (from == i) {
        continue;
      }
      int to = from + 1;
      while (to < now.size() && now.get(to).equals(wanted.get(i + to - from))) {
        to++;
      }
      swap(
          into,
          node,
          product(extents, now.subList(i, from)),
          product(extents, now.subList(from, to)),
          product(extents, now.subList(to, now.size())));
      Collections.rotate(now.subList(i, to), to - from);
    }
  }

  private static long product(long[] extents, List<Integer> numbers) {
    return numbers.stream()
        .mapToLong(i -> extents[i])
        .reduce(1, (a, b) -> a < 0 || b < 0 ? -1 : a * b);
  }

  private static void swap(OnnxImport into, Node node, long rows, long cols, long cell) {
    if (rows < 1 || cols < 1 || cell < 1) {
      throw into.problem(
          node,
          "changes the order of the numbers of an example, "
              + into.words()
              + ", whose size is open; export the model with a fixed size there");
    }
    Chain chain = into.value().chain();
    Map<String, Scalar> settings = settings(rows, cols, cell);
    if (chain.endsWith(Layer.TRANSPOSE) && undoes(settings, chain.layer().settings())) {
      into.becomes(into.value().with(chain.before()));
      return;
    }
    long width = into.value().width();
    if (chain.layer() == null && width > 0) {
      // For files that are written.
      settings.put("T", Scalar.of(width / (rows * cols * cell)));
    }
    into.layer(Layer.TRANSPOSE, Map.of(), settings);
  }

  private static Map<String, Scalar> settings(long rows, long cols, long cell) {
    Map<String, Scalar> settings = new LinkedHashMap<>();
    settings.put("rows", Scalar.of(rows));
    settings.put("cols", Scalar.of(cols));
    settings.put("D", Scalar.of(cell));
    return settings;
  }

  private static boolean undoes(Map<String, Scalar> next, Map<String, Scalar> last) {
    return next.get("rows").asLong() == last.get("cols").asLong()
        && next.get("cols").asLong() == last.get("rows").asLong()
        && next.get("D").asLong() == last.get("D").asLong();
  }
}
