package dev.reprise.testkit;

import dev.reprise.testkit.NetworkLayer.Weight;
import java.util.List;
import java.util.SplittableRandom;

/** Random layers over images: convolutions, poolings, batch normalisation. */
final class ImageLayers {
  private final SplittableRandom random;
  private final LibraryLayers library;

  ImageLayers(SplittableRandom random) {
    this.random = random;
    library = new LibraryLayers(random);
  }

  /** The i-th layer of a network over such images. */
  NetworkLayer draw(int i, Volume in) {
    return switch (random.nextInt(10)) {
      case 0, 1, 2 -> convolution(i, in);
      case 3, 4 -> pooling(i, in);
      case 5 -> globalPooling(i, in);
      case 6, 7 -> library.ofImages(i, in);
      default -> batchNormalisation(i, in);
    };
  }

  /** How a window of some size moves along one side of an image; all sizes fit. */
  private record Window(int size, int stride, int padding, int dilation, int positions) {
    static Window draw(SplittableRandom random, int side, boolean dilated) {
      while (true) {
        int size = 1 + random.nextInt(Math.min(5, side + 1));
        int stride = 1 + random.nextInt(3) / 2;
        int padding = random.nextInt(Math.min(3, size));
        int dilation = dilated ? 1 + random.nextInt(2) : 1;
        int room = side + 2 * padding - (size - 1) * dilation - 1;
        if (room >= 0) {
          return new Window(size, stride, padding, dilation, room / stride + 1);
        }
      }
    }
  }

  private NetworkLayer convolution(int i, Volume in) {
    boolean dilated = random.nextInt(4) == 0;
    Window down = Window.draw(random, in.height(), dilated);
    Window right = Window.draw(random, in.width(), dilated);
    int groups = in.channels() % 2 == 0 && random.nextInt(4) == 0 ? 2 : 1;
    groups = random.nextInt(6) == 0 ? in.channels() : groups;
    int filters = groups * (1 + random.nextInt(groups == 1 ? 8 : 2));
    int channels = in.channels() / groups;
    String sizes =
        "input_shape=[n, %d, %d, %d], filter_shape=[%d, %d, %d, %d], stride=[%d, %d], padding=[%d, %d]"
            .formatted(
                in.channels(),
                in.height(),
                in.width(),
                filters,
                channels,
                down.size,
                right.size,
                down.stride,
                right.stride,
                down.padding,
                right.padding);
    if (dilated || groups > 1) {
      sizes += ", dilation=[%d, %d], groups=%d".formatted(down.dilation, right.dilation, groups);
    }
    Volume out = new Volume(filters, down.positions, right.positions);
    Weight filter = Weight.random("W" + i, filters, channels * down.size * right.size, i);
    Weight bias = Weight.random("b" + i, filters, 1, 50 + i);
    String before = "h" + (i - 1);
    return NetworkLayer.of(
        out,
        List.of(filter, bias),
        List.of("h%d = bias_add(conv2d(%s, W%d, %s), b%d)".formatted(i, before, i, sizes, i)),
        List.of(
            "gW%d = conv2d_backward_filter(%s, d%d, %s)".formatted(i, before, i, sizes),
            "gb%d = rowSums(matrix(colSums(d%d), rows=%d, cols=%d))"
                .formatted(i, i, filters, out.height() * out.width()),
            "d%d = conv2d_backward_data(W%d, d%d, %s)".formatted(i - 1, i, i, sizes)));
  }

  private NetworkLayer pooling(int i, Volume in) {
    Window down = Window.draw(random, in.height(), false);
    Window right = Window.draw(random, in.width(), false);
    String kind = random.nextBoolean() ? "max" : "avg";
    String sizes =
        "input_shape=[n, %d, %d, %d], pool_size=[%d, %d], stride=[%d, %d], padding=[%d, %d]"
            .formatted(
                in.channels(),
                in.height(),
                in.width(),
                down.size,
                right.size,
                down.stride,
                right.stride,
                down.padding / 2,
                right.padding / 2);
    int height = (in.height() + down.padding / 2 * 2 - down.size) / down.stride + 1;
    int width = (in.width() + right.padding / 2 * 2 - right.size) / right.stride + 1;
    if (in.height() + down.padding / 2 * 2 < down.size
        || in.width() + right.padding / 2 * 2 < right.size) {
      return globalPooling(i, in);
    }
    String before = "h" + (i - 1);
    return NetworkLayer.of(
        new Volume(in.channels(), height, width),
        List.of(),
        List.of("h%d = %s_pool(%s, %s)".formatted(i, kind, before, sizes)),
        List.of("d%d = %s_pool_backward(%s, d%d, %s)".formatted(i - 1, kind, before, i, sizes)));
  }

  private NetworkLayer globalPooling(int i, Volume in) {
    String kind = random.nextBoolean() ? "max" : "avg";
    String before = "h" + (i - 1);
    return NetworkLayer.of(
        Volume.flat(in.channels()),
        List.of(),
        List.of("h%d = global_%s_pool(%s, %d)".formatted(i, kind, before, in.channels())),
        List.of("d%d = global_%s_pool_backward(%s, d%d)".formatted(i - 1, kind, before, i)));
  }

  /** A large epsilon keeps batches with few different values from magnifying roundings. */
  private NetworkLayer batchNormalisation(int i, Volume in) {
    int channels = in.channels();
    String before = "h" + (i - 1);
    return new NetworkLayer(
        in,
        List.of(
            Weight.constant("ga" + i, channels, 1, 1), Weight.constant("be" + i, channels, 1, 0)),
        List.of(
            Weight.constant("em" + i, channels, 1, 0), Weight.constant("ev" + i, channels, 1, 1)),
        List.of(
            "[h%1$d, em%1$d, ev%1$d, cm%1$d, ci%1$d] = batch_norm2d(%2$s, ga%1$d, be%1$d, em%1$d, ev%1$d, \"%3$s\", 0.1, 0.9)"
                .formatted(i, before, "train")),
        List.of(
            "[d%2$d, gga%1$d, gbe%1$d] = batch_norm2d_backward(%3$s, d%1$d, ga%1$d, 0.1, cm%1$d, ci%1$d)"
                .formatted(i, i - 1, before)));
  }
}
