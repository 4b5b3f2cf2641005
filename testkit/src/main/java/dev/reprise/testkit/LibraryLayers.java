package dev.reprise.testkit;

import dev.reprise.testkit.NetworkLayer.Weight;
import java.util.List;
import java.util.SplittableRandom;

/** Random layers that are functions of the layer library, most of them with several results. */
final class LibraryLayers {
  private final SplittableRandom random;

  LibraryLayers(SplittableRandom random) {
    this.random = random;
  }

  /**
   * The i-th layer of a network, over rows of numbers; for long ones none that needs several
   * matrices of their size at once, so that all fit into little memory.
   */
  NetworkLayer ofRows(int i, Volume in) {
    return switch (random.nextInt(in.cells() > 100 ? 3 : 8)) {
      case 0 -> batchNormalisation(i, in);
      case 1 -> scaled(i, in);
      case 2 -> lowRank(i, in);
      case 3, 4 -> recurrent(i, in);
      case 5 -> bothWays(i, in);
      case 6 -> attention(i, in);
      default -> masked(i, in);
    };
  }

  /** The i-th layer of a network, over images. */
  NetworkLayer ofImages(int i, Volume in) {
    return switch (random.nextInt(6)) {
      case 0, 1 -> convolution(i, in);
      case 2 -> depthwise(i, in);
      case 3 -> pooling(i, in);
      case 4 -> scaledChannels(i, in);
      default -> normalisedChannels(i, in);
    };
  }

  // ---- rows of numbers

  private NetworkLayer batchNormalisation(int i, Volume in) {
    return new NetworkLayer(
        in,
        constants(i, 1, in.cells()),
        List.of(
            Weight.constant("em" + i, 1, in.cells(), 0),
            Weight.constant("ev" + i, 1, in.cells(), 1)),
        List.of(
            "[h%1$d, em%1$d, ev%1$d, cm%1$d, cv%1$d, cn%1$d] = batch_norm1d::forward(h%2$d, ga%1$d, be%1$d, \"train\", em%1$d, ev%1$d, 0.9, 0.1)"
                .formatted(i, i - 1)),
        List.of(
            "[d%2$d, gga%1$d, gbe%1$d] = batch_norm1d::backward(d%1$d, h%1$d, em%1$d, ev%1$d, cm%1$d, cv%1$d, cn%1$d, h%2$d, ga%1$d, be%1$d, \"train\", em%1$d, ev%1$d, 0.9, 0.1)"
                .formatted(i, i - 1)));
  }

  private NetworkLayer scaled(int i, Volume in) {
    return NetworkLayer.of(
        in,
        constants(i, 1, in.cells()),
        List.of("h%1$d = scale_shift1d::forward(h%2$d, ga%1$d, be%1$d)".formatted(i, i - 1)),
        List.of(
            "[d%2$d, gga%1$d, gbe%1$d] = scale_shift1d::backward(d%1$d, h%1$d, h%2$d, ga%1$d, be%1$d)"
                .formatted(i, i - 1)));
  }

  private NetworkLayer lowRank(int i, Volume in) {
    int rank = 1 + random.nextInt(3);
    int out = 1 + random.nextInt(20);
    return NetworkLayer.of(
        Volume.flat(out),
        List.of(
            Weight.random("W" + i, in.cells(), rank, i),
            Weight.random("V" + i, rank, out, 20 + i),
            Weight.random("b" + i, 1, out, 50 + i)),
        List.of("h%1$d = low_rank_affine::forward(h%2$d, W%1$d, V%1$d, b%1$d)".formatted(i, i - 1)),
        List.of(
            "[d%2$d, gW%1$d, gV%1$d, gb%1$d] = low_rank_affine::backward(d%1$d, h%2$d, W%1$d, V%1$d, b%1$d)"
                .formatted(i, i - 1)));
  }

  private NetworkLayer recurrent(int i, Volume in) {
    int steps = in.someDivisor(random, 6);
    int features = in.cells() / steps;
    int units = 1 + random.nextInt(6);
    boolean sequences = random.nextBoolean();
    String sizes = "%d, %d, %s".formatted(steps, features, sequences ? "TRUE" : "FALSE");
    return NetworkLayer.of(
        Volume.flat(sequences ? steps * units : units),
        List.of(
            Weight.random("W" + i, features + units, units, i),
            Weight.random("b" + i, 1, units, 50 + i)),
        List.of(
            "z%d = matrix(0, rows=n, cols=%d)".formatted(i, units),
            "[h%1$d, co%1$d] = rnn::forward(h%2$d, W%1$d, b%1$d, %3$s, z%1$d)"
                .formatted(i, i - 1, sizes)),
        List.of(
            "[d%2$d, gW%1$d, gb%1$d, dz%1$d] = rnn::backward(d%1$d, h%2$d, W%1$d, b%1$d, %3$s, z%1$d, co%1$d)"
                .formatted(i, i - 1, sizes)));
  }

  /** Sequences read from both ends. */
  private NetworkLayer bothWays(int i, Volume in) {
    int steps = in.someDivisor(random, 6);
    int features = in.cells() / steps;
    int units = 1 + random.nextInt(4);
    boolean sequences = random.nextBoolean();
    String sizes = "%d, %d, %s".formatted(steps, features, sequences ? "TRUE" : "FALSE");
    String weights = "W%1$d, V%1$d, b%1$d, c%1$d".formatted(i);
    return NetworkLayer.of(
        Volume.flat((sequences ? steps : 1) * 2 * units),
        List.of(
            Weight.random("W" + i, features + units, 4 * units, i),
            Weight.random("V" + i, features + units, 4 * units, 20 + i),
            Weight.random("b" + i, 1, 4 * units, 50 + i),
            Weight.random("c" + i, 1, 4 * units, 60 + i)),
        List.of(
            "z%d = matrix(0, rows=2 * n, cols=%d)".formatted(i, units),
            "[h%1$d, cl%1$d, co%1$d, cc%1$d, cg%1$d] = bilstm::forward(h%2$d, %3$s, %4$s, z%1$d, z%1$d)"
                .formatted(i, i - 1, weights, sizes)),
        List.of(
            "[d%2$d, gW%1$d, gb%1$d, gV%1$d, gc%1$d, do%1$d, dc%1$d] = bilstm::backward(d%1$d, z%1$d, h%2$d, %3$s, %4$s, z%1$d, z%1$d, co%1$d, cc%1$d, cg%1$d)"
                .formatted(i, i - 1, weights, sizes)));
  }

  private NetworkLayer attention(int i, Volume in) {
    int steps = in.someDivisor(random, 5);
    String sizes = "1, %d, %d, 0.0".formatted(steps, in.cells() / steps);
    return NetworkLayer.of(
        in,
        List.of(),
        List.of(
            "[h%1$d, at%1$d, am%1$d] = multi_attention::forward(h%2$d, h%2$d, h%2$d, %3$s)"
                .formatted(i, i - 1, sizes)),
        List.of(
            "[dq%1$d, dk%1$d, dv%1$d] = multi_attention::backward(d%1$d, am%1$d, at%1$d, h%2$d, h%2$d, h%2$d, %3$s)"
                .formatted(i, i - 1, sizes),
            "d%2$d = dq%1$d + dk%1$d + dv%1$d".formatted(i, i - 1)));
  }

  /** Dropout that keeps its mask. */
  private NetworkLayer masked(int i, Volume in) {
    String seed = List.of("-1", String.valueOf(5 + i), "step + " + i).get(random.nextInt(3));
    return NetworkLayer.of(
        in,
        List.of(),
        List.of("[h%1$d, k%1$d] = dropout::forward(h%2$d, 0.7, %3$s)".formatted(i, i - 1, seed)),
        List.of("d%2$d = dropout::backward(d%1$d, h%2$d, 0.7, k%1$d)".formatted(i, i - 1)));
  }

  // ---- images

  private static String sides(Volume in) {
    return "%d, %d".formatted(in.height(), in.width());
  }

  private int side(int of) {
    return 1 + random.nextInt(Math.min(3, of));
  }

  private NetworkLayer convolution(int i, Volume in) {
    int height = side(in.height());
    int width = side(in.width());
    int filters = 1 + random.nextInt(6);
    String sizes = "%d, %s, %d, %d, 1, 1, 0, 0".formatted(in.channels(), sides(in), height, width);
    return NetworkLayer.of(
        new Volume(filters, in.height() - height + 1, in.width() - width + 1),
        List.of(
            Weight.random("W" + i, filters, in.channels() * height * width, i),
            Weight.random("b" + i, filters, 1, 50 + i)),
        List.of(
            "[h%1$d, p%1$d, q%1$d] = conv2d_builtin::forward(h%2$d, W%1$d, b%1$d, %3$s)"
                .formatted(i, i - 1, sizes)),
        List.of(
            "[d%2$d, gW%1$d, gb%1$d] = conv2d_builtin::backward(d%1$d, p%1$d, q%1$d, h%2$d, W%1$d, b%1$d, %3$s)"
                .formatted(i, i - 1, sizes)));
  }

  private NetworkLayer depthwise(int i, Volume in) {
    int height = side(in.height());
    int width = side(in.width());
    int each = 1 + random.nextInt(2);
    String sizes = "%s, %d, %d, %d, 1, 1, 0, 0".formatted(sides(in), each, height, width);
    return NetworkLayer.of(
        new Volume(in.channels() * each, in.height() - height + 1, in.width() - width + 1),
        List.of(
            Weight.random("W" + i, in.channels(), each * height * width, i),
            Weight.random("b" + i, in.channels() * each, 1, 50 + i)),
        List.of(
            "[h%1$d, p%1$d, q%1$d] = conv2d_depthwise::forward(h%2$d, W%1$d, b%1$d, %3$s)"
                .formatted(i, i - 1, sizes)),
        List.of(
            "[d%2$d, gW%1$d, gb%1$d] = conv2d_depthwise::backward(d%1$d, p%1$d, q%1$d, h%2$d, W%1$d, b%1$d, %3$s)"
                .formatted(i, i - 1, sizes)));
  }

  private NetworkLayer pooling(int i, Volume in) {
    int height = side(in.height());
    int width = side(in.width());
    String layer = (random.nextBoolean() ? "max" : "avg") + "_pool2d_builtin";
    String sizes = "%d, %s, %d, %d, 1, 1, 0, 0".formatted(in.channels(), sides(in), height, width);
    return NetworkLayer.of(
        new Volume(in.channels(), in.height() - height + 1, in.width() - width + 1),
        List.of(),
        List.of(
            "[h%1$d, p%1$d, q%1$d] = %3$s::forward(h%2$d, %4$s)".formatted(i, i - 1, layer, sizes)),
        List.of(
            "d%2$d = %3$s::backward(d%1$d, p%1$d, q%1$d, h%2$d, %4$s)"
                .formatted(i, i - 1, layer, sizes)));
  }

  private NetworkLayer scaledChannels(int i, Volume in) {
    String sizes = "%d, %s".formatted(in.channels(), sides(in));
    return NetworkLayer.of(
        in,
        constants(i, in.channels(), 1),
        List.of(
            "h%1$d = scale_shift2d::forward(h%2$d, ga%1$d, be%1$d, %3$s)"
                .formatted(i, i - 1, sizes)),
        List.of(
            "[d%2$d, gga%1$d, gbe%1$d] = scale_shift2d::backward(d%1$d, h%1$d, h%2$d, ga%1$d, be%1$d, %3$s)"
                .formatted(i, i - 1, sizes)));
  }

  private NetworkLayer normalisedChannels(int i, Volume in) {
    String sizes = "%d, %s".formatted(in.channels(), sides(in));
    return new NetworkLayer(
        in,
        constants(i, in.channels(), 1),
        List.of(
            Weight.constant("em" + i, in.channels(), 1, 0),
            Weight.constant("ev" + i, in.channels(), 1, 1)),
        List.of(
            "[h%1$d, em%1$d, ev%1$d, cm%1$d, ci%1$d] = batch_norm2d::forward(h%2$d, ga%1$d, be%1$d, %3$s, \"train\", em%1$d, ev%1$d, 0.9, 0.1)"
                .formatted(i, i - 1, sizes)),
        List.of(
            "[d%2$d, gga%1$d, gbe%1$d] = batch_norm2d::backward(d%1$d, cm%1$d, ci%1$d, h%2$d, ga%1$d, %3$s, 0.1)"
                .formatted(i, i - 1, sizes)));
  }

  private static List<Weight> constants(int i, int rows, int cols) {
    return List.of(
        Weight.constant("ga" + i, rows, cols, 1), Weight.constant("be" + i, rows, cols, 0));
  }
}
